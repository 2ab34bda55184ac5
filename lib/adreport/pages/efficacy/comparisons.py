"""Tables of the efficacy page's comparisons: pairs of treatments, predictors, sizes of effects."""

import math
from dataclasses import replace

import pandas as pd

from adreport.pages.columns import (
    INDEPENDENT,
    PAIR,
    RATES,
    by_treatment,
    estimates,
    interval_name,
    pair_names,
    rows,
    signed_two,
    texts,
)
from adreport.pages.contract import pick, value, wide
from adreport.pages.efficacy.results import CATEGORICAL_PREDICTORS, DETECTABLE, NUMERIC_PREDICTORS
from adreport.show.numbers import NOTHING, counted, p_value, points, ratio, span, whole
from adreport.show.parts import Absent, Column, Table
from adreport.study.dictionary import variable_label

NOTABLE = 0.05
TESTS, WAYS = ("pooled z", "Fisher exact"), ("Bonferroni", "Holm")
EFFECT_NOTES = (
    "n/N: effective courses. Odds ratio: conditional, with the exact interval of Fisher's test; – where both rates "
    "are 0% or both 100%, which leaves it open. ∞: the first treatment always worked, or the second never did.",
    "δ (Cliff's delta): how much oftener a course of the first treatment was rated better than one of the second than "
    "the reverse, over all response levels, from −1 to 1; interval of Newcombe (2006), conservative with ties.",
    "Smallest difference: from the observed rate of the treatment with more courses, in percentage points, that "
    "Fisher's exact test at two-sided 5%, not adjusted, would have found with 80% power; none: not even a rate of 0 or "
    "100% in the other one would have been. A smaller difference may exist and be missed.",
)
SIGNS = {
    "risk difference": ("Δ", points), "Cliff's delta": ("δ", signed_two), "Spearman's rho": ("ρ", signed_two),
}  # fmt: skip


def pairwise(results: pd.DataFrame) -> Table | Absent:
    """Each two treatments on effectiveness: z-test and Fisher's exact test, unadjusted and adjusted."""
    chosen = pick(results, output="pairwise")
    if chosen.empty:
        return Absent()
    raw = wide(pick(chosen, stat_name="p.value", method=["pooled z, Holm", "Fisher exact, Holm"]), PAIR, "method")
    adjusted = wide(pick(chosen, stat_name="p.value.adjusted"), PAIR, "method")
    difference = _effects(chosen, "risk difference").reindex(adjusted.index)
    cells = estimates(difference, points)
    cells += [column for test in TESTS for column in _test_columns(raw, adjusted, test)]
    plain = rows(pair_names(adjusted), *cells)
    body = [replace(row, bold=flags) for row, flags in zip(plain, _notable(adjusted, len(cells)), strict=True)]
    heads = [Column(head, "Difference (percentage points)") for head in ("first − second", interval_name(results))]
    heads += [Column(head, test) for test in ("Pooled z", "Fisher exact") for head in ("p", "Bonferroni", "Holm")]
    notes = [
        "Difference of the two rates of overall effectiveness, with Newcombe's hybrid score interval, not adjusted.",
        f"p two-sided. The family of the adjustment: the {counted(len(adjusted), 'pair')} of this table, for each test "
        f"on its own; Bonferroni as published, Holm beside it. Bold: adjusted p below {NOTABLE}.",
        "The z-test is an approximation for large counts; two rates of 100% do not differ (p = 1). " + INDEPENDENT,
    ]
    return Table("Pairwise comparison of overall effectiveness", "Pair", heads, body, notes)


