"""The story of each patient: Table 4, with response and reason on each course, long and wide.

These results name patients: they are for internal reports.
"""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import pick, statistics
from adreport.show.numbers import whole
from adreport.stats.counts import share
from adreport.study.dictionary import level_label, treatments
from adreport.study.eras import ADD_ON
from adreport.study.model import Study
from adreport.study.times import DAYS_PER_MONTH, DAYS_PER_YEAR

WORDS = ("treatment", "response", "effective", "discontinuation_reason", "step")
NUMBERS = ("since_first_days", "until_days", "duration_days", "age_at_start_years")
UNKNOWN = "?"


def analyse(study: Study) -> Iterator[dict]:
    """Table 4 as published, in words with outcomes, and with a row for each thing known of each course."""
    yield from pathways(study)
    yield from patterns(study)
    yield from with_outcomes(study)
    yield from long_form(study)
    yield from rescue_courses(study)


def pathways(study: Study) -> Iterator[dict]:
    """Table 4: each patient's treatments in order, written with " > " between them."""
    for patient, courses in study.courses.groupby("patient_id"):
        pathway = " > ".join(courses["treatment"])
        keys = {"group1": "patient_id", "group1_level": patient, "variable": "pathway"}
        yield from statistics("table4", {"n": len(courses)}, pathway, **keys)


def patterns(study: Study) -> Iterator[dict]:
    """How many patients had each order of treatments, the commonest first."""
    orders = study.courses.groupby("patient_id")["treatment"].agg(" > ".join).value_counts()
    for order, number in orders.items():
        yield from statistics(
            "sequence_patterns", share(number, orders.sum()), variable="pathway", variable_level=order
        )


def with_outcomes(study: Study) -> Iterator[dict]:
    """Each patient's courses in one text, with response and reason: CSA (1, side effect) → AZA (0, unresponsiveness).

    Also the months on each course as words (`n`: courses of known length), the patient's side effects in words, years
    from the first start to the last known end, age at the first course, how the pathway ended and the recorded status
    at data lock.
    """
    harm = _events(study).groupby("patient_id")["words"].agg(list).to_dict()
    courses = study.courses.assign(until=_until(study.courses))
    years = courses.groupby("patient_id")["until"].max() / DAYS_PER_YEAR
    lines = courses["patient_id"].value_counts()
    patients = study.patients.drop_duplicates("patient_id").set_index("patient_id")
    told, lengths = stories(courses), months_each(courses)
    timed = courses.groupby("patient_id")["duration_days"].count()
    firsts = courses.drop_duplicates("patient_id").set_index("patient_id")
    firsts = firsts.join(patients["status_at_data_lock"]).join(years.rename("years")).to_dict("index")
    for patient, first in firsts.items():
        keys = {"group1": "patient_id", "group1_level": patient}
        yield from statistics("table4_wide", {"n": lines[patient]}, told[patient], variable="pathway", **keys)
        yield from statistics("table4_wide", {"n": timed[patient]}, lengths[patient], variable="months_each", **keys)
        if study.side_effects_recorded:
            own = harm.get(patient, [])
            yield from statistics("table4_wide", {"n": len(own)}, "; ".join(own), variable="side_effects", **keys)
        for variable in ("age_at_start_years", "years"):
            yield from statistics("table4_wide", {"value": first[variable]}, variable=variable, **keys)
        for variable in ("pathway_end", "status_at_data_lock"):
            if pd.notna(level := first[variable]):
                yield from statistics("table4_wide", {"n": 1}, variable=variable, variable_level=level, **keys)


def stories(courses: pd.DataFrame) -> dict[str, str]:
    """The courses of each patient, in order, as one line of text."""
    signs = courses["step"].groupby(courses["patient_id"]).shift().eq(ADD_ON).map({True: " + ", False: " → "})
    signs = signs.where(courses.duplicated("patient_id"), "")
    parts = [sign + _told(course) for sign, course in zip(signs, courses.itertuples(), strict=True)]
    return pd.Series(parts, index=courses["patient_id"]).groupby(level=0).agg("".join).to_dict()


def months_each(courses: pd.DataFrame) -> dict[str, str]:
    """The months that each course of a patient lasted, in order, as one line of text: 4 · <1 · ?."""
    words = courses["duration_days"].map(_months, na_action=None)
    return words.groupby(courses["patient_id"]).agg(" · ".join).to_dict()


def reason_in_words(reason: str) -> str:
    """A discontinuation reason within a sentence."""
    return level_label("discontinuation_reason", reason).lower()


def response_key(labels: dict[str, str]) -> str:
    """What the codes of the response scale mean, in one line."""
    told = "; ".join(f"{code}: {label}" for code, label in labels.items())
    return f"Response, from worst to best: {told}."


