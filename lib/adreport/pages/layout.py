"""How results become tables: columns declared whole, cells that several tables share, names of treatments."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.sensitivity.multiverse import PUBLISHED
from adreport.show.numbers import NOTHING, aligned, interval, n_percent, number, p_value, percent, signed, span, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study.dictionary import level_label

QUANTILES = "Quartiles by the (n+1)p rule of SPSS."
INDEPENDENT = (
    "Several courses of one patient are counted as if they were independent: where there are any, p-values are likely "
    "too small and intervals too short."
)
OF_THEM = r", [\d,]+ of them with the treatment"  # resamples in which a rate is known
PAIR = ["group1_level", "group2_level"]
RATES = ["n", "N", "p", "conf.low", "conf.high"]


def treatment_label(code: str) -> str:
    """The label of a treatment."""
    return level_label("treatment", code)


def rows(labels: Iterable[str], *columns: Sequence[str], kinds: Iterable[str] = ()) -> list[Row]:
    """Table rows from their heads and from whole columns of text, each aligned on its own."""
    labels = list(labels)
    kinds = [*kinds, *[""] * len(labels)]
    cells = zip(*map(aligned, columns), strict=True) if columns else [()] * len(labels)
    return [Row(label, list(row), kind) for label, row, kind in zip(labels, cells, kinds, strict=False)]


Cell = Callable[[pd.Series], str]


@dataclass(frozen=True)
class Spec:
    """A column declared whole: its heading, the variable whose statistics fill it, and how they become a cell.

    `show`: from the statistics of one row of the table (by their names, with `unit`, `method` and `note`) to text.
    `level`: the variable_level. `output`: where not the table's. `keys`: further keys of the results. `p`: whether the
    last row holds the p-value of the variable over all treatments.
    """

    label: str
    of: str
    show: Cell
    spanner: str = ""
    words: bool = False
    p: bool = False
    level: str = ""
    output: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)


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
    body = rows(map(treatment_label, treatments), *_cells(columns, frames, treatments))
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
) -> list[Row]:
    """Table rows for each key in `index` (columns of the results), in the order of the first column's statistics."""
    frames = [_statistics(results, output, column, index) for column in columns]
    keys = frames[0].index
    return rows(map(labels, keys), *_cells(columns, frames, keys), kinds=[kind] * len(keys))


def headings(columns: Sequence[Spec]) -> list[Column]:
    """The headings of declared columns."""
    return [Column(column.label, column.spanner, column.words) for column in columns]


def overall_p(results: pd.DataFrame, output: str, variable: str) -> str:
    """The p-value of a comparison over all treatments, as text."""
    return p_value(value(pick(results, output=output, group1_level="", variable=variable), stat_name="p.value"))


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


# How the statistics of a row become a cell.


def n(row: pd.Series) -> str:
    """A count."""
    return whole(row["n"])


def total(row: pd.Series) -> str:
    """Of how many."""
    return whole(row["N"])


def share(row: pd.Series) -> str:
    """A proportion in percent."""
    return percent(row["p"])


def count_and_share(row: pd.Series) -> str:
    """A count with its percentage: 23 (92.0)."""
    return n_percent(row["n"], row["N"])


def fraction(row: pd.Series) -> str:
    """A count of a total: 23/25."""
    return f"{whole(row['n'])}/{whole(row['N'])}" if row["N"] > 0 else NOTHING


def limits(row: pd.Series) -> str:
    """The interval of a proportion, in percent."""
    return interval(row["conf.low"], row["conf.high"]) if "conf.low" in row else NOTHING


def unit(row: pd.Series) -> str:
    """The unit of the statistics."""
    return row["unit"] or NOTHING if isinstance(row["unit"], str) else NOTHING


def statistic(name: str, decimals: int = 1) -> Cell:
    """One number by its name; a dash where there is none."""
    return lambda row: number(row.get(name, math.nan), decimals)


def between(low: str, high: str, decimals: int = 1) -> Cell:
    """Two statistics as a range, of two values or more."""
    return lambda row: interval(row[low], row[high], False, decimals) if row.get("N", 0) > 1 else NOTHING


