"""Rules of the clinic and the calendar that the written cohort keeps."""

import pandas as pd

from reconstruction.predictors import SIGNIFICANT, all_p_values

DAYS_PER_YEAR = 365.25
WRITTEN = 0.005  # half the last written digit of an age in years
DOSE_RANGES = {
    "cyclosporine": (2, 5.5),
    "systemic_corticosteroid": (0.2, 1.5),
    "azathioprine": (0.5, 2.5),
    "methotrexate": (0.15, 0.45),
}


def implausible(patients, courses, treatment_courses) -> list[str]:
    """Sentences about what breaks a rule."""
    courses = _with_times(courses, patients)
    treatment_courses = _with_times(treatment_courses, patients)
    rules = [
        *_calendar(courses, treatment_courses),
        *_reasons(treatment_courses),
        *_doses(courses),
        *_status(patients, treatment_courses),
    ]
    broken = [f"{row.patient_id} course {row.course}: {rule}" for rule, rows in rules for row in rows.itertuples()]
    return broken + _delays(patients, treatment_courses) + _predictors(patients, treatment_courses)


def _with_times(courses: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    courses = courses.sort_values(["patient_id", "course"])
    of_patient = courses.groupby("patient_id")
    return courses.assign(
        end=courses["age_at_start_years"] + courses["duration_days"] / DAYS_PER_YEAR,
        next_start=of_patient["age_at_start_years"].shift(-1),
        next_treatment=of_patient["treatment"].shift(-1),
        is_last=~courses.duplicated("patient_id", keep="last"),
        lock=courses["patient_id"].map(patients["age_at_data_lock_years"]),
    )


def _calendar(courses, treatment_courses):
    followed = treatment_courses[~treatment_courses["is_last"]]
    gap = (followed["next_start"] - followed["end"]) * 12
    last = treatment_courses[treatment_courses["is_last"]]
    ended = last[last["discontinuation_reason"] != "ongoing"]
    ongoing = treatment_courses[treatment_courses["discontinuation_reason"] == "ongoing"]
    joined = courses["discontinuation_reason"] == "ongoing"
    yield "overlaps the next course", courses[(courses["end"] > courses["next_start"]) & ~joined]
    yield "starts with the next course", courses[courses["age_at_start_years"] >= courses["next_start"]]
    yield "next course after more than 24 months", followed[gap > 24.1]
    yield "starts or is seen at 18 or later", courses[(courses["age_at_start_years"] >= 18) | (courses["lock"] >= 18)]
    yield "ends after data lock", courses[courses["end"] > courses["lock"] + WRITTEN]
    yield "more than 48 months to data lock", ended[ended["lock"] - ended["end"] > 4]
    yield "ongoing but not to data lock", ongoing[(ongoing["lock"] - ongoing["end"]).abs() > WRITTEN + 1e-9]


def _reasons(courses):
    reason, response = courses["discontinuation_reason"], courses["response"]
    combined = (courses["treatment"] == "immunoglobulin") & (courses["next_treatment"] == "methotrexate")
    yield (
        "lost or in remission, yet treated again",
        courses[reason.isin(["lost_to_follow_up", "remission"]) & ~courses["is_last"]],
    )
    yield "ongoing, yet followed", courses[(reason == "ongoing") & ~courses["is_last"] & ~combined]
    yield "remission without PGA 2", courses[(reason == "remission") & (response != 2)]
    yield "unresponsive above PGA 0", courses[(reason == "unresponsiveness") & (response != 0)]
    yield "insufficient response at PGA 2", courses[(reason == "insufficient_response") & (response == 2)]
    yield "unresponsive within six weeks", courses[(reason == "unresponsiveness") & (courses["duration_days"] < 42)]


def _doses(courses):
    expected = (courses["dose"] * courses["weight_kg"]).round()
    steroid = courses["treatment"] == "systemic_corticosteroid"
    yield "prednisolone is not dose times weight", courses[steroid & (courses["prednisolone_mg_per_day"] != expected)]
    for treatment, usual in DOSE_RANGES.items():
        yield "unusual dose", courses[(courses["treatment"] == treatment) & ~courses["dose"].between(*usual)]


def _status(patients, courses):
    """One lost patient lacks the reason, and one replaced omalizumab counts as on treatment."""
    status = courses["patient_id"].map(patients["status_at_data_lock"])
    reason = courses["discontinuation_reason"]
    yield "lost, but the patient is not", courses[(reason == "lost_to_follow_up") & (status != "lost_to_follow_up")]
    yield "ongoing, but the patient is off treatment", courses[(reason == "ongoing") & (status != "on_treatment")]
    yield (
        "the patient is on treatment, but the last course ended",
        courses[courses["is_last"] & (status == "on_treatment") & ~reason.isin(["ongoing", "switched"])],
    )


def _delays(patients, courses) -> list[str]:
    first = courses.groupby("patient_id")["age_at_start_years"].min() * 12
    difference = first - patients["onset_age_months"] - patients["delay_to_systemic_months"]
    wrong = difference.abs() > 1
    incomplete = patients["onset_age_months"].isna() != patients["delay_to_systemic_months"].isna()
    return [
        f"{patient}: delay is not age at first treatment less onset" for patient in patients.index[wrong | incomplete]
    ]


def _predictors(patients, courses) -> list[str]:
    return [
        f"{name} predicts response (p = {min(p_values):.3f})"
        for name, p_values in all_p_values(courses, patients).items()
        if min(p_values) <= SIGNIFICANT
    ]
