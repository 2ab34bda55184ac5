"""Exploring in JupyterLab and Voila: filters, and the tables and figures of the reports that follow them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={"panel": ["explore"]})
