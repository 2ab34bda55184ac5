"""adreport: treatment courses in, a checked and reproducible report out."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adreport.explorer.panel import explore as explore
    from adreport.pages.exhibits import analyse as analyse
    from adreport.pages.masthead import masthead as masthead
    from adreport.reading.examine import read_study as read_study
    from adreport.study.eras import Rules as Rules
    from adreport.study.filters import Filters as Filters
    from adreport.study.model import Study as Study

# Imported on first use: a second `make report` with nothing to do must not wait for pandas.
HOMES = {
    "Filters": "study.filters",
    "Rules": "study.eras",
    "Study": "study.model",
    "analyse": "pages.exhibits",
    "explore": "explorer.panel",
    "masthead": "pages.masthead",
    "read_study": "reading.examine",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"adreport.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
