"""Whether a printed number agrees with the recomputed one, and what explains a difference."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pandas as pd
from scipy import stats

from adreport.pages.counting import compared_courses
from adreport.pages.paper.contradictions import CONTRADICTED
from adreport.pages.paper.published import ORDER, in_short
from adreport.pages.sequences.pathways import THEN
from adreport.show.numbers import listing, p_as_printed, rounded, truncated
from adreport.stats import tests
from adreport.stats.counts import tabulate
from adreport.study.model import Study

AGREES = "agrees"
ROUNDED = "agrees after rounding"
TRUNCATED = "agrees after truncation"
DIFFERS = "differs"
UNKNOWN = "cannot be recomputed"
VERDICTS = (AGREES, ROUNDED, TRUNCATED, DIFFERS, UNKNOWN)
NOT_RECOMPUTED = {"cited": "a figure of another study", "definition": "a definition, not a result"}
# SPSS simulates its exact tests from this many tables unless another number is set.
SPSS_SIMULATIONS = 10_000
LARGEST_DENOMINATOR = 40
MOST_NAMED = 4


def judge(printed: str, value: float, scale: int = 1) -> str:
    """The verdict on a number as printed.

    `scale` is 100 for a percentage. "95" is met by what rounds to 95 and "26.50" by what rounds to 26.50.
    """
    if np.isnan(value):
        return UNKNOWN
    target = number(printed)
    decimals = max(-target.as_tuple().exponent, 0)
    if Decimal(f"{value * scale:.12g}") == target:
        return AGREES
    if rounded(value * scale, decimals) == target:
        return ROUNDED
    return TRUNCATED if truncated(value * scale, decimals) == target else DIFFERS


def number(printed: str) -> Decimal:
    """The number that is printed."""
    return Decimal(printed.replace(",", ""))


def explanation(row, study: Study, min_courses: int) -> str:
    """What explains that a printed number (a row with its `verdict`) differs or cannot be recomputed; "" if nothing."""
    if row.verdict == UNKNOWN:
        return NOT_RECOMPUTED.get(row.output, "not in the data model")
    if row.verdict != DIFFERS:
        return ""
    if row.variable == ORDER:
        return f"the data have {in_short(row.order.split(THEN))}"
    if row.stat_name == "p":
        return explain_percentage(row.figure, None if np.isnan(row.printed_n) else int(row.printed_n))
    if row.stat_name == "p.value":
        return explain_p_value(row.figure, row.variable, study, min_courses)
    contradicted = (row.variable, row.group1_level) in CONTRADICTED
    return "no data with the published sequences have it: see the contradictions" if contradicted else ""


def explain_percentage(printed: str, count: int | None) -> str:
    """Which denominators turn a count into the percentage printed; else which other fractions give it."""
    if count is not None and (fitting := denominators(printed, count)):
        return f"{count} of {' or '.join(map(str, fitting[:MOST_NAMED]))} gives {printed}%"
    totals = range(1, LARGEST_DENOMINATOR + 1)
    fractions = [f"{n}/{total}" for total in totals for n in range(1, total) if _gives(printed, n, total)]
    none = "" if count is None else f"no denominator fits {count}; "
    if not fractions:
        return f"{none}no fraction with a denominator up to {LARGEST_DENOMINATOR} fits"
    return f"{none}{' or '.join(fractions[:MOST_NAMED])} would give {printed}%"


def denominators(printed: str, count: int) -> list[int]:
    """The totals of which a count is the percentage printed, rounded."""
    return [total for total in range(max(count, 1), 4 * count + 100) if _gives(printed, count, total)]


def common_denominators(compared: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """For each variable whose percentages differ, the totals that explain all of them at once."""
    differing = compared[
        (compared["verdict"] == DIFFERS) & (compared["stat_name"] == "p") & (compared["group1_level"] != "")
    ]
    for variable, rows in differing.dropna(subset="printed_n").groupby("variable"):
        fitting = [set(denominators(row.figure, int(row.printed_n))) for row in rows.itertuples()]
        if len(fitting) > 1:
            yield from ((str(variable), total) for total in sorted(set.intersection(*fitting)))


def explain_p_value(printed: str, variable: str, study: Study, min_courses: int) -> str:
    """What other tests of the same counts give, and whether simulation can explain the difference."""
    counts = tabulate(compared_courses(study, min_courses), variable, "treatment").T.to_numpy()
    others = dict(_other_tests(counts[:, counts.sum(axis=0) > 0]))
    shown = listing([f"{name} {p_as_printed(p)}" for name, p in others.items()])
    exact = next(iter(others.values()))
    error = np.sqrt(exact * (1 - exact) / SPSS_SIMULATIONS)
    if abs(float(printed) - exact) < 2 * error:
        simulated = f"the exact test simulated from {SPSS_SIMULATIONS:,} tables"
        return f"compatible with {simulated} (±{2 * error:.3f}, two standard errors); {shown}"
    fitting = [name for name, p in others.items() if judge(printed, p) in (ROUNDED, TRUNCATED)]
    return f"it is the p of {listing(fitting)}; {shown}" if fitting else f"none of these gives it: {shown}"


def _other_tests(counts: np.ndarray) -> Iterator[tuple[str, float]]:
    yield "Fisher-Freeman-Halton exact", tests.fisher_freeman_halton(counts).p_value
    yield "Pearson chi-square", tests.pearson(counts).p_value
    yield "likelihood ratio", stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood").pvalue
    samples = [np.repeat(np.arange(counts.shape[1]), row) for row in counts]
    yield "Kruskal-Wallis", tests.kruskal_wallis(samples).p_value


def _gives(printed: str, n: int, total: int) -> bool:
    return judge(printed, n / total, 100) in (AGREES, ROUNDED)
