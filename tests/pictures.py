"""Courses as little pictures: a character is ten days, a letter a course of that treatment.

Lanes that run at the same time stand behind a stroke: in "AAAAAAAA/..BB" the treatment B is given during A.
"""

import re

import pandas as pd

from adreport.study import dictionary

TREATMENTS = dict(zip("ABCD", ("cyclosporine", "azathioprine", "methotrexate", "phototherapy"), strict=True))
LETTERS = {code: letter for letter, code in TREATMENTS.items()}
CATEGORIES = pd.CategoricalDtype(list(dictionary.treatments()))
NO_EVENTS = pd.DataFrame({"patient_id": [], "course": [], "onset_day": []}, dtype=float)


def courses(*rows, patient="P1"):
    """Courses from (treatment, start, days), numbered by start; a time of None is not known."""
    ordered = sorted(rows, key=lambda row: row[1] if row[1] is not None else -1)
    frame = pd.DataFrame(ordered, columns=["treatment", "start_days", "duration_days"])
    return frame.assign(
        patient_id=patient, course=[*range(1, len(frame) + 1)], response="1", discontinuation_reason="remission",
        remission_months=None, stop_date=None, treatment=frame["treatment"].astype(CATEGORIES),
        start_days=frame["start_days"].astype(float), duration_days=frame["duration_days"].astype(float),
    )  # fmt: skip


def pictured(picture):
    """The courses of a picture."""
    return courses(*(
        (TREATMENTS[found[0][0]], 10 * found.start(), 10 * len(found[0]))
        for lane in picture.split("/") for found in re.finditer(r"A+|B+|C+|D+", lane)
    ))  # fmt: skip
