"""What the explore page holds of a study: the few columns that its filters and rates need, and no identifiers."""

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from adreport.pages.exhibits import MIN_COURSES
from adreport.report.parameters import make_variables
from adreport.show.colours import ink_on, response_colours
from adreport.stats.effects import level_in_words
from adreport.study import dictionary
from adreport.study.model import Study

SHUFFLE_SEED = 30


def payload(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> dict[str, Any]:
    """The study as the page's script reads it: treatments, response scale, limits, and one list a column.

    Courses and patients stand in a shuffled order, so that a number says nothing of the file's order.
    `z`: the normal quantile of the Wilson intervals.
    """
    courses = study.with_patients().sample(frac=1, random_state=SHUFFLE_SEED, ignore_index=True)
    return {
        "treatments": [_treatment(code) for code in courses["treatment"].cat.categories],
        "levels": _levels(study),
        "definitions": _definitions(study),
        "sexes": list(dictionary.columns("patients")["sex"].levels.items()),
        "z": stats.norm.ppf((1 + confidence_level) / 2),
        "confidence": f"{level_in_words(confidence_level)}",
        "few": min_courses,
        "report": make_variables(study),
        "ages": _age_limits(courses["age_at_start_years"]),
        "courses": _columns(courses, study.side_effects_recorded),
    }


def half_years(ages: pd.Series) -> pd.Series:
    """Ages in half years: 2k for k years to the day, 2k + 1 between k and k + 1 years; -1 if unknown.

    No finer age is needed, or given away, to tell which courses lie between two whole years.
    """
    whole = np.floor(ages)
    return (2 * whole + (ages > whole)).fillna(-1).astype(int)


def _columns(courses: pd.DataFrame, side_effects_recorded: bool) -> dict[str, list | None]:
    days = courses["duration_days"].round(1)
    return {
        "patient": pd.factorize(courses["patient_id"])[0].tolist(),
        "treatment": courses["treatment"].cat.codes.tolist(),
        "age": half_years(courses["age_at_start_years"]).tolist(),
        "sex": courses["sex"].cat.codes.tolist(),
        "response": courses["response"].cat.codes.tolist(),
        "sideEffect": courses["side_effect"].astype(int).tolist() if side_effects_recorded else None,
        "days": [None if np.isnan(value) else value for value in days],
    }


def _treatment(code: str) -> dict[str, str]:
    treatment = dictionary.treatments()[code]
    return {"label": treatment.label, "abbreviation": treatment.abbreviation, "colour": treatment.colour}


def _levels(study: Study) -> list[dict[str, str]]:
    labels = study.response.labels.values()
    colours = response_colours(len(labels))
    return [
        {"label": label, "colour": colour, "ink": ink_on(colour)} for label, colour in zip(labels, colours, strict=True)
    ]


def _definitions(study: Study) -> list[dict[str, Any]]:
    """The definitions of response, each with its levels as positions on the scale; one where both are the same."""
    scale, codes = study.response, list(study.response.labels)
    known = {"effective": (scale.effective, scale.effective_label)}
    if set(scale.significant) != set(scale.effective):
        known["significant"] = (scale.significant, scale.significant_label)
    return [
        {"name": name, "label": label, "levels": sorted(map(codes.index, chosen))}
        for name, (chosen, label) in known.items()
    ]


def _age_limits(ages: pd.Series) -> list[int] | None:
    """The whole years around all ages, None where none is known."""
    return [int(np.floor(ages.min())), int(np.ceil(ages.max()))] if ages.notna().any() else None
