"""Tables of the efficacy page."""

import math

import pandas as pd

from adreport import dictionary, inference
from adreport.dictionary import level_label, variable_label
from adreport.display import Absent, Column, Row, Table
from adreport.efficacy import CATEGORICAL_PREDICTORS, NUMERIC_PREDICTORS, OUTCOMES
from adreport.formatting import NOTHING, counted, n_percent, number, p_value, whole
from adreport.results import pick, value, wide
from adreport.tables.columns import (
    QUANTILES,
    RATES,
    by_treatment,
    count_or_dash,
    interval_name,
    medians,
    rates,
    rows,
    texts,
)

NOTABLE = 0.05
INDEPENDENT = (
    "Courses of one patient are counted as if they were independent, so p-values are likely too small and intervals "
    "too short."
)


def course_features(results: pd.DataFrame, mark: str = "") -> Table:
    """Table 2, first part: courses, patients, sex, age, duration and dose of each treatment."""
    courses, patients = (by_treatment(results, name, ["n", "N"]) for name in ("courses", "patients"))
    sex = wide(pick(results, output="table2", variable="sex", stat_name="n"), "group1_level", "variable_level")
    sexes = [f"{whole(female)}/{whole(male)}" for female, male in zip(sex["female"], sex["male"], strict=True)]
    numbers = [
        medians(by_treatment(results, name, ["median", "iqr", "N"]), decimals)
        for name, decimals in (("age_at_start_years", 1), ("duration_days", 0), ("duration_months", 1), ("dose", 2))
    ]
    doses = pick(results, output="table2", variable="dose").drop_duplicates("group1_level").set_index("group1_level")
    units = [doses["method"].get(code) or NOTHING for code in courses.index]
    plain = rows(_names(courses), _shares(courses), _shares(patients), sexes, *numbers)
    body = [Row(row.label, [*row.cells, unit]) for row, unit in zip(plain, units, strict=True)]
    tested = ("sex", "age_at_start_years")
    p = [p_value(value(_overall(results, name), stat_name="p.value")) for name in tested]
    body += _p_row(["", "", *p, "", "", "", ""])
    heads = [
        Column("Courses"), Column("Patients"), Column("Female/ male"), Column("Age at start (years)"),
        Column("days", "Duration"), Column("months", "Duration"), Column("Dose"), Column("Unit", words=True),
    ]  # fmt: skip
    notes = [
        "Courses and patients: n (%). Ages, durations and doses: median (interquartile range). "
        f"{QUANTILES} Female/male: courses. Doses recorded in another unit than the one shown are left out.",
        *_tests(results, tested),
    ]
    return Table("Table 2a. Treatment courses", "Treatment", heads, body, notes, mark)


def outcomes(results: pd.DataFrame) -> Table:
    """Table 2, second part: overall effectiveness, significant response and side effects."""
    frames = [by_treatment(results, name, RATES) for name in OUTCOMES]
    frames = [frame.reindex(frames[0].index) for frame in frames]
    body = rows(_names(frames[0]), *(column for frame in frames for column in rates(frame)))
    p = [p_value(value(_overall(results, name), stat_name="p.value")) for name in OUTCOMES]
    body += _p_row([cell for shown in p for cell in (shown, "", "")])
    heads = [Column(head, variable_label(name)) for name in OUTCOMES for head in ("n/N", "%", interval_name(results))]
    notes = ["n/N: courses. CI: Wilson score interval.", *_tests(results, OUTCOMES), INDEPENDENT]
    return Table("Table 2b. Outcome of the treatment courses", "Treatment", heads, body, notes)


def discontinuation_reasons(results: pd.DataFrame) -> Table | Absent:
    """Table 2, third part: why courses ended, treatments across."""
    chosen = pick(results, output="table2", variable="discontinuation_reason", stat_name="n")
    frame = wide(chosen, "variable_level", "group1_level")
    frame = frame[frame.sum(axis=1) > 0]
    if frame.empty:
        return Absent("No reason is recorded for any course.")
    heads = [Column(dictionary.treatments()[code].abbreviation) for code in frame.columns]
    cells = [texts(frame[code], count_or_dash) for code in frame.columns]
    labels = [level_label("discontinuation_reason", level) for level in frame.index]
    return Table(
        "Table 2c. Why courses ended (courses)", "Reason", heads, rows(labels, *cells), [_abbreviations(frame.columns)]
    )


