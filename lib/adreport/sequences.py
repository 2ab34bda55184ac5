"""In which order treatments followed one another, and how the last one ended."""

from collections.abc import Iterator

import pandas as pd

from adreport.dictionary import treatments
from adreport.frequencies import count, share
from adreport.results import statistics, table
from adreport.study import Study

# How a pathway can end; a last course with any other reason is stopped without a successor.
KNOWN_ENDS = ("ongoing", "remission", "lost_to_follow_up")
STOPPED = "stopped"
NOT_RECORDED = "not_recorded"
END_LABELS = {
    "ongoing": "Ongoing", "remission": "Remission", STOPPED: "Stopped", NOT_RECORDED: "Not recorded",
    "lost_to_follow_up": "Lost",
}  # fmt: skip


def analyse(study: Study) -> pd.DataFrame:
    """Every statistic of the sequences page."""
    return table([*pathways(study), *lines(study), *places(study), *transitions(study), *between_lines(study)])


def pathways(study: Study) -> Iterator[dict]:
    """Table 4: each patient's treatments in order, written with " > " between them."""
    for patient, courses in study.courses.groupby("patient_id"):
        pathway = " > ".join(courses["treatment"])
        keys = {"group1": "patient_id", "group1_level": patient, "variable": "pathway"}
        yield from statistics("table4", {"n": len(courses)}, pathway, **keys)


def lines(study: Study) -> Iterator[dict]:
    """Treatments at each line of therapy, and how many patients had how many lines."""
    for line, courses in study.courses.groupby("line"):
        for code, number in count(courses["treatment"]).items():
            keys = {"group1": "line", "group1_level": str(line), "variable": "treatment", "variable_level": code}
            yield from statistics("lines", share(number, len(courses)), **keys)
        on = int(courses["next_treatment"].notna().sum())
        yield from statistics(
            "lines", share(on, len(courses)), group1="line", group1_level=str(line), variable="went_on"
        )
    needed = study.courses.groupby("patient_id").size().value_counts().sort_index()
    for number, patients in needed.items():
        yield from statistics(
            "lines", share(patients, needed.sum()), variable="number_of_lines", variable_level=str(number)
        )


def places(study: Study) -> Iterator[dict]:
    """Of each treatment's courses: how many were a first line, a last line, or followed by another course."""
    for code, courses in study.courses.groupby("treatment", observed=True):
        is_last = courses["next_treatment"].isna()
        places = {"first_line": (courses["line"] == 1).sum(), "last_line": is_last.sum(), "followed": (~is_last).sum()}
        for variable, number in places.items():
            keys = {"group1": "treatment", "group1_level": code, "variable": variable}
            yield from statistics("lines", share(number, len(courses)), **keys)


def transitions(study: Study) -> Iterator[dict]:
    """What followed each treatment: the next course's treatment, or how the last course ended."""
    steps = following(study)
    for code, own in steps.groupby("treatment", observed=True):
        for after, number in own["after"].value_counts().reindex([*treatments(), *END_LABELS], fill_value=0).items():
            if number:
                keys = {"group1": "from", "group1_level": code, "group2": "to", "group2_level": after}
                yield from statistics("transitions", share(number, len(own)), **keys)


def between_lines(study: Study) -> Iterator[dict]:
    """How many patients went from which treatment at one line to which treatment or end at the next."""
    steps = following(study).groupby(["line", "treatment", "after"], observed=True).size()
    for (line, code, after), number in steps.items():
        keys = {"group1": f"line {line}", "group1_level": code, "group2": f"line {line + 1}", "group2_level": after}
        yield from statistics("between_lines", {"n": number}, **keys)


def following(study: Study) -> pd.DataFrame:
    """The courses with `after`: the next course's treatment, or how the pathway ends."""
    after = study.courses["next_treatment"]
    return study.courses.assign(after=after.where(after.notna(), ends(study.courses)))


def ends(courses: pd.DataFrame) -> pd.Series:
    """How each course would end a pathway: ongoing, remission, lost to follow-up or stopped otherwise."""
    reasons = courses["discontinuation_reason"].astype(object)
    return reasons.where(reasons.isin(KNOWN_ENDS), STOPPED).where(reasons.notna(), NOT_RECORDED)
