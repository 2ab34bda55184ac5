"""Who was treated: the flow to the analysed courses, the baseline table, treatments used, status at data lock."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics, table
from adreport.pages.counting import compared_courses
from adreport.pages.exhibits import MIN_COURSES, Settings
from adreport.stats.counts import count, share, summarise
from adreport.study import dictionary
from adreport.study.model import Study

BASELINE = [
    "age_at_data_lock_years", "onset_age_months", "delay_to_systemic_months", "total_ige_iu_per_ml",
    "sex", "family_history_atopy", "food_allergy", "egg_allergy", "mite_allergy",
    "atopic_comorbidities", "comorbidities", "status_at_data_lock",
]  # fmt: skip


def analyse(study: Study, min_courses: int = MIN_COURSES) -> pd.DataFrame:
    """Every statistic of the cohort page."""
    return table([
        *flow(study, min_courses),
        *baseline(study),
        *treatments_used(study),
        *off_label(study),
        *patients_by_treatment(study),
    ])  # fmt: skip


def flow(study: Study, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """How many patients and courses remain at each step towards the compared treatments."""
    courses = study.courses
    compared = compared_courses(study, min_courses)
    compared = compared[compared["response"].notna()]
    steps = {
        "patients": len(study.patients),
        "patients_treated": courses["patient_id"].nunique(),
        "recorded_courses": len(courses) + len(study.rescue_courses),
        "rescue_courses": len(study.rescue_courses),
        "rescue_patients": study.rescue_courses["patient_id"].nunique(),
        "courses": len(courses),
        "courses_without_response": int(courses["response"].isna().sum()),
        "courses_compared": len(compared),
        "courses_not_compared": len(courses) - len(compared),
        "courses_of_unknown_length": int(courses["duration_days"].isna().sum()),
        "treatments": courses["treatment"].nunique(),
        "treatments_compared": compared["treatment"].nunique(),
        "treatments_compared_min_courses": min_courses,
    }
    for step, number in steps.items():
        yield from statistics("flow", {"n": number}, variable=step)


def baseline(study: Study) -> Iterator[dict]:
    """Table 1: a line for each number, each level of a variable and each listed disease."""
    for variable in BASELINE:
        yield from _described("table1", study.patients[variable], variable)


def treatments_used(study: Study, _: Settings | None = None) -> Iterator[dict]:
    """Courses and patients of each treatment, with their shares of all courses and all patients."""
    for code, patients in study.courses.groupby("treatment", observed=True)["patient_id"]:
        keys = {"group1": "treatment", "group1_level": code}
        yield from statistics("table2", share(len(patients), len(study.courses)), variable="courses", **keys)
        yield from statistics("table2", share(patients.nunique(), len(study.patients)), variable="patients", **keys)


def off_label(study: Study) -> Iterator[dict]:
    """Courses started below the age from which their treatment is licensed for atopic dermatitis, or never licensed.

    Out of those whose age at start is known; the licences are those of treatments.csv.
    """
    for code, ages in study.courses.groupby("treatment", observed=True)["age_at_start_years"]:
        treatment = dictionary.treatments()[code]
        known = ages.notna().sum()
        outside = known if treatment.licensed_from_years is None else (ages < treatment.licensed_from_years).sum()
        keys = {"group1": "treatment", "group1_level": code, "variable": "off_label"}
        yield from statistics("off_label", share(outside, known), treatment.licence_source, **keys)


def patients_by_treatment(study: Study) -> Iterator[dict]:
    """Of the patients who ever had a treatment: IgE, comorbidities, and how many are still on it."""
    for code, courses in study.courses.groupby("treatment", observed=True):
        keys = {"group1": "treatment", "group1_level": code}
        patients = study.patients[study.patients["patient_id"].isin(courses["patient_id"])]
        ige = patients["total_ige_iu_per_ml"]
        spread = {"mean": ige.mean(), "sd": ige.std()}
        yield from statistics("table1", summarise(ige) | spread, variable=ige.name, **keys)
        yield from _described("table1", patients["comorbidities"], "comorbidities", **keys)
        ongoing = courses.loc[courses["discontinuation_reason"].eq("ongoing"), "patient_id"].nunique()
        known = courses["discontinuation_reason"].notna().any()
        level = {"variable": "status_at_data_lock", "variable_level": "on_treatment"}
        yield from statistics("table1", {"n": ongoing if known else None}, **level, **keys)


def listed(values: pd.Series) -> pd.DataFrame:
    """A column of ;-separated lists as one row per item, `row` (position) and `item`.

    "none" is an item of its own; a missing cell has no row (`adreport.cells` tells the two apart).
    """
    items = values.dropna().str.split(";").explode().str.strip()
    items = items[items != ""].where(items.str.casefold() != "none", "none")
    return items.rename_axis("row").reset_index(name="item")


def _described(output: str, values: pd.Series, variable: str, **keys: str) -> Iterator[dict]:
    """The statistics of one baseline variable, by its type in the dictionary."""
    kind = dictionary.columns("patients")[variable].type
    if kind == "number":
        yield from statistics(output, summarise(values), variable=variable, **keys)
        return
    numbers, known = _listed_counts(values) if kind == "list" else (count(values), int(values.notna().sum()))
    totals = {"N": known, "n_missing": len(values) - known}
    yield from statistics(output, totals, variable=variable, **keys)
    for level, number in numbers.items():
        yield from statistics(output, share(number, known), variable=variable, variable_level=level, **keys)


def _listed_counts(values: pd.Series) -> tuple[pd.Series, int]:
    """Patients per item (none, any, then the commonest first), and how many are known."""
    items = listed(values)
    numbers = items.drop_duplicates()["item"].value_counts(sort=False)
    numbers = numbers.sort_index().sort_values(ascending=False, kind="stable").drop("none", errors="ignore")
    known = items["row"].nunique()
    nothing = int((items["item"] == "none").sum())
    return pd.concat([pd.Series({"none": nothing, "any": known - nothing}), numbers]), known
