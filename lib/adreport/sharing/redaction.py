"""What of an exhibit may be shown: only what stays the same, whatever stands in place of what is kept back.

An exhibit is made several times, from the stated statistics with arbitrary values for all others. A sentence, a cell
or a drawing that is the same each time says nothing of what is kept back, however it was computed.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from adreport.pages.exhibits import Exhibit, Results
from adreport.sharing.policy import CONFIDENTIAL
from adreport.sharing.release import Release
from adreport.show.numbers import FIGURE_SPACE, listing
from adreport.show.parts import Absent, Drawn, Figure, FigurePages, Part, Row, Sentence, Table
from adreport.study.dictionary import treatment_in_words

FILLINGS = 8
DRAWN = 3  # of them, since a drawing shows numbers to many digits
SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z“])")
SIGN = f"{CONFIDENTIAL}: kept confidential, since it is of few patients or would give such a number away."
NOT_DRAWN = "The figure is not drawn: it would show numbers that are kept confidential."
NOTHING_LEFT = "Not shown: all of it is of few patients, or would give such a number away."


class Redaction:
    """Exhibits of a report without what is kept back.

    `results`: of the whole report; only its scale and settings are read.
    """

    def __init__(self, results: Results, release: Release):
        self.kept_back = release.kept_back
        self.rows = [release.filled(number) for number in range(FILLINGS)]
        self.fillings = [replace(results, rows=rows) for rows in self.rows]

    def parts(self, exhibit: Exhibit) -> list[Part]:
        """The parts of an exhibit that may be shown; where nothing is left, the reason."""
        try:
            made = [exhibit.parts(filled) for filled in self.fillings]
        except (ArithmeticError, LookupError, TypeError, ValueError):  # arbitrary numbers can be such as no study has
            return [Absent(NOTHING_LEFT)]
        parts = [part for versions in zip(*made, strict=True) if (part := self._same(exhibit, versions)) is not None]
        return parts if any(map(has_numbers, parts)) else [Absent(NOTHING_LEFT)]

    def _same(self, exhibit: Exhibit, versions: Sequence[Part]) -> Part | None:
        first = versions[0]
        if any(type(version) is not type(first) for version in versions):
            return None
        if isinstance(first, Sentence):
            text = same_sentences([version.text for version in versions])
            return Sentence(text) if text else None
        if isinstance(first, Table):
            return _table(versions)
        if isinstance(first, Figure):
            return first if _alike(versions[:DRAWN]) else self._of_stated_treatments(exhibit)
        if isinstance(first, FigurePages):
            return _pages(versions[:DRAWN])
        return first if all(version == first for version in versions) else None

    def _of_stated_treatments(self, exhibit: Exhibit) -> Part:
        """A figure of those treatments whose part of it does not hang on what is kept back."""
        drawing = replace(exhibit, words=None, table=None)
        first, second = self.rows[:2]
        whole = _svg(drawing, self.fillings[0])
        hidden = dict.fromkeys(self.kept_back.loc[self.kept_back["group1"] == "treatment", "group1_level"])
        mixed = {code: self._with(_mixed(first, second, code)) for code in hidden if code}
        left_out = [code for code, results in mixed.items() if _svg(drawing, results) != whole]
        versions = [drawing.parts(self._with(_without(rows, left_out)))[0] for rows in self.rows[:DRAWN]]
        figure = versions[0]
        if not left_out or not all(isinstance(version, Figure) for version in versions) or not _alike(versions):
            return Absent(NOT_DRAWN)
        named = listing(map(treatment_in_words, left_out))
        note = f"Not drawn, since it would show numbers that are kept confidential: {named}."
        return replace(figure, footnotes=[*figure.footnotes, note])

    def _with(self, rows: pd.DataFrame) -> Results:
        return replace(self.fillings[0], rows=rows)


def _svg(drawing: Exhibit, results: Results) -> str:
    (part,) = drawing.parts(results)
    return part.drawn(False) if isinstance(part, Figure) else ""


def _mixed(first: pd.DataFrame, second: pd.DataFrame, code: str) -> pd.DataFrame:
    """The first rows, with those of one treatment as in the second."""
    return first.where(~_of_treatment(first, [code]), second)


def _without(rows: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    return rows[~_of_treatment(rows, codes)]


def _of_treatment(rows: pd.DataFrame, codes: Sequence[str]) -> pd.Series:
    first = rows["group1"].eq("treatment") & rows["group1_level"].isin(codes)
    return first | (rows["group2"].eq("treatment") & rows["group2_level"].isin(codes))


def has_numbers(part: Part) -> bool:
    """Whether a part states a number."""
    if isinstance(part, Table):
        return any(any(sign.isdigit() for sign in cell) for row in part.rows for cell in row.cells)
    if isinstance(part, Sentence):
        return any(sign.isdigit() for sign in part.text)
    return not isinstance(part, Absent)


def same_sentences(texts: Sequence[str]) -> str:
    """The sentences that are in every one of several texts."""
    first, *others = [SENTENCE.split(text) for text in texts]
    return " ".join(sentence for sentence in first if all(sentence in other for other in others))


def _table(tables: Sequence[Table]) -> Table | None:
    """A table with the sign in each cell that is not the same each time; None where its shape is not."""
    first, *others = tables
    if any(
        (other.caption, other.stub, other.columns) != (first.caption, first.stub, first.columns) for other in others
    ):
        return None
    lines = [_lines(table) for table in tables]
    rows = [_row([line[name] for line in lines]) for name in lines[0] if all(name in line for line in lines)]
    notes = [note for note in first.footnotes if all(note in other.footnotes for other in others)]
    signed = any(CONFIDENTIAL in row.cells for row in rows)
    return replace(first, rows=rows, footnotes=[*notes, SIGN] if signed else notes)


def _lines(table: Table) -> dict[tuple[str, ...], Row]:
    """The rows by the row heads above them and their own, each repeated head with its number."""
    lines: dict[tuple[str, ...], Row] = {}
    group = ""
    for row in table.rows:
        group = row.label if row.kind == "group" else group
        name = (group, row.label, row.kind)
        while name in lines:
            name = (*name, "again")
        lines[name] = row
    return lines


def _row(versions: Sequence[Row]) -> Row:
    first = versions[0]
    cells = [_cell(texts) for texts in zip(*(version.cells for version in versions), strict=True)]
    shades = first.shades if all(list(version.shades) == list(first.shades) for version in versions) else ()
    bold = first.bold if all(list(version.bold) == list(first.bold) for version in versions) else ()
    return replace(first, cells=cells, shades=shades, bold=bold)


def _cell(texts: Sequence[str]) -> str:
    """A cell that is the same each time, without its drawing where that is not; else the sign."""
    plain = {str(text).replace(FIGURE_SPACE, "").strip() for text in texts}
    if len(plain) > 1:
        return CONFIDENTIAL
    drawings = {getattr(text, "drawing", "") for text in texts}
    return Drawn(plain.pop(), drawings.pop()) if len(drawings) == 1 and drawings != {""} else plain.pop()


def _alike(figures: Sequence[Figure]) -> bool:
    first, *others = figures
    return all(other.data == first.data and other.drawn(True) == first.drawn(True) for other in others)


def _pages(versions: Sequence[FigurePages]) -> Part:
    alike = [figures[0] for figures in zip(*(version.figures for version in versions), strict=False) if _alike(figures)]
    return FigurePages(alike) if alike else Absent(NOT_DRAWN)
