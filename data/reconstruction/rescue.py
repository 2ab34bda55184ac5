"""Short corticosteroid courses for exacerbations, which the paper counts apart from Table 4."""

import numpy as np
import pandas as pd

from reconstruction.assumptions import DAYS_PER_YEAR
from reconstruction.doses import add_prednisolone, weight_kg
from reconstruction.published import Published

SEED = 5
MARGIN_YEARS = 0.04  # about two weeks clear of the treatment courses on either side
HIGHEST_PREDNISOLONE_MG = 20


def add_rescue_courses(courses: pd.DataFrame, published: Published) -> pd.DataFrame:
    """Add the rescue courses, in times without treatment, and renumber all by start.

    `rescue` marks them. Response and reason stay empty.
    """
    n = published.count("flow", "rescue_courses")
    n_patients = published.count("flow", "rescue_patients")
    per_patient = n // n_patients
    draw = np.random.default_rng(SEED)
    untreated = _untreated_times(courses)
    longest = untreated.groupby("patient_id")["years"].sum().nlargest(n_patients).index
    rows = [row for patient in sorted(longest) for row in _of_patient(draw, patient, per_patient, untreated)]
    rescue = add_prednisolone(pd.DataFrame(rows)).assign(rescue=True)
    everything = pd.concat([courses.assign(rescue=False), rescue], ignore_index=True)
    return _number(everything)


def _untreated_times(courses: pd.DataFrame) -> pd.DataFrame:
    """Times between two treatment courses of a patient: patient_id, from, until, years."""
    end = courses["age_at_start_years"] + courses["duration_days"] / DAYS_PER_YEAR
    times = pd.DataFrame(
        {
            "patient_id": courses["patient_id"],
            "from": end + MARGIN_YEARS,
            "until": courses.groupby("patient_id")["age_at_start_years"].shift(-1) - 2 * MARGIN_YEARS,
        }
    )
    times["years"] = times["until"] - times["from"]
    return times[times["years"] > 0]


def _of_patient(draw, patient: str, n: int, untreated: pd.DataFrame) -> list[dict]:
    """Rescue courses at even distances in the patient's longest time without treatment."""
    time = untreated[untreated["patient_id"] == patient].nlargest(1, "years").iloc[0]
    return [
        _rescue_course(draw, patient, age) for age in np.linspace(time["from"], time["until"], n + 2)[1:-1].round(2)
    ]


def _rescue_course(draw, patient: str, age: float) -> dict:
    highest = min(1.0, HIGHEST_PREDNISOLONE_MG / weight_kg(age))
    return {
        "patient_id": patient,
        "treatment": "systemic_corticosteroid",
        "age_at_start_years": age,
        "duration_days": int(draw.integers(3, 11)),
        "dose": round(float(draw.uniform(0.3, highest)), 2),
        "dose_unit": "mg/kg/day",
    }


def _number(courses: pd.DataFrame) -> pd.DataFrame:
    courses = courses.sort_values(["patient_id", "age_at_start_years"], ignore_index=True)
    return courses.assign(course=courses.groupby("patient_id").cumcount() + 1)
