"""Tables that list patients: their pathways, those whose status is at odds, those who ended without a response.

They name patients, MOST_PATIENTS at most: they are for internal reports. Of more, a sample stands in Table 4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from adreport.pages.contract import n_of, pick, safe_text, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import Spec, headings, rows, texts
from adreport.pages.sequences.endings import CONTRADICTS, POSSIBLE, STATUS, VERDICTS
from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.pathways import THEN, sampled
from adreport.pages.sequences.profiles import anchors
from adreport.pages.sequences.swimmer import response_key
from adreport.pages.sequences.tables import recorded_label, with_totals
from adreport.pages.sequences.timeline import courses_of
from adreport.show.numbers import NONE, NOT_RECORDED, counted, percent, recorded, whole
from adreport.show.parts import Absent, Column, Row, Sheet, Table
from adreport.study.dictionary import abbreviations, treatments
from adreport.study.reasons import REASON

SHOWN_ORDERS = 12
NOT_ON_SHEET = ["effective", "step", "until_days", "age_at_start_years", "dose", "dose_unit"]
SHOWN_PATIENTS = 40  # of a table that is not folded away
SIGNS_NOTE = (
    "→: then; +: added while an earlier one continued; ?: not recorded. Years observed: from the first start to the "
    "last known end."
)


def pathways(results: Results) -> Table | Absent:
    """Table 4: the courses of each patient in order, with response, reason and length."""
    columns = [
        Spec("Treatments (response, why it ended)", "pathway", _note, words=True),
        Spec("Months on each", "months_each", _note, words=True),
        Spec("Side effects (treatment)", "side_effects", _note, words=True),
        Spec("Age at first course (years)", "age_at_start_years", lambda row: recorded(row["stat"])),
        Spec("Years observed", "years", lambda row: recorded(row["stat"])),
        Spec("End", "pathway_end", lambda row: ENDS[row["variable_level"]].label),
    ]
    listed, total = n_of(results.rows, output="listed")
    notes = [*sampled(listed, total), SIGNS_NOTE, response_key(results)]
    notes.append(_abbreviations(results.pick(output="table4")["note"]))
    caption = "Table 4. Sequence of treatments of each patient"
    made = _of_patients(results.pick(output="table4_wide"), caption, columns, notes, folds=True)
    if isinstance(made, Absent):
        return made
    leads_to = anchors(results)
    return replace(made, rows=[replace(row, to=leads_to[row.label]) for row in made.rows])


def sheet(results: Results) -> Sheet:
    """One row a patient: for each line its treatment, response, reason, start and days; how the pathway ended."""
    courses = courses_of(results).drop(columns=NOT_ON_SHEET)
    end = courses.groupby("patient_id")["pathway_end"].first()
    spread = courses.drop(columns="pathway_end").set_index(["patient_id", "line"]).unstack("line")
    spread = spread.sort_index(axis=1, level="line", kind="stable", sort_remaining=False)
    spread.columns = [f"line_{line}_{name}" for name, line in spread.columns]
    csv = spread.assign(pathway_end=end).reset_index().map(safe_text).to_csv(index=False, lineterminator="\n")
    listed, total = n_of(results.rows, output="listed")
    of_whom = f"; a sample of {whole(listed)} of {counted(total, 'patient')}" if listed < total else ""
    return Sheet(csv, "sequences-wide.csv", f"Download this table with a column for each line (CSV{of_whom})")


def orders(results: Results) -> Table | Absent:
    """Orders of treatments that several patients had."""
    frame = wide(results.pick(output="sequence_patterns", variable="pathway"), "variable_level")
    _, different = n_of(results.rows, output="sequence_patterns", variable="commonest")
    shown = frame[frame["n"] > 1].head(SHOWN_ORDERS)
    if shown.empty:
        return Absent("No two patients had the same treatments in the same order." if different > 1 else "")
    labels = [" → ".join(treatments()[code].abbreviation for code in order.split(THEN)) for order in shown.index]
    rest, patients = different - len(shown), frame["N"].iloc[0] - shown["n"].sum()
    others = f"{counted(rest, 'other order')} of treatments, in {counted(patients, 'patient')}"
    notes = [
        f"Shown: orders of two or more patients, at most {SHOWN_ORDERS}.{f' Not shown: {others}.' if rest else ''}",
        _abbreviations(shown.index),
    ]
    columns = [Column("n", "Patients"), Column("%", "Patients")]
    caption = "Orders of treatments that several patients had"
    body = rows(labels, texts(shown["n"], whole), texts(shown["p"], percent))
    return Table(caption, "Treatments in order", columns, body, notes)


def statuses(results: Results) -> Table:
    """Recorded status at data lock (down) by how the last course ended (across)."""
    frame = wide(results.pick(output="status", group1=STATUS, stat_name="n"), "group1_level", "group2_level").fillna(0)
    frame = frame[[end for end in ENDS if end in frame.columns]]
    body = with_totals(frame, lambda level: recorded_label(STATUS, level), with_shades=False)
    columns = [Column("Patients"), *(Column(ENDS[end].label, "How the last course ended") for end in frame.columns)]
    return Table("Status at data lock and the last course", "Status at data lock", columns, body)


def doubts(results: Results) -> Table | Absent:
    """The patients whose status and last course do not agree, or not without an explanation."""
    patients = results.pick(output="status_doubts")
    odd = results.pick(output="status", variable="verdict", variable_level=[CONTRADICTS, POSSIBLE], stat_name="n")
    columns = [
        Spec("Status at data lock", "", lambda row: recorded_label(STATUS, row["variable_level"]), words=True),
        Spec("Last course ended", "", lambda row: recorded_label(REASON, row["group2_level"]), words=True),
        Spec("Verdict", "", lambda row: VERDICTS[row["variable"]], words=True),
        Spec("What is odd", "", _note, words=True),
    ]
    notes = _more(len(patients), odd["stat"].sum())
    notes.append("For review: one of the two entries may be wrong, or something between them is not recorded.")
    return _of_patients(patients, "Patients whose status and last course are at odds", columns, notes)


def without_response(results: Results) -> Table | Absent:
    """The patients whose last course had no response, with all of their courses."""
    ended = results.pick(output="ended_without_response", group1="patient_id")
    columns = [
        Spec("Treatments (response, why it ended)", "response", _note, words=True),
        Spec("Lines", "response", lambda row: whole(row["stat"])),
        Spec("Last response", "response", lambda row: results.scale.labels[row["variable_level"]]),
        Spec("End", "response", lambda row: ENDS[row["group2_level"]].label),
    ]
    orders = pick(ended, variable="pathway")["note"]
    every, _ = n_of(results.rows, output="ended_without_response", group1="", variable="")
    notes = [*_more(len(orders), every), _abbreviations(orders)]
    return _of_patients(ended, "Patients whose last course had no response", columns, notes)


def _of_patients(
    statistics: pd.DataFrame, caption: str, columns: Sequence[Spec], notes: Sequence[str], folds: bool = False
) -> Table | Absent:
    """A row a patient; a column's cell is made of the patient's statistic of its variable ("": of the first).

    `folds`: whether a long table is folded away.
    """
    rows_of: dict[str, dict[str, dict]] = {}
    for row in statistics.to_dict("records"):
        rows_of.setdefault(row["group1_level"], {"": row})[row["variable"]] = row
    if not rows_of:
        return Absent()
    body = [
        Row(patient, [column.show(known[column.of]) if column.of in known else NOT_RECORDED for column in columns])
        for patient, known in rows_of.items()
    ]
    return Table(caption, "Patient", headings(columns), body, notes, folded=folds and len(body) > SHOWN_PATIENTS)


def _note(row: dict) -> str:
    return row["note"] or NONE


def _more(listed: float, total: float) -> list[str]:
    return [f"And {counted(total - listed, 'more patient')}, not listed here."] if total > listed else []


def _abbreviations(pathways: Iterable[str]) -> str:
    return abbreviations({code for pathway in pathways for code in pathway.split(THEN)})
