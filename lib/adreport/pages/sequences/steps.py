"""What each step between two courses was, why it was made, and how the response after it compares with before."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import in_words, statistics
from adreport.stats import tests as inference
from adreport.stats.counts import share
from adreport.study.eras import ADD_ON, BACK, SWITCH
from adreport.study.model import Study

CHANGES = ("better", "same", "worse")
ALL_SWITCHES, FIRST_SWITCHES = "all_switches", "first_switches"


def analyse(study: Study) -> Iterator[dict]:
    """Kinds of steps, reasons of each step, and the change of response over switches."""
    yield from kinds(study)
    yield from times_unknown(study)
    yield from reasons(study)
    switched = pairs(study)
    for name, own in ((ALL_SWITCHES, switched), (FIRST_SWITCHES, switched.drop_duplicates("patient_id"))):
        yield from changes(own, name)
    levels = list(study.response.labels)
    yield from crossed(switched, levels)


def kinds(study: Study) -> Iterator[dict]:
    """How many steps are a switch, a switch back, a restart or an add-on.

    Add-ons are counted with the course before them, all others with the course that they followed.
    """
    added = study.courses["step"].eq(ADD_ON).sum()
    numbers = study.courses["followed_how"].value_counts().to_dict() | ({ADD_ON: added} if added else {})
    for kind, number in numbers.items():
        yield from statistics("steps", share(number, sum(numbers.values())), variable="step", variable_level=kind)


def times_unknown(study: Study) -> Iterator[dict]:
    """How many steps to the next course lack the times that tell an add-on from a switch."""
    steps = study.courses[study.courses["next_treatment"].notna()]
    ended = steps["end_days"].notna().groupby(steps["patient_id"]).cummin()
    known = (ended & steps["next_start_days"].notna()) | steps["step"].eq(ADD_ON)
    yield from statistics("steps", share(int((~known).sum()), len(steps)), variable="times_unknown")


def reasons(study: Study) -> Iterator[dict]:
    """From, to and reason: why the courses ended that another treatment followed; an add-on follows none."""
    steps = study.courses[study.courses["followed_by"].notna()]
    steps = steps.assign(
        treatment=steps["treatment"].astype(object),
        reason=steps["discontinuation_reason"].astype(object).fillna("not_recorded"),
    )
    totals = steps.groupby(["treatment", "followed_by"]).size()
    numbers = steps.groupby(["treatment", "followed_by", "reason"]).size()
    for (code, after, reason), number in numbers.sort_values(ascending=False, kind="stable").items():
        yield from statistics(
            "transition_reasons", share(number, totals[code, after]), group1="from", group1_level=code,
            group2="to", group2_level=after, variable="discontinuation_reason", variable_level=reason,
        )  # fmt: skip


def pairs(study: Study) -> pd.DataFrame:
    """The switches to another treatment whose response is known before and after; one row each, in order.

    Before: that of the course that the new one followed. Restarts and add-ons are no switches. Scores count the levels
    of the scale from the worst up.
    """
    courses = study.courses[study.courses["followed_how"].isin([SWITCH, BACK])]
    ranks = {code: rank for rank, code in enumerate(study.response.labels)}
    before, after = (courses[name].astype(object).map(ranks) for name in ("response", "followed_response"))
    return courses.assign(before=before, after=after).dropna(subset=["before", "after"])


def changes(switched: pd.DataFrame, name: str) -> Iterator[dict]:
    """Switches after which the response was better, the same or worse, with the exact sign test; and their kinds."""
    for kind in (SWITCH, BACK):
        number = share(int((switched["followed_how"] == kind).sum()), len(switched))
        yield from statistics("response_change", number, group1=name, variable="step", variable_level=kind)
    difference = switched["after"] - switched["before"]
    numbers = dict(zip(CHANGES, ((difference > 0).sum(), (difference == 0).sum(), (difference < 0).sum()), strict=True))
    for change, number in numbers.items():
        yield from statistics(
            "response_change", share(int(number), len(switched)), group1=name, variable="change", variable_level=change
        )
    result = inference.sign_test(int(numbers["better"]), int(numbers["worse"]))
    yield from statistics("response_change", result.statistics, in_words(result), group1=name, variable="change")


def crossed(switched: pd.DataFrame, levels: list[str]) -> Iterator[dict]:
    """Response before (down) by response after (across), counted over all switches."""
    for before, own in switched.groupby("before"):
        for rank, after in enumerate(levels):
            keys = {"group1": "response_before", "group1_level": levels[int(before)], "group2": "response_after"}
            yield from statistics(
                "response_change", share(int((own["after"] == rank).sum()), len(own)), group2_level=after, **keys
            )
