"""Tables of the sequences page: who received what, lines of therapy, what followed what."""

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.layout import RATES, count_or_dash, interval_name, quartiles, rates, rows, texts
from adreport.pages.sequences.pathways import reason_in_words, response_key
from adreport.pages.sequences.results import END_LABELS
from adreport.pages.sequences.steps import ALL_SWITCHES, CHANGES, FIRST_SWITCHES
from adreport.show.numbers import NOTHING, counted, number, p_phrase, percent, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study.dictionary import abbreviations, level_label, treatments
from adreport.study.eras import ADD_ON

SHOWN_PATTERNS = 12
SHOWN_PATIENTS = 40  # of a table that is not folded away


def pathways(results: pd.DataFrame, labels: dict[str, str], mark: str = "") -> Table:
    """Table 4: the courses of each patient in order, with response, reason and length; `labels` of the response."""
    chosen = pick(results, output="table4_wide").set_index("group1_level")
    own = dict(list(chosen.groupby("variable")))
    story, months, end = own["pathway"]["method"], own["months_each"]["method"], own["pathway_end"]["variable_level"]
    harm = own["side_effects"]["method"] if "side_effects" in own else {}
    age, years = (
        own[name]["stat"].reindex(story.index) if name in own else pd.Series(float("nan"), story.index)
        for name in ("age_at_start_years", "years")
    )
    body = [
        Row(patient, [words, months[patient], harm.get(patient) or NOTHING, number(age[patient]),
                      number(years[patient]), END_LABELS[end[patient]]])
        for patient, words in story.items()
    ]  # fmt: skip
    heads = [
        Column("Treatments (response, why it ended)", words=True), Column("Months on each", words=True),
        Column("Side effects (treatment)", words=True), Column("Age at first course (years)"),
        Column("Years observed"), Column("End"),
    ]  # fmt: skip
    notes = [
        "→: then; +: added while an earlier one went on; ?: not recorded. Months on each: in the order of the "
        "treatments. Years observed: from the start of the first course to the last known end of a course.",
        response_key(labels),
        _abbreviations(pick(results, output="table4")["method"]),
    ]
    caption = "Table 4. Sequence of treatments of each patient"
    return Table(caption, "Patient", heads, body, notes, mark, folded=len(body) > SHOWN_PATIENTS)


def patterns(results: pd.DataFrame) -> Table | Absent:
    """Orders of treatments that several patients had."""
    frame = wide(pick(results, output="sequence_patterns"), "variable_level")
    common = frame[frame["n"] > 1]
    if common.empty:
        return Absent("No two patients had the same treatments in the same order." if len(frame) > 1 else "")
    shown = common.head(SHOWN_PATTERNS)
    labels = [" → ".join(_abbreviation(code) for code in order.split(" > ")) for order in shown.index]
    cells = [texts(shown["n"], whole), texts(shown["p"], percent)]
    rest, patients = len(frame) - len(shown), frame["n"].sum() - shown["n"].sum()
    others = f"{counted(rest, 'other order')} of treatments, in {counted(patients, 'patient')}"
    notes = [
        f"Shown: orders of two or more patients, at most {SHOWN_PATTERNS}.{f' Not shown: {others}.' if rest else ''}",
        _abbreviations(shown.index),
    ]
    heads = [Column("n", "Patients"), Column("%", "Patients")]
    caption = "Orders of treatments that several patients had"
    return Table(caption, "Treatments in order", heads, rows(labels, *cells), notes)


def lines(results: pd.DataFrame) -> Table:
    """Treatments at each line of therapy: lines across, courses in the cells."""
    chosen = pick(results, output="lines", group1="line", variable="treatment")
    frame = wide(pick(chosen, stat_name="n"), "variable_level", "group1_level")
    totals = frame.sum()
    labels = [level_label("treatment", code) for code in frame.index]
    body = rows(labels, *(texts(frame[line], count_or_dash) for line in frame.columns))
    body = [_shaded(row, frame.loc[code] / totals) for row, code in zip(body, frame.index, strict=True)]
    body.append(Row("Patients with this line", [whole(total) for total in totals], "total"))
    heads = [Column(line, "Line of therapy") for line in frame.columns]
    notes = ["Cells: patients. The darker, the larger the share of those who reached the line."]
    return Table("Treatments by line of therapy", "Treatment", heads, body, notes)


