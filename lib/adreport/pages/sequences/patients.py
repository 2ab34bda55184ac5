"""Tables that list patients: their pathways, those whose status is at odds, those who ended without a response.

They name patients, MOST_PATIENTS at most: they are for internal reports.
"""

from collections.abc import Iterable

from adreport.pages.contract import pick, safe_text, value, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import rows, texts
from adreport.pages.sequences.endings import CONTRADICTS, POSSIBLE, STATUS, VERDICTS
from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.pathways import THEN
from adreport.pages.sequences.swimmer import response_key
from adreport.pages.sequences.tables import recorded_label, with_totals
from adreport.pages.sequences.timeline import courses_of
from adreport.show.numbers import NOTHING, counted, number, percent, whole
from adreport.show.parts import Absent, Column, Row, Sheet, Table
from adreport.study.dictionary import abbreviations, treatments
from adreport.study.reasons import REASON

SHOWN_ORDERS = 12
SHOWN_PATIENTS = 40  # of a table that is not folded away
WIDE = ["pathway", "months_each", "side_effects", "age_at_start_years", "years", "pathway_end"]
SIGNS_NOTE = (
    "→: then; +: added while an earlier one continued; ?: not recorded. Months on each: in the order of the "
    "treatments. Years observed: from the start of the first course to the last known end of a course."
)


def pathways(results: Results) -> Table:
    """Table 4: the courses of each patient in order, with response, reason and length."""
    known = results.pick(output="table4_wide", variable=WIDE)
    notes, numbers, levels = (
        known.pivot(index="group1_level", columns="variable", values=name).reindex(columns=WIDE)
        for name in ("note", "stat", "variable_level")
    )
    notes = notes.replace("", NOTHING).fillna(NOTHING)
    body = [
        Row(patient, [*words, *map(number, times), ENDS[end].label])
        for patient, words, times, end in zip(
            notes.index,
            notes[WIDE[:3]].to_numpy(),
            numbers[WIDE[3:5]].to_numpy(),
            levels["pathway_end"],
            strict=True,
        )
    ]
    columns = [
        Column("Treatments (response, why it ended)", words=True), Column("Months on each", words=True),
        Column("Side effects (treatment)", words=True), Column("Age at first course (years)"),
        Column("Years observed"), Column("End"),
    ]  # fmt: skip
    listed, total = (value(results.rows, output="listed", stat_name=name) for name in ("n", "N"))
    footnotes = [
        *_more(listed, total), SIGNS_NOTE, response_key(results),
        _abbreviations(results.pick(output="table4")["note"]),
    ]  # fmt: skip
    caption = "Table 4. Sequence of treatments of each patient"
    return Table(caption, "Patient", columns, body, footnotes, folded=len(body) > SHOWN_PATIENTS)


def sheet(results: Results) -> Sheet:
    """One row a patient: for each line its treatment, response, reason, start and days; how the pathway ended."""
    courses = courses_of(results).drop(columns=["effective", "step", "until_days", "age_at_start_years"])
    end = courses.groupby("patient_id")["pathway_end"].first()
    spread = courses.drop(columns="pathway_end").set_index(["patient_id", "line"]).unstack("line")
    spread = spread.sort_index(axis=1, level="line", kind="stable", sort_remaining=False)
    spread.columns = [f"line_{line}_{name}" for name, line in spread.columns]
    csv = spread.assign(pathway_end=end).reset_index().map(safe_text).to_csv(index=False, lineterminator="\n")
    return Sheet(csv, "sequences-wide.csv", "Download this table with a column for each line (CSV)")


def orders(results: Results) -> Table | Absent:
    """Orders of treatments that several patients had."""
    frame = wide(results.pick(output="sequence_patterns", variable="pathway"), "variable_level")
    different = value(results.rows, output="sequence_patterns", variable="commonest", stat_name="N")
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
    body = with_totals(frame, lambda level: recorded_label(STATUS, level), shaded=False)
    columns = [Column("Patients"), *(Column(ENDS[end].label, "How the last course ended") for end in frame.columns)]
    return Table("Status at data lock and the last course", "Status at data lock", columns, body)


def doubts(results: Results) -> Table | Absent:
    """The patients whose status and last course do not agree, or not without an explanation."""
    patients = results.pick(output="status_doubts")
    if patients.empty:
        return Absent()
    body = [
        Row(row.group1_level, [recorded_label(STATUS, row.variable_level), recorded_label(REASON, row.group2_level),
                               VERDICTS[row.variable], row.note])
        for row in patients.itertuples()
    ]  # fmt: skip
    names = ("Status at data lock", "Last course ended", "Verdict", "What is odd")
    columns = [Column(name, words=True) for name in names]
    odd = results.pick(output="status", variable="verdict", variable_level=[CONTRADICTS, POSSIBLE], stat_name="n")
    notes = [
        *_more(len(body), odd["stat"].sum()),
        "For review: one of the two entries may be wrong, or something between them is not recorded.",
    ]
    return Table("Patients whose status and last course are at odds", "Patient", columns, body, notes)


def without_response(results: Results) -> Table | Absent:
    """The patients whose last course had no response, with all of their courses."""
    ended = results.pick(output="ended_without_response", group1="patient_id")
    if ended.empty:
        return Absent()
    patients, labels = pick(ended, variable="response"), results.scale.labels
    body = [
        Row(row.group1_level,
            [row.note, whole(row.stat), labels[row.variable_level], ENDS[row.group2_level].label])
        for row in patients.itertuples()
    ]  # fmt: skip
    columns = [
        Column("Treatments (response, why it ended)", words=True), Column("Lines"), Column("Last response"),
        Column("End"),
    ]  # fmt: skip
    every = value(results.rows, output="ended_without_response", group1="", variable="", stat_name="n")
    notes = [*_more(len(body), every), _abbreviations(pick(ended, variable="pathway")["note"])]
    return Table("Patients whose last course had no response", "Patient", columns, body, notes)


def _more(listed: float, total: float) -> list[str]:
    return [f"And {counted(total - listed, 'more patient')}, not listed here."] if total > listed else []


def _abbreviations(pathways: Iterable[str]) -> str:
    return abbreviations({code for pathway in pathways for code in pathway.split(THEN)})
