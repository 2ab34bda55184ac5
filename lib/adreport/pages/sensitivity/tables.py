"""Tables of the tests over all treatments: by ways of counting patients, by models, by definitions of response."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from adreport.pages import layout
from adreport.pages.contract import pick, wide
from adreport.pages.counting import FIRST_COURSE, FIRST_ON_TREATMENT
from adreport.pages.exhibits import Results
from adreport.pages.layout import Spec, keyed_rows, p_of_test, statistic
from adreport.pages.sensitivity import multiverse
from adreport.pages.sensitivity.models import ADJUSTED, COVARIATES, NOT_FITTED, UNADJUSTED
from adreport.pages.sensitivity.multiverse import DISTINCT, PUBLISHED, choices
from adreport.pages.sensitivity.patients import NAIVE, OUTPUT, WITHIN, compared_outcomes, information
from adreport.show.numbers import counted, listing, p_value, ratio, whole
from adreport.show.parts import Absent, Row, Table
from adreport.stats.tests import SEED
from adreport.study.dictionary import level_label, variable_label

EACH_OUTCOME = ""  # the variable of columns that `by_outcome` fills for one outcome after the other
ANALYSES = {
    NAIVE: "All courses, as if independent (published way)",
    WITHIN: "Within patients",
    FIRST_COURSE: "First course of each patient",
    FIRST_ON_TREATMENT: "First course on each treatment (patients repeat)",
    UNADJUSTED: "Model, treatment alone (courses as independent)",
    ADJUSTED: "Model, adjusted (courses as independent)",
}
MODELS = {UNADJUSTED: "Treatment alone", ADJUSTED: "Adjusted"}
TERM = ["group1", "group1_level", "group2_level"]
ONE_MORE = {"line": "Each further line", "age_at_start_years": "Each year older at start"}
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
    return shown("All treatments at once", "Analysis", columns, body, _test_notes(results))


def odds_ratios(results: Results) -> Table | Absent:
    """Odds ratios of treatments, line, age and sex, alone and adjusted."""
    rows = results.pick(output=OUTPUT, variable_level=MODELS)
    overall = (rows["group1"] == "treatment") & (rows["group1_level"] == "")
    interval = results.settings.interval_name
    cells = {"Odds ratio": layout.estimate(ratio), interval: layout.limits_of_estimate(ratio), "p": p_of_test}
    columns = [
        Spec(heading, EACH_OUTCOME, cell, spanner, level=model)
        for model, spanner in MODELS.items()
        for heading, cell in cells.items()
    ]
    body = by_outcome(results, rows[~overall], columns, TERM, lambda _, term: _term_label(*term), every=True)
    if not body:
        reasons = pick(rows, method=NOT_FITTED)["note"].unique()
        return Absent(f"No model could be fitted: {'; '.join(reasons)}.")
    return shown("Odds ratios by Firth's logistic regression", "Term", columns, body, _model_notes(rows[overall]))


def combinations(results: Results) -> Table | Absent:
    """The test over all treatments by every combination of choices."""
    rows = results.pick(output=multiverse.OUTPUT)
    tested = pick(rows, group1="treatment", group1_level="")
    p_values = pick(tested, stat_name="p.value")
    if p_values.empty:
        return Absent()
    published = set(pick(rows, group1=DISTINCT, group1_level=PUBLISHED)["variable_level"])
    first, _ = multiverse.DEFINITIONS
    columns = [
        Spec("Missing response", first, lambda row: MISSING[choices(row.name)["missing"]], words=True),
        Spec("Rescue courses", first, lambda row: choices(row.name)["rescue"]),
        Spec("Treatments with few courses", first, lambda row: choices(row.name)["few"]),
        Spec("Courses", first, statistic("N", 0)),
        *(Spec(variable_label(definition), definition, p_of_test, "p") for definition in multiverse.DEFINITIONS),
    ]

    def label(code: str) -> str:
        return choices(code)["courses"].capitalize() + (" (as published)" if code in published else "")

    body = keyed_rows(tested, multiverse.OUTPUT, columns, "variable_level", label, notable=published)
    methods = "; ".join(p_values["method"].value_counts().index)
    simulated = f"; simulated p from {multiverse.SIMULATIONS:,} tables, seed {SEED}" if p_values["note"].any() else ""
    notes = [
        f"Each p two-sided, over all treatments counted, not adjusted; {methods}{simulated}. Bold: the published "
        "choice, with its p for overall effectiveness."
    ]
    return shown("p of every combination", "Courses of each patient", columns, body, notes)


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
    caption: str, stub: str, columns: Sequence[Spec], body: Sequence[Row], notes: Sequence[str], folded: bool = False
) -> Table | Absent:
    """A table of these rows, if there are any."""
    return Table(caption, stub, layout.headings(columns), body, notes, folded=folded) if body else Absent()


def _term_label(variable: str, level: str, reference: str) -> str:
    if not reference:
        return ONE_MORE[variable]
    return f"{level_label(variable, level)} against {level_label(variable, reference).lower()}"


def _test_notes(results: Results) -> list[str]:
    carrying = [
        f"{variable_label(outcome).lower()} {whole(row['n'])} of {whole(row['N'])} ({counted(row['courses'], 'course')}"
        + (f"; no p below {p_value(row['p.value'])} was possible)" if row["p.value"] >= 0.001 else ")")
        for outcome, row in information(results).iterrows()
    ]
    return [
        "All p two-sided, not adjusted; the analyses are variants of one comparison, not independent tests.",
        "Within patients: outcomes are permuted over the courses of each patient. Only patients who had at least two "
        f"treatments and not the same outcome every time carry information: {'; '.join(carrying)}.",
        "First course on each treatment: patients with several treatments count several times. Model: takes the "
        "courses as independent, but does not fail where a treatment always worked.",
    ]


def _model_notes(overall: pd.DataFrame) -> list[str]:
    """How to read the odds ratios, how many courses each model rests on, and why some were not fitted."""
    sizes = wide(pick(overall, stat_name=["courses", "n_missing"]), ["variable", "variable_level"])
    numbers = [f"{whole(complete)} complete, {whole(left_out)} left out" for complete, left_out in sizes.to_numpy()]
    named = [
        f"{variable_label(outcome).lower()}, {MODELS[model].lower()}: {text}"
        for (outcome, model), text in zip(sizes.index, numbers, strict=True)
    ]
    unfit = pick(overall, method=NOT_FITTED)[["variable", "note"]].drop_duplicates().itertuples()
    covariates = listing([variable_label(name).lower() for name in COVARIATES[ADJUSTED]])
    return [
        "Odds ratio above 1: the outcome is likelier. Reference: the treatment with most courses. Intervals and p by "
        "profile penalised likelihood, as R's logistf gives them; not adjusted for the number of terms. Adjusted for "
        f"{covariates}, as far as they vary. Very wide intervals come from few courses.",
        "The model takes the courses as independent: it answers whether line, age and sex explain the difference, not "
        "whether repeated courses of a patient do.",
        f"Courses: {'; '.join(named) if len(set(numbers)) > 1 else numbers[0]}.",
        *(f"{variable_label(row.variable)}: {NOT_FITTED}, {row.note}." for row in unfit),
    ]
