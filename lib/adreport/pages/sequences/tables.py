"""Tables of lines of therapy, of what followed what, and of what other rules would change."""

from collections.abc import Callable

import pandas as pd

from adreport.pages.contract import n_of, pick, value, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import (
    QUANTILES,
    Spec,
    counts_only,
    fraction,
    headings,
    keyed_rows,
    limits,
    number_range,
    of_enough,
    rows,
    share,
    statistic,
    texts,
    treatment_label,
    treatment_table,
)
from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.rules import AS_SET
from adreport.pages.sequences.steps import ALL_SWITCHES, FIRST_SWITCHES
from adreport.pages.shading import shaded
from adreport.show.numbers import FIGURE_SPACE, agreeing, counted, listing, p_phrase, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study.dictionary import abbreviations, level_label, treatments
from adreport.study.eras import ADD_ON, BACK, RESTART, SWITCH
from adreport.study.reasons import NOT_RECORDED, NOT_RECORDED_LABEL, REASON

WHICH_SWITCHES = {ALL_SWITCHES: "All switches", FIRST_SWITCHES: "Each patient's first switch only"}
MOST_REASONS = 3
RULE_LABELS = {
    "join_gap_days": "Courses of one treatment joined over gaps up to (days)",
    "shortest_days": "Courses left out that are shorter than (days)",
    "combination_days": "Overlap that makes an add-on, from (days)",
    "rescue": "Rescue courses",
}
RULE_COLUMNS = {
    "courses": "Courses", "patients": "Patients", "most_lines": "Most lines", "effective": "With response",
    SWITCH: "Switches to a new treatment", BACK: "Switches back", RESTART: "Restarts", ADD_ON: "Add-ons",
}  # fmt: skip
RULE_NOTE = "One rule changed at a time. *: other than as set. Most lines: of one patient."


def lines(results: Results) -> Table:
    """Treatments at each line of therapy: lines across, courses in the cells."""
    counts = results.pick(output="lines", group1="line", variable="treatment", stat_name="n")
    frame = wide(counts, "variable_level", "group1_level")
    totals = frame.sum()
    body = rows(map(treatment_label, frame.index), *(texts(frame[line], whole) for line in frame.columns))
    body = shaded(body, frame / totals)
    body.append(Row("Patients with this line", [whole(total) for total in totals], "total"))
    columns = [Column(line, "Line of therapy") for line in frame.columns]
    notes = ["Cells: patients; the darker, the larger their share of those who reached the line."]
    return Table("Treatments by line of therapy", "Treatment", columns, body, notes)


def line_outcomes(results: Results) -> Table:
    """Response, time and whether there was a further line, line by line."""
    keys = {"group1": "line"}
    columns = [
        Spec("n/N", "effective", fraction, "Response", keys=keys),
        Spec("%", "effective", share, "Response"),
        Spec(results.settings.interval_name, "effective", limits, "Response"),
        *_time_columns("since_first_course_years", "Years from first course"),
        *_time_columns("since_onset_years", "Years from onset"),
        Spec("Had a further line", "went_on", fraction),
    ]
    body = keyed_rows(results.rows, "lines", columns, "group1_level", lambda line: f"Line {line}")
    notes = [
        f"Response: effective courses of those whose response is known; Wilson interval. N: time known. {QUANTILES}",
        *counts_only(results.pick(output="lines", group1="line", stat_name="N")["stat"]),
    ]
    return Table("Response and time by line of therapy", "Line", headings(columns), body, notes)


def places(results: Results) -> Table | Absent:
    """Of each treatment's courses: first line, last line, followed by another."""
    columns = [
        Spec("Courses", "first_line", statistic("N", 0)),
        Spec("First treatment", "first_line", _count),
        Spec("Last treatment", "last_line", _count),
        Spec("Followed by another course", "followed", _count),
    ]
    notes = ["Followed: by what was begun after its stop; an add-on follows none."] if add_ons(results) else []
    return treatment_table(results.rows, "lines", "Where in the sequence each treatment stood", columns, notes)


def transitions(results: Results) -> Table:
    """What was begun after each treatment's stop (down to across), or its own end where nothing followed it."""
    frame = wide(results.pick(output="transitions", stat_name="n"), "group1_level", "group2_level").fillna(0)
    frame = frame[[code for code in (*treatments(), *ENDS) if code in frame.columns]]
    columns = [
        Column(ENDS[code].label, "No treatment followed")
        if code in ENDS
        else Column(treatments()[code].abbreviation, "Next treatment")
        for code in frame.columns
    ]
    notes = [
        "Cells: courses; the darker, the larger their share of the row. Where none followed: the course’s own end.",
        abbreviations([code for code in frame.columns if code not in ENDS]),
        *_own_end_note(add_ons(results)),
        *_times_note(results),
    ]
    body = with_totals(frame, treatment_label)
    return Table("What followed what", "Treatment", [Column("Courses"), *columns], body, notes)


def transition_reasons(results: Results) -> Table | Absent:
    """From, to and why: steps that occurred more than once."""
    added = add_ons(results)
    left_out = [f"Left out: {counted(added, 'add-on')}, since an earlier treatment continued."] if added else []
    reasons = results.pick(output="transition_reasons", stat_name="n")
    if reasons.empty:
        return Absent(*left_out)
    steps = reasons.groupby(["group1_level", "group2_level"], sort=False)
    totals = steps["stat"].sum().sort_values(ascending=False, kind="stable")
    shown = totals[totals > 1] if totals.max() > 1 else totals
    body = [Row(_step(*step), [whole(n), _reasons_in_words(steps.get_group(step))]) for step, n in shown.items()]
    rest = len(totals) - len(shown)
    notes = [f"Not shown: {counted(rest, 'step')} that occurred once."] if rest else []
    notes += [*left_out, abbreviations({code for step in shown.index for code in step})]
    columns = [Column("Times"), Column("Why the treatment before was left", words=True)]
    return Table("Why one treatment was followed by another", "Step", columns, body, notes)


