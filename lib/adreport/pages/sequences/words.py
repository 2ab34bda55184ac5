"""The answers of the sequences page in words."""

import pandas as pd

from adreport.pages.contract import n_of, value, wide
from adreport.pages.exhibits import Results
from adreport.pages.sequences import commonest
from adreport.pages.sequences.endings import AGREES, CONTRADICTS, POSSIBLE, STATUS
from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.rules import AS_SET
from adreport.pages.sequences.steps import ALL_SWITCHES, CHANGES, FIRST_SWITCHES
from adreport.pages.sequences.tables import add_ons
from adreport.show.numbers import agreeing, counted, in_percent, listing, p_phrase, share_in_words, whole
from adreport.show.parts import Sentence
from adreport.study.dictionary import treatment_in_words, treatments
from adreport.study.eras import BACK, RESTART, SWITCH
from adreport.study.reasons import NOT_RECORDED, ONGOING

SELECTED = {"output": "lines", "variable": "selected"}
STEP_WORDS = {
    SWITCH: "to a new treatment", BACK: "back to an earlier one", RESTART: "a restart of the same",
}  # fmt: skip


def ends(results: Results) -> Sentence:
    """How many patients and courses there are, how the pathways ended, and the status at data lock if it differs."""
    counts = _counts(results, output="status", variable="pathway_end")
    patients, (courses, _), every = counts.sum(), n_of(results.rows, **SELECTED), _unselected(results)
    number = f"{whole(courses)} of their {whole(every)} courses selected" if every else counted(courses, "course")
    had = f"{counted(patients, 'patient')} {'have' if every else 'had'} {number}"
    last = "the last course of their whole history" if every else "their last course"
    (first, n), *others = [(end.words, counts[code]) for code, end in ENDS.items() if code in counts]
    parts = [f"{whole(n)} {agreeing(n, 'was', 'were')} {first}", *(f"{whole(n)} {words}" for words, n in others)]
    return Sentence(f"{had}. By {last}, {listing(parts)}{_other_status(results, counts)}.")


def pathways(results: Results) -> Sentence:
    """How many different sequences there are and which is the commonest."""
    orders = wide(results.pick(output="sequence_patterns", variable="pathway"), "variable_level")
    ties, different = n_of(results.rows, output="sequence_patterns", variable="commonest")
    patients = orders["N"].iloc[0]
    had = f"{_of_selected(results)}{counted(patients, 'patient')} had"
    if different == 1:
        same = "the sequence" if patients == 1 else "one and the same sequence"
        return Sentence(f"{had} {same}: {commonest.in_order(orders.index[0])}.")
    longest = max(map(int, _counts(results, output="lines", variable="number_of_lines").index))
    return Sentence(
        f"{had} {counted(different, 'different sequence')}, the longest of {counted(longest, 'course')}; "
        f"{commonest.sequences(orders['n'], ties)}."
    )


def lines(results: Results) -> Sentence:
    """What was used first, and how many of those patients had a second treatment."""
    first = {"output": "lines", "group1": "line", "group1_level": "1"}
    counts = _counts(results, **first, variable="treatment")
    if counts.empty:
        return Sentence("None of these courses was a first line.")
    on, total = n_of(results.rows, **first, variable="went_on")
    return Sentence(
        f"{counted(total, 'patient')} had a first treatment here, {commonest.treatments(counts)}; "
        f"{_share(on, total)} went on to a second."
    )


def lines_reached(results: Results) -> Sentence:
    """How many patients reached each further line."""
    reached = results.pick(output="lines", group1="line", variable="went_on", stat_name="N")
    (first, n), *later = zip(reached["group1_level"], reached["stat"], strict=True)
    if not later:
        return Sentence(f"All of these courses are of line {first}.")
    had = f"{whole(n)} are of line {first}" if _unselected(results) else f"{counted(n, 'patient')} had line {first}"
    further = [f"{whole(n)} line {line}" for line, n in later]
    return Sentence(f"{_of_selected(results)}{listing([had, *further])}.")


