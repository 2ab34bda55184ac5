"""Tables of the cohort page."""

import pandas as pd

from adreport.pages.cohort.results import BASELINE
from adreport.pages.contract import pick, value, wide
from adreport.pages.layout import QUANTILES, by_treatment, counts, rows, texts
from adreport.show.numbers import NOTHING, counted, interval, listing, number, whole
from adreport.show.parts import Absent, Column, Row, Steps, Table
from adreport.study import dictionary
from adreport.study.dictionary import level_label, variable_label
from adreport.study.model import Study


def flow(results: pd.DataFrame) -> Steps:
    """From the patients to the compared courses, with what was left out at each step."""
    n = wide(pick(results, output="flow"), "variable")["n"]
    rescue = f"Reported apart: {counted(n.rescue_courses, 'short rescue course')} of corticosteroids"
    rescue += f" in {counted(n.rescue_patients, 'patient')}"
    unknown = f"; {counted(n.courses_of_unknown_length, 'course')} of unknown length could not be looked at"
    few = f"Described, not compared: {counted(n.courses_not_compared, 'course')} of treatments with fewer than"
    few += f" {counted(n.treatments_compared_min_courses, 'course')} or whose response is not recorded"
    described = f"{counted(n.courses, 'treatment course')} of {counted(n.treatments, 'treatment')} described"
    compared = f"{counted(n.courses_compared, 'course')} of {counted(n.treatments_compared, 'treatment')} compared"
    alone = "Nothing to compare: fewer than two treatments have enough courses"
    return Steps([
        (counted(n.patients, "patient"), ""),
        (counted(n.recorded_courses, "recorded course"), rescue + (unknown if n.courses_of_unknown_length else "")),
        (described, few if n.treatments_compared > 1 else alone),
        *([(compared, "")] if n.treatments_compared > 1 else []),
    ])  # fmt: skip


def baseline_numbers(results: pd.DataFrame) -> Table:
    """Table 1, the numbers: median, quartiles, known and missing."""
    numbers = [name for name in BASELINE if dictionary.columns("patients")[name].type == "number"]
    frame = wide(pick(_baseline(results), variable_level=""), "variable")
    frame = frame.reindex(index=numbers, columns=["median", "p25", "p75", "iqr", "N", "n_missing"])
    quartiles = [interval(low, high, as_percent=False) for low, high in zip(frame["p25"], frame["p75"], strict=True)]
    cells = [texts(frame["median"], number), quartiles, texts(frame["iqr"], number)]
    cells += [texts(frame["N"], whole), texts(frame["n_missing"], whole)]
    labels = [dictionary.columns("patients")[name].axis_label for name in frame.index]
    heads = [Column("Median"), Column("25th–75th percentile"), Column("IQR"), Column("Known"), Column("Missing")]
    notes = [f"IQR: interquartile range. {QUANTILES}"]
    return Table(
        "Table 1a. Patients at baseline: ages, times and IgE", "Characteristic", heads, rows(labels, *cells), notes
    )


def baseline_levels(results: pd.DataFrame) -> Table:
    """Table 1, the categories: a line for each yes-or-no, a block for each variable with more levels."""
    chosen = _baseline(results)
    body: list[Row] = []
    for name in BASELINE:
        own = pick(chosen, variable=name)
        if dictionary.columns("patients")[name].type != "number" and value(own, variable_level="", stat_name="N"):
            body += _levels(name, own)
    heads = [Column("n"), Column("%"), Column("Known"), Column("Missing")]
    notes = ["Percentages of the patients in whom it is known. Listed diseases can overlap."]
    caption = "Table 1b. Patients at baseline: sex, allergy, other diseases, status"
    return Table(caption, "Characteristic", heads, body, notes)


