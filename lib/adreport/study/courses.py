"""What follows from the row of a course: rescue or treatment, effective or not, with a side effect or without."""

import pandas as pd

from adreport.study.reasons import REASON, censored
from adreport.study.response import ResponseScale
from adreport.study.times import DAYS_PER_MONTH

RESCUE_BELOW_DAYS = 14
RESCUE_UP_TO_MG_PER_KG = 2
RESCUE_UP_TO_MG_PER_DAY = 20


def is_rescue(courses: pd.DataFrame) -> pd.Series:
    """Corticosteroid courses below 14 days that stay at or below 2 mg/kg/day and 20 mg/day prednisolone.

    The published rule calls a short course of more than 20 mg/day both rescue and immunosuppressive,
    and leaves a course of exactly 14 days open. Here a high dose makes a course immunosuppressive
    however short it is, and 14 days count as long. An unknown dose is taken as low.
    """
    per_kilogram = courses["dose_unit"].isna() | courses["dose_unit"].eq("mg/kg/day")
    high = (courses["dose"] > RESCUE_UP_TO_MG_PER_KG) & per_kilogram
    high |= courses["prednisolone_mg_per_day"] > RESCUE_UP_TO_MG_PER_DAY
    short = courses["duration_days"] < RESCUE_BELOW_DAYS
    return courses["treatment"].eq("systemic_corticosteroid") & short & ~high


def ended(courses: pd.DataFrame) -> pd.Series:
    """Whether each course has ended (boolean), the same wherever courses that ended are counted.

    True: for a reason other than ongoing or lost to follow-up; or without a reason, but with a stop date, a later
    course of the patient, or the word that it does not go on. False: ongoing, or lost to follow-up. NA: nothing says.
    """
    reason = courses[REASON].astype(object)
    stopped = courses["stop_date"].notna() | courses["next_treatment"].notna() | courses["ongoing"].eq("no")
    return (~reason.isin(censored())).astype("boolean").mask(reason.isna() & ~stopped)


def with_outcomes(courses: pd.DataFrame, events: pd.DataFrame, scale: ResponseScale) -> pd.DataFrame:
    """Courses with what follows from them: whether effective, whether with a side effect, months."""
    keys = pd.MultiIndex.from_frame(courses[["patient_id", "course"]])
    harmed = keys.isin(pd.MultiIndex.from_frame(events[["patient_id", "course"]]))
    known = courses["response"].notna()
    effective, significant = (courses["response"].isin(codes) for codes in (scale.effective, scale.significant))
    return courses.assign(
        treatment=courses["treatment"].cat.remove_unused_categories(),
        effective=effective.astype("boolean").where(known),
        significant=significant.astype("boolean").where(known),
        side_effect=pd.array(harmed, dtype="boolean"),
        duration_months=courses["duration_days"] / DAYS_PER_MONTH,
    )
