"""Tables of how pathways ended, and of what other rules would change."""

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.layout import count_or_dash, rows, texts
from adreport.pages.sequences.results import END_LABELS
from adreport.pages.sequences.rules import AS_SET
from adreport.pages.sequences.status import VERDICTS
from adreport.show.numbers import FIGURE_SPACE, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study.dictionary import level_label, treatments
from adreport.study.eras import ADD_ON, BACK, RESTART, SWITCH
from adreport.study.reasons import NOT_RECORDED

RULE_LABELS = {
    "join_gap_days": "Courses of one treatment joined over gaps up to (days)",
    "shortest_days": "Courses left out that are shorter than (days)",
    "combination_days": "Overlap that makes an add-on, from (days)",
    "rescue": "Rescue courses",
}
PANEL = {
    "courses": "Courses", "patients": "Patients", "most_lines": "Most lines", "effective": "With response",
    SWITCH: "Switches to a new treatment", BACK: "Switches back", RESTART: "Restarts", ADD_ON: "Add-ons",
}  # fmt: skip


def status(results: pd.DataFrame, mark: str = "") -> Table:
    """Recorded status at data lock (down) by how the last course ended (across)."""
    chosen = pick(results, output="status", group1="status_at_data_lock", stat_name="n")
    frame = wide(chosen, "group1_level", "group2_level").fillna(0)
    frame = frame[[end for end in END_LABELS if end in frame.columns]]
    totals = frame.sum(axis=1)
    labels = [_status_label(level) for level in frame.index]
    body = rows(labels, texts(totals, whole), *(texts(frame[end], count_or_dash) for end in frame.columns))
    heads = [Column("Patients"), *(Column(END_LABELS[end], "How the last course ended") for end in frame.columns)]
    return Table("Status at data lock and the last course", "Status at data lock", heads, body, (), mark)


def status_doubts(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """The patients whose status and last course do not go together, or not without an explanation."""
    chosen = pick(results, output="status_doubts")
    if chosen.empty:
        return Absent()
    body = [
        Row(row.group1_level, [_status_label(row.variable_level), _reason_label(row.group2_level),
                               VERDICTS[row.variable], row.method])
        for row in chosen.itertuples()
    ]  # fmt: skip
    names = ("Status at data lock", "Last course ended", "Verdict", "What is odd")
    heads = [Column(name, words=True) for name in names]
    notes = ["For review: one of the two entries may be wrong, or something between them is not recorded."]
    return Table("Patients whose status and last course are at odds", "Patient", heads, body, notes, mark)


def without_response(results: pd.DataFrame, labels: dict[str, str], mark: str = "") -> Table | Absent:
    """The patients whose last course had no response, with all of their courses; `labels` of the response scale."""
    chosen = pick(results, output="ended_without_response", group1="patient_id")
    if chosen.empty:
        return Absent()
    body = [
        Row(row.group1_level, [row.method, whole(row.stat), labels[row.variable_level], END_LABELS[row.group2_level]])
        for row in chosen.itertuples()
    ]
    heads = [
        Column("Treatments (response, why it ended)", words=True), Column("Lines"), Column("Last response"),
        Column("End"),
    ]  # fmt: skip
    notes = [f"{'; '.join(f'{known.abbreviation}: {known.label.lower()}' for known in _named(chosen))}."]
    return Table("Patients whose last course had no response", "Patient", heads, body, notes, mark)


def rules(results: pd.DataFrame) -> Table:
    """The numbers under the rules as set, and what each other value of a rule would make of them."""
    own = pick(results, output="rules", variable=PANEL)
    frame = wide(own, ["group1", "group1_level"], "variable")
    as_set = frame.loc[(AS_SET, "")]
    body = [Row("As set", [whole(as_set[name]) + FIGURE_SPACE for name in PANEL], "total")]
    for rule, label in RULE_LABELS.items():
        if rule in frame.index.get_level_values(0):
            body.append(Row(label, kind="group"))
            for level, numbers in frame.loc[rule].iterrows():
                cells = [
                    whole(numbers[name]) + (FIGURE_SPACE if numbers[name] == as_set[name] else "*") for name in PANEL
                ]
                body.append(Row(str(level), cells, "level"))
    heads = [Column(label) for label in PANEL.values()]
    notes = [
        "One rule changed at a time. *: other than as set. Most lines: of one patient. Switch back: to a treatment had "
        "before; restart: the same again; add-on: started while an earlier one went on. Two courses are not joined if "
        "another treatment began between them.",
        f"As set: {own[own['group1'] == AS_SET]['method'].iloc[0]}.",
    ]
    return Table("What other rules would change", "Rule", heads, body, notes)


def _named(chosen: pd.DataFrame) -> list:
    """The treatments whose abbreviation stands in these stories."""
    words = set(" ".join(chosen["method"]).split())
    return [treatment for treatment in treatments().values() if treatment.abbreviation in words]


def _status_label(level: str) -> str:
    return "Not recorded" if level == NOT_RECORDED else level_label("status_at_data_lock", level)


def _reason_label(level: str) -> str:
    return "Not recorded" if level == NOT_RECORDED else level_label("discontinuation_reason", level)