def _levels(name: str, own: pd.DataFrame) -> list[Row]:
    """The rows of one variable; of a yes-or-no, only the yes."""
    frame = wide(own[own["variable_level"] != ""], "variable_level")
    missing = value(own, variable_level="", stat_name="n_missing")
    alone = list(frame.index) == ["yes", "no"]
    frame = frame.loc[["yes"]] if alone else frame
    labels = [variable_label(name)] if alone else [level_label(name, level) for level in frame.index]
    cells = [*counts(frame), texts(frame["N"], whole), [whole(missing)] * len(labels)]
    plain = rows(labels, *cells, kinds=[] if alone else ["level"] * len(labels))
    return plain if alone else [Row(variable_label(name), kind="group"), *plain]


def treatments_used(results: pd.DataFrame) -> Table:
    """Courses and patients of each treatment, with their shares."""
    courses, patients = (by_treatment(results, name, ["n", "p"]) for name in ("courses", "patients"))
    beyond = by_treatment(results, "off_label", ["n", "N"], output="off_label").reindex(courses.index)
    outside = [
        f"{whole(n)}/{whole(total)}" if total else NOTHING for n, total in zip(beyond["n"], beyond["N"], strict=True)
    ]
    labels = [level_label("treatment", code) for code in courses.index]
    spans = [Column(name, group) for group in ("Courses", "Patients") for name in ("n", "%")]
    heads = [*spans, Column("Off label by age")]
    notes = [
        "Percentages of all treatment courses and of all patients; a patient can have had several treatments.",
        "Off label by age: courses below the age of the licence for atopic dermatitis (treatments.csv), or without "
        "a licence, of those of known age.",
    ]
    return Table(
        "Treatments used", "Treatment", heads, rows(labels, *counts(courses), *counts(patients), outside), notes
    )


def patients_by_treatment(results: pd.DataFrame, mark: str = "") -> Table:
    """Patients who ever had a treatment: their IgE, comorbidity, and how many are still on it."""
    chosen = pick(results, output="table1", group1="treatment")
    ige = by_treatment(results, "total_ige_iu_per_ml", ["median", "mean", "sd", "N"], "table1")
    ill = wide(pick(chosen, variable="comorbidities", variable_level="any"), "group1_level").reindex(
        index=ige.index, columns=["n", "N", "p"]
    )
    still = wide(pick(chosen, variable="status_at_data_lock"), "group1_level").reindex(index=ige.index, columns=["n"])
    patients = by_treatment(results, "patients", ["n"])
    cells = [texts(patients["n"], whole), *counts(ill), texts(still["n"], whole), texts(ige["N"], whole)]
    cells += [texts(ige[name], lambda iu: number(iu, 0)) for name in ("median", "mean", "sd")]
    heads = [
        Column("Patients"), Column("n", "With a comorbidity"), Column("%", "With a comorbidity"), Column("Still on it"),
        *(Column(name, "Total IgE (IU/ml)") for name in ("Known", "Median", "Mean", "SD")),
    ]  # fmt: skip
    labels = [level_label("treatment", code) for code in ige.index]
    notes = ["A patient stands in the line of every treatment that they ever had. SD: standard deviation."]
    return Table("Who received which treatment", "Treatment", heads, rows(labels, *cells), notes, mark)


def warnings(study: Study) -> Table | Absent:
    """What the check of the data found and let pass; the same rule on many rows stands once."""
    if not study.warnings:
        return Absent("The check of the data found nothing.")
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for fault in study.warnings:
        place = fault.sheet or fault.file
        found.setdefault((place, fault.column, fault.rule, fault.advice), []).append(str(fault.row))
    body = [
        Row(f"{place}, {column}", [listing(lines), rule, advice])
        for (place, column, rule, advice), lines in found.items()
    ]
    heads = [Column("Rows", words=True), Column("Value", words=True), Column("What to do", words=True)]
    return Table(
        "Warnings of the check", "Where", heads, body, ["Values are not shown here; adreport check shows them."]
    )


def _baseline(results: pd.DataFrame) -> pd.DataFrame:
    return pick(results, output="table1", group1="")