def response_change(results: Results) -> Table | Absent:
    """Response before a switch (down) by response after it (across)."""
    changes = results.pick(output="response_change", group1="response_before", stat_name="n")
    if changes.empty:
        return Absent("No switch has a recorded response both before and after it.")
    labels, frame = results.scale.labels, wide(changes, "group1_level", "group2_level")
    columns = [Column("Switches"), *(Column(labels[code], "Response after the switch") for code in frame.columns)]
    notes = [
        f"Restarts and add-ons are left out. {_tested(results, ALL_SWITCHES)} {_tested(results, FIRST_SWITCHES)}",
    ]
    body = with_totals(frame, labels.get)
    return Table("Response before and after a switch", "Response before the switch", columns, body, notes)


def rules(results: Results) -> Table:
    """The numbers under the rules as set, and what each other value of a rule would make of them."""
    numbers = results.pick(output="rules", variable=RULE_COLUMNS)
    frame = wide(numbers, ["group1", "group1_level"], "variable")[list(RULE_COLUMNS)]
    as_set = frame.loc[(AS_SET, "")]
    body = [Row("As set", [whole(number) + FIGURE_SPACE for number in as_set], "total")]
    alike: list[str] = []
    for rule in [rule for rule in RULE_LABELS if rule in frame.index.get_level_values(0)]:
        others = frame.loc[rule]
        differing = (others != as_set).any(axis=1)
        same = listing(map(str, others.index[~differing]))
        alike += [f"{RULE_LABELS[rule][:1].lower()}{RULE_LABELS[rule][1:]}: {same}"] if same else []
        body += [Row(RULE_LABELS[rule], kind="group")] if differing.any() else []
        for level, changed in others[differing].iterrows():
            marks = (changed == as_set).map({True: FIGURE_SPACE, False: "*"})
            cells = [whole(number) + mark for number, mark in zip(changed, marks, strict=True)]
            body.append(Row(str(level), cells, "level"))
    notes = [RULE_NOTE, *([f"The same as set: {'; '.join(alike)}."] if alike else [])]
    notes.append(f"As set: {pick(numbers, group1=AS_SET)['note'].iloc[0]}.")
    columns = [Column(label) for label in RULE_COLUMNS.values()]
    return Table("What other rules would change", "Rule", columns, body, notes)


def with_totals(frame: pd.DataFrame, label: Callable[[str], str], with_shades: bool = True) -> list[Row]:
    """Rows of counts after their total; the darker, the larger the share of it."""
    totals = frame.sum(axis=1)
    counts = (texts(frame[code], whole) for code in frame.columns)
    body = rows(map(label, frame.index), texts(totals, whole), *counts)
    shares = frame.div(totals, axis=0)
    shares.insert(0, "total", 0)
    return shaded(body, shares) if with_shades else body


def recorded_label(variable: str, level: str) -> str:
    """The label of a level, or that none is recorded."""
    return NOT_RECORDED_LABEL if level == NOT_RECORDED else level_label(variable, level)


def add_ons(results: Results) -> float:
    """How many steps are add-ons."""
    return results.pick(output="steps", variable="step", variable_level=ADD_ON, stat_name="n")["stat"].sum()


def _count(row: pd.Series) -> str:
    return whole(row["n"])


def _time_columns(variable: str, spanner: str) -> list[Spec]:
    """Median, quartiles and N of a time."""
    quartiles = of_enough(number_range("p25", "p75"))
    cells = {"Median": of_enough(statistic("median")), "Quartiles": quartiles, "N": statistic("N", 0)}
    return [Spec(label, variable, cell, spanner) for label, cell in cells.items()]


def _times_note(results: Results) -> list[str]:
    n, total = n_of(results.rows, output="steps", variable="times_unknown")
    unknown = f"The times of {whole(n)} of {counted(total, 'step')} are not known: an overlap there cannot be seen."
    return [unknown] if n > 0 else []


def _own_end_note(added: float) -> list[str]:
    follows = "1 add-on follows" if added == 1 else f"{whole(added)} add-ons follow"
    return [f"{follows} none, since an earlier treatment continued."] if added else []


def _tested(results: Results, name: str) -> str:
    """The sign test of whether the response was better or worse."""
    changes = results.pick(output="response_change", group1=name, variable="change")
    test, p = pick(changes, variable_level="", stat_name="N").iloc[0], value(changes, stat_name="p.value")
    said = [
        test["method"] + (f": {test['note']}" if test["note"] else ""),
        f"{whole(test['stat'])} {agreeing(test['stat'], 'differs', 'differ')}",
    ]
    said += [p_phrase(p)] if p >= 0 else []
    return f"{WHICH_SWITCHES[name]}: {', '.join(said)}."


def _step(before: str, after: str) -> str:
    return f"{treatments()[before].abbreviation} → {treatments()[after].abbreviation}"


def _reasons_in_words(counts: pd.DataFrame) -> str:
    """The commonest reasons with their numbers, MOST_REASONS at most; the rest together."""
    words = [
        f"{recorded_label(REASON, one.variable_level).lower()} {whole(one.stat)}"
        for one in counts.head(MOST_REASONS).itertuples()
    ]
    rest = counts["stat"].iloc[MOST_REASONS:].sum()
    return ", ".join([*words, f"{'another' if rest == 1 else 'others'} {whole(rest)}"] if rest else words)