def long_form(study: Study) -> Iterator[dict]:
    """One row for each thing known of each course: days count from the start of the patient's first course."""
    courses = study.courses.assign(until_days=_until(study.courses))
    for course in courses.to_dict("records"):
        keys = {"group1": "patient_id", "group1_level": course["patient_id"],
                "group2": "line", "group2_level": str(course["line"])}  # fmt: skip
        for variable in WORDS:
            if pd.notna(course[variable]):
                number = {"n": course["courses_joined"]}
                yield from statistics(
                    "table4_long", number, variable=variable, variable_level=str(course[variable]), **keys
                )
        for variable in NUMBERS:
            yield from statistics("table4_long", {"value": course[variable]}, variable=variable, **keys)
    for event in _events(study).itertuples():
        keys = {"group1": "patient_id", "group1_level": event.patient_id,
                "group2": "line", "group2_level": str(event.line)}  # fmt: skip
        numbers = {"n": 1, "value": event.since_first_days + event.onset_day}
        yield from statistics("table4_long", numbers, variable="side_effect", variable_level=event.side_effect, **keys)


def rescue_courses(study: Study) -> Iterator[dict]:
    """The days of the rescue courses that are left out of the lines, for the picture of the patient."""
    courses = study.courses.drop_duplicates("patient_id").set_index("patient_id")
    zero = courses["start_days"] - courses["since_first_days"]
    for rescue in study.rescue_courses.itertuples():
        start = rescue.start_days - zero.get(rescue.patient_id, float("nan"))
        keys = {"group1": "patient_id", "group1_level": rescue.patient_id,
                "group2": "rescue_course", "group2_level": f"{rescue.course:g}"}  # fmt: skip
        times = {"since_first_days": start, "until_days": start + rescue.duration_days}
        for variable, days in times.items():
            yield from statistics("table4_long", {"value": days}, variable=variable, **keys)


def courses_of(results: pd.DataFrame) -> pd.DataFrame:
    """The long form as a frame again: one row a course (`patient_id`, `line`), a column for each thing known.

    With how the pathway of its patient ended.
    """
    long = pick(results, output="table4_long", group2="line")
    long = long[long["variable"] != "side_effect"].rename(columns={"group1_level": "patient_id"})
    long = long.assign(line=long["group2_level"].astype(int)).set_index(["patient_id", "line", "variable"])
    words = long.loc[long["stat_name"] == "n", "variable_level"].unstack("variable").reindex(columns=WORDS)
    numbers = long.loc[long["stat_name"] == "value", "stat"].unstack("variable").reindex(columns=NUMBERS)
    ends = pick(results, output="table4_wide", variable="pathway_end").set_index("group1_level")["variable_level"]
    courses = words.join(numbers).reset_index()
    return courses.assign(pathway_end=courses["patient_id"].map(ends))


def wide_form(results: pd.DataFrame) -> pd.DataFrame:
    """One row a patient: for each line its treatment, response, reason, start and days; how the pathway ended."""
    courses = courses_of(results).drop(columns=["effective", "step", "until_days", "age_at_start_years"])
    end = courses.groupby("patient_id")["pathway_end"].first()
    spread = courses.drop(columns="pathway_end").set_index(["patient_id", "line"]).unstack("line")
    spread = spread.sort_index(axis=1, level="line", kind="stable", sort_remaining=False)
    spread.columns = [f"line_{line}_{name}" for name, line in spread.columns]
    return spread.assign(pathway_end=end).reset_index()


def _told(course) -> str:
    response = UNKNOWN if pd.isna(course.response) else str(course.response)
    reason = UNKNOWN if pd.isna(course.discontinuation_reason) else reason_in_words(course.discontinuation_reason)
    outcome = "" if response == reason == UNKNOWN else f" ({response}, {reason})"
    return treatments()[course.treatment].abbreviation + outcome


def _months(days: float) -> str:
    if pd.isna(days):
        return UNKNOWN
    return "<1" if days < DAYS_PER_MONTH / 2 else whole(days / DAYS_PER_MONTH)


def _until(courses: pd.DataFrame) -> pd.Series:
    """When each course ended, in days from the start of the patient's first."""
    return courses["since_first_days"] + courses["end_days"] - courses["start_days"]


def _events(study: Study) -> pd.DataFrame:
    """Side effects with the line, the treatment and the start of their course, each in words."""
    courses = study.courses[["patient_id", "course", "line", "treatment", "since_first_days"]]
    events = study.side_effects.merge(courses, on=["patient_id", "course"]).sort_values(["patient_id", "line"])
    names = events["treatment"].astype(object).map(lambda code: treatments()[code].abbreviation)
    return events.assign(words=events["side_effect"].astype(object) + " (" + names.astype(object) + ")")