def median_and_iqr(decimals: int = 1) -> Cell:
    """Median with interquartile range in brackets; the median alone of a single value."""
    wanted = ["median", "iqr", "N"]
    return lambda row: medians(row.reindex(wanted).to_frame().T, decimals)[0]


def by_treatment(
    results: pd.DataFrame, variable: str, statistics: Sequence[str], output: str = "table2"
) -> pd.DataFrame:
    """One row a treatment (codes, in order), one column a statistic; NaN where there is none."""
    chosen = pick(results, output=output, group1="treatment", variable=variable, variable_level="")
    return wide(chosen[chosen["group1_level"] != ""], "group1_level").reindex(columns=list(statistics))


def interval_name(results: pd.DataFrame) -> str:
    """What intervals of these results are called: "95% CI"."""
    levels = pick(results, stat_name="conf.low")["method"].str.extract(r"(\d+(?:\.\d+)?%)")[0].dropna()
    return f"{levels.iloc[0]} CI" if len(levels) else "CI"


def texts(values: pd.Series, show: Callable[[float], str]) -> list[str]:
    """A column of numbers as text."""
    return [show(value) for value in values]


def count_or_dash(n: float) -> str:
    """A count; a dash for none, so that a sparse table shows where its counts are."""
    return whole(n) if n > 0 else NOTHING


def counts(frame: pd.DataFrame) -> list[list[str]]:
    """Two columns: n and percent."""
    return [texts(frame["n"], whole), texts(frame["p"], percent)]


def rates(frame: pd.DataFrame) -> list[list[str]]:
    """Three columns: n/N, percent, interval."""
    fractions = [
        f"{whole(n)}/{whole(total)}" if total >= 0 else NOTHING for n, total in zip(frame["n"], frame["N"], strict=True)
    ]
    limits = [interval(low, high) for low, high in zip(frame["conf.low"], frame["conf.high"], strict=True)]
    return [fractions, texts(frame["p"], percent), limits]


def medians(frame: pd.DataFrame, decimals: int = 1) -> list[str]:
    """Median with interquartile range in brackets; the median alone of a single value."""
    return [
        NOTHING if not total > 0
        else number(median, decimals) if total == 1
        else f"{number(median, decimals)} ({number(iqr, decimals)})"
        for median, iqr, total in zip(frame["median"], frame["iqr"], frame["N"], strict=True)
    ]  # fmt: skip


def quartiles(frame: pd.DataFrame, decimals: int = 1) -> list[list[str]]:
    """Three columns: median, quartiles (of three values or more), and of how many values."""
    limits = [
        interval(low, high, as_percent=False, decimals=decimals) if total > 2 else NOTHING
        for low, high, total in zip(frame["p25"], frame["p75"], frame["N"], strict=True)
    ]
    return [[number(median, decimals) for median in frame["median"]], limits, texts(frame["N"].fillna(0), whole)]


def estimates(frame: pd.DataFrame, show: Callable[[float], str]) -> list[list[str]]:
    """Two columns: an estimate, and its interval with "to" between limits that may be negative or infinite."""
    limits = [span(low, high, show) for low, high in zip(frame["conf.low"], frame["conf.high"], strict=True)]
    return [texts(frame["estimate"], show), limits]


def pair_names(frame: pd.DataFrame) -> list[str]:
    """The two treatments of each row of a frame indexed by PAIR."""
    return [" – ".join(level_label("treatment", code) for code in pair) for pair in frame.index]


def signed_two(value: float) -> str:
    """An effect between −1 and 1."""
    return signed(value, 2)


def methods(own: pd.DataFrame) -> str:
    """The distinct methods of some rows, the commonest first, without what differs from row to row."""
    named = own.loc[own["stat_name"].isin(["conf.low", "p.value"]), "method"].str.removesuffix(PUBLISHED)
    return "; ".join(named.str.replace(OF_THEM, "", regex=True).value_counts().index)
