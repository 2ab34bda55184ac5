"""The results contract: everything a report states, one row per statistic.

Names of statistics follow the R packages cards and broom (`n`, `N`, `p`, `median`, `conf.low`, `p.value`, ...).
`stat` is a number at full precision and `unit` its unit, or the measure that an estimate is of (odds ratio, Cliff's
delta, ...). `method` names a method and nothing else; whatever else is said in words is a `note`. docs/results.md,
written from `pages/outputs.py`, says what each column, statistic and output means.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

COLUMNS = [
    "output", "group1", "group1_level", "group2", "group2_level",
    "variable", "variable_level", "stat_name", "stat", "unit", "method", "note",
]  # fmt: skip
KEYS = COLUMNS[:8]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
EMPTY = dict.fromkeys(COLUMNS, str) | {"stat": float}
NO_WORDS = dict.fromkeys(COLUMNS, "")


def statistics(
    output: str, values: Mapping[str, float | None], method: str = "", unit: str = "", note: str = "", **keys: str
) -> Iterator[dict]:
    """One row for each statistic of `values` that could be computed.

    A statistic that does not exist (None or NaN: the quartile of nothing, say) has no row; its
    absence is the statement, and no reader of the file has to know how it spells "missing".
    """
    unknown = set(keys) - set(KEYS)
    if unknown:
        raise TypeError(f"not a column of the results: {sorted(unknown)}")
    for name, value in values.items():
        if value is not None and not np.isnan(float(value)):
            words = {"stat_name": name, "stat": float(value), "unit": unit, "method": method, "note": note}
            yield NO_WORDS | {"output": output, **keys, **words}


def table(rows: Iterable[dict]) -> pd.DataFrame:
    """Rows as a frame with the contract's columns; what a row leaves out is the empty string."""
    rows = list(rows)
    words = {name: [str(row[name]) for row in rows] for name in COLUMNS}
    return pd.DataFrame(words | {"stat": [row["stat"] for row in rows]}).astype({"stat": float} if rows else EMPTY)


def as_csv(results: pd.DataFrame) -> str:
    """Results as CSV; words from data that a spreadsheet would take for a formula get an apostrophe in front."""
    words = results[[name for name in COLUMNS if name != "stat"]]
    return results.assign(**words.map(safe_text)).to_csv(index=False, lineterminator="\n")


def safe_text(cell: object) -> object:
    """A cell with an apostrophe in front if a spreadsheet would take its words for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def pick(results: pd.DataFrame, **keys: str | Iterable[str]) -> pd.DataFrame:
    """The rows whose columns have the given values (`p_value`-like names are given by **{"stat_name": ...})."""
    chosen = np.ones(len(results), dtype=bool)
    for name, wanted in keys.items():  # plain objects compare several times as fast as pandas' strings
        words = results[name].to_numpy(dtype=object)
        chosen &= words == wanted if isinstance(wanted, str) else np.isin(words, list(wanted))
    return results[chosen]


def value(results: pd.DataFrame, **keys: str) -> float:
    """The one statistic with these keys; NaN where the results do not have it.

    Raises LookupError when the keys fit several rows, since a sentence must not pick one of them.
    """
    found = pick(results, **keys)
    if len(found) > 1:
        raise LookupError(f"{len(found)} results fit {keys}")
    return float(found["stat"].iloc[0]) if len(found) else float("nan")


def n_of(results: pd.DataFrame, **keys: str) -> tuple[float, float]:
    """The count with these keys and the total that it is of; NaN where the results do not have them."""
    return value(results, stat_name="n", **keys), value(results, stat_name="N", **keys)


def wide(results: pd.DataFrame, index: str | list[str], columns: str | list[str] = "stat_name") -> pd.DataFrame:
    """Results spread out: one row per `index`, one column per statistic, in order of appearance.

    Raises ValueError where two results would share a cell. (pandas' `unstack` does the same in ten times as long.)
    """
    (lines, at_line), (heads, at_head) = (_labels(results, names) for names in (index, columns))
    cells = np.full((len(lines), len(heads)), np.nan)
    cells[at_line, at_head] = results["stat"]
    if len(set(zip(at_line, at_head, strict=True))) < len(results):
        raise ValueError(f"several results in one cell of {index} by {columns}")
    return pd.DataFrame(cells, lines, heads)


def _labels(results: pd.DataFrame, names: str | list[str]) -> tuple[pd.Index, list[int]]:
    """The distinct labels in these columns, and the position of each row's label among them."""
    names = [names] if isinstance(names, str) else names
    found = list(zip(*(results[name].tolist() for name in names), strict=True))
    position = {label: number for number, label in enumerate(dict.fromkeys(found))}
    parts = [pd.Index([label[k] for label in position], dtype="str", name=name) for k, name in enumerate(names)]
    labels = parts[0] if len(parts) == 1 else pd.MultiIndex.from_arrays(parts)
    return labels, [position[label] for label in found]