def line_outcomes(results: pd.DataFrame, mark: str = "") -> Table:
    """Response, time and going on, line by line."""
    chosen = pick(results, output="lines", group1="line")
    frames = {name: wide(pick(chosen, variable=name), "group1_level") for name in
              ("went_on", "effective", "since_onset_years", "since_first_course_years")}  # fmt: skip
    lines = frames["went_on"].index
    times = [
        quartiles(frames[name].reindex(index=lines, columns=["median", "p25", "p75", "N"]))
        for name in ("since_first_course_years", "since_onset_years")
    ]
    on = [f"{whole(n)}/{whole(total)}" for n, total in zip(frames["went_on"]["n"], frames["went_on"]["N"], strict=True)]
    responses = rates(frames["effective"].reindex(index=lines, columns=RATES))
    cells = [*responses, *(part for time in times for part in time), on]
    interval = interval_name(results)
    heads = [
        Column("n/N", "Response"), Column("%", "Response"), Column(interval, "Response"),
        *(Column(name, "Years from first course") for name in ("Median", "Quartiles", "N")),
        *(Column(name, "Years from onset") for name in ("Median", "Quartiles", "N")),
        Column("Had a further line"),
    ]  # fmt: skip
    notes = [
        "Response: courses with an effective response of those whose response is known; Wilson interval. "
        "N: courses whose time is known. Quartiles by the (n+1)p rule of SPSS.",
    ]
    body = rows([f"Line {line}" for line in lines], *cells)
    return Table("Response and time by line of therapy", "Line", heads, body, notes, mark)


def places(results: pd.DataFrame) -> Table:
    """Of each treatment's courses: first line, last line, followed by another."""
    chosen = pick(results, output="lines", group1="treatment")
    frame = wide(chosen[chosen["stat_name"].isin(["n", "N"])], "group1_level", ["variable", "stat_name"])
    cells = [texts(frame["first_line", "N"], whole)]
    cells += [texts(frame[name, "n"], count_or_dash) for name in ("first_line", "last_line", "followed")]
    labels = [level_label("treatment", code) for code in frame.index]
    heads = [Column("Courses"), Column("First treatment"), Column("Last treatment"), Column("Followed by another")]
    notes = ["Followed: by what was begun after its stop; an add-on follows none."] if _add_ons(results) else []
    return Table("Where in the sequence each treatment stood", "Treatment", heads, rows(labels, *cells), notes)


def transitions(results: pd.DataFrame, mark: str = "") -> Table:
    """What was begun after each treatment's stop (down to across), or its own end where nothing followed it."""
    chosen = pick(results, output="transitions", stat_name="n")
    order = [*treatments(), *END_LABELS]
    frame = wide(chosen, "group1_level", "group2_level").fillna(0)
    frame = frame[[code for code in order if code in frame.columns]]
    totals = frame.sum(axis=1)
    labels = [level_label("treatment", code) for code in frame.index]
    body = rows(labels, texts(totals, whole), *(texts(frame[code], count_or_dash) for code in frame.columns))
    body = [_shaded(row, [0, *(frame.loc[code] / totals[code])]) for row, code in zip(body, frame.index, strict=True)]
    heads = [Column("Courses")]
    heads += [Column(END_LABELS[code], "No treatment followed") if code in END_LABELS
              else Column(_abbreviation(code), "Next treatment") for code in frame.columns]  # fmt: skip
    notes = [
        "Cells: courses. The darker, the larger the share of the row's courses.",
        "Where no treatment followed, the course's own end: ongoing, in remission, lost to follow-up, or stopped for "
        "another reason.",
        *_own_end_note(results),
        *_times_note(results),
    ]
    return Table("What followed what", "Treatment", heads, body, notes, mark)


