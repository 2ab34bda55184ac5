"""Side effects: Table 3's events, each given to a course that has one."""

import numpy as np
import pandas as pd

from reconstruction.published import Published

SEED = 3
COLUMNS = [
    "patient_id",
    "course",
    "side_effect",
    "management",
    "outcome",
    "serious",
    "led_to_discontinuation",
    "grade",
    "onset_day",
]
# The text names what stopped the two cyclosporine courses. The seizure, at 3 years, is the
# one whose course is the patient's first; impetigo stopped that course with it.
STOPPED_WITH_SEIZURE = ["febrile seizure", "impetigo"]
STOPPED_ALONE = ["nausea"]
RESOLVED = ("Normalized", "Improved")


def list_side_effects(courses: pd.DataFrame, published: Published) -> pd.DataFrame:
    """One row an event; `courses` carries the final course numbers."""
    draw = np.random.default_rng(SEED)
    events = published.side_effects()
    affected = courses[courses["has_side_effect"].eq(True)]
    placed = [
        pair
        for treatment, of_treatment in events.groupby("treatment", sort=False)
        for pair in _place(affected[affected["treatment"] == treatment], of_treatment)
    ]
    rows = [_event(draw, affected.loc[i], events.loc[event]) for event, i in placed]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["patient_id", "course", "side_effect"], ignore_index=True)


def _place(affected: pd.DataFrame, events: pd.DataFrame) -> list[tuple[int, int]]:
    """Pairs of event and course: first what stopped a course, then one each, then again.

    The aggravation of the disease belongs to a course without effect.
    """
    free = list(affected.index)
    left = list(events.index)
    placed = []
    for i, terms in _fixed(affected):
        free.remove(i)
        for term in terms:
            event = next(e for e in left if events.loc[e, "side_effect"] == term)
            left.remove(event)
            placed.append((event, i))
    return placed + [(event, free[turn % len(free)]) for turn, event in enumerate(left)]


def _fixed(affected: pd.DataFrame) -> list[tuple[int, list[str]]]:
    stopped = affected[affected["discontinuation_reason"] == "side_effect"]
    fixed = [(i, STOPPED_WITH_SEIZURE if course["is_first"] else STOPPED_ALONE) for i, course in stopped.iterrows()]
    aggravated = affected[(affected["treatment"] == "phototherapy") & (affected["response"] == 0)]
    return fixed + [(i, ["aggravation of disease"]) for i in aggravated.index[:1]]


def _event(draw, course: pd.Series, event: pd.Series) -> dict:
    """An event; seriousness stays empty, for the paper does not grade it."""
    stopped = course["discontinuation_reason"] == "side_effect"
    duration = int(course["duration_days"])
    return {
        "patient_id": course["patient_id"],
        "course": course["course"],
        "side_effect": event["side_effect"],
        "management": event["management"],
        "outcome": "resolved" if event["management"].startswith(RESOLVED) else "",
        "led_to_discontinuation": "yes" if stopped else "no",
        "onset_day": max(duration - int(draw.integers(0, 4)), 1)
        if stopped
        else int(draw.integers(duration // 4 + 1, duration + 1)),
    }
