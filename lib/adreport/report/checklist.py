"""Reporting guidelines item by item: where a report answers one, or what its authors must write.

`data/guidelines.csv` says, in our words, what each item asks. `answer` names the exhibits ("cohort.FLOW") or topics of
the methods section ("methods.Data") that answer it: "" where only the authors can, "NONE" where nothing in the report
does. `needs` names what must be filled for the answer to be one: columns, or what is stated of the study; | is or.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from adreport.pages import OVERVIEW, PAGES
from adreport.show.numbers import listing
from adreport.show.parts import Column, Row, Table
from adreport.study.description import STATED
from adreport.study.dictionary import columns
from adreport.study.model import Study
from adreport.study.paths import table_rows

NOTHING = "NONE"
BY_AUTHORS = "For the authors to write"
NOT_STATED = {"assessed": "number assessed for eligibility", "excluded": "reasons for exclusion"}
GUIDELINES = {
    "STROBE": "Reporting of observational studies",
    "RECORD-PE": "Pharmacoepidemiology with routinely collected data: items beyond STROBE",
    "TARGET": "Emulation of a target trial",
    "HOME": "Core outcomes of trials and clinical practice",
    "TREAT": "Core data of registries: domains, in our words",
}
# Why nothing in a report answers an item.
WHY_NOT = {
    "TARGET": "Not done: the report is descriptive and emulates no target trial",
    "HOME": "Not among the columns that adreport reads",
    "TREAT": "Not among the columns that adreport reads",
}


@dataclass(frozen=True)
class Item:
    """What an item of a guideline asks, the places that answer it (words and link), or why none does."""

    number: str
    topic: str
    asks: str
    places: tuple[tuple[str, str], ...] = ()
    otherwise: str = ""

    @property
    def answer(self) -> str:
        """The answer in words."""
        return "; ".join(words for words, _ in self.places) or self.otherwise


def checklist(study: Study) -> dict[str, list[Item]]:
    """The items of each guideline, answered as far as what is filled and stated allows."""
    items: dict[str, list[Item]] = {guideline: [] for guideline in GUIDELINES}
    for row in table_rows("guidelines.csv"):
        items[row["guideline"]].append(_item(row, study))
    return items


def as_tables(items: dict[str, list[Item]]) -> Iterator[tuple[str, Table]]:
    """Each guideline as a table."""
    heads = [Column(label, words=True) for label in ("Topic", "What it asks", "Where, or what is left to do")]
    for guideline, listed in items.items():
        rows = [Row(item.number, [item.topic, item.asks, item.answer]) for item in listed]
        yield guideline, Table(f"{guideline}. {GUIDELINES[guideline]}", "Item", heads, rows)


def _item(row: dict[str, str], study: Study) -> Item:
    words = row["item"], row["topic"], row["asks"]
    if row["answer"] in ("", NOTHING):
        return Item(*words, otherwise=WHY_NOT[row["guideline"]] if row["answer"] else BY_AUTHORS)
    if missing := [_named(need) for need in filter(None, row["needs"].split(";")) if not _is_filled(need, study)]:
        return Item(*words, otherwise=f"Missing: {listing(missing)}")
    return Item(*words, places=tuple(map(_place, row["answer"].split(";"))))


def _place(answer: str) -> tuple[str, str]:
    """The page and the question or topic of an answer, and its link."""
    name, exhibit = answer.split(".")
    if name == OVERVIEW.name:
        return OVERVIEW.label, "index.html"
    if name == "methods":
        return f"Methods, {exhibit}", f"methods.html#{exhibit}"
    page = next(page for page in PAGES if page.name == name)
    question = getattr(page.exhibits, exhibit).question
    return f"{page.label}: {question}", f"{name}.html#{question.replace(' ', '-')}"


def _is_filled(need: str, study: Study) -> bool:
    return any(_has(*one.split("."), study) for one in need.split("|"))


def _has(table: str, column: str, study: Study) -> bool:
    if table == "study":
        return getattr(study.description, column) not in ("", None, {})
    rows = getattr(study, table)
    return column in rows and bool(rows[column].notna().any())


def _named(need: str) -> str:
    table, column = need.split("|")[0].split(".")
    if table == "study":
        return (NOT_STATED.get(column) or STATED[column][0]).lower()
    return columns(table)[column].label.lower()
