"""The published numbers beside the recomputed ones, with a verdict on each and what explains a difference."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
from scipy import stats

from adreport.pages import cohort, efficacy, safety
from adreport.pages.contract import KEYS, statistics, table
from adreport.pages.counting import compared_courses
from adreport.pages.exhibits import MIN_COURSES, Settings, counted
from adreport.pages.paper.contradictions import CONTRADICTED
from adreport.show.numbers import listing, p_value, rounded, truncated
from adreport.stats import tests as inference
from adreport.stats.counts import tabulate
from adreport.study.model import Study
from adreport.study.paths import PUBLISHED
from adreport.study.response import response_scale

AGREES = "agrees"
ROUNDED = "agrees after rounding"
TRUNCATED = "agrees after truncation"
DIFFERS = "differs"
UNKNOWN = "cannot be recomputed"
VERDICTS = (AGREES, ROUNDED, TRUNCATED, DIFFERS, UNKNOWN)

JOIN = ["output", "group1", "group1_level", "variable", "variable_level", "stat_name"]
SOURCE_COLUMNS = {
    "effective": "courses.response", "significant": "courses.response", "response": "courses.response",
    "duration_months": "courses.duration_days", "courses": "courses.treatment", "patients": "courses.treatment",
    "courses_compared": "courses.treatment", "side_effect": "side_effects.course",
    "age_at_event_years": "side_effects.onset_day", "rescue_courses": "courses.duration_days",
    "rescue_patients": "courses.duration_days",
}  # fmt: skip
NOT_RECOMPUTED = {"cited": "a figure of another study", "definition": "a definition, not a result"}
# What another response scale than the published one makes incomparable.
RESPONSES = ("effective", "significant", "response")
# Statistics that follow from counts. Any other of a column that is not published is what the cohort was made to
# have, and so is the one p-value that its ages were steered to.
DERIVED = ("p", "p.value")
STEERED = ("age_at_start_years",)
# SPSS simulates its exact tests from this many tables unless told otherwise.
SPSS_SIMULATIONS = 10_000
LARGEST_DENOMINATOR = 40
MOST_NAMED = 4


@dataclass(frozen=True)
class Verdict:
    """Whether a printed number agrees with a recomputed one, and what explains it if not."""

    verdict: str
    explanation: str = ""


@dataclass(frozen=True)
class Comparison:
    """Published numbers beside recomputed ones; `reproduces`: whether they are from the same cohort."""

    rows: pd.DataFrame
    reproduces: bool


def published_results() -> pd.DataFrame:
    """Each number as printed: the columns of the results contract, `printed` and `place`."""
    words = dict.fromkeys((*KEYS, "method", "printed", "place"), str)
    return pd.read_csv(PUBLISHED / "results.csv", dtype=words, keep_default_na=False)


def published_sequences() -> pd.DataFrame:
    """The published Table 4: patient_id, course, treatment."""
    return pd.read_csv(PUBLISHED / "table4.csv")


def recompute(study: Study) -> pd.DataFrame:
    """Every statistic of the pages whose numbers the paper prints."""
    return counted([*cohort.EXHIBITS, *efficacy.EXHIBITS, *safety.EXHIBITS], study, Settings()).rows


def compare(study: Study, published: pd.DataFrame, results: pd.DataFrame) -> Comparison:
    """The published rows, each with `recomputed`, `verdict`, `explanation` and `basis`.

    Verdicts are for the published cohort as a whole. Of other data, or a part of them, the rows
    have the limits of the interval instead, `low` and `high`, where the results give one.
    """
    recomputed = results.drop_duplicates(JOIN)[[*JOIN, "stat"]].rename(columns={"stat": "recomputed"})
    joined = published.merge(recomputed, on=JOIN, how="left", validate="many_to_one")
    joined = joined.assign(basis=[basis(study, variable) for variable in joined["variable"]])
    if study.reproduces != "published" or study.selection:
        if study.response != response_scale():
            joined = joined[~joined["variable"].isin(RESPONSES)]
        return Comparison(_with_limits(joined, results), reproduces=False)
    verdicts = [_verdict(row, joined, study) for row in joined.itertuples()]
    words = {name: [getattr(verdict, name) for verdict in verdicts] for name in ("verdict", "explanation")}
    return Comparison(joined.assign(follows=_follows(joined), **words), reproduces=True)


def analyse(comparison: Comparison) -> pd.DataFrame:
    """The comparison as results: each published number, the recomputed one and, in words, the verdict."""
    rows: list[dict] = []
    for row in comparison.rows.itertuples():
        keys = {
            "group1": row.output, "group1_level": row.group1_level, "group2": "place", "group2_level": row.place,
            "variable": row.variable, "variable_level": row.variable_level,
        }  # fmt: skip
        numbers = {f"{row.stat_name}.published": row.stat, f"{row.stat_name}.recomputed": row.recomputed}
        words = ". ".join(filter(None, [row.verdict, row.explanation])) if comparison.reproduces else ""
        rows += statistics("reproduction", numbers, words, **keys)
    return table(rows)


def basis(study: Study, variable: str) -> str:
    """Whether the data behind a variable are published, constrained by published figures, or synthetic."""
    column = SOURCE_COLUMNS.get(variable, "")
    names = {column} if column else {f"{name}.{variable}" for name in ("patients", "courses", "side_effects")}
    found = [kind for kind, columns in study.provenance.items() if names & set(columns)]
    return found[0] if found else ""


def judge(printed: str, value: float, scale: int = 1) -> str:
    """The verdict on a number as printed, without an explanation.

    `scale` is 100 for a percentage. "95" is met by what rounds to 95 and "26.50" by what rounds to 26.50.
    """
    if np.isnan(value):
        return UNKNOWN
    target = Decimal(printed.replace(",", ""))
    decimals = max(-target.as_tuple().exponent, 0)
    if Decimal(f"{value * scale:.12g}") == target:
        return AGREES
    if rounded(value * scale, decimals) == target:
        return ROUNDED
    return TRUNCATED if truncated(value * scale, decimals) == target else DIFFERS


def _verdict(row, joined: pd.DataFrame, study: Study) -> Verdict:
    printed = row.printed or f"{row.stat:g}"
    verdict = judge(printed, row.recomputed, 100 if row.stat_name == "p" else 1)
    if verdict == UNKNOWN:
        return Verdict(verdict, NOT_RECOMPUTED.get(row.output, "not in the data model"))
    if verdict != DIFFERS:
        return Verdict(verdict)
    contradicted = (row.variable, row.group1_level) in CONTRADICTED
    explain: dict[str, Callable[[], str]] = {
        "p": lambda: explain_percentage(printed, _published_count(row, joined)),
        "p.value": lambda: explain_p_value(printed, row.variable, study),
        "n": lambda: "no data with the published sequences have it: see the contradictions" if contradicted else "",
    }
    return Verdict(DIFFERS, explain.get(row.stat_name, lambda: "")())


def explain_percentage(printed: str, count: int | None) -> str:
    """Which denominators turn a count into the percentage printed; else which other fractions give it."""
    if count is not None and (fitting := denominators(printed, count)):
        return f"{count} of {' or '.join(map(str, fitting[:MOST_NAMED]))} gives {printed}%"
    totals = range(1, LARGEST_DENOMINATOR + 1)
    fractions = [f"{n}/{total}" for total in totals for n in range(1, total) if _gives(printed, n, total)]
    none = "" if count is None else f"no denominator fits {count}; "
    if not fractions:
        return f"{none}no fraction of {LARGEST_DENOMINATOR} or fewer fits"
    return f"{none}{' or '.join(fractions[:MOST_NAMED])} would give {printed}%"


def denominators(printed: str, count: int) -> list[int]:
    """The totals of which a count is the percentage printed, rounded."""
    return [total for total in range(max(count, 1), 4 * count + 100) if _gives(printed, count, total)]


def common_denominators(comparison: Comparison) -> list[tuple[str, list[int]]]:
    """For each column of percentages that differ, the totals that explain all of them at once."""
    rows = comparison.rows
    differing = rows[(rows["verdict"] == DIFFERS) & (rows["stat_name"] == "p") & (rows["group1_level"] != "")]
    found = []
    for variable, own in differing.groupby("variable"):
        fitting = [set(denominators(row.printed, _published_count(row, rows))) for row in own.itertuples()]
        if len(fitting) > 1 and (shared := set.intersection(*fitting)):
            found.append((variable, sorted(shared)))
    return found


def explain_p_value(printed: str, variable: str, study: Study) -> str:
    """What other tests of the same counts give, and whether simulation can explain the difference."""
    counts = tabulate(compared_courses(study, MIN_COURSES), variable, "treatment").T.to_numpy()
    others = dict(_other_tests(counts))
    shown = listing([f"{name} {p_value(p)}" for name, p in others.items()])
    exact = others["Fisher-Freeman-Halton exact"]
    error = np.sqrt(exact * (1 - exact) / SPSS_SIMULATIONS)
    if abs(float(printed) - exact) < 2 * error:
        simulated = f"the exact test simulated from {SPSS_SIMULATIONS:,} tables"
        return f"it would fit {simulated} (±{2 * error:.3f}, two standard errors), if it was; {shown}"
    fitting = [name for name, p in others.items() if judge(printed, p) in (ROUNDED, TRUNCATED)]
    return f"it is the {listing(fitting)}; {shown}" if fitting else f"none of these gives it: {shown}"


def _other_tests(counts: np.ndarray) -> Iterator[tuple[str, float]]:
    counts = counts[:, counts.sum(axis=0) > 0]
    yield "Fisher-Freeman-Halton exact", inference.fisher_freeman_halton(counts).p_value
    yield "Pearson chi-square", inference.pearson(counts).p_value
    yield "likelihood ratio", stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood").pvalue
    samples = [np.repeat(np.arange(counts.shape[1]), row) for row in counts]
    yield "Kruskal-Wallis", inference.kruskal_wallis(samples).p_value


def _gives(printed: str, n: int, total: int) -> bool:
    return judge(printed, n / total, 100) in (AGREES, ROUNDED)


def _published_count(row, joined: pd.DataFrame) -> int | None:
    """The count that the paper prints for the same thing as a percentage, the same place first."""
    same = (joined[[name for name in JOIN if name != "stat_name"]] == [
        getattr(row, name) for name in JOIN if name != "stat_name"
    ]).all(axis=1)  # fmt: skip
    counts = joined[same & (joined["stat_name"] == "n")]
    here = counts[counts["place"] == row.place]
    chosen = here if len(here) else counts
    return int(chosen["stat"].iloc[0]) if len(chosen) else None


def _follows(joined: pd.DataFrame) -> pd.Series:
    """Whether a number follows from published counts or sequences, instead of having been built in."""
    derived = joined["stat_name"].isin(DERIVED) & ~(
        joined["variable"].isin(STEERED) & (joined["stat_name"] == "p.value")
    )
    return derived | (joined["basis"] == "published")


def _with_limits(joined: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """The rows of proportions with the limits of their intervals, `low` and `high`."""
    keys = [name for name in JOIN if name != "stat_name"]
    for name, stat_name in (("low", "conf.low"), ("high", "conf.high")):
        limits = results[results["stat_name"] == stat_name].drop_duplicates(keys)
        joined = joined.merge(limits[[*keys, "stat"]].rename(columns={"stat": name}), on=keys, how="left")
    return joined.assign(**{name: joined[name].where(joined["stat_name"] == "p") for name in ("low", "high")})
