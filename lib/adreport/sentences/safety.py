"""Sentences of the safety page."""

import pandas as pd

from adreport.dictionary import treatment_in_words
from adreport.display import Sentence
from adreport.formatting import counted, listing, percent, whole
from adreport.results import pick, value
from adreport.study import Study


def side_effects(results: pd.DataFrame) -> Sentence:
    """Events, courses and patients with a side effect."""
    own = pick(results, output="safety", group1="", variable=["affected_courses", "affected_patients"])
    if own.empty:
        return Sentence("The data have no table of side effects: whether any occurred is not recorded.")
    events = pick(results, output="table3", variable="side_effect", variable_level="any", stat_name="n")["stat"].sum()
    courses, patients = (_fraction(own, f"affected_{unit}", unit) for unit in ("courses", "patients"))
    return Sentence(f"{counted(events, 'side effect')} occurred, in {courses} and in {patients}.")


def discontinued(results: pd.DataFrame, study: Study) -> Sentence:
    """Courses stopped for a side effect, of those whose reason is recorded."""
    own = pick(results, output="safety", group1="", variable="discontinued")
    if not value(own, stat_name="N"):
        return Sentence("Why courses ended is not recorded.")
    drugs = study.courses.loc[study.courses["discontinuation_reason"].eq("side_effect"), "treatment"].value_counts()
    which = [f"{whole(n)} of {treatment_in_words(code)}" for code, n in drugs[drugs > 0].items()]
    stopped = _fraction(own, "discontinued", "courses with a recorded reason")
    return Sentence(f"Stopped for a side effect: {stopped}{', ' + listing(which) if which else ''}.")


def _fraction(results: pd.DataFrame, variable: str, noun: str) -> str:
    n, total, p = (value(results, variable=variable, stat_name=name) for name in ("n", "N", "p"))
    return f"{whole(n)} of {whole(total)} {noun} ({percent(p)}%)"
