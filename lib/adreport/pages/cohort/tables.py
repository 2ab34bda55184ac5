"""Tables of the cohort page."""

import math
from functools import partial

import pandas as pd

from adreport.pages import layout
from adreport.pages.cohort.results import CATEGORIES, ELIGIBILITY, IGE, NUMBERS, OFF_LABEL, STUDY, WARNINGS
from adreport.pages.contract import pick, value, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import (
    QUANTILES,
    Spec,
    counts_only,
    headings,
    keyed_rows,
    noted,
    number_range,
    of_enough,
    statistic,
    treatment_table,
)
from adreport.pages.line_lists import line_table
from adreport.show.numbers import NOT_RECORDED, NOTHING, counted, listing, whole
from adreport.show.parts import Absent, Column, Row, Steps, Table
from adreport.study.description import STATED
from adreport.study.dictionary import columns, level_label, variable_label


def flow(results: Results) -> Steps:
    """From the patients to the compared courses, with what was set apart at each step."""
    n = wide(results.pick(output="flow"), "variable")["n"]
    rescue = (
        f"Reported separately: {counted(n.rescue_courses, 'short rescue course')} of corticosteroids in "
        f"{counted(n.rescue_patients, 'patient')}"
    )
    unknown = f"{counted(n.courses_of_unknown_length, 'course')} of unknown length could not be classified"
    apart = [rescue if n.rescue_courses else "", unknown if n.courses_of_unknown_length else ""]
    steps = [
        *_eligible(results),
        (counted(n.patients, "patient"), ""),
        (counted(n.recorded_courses, "recorded course"), "; ".join(filter(None, apart))),
    ]
    described = f"{counted(n.courses, 'treatment course')} of {counted(n.treatments, 'treatment')} described"
    if n.treatments_compared < 2:
        return Steps([*steps, (described, "Nothing to compare: fewer than two treatments have enough courses")])
    few = (
        f"Described, not compared: {counted(n.courses_not_compared, 'course')} of treatments with fewer than "
        f"{counted(n.treatments_compared_min_courses, 'course')} or without a recorded response"
    )
    compared = f"{counted(n.courses_compared, 'course')} of {counted(n.treatments_compared, 'treatment')} compared"
    return Steps([*steps, (described, few), (compared, "")])


def study(results: Results) -> Table | Absent:
    """How the study was done, in its authors' words, and what each level of response stands for."""
    rows = results.pick(output=STUDY)
    if rows.empty:
        return Absent("How the study was done is not stated: a sheet named study or study.yml can say so.")
    stated, levels = rows[rows["variable_level"] == ""], pick(rows, variable="response")
    body = [Row(STATED[name][0], [words]) for name, words in zip(stated["variable"], stated["note"], strict=True)]
    body += [
        Row(results.scale.labels[code], [words])
        for code, words in zip(levels["variable_level"], levels["note"], strict=True)
    ]
    notes = [f"Not stated: {listing(missing)}."] if (missing := _unstated(stated)) else []
    return Table("The study", "Item", [Column("As stated", words=True)], body, notes)


def _unstated(stated: pd.DataFrame) -> list[str]:
    return [label.lower() for name, (label, _) in STATED.items() if name not in set(stated["variable"])]


def _eligible(results: Results) -> list[tuple[str, str]]:
    """Who was assessed, and whom each criterion left out; nothing for a part of the patients."""
    rows = results.pick(output=ELIGIBILITY)
    if rows.empty:
        return []
    assessed, excluded = value(rows, variable="assessed"), pick(rows, variable="excluded")
    reasons = [f"{name} ({whole(n)})" for name, n in zip(excluded["variable_level"], excluded["stat"], strict=True)]
    first = "Number assessed for eligibility not stated" if math.isnan(assessed) else (
        f"{counted(assessed, 'patient')} assessed for eligibility"
    )  # fmt: skip
    return [(first, f"Excluded: {listing(reasons)}" if reasons else "")]


def baseline_numbers(results: Results) -> Table:
    """Table 1, the numbers: median, quartiles, known and missing."""
    shown = [
        Spec("Median", NUMBERS, of_enough(statistic("median"))),
        Spec("25th–75th percentile", NUMBERS, of_enough(number_range("p25", "p75"))),
        Spec("IQR", NUMBERS, of_enough(statistic("iqr"))),
        Spec("Known", NUMBERS, layout.total),
        Spec("Missing", NUMBERS, statistic("n_missing", 0)),
    ]
    body = keyed_rows(
        _patients(results), "table1", shown, "variable", lambda name: columns("patients")[name].axis_label
    )
    known = _patients(results).loc[lambda rows: rows["variable"].isin(NUMBERS) & rows["stat_name"].eq("N"), "stat"]
    notes = [f"IQR: interquartile range. {QUANTILES}", *counts_only(known, "patients")]
    caption = "Table 1a. Patients at baseline: ages, times and IgE"
    return Table(caption, "Characteristic", headings(shown), body, notes)


