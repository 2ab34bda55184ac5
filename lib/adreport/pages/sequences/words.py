"""Sentences of the sequences page."""

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.sequences import commonest
from adreport.pages.sequences.rules import AS_SET
from adreport.pages.sequences.status import AGREES, CONTRADICTS, POSSIBLE
from adreport.pages.sequences.steps import ALL_SWITCHES
from adreport.show.numbers import counted, listing, p_phrase, percent, whole
from adreport.show.parts import Sentence
from adreport.study.dictionary import treatment_in_words, treatments
from adreport.study.eras import ADD_ON, BACK, RESTART, SWITCH

END_WORDS = {
    "ongoing": "still on treatment", "remission": "in remission", "stopped": "off treatment for another reason",
    "lost_to_follow_up": "lost to follow-up", "not_recorded": "without a recorded end",
}  # fmt: skip
# The status at data lock that goes with each end; a course stopped for another reason has none.
STATUS_OF_END = {
    "ongoing": "on_treatment", "remission": "topical_remission", "lost_to_follow_up": "lost_to_follow_up",
}  # fmt: skip
STEP_WORDS = {
    SWITCH: "to a new treatment", BACK: "back to an earlier one", RESTART: "a restart of the same",
}  # fmt: skip


def ends(results: pd.DataFrame) -> Sentence:
    """How many patients and courses there are, how the pathways ended, and the status at data lock if it differs."""
    own = pick(results, output="status", variable="pathway_end")
    n, total = (pick(own, stat_name=name).set_index("variable_level")["stat"] for name in ("n", "N"))
    courses = pick(results, output="table4", stat_name="n")["stat"].sum()
    parts = [f"{whole(n[end])} {words}" for end, words in END_WORDS.items() if end in n.index]
    parts[0] = parts[0].replace(" ", " was " if parts[0].startswith("1 ") else " were ", 1)
    every = _all_courses(results)
    number = f"{whole(courses)} of their {whole(every)} courses selected" if every else counted(courses, "course")
    had = f"{counted(total.iloc[0], 'patient')} {'have' if every else 'had'} {number}"
    last = "the last course of their whole history" if every else "their last course"
    return Sentence(f"{had}. By {last}, {listing(parts)}{_other_status(results, n)}.")


def pathways(results: pd.DataFrame) -> Sentence:
    """How many different sequences there are and which is the commonest."""
    own = pick(results, output="table4")
    numbers = own["method"].value_counts()
    where = "Of the selected courses, " if _all_courses(results) else ""
    if len(numbers) == 1:
        same = "the sequence" if len(own) == 1 else "one and the same sequence"
        return Sentence(f"{where}{counted(len(own), 'patient')} had {same}: {commonest.in_order(numbers.index[0])}.")
    return Sentence(
        f"{where}{counted(len(own), 'patient')} had {counted(len(numbers), 'different sequence')}, the longest of "
        f"{counted(own['stat'].max(), 'course')}; {commonest.sequences(numbers)}."
    )


def lines(results: pd.DataFrame) -> Sentence:
    """What was used first, and how many of those patients went on to a second treatment."""
    first = pick(results, output="lines", group1="line", group1_level="1")
    if first.empty:
        return Sentence("None of these courses was a first line.")
    counts = wide(pick(first, variable="treatment"), "variable_level")
    on, total = (value(first, variable="went_on", stat_name=name) for name in ("n", "N"))
    return Sentence(
        f"{counted(total, 'patient')} had a first treatment here, {commonest.treatments(counts['n'])}; {whole(on)} of "
        f"{whole(total)} ({percent(on / total)}%) went on to a second."
    )


def lines_reached(results: pd.DataFrame) -> Sentence:
    """How many patients reached each further line."""
    own = pick(results, output="lines", group1="line", variable="went_on", stat_name="N")
    reached = own.set_index("group1_level")["stat"]
    if len(reached) == 1:
        return Sentence(f"All of these courses are of line {reached.index[0]}.")
    told = [f"{whole(n)} line {line}" for line, n in reached.iloc[1:].items()]
    if _all_courses(results):
        first = f"{whole(reached.iloc[0])} are of line {reached.index[0]}"
        return Sentence(f"Of the selected courses, {listing([first, *told])}.")
    first = f"{counted(reached.iloc[0], 'patient')} had line {reached.index[0]}"
    return Sentence(f"{listing([first, *told])}.")


