"""The pages of a report, stated once: a page is a notebook of its name and a package that lists its exhibits."""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Page:
    """A page: the name of its notebook and its HTML file, its label in menus, and the package with its exhibits."""

    name: str
    label: str
    package: str

    @property
    def exhibits(self) -> ModuleType:
        """The package, imported on first use."""
        return import_module(f"adreport.pages.{self.package}")


PAGES = (
    Page("cohort", "Cohort", "cohort"),
    Page("efficacy", "Efficacy", "efficacy"),
    Page("survival", "Drug survival", "survival"),
    Page("safety", "Safety", "safety"),
    Page("sequences", "Sequences", "sequences"),
    Page("sensitivity", "Sensitivity", "sensitivity"),
    Page("reproduction", "Published numbers", "paper"),
)
PAGE_NAMES = tuple(page.name for page in PAGES)
