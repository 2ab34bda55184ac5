"""Tables of the efficacy page: Table 2, the predictors, and the rule by which a test is chosen."""

import math

import pandas as pd

from adreport.pages import layout
from adreport.pages.contract import pick, value, wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.efficacy.results import CATEGORICAL_PREDICTORS, NUMERIC_PREDICTORS, OUTCOMES
from adreport.pages.exhibits import Results
from adreport.pages.layout import (
    INDEPENDENT,
    QUANTILES,
    Spec,
    count_and_share,
    counts_only,
    fraction,
    limits,
    median_and_iqr,
    name_of_test,
    rows,
    share,
    signed_two,
    texts,
    treatment_table,
    unit,
)
from adreport.pages.shading import SHADES_NOTE, shaded
from adreport.show.numbers import NOTHING, counted, number, p_value, points, span, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.stats.tests import FEWEST, RULE
from adreport.study import dictionary
from adreport.study.dictionary import variable_label
from adreport.study.reasons import REASON, reason_label

# How an effect is written: its sign and its numbers, by its measure.
SIGNS = {"risk difference": ("Δ", points), "Cliff's delta": ("δ", signed_two)}


def course_features(results: Results) -> Table | Absent:
    """Table 2, first part: courses, patients, sex, age, duration and dose of each treatment."""
    sex = wide(results.pick(output="table2", variable="sex", stat_name="n"), "group1_level", "variable_level")
    columns = [
        Spec("Courses", "courses", count_and_share),
        Spec("Patients", "patients", count_and_share),
        Spec("Female/ male", "sex", lambda row: "/".join(map(whole, sex.loc[row.name])), level="female"),
        Spec("Age at start (years)", "age_at_start_years", median_and_iqr(1)),
        Spec("Duration (months)", "duration_months", median_and_iqr(1)),
        Spec("Dose", "dose", median_and_iqr(2)),
        Spec("Unit", "dose", unit, words=True),
    ]
    notes = [
        f"Courses and patients: n (%); otherwise median (interquartile range). {QUANTILES} Doses in other units are "
        "left out.",
        *counts_only(layout.by_treatment(results.rows, "courses", ["n"])["n"]),
    ]
    return treatment_table(results.rows, "table2", "Table 2a. Treatment courses", columns, notes)


def outcomes(results: Results) -> Table | Absent:
    """Table 2, second part: overall effectiveness, significant response and side effects."""
    recorded = [name for name in OUTCOMES if len(results.pick(output="table2", variable=name))]
    columns = [
        column
        for name in recorded
        for column in (
            Spec("n/N", name, fraction, variable_label(name), p=True),
            Spec("%", name, share, variable_label(name)),
            Spec(results.settings.interval_name, name, limits, variable_label(name)),
        )
    ]
    tests, strengths = _tests(results, recorded), _strengths(results)
    notes = ["n/N: courses. CI: Wilson score interval.", *tests, *strengths, INDEPENDENT]
    return treatment_table(results.rows, "table2", "Table 2b. Outcome of the treatment courses", columns, notes)


def discontinuation_reasons(results: Results) -> Table | Absent:
    """Table 2, third part: why courses ended, treatments across."""
    counts = results.pick(output="table2", variable=REASON, stat_name="n")
    frame = wide(counts, "variable_level", "group1_level")
    frame = frame[frame.sum(axis=1) > 0]
    if frame.empty:
        return Absent("No reason is recorded for any course.")
    columns = [Column(dictionary.treatments()[code].abbreviation) for code in frame.columns]
    totals = frame.sum()
    shares = (frame / totals).where(totals >= FEWEST, 0, axis=1).fillna(0)
    notes = [SHADES_NOTE.format("treatment's courses", few=FEWEST), dictionary.abbreviations(frame.columns)]
    body = shaded(rows(map(reason_label, frame.index), *(texts(frame[code], whole) for code in frame.columns)), shares)
    return Table("Table 2c. Why courses ended (courses)", "Reason", columns, body, notes)


