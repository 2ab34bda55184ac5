"""adreport: treatment courses in, a checked and reproducible report out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adreport.explorer.panel import explore as explore
    from adreport.reading.examine import read_study as read_study
    from adreport.study.model import Study as Study

# Imported on first use: a second `make report` with nothing to do must not wait for pandas.
HOMES = {"Study": "study.model", "explore": "explorer.panel", "read_study": "reading.examine"}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"adreport.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *HOMES]
