"""Columns of cells that several tables share: aligned counts, shares, intervals; names of treatments."""

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.sensitivity.multiverse import PUBLISHED
from adreport.show.numbers import NOTHING, aligned, interval, number, percent, signed, span, whole
from adreport.show.parts import Row
from adreport.study.dictionary import level_label

QUANTILES = "Quartiles by the (n+1)p rule of SPSS."
INDEPENDENT = (
    "Several courses of one patient are counted as if they were independent: where there are any, p-values are likely "
    "too small and intervals too short."
)
OF_THEM = r", [\d,]+ of them with the treatment"  # resamples in which a rate is known
PAIR = ["group1_level", "group2_level"]
RATES = ["n", "N", "p", "conf.low", "conf.high"]


def rows(labels: Iterable[str], *columns: Sequence[str], kinds: Iterable[str] = ()) -> list[Row]:
    """Table rows from their heads and from whole columns of text, each aligned on its own."""
    labels = list(labels)
    kinds = [*kinds, *[""] * len(labels)]
    cells = zip(*map(aligned, columns), strict=True) if columns else [()] * len(labels)
    return [Row(label, list(row), kind) for label, row, kind in zip(labels, cells, kinds, strict=False)]


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