def line_outcomes(results: Results) -> Sentence:
    """Response at the first and the second line, and how many lines were needed."""
    parts = []
    for line in ("1", "2"):
        n, total = n_of(results.rows, output="lines", group1="line", variable="effective", group1_level=line)
        parts += [f"{_share(n, total)} responded at line {line}"] if total > 0 else []
    return Sentence(f"{'; '.join([*parts, _courses_needed(results)])}.")


def transitions(results: Results) -> Sentence:
    """The commonest change of treatment, why it was made, and of which kinds the steps were."""
    steps = wide(results.pick(output="transitions"), ["group1_level", "group2_level"])
    changes, n = steps[steps.index.get_level_values(1).isin(list(treatments()))], add_ons(results)
    added = f", and {counted(n, 'treatment was', 'treatments were')} added to one that continued" if n else ""
    if changes.empty:
        return Sentence(f"No patient changed treatment{added}.")
    followed = counted(changes["n"].sum(), "course was", "courses were")
    kinds = _kinds(_counts(results, output="steps", variable="step"))
    return Sentence(f"{followed} followed by another ({kinds}){added}; {commonest.steps(results, changes)}.")


def response_change(results: Results) -> Sentence:
    """Whether the response was better after a switch: each patient's first, which the test rests on, and all."""
    first, every = ({"output": "response_change", "group1": name} for name in (FIRST_SWITCHES, ALL_SWITCHES))
    numbers, total = _counts(results, **every), _counts(results, **every)[list(CHANGES)].sum()
    if not total:
        return Sentence("No switch has a recorded response both before and after it.")
    p, changed = value(results.rows, **first, stat_name="p.value"), _counts(results, **first)
    test = f"exact sign test, {p_phrase(p)}" if p >= 0 else "too few differ to be tested"
    patients = changed[list(CHANGES)].sum()
    rest = "" if patients == total else (
        f" Over all {counted(total, 'such switch', 'such switches')} ({_kinds(numbers[numbers > 0])}): "
        f"{_changed(numbers)}."
    )  # fmt: skip
    return Sentence(
        f"In each patient's first switch with a known response before and after ({counted(patients, 'patient')}), the "
        f"response was {_changed(changed)} ({test}).{rest} After a bad response the next tends to be better by "
        "regression to the mean alone."
    )


def places(results: Results) -> Sentence:
    """Which treatments were never followed by another, and how many of their courses are still ongoing."""
    followed = wide(results.pick(output="lines", group1="treatment", variable="followed"), "group1_level")
    never = followed.loc[followed["n"] == 0, "N"]
    if never.empty:
        return Sentence("Every treatment was followed by another course at least once.")
    ongoing = _counts(results, output="transitions", group2_level=ONGOING, key="group1_level")
    named = [
        f"{treatment_in_words(code)} ({counted(total, 'course')}{_still(ongoing.get(code, 0), total)})"
        for code, total in never.items()
    ]
    return Sentence(f"Never followed by another course: {listing(named)}.")


def statuses(results: Results) -> Sentence:
    """How many patients' status at data lock agrees with their last course."""
    n = _counts(results, output="status", variable="verdict")
    judged = n[[AGREES, CONTRADICTS, POSSIBLE]].sum()
    if not judged:
        return Sentence("Status at data lock or the end of the last course is not recorded for any patient.")
    whole_history = " of the whole history" if _unselected(results) else ""
    further = n.sum() - judged
    left = f"; in {counted(further, 'further patient')} this cannot be judged" if further else ""
    odd = {"the two contradict each other": n[CONTRADICTS], "something is unexplained": n[POSSIBLE]}
    odd = "".join(f"; in {whole(number)} {words}" for words, number in odd.items() if number)
    return Sentence(
        f"In {whole(n[AGREES])} of {counted(judged, 'patient')} the status at data lock agrees with the last course"
        f"{whole_history}{odd}{left}."
    )


