"""Figures of the safety page."""

import pandas as pd

from adreport.display import Figure
from adreport.figures.rates import rates
from adreport.tables.columns import RATES, by_treatment, interval_name


def affected_courses(results: pd.DataFrame, min_courses: int) -> Figure:
    """The share of courses with at least one side effect, with its interval."""
    frame = by_treatment(results, "affected_courses", RATES, output="safety")
    return rates(
        frame, "Courses with a side effect", "Courses with a side effect (%)", min_courses, interval_name(results)
    )