def line_outcomes(results: pd.DataFrame) -> Sentence:
    """Response at the first and the second line, and how many lines were needed."""
    own = pick(results, output="lines", group1="line", variable="effective")
    told = []
    for line in ("1", "2"):
        n, total = (value(own, group1_level=line, stat_name=name) for name in ("n", "N"))
        if total > 0:
            told.append(f"{whole(n)} of {whole(total)} ({percent(n / total)}%) responded at line {line}")
    return Sentence(f"{'; '.join([*told, _courses_needed(results)])}.")


def transitions(results: pd.DataFrame) -> Sentence:
    """The commonest change of treatment, why it was made, and of which kinds the steps were."""
    own = wide(pick(results, output="transitions"), ["group1_level", "group2_level"])
    switches = own[own.index.get_level_values(1).isin(list(treatments()))]
    if switches.empty:
        return Sentence(f"No patient changed treatment{_added(results)}.")
    followed = counted(switches["n"].sum(), "course was", "courses were")
    kinds = f"({_kinds(results)}){_added(results)}"
    return Sentence(f"{followed} followed by another {kinds}; {commonest.steps(results, switches)}.")


def response_change(results: pd.DataFrame) -> Sentence:
    """Whether the response was better after a switch."""
    own = pick(results, output="response_change", group1=ALL_SWITCHES)
    total = value(own, variable_level="same", stat_name="N")
    if not total:
        return Sentence("No switch has a recorded response both before and after it.")
    n = {change: whole(value(own, variable_level=change, stat_name="n")) for change in ("better", "same", "worse")}
    p = value(own, stat_name="p.value")
    test = f"exact sign test, {p_phrase(p)}" if p >= 0 else "no pair differs to be tested"
    return Sentence(
        f"Of {counted(total, 'switch', 'switches')} ({_switches(own)}) with a known response before and after, the "
        f"response was better after {n['better']}, the same after {n['same']} and worse after {n['worse']} ({test})."
    )


def places(results: pd.DataFrame) -> Sentence:
    """Which treatments were never followed by another."""
    own = wide(pick(results, output="lines", group1="treatment", variable="followed"), "group1_level")
    never = own[own["n"] == 0]
    if never.empty:
        return Sentence("Every treatment was followed by another at least once.")
    told = [f"{treatment_in_words(code)} ({counted(total, 'course')})" for code, total in never["N"].items()]
    return Sentence(f"Never followed by another treatment: {listing(told)}.")


def status(results: pd.DataFrame) -> Sentence:
    """How many patients' status at data lock goes with their last course."""
    own = pick(results, output="status", variable="verdict")
    n = pick(own, stat_name="n").set_index("variable_level")["stat"]
    total = pick(own, stat_name="N")["stat"].iloc[0]
    judged = n[AGREES] + n[CONTRADICTS] + n[POSSIBLE]
    if not judged:
        return Sentence("Status at data lock or the end of the last course is not recorded for any patient.")
    whole_history = " of the whole history" if _all_courses(results) else ""
    agree = (
        f"In {whole(n[AGREES])} of {counted(judged, 'patient')} the status at data lock goes with the last course"
        f"{whole_history}"
    )
    odd = f"in {whole(n[CONTRADICTS])} the two contradict each other, in {whole(n[POSSIBLE])} something is unexplained"
    left = f"; in {counted(total - judged, 'further patient')} it cannot be told" if total > judged else ""
    return Sentence(f"{agree}; {odd}{left}.")


