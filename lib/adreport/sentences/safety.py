"""Sentences of the safety page."""

import pandas as pd

from adreport.dictionary import level_label
from adreport.display import Sentence
from adreport.formatting import counted, listing, percent, whole
from adreport.results import pick, value
from adreport.study import Study


def side_effects(results: pd.DataFrame) -> Sentence:
    """Events, courses and patients with a side effect."""
    events = pick(results, output="table3", variable="side_effect", variable_level="any", stat_name="n")["stat"].sum()
    own = pick(results, output="safety", group1="")
    courses, patients = (_fraction(own, f"affected_{unit}", unit) for unit in ("courses", "patients"))
    return Sentence(f"{counted(events, 'side effect')} occurred in {courses} and in {patients}.")


def discontinued(results: pd.DataFrame, study: Study) -> Sentence:
    """Courses stopped for a side effect."""
    stopped = _fraction(pick(results, output="safety", group1=""), "discontinued", "courses")
    reasons = study.courses["discontinuation_reason"].eq("side_effect")
    drugs = study.courses.loc[reasons, "treatment"].value_counts()
    which = [f"{level_label('treatment', code)} {whole(n)}" for code, n in drugs[drugs > 0].items()]
    return Sentence(f"{stopped} were stopped for a side effect{': ' + listing(which) if which else ''}.")


def _fraction(results: pd.DataFrame, variable: str, noun: str) -> str:
    n, total, p = (value(results, variable=variable, stat_name=name) for name in ("n", "N", "p"))
    return f"{whole(n)} of {whole(total)} {noun} ({percent(p)}%)"