def pairwise_effects(results: pd.DataFrame) -> Table | Absent:
    """Each two treatments: odds ratio, Cliff's delta over all levels, and what these courses could have shown."""
    chosen = pick(results, output="pairwise", variable="effective")
    if chosen.empty:
        return Absent()
    number = by_treatment(results, "effective", RATES)
    ratios = _effects(chosen, "conditional odds ratio")
    deltas = _effects(pick(results, output="figure1", variable="response"), "Cliff's delta")
    detectable = _effects(pick(chosen, variable_level=DETECTABLE), "smallest difference").reindex(
        pd.MultiIndex.from_frame(chosen[PAIR].drop_duplicates())
    )
    ratios, deltas = (frame.reindex(detectable.index) for frame in (ratios, deltas))
    codes = [detectable.index.get_level_values(side) for side in PAIR]
    fractions = [[f"{whole(number.loc[code, 'n'])}/{whole(number.loc[code, 'N'])}" for code in side] for side in codes]
    smallest = ["none" if math.isnan(value) else points(value) for value in detectable["estimate"]]
    cells = [*fractions, *estimates(ratios, ratio), *estimates(deltas, signed_two), smallest]
    ci = interval_name(results)
    heads = [
        Column("first", "n/N"), Column("second", "n/N"),
        Column("first : second", "Odds ratio"), Column(ci, "Odds ratio"),
        Column("δ", "All levels, ordered"), Column(ci, "All levels, ordered"),
        Column("Smallest difference that could be shown"),
    ]  # fmt: skip
    return Table(
        "Size of the differences, and what these courses could have shown",
        "Pair", heads, rows(pair_names(detectable), *cells), [*EFFECT_NOTES, INDEPENDENT],
    )  # fmt: skip


def predictors(results: pd.DataFrame, mark: str = "") -> Table:
    """Response against age, onset, sex and allergies: effective or not, and over all levels."""
    chosen = pick(results, output="predictors")
    labels, cells = [], []
    for variable in (*NUMERIC_PREDICTORS, *CATEGORICAL_PREDICTORS):
        labels.append(variable_label(variable))
        cells.append([cell for group in ("effective", "response") for cell in _test_cells(chosen, variable, group)])
    heads = [
        Column(head, group, words=head[0] in "TE")
        for group in ("Effective or not", "All response levels, ordered")
        for head in ("Test", "n", "p", f"Effect ({interval_name(results)})")
    ]
    notes = [
        "n: courses of all treatments in which both are known. Not adjusted for multiple testing.",
        "Effect: Δ, difference of the rates of effective courses in percentage points, and δ, Cliff's delta, both with "
        "intervals of Newcombe: of female less male, of yes less no, of the effective courses' value less that of the "
        "others; ρ, Spearman's correlation with the interval of Bonett and Wright.",
        INDEPENDENT,
    ]
    return Table("Predictors of response", "Predictor", heads, rows(labels, *zip(*cells, strict=True)), notes, mark)


def _notable(adjusted: pd.DataFrame, width: int) -> list[list[bool]]:
    """For each pair which cells hold an adjusted p below 5%; of the last six, an unadjusted one leads each three."""
    lines = []
    for _, row in adjusted.iterrows():
        flags = [flag for test in TESTS for flag in (False, *(row[f"{test}, {way}"] < NOTABLE for way in WAYS))]
        lines.append([False] * (width - len(flags)) + flags)
    return lines


def _test_columns(raw: pd.DataFrame, adjusted: pd.DataFrame, test: str) -> list[list[str]]:
    columns = [raw[f"{test}, Holm"], *(adjusted[f"{test}, {way}"] for way in WAYS)]
    return [texts(column, p_value) for column in columns]


def _test_cells(results: pd.DataFrame, variable: str, group: str) -> list[str]:
    """Test, n, p and effect size of one predictor."""
    own = pick(results, variable=variable, group1=group)
    method = own["method"].iloc[0] if len(own) else NOTHING
    n, p = (value(own, stat_name=name) for name in ("N", "p.value"))
    return [method, NOTHING if math.isnan(n) else whole(n), p_value(p), _effect_cell(own)]


def _effect_cell(own: pd.DataFrame) -> str:
    """The effect size with its sign and interval: "δ −0.08 (−0.38 to 0.24)"."""
    for name, (sign, show) in SIGNS.items():
        effect = own[own["method"].str.startswith(name)].set_index("stat_name")["stat"]
        if "estimate" in effect:
            limits = span(effect.get("conf.low", math.nan), effect.get("conf.high", math.nan), show)
            return f"{sign} {show(effect['estimate'])} ({limits})"
    return NOTHING


def _effects(results: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row a pair, columns estimate, conf.low, conf.high, of the effect size whose name starts so."""
    chosen = results[results["method"].str.startswith(measure) & (results["group2_level"] != "")]
    return wide(chosen, PAIR).reindex(columns=["estimate", "conf.low", "conf.high"])
