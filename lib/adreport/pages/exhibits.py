"""Exhibits: what a page shows in answer to one question, and from which statistics.

A page's package lists its EXHIBITS. Notebooks, the explorer and every other reader show exhibits; none of them
needs to know which function counts, which one words the answer, or on which columns the picture rests.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import pandas as pd

from adreport.pages.contract import as_csv, pick, table
from adreport.show.parts import Download, Figure, FigurePages, Part, Sentence, Table
from adreport.stats.effects import level_in_words
from adreport.study.model import RECONSTRUCTED, Study
from adreport.study.response import ResponseScale

EXHIBIT_TYPE = "application/vnd.adreport.exhibit+json"
MIN_COURSES = 5


@dataclass(frozen=True)
class Settings:
    """How statistics are computed, the same for every page of a report.

    `confidence_level`: of every interval. `min_courses`: treatments with fewer courses are described, not compared.
    `primary`: the outcome (effective, significant or side_effect) whose test over all treatments is the primary one;
    `primary_courses`: of the first course of each patient, or of all.
    """

    confidence_level: float = 0.95
    min_courses: int = MIN_COURSES
    primary: str = "effective"
    primary_courses: str = "first"

    @property
    def interval_name(self) -> str:
        """What an interval is called: "95% CI"."""
        return f"{level_in_words(self.confidence_level)} CI"


@dataclass(frozen=True)
class Results:
    """The statistics of some exhibits (`rows`, in the results contract) and what their words need to know.

    `scale`: the levels of response. `reconstructed`: the "table.column"s whose values are not as recorded.
    """

    rows: pd.DataFrame
    scale: ResponseScale
    settings: Settings = Settings()
    reconstructed: frozenset[str] = frozenset()

    def pick(self, **keys: str | Iterable[str]) -> pd.DataFrame:
        """The rows with these keys."""
        return pick(self.rows, **keys)

    def show(self, exhibit: "Exhibit") -> "Shown":
        """An exhibit of these results, as the last value of a notebook's cell."""
        return Shown(exhibit, exhibit.parts(self))

    def download(self, file_name: str) -> Download:
        """All rows, to be saved as CSV."""
        return Download(as_csv(self.rows), len(self.rows), file_name)


Count = Callable[[Study, Settings], Iterable[dict]]


@dataclass(frozen=True)
class Exhibit:
    """A question, the statistics that answer it, and the answer in words, as a figure and as a table.

    `counts`: functions of a study and settings that give rows of results. `words`, `figure`, `table`: functions of
    results; each may be None. `rests_on`: the "table.column"s behind what is shown; where a study says that their
    values are not as recorded, the exhibit is marked. `folded`: whether the table is shown on demand.
    """

    key: str
    question: str
    counts: tuple[Count, ...]
    words: Callable[[Results], Sentence] | None = None
    figure: Callable[[Results], Part] | None = None
    table: Callable[[Results], Part] | None = None
    rests_on: frozenset[str] = frozenset()
    folded: bool = False

    def parts(self, results: Results) -> list[Part]:
        """The answer: in words first, then what the words rest on."""
        mark = RECONSTRUCTED if self.rests_on & results.reconstructed else ""
        made = [_marked(make(results), mark) for make in (self.words, self.figure, self.table) if make]
        return [replace(part, folded=True) if self.folded and isinstance(part, Table) else part for part in made]


@dataclass(frozen=True)
class Shown:
    """An exhibit as a notebook's cell shows it; its data stay in the executed notebook beside the HTML."""

    exhibit: Exhibit
    parts: Sequence[Part]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/html": self.html(), EXHIBIT_TYPE: self.data}

    @property
    def data(self) -> dict[str, Any]:
        """The key and question of the exhibit and the data of its parts."""
        words = {"key": self.exhibit.key, "question": self.exhibit.question}
        return words | {"parts": [part.data for part in self.parts]}

    def html(self, narrow_too: bool = True) -> str:
        """The parts one below the other; with only the wide drawings, figures are made in half the time."""
        return "\n".join(
            part.html(narrow_too) if isinstance(part, Figure) else part._repr_html_() for part in self.parts
        )


def analyse(page: ModuleType, study: Study, **settings: Any) -> Results:
    """Every statistic of a page (a package of `adreport.pages`) for a study.

    `settings`: confidence_level, min_courses and primary, where they are not the defaults of `Settings`.
    """
    return counted(page.EXHIBITS, study, Settings(**settings))


def counted(exhibits: Iterable[Exhibit], study: Study, settings: Settings) -> Results:
    """The statistics of some exhibits; what several of them need is counted once."""
    counts = dict.fromkeys(count for exhibit in exhibits for count in exhibit.counts)
    ranks = _ranks(study)
    rows = table(row for count in counts for row in _most_used_first(list(count(study, settings)), ranks))
    return Results(rows, study.response, settings, study.reconstructed)


def _ranks(study: Study) -> dict[str, int]:
    """The place of each treatment: by its courses, equal ones as in treatments.csv."""
    used = study.courses["treatment"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    return {str(code): place for place, code in enumerate(used.index)}


def _most_used_first(rows: list[dict], ranks: Mapping[str, int]) -> list[dict]:
    """The rows with treatments in one order everywhere, which tables and figures follow.

    Rows that are of no treatment stay where they are.
    """
    for kind, level, within in (("group1", "group1_level", ()), ("variable", "variable_level", ("group1_level",))):
        places: dict[tuple, list[int]] = {}
        for place, row in enumerate(rows):
            if row[kind] == "treatment" and row[level] in ranks:
                places.setdefault((row["output"], *(row[name] for name in within)), []).append(place)
        ordered = list(rows)
        for same in places.values():
            for place, source in zip(same, sorted(same, key=lambda at: ranks[rows[at][level]]), strict=True):
                ordered[place] = rows[source]
        rows = ordered
    return rows


def _marked(part: Part, mark: str) -> Part:
    if not mark:
        return part
    if isinstance(part, FigurePages):
        return replace(part, figures=[replace(figure, mark=mark) for figure in part.figures])
    return replace(part, mark=mark) if isinstance(part, Table | Figure) else part
