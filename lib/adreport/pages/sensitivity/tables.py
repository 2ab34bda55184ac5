"""Tables of the tests over all treatments: by ways of counting patients, by models, by definitions of response."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from adreport.pages import layout
from adreport.pages.contract import pick, wide
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.exhibits import Results
from adreport.pages.layout import Spec, fraction, keyed_rows, p_of_test, statistic
from adreport.pages.sensitivity import multiverse
from adreport.pages.sensitivity.models import (
    EVENTS,
    FEW_EVENTS,
    FEWEST_EVENTS,
    NOT_FITTED,
    REPEATED,
    REPEATED_ADJUSTED,
)
from adreport.pages.sensitivity.multiverse import DISTINCT, MAIN_ANALYSIS, choices
from adreport.pages.sensitivity.patients import INFORMATIVE, NAIVE, OUTPUT, SMALLEST_P, WITHIN, compared_outcomes
from adreport.show.numbers import number, ratio, whole
from adreport.show.parts import Absent, Row, Table
from adreport.stats.firth import NAME as FIRTH
from adreport.stats.tests import SEED, SIMULATIONS
from adreport.study.dictionary import level_label, variable_label

EACH_OUTCOME = ""  # the variable of columns that `by_outcome` fills for one outcome after the other
ANALYSES = {
    NAIVE: "All courses, as if independent",
    FIRST_COURSE: "First course of each patient",
    REPEATED: "Model of repeated courses",
}
MODELS = {REPEATED: "With line of therapy", REPEATED_ADJUSTED: "With line, age and sex"}
TERM = ["group1", "group1_level", "group2_level"]
ONE_MORE = {"line": "Each further line", "age_at_start_years": "Each year older at start"}
TEST_NOTES = [
    "All p two-sided, not adjusted; related questions of overlapping courses, not independent tests.",
    "Model: logistic regression on treatment and line with a random intercept for each patient and Firth’s penalty. "
    "First courses and this model hold their level where the next course depends on how the one before ended.",
]
WITHIN_NOTES = ["Outcomes permuted over the courses of each patient; two-sided, not adjusted."]
MISSING = {"excluded": "excluded", "failure": "no response"}


def tests(results: Results) -> Table | Absent:
    """Every outcome over all treatments, by every way of counting patients."""
    columns = [
        Spec("Patients", EACH_OUTCOME, statistic("patients", 0)),
        Spec("Courses", EACH_OUTCOME, statistic("courses", 0)),
        Spec("With the outcome", EACH_OUTCOME, layout.n),
        Spec("p", EACH_OUTCOME, p_of_test),
        Spec("Test", EACH_OUTCOME, layout.name_of_test, words=True),
    ]
    rows = results.pick(output=OUTPUT, group1="treatment", group1_level="", variable_level=ANALYSES)
    body = by_outcome(results, rows, columns, "variable_level", lambda _, analysis: ANALYSES[analysis])
    tested = len(pick(rows, stat_name="p.value"))
    effective = f"{variable_label('effective')}: {results.scale.effective_label}."
    notes = [" ".join([effective, *results.scale.legend]), *TEST_NOTES, *_exploratory(rows)]
    return shown("All treatments at once", "Analysis", columns, body if tested else [], notes)


def _exploratory(rows: pd.DataFrame) -> list[str]:
    """The models that rest on few events per coefficient."""
    events = pick(rows, variable_level=REPEATED, stat_name=EVENTS).set_index("variable")["stat"]
    fitted = pick(rows, variable_level=REPEATED, stat_name="p.value")["variable"]
    few = events.reindex(fitted.unique())
    few = few[few < FEW_EVENTS]
    words = "; ".join(f"{variable_label(outcome).lower()} {number(n, 1)}" for outcome, n in few.items())
    return [f"Exploratory, with few events per coefficient, is the model for {words}."] if words else []


def within(results: Results) -> Table | Absent:
    """The comparison within patients: on whom it rests, its p, and the smallest that could have come out."""
    columns = [
        Spec("Patients / all", EACH_OUTCOME, fraction, level=INFORMATIVE),
        Spec("Courses", EACH_OUTCOME, statistic("courses", 0), level=INFORMATIVE),
        Spec("p", EACH_OUTCOME, p_of_test, level=WITHIN),
        Spec("Smallest possible p", EACH_OUTCOME, p_of_test, level=SMALLEST_P),
        Spec("Test", EACH_OUTCOME, layout.name_of_test, level=WITHIN, words=True),
    ]
    rows = results.pick(output=OUTPUT, group1="treatment", group1_level="")
    compared = pick(rows, variable_level=WITHIN, stat_name="p.value")["variable"]
    rows = rows[rows["variable"].isin(compared)]
    columns = [replace(column, of=list(compared)) for column in columns]
    body = keyed_rows(rows, OUTPUT, columns, "variable", variable_label)
    return shown("Within patients (secondary)", "Outcome", columns, body, WITHIN_NOTES)


def odds_ratios(results: Results) -> Table | Absent:
    """Odds ratios of treatments, line, age and sex, alone and adjusted."""
    rows = results.pick(output=OUTPUT, variable_level=MODELS)
    overall = (rows["group1"] == "treatment") & (rows["group1_level"] == "")
    interval = results.settings.interval_name
    cells = {"Odds ratio": layout.estimate(ratio), interval: layout.limits_of_estimate(ratio)}
    columns = [
        Spec(heading, EACH_OUTCOME, cell, spanner, level=model)
        for model, spanner in MODELS.items()
        for heading, cell in cells.items()
    ]
    body = by_outcome(results, rows[~overall], columns, TERM, lambda _, term: _term_label(*term), every=True)
    if not body:
        return Absent()
    return shown("Odds ratios in the model of repeated courses", "Term", columns, body, _model_notes(rows[overall]))


def combinations(results: Results) -> Table | Absent:
    """The test over all treatments by every combination of choices, those that give the same numbers in one row."""
    rows = results.pick(output=multiverse.OUTPUT)
    tested = pick(rows, group1="treatment", group1_level="")
    p_values = pick(tested, stat_name="p.value")
    if p_values.empty:
        return Absent()
    main = set(pick(rows, group1=DISTINCT, group1_level=MAIN_ANALYSIS)["variable_level"])
    number_of = _alike(tested)
    first, _ = multiverse.DEFINITIONS
    columns = [
        Spec("Missing response", first, lambda row: MISSING[choices(row.name)["missing"]], words=True),
        Spec("Rescue courses", first, lambda row: choices(row.name)["rescue"]),
        Spec("Treatments with few courses", first, lambda row: choices(row.name)["few"]),
        Spec("Combinations alike", first, lambda row: whole(number_of[row.name])),
        Spec("Courses", first, statistic("N", 0)),
        *(Spec(variable_label(definition), definition, p_of_test, "p") for definition in multiverse.DEFINITIONS),
    ]

    def label(code: str) -> str:
        return choices(code)["courses"].capitalize() + (" (main analysis)" if code in main else "")

    shown_rows = tested[tested["variable_level"].isin(number_of.index)]
    body = keyed_rows(shown_rows, multiverse.OUTPUT, columns, "variable_level", label, notable=main)
    methods = "; ".join(p_values["method"].value_counts().index)
    simulated = f"; simulated p from {SIMULATIONS:,} tables, seed {SEED}" if p_values["note"].any() else ""
    notes = [
        f"p two-sided, not adjusted; {methods}{simulated}. Bold: the main analysis. Combinations alike: how many give "
        "the same numbers; the first is named. Last courses are chosen by outcome: one that works is more often last.",
    ]
    return shown("p of every combination", "Courses of each patient", columns, body, notes)


def _alike(tested: pd.DataFrame) -> pd.Series:
    """How many combinations give the same numbers, by the first of them."""
    frame = wide(pick(tested, stat_name=["n", "N", "p.value"]), "variable_level", ["variable", "stat_name"]).round(12)
    numbers = pd.Series([tuple(row) for row in frame.fillna(-1).to_numpy()], frame.index)
    first = numbers.drop_duplicates()
    return first.map(numbers.value_counts())


def by_outcome(
    results: Results, rows: pd.DataFrame, columns: Sequence[Spec], index: str | list[str],
    label: Callable[[str, Any], str], every: bool = False,
) -> list[Row]:  # fmt: skip
    """Table rows for each key in `index`, one outcome below the other; `label`: from an outcome and a key."""
    body: list[Row] = []
    for outcome in compared_outcomes(results):
        specs = [replace(column, of=outcome) for column in columns]
        lines = keyed_rows(rows, OUTPUT, specs, index, partial(label, outcome), "level", every)
        body += [Row(variable_label(outcome), kind="group"), *lines] if lines else []
    return body


def shown(
    caption: str, stub: str, columns: Sequence[Spec], body: Sequence[Row], notes: Sequence[str]
) -> Table | Absent:
    """A table of these rows, if there are any."""
    return Table(caption, stub, layout.headings(columns), body, notes) if body else Absent()


def _term_label(variable: str, level: str, reference: str) -> str:
    if not reference:
        return ONE_MORE[variable]
    return f"{level_label(variable, level)} against {level_label(variable, reference).lower()}"


def _model_notes(overall: pd.DataFrame) -> list[str]:
    """How to read the odds ratios, on how many courses and events each model rests, and why some were not fitted."""
    unfit = pick(overall, method=NOT_FITTED).drop_duplicates(["variable", "variable_level"])
    sizes = wide(pick(overall, stat_name=["courses", "n_missing", EVENTS]), ["variable", "variable_level"])
    fitted = sizes.drop([tuple(key) for key in unfit[["variable", "variable_level"]].to_numpy()])
    exploratory = fitted[fitted[EVENTS] < FEW_EVENTS]
    few = "; ".join(f"{_model(*key)} {number(row[EVENTS], 1)}" for key, row in exploratory.iterrows())
    courses = {
        key: f"{whole(row['courses'])} complete, {whole(row['n_missing'])} left out" for key, row in fitted.iterrows()
    }
    alike = "; ".join(f"{_model(*key)}: {text}" for key, text in courses.items())
    return [
        "Odds ratio above 1: the outcome is likelier. Reference: the treatment with most courses. Intervals by profile "
        "likelihood, not adjusted for the number of terms.",
        f"Events per coefficient (events or courses without one, whichever are fewer): {_range_of(fitted[EVENTS])}. No "
        f"model below {FEWEST_EVENTS}; below {FEW_EVENTS} exploratory{': ' if few else ''}{few}.",
        f"Courses: {alike if len(set(courses.values())) > 1 else next(iter(courses.values()))}.",
        *(
            ["No patient had several courses: the model is without a random intercept."]
            if _independent(overall)
            else []
        ),
        *(f"{_model(row.variable, row.variable_level)}: {NOT_FITTED}, {row.note}." for row in unfit.itertuples()),
    ]


def _model(outcome: str, model: str) -> str:
    return f"{variable_label(outcome)} {MODELS[model][:1].lower()}{MODELS[model][1:]}"


def _range_of(values: pd.Series) -> str:
    low, high = number(values.min(), 1), number(values.max(), 1)
    return low if low == high else f"{low} to {high}"


def _independent(overall: pd.DataFrame) -> bool:
    return pick(overall, stat_name="p.value")["method"].str.startswith(FIRTH).any()
