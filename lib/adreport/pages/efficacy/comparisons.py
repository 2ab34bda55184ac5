"""Tables of every two treatments: whether they differ, and by how much."""

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.counting import PAIR
from adreport.pages.efficacy.results import ADJUSTMENTS
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
)
from adreport.show.numbers import counted, p_value, points, ratio
from adreport.show.parts import Absent, Table
from adreport.stats.tests import FEWEST, SIGNIFICANT

EXACT, ADJUSTMENT = "Fisher exact", ADJUSTMENTS[-1]
EFFECT_NOTES = (
    "Odds ratio of the first treatment to the second; –: undetermined, both rates are 0% or both 100%. δ (Cliff’s "
    "delta): how much more often a course of the first was rated better than the reverse, from −1 to 1.",
)


def pairwise(results: Results) -> Table | Absent:
    """Every two treatments on effectiveness: rates, their difference, Fisher's exact test and its adjusted p."""
    pairs = pairs_of_enough(results)
    rates = by_treatment(results.rows, "effective", RATES)
    difference, spanner = {"unit": "risk difference"}, "Difference (percentage points)"
    test = {"method": f"{EXACT}, {ADJUSTMENT}"}
    columns = [
        Spec("first − second", "effective", estimate(points), spanner, keys=difference),
        Spec(results.settings.interval_name, "effective", limits_of_estimate(points), spanner, keys=difference),
        Spec("first", "effective", lambda row: fraction(rates.loc[row.name[0]]), "n/N", keys=difference),
        Spec("second", "effective", lambda row: fraction(rates.loc[row.name[1]]), "n/N", keys=difference),
        Spec("p", "effective", p_of_test, EXACT, keys=test),
        Spec(ADJUSTMENT, "effective", lambda row: p_value(row.get("p.value.adjusted", float("nan"))), EXACT, keys=test),
    ]
    adjusted = wide(pick(pairs, output="pairwise", stat_name="p.value.adjusted", **test), PAIR)
    below = [pair for pair, row in adjusted.iterrows() if row.iloc[0] < SIGNIFICANT]
    rows = keyed_rows(pairs, "pairwise", columns, PAIR, pair_name, notable=below)
    caption = "Pairwise comparison of overall effectiveness"
    notes = _pair_notes(len(adjusted))
    return Table(caption, "Pair", headings(columns), rows, notes, folded=True) if rows else Absent()


def pairwise_effects(results: Results) -> Table | Absent:
    """Every two treatments: odds ratio, and Cliff's delta over all levels."""
    interval, odds, delta = results.settings.interval_name, {"unit": "odds ratio"}, {"unit": "Cliff's delta"}
    levels = "All levels, ordered"
    columns = [
        Spec("first : second", "effective", estimate(ratio), "Odds ratio", keys=odds),
        Spec(interval, "effective", limits_of_estimate(ratio), "Odds ratio", keys=odds),
        Spec("δ", "response", estimate(signed_two), levels, output="figure1", keys=delta),
        Spec(interval, "response", limits_of_estimate(signed_two), levels, output="figure1", keys=delta),
    ]
    pairs = pairs_of_enough(results)
    rows = keyed_rows(pairs, "pairwise", columns, PAIR, pair_name, every=True)
    caption = "Odds ratios, and differences over all levels"
    notes = list(EFFECT_NOTES)
    return Table(caption, "Pair", headings(columns), rows, notes, folded=True) if rows else Absent()


def pairs_of_enough(results: Results) -> pd.DataFrame:
    """The rows of two treatments that each have FEWEST courses with a recorded response."""
    known = by_treatment(results.rows, "effective", ["N"])["N"]
    enough = known.index[known >= FEWEST]
    return pick(results.rows, group2="treatment", group1_level=enough, group2_level=enough)


def _pair_notes(pairs: int) -> list[str]:
    tested = (
        f"p adjusted after {ADJUSTMENT} over the {counted(pairs, 'pair')} tested; bold: below {SIGNIFICANT}. "
        if pairs > 1 else ""
    )  # fmt: skip
    return [f"n/N: effective courses. {tested}No test below five patients on a side. {INDEPENDENT}"]