def without_response(results: pd.DataFrame) -> Sentence:
    """How many patients' last course had no response."""
    own = pick(results, output="ended_without_response", group1="")
    n, total, missing = (value(own, variable="", stat_name=name) for name in ("n", "N", "n_missing"))
    outside, patients = (value(own, variable="outside_selection", stat_name=name) for name in ("n", "N"))
    if outside == patients:
        return Sentence("No patient's last course is among the selected ones.")
    left = f"; that of {counted(outside, 'further patient')} is outside the selection" if outside else ""
    if not total:
        return Sentence(f"No last course{' that is selected' if outside else ''} has a recorded response{left}.")
    unknown = f"; of {whole(missing)} more it is not recorded" if missing else ""
    share = f"{whole(n)} of {counted(total, 'patient')} ({percent(n / total)}%)"
    return Sentence(f"The last course of {share} had no response{unknown}{left}.")


def rules(results: pd.DataFrame) -> Sentence:
    """Which rules hold, and how far the number of courses and switches depends on them."""
    own = pick(results, output="rules")
    held = pick(own, group1=AS_SET)
    spread = []
    for variable, noun in (
        ("courses", ("course",)),
        (SWITCH, ("switch to a new treatment", "switches to a new treatment")),
    ):
        numbers = pick(own, variable=variable)["stat"]
        spread.append(f"{counted(value(held, variable=variable), *noun)} ({_spread(numbers)} under other rules)")
    return Sentence(f"The rules as set give {listing(spread)}.{_powerless(held)}")


def _other_status(results: pd.DataFrame, ends: pd.Series) -> str:
    """The recorded statuses, where they are not as many as the ends that go with them."""
    own = pick(results, output="status", group1="status_at_data_lock", stat_name="N")
    recorded = own.drop_duplicates("group1_level").set_index("group1_level")["stat"]
    known = recorded.drop("not_recorded", errors="ignore")
    if known.empty or all(known.get(status, 0) == ends.get(end, 0) for end, status in STATUS_OF_END.items()):
        return ""
    parts = [f"{whole(known[status])} {END_WORDS[end]}" for end, status in STATUS_OF_END.items() if status in known]
    if "not_recorded" in recorded:
        parts.append(f"{whole(recorded['not_recorded'])} not recorded")
    return f"; the status recorded at data lock differs: {listing(parts)}"


def _switches(own: pd.DataFrame) -> str:
    n = {kind: value(own, variable="step", variable_level=kind, stat_name="n") for kind in (SWITCH, BACK)}
    return listing([f"{whole(n[kind])} {STEP_WORDS[kind]}" for kind in n if n[kind]])


def _all_courses(results: pd.DataFrame) -> float:
    """How many courses the whole histories of these patients have, where only some are selected; else 0."""
    n, every = (value(results, output="lines", variable="selected", stat_name=name) for name in ("n", "N"))
    return every if n < every else 0


def _courses_needed(results: pd.DataFrame) -> str:
    needed = wide(pick(results, output="lines", variable="number_of_lines"), "variable_level")
    one, total = (needed["n"].get("1", 0.0), needed["N"].iloc[0])
    course = "one of the selected courses" if _all_courses(results) else "one course"
    if one == total:
        return f"the only patient had {course}" if total == 1 else f"each of the {whole(total)} patients had {course}"
    return f"{whole(one)} of {counted(total, 'patient')} had {course}, none more than {needed.index[-1]}"


def _spread(numbers: pd.Series) -> str:
    low, high = numbers.min(), numbers.max()
    return "the same" if low == high else f"{whole(low)} to {whole(high)}"


def _powerless(held: pd.DataFrame) -> str:
    """Which rules cannot act because no course has the times that they go by."""
    length, times = (value(held, variable=name) for name in ("length_known", "times_known"))
    if not length:
        return " No times are known: joining, shortness and overlap cannot act."
    return "" if times else " No starts are known: joining and overlap cannot act."


def _added(results: pd.DataFrame) -> str:
    added = value(results, output="steps", variable="step", variable_level=ADD_ON, stat_name="n")
    return f", and {counted(added, 'treatment was', 'treatments were')} added to one that went on" if added > 0 else ""


def _kinds(results: pd.DataFrame) -> str:
    own = pick(results, output="steps", variable="step", stat_name="n").set_index("variable_level")["stat"]
    return listing([f"{whole(own[kind])} {words}" for kind, words in STEP_WORDS.items() if kind in own.index])
