"""Tables of every two treatments: whether they differ, by how much, and what so few courses could have shown."""

import math
from dataclasses import replace

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.counting import PAIR
from adreport.pages.efficacy.results import ADJUSTMENTS, DETECTABLE
from adreport.pages.exhibits import Results
from adreport.pages.layout import INDEPENDENT, RATES, by_treatment, estimates, pair_names, rows, signed_two, texts
from adreport.show.numbers import counted, p_value, points, ratio, whole
from adreport.show.parts import Absent, Column, Table
from adreport.stats.tests import SIGNIFICANT

TESTS = ("pooled z", "Fisher exact")
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
    raw = wide(pick(pairs, stat_name="p.value", method=[f"{test}, Holm" for test in TESTS]), PAIR, "method")
    adjusted = wide(pick(pairs, stat_name="p.value.adjusted"), PAIR, "method")
    difference = _effects(pairs, "risk difference").reindex(adjusted.index)
    tests = [_test_columns(raw, adjusted, test) for test in TESTS]
    cells = [*estimates(difference, points), *(column for columns in tests for column in columns)]
    bold = adjusted.reindex(columns=[f"{test}, {way}" for test in TESTS for way in ("", *ADJUSTMENTS)]) < SIGNIFICANT
    body = [
        replace(row, bold=[False, False, *flags])
        for row, flags in zip(rows(pair_names(adjusted), *cells), bold.to_numpy().tolist(), strict=True)
    ]
    columns = [Column("first − second", "Difference (percentage points)"),
               Column(results.settings.interval_name, "Difference (percentage points)")]  # fmt: skip
    columns += [Column(label, test) for test in ("Pooled z", "Fisher exact") for label in ("p", *ADJUSTMENTS)]
    return Table("Pairwise comparison of overall effectiveness", "Pair", columns, body, _pair_notes(len(adjusted)))


def pairwise_effects(results: Results) -> Table | Absent:
    """Every two treatments: odds ratio, Cliff's delta over all levels, and what these courses could have shown."""
    pairs = results.pick(output="pairwise", variable="effective")
    if pairs.empty:
        return Absent()
    order = pd.MultiIndex.from_frame(pairs[PAIR].drop_duplicates())
    ratios, deltas, smallest = (
        frame.reindex(order)
        for frame in (
            _effects(pairs, "odds ratio"),
            _effects(results.pick(output="figure1", variable="response"), "Cliff's delta"),
            wide(pick(pairs, variable_level=DETECTABLE), PAIR).reindex(columns=["estimate"]),
        )
    )
    rates = by_treatment(results.rows, "effective", RATES)
    fractions = [
        [f"{whole(rates.loc[code, 'n'])}/{whole(rates.loc[code, 'N'])}" for code in order.get_level_values(side)]
        for side in PAIR
    ]
    differences = ["none" if math.isnan(value) else points(value) for value in smallest["estimate"]]
    cells = [*fractions, *estimates(ratios, ratio), *estimates(deltas, signed_two), differences]
    interval = results.settings.interval_name
    columns = [
        Column("first", "n/N"), Column("second", "n/N"),
        Column("first : second", "Odds ratio"), Column(interval, "Odds ratio"),
        Column("δ", "All levels, ordered"), Column(interval, "All levels, ordered"),
        Column("Smallest difference that could be shown"),
    ]  # fmt: skip
    caption = "Size of the differences, and what these courses could have shown"
    return Table(caption, "Pair", columns, rows(pair_names(ratios), *cells), [*EFFECT_NOTES, INDEPENDENT])


def _pair_notes(pairs: int) -> list[str]:
    return [
        "Difference of the two rates of overall effectiveness, with Newcombe's hybrid score interval, not adjusted.",
        f"p two-sided. The family of the adjustment: the {counted(pairs, 'pair')} of this table, for each test "
        f"separately; Bonferroni as published, Holm beside it. Bold: adjusted p below {SIGNIFICANT}.",
        "The z-test is an approximation for large counts; two rates of 100% do not differ (p = 1). " + INDEPENDENT,
    ]


def _test_columns(raw: pd.DataFrame, adjusted: pd.DataFrame, test: str) -> list[list[str]]:
    columns = [raw[f"{test}, Holm"], *(adjusted[f"{test}, {way}"] for way in ADJUSTMENTS)]
    return [texts(column, p_value) for column in columns]


def _effects(results: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row a pair, columns estimate, conf.low, conf.high, of the effects of a measure."""
    effects = pick(results, unit=measure)
    effects = effects[(effects["group2_level"] != "") & (effects["variable_level"] == "")]
    return wide(effects, PAIR).reindex(columns=["estimate", "conf.low", "conf.high"])