def pairwise(results: pd.DataFrame) -> Table | Absent:
    """Each two treatments on effectiveness: z-test and Fisher's exact test, unadjusted and adjusted."""
    chosen = pick(results, output="pairwise")
    if chosen.empty:
        return Absent()
    pairs = ["group1_level", "group2_level"]
    raw = wide(pick(chosen, stat_name="p.value", method=["pooled z, Holm", "Fisher exact, Holm"]), pairs, "method")
    adjusted = wide(pick(chosen, stat_name="p.value.adjusted"), pairs, "method")
    cells = [column for test in ("pooled z", "Fisher exact") for column in _test_columns(raw, adjusted, test)]
    notable = (adjusted < NOTABLE).any(axis=1)
    labels = [" – ".join(level_label("treatment", code) for code in pair) for pair in adjusted.index]
    body = rows(labels, *cells, kinds=["notable" if flag else "" for flag in notable])
    heads = [Column(head, test) for test in ("Pooled z", "Fisher exact") for head in ("p", "Bonferroni", "Holm")]
    notes = [
        f"Two-sided; Bonferroni and Holm over {counted(len(adjusted), 'pair')}. Bold: an adjusted p below {NOTABLE}.",
        "The z-test is an approximation for large counts; two rates of 100% do not differ (p = 1). " + INDEPENDENT,
    ]
    return Table("Pairwise comparison of overall effectiveness", "Pair", heads, body, notes)


def predictors(results: pd.DataFrame, mark: str = "") -> Table:
    """Response against age, onset, sex and allergies: effective or not, and over all levels."""
    chosen = pick(results, output="predictors")
    labels, cells = [], []
    for variable in (*NUMERIC_PREDICTORS, *CATEGORICAL_PREDICTORS):
        labels.append(variable_label(variable))
        cells.append([cell for group in ("effective", "response") for cell in _test_cells(chosen, variable, group)])
    heads = [
        Column(head, group, words=head == "Test")
        for group in ("Effective or not", "All response levels, ordered")
        for head in ("Test", "n", "p")
    ]
    notes = ["n: courses of all treatments in which both are known. Not adjusted for multiple testing.",
             INDEPENDENT]  # fmt: skip
    return Table("Predictors of response", "Predictor", heads, rows(labels, *zip(*cells, strict=True)), notes, mark)


def test_rule() -> Table:
    """The rule by which a test is chosen, as the code follows it."""
    body = [Row(situation, [test]) for situation, test in inference.RULE]
    return Table("Which test for which question", "To compare", [Column("Test", words=True)], body)


def _names(frame: pd.DataFrame) -> list[str]:
    return [level_label("treatment", code) for code in frame.index]


def _shares(frame: pd.DataFrame) -> list[str]:
    return [n_percent(n, total) for n, total in zip(frame["n"], frame["N"], strict=True)]


def _overall(results: pd.DataFrame, variable: str) -> pd.DataFrame:
    return pick(results, output="table2", group1_level="", variable=variable)


def _p_row(cells: list[str]) -> list[Row]:
    """The line of p-values; none where nothing could be tested."""
    return [] if set(cells) <= {"", NOTHING} else [Row("p", cells, "total")]


def _tests(results: pd.DataFrame, variables) -> list[str]:
    """A footnote on the line of p-values: for each its test and n, and that none is adjusted."""
    tests = {variable: pick(_overall(results, variable), stat_name="N") for variable in variables}
    tests = {variable: row for variable, row in tests.items() if len(row)}
    if all(row["method"].iloc[0].startswith("not tested") for row in tests.values()):
        return ["No p: fewer than two treatments have enough courses to be compared, or nothing differs."]
    words = [
        f"{variable_label(variable).lower()}: {row['method'].iloc[0]}, {counted(row['stat'].iloc[0], 'course')}"
        for variable, row in tests.items()
    ]
    return [f"p: two-sided, over the treatments with enough courses to be compared, not adjusted; {'; '.join(words)}."]


def _abbreviations(codes) -> str:
    named = (dictionary.treatments()[code] for code in codes)
    return "; ".join(f"{treatment.abbreviation}: {treatment.label.lower()}" for treatment in named) + "."


def _test_columns(raw: pd.DataFrame, adjusted: pd.DataFrame, test: str) -> list[list[str]]:
    columns = [raw[f"{test}, Holm"], adjusted[f"{test}, Bonferroni"], adjusted[f"{test}, Holm"]]
    return [texts(column, p_value) for column in columns]


def _test_cells(results: pd.DataFrame, variable: str, group: str) -> list[str]:
    """Test, n and p of one predictor; rho with its sign where the test is a correlation."""
    own = pick(results, variable=variable, group1=group)
    method = own["method"].iloc[0] if len(own) else NOTHING
    if method == "Spearman":
        method += f", ρ = {number(value(own, stat_name='statistic'), 2)}"
    n, p = (value(own, stat_name=name) for name in ("N", "p.value"))
    return [method, NOTHING if math.isnan(n) else whole(n), p_value(p)]