def without_response(results: Results) -> Sentence:
    """How many patients' last course had no response."""
    keys = {"output": "ended_without_response", "group1": ""}
    (n, total), missing = n_of(results.rows, **keys, variable=""), value(results.rows, **keys, stat_name="n_missing")
    outside, patients = n_of(results.rows, **keys, variable="outside_selection")
    if outside == patients:
        return Sentence("No patient's last course is among the selected ones.")
    left = f"; that of {counted(outside, 'further patient')} is outside the selection" if outside else ""
    if not total:
        return Sentence(f"No last course{' that is selected' if outside else ''} has a recorded response{left}.")
    unknown = f"; of {whole(missing)} more it is not recorded" if missing else ""
    return Sentence(f"The last course of {share_in_words(n, total, 'patient')} had no response{unknown}{left}.")


def rules(results: Results) -> Sentence:
    """How far the number of courses and of switches depends on the rules."""
    held = _counts(results, output="rules", group1=AS_SET, key="variable")
    spread = []
    for variable, *nouns in (
        ("courses", "course"),
        (SWITCH, "switch to a new treatment", "switches to a new treatment"),
    ):
        numbers = results.pick(output="rules", variable=variable)["stat"]
        low, high = whole(numbers.min()), whole(numbers.max())
        other = "the same" if low == high else f"{low} to {high}"
        spread.append(f"{counted(held[variable], *nouns)} ({other} under other rules)")
    powerless = (
        " No times are known: joining, shortness and overlap have no effect." if not held["length_known"]
        else " No starts are known: joining and overlap have no effect." if not held["times_known"]
        else ""
    )  # fmt: skip
    return Sentence(f"The rules as set give {listing(spread)}.{powerless}")


def _counts(results: Results, key: str = "variable_level", **keys: str) -> pd.Series:
    """The counts with these keys, by the level of another."""
    return results.pick(stat_name="n", **keys).set_index(key)["stat"]


def _changed(numbers: pd.Series) -> str:
    """How often the response was better, the same or worse: "better after 12, the same after 29 and worse after 9"."""
    words = {"better": "better", "same": "the same", "worse": "worse"}
    return listing([f"{words[change]} after {whole(numbers[change])}" for change in CHANGES if numbers[change]])


def _still(ongoing: float, total: float) -> str:
    """How many of so many courses are ongoing, to stand after their number; "" where none is."""
    if not ongoing:
        return ""
    every = {1: "", 2: "both "}.get(int(total), "all ")
    return f", {every if ongoing == total else f'{whole(ongoing)} of them '}still ongoing"


def _share(n: float, total: float) -> str:
    return f"{whole(n)} of {whole(total)}{in_percent(n, total)}"


def _unselected(results: Results) -> float:
    """How many courses the whole histories of these patients have, where only some are selected; else 0."""
    n, every = n_of(results.rows, **SELECTED)
    return every if n < every else 0


def _of_selected(results: Results) -> str:
    return "Of the selected courses, " if _unselected(results) else ""


def _other_status(results: Results, ends: pd.Series) -> str:
    """The recorded statuses, where they are not as many as the ends that go with them."""
    counts = results.pick(output="status", group1=STATUS, stat_name="N").drop_duplicates("group1_level")
    recorded = counts.set_index("group1_level")["stat"]
    known = recorded.drop(NOT_RECORDED, errors="ignore")
    by_status = {end.status: (code, end.words) for code, end in ENDS.items() if end.status}
    if known.empty or all(known.get(status, 0) == ends.get(end, 0) for status, (end, _) in by_status.items()):
        return ""
    parts = [f"{whole(known[status])} {words}" for status, (_, words) in by_status.items() if status in known]
    parts += [f"{whole(recorded[NOT_RECORDED])} not recorded"] if NOT_RECORDED in recorded else []
    return f"; the status recorded at data lock differs: {listing(parts)}"


def _courses_needed(results: Results) -> str:
    needed = _counts(results, output="lines", variable="number_of_lines")
    one, total = needed.get("1", 0), needed.sum()
    course = "one of the selected courses" if _unselected(results) else "one course"
    if one == total:
        return f"the only patient had {course}" if total == 1 else f"each of the {whole(total)} patients had {course}"
    return f"{whole(one)} of {counted(total, 'patient')} had {course}, none more than {needed.index[-1]}"


def _kinds(counts: pd.Series) -> str:
    return listing([f"{whole(counts[kind])} {words}" for kind, words in STEP_WORDS.items() if kind in counts])
