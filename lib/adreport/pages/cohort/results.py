"""Who was treated: the flow to the compared courses, the baseline table, the treatments and who received them."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import by_treatment, compared_courses
from adreport.pages.exhibits import Settings
from adreport.pages.line_lists import first_of, line_list
from adreport.show.numbers import listing
from adreport.stats.counts import count, share, summarise, whiskers
from adreport.study import dictionary
from adreport.study.description import STATED
from adreport.study.dictionary import folded
from adreport.study.model import Study
from adreport.study.reasons import ONGOING, REASON
from adreport.study.terms import items

IGE = "total_ige_iu_per_ml"
NUMBERS = ("age_at_data_lock_years", "onset_age_months", "delay_to_systemic_months", IGE)
CATEGORIES = (
    "sex", "family_history_atopy", "food_allergy", "egg_allergy", "mite_allergy",
    "atopic_comorbidities", "comorbidities", "status_at_data_lock",
)  # fmt: skip
DISTRIBUTIONS = ("age_at_data_lock_years", "onset_age_months", IGE)
MANY = 150  # patients above whom a point for each no longer fits beside the others
MOST_ROW_NUMBERS = 20
OFF_LABEL, WARNINGS, STUDY, ELIGIBILITY = "off_label", "warnings", "study", "eligibility"


def described(study: Study, _: Settings) -> Iterator[dict]:
    """What is stated about the study and what each level of response stands for, in the notes; who was eligible."""
    for name in STATED:
        if words := getattr(study.description, name):
            yield from statistics(STUDY, {"n": 1}, note=words, variable=name)
    for level, meaning in study.response.meanings.items():
        yield from statistics(STUDY, {"n": 1}, note=meaning, variable="response", variable_level=level)
    if not study.selection:
        yield from statistics(ELIGIBILITY, {"n": study.description.assessed}, variable="assessed")
        for criterion, n in study.description.excluded.items():
            yield from statistics(ELIGIBILITY, {"n": n}, variable="excluded", variable_level=criterion)
        yield from statistics(ELIGIBILITY, {"n": len(study.patients)}, variable="included")


def flow(study: Study, settings: Settings) -> Iterator[dict]:
    """How many patients and courses remain at each step towards the compared treatments."""
    courses = study.courses
    compared = compared_courses(study, settings.min_courses)
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
        "treatments_compared_min_courses": settings.min_courses,
    }
    for step, number in steps.items():
        yield from statistics("flow", {"n": number}, variable=step)


def baseline(study: Study, _: Settings) -> Iterator[dict]:
    """Table 1: each number, each level of a category and each listed disease."""
    for variable in (*NUMBERS, *CATEGORIES):
        yield from _described(study.patients[variable])


def distributions(study: Study, _: Settings) -> Iterator[dict]:
    """The whiskers of the box of each number, and each value where there are at most MANY.

    Values stand in order of size, so that those of a patient cannot be put together.
    """
    for variable in DISTRIBUTIONS:
        values = study.patients[variable].dropna().sort_values()
        if values.empty:
            continue
        keys = {"unit": dictionary.columns("patients")[variable].unit, "variable": variable}
        yield from statistics("distributions", whiskers(values), **keys)
        for place, value in enumerate(values if len(values) <= MANY else (), 1):
            yield from statistics("distributions", {"value": value}, variable_level=str(place), **keys)


def treatments_used(study: Study, _: Settings) -> Iterator[dict]:
    """Courses and patients of each treatment, with their shares of all courses and all patients."""
    for keys, courses in by_treatment(study.courses):
        patients = courses["patient_id"].nunique()
        yield from statistics("table2", share(len(courses), len(study.courses)), variable="courses", **keys)
        yield from statistics("table2", share(patients, len(study.patients)), variable="patients", **keys)


def off_label(study: Study, _: Settings) -> Iterator[dict]:
    """Courses started below the age from which their treatment is licensed for atopic dermatitis, or never licensed.

    Out of those whose age at start is known; licences and their sources are those of treatments.csv.
    """
    for keys, courses in by_treatment(study.courses):
        treatment, ages = dictionary.treatments()[keys["group1_level"]], courses["age_at_start_years"]
        aged = int(ages.notna().sum())
        outside = aged if treatment.licensed_from_years is None else int((ages < treatment.licensed_from_years).sum())
        yield from statistics(
            OFF_LABEL, share(outside, aged), note=treatment.licence_source, variable=OFF_LABEL, **keys
        )


def patients_by_treatment(study: Study, _: Settings) -> Iterator[dict]:
    """Of the patients who ever had a treatment: IgE, comorbidities, and how many are still on it."""
    for keys, courses in by_treatment(study.courses):
        patients = study.patients[study.patients["patient_id"].isin(courses["patient_id"])]
        ige = patients[IGE]
        spread = {"mean": ige.mean(), "sd": ige.std()}
        yield from statistics("table1", summarise(ige) | spread, variable=IGE, **keys)
        yield from _described(patients["comorbidities"], **keys)
        if courses[REASON].notna().any():
            ongoing = courses.loc[courses[REASON].eq(ONGOING), "patient_id"].nunique()
            level = {"variable": "status_at_data_lock", "variable_level": "on_treatment"}
            yield from statistics("table1", {"n": ongoing}, **level, **keys)


def warnings(study: Study, _: Settings) -> Iterator[dict]:
    """What the check of the data let pass: each rule with its advice and its rows once for each column, no values."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for fault in study.warnings:
        place = ", ".join(filter(None, [fault.sheet or fault.file, fault.column]))
        rows.setdefault((place, fault.rule, fault.advice), []).append(str(fault.row or ""))
    lines = [
        {"place": place, "rule": rule, "advice": advice, "n": len(numbers), "rows": _row_numbers(numbers)}
        for (place, rule, advice), numbers in rows.items()
    ]
    yield from line_list(WARNINGS, pd.DataFrame(lines), "place")


def listed(values: pd.Series) -> pd.DataFrame:
    """A column of ;-separated lists as one row per item, `row` (position) and `item`.

    "none" is an item of its own; a missing cell has no row.
    """
    found = values.dropna().map(items).explode().dropna()
    found = found.where(found.map(folded) != "none", "none")
    return found.rename_axis("row").reset_index(name="item")


def _described(values: pd.Series, **keys: str) -> Iterator[dict]:
    """The statistics of a column of patients for Table 1, by its type in the dictionary."""
    keys |= {"variable": values.name}
    kind = dictionary.columns("patients")[values.name].type
    if kind == "number":
        yield from statistics("table1", summarise(values), **keys)
        return
    numbers, recorded = _listed_counts(values) if kind == "list" else (count(values), int(values.notna().sum()))
    yield from statistics("table1", {"N": recorded, "n_missing": len(values) - recorded}, **keys)
    for level, number in numbers.items() if recorded else ():  # what nobody recorded is not 0
        yield from statistics("table1", share(number, recorded), variable_level=level, **keys)


def _listed_counts(values: pd.Series) -> tuple[pd.Series, int]:
    """Patients per item (none, any, then the commonest first), and how many have a record."""
    items = listed(values)
    numbers = items.drop_duplicates()["item"].value_counts(sort=False)
    numbers = numbers.sort_index().sort_values(ascending=False, kind="stable").drop("none", errors="ignore")
    recorded = items["row"].nunique()
    nothing = int((items["item"] == "none").sum())
    return pd.concat([pd.Series({"none": nothing, "any": recorded - nothing}), numbers]), recorded


def _row_numbers(numbers: list[str]) -> str:
    return listing(first_of([number for number in numbers if number], MOST_ROW_NUMBERS))
