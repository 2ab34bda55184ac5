"""How long patients did without systemic treatment after a course: until the next one began, or the data lock."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import QUARTILES, by_treatment
from adreport.pages.exhibits import Settings
from adreport.pages.survival import horizons
from adreport.stats.counts import summarise
from adreport.stats.curves import LOG_LOG, life_table
from adreport.study.courses import ended
from adreport.study.eras import LOST
from adreport.study.model import Study
from adreport.study.times import DAYS_PER_MONTH, data_lock_days

WITHOUT_TREATMENT, STILL_TREATED = "time_without_treatment", "still_treated"


def recorded(study: Study, _: Settings) -> Iterator[dict]:
    """The recorded months without systemic treatment after a course, of those that ended or have a record."""
    courses = study.courses
    courses = courses[ended(courses).eq(True) | courses["remission_months"].notna()]
    for keys, rows in ({}, courses), *by_treatment(courses):
        lengths = rows["remission_months"]
        numbers = summarise(lengths) | {"min": lengths.min(), "max": lengths.max()}
        yield from statistics("survival", numbers, QUARTILES, "months", variable="remission_months", **keys)


def without_treatment(study: Study, settings: Settings) -> Iterator[dict]:
    """Kaplan-Meier of the time from the end of a course to the next course, and the share without one after a year.

    N: courses after which that time is known; n: those that another course followed; n_missing: of unknown time.
    `still_treated`: courses that ended while another systemic treatment continued, which are left out.
    """
    courses = intervals(study)
    for keys, rows in ({}, courses), *by_treatment(courses):
        left = rows[~rows["still_treated"]]
        known = left.dropna(subset="days")
        table = life_table(known["days"].to_numpy(), known["again"], [True])
        keys = keys | {"variable": WITHOUT_TREATMENT}
        counts = {"N": len(known), "n": int(known["again"].sum()), "n_missing": len(left) - len(known)}
        median, year = table.median(settings.confidence_level, LOG_LOG), horizons.spoken()
        share = table.survival_on(year.days, settings.confidence_level, LOG_LOG)
        numbers = {"N": table.at_risk_on(year.days)} | share.statistics
        yield from statistics("survival", counts, **keys)
        yield from statistics("survival", median.statistics, median.method, "days", **keys)
        yield from statistics("survival", numbers, share.method, variable_level=year.level, **keys)
        treated = {"n": int(rows["still_treated"].sum()), "N": len(rows)}
        yield from statistics("survival", treated, **keys | {"variable": STILL_TREATED})


def intervals(study: Study) -> pd.DataFrame:
    """The selected courses that ended, with the days until the patient's next systemic course (`again`) or data lock.

    Whole histories decide; rescue courses are no treatment. `still_treated`: another course continued. Where the times
    do not tell, or the patient was lost before the data lock, the recorded months of remission are taken; without
    them `days` is NaN.
    """
    whole = study.recorded.under(study.rules) if study.recorded else study
    courses = whole.courses.assign(ended=ended(whole.courses).fillna(False).astype(bool))
    every = pd.concat([courses, whole.rescue_courses]) if len(whole.rescue_courses) else courses
    lock = data_lock_days(every, whole.patients, study.data_lock_date)
    lost = whole.patients.loc[whole.patients["status_at_data_lock"].eq(LOST), "patient_id"]
    courses = courses.assign(lock=courses["patient_id"].map(lock.mask(lock.index.isin(lost))))
    found = [one for _, history in courses.groupby("patient_id") for one in _intervals(list(history.itertuples()))]
    courses = pd.DataFrame(found, columns=["patient_id", "course", "treatment", "days", "again", "still_treated"])
    courses = courses.merge(study.courses[["patient_id", "course"]], on=["patient_id", "course"])
    return courses.astype({"treatment": study.courses["treatment"].dtype, "again": bool, "still_treated": bool})


def _intervals(history: Sequence[Any]) -> Iterator[tuple]:
    """Of each course of a patient that ended: its keys, days without treatment, whether another followed or went on."""
    for course in history:
        others = [other for other in history if other is not course]
        later = [other.start_days for other in others if other.start_days >= course.end_days]
        still = any(
            other.start_days < course.end_days and (other.end_days > course.end_days or not other.ended)
            for other in others
        )
        recorded = course.remission_months * DAYS_PER_MONTH
        if later:
            days, again = min(later) - course.end_days, True
        else:
            to_lock = course.lock - course.end_days
            days = recorded if recorded >= 0 else to_lock if to_lock >= 0 else np.nan
            again = isinstance(course.next_treatment, str) and not course.end_days >= 0
        if course.ended:
            yield course.patient_id, course.course, course.treatment, days, again, still
