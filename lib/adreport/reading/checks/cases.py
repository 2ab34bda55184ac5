"""Rows that are no cases: column names that stand again, totals, notes; and patients named once for several rows."""

import re
from dataclasses import replace

import pandas as pd

from adreport.reading import notation
from adreport.reading.checks.unread import FIGURE
from adreport.reading.formats.raw import RawTable
from adreport.study import dictionary
from adreport.study.faults import ERROR, WARNING, Fault, also_in

WHAT = {"patients": "sex", "courses": "treatment", "side_effects": "side_effect"}  # that every case has, in words
TOTAL = re.compile(
    r"(?:(?:grand|sub)[ -]?total|totals?|sum|mean|average|median|minimum|maximum|count|summe|gesamt|insgesamt"
    r"|mittelwert|anzahl|(?:genel |ara )?toplam|ortalama|adet|n)\s*[.:=]?\s*[\d.,]*",
    re.IGNORECASE,
)


def without_odd_rows(table: RawTable) -> tuple[RawTable, list[Fault]]:
    """A table without the rows that are no cases, and a finding for each of these.

    Column names that stand again are left out with a warning; names in another order, totals and notes are errors.
    """
    cells, names = table.cells, {ours: table.heads.get(ours, ours) for ours in table.cells}
    plain = cells.apply(notation.once_each(lambda column: column.str.casefold()))
    heads = pd.Series(names).str.casefold()
    ids, what = (table.column(name) for name in ("patient_id", WHAT[table.name]))
    filled = (cells != "").sum(axis=1)
    named = plain.isin(list(heads)).sum(axis=1)
    again = (named > 1) & (named * 2 > filled)
    figures = cells.apply(notation.once_each(lambda column: column.eq("") | column.str.fullmatch(FIGURE))).all(axis=1)
    labels = cells.apply(notation.once_each(lambda column: column.str.fullmatch(TOTAL))).any(axis=1)
    total = ids.str.fullmatch(TOTAL) | (ids.eq("") & what.eq("") & (figures | labels))
    kinds = (
        (again & (plain.eq(heads).sum(axis=1) == filled), WARNING,
         "begins a row that repeats the column names, and was left out", "Take the row out."),
        (again, ERROR, "begins a row of column names in another order than those above",
         "Give its columns the order of the table, and take the names out."),
        (total, ERROR, "begins a row that looks like a total", "Take it out of the table: each row is a case."),
        ((filled == 1) & (cells.shape[1] > 1), ERROR, "is all that its row holds: it looks like a note or a total",
         "Take it out of the table, or fill the row in."),
    )  # fmt: skip
    faults, odd = [], pd.Series(False, cells.index)
    for found, severity, rule, advice in kinds:
        for row, values in cells[found & ~odd].iterrows():
            column, value = next((names[name], value) for name, value in values.items() if value)
            faults.append(Fault(table.file, rule, advice, table.sheet, int(row), column, value, severity))
        odd |= found
    return replace(table, cells=cells[~odd]), faults


def filled_down(table: RawTable) -> tuple[RawTable, list[Fault]]:
    """A table whose empty patients are those above, for the rest of the check, and the one fault that says so.

    As it is where that would give a patient the same course twice: then the cells are just empty.
    """
    if table.name == "patients" or "patient_id" not in table.cells:
        return table, []
    ids = table.column("patient_id")
    cells = table.cells.assign(patient_id=ids.mask(ids == "").ffill().fillna(""))
    empty = cells.index[(ids == "") & (cells["patient_id"] != "")]
    doubled = cells[[name for name in ("patient_id", "course") if name in cells]].duplicated(keep=False)
    if not len(empty) or (table.name == "courses" and doubled[empty].any()):
        return table, []
    head, label = table.heads.get("patient_id", "patient_id"), dictionary.columns(table.name)["patient_id"].label
    if any((row, head) in table.merged for row in empty):
        advice = f"Cells are merged here: unmerge them in Excel and fill in each: {label}."
    else:
        advice = f"If it means the patient above, fill the column down; else fill in: {label}."
    fault = Fault(
        table.file, f"the cell is empty{also_in(empty[1:])}", advice, table.sheet, int(empty[0]), "patient_id"
    )
    return replace(table, cells=cells), [fault]
