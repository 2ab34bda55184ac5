"""Counts and quantiles of rows by group: the one place that knows what holds the rows.

Above this seam the report works on small tables of counts; below it are patients and courses.
"""

import numpy as np
import pandas as pd


def tabulate(rows: pd.DataFrame, value: str, by: str) -> pd.DataFrame:
    """Rows counted by `value` (down) and `by` (across), as a frame of integers.

    Categorical columns keep their order and their empty levels. Rows in which either is missing
    are not counted: a missing value is never a level of a test.
    """
    complete = rows[[value, by]].dropna()
    counts = complete.groupby([value, by], observed=False).size()
    return counts.unstack(by, fill_value=0).astype(int)


def by_patient(rows: pd.DataFrame, outcome: str, by: str) -> tuple[np.ndarray, np.ndarray]:
    """Courses, and courses with the outcome, of each patient (down) at each level of `by` (across).

    Rows in which either is missing are not counted, nor patients without any other.
    """
    complete = rows[["patient_id", by, outcome]].dropna()
    patients, _ = pd.factorize(complete["patient_id"])
    shape = (patients.max(initial=-1) + 1, len(complete[by].cat.categories))
    courses, events = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    cells = (patients, complete[by].cat.codes.to_numpy())
    np.add.at(courses, cells, 1)
    np.add.at(events, cells, complete[outcome].to_numpy(dtype=np.int64))
    return courses, events


def count(values: pd.Series) -> pd.Series:
    """How often each level occurs, in the order of the levels, empty ones included."""
    categorical = isinstance(values.dtype, pd.CategoricalDtype)
    levels = values.cat.categories if categorical else sorted(values.dropna().unique())
    return values.value_counts().reindex(levels, fill_value=0)


def quantile(values: pd.Series, probability: float) -> float:
    """A quantile by the (n+1)p rule of SPSS (Hyndman and Fan's type 6, numpy's "weibull").

    It is the rule behind the published table, and the only one under which that table is possible.
    NaN when there is no value.
    """
    present = values.dropna().to_numpy(dtype=float)
    return float(np.quantile(present, probability, method="weibull")) if len(present) else float("nan")


def summarise(values: pd.Series) -> dict[str, float]:
    """Median, quartiles and their distance, the number of values and of missing ones."""
    low, middle, high = (quantile(values, probability) for probability in (0.25, 0.5, 0.75))
    n = int(values.notna().sum())
    return {"median": middle, "p25": low, "p75": high, "iqr": high - low, "N": n, "n_missing": len(values) - n}


def share(n: int, total: int) -> dict[str, float]:
    """A count with its total and its proportion, which 0 of 0 does not have."""
    return {"n": n, "N": total, "p": n / total} if total else {"n": n, "N": total}


def whiskers(values: pd.Series) -> dict[str, float]:
    """The furthest values within 1.5 interquartile ranges of the quartiles, at least as far as these."""
    low, high = (quantile(values, probability) for probability in (0.25, 0.75))
    reach = 1.5 * (high - low)
    within = values[values.between(low - reach, high + reach)]
    return {"whisker.low": min(within.min(), low), "whisker.high": max(within.max(), high)}
