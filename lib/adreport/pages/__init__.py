"""The pages of a report, stated once: a page is a notebook of its name and a package that lists its exhibits."""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Page:
    """A page: the name of its notebook and its HTML file, its label in menus, and the package with its exhibits.

    `filtered`: whether its exhibits say something of any selection of courses, so that the explorer shows them.
    `further`: whether it goes further than what a reader asks first.
    """

    name: str
    label: str
    package: str
    filtered: bool = True
    further: bool = False

    @property
    def exhibits(self) -> ModuleType:
        """The package, imported on first use."""
        return import_module(f"adreport.pages.{self.package}")


PAGES = (
    Page("cohort", "Cohort", "cohort"),
    Page("efficacy", "Efficacy", "efficacy"),
    Page("survival", "Drug survival", "survival", further=True),
    Page("safety", "Safety", "safety"),
    Page("sequences", "Sequences", "sequences"),
    Page("sensitivity", "Sensitivity", "sensitivity", further=True),
    Page("reproduction", "Published numbers", "paper", filtered=False, further=True),
)
# Pages without a notebook, made from the study and from the statistics of all others.
OVERVIEW = Page("index", "Overview", "overview")
MANUSCRIPT = Page("paper", "Tables and figures", "manuscript", filtered=False)
PAGE_NAMES = tuple(page.name for page in PAGES)