def transition_reasons(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """From, to and why: steps that occurred more than once."""
    chosen = pick(results, output="transition_reasons")
    if chosen.empty:
        return Absent(*_add_ons_note(results))
    frame = wide(chosen, ["group1_level", "group2_level", "variable_level"])
    steps = dict(list(frame.groupby(level=[0, 1], sort=False)))
    totals = pd.Series({step: own["N"].iloc[0] for step, own in steps.items()})
    totals = totals.sort_values(ascending=False, kind="stable")
    often = totals[totals > 1]
    shown = often if len(often) else totals
    body = [
        Row(_step(before, after), [whole(total), _reasons(steps[before, after]["n"].droplevel([0, 1]))])
        for (before, after), total in shown.items()
    ]
    rest = len(totals) - len(shown)
    notes = [f"Not shown: {counted(rest, 'step')} that occurred once."] if rest else []
    notes += _add_ons_note(results)
    notes.append(_abbreviations([" > ".join(pair) for pair in shown.index]))
    heads = [Column("Times"), Column("Why the treatment before was left", words=True)]
    return Table("Why one treatment was followed by another", "Step", heads, body, notes, mark)


def response_change(results: pd.DataFrame, labels: dict[str, str], mark: str = "") -> Table | Absent:
    """Response before a switch (down) by response after it (across); `labels` of the response scale."""
    chosen = pick(results, output="response_change", group1="response_before", stat_name="n")
    if chosen.empty:
        return Absent("No switch has a recorded response both before and after it.")
    frame = wide(chosen, "group1_level", "group2_level")
    totals = frame.sum(axis=1)
    body = rows([labels[code] for code in frame.index], texts(totals, whole),
                *(texts(frame[code], count_or_dash) for code in frame.columns))  # fmt: skip
    body = [_shaded(row, [0, *(frame.loc[code] / totals[code])]) for row, code in zip(body, frame.index, strict=True)]
    heads = [Column("Switches"), *(Column(labels[code], "Response after the switch") for code in frame.columns)]
    notes = [
        "Switches to another treatment whose response is known before and after; restarts and add-ons are left out.",
        f"{_changes(results, ALL_SWITCHES)} Patients with several switches count several times. "
        f"{_changes(results, FIRST_SWITCHES)} Unadjusted and descriptive.",
    ]
    return Table("Response before and after a switch", "Response before the switch", heads, body, notes, mark)


def _times_note(results: pd.DataFrame) -> list[str]:
    n, total = (value(results, output="steps", variable="times_unknown", stat_name=name) for name in ("n", "N"))
    if not n > 0:
        return []
    return [f"The times of {whole(n)} of {counted(total, 'step')} are not known: an overlap there cannot be seen."]


def _add_ons(results: pd.DataFrame) -> float:
    added = value(results, output="steps", variable="step", variable_level=ADD_ON, stat_name="n")
    return added if added > 0 else 0


def _add_ons_note(results: pd.DataFrame) -> list[str]:
    added = _add_ons(results)
    return [f"Left out: {counted(added, 'add-on')}, since an earlier treatment went on."] if added else []


def _own_end_note(results: pd.DataFrame) -> list[str]:
    added = _add_ons(results)
    if not added:
        return []
    follows = "1 add-on follows" if added == 1 else f"{whole(added)} add-ons follow"
    return [
        f"{follows} none, since an earlier treatment went on. That one leads to what was begun after its own stop; a "
        "treatment stopped while another went on leads to its own end."
    ]


def _changes(results: pd.DataFrame, name: str) -> str:
    own = pick(results, output="response_change", group1=name)
    n = {change: value(own, variable_level=change, stat_name="n") for change in CHANGES}
    test = pick(own, variable_level="", stat_name="N")
    p = value(own, stat_name="p.value")
    which = "All switches" if name == ALL_SWITCHES else "Each patient's first switch only"
    tested = f", {p_phrase(p)}" if p >= 0 else ""
    said = f"{test['method'].iloc[0]}, n = {whole(test['stat'].iloc[0])} that differ{tested}"
    return f"{which}: better {whole(n['better'])}, same {whole(n['same'])}, worse {whole(n['worse'])} ({said})."


def _step(before: str, after: str) -> str:
    return f"{_abbreviation(before)} → {_abbreviation(after)}"


def _reasons(numbers: pd.Series) -> str:
    told = [
        f"{'not recorded' if reason == 'not_recorded' else reason_in_words(reason)} {whole(n)}"
        for reason, n in numbers.items()
    ]
    return ", ".join(told)


def _abbreviations(orders) -> str:
    return abbreviations({code for order in orders for code in order.split(" > ")})


def _abbreviation(code: str) -> str:
    return treatments()[code].abbreviation


def _shaded(row: Row, shares) -> Row:
    return Row(row.label, row.cells, row.kind, list(shares))
