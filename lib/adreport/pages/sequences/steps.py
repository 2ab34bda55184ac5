"""What followed each treatment and why, of which kind the steps were, and how the response after them compares."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import by_treatment, shares, tested
from adreport.pages.exhibits import Settings
from adreport.stats import tests
from adreport.stats.counts import count, share
from adreport.study.eras import ADD_ON, BACK, SWITCH, end_of
from adreport.study.model import Study
from adreport.study.reasons import NOT_RECORDED, REASON

CHANGES = ("better", "same", "worse")
ALL_SWITCHES, FIRST_SWITCHES = "all_switches", "first_switches"


def transitions(study: Study, _: Settings) -> Iterator[dict]:
    """What followed each treatment: the treatment begun after its stop, or its own end where none followed it.

    An add-on begins while another treatment is ongoing and follows none. A treatment that continued leads to what was
    begun after its own stop, and one stopped while another was ongoing to its own end: ongoing, remission, lost,
    stopped. A new course follows the one that had ended last. The note says why the courses ended, the commonest
    reason first.
    """
    own_ends = study.courses[REASON].astype(object).map(end_of)
    steps = study.courses.assign(after=study.courses["followed_by"].fillna(own_ends))
    for keys, courses in by_treatment(steps):
        for after, these in courses.groupby("after"):
            reasons = count(these[REASON]).sort_values(ascending=False, kind="stable")
            note = "; ".join(f"{reason} {n}" for reason, n in reasons.items() if n)
            keys = keys | {"group1": "from", "group2": "to", "group2_level": str(after)}
            yield from statistics("transitions", share(len(these), len(courses)), note=note, **keys)


def kinds(study: Study, _: Settings) -> Iterator[dict]:
    """How many steps are a switch, a switch back, a restart or an add-on.

    Add-ons are counted with the course before them, all others with the course that they followed.
    """
    numbers = study.courses["followed_how"].value_counts()
    added = study.courses["step"].eq(ADD_ON).sum()
    if added:
        numbers[ADD_ON] = added
    yield from shares("steps", numbers, variable="step")


def times_unknown(study: Study, _: Settings) -> Iterator[dict]:
    """How many steps to the next course lack the times that tell an add-on from a switch."""
    steps = study.courses[study.courses["next_treatment"].notna()]
    ended = steps["end_days"].notna().groupby(steps["patient_id"]).cummin()
    known = (ended & steps["next_start_days"].notna()) | steps["step"].eq(ADD_ON)
    yield from statistics("steps", share(int((~known).sum()), len(steps)), variable="times_unknown")


def reasons(study: Study, _: Settings) -> Iterator[dict]:
    """From, to and reason: why the courses ended that another treatment followed; an add-on follows none."""
    steps = study.courses[study.courses["followed_by"].notna()]
    steps = steps.assign(why=steps[REASON].astype(object).fillna(NOT_RECORDED))
    for keys, courses in by_treatment(steps):
        for after, these in courses.groupby("followed_by"):
            keys = keys | {"group1": "from", "group2": "to", "group2_level": str(after)}
            numbers = these.groupby("why").size().sort_values(ascending=False, kind="stable")
            yield from shares("transition_reasons", numbers, variable=REASON, **keys)


def response_changes(study: Study, _: Settings) -> Iterator[dict]:
    """How the response changed over switches: over all of them, over each patient's first, and level by level."""
    switched = switches(study)
    for name, these in ((ALL_SWITCHES, switched), (FIRST_SWITCHES, switched.drop_duplicates("patient_id"))):
        yield from _changes(these, name)
    levels = list(study.response.labels)
    for before, these in switched.groupby("before"):
        after = these["after"].value_counts().reindex(range(len(levels)), fill_value=0).set_axis(levels)
        keys = {"group1": "response_before", "group1_level": levels[int(before)], "group2": "response_after"}
        yield from shares("response_change", after, by="group2_level", **keys)


def switches(study: Study) -> pd.DataFrame:
    """The switches to another treatment whose response is known before and after; one row each, in order.

    Before: that of the course that the new one followed. Restarts and add-ons are no switches. `before` and `after`
    count the levels of the scale from the worst up.
    """
    courses = study.courses[study.courses["followed_how"].isin([SWITCH, BACK])]
    ranks = {code: rank for rank, code in enumerate(study.response.labels)}
    before, after = (courses[name].astype(object).map(ranks) for name in ("response", "followed_response"))
    return courses.assign(before=before, after=after).dropna(subset=["before", "after"])


def _changes(switched: pd.DataFrame, name: str) -> Iterator[dict]:
    """Switches after which the response was better, the same or worse, with the exact sign test; and their kinds."""
    by_kind = switched["followed_how"].value_counts().reindex([SWITCH, BACK], fill_value=0)
    yield from shares("response_change", by_kind, len(switched), group1=name, variable="step")
    difference = switched["after"] - switched["before"]
    numbers = pd.Series([(difference > 0).sum(), (difference == 0).sum(), (difference < 0).sum()], CHANGES)
    yield from shares("response_change", numbers, group1=name, variable="change")
    sign_test = tests.sign_test(int(numbers["better"]), int(numbers["worse"]))
    yield from tested("response_change", sign_test, group1=name, variable="change")
