"""Tables of the efficacy page."""

import pandas as pd

from adreport.pages.columns import (
    INDEPENDENT,
    QUANTILES,
    RATES,
    by_treatment,
    count_or_dash,
    interval_name,
    medians,
    rates,
    rows,
    signed_two,
    texts,
)
from adreport.pages.contract import pick, value, was_tested, wide
from adreport.pages.efficacy.results import OUTCOMES
from adreport.show.numbers import NOTHING, counted, n_percent, number, p_value, span, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.stats import tests as inference
from adreport.study import dictionary
from adreport.study.dictionary import level_label, variable_label


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
    recorded = [name for name in OUTCOMES if len(pick(results, output="table2", variable=name))]
    frames = [by_treatment(results, name, RATES) for name in recorded]
    frames = [frame.reindex(frames[0].index) for frame in frames]
    body = rows(_names(frames[0]), *(column for frame in frames for column in rates(frame)))
    p = [p_value(value(_overall(results, name), stat_name="p.value")) for name in recorded]
    body += _p_row([cell for shown in p for cell in (shown, "", "")])
    heads = [Column(head, variable_label(name)) for name in recorded for head in ("n/N", "%", interval_name(results))]
    notes = ["n/N: courses. CI: Wilson score interval.", *_tests(results, recorded), *_strengths(results), INDEPENDENT]
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
    if not any(map(was_tested, tests.values())):
        return ["No p: fewer than two treatments have enough courses to be compared, or nothing differs."]
    words = [
        f"{variable_label(variable).lower()}: {row['method'].iloc[0]}, {counted(row['stat'].iloc[0], 'course')}"
        for variable, row in tests.items()
    ]
    return [f"p: two-sided, over the treatments with enough courses to be compared, not adjusted; {'; '.join(words)}."]


def _strengths(results: pd.DataFrame) -> list[str]:
    """A footnote on how strongly outcomes went with the treatment: Cramér's V with its interval."""
    words = []
    for variable in OUTCOMES:
        own = _overall(results, variable)
        effect = own[own["method"].str.startswith("Cramér's V")].set_index("stat_name")["stat"]
        if "conf.low" in effect:
            limits = span(effect["conf.low"], effect["conf.high"], signed_two)
            words.append(f"{variable_label(variable).lower()} {number(effect['estimate'], 2)} ({limits})")
    told = f"Strength of association, Cramér's V ({interval_name(results)}, noncentral chi-square)"
    return [f"{told}: {'; '.join(words)}. 0 is none, 1 the strongest."] if words else []


def _abbreviations(codes) -> str:
    named = (dictionary.treatments()[code] for code in codes)
    return "; ".join(f"{treatment.abbreviation}: {treatment.label.lower()}" for treatment in named) + "."
