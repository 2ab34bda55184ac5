"""adreport: treatment courses in, a checked and reproducible report out."""

from importlib import import_module

# Loaded on first use: a second `make report` with nothing to do must not wait for pandas.
_HOMES = {"Study": "adreport.study", "read_study": "adreport.study"}

__all__ = list(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
