"""The published statistics, computed anew from the written tables."""

import numpy as np
import pandas as pd

from reconstruction.predictors import MIN_COURSES, age_difference, compared

MEASURES = ["age_at_data_lock_years", "onset_age_months", "delay_to_systemic_months", "total_ige_iu_per_ml"]
TRAITS = ["sex", "family_history_atopy", "food_allergy", "egg_allergy", "mite_allergy", "status_at_data_lock"]
LISTS = ["atopic_comorbidities", "comorbidities"]
DAYS_PER_MONTH = 30.4375


def recompute(patients, courses, side_effects, all_courses) -> dict[tuple, float]:
    """Statistics by output, treatment, variable, level and name.

    `courses` are the treatment courses, `all_courses` has the rescue courses too.
    """
    courses = courses.assign(duration_months=courses["duration_days"] / DAYS_PER_MONTH)
    figures = flow(patients, courses, all_courses) | table1(patients, courses)
    for treatment, group in courses.groupby("treatment"):
        figures |= table2(treatment, group, patients, len(courses), side_effects)
        figures |= at_data_lock(treatment, group, patients)
    figures["table2", "", "age_at_start_years", "", "p.value"] = age_difference(courses)
    return figures | table3(courses, side_effects)


def flow(patients, courses, all_courses) -> dict:
    """Numbers of patients and courses, compared ones and rescue ones."""
    rescue = all_courses.drop(courses.index)
    numbers = {
        "patients": len(patients),
        "courses": len(courses),
        "courses_compared": len(compared(courses)),
        "rescue_courses": len(rescue),
        "rescue_patients": rescue["patient_id"].nunique(),
        "treatments_compared_min_courses": MIN_COURSES,
    }
    return {("flow", "", name, "", "n"): number for name, number in numbers.items()}


def table1(patients, courses) -> dict:
    """Characteristics of the patients, and of those treated with immunoglobulin."""
    figures = {}
    for measure in MEASURES:
        figures |= _quantiles(("table1", "", measure, ""), patients[measure])
    for trait in TRAITS:
        figures |= _levels(("table1", "", trait), patients[trait])
        figures["table1", "", trait, "yes", "N"] = int(patients[trait].count())
    for disease in LISTS:
        figures |= _listed(disease, patients[disease].fillna(""))
    treated = courses.loc[courses["treatment"] == "immunoglobulin", "patient_id"].unique()
    ige = patients.loc[treated, "total_ige_iu_per_ml"]
    deficient = patients.loc[treated, "comorbidities"].fillna("").str.contains("immunodeficiency")
    return figures | {
        ("table1", "immunoglobulin", "total_ige_iu_per_ml", "", "mean"): ige.mean(),
        ("table1", "immunoglobulin", "total_ige_iu_per_ml", "", "sd"): ige.std(ddof=1),
        ("table1", "immunoglobulin", "comorbidities", "immunodeficiency", "p"): deficient.mean(),
    }


def table2(treatment, group, patients, n_courses, side_effects) -> dict:
    """Characteristics of the courses of one treatment."""

    def key(variable):
        return "table2", treatment, variable, ""

    figures = {}
    for measure in ("age_at_start_years", "duration_days", "duration_months", "dose", "loading_dose"):
        figures |= _quantiles(key(measure), group[measure])
    n_patients = group["patient_id"].nunique()
    figures |= _proportion(key("courses"), len(group), n_courses)
    figures |= _proportion(key("patients"), n_patients, len(patients))
    figures |= _proportion(key("effective"), int((group["response"] >= 1).sum()), len(group))
    figures |= _proportion(key("significant"), int((group["response"] == 2).sum()), len(group))
    affected = group.merge(side_effects[["patient_id", "course"]].drop_duplicates())
    figures |= _proportion(key("side_effect"), len(affected), len(group))
    sex = pd.Categorical(group["patient_id"].map(patients["sex"]), ["female", "male"])
    figures |= _levels(("table2", treatment, "sex"), pd.Series(sex))
    figures |= _levels(("figure1", treatment, "response"), group["response"].astype(int))
    return figures | _levels(("table2", treatment, "discontinuation_reason"), group["discontinuation_reason"])


def at_data_lock(treatment, group, patients) -> dict:
    """How many patients have the treatment going on at data lock."""
    ongoing = group[group["discontinuation_reason"] == "ongoing"]
    on_treatment = patients["status_at_data_lock"][ongoing["patient_id"]] == "on_treatment"
    return {("table1", treatment, "status_at_data_lock", "on_treatment", "n"): int(on_treatment.sum())}


def table3(courses, side_effects) -> dict:
    """Events of each side effect by treatment, and the age at the febrile seizure."""
    events = side_effects.merge(courses, on=["patient_id", "course"])
    figures = {}
    for treatment, group in events.groupby("treatment"):
        figures |= _levels(("table3", treatment, "side_effect"), group["side_effect"])
    seizure = events[events["side_effect"] == "febrile seizure"].iloc[0]
    age = seizure["age_at_start_years"] + seizure["onset_day"] / 365.25
    return figures | {("table3", seizure["treatment"], "age_at_event_years", "febrile seizure", "median"): int(age)}


def _quantiles(key: tuple, values: pd.Series) -> dict:
    known = values.dropna()
    if known.empty:
        return {}
    lower, median, upper = np.quantile(known, (0.25, 0.5, 0.75), method="weibull")
    named = {"N": len(known), "median": median, "iqr": upper - lower, "min": known.min(), "max": known.max()}
    return {(*key, name): value for name, value in named.items()}


def _levels(key: tuple, values: pd.Series) -> dict:
    figures = {(*key, "", "N"): int(values.count())}
    for level, n in values.value_counts().items():
        figures |= _proportion((*key, str(level)), int(n), int(values.count()))
    return figures


def _listed(disease: str, lists: pd.Series) -> dict:
    figures = {("table1", "", disease, "", "N"): len(lists)}
    figures |= _proportion(("table1", "", disease, "none"), int((lists == "").sum()), len(lists))
    figures |= _proportion(("table1", "", disease, "any"), int((lists != "").sum()), len(lists))
    for level, n in lists[lists != ""].str.split(";").explode().value_counts().items():
        figures |= _proportion(("table1", "", disease, level), int(n), len(lists))
    return figures


def _proportion(key: tuple, n: int, total: int) -> dict:
    return {(*key, "n"): n, (*key, "p"): n / total}