def baseline_levels(results: Results) -> Table:
    """Table 1, the categories: a row for each yes-or-no, a block for each variable with more levels."""
    patients = _patients(results)
    known = pick(patients, variable=CATEGORIES, variable_level="", stat_name="N")
    body = [
        row
        for name, n in zip(known["variable"], known["stat"], strict=True)
        for row in (_levels(patients, name) if n > 0 else _unknown(patients, name))
    ]
    notes = ["Percentages of the patients in whom it is known. Listed diseases can overlap."]
    caption = "Table 1b. Patients at baseline: sex, allergy, other diseases, status"
    return Table(caption, "Characteristic", headings(_level_columns("", "")), body, notes)


def treatments_used(results: Results) -> Table | Absent:
    """Courses and patients of each treatment, with their shares, and courses off label by age."""
    shown = [
        Spec("n", "courses", layout.n, "Courses"),
        Spec("%", "courses", layout.share, "Courses"),
        Spec("n", "patients", layout.n, "Patients"),
        Spec("%", "patients", layout.share, "Patients"),
        Spec("Off label by age", OFF_LABEL, layout.fraction, output=OFF_LABEL),
    ]
    notes = [
        "Off label by age: of courses of known age, those started below the licensed age for atopic dermatitis or "
        "without a licence (data/treatments.csv, from general knowledge: the unit should confirm it).",
    ]
    return treatment_table(results.rows, "table2", "Treatments used", shown, notes)


def patients_by_treatment(results: Results) -> Table | Absent:
    """Patients who ever had a treatment: their IgE, comorbidity, and how many are still on it."""
    shown = [
        Spec("Patients", "patients", layout.n, output="table2"),
        Spec("n", "comorbidities", layout.n, "With a comorbidity", level="any"),
        Spec("%", "comorbidities", layout.share, "With a comorbidity", level="any"),
        Spec("Still on it", "status_at_data_lock", layout.n, level="on_treatment"),
        Spec("Known", IGE, layout.total, "Total IgE (IU/ml)"),
        *(
            Spec(label, IGE, of_enough(statistic(label.lower(), 0)), "Total IgE (IU/ml)")
            for label in ("Median", "Mean", "SD")
        ),
    ]  # fmt: skip
    known = layout.by_treatment(results.rows, IGE, ["N"], "table1")["N"]
    notes = [
        "A patient counts under every treatment ever had. SD: standard deviation.",
        *counts_only(known, "patients"),
    ]
    return treatment_table(results.rows, "table1", "Who received which treatment", shown, notes)


def warnings(results: Results) -> Table | Absent:
    """What the check of the data found and let pass."""
    shown = [
        Spec("Rows", "rows", noted(""), words=True),
        Spec("Value", "rule", noted(""), words=True),
        Spec("What to do", "advice", noted(""), words=True),
    ]
    notes = ["Values are not shown here; adreport check shows them."]
    absent = "The check of the data found nothing."
    return line_table(results, WARNINGS, "Warnings of the check", "Where", shown, str, notes, absent)


def _patients(results: Results) -> pd.DataFrame:
    return results.pick(output="table1", group1="")


def _levels(patients: pd.DataFrame, name: str) -> list[Row]:
    """The rows of one variable; of a yes-or-no, only the yes."""
    own = pick(patients, variable=name)
    levels = own[own["variable_level"] != ""]
    shown = _level_columns(name, whole(value(own, variable_level="", stat_name="n_missing")))
    if list(dict.fromkeys(levels["variable_level"])) == ["yes", "no"]:
        yes = pick(levels, variable_level="yes")
        return keyed_rows(yes, "table1", shown, "variable_level", lambda _: variable_label(name))
    body = keyed_rows(levels, "table1", shown, "variable_level", partial(level_label, name), "level")
    return [Row(variable_label(name), kind="group"), *body]


def _unknown(patients: pd.DataFrame, name: str) -> list[Row]:
    """The row of a variable that is known of nobody."""
    missing = whole(value(patients, variable=name, variable_level="", stat_name="n_missing"))
    return [Row(variable_label(name), [NOT_RECORDED, NOTHING, "0", missing])]


def _level_columns(name: str, missing: str) -> list[Spec]:
    return [
        Spec("n", name, layout.n),
        Spec("%", name, layout.share),
        Spec("Known", name, layout.total),
        Spec("Missing", name, lambda _: missing),
    ]