def predictors(results: Results) -> Table:
    """Effective or not against age, onset, sex and allergies, first courses."""
    tested = results.pick(output="predictors", variable_level=FIRST_COURSE)
    body = [
        [variable_label(variable), *_test_cells(tested, variable, "effective")]
        for variable in (*NUMERIC_PREDICTORS, *CATEGORICAL_PREDICTORS)
    ]
    columns = [
        Column(label, words=label[0] in "TE")
        for label in ("Test", "n", "p", f"Effect ({results.settings.interval_name})")
    ]
    notes = [
        "n: first courses in which both are recorded. Not adjusted; no test below five patients on a side. "
        f"{NOTHING}: not tested.",
        "Effect: Δ, difference of rates in percentage points; δ, Cliff’s delta; of female less male, yes less no, "
        "effective less not. Test and interval are of different methods and may disagree near 0.05.",
    ]
    labels, *cells = zip(*body, strict=True)
    return Table("Predictors of response", "Predictor", columns, rows(labels, *cells), notes)


def test_rule(_: Results) -> Table:
    """The rule by which a test is chosen, as the code follows it."""
    body = [Row(situation, [test]) for situation, test in RULE]
    return Table("Which test for which question", "To compare", [Column("Test", words=True)], body)


def _overall(results: Results, variable: str) -> pd.DataFrame:
    return results.pick(output="table2", group1_level="", variable=variable)


def _tests(results: Results, variables: list[str]) -> list[str]:
    """A footnote on the row of p-values: for each its test and n, and that none is adjusted."""
    tests = {variable: pick(_overall(results, variable), stat_name="N") for variable in variables}
    tests = {variable: row.iloc[0] for variable, row in tests.items() if len(row)}
    if all(test["note"] and math.isnan(_p(results, variable)) for variable, test in tests.items()):
        return ["No p: fewer than two treatments have enough courses to be compared, or nothing differs."]
    words = [
        f"{variable_label(variable).lower()}: {name_of_test(test)}, {counted(test['stat'], 'course')}"
        for variable, test in tests.items()
    ]
    return [f"p: two-sided, over the treatments compared, not adjusted; {'; '.join(words)}."]


def _p(results: Results, variable: str) -> float:
    return value(_overall(results, variable), stat_name="p.value")


def _strengths(results: Results) -> list[str]:
    """A footnote on how strongly outcomes went with the treatment: Cramér's V with its interval."""
    words = []
    for variable in OUTCOMES:
        effect = pick(_overall(results, variable), unit="Cramér's V").set_index("stat_name")["stat"]
        if "conf.low" in effect:
            interval = span(effect["conf.low"], effect["conf.high"], signed_two)
            words.append(f"{variable_label(variable).lower()} {number(effect['estimate'], 2)} ({interval})")
    title = f"Strength of association, Cramér's V ({results.settings.interval_name}, noncentral chi-square)"
    return (
        [f"{title}: {'; '.join(words)}. 0 is none, 1 the strongest; only where the chi-square test holds."]
        if words
        else []
    )


def _test_cells(tested: pd.DataFrame, variable: str, group: str) -> list[str]:
    """Test, n, p and effect size of one predictor."""
    statistics = pick(tested, variable=variable, group1=group)
    test = pick(statistics, stat_name="N")
    name = name_of_test(test.iloc[0]) if len(test) else NOTHING
    n, p = (value(statistics, stat_name=name) for name in ("N", "p.value"))
    return [name, NOTHING if math.isnan(n) else whole(n), p_value(p), _effect_cell(statistics)]


def _effect_cell(statistics: pd.DataFrame) -> str:
    """The effect size with its sign and interval: "δ −0.08 (−0.38 to 0.24)"."""
    for measure, (sign, show) in SIGNS.items():
        effect = pick(statistics, unit=measure).set_index("stat_name")["stat"]
        if "estimate" in effect:
            interval = span(effect.get("conf.low", math.nan), effect.get("conf.high", math.nan), show)
            return f"{sign} {show(effect['estimate'])} ({interval})"
    return NOTHING
