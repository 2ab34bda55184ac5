"""Whether the comparison holds when repeated courses count, and whichever definition of response is chosen."""

import pandas as pd

from adreport.pages.contract import table
from adreport.pages.efficacy import results as efficacy
from adreport.pages.exhibits import MIN_COURSES, Settings
from adreport.pages.sensitivity import models as patient_models
from adreport.pages.sensitivity import multiverse
from adreport.pages.sensitivity import patients as patient_level
from adreport.study.model import Study


def analyse(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> pd.DataFrame:
    """Every statistic of the sensitivity page, the published way's included."""
    return table([
        *efficacy.outcome_rates(study, Settings(confidence_level)),
        *patient_level.tests(study, confidence_level, min_courses),
        *patient_level.intervals(study, confidence_level, min_courses),
        *patient_models.models(study, confidence_level, min_courses),
        *multiverse.combinations(study, confidence_level, min_courses),
    ])  # fmt: skip
