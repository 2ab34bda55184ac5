"""Tables of every two treatments: whether they differ, by how much, and what so few courses could have shown."""

import math
from dataclasses import replace

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.counting import PAIR
from adreport.pages.efficacy.results import ADJUSTMENTS, DETECTABLE
from adreport.pages.exhibits import Results
from adreport.pages.layout import (
    INDEPENDENT,
    RATES,
    Spec,
    by_treatment,
    estimate,
    fraction,
    headings,
    keyed_rows,
    limits_of_estimate,
    p_of_test,
    pair_name,
    signed_two,
)  # fmt: skip
from adreport.show.numbers import counted, p_value, points, ratio
from adreport.show.parts import Absent, Table
from adreport.stats.tests import SIGNIFICANT

TESTS = {"pooled z": "Pooled z", "Fisher exact": "Fisher exact"}
EFFECT_NOTES = (
    "n/N: effective courses. Odds ratio: conditional, with the exact interval of Fisher's test; – where both rates "
    "are 0% or both 100%, which leaves it undetermined. ∞: the first treatment always worked, or the second never did.",
    "δ (Cliff's delta): how much more often a course of the first treatment was rated better than one of the second "
    "than the reverse, over all response levels, from −1 to 1; interval of Newcombe (2006), conservative with ties.",
    "Smallest difference: from the observed rate of the treatment with more courses, in percentage points, that "
    "Fisher's exact test at two-sided 5%, not adjusted, would have detected with 80% power; none: not even a rate of 0 "
    "or 100% in the other treatment would have been. A smaller difference may exist and be missed.",
)


def pairwise(results: Results) -> Table | Absent:
    """Every two treatments on effectiveness: z-test and Fisher's exact test, unadjusted and adjusted."""
    pairs = results.pick(output="pairwise")
    if pairs.empty:
        return Absent()
    difference, spanner = {"unit": "risk difference"}, "Difference (percentage points)"
    columns = [
        Spec("first − second", "effective", estimate(points), spanner, keys=difference),
        Spec(results.settings.interval_name, "effective", limits_of_estimate(points), spanner, keys=difference),
    ]
    for test, label in TESTS.items():
        unadjusted = {"method": f"{test}, {ADJUSTMENTS[-1]}"}  # the same beside each adjustment
        columns.append(Spec("p", "effective", p_of_test, label, keys=unadjusted))
        columns += [
            Spec(
                way, "effective", lambda row: p_value(row["p.value.adjusted"]), label, keys={"method": f"{test}, {way}"}
            )
            for way in ADJUSTMENTS
        ]
    rows = keyed_rows(pairs, "pairwise", columns, PAIR, pair_name)
    adjusted = wide(pick(pairs, stat_name="p.value.adjusted"), PAIR, "method")
    bold = adjusted.reindex(columns=[column.keys.get("method", "") for column in columns]) < SIGNIFICANT
    bold.loc[:, [column.label == "p" for column in columns]] = False
    body = [replace(row, bold=flags) for row, flags in zip(rows, bold.to_numpy().tolist(), strict=True)]
    caption = "Pairwise comparison of overall effectiveness"
    return Table(caption, "Pair", headings(columns), body, _pair_notes(len(adjusted)))


def pairwise_effects(results: Results) -> Table | Absent:
    """Every two treatments: odds ratio, Cliff's delta over all levels, and what these courses could have shown."""
    rates, interval = by_treatment(results.rows, "effective", RATES), results.settings.interval_name
    odds, delta = {"unit": "odds ratio"}, {"unit": "Cliff's delta"}
    levels = "All levels, ordered"
    columns = [
        Spec("first", "effective", lambda row: fraction(rates.loc[row.name[0]]), "n/N", level=DETECTABLE),
        Spec("second", "effective", lambda row: fraction(rates.loc[row.name[1]]), "n/N", level=DETECTABLE),
        Spec("first : second", "effective", estimate(ratio), "Odds ratio", keys=odds),
        Spec(interval, "effective", limits_of_estimate(ratio), "Odds ratio", keys=odds),
        Spec("δ", "response", estimate(signed_two), levels, output="figure1", keys=delta),
        Spec(interval, "response", limits_of_estimate(signed_two), levels, output="figure1", keys=delta),
        Spec("Smallest difference that could be shown", "effective", _smallest, level=DETECTABLE),
    ]
    rows = keyed_rows(results.rows[results.rows["group2"] == "treatment"], "pairwise", columns, PAIR, pair_name)
    caption = "Size of the differences, and what these courses could have shown"
    return Table(caption, "Pair", headings(columns), rows, [*EFFECT_NOTES, INDEPENDENT]) if rows else Absent()


def _adjusted_p(row: pd.Series) -> str:
    return p_value(row["p.value.adjusted"])


def _smallest(row: pd.Series) -> str:
    """A detectable difference in points, "none" where even the largest would be missed."""
    difference = row.get("estimate", math.nan)
    return "none" if math.isnan(difference) else points(difference)


def _pair_notes(pairs: int) -> list[str]:
    return [
        "Difference of the two rates of overall effectiveness, with Newcombe's hybrid score interval, not adjusted.",
        f"p two-sided. The family of the adjustment: the {counted(pairs, 'pair')} of this table, for each test "
        f"separately; Bonferroni as published, Holm beside it. Bold: adjusted p below {SIGNIFICANT}.",
        "The z-test is an approximation for large counts; two rates of 100% do not differ (p = 1). " + INDEPENDENT,
    ]
