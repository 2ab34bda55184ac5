"""How results become tables: columns declared whole, cells that several tables share, names of treatments."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.show.numbers import (
    NOT_RECORDED,
    NOTHING,
    aligned,
    interval,
    listing,
    n_percent,
    number,
    p_value,
    percent,
    recorded,
    signed,
    span,
    whole,
)
from adreport.show.parts import Absent, Column, Row, Table
from adreport.stats.tests import FEWEST
from adreport.study.dictionary import level_label, treatment_in_words

QUANTILES = "Quartiles by the (n+1)p rule of SPSS."
INDEPENDENT = "Courses of one patient are counted as if independent; the sensitivity page says what that changes."
RATES = ["n", "N", "p", "conf.low", "conf.high"]


def treatment_label(code: str) -> str:
    """The label of a treatment."""
    return level_label("treatment", code)


def rows(
    labels: Iterable[str], *columns: Sequence[str], kinds: Iterable[str] = (), words: Iterable[bool] = ()
) -> list[Row]:
    """Table rows from their labels and from whole columns of text, each aligned on its own.

    `words`: which columns hold words, whose numbers are not aligned.
    """
    labels = list(labels)
    kinds = [*kinds, *[""] * len(labels)]
    shown = [
        column if in_words else aligned(column)
        for column, in_words in zip(columns, [*words, *[False] * len(columns)], strict=False)
    ]
    cells = zip(*shown, strict=True) if columns else [()] * len(labels)
    return [Row(label, list(row), kind) for label, row, kind in zip(labels, cells, kinds, strict=False)]


Cell = Callable[[pd.Series], str]


@dataclass(frozen=True)
class Spec:
    """A column declared whole: its heading, the variable whose statistics fill it, and how they become a cell.

    `of`: the variable, or several of which each row of the table has one. `show`: from the statistics of one row of
    the table (by their names, with `unit`, `method` and `note`) to text. `level`: the variable_level. `output`: where
    not the table's. `keys`: further keys of the results. `p`: whether the last row holds the p-value of the variable
    over all treatments.
    """

    label: str
    of: str | Sequence[str]
    show: Cell
    spanner: str = ""
    words: bool = False
    p: bool = False
    level: str = ""
    output: str = ""
    keys: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


def treatment_table(
    results: pd.DataFrame,
    output: str,
    caption: str,
    columns: Sequence[Spec],
    notes: Sequence[str] = (),
    keep: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame,
) -> Table | Absent:
    """A table with a row for each treatment; `keep` says which, from the statistics of the first column."""
    by_treatment_only = results[(results["group1"] == "treatment") & (results["group1_level"] != "")]
    frames = [_statistics(by_treatment_only, output, column, "group1_level") for column in columns]
    treatments = keep(frames[0]).index
    if treatments.empty:
        return Absent()
    body = rows(map(treatment_label, treatments), *_cells(columns, frames, treatments), words=_hold_words(columns))
    if any(column.p for column in columns):
        body += p_row([overall_p(results, output, column.of) if column.p else "" for column in columns])
    return Table(caption, "Treatment", headings(columns), body, notes)


def keyed_rows(
    results: pd.DataFrame,
    output: str,
    columns: Sequence[Spec],
    index: str | list[str],
    labels: Callable[[Any], str],
    kind: str = "",
    every: bool = False,
    notable: Collection[Any] = (),
) -> list[Row]:
    """Table rows for each key in `index` (columns of the results), in the order of the first column's statistics.

    `every`: also for the keys that only other columns have. `notable`: the keys whose rows stand out.
    """
    frames = [_statistics(results, output, column, index) for column in columns]
    keys = frames[0].index.append([frame.index for frame in frames if every]).drop_duplicates()
    kinds = ["notable" if key in notable else kind for key in keys]
    return rows(map(labels, keys), *_cells(columns, frames, keys), kinds=kinds, words=_hold_words(columns))


def headings(columns: Sequence[Spec]) -> list[Column]:
    """The headings of declared columns."""
    return [Column(column.label, column.spanner, column.words) for column in columns]


def overall_p(results: pd.DataFrame, output: str, variable: str, show: Callable[[float], str] = p_value) -> str:
    """The p-value of a comparison over all treatments, as text."""
    return show(value(pick(results, output=output, group1_level="", variable=variable), stat_name="p.value"))


def p_row(cells: Sequence[str]) -> list[Row]:
    """The row of p-values; none where nothing could be tested."""
    return [] if set(cells) <= {"", NOTHING} else [Row("p", list(cells), "total")]


def _statistics(results: pd.DataFrame, output: str, column: Spec, index: str | list[str]) -> pd.DataFrame:
    """The statistics of a column's variable, a row a key, with the words that stand beside them.

    The statistics of a rate are always there, NaN where none of the rows has them, since cells ask for them by name.
    """
    keys = {"output": column.output or output, "variable": column.of, **column.keys}
    chosen = pick(results, **keys) if "variable_level" in np.atleast_1d(index) else pick(
        results, **keys, variable_level=column.level
    )  # fmt: skip
    words = chosen.drop_duplicates(index).set_index(index)[["unit", "method", "note"]]
    frame = wide(chosen, index)
    return frame.reindex(columns=frame.columns.union(RATES, sort=False)).join(words)


def _cells(columns: Sequence[Spec], frames: Sequence[pd.DataFrame], keys: pd.Index) -> list[list[str]]:
    return [
        [column.show(row) for _, row in frame.reindex(keys).iterrows()]
        for column, frame in zip(columns, frames, strict=True)
    ]


def _hold_words(columns: Sequence[Spec]) -> list[bool]:
    return [column.words for column in columns]


# How the statistics of a row become a cell.


def n(row: pd.Series) -> str:
    """A count; the sign of what was not recorded where nothing is known of anybody."""
    return NOT_RECORDED if row["N"] == 0 else whole(row["n"])


def total(row: pd.Series) -> str:
    """Of how many."""
    return whole(row["N"])


def share(row: pd.Series) -> str:
    """A proportion in percent; a dash of few."""
    return percent(row["p"]) if row["N"] >= FEWEST else NOTHING


def count_and_share(row: pd.Series) -> str:
    """A count with its percentage: 23 (92.0)."""
    return n_percent(row["n"], row["N"])


def fraction(row: pd.Series) -> str:
    """A count of a total: 23/25."""
    return f"{whole(row['n'])}/{whole(row['N'])}" if row["N"] > 0 else NOTHING


def limits(row: pd.Series) -> str:
    """The interval of a proportion, in percent; a dash of few."""
    return interval(row["conf.low"], row["conf.high"]) if "conf.low" in row and row["N"] >= FEWEST else NOTHING


def unit(row: pd.Series) -> str:
    """The unit of the statistics; a dash where there are none."""
    return (row["unit"] or NOT_RECORDED) if row["N"] > 0 else NOTHING


def statistic(name: str, decimals: int = 1) -> Cell:
    """One number by its name; a dash where there is none."""
    return lambda row: number(row.get(name, math.nan), decimals)


def entry(decimals: int = 1) -> Cell:
    """One value of the data, as a line list holds it."""
    return lambda row: recorded(row.get("value", math.nan), decimals)


def of_enough(show: Cell) -> Cell:
    """A cell that is a dash where fewer than FEWEST are counted (N)."""
    return lambda row: show(row) if row["N"] >= FEWEST else NOTHING


def counts_only(numbers: Iterable[float], unit: str = "courses") -> list[str]:
    """The footnote on rows that have counts only, if there are any; `numbers`: how many units each row has."""
    return [f"{NOTHING}: fewer than {FEWEST} {unit}, counts only."] if any(0 < n < FEWEST for n in numbers) else []


def median_and_iqr(decimals: int = 1) -> Cell:
    """Median with interquartile range in brackets; a dash of few."""

    return of_enough(lambda row: f"{number(row['median'], decimals)} ({number(row['iqr'], decimals)})")


def by_treatment(
    results: pd.DataFrame, variable: str, statistics: Sequence[str], output: str = "table2"
) -> pd.DataFrame:
    """One row a treatment (codes, in order), one column a statistic; NaN where there is none."""
    chosen = pick(results, output=output, group1="treatment", variable=variable, variable_level="")
    return wide(chosen[chosen["group1_level"] != ""], "group1_level").reindex(columns=list(statistics))


def courses_by_treatment(results: pd.DataFrame) -> pd.DataFrame:
    """The courses of each treatment (n) and of all (N)."""
    return by_treatment(results, "courses", ["n", "N"])


def named_counts(frame: pd.DataFrame) -> str:
    """Treatments with the counts behind their rates: "phototherapy 3 of 6"; `frame`: a row a treatment with n and N."""
    return listing(
        f"{treatment_in_words(code)} {whole(row['n'])} of {whole(row['N'])}" for code, row in frame.iterrows()
    )


def texts(values: pd.Series, show: Callable[[float], str]) -> list[str]:
    """A column of numbers as text."""
    return [show(value) for value in values]


def pair_name(codes: Iterable[str]) -> str:
    """Two treatments as the label of a row."""
    return " – ".join(map(treatment_label, codes))


def signed_two(value: float) -> str:
    """An effect between −1 and 1."""
    return signed(value, 2)


# Cells of tests and of estimates.


def p_of_test(row: pd.Series) -> str:
    """The p-value of a test; a dash where it was not run."""
    return p_value(row.get("p.value", math.nan))


def name_of_test(row: pd.Series) -> str:
    """A test's method, with how it was simulated or why it was not run."""
    return f"{row['method']} ({row['note']})" if row["note"] else row["method"]


def estimate(show: Callable[[float], str]) -> Cell:
    """An estimate, written by `show`."""
    return lambda row: show(row.get("estimate", math.nan))


def limits_of_estimate(show: Callable[[float], str]) -> Cell:
    """The interval of an estimate, with "to" between limits that may be negative or infinite."""
    return lambda row: span(row["conf.low"], row["conf.high"], show)


# Cells of numbers that are no proportions, and of words.


def number_range(low: str = "conf.low", high: str = "conf.high") -> Cell:
    """Two statistics that are no proportions, with a dash between them."""
    return lambda row: interval(row.get(low, math.nan), row.get(high, math.nan), as_percent=False)


def noted(absent: str = NOT_RECORDED, label: Callable[[str], str] = str) -> Cell:
    """The words of a row's note; `absent` where there is no such row."""
    return lambda row: label(row["note"]) if isinstance(row["note"], str) else absent
