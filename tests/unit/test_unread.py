"""What a file holds that is not read, or not as it looks, is said; what is no case is not taken for one."""

import time
import zipfile
from datetime import datetime

import duckdb
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter

from adreport import read_study
from adreport.reading.examine import examine
from adreport.reading.formats import raw, read_everything
from adreport.study.faults import DataFault
from studies import as_workbook, cohort, rewritten, same, written


def changed_lines(folder, name, change):
    """The cohort with the lines of one table changed."""
    file = written(folder) / f"{name}.csv"
    file.write_text("\n".join(change(file.read_text(encoding="utf-8").splitlines())) + "\n", encoding="utf-8")
    return folder


def changed_workbook(path, change):
    """The cohort as a workbook that a function changes."""
    workbook = openpyxl.load_workbook(as_workbook(path))
    change(workbook)
    workbook.save(path)
    return path


def letter(sheet, head):
    return next(cell.column_letter for cell in sheet[1] if cell.value == head)


def test_columns_that_are_not_read_are_one_warning_for_each_table(tmp_path):
    tables = cohort()
    folder = written(tmp_path, patients=tables["patients"].assign(hair="brown", shoes="", eyes="blue"))
    (fault,) = examine(folder).faults
    assert (fault.severity, fault.file, fault.row) == ("warning", "patients.csv", 1)
    assert fault.rule == "the columns hair, eyes are not read"  # an empty column holds nothing that is lost
    assert read_study(folder).warnings == (fault,)


@pytest.mark.parametrize("head", ["dose", "discontinuation_reason", "weight_kg"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_cells_below_an_emptied_heading_are_named(head, kind, tmp_path):
    table = cohort()["courses"]
    place = get_column_letter(list(table.columns).index(head) + 1)
    if kind == "csv":
        data = changed_lines(tmp_path, "courses", lambda lines: [lines[0].replace(head, "", 1), *lines[1:]])
    else:
        data = changed_workbook(tmp_path / "clinic.xlsx", lambda book: book["courses"].__setitem__(f"{place}1", None))
    fault = next(fault for fault in examine(data).faults if fault.column == place)
    first = next(row for row, value in enumerate(table[head], 2) if value)
    assert (fault.severity, fault.row, fault.value) == ("warning", first, table[head][first - 2])
    assert fault.rule.startswith("stands below no column name, and is not read")
    assert "one of " + str((table[head] != "").sum()) in fault.rule


def test_a_remark_beside_a_table_is_a_warning_and_a_moved_row_an_error(tmp_path):
    remark = changed_workbook(tmp_path / "a.xlsx", lambda book: book["patients"].cell(4, 16, "ask again"))
    (fault,) = examine(remark).faults
    assert (fault.severity, fault.sheet, fault.row, fault.column) == ("warning", "patients", 4, "P")

    width = len(cohort()["patients"].columns)
    moving = changed_workbook(
        tmp_path / "b.xlsx", lambda book: book["patients"].move_range(f"H4:{get_column_letter(width)}4", cols=1)
    )
    fault = next(fault for fault in examine(moving).errors if "moved" in fault.rule)
    assert (fault.sheet, fault.row, fault.column) == ("patients", 4, get_column_letter(width + 1))


@pytest.mark.parametrize("name", ["patients", "courses", "side_effects"])
def test_a_csv_row_with_a_cell_too_few_is_named(name, tmp_path):
    def short(lines):
        first, _, rest = lines[2].partition(",")
        return [*lines[:2], f"{first},{rest.partition(',')[2]}", *lines[3:]]

    width = len(cohort()[name].columns)
    fault = next(
        fault for fault in examine(changed_lines(tmp_path, name, short)).faults if "column names" in fault.rule
    )
    assert (fault.severity, fault.file, fault.row) == ("error", f"{name}.csv", 3)
    assert fault.rule == f"has {width - 1} cells for {width} column names"


def test_rows_that_end_with_a_separator_are_whole_and_one_that_does_is_not(tmp_path):
    assert same(read_study(changed_lines(tmp_path / "all", "courses", lambda lines: [f"{line}," for line in lines])))
    assert examine(tmp_path / "all").faults == []
    few = changed_lines(tmp_path / "one", "courses", lambda lines: [*lines[:5], f"{lines[5]},", *lines[6:]])
    (fault,) = examine(few).faults
    assert (fault.severity, fault.row) == ("warning", 6)
    assert "of which the last are empty" in fault.rule


@pytest.mark.parametrize("name", ["patients", "courses", "side_effects"])
def test_a_file_that_was_cut_within_its_last_row_is_named(name, tmp_path):
    file = written(tmp_path) / f"{name}.csv"
    text = file.read_text(encoding="utf-8").rstrip("\n")
    file.write_text(text[: text.rindex(",", 0, text.rindex(","))], encoding="utf-8")
    (fault,) = examine(tmp_path).errors
    assert (fault.file, fault.row) == (f"{name}.csv", len(cohort()[name]) + 1)
    assert "the file is cut" in fault.rule
    file.write_text(text, encoding="utf-8")
    (fault,) = examine(tmp_path).faults
    assert (fault.severity, fault.file) == ("warning", f"{name}.csv")
    assert "may have been cut" in fault.rule


def test_files_of_a_program_that_never_ends_the_last_line_are_whole(tmp_path):
    for file in written(tmp_path).glob("*.csv"):
        file.write_text(file.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    assert examine(tmp_path).faults == []


@pytest.mark.parametrize(
    ("name", "head"), [("patients", "food_allergy"), ("courses", "response"), ("side_effects", "management")]
)
def test_merged_cells_of_a_column_that_may_be_empty_are_named(name, head, tmp_path):
    def merge(book):
        sheet = book[name]
        at = letter(sheet, head)
        sheet[f"{at}2"] = sheet[f"{at}2"].value or sheet[f"{at}3"].value
        sheet.merge_cells(f"{at}2:{at}4")

    faults = examine(changed_workbook(tmp_path / "clinic.xlsx", merge)).faults
    fault = next(fault for fault in faults if "merged" in fault.rule)
    assert (fault.severity, fault.sheet, fault.row, fault.column) == ("warning", name, 3, head)
    assert fault.rule.endswith("(also in row 4)")


def test_merged_empty_cells_are_just_empty(tmp_path):
    assert same(read_study(changed_workbook(tmp_path / "a.xlsx", lambda book: book["courses"].merge_cells("T2:U9"))))
    assert examine(tmp_path / "a.xlsx").faults == []


def test_patients_named_once_for_several_courses_are_one_fault_that_proposes_to_fill_down(tmp_path):
    courses = cohort()["courses"]
    courses["patient_id"] = courses["patient_id"].mask(courses["patient_id"].duplicated(), "")
    (fault,) = examine(written(tmp_path, courses=courses)).faults
    assert (fault.severity, fault.row, fault.column) == ("error", 3, "patient_id")
    assert fault.rule.startswith("the cell is empty (also in rows 5, 6, ")
    assert "fill the column down" in fault.advice


def test_a_patient_that_cannot_be_the_one_above_is_just_missing(tmp_path):
    courses = cohort()["courses"]
    courses.loc[courses.index[-1], "patient_id"] = ""
    courses.loc[courses.index[-1], "course"] = courses["course"].iloc[-2]
    fault = next(fault for fault in examine(written(tmp_path, courses=courses)).errors if fault.column == "patient_id")
    assert (fault.row, fault.advice) == (len(courses) + 1, "Fill in: Patient.")


@pytest.mark.parametrize(
    "row", [["Total", "30"], ["Toplam"], ["", "", "312.5"], ["n = 30", "12"], ["checked by the nurse"]]
)
@pytest.mark.parametrize("name", ["patients", "courses", "side_effects"])
def test_a_total_or_a_note_is_not_a_case(name, row, tmp_path):
    blank = [""] * (len(cohort()[name].columns) - len(row))
    folder = changed_lines(tmp_path, name, lambda lines: [*lines, ",".join([*row, *blank])])
    (fault,) = examine(folder).faults
    assert (fault.severity, fault.file, fault.row) == ("error", f"{name}.csv", len(cohort()[name]) + 2)
    assert "looks like a " in fault.rule


@pytest.mark.parametrize("name", ["patients", "courses", "side_effects"])
def test_column_names_that_stand_again_are_left_out_with_a_warning(name, tmp_path):
    folder = changed_lines(tmp_path, name, lambda lines: [*lines[:3], lines[0], *lines[3:]])
    (fault,) = examine(folder).faults
    assert (fault.severity, fault.row) == ("warning", 4)
    assert "repeats the column names" in fault.rule
    assert same(read_study(folder))


def test_column_names_in_another_order_are_an_error(tmp_path):
    def other(lines):
        return [*lines[:3], ",".join(reversed(lines[0].split(","))), *lines[3:]]

    (fault,) = examine(changed_lines(tmp_path, "courses", other)).errors
    assert (fault.row, "another order" in fault.rule) == (4, True)


@pytest.mark.parametrize("text", ["aÄŸÄ±z kuruluÄŸu", "BaÅŸ aÄŸrÄ±sÄ±", "MÃ¼digkeit", "â€œrashâ€"])
def test_unicode_that_was_taken_for_another_encoding_is_named(text, tmp_path):
    events = cohort()["side_effects"]
    events.loc[2, "management"] = text
    (fault,) = examine(written(tmp_path, side_effects=events)).faults
    assert (fault.severity, fault.row, fault.column, fault.value) == ("warning", 4, "management", text)


@pytest.mark.parametrize(
    "text", ["ağız kuruluğu", "GÖZÜ’nde", "İÜ’den", "Übelkeit – “MENÜ”", "30 °C", "naïve café", "DAĞ’ı"]
)
def test_letters_beyond_ascii_are_not_garbled(text, tmp_path):
    events = cohort()["side_effects"]
    events.loc[2, "management"] = text
    assert examine(written(tmp_path, side_effects=events)).faults == []


def test_a_copy_of_a_sheet_and_other_sheets_are_named(tmp_path):
    def copied(book):
        book.copy_worksheet(book["courses"]).title = "courses (2)"
        book.create_sheet("notes").append(["to be checked"])
        book.create_sheet("Sheet9")  # empty: nothing to say
        book.create_sheet("read me").append(["as in the template"])

    copy, notes = examine(changed_workbook(tmp_path / "clinic.xlsx", copied)).faults
    assert copy.rule == "courses (2) is not read; its name is like that of courses, which is"
    assert (notes.severity, notes.rule) == ("warning", "notes is not read")


@pytest.mark.parametrize(
    "name", ["courses (1).csv", "courses - Copy.csv", "courses_old.xlsx", "courses.xls", "patients 2.ods"]
)
def test_a_file_named_like_one_that_is_read_is_told(name, tmp_path):
    (written(tmp_path) / name).write_bytes((tmp_path / "courses.csv").read_bytes())
    if name.endswith("xlsx"):
        cohort()["courses"].to_excel(tmp_path / name, index=False)
    (fault,) = examine(tmp_path).faults
    assert (fault.severity, fault.rule.startswith(f"{name} is not read; its name is like")) == ("warning", True)


def test_two_files_for_one_table_are_refused(tmp_path):
    cohort()["courses"].to_excel(written(tmp_path) / "courses.xlsx", index=False)
    (fault,) = examine(tmp_path).faults
    assert fault.rule == "courses and courses are both read as courses"


def sheets(path, **tables):
    """A workbook of courses on several sheets; one whose name ends in _ is hidden."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, table in tables.items():
        sheet = workbook.create_sheet(title.strip("_"))
        for row in (list(table.columns), *table.itertuples(index=False)):
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if title.endswith("_") else "visible"
    workbook.save(path)


def test_of_a_workbook_in_a_folder_the_sheet_that_shows_is_read_and_others_are_named(tmp_path):
    folder, courses = written(tmp_path, courses=None), cohort()["courses"]
    sheets(folder / "courses.xlsx", draft_=courses.assign(response="0"), final=courses)
    assert same(read_study(folder))
    (fault,) = examine(folder).faults
    assert (fault.severity, fault.file, fault.rule) == ("warning", "courses.xlsx", "draft is not read")
    sheets(folder / "courses.xlsx", y2021=courses.head(9), y2022=courses.tail(len(courses) - 9))
    (fault,) = examine(folder).faults
    assert (fault.severity, fault.rule) == (
        "error",
        "the sheets y2021, y2022 hold the same columns, and only one sheet is read",
    )
    sheets(folder / "courses.xlsx", old=courses.head(9), Courses=courses)
    assert same(read_study(folder))


def test_hidden_rows_columns_and_sheets_are_read_and_told(tmp_path):
    def hide(book):
        sheet = book["courses"]
        sheet.auto_filter.ref = "A1:H82"
        for row in (3, 4, 500):
            sheet.row_dimensions[row].hidden = True
        book["patients"].column_dimensions["B"].hidden = True
        book["side_effects"].sheet_state = "hidden"

    path = changed_workbook(tmp_path / "clinic.xlsx", hide)
    assert same(read_study(path))
    faults = {fault.sheet: fault for fault in examine(path).faults}
    rows = len(cohort()["courses"])
    assert faults["courses"].rule == f"2 of {rows} rows are hidden by a filter; they are read like the others"
    assert faults["courses"].row == 3
    assert faults["patients"].rule.endswith(f": {cohort()['patients'].columns[1]}")
    assert faults["side_effects"].rule == "is a hidden sheet, and is read"


def test_a_time_of_day_is_told_once_for_each_column(tmp_path):
    def born(book):
        sheet = book["patients"]
        at = len(list(sheet[1])) + 1
        sheet.cell(1, at, "birth_date")
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, at, datetime(2005, 3, 1, 8, 30) if row in (3, 5) else datetime(2005, 3, 1))

    faults = examine(changed_workbook(tmp_path / "clinic.xlsx", born)).faults
    (fault,) = [fault for fault in faults if fault.column == "birth_date" and "time of day" in fault.rule]
    assert (fault.severity, fault.row, fault.value) == ("warning", 3, "2005-03-01")
    assert fault.rule == "has a time of day, which is not read (also in row 5)"


def test_a_workbook_that_lost_a_sheet_is_damaged(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    with zipfile.ZipFile(path) as parts:
        kept = {name: parts.read(name) for name in parts.namelist() if not name.endswith("sheet3.xml")}
    with zipfile.ZipFile(path, "w") as parts:
        for name, content in kept.items():
            parts.writestr(name, content)
    (fault,) = examine(path).faults
    assert (fault.severity, "the sheet side_effects" in fault.rule) == ("error", True)


def test_a_workbook_that_unpacks_to_very_much_is_refused_before_it_is_unpacked(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet9.xml", b" " * 80_000_000)
    began = time.process_time()
    (fault,) = examine(path).faults
    assert fault.rule == "holds 80 megabytes of text; at most 64 are read"
    assert time.process_time() - began < 1


def test_cells_are_counted_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(raw, "MOST_CELLS", 100)
    with pytest.raises(DataFault, match="has more than 100 cells"):
        raw.raw_table("courses", "courses.csv", [f"c{n}" for n in range(50)], [["1"]] * 3)


def test_two_hundred_sheets_are_read_in_one_go_whatever_is_wrong_with_one(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["only a title"])
    for number in range(200):
        sheet = workbook.create_sheet(f"P{number:03}")
        for row in (["date", "drug", "score"], *([["2020-01-01", "MTX", "=1+1"]] * 12)):
            sheet.append(row)
    workbook.save(tmp_path / "clinic.xlsx")
    began = time.process_time()
    assert len(read_everything(tmp_path / "clinic.xlsx")) == 201
    assert time.process_time() - began < 2


def test_line_breaks_that_excel_hides_are_no_letters(tmp_path):
    path = rewritten(as_workbook(tmp_path / "clinic.xlsx"), b">methotrexate<", b">methotrexate_x000D_<", "xl/")
    assert same(read_study(path))


def test_a_formula_whose_result_is_an_empty_text_is_empty(tmp_path):
    def formula(book):
        book["patients"][f"{letter(book['patients'], 'food_allergy')}2"] = '=IF(A2="x","yes","")'

    path = changed_workbook(tmp_path / "clinic.xlsx", formula)
    assert [fault.column for fault in examine(path).errors] == ["food_allergy"]  # no result is stored
    path = rewritten(path, rb'<c r="(\w+)"[^>]*>(<f>[^<]*</f>)<v ?/?>(</v>)?', rb'<c r="\1" t="str">\2<v></v>')
    assert examine(path).faults == []


@pytest.mark.parametrize("above", [["Export of", "2024-03-01"], ["", "", "Treatment", "", "Outcome"]])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_preamble_or_groups_of_columns_are_not_the_column_names(above, kind, tmp_path):
    if kind == "csv":
        data = changed_lines(tmp_path, "courses", lambda lines: [",".join(above), ",".join(above), *lines])
    else:
        data = changed_workbook(tmp_path / "clinic.xlsx", lambda book: book["courses"].insert_rows(1, 2))
        book = openpyxl.load_workbook(data)
        for row in (1, 2):
            for at, text in enumerate(above, 1):
                book["courses"].cell(row, at, text or None)
        book.save(data)
    assert same(read_study(data))
    (fault,) = examine(data).faults
    assert (fault.severity, fault.row) == ("warning", 1)
    assert fault.rule.endswith("found in row 3, and is not read (also in row 2)")


def test_groups_above_names_of_another_language_are_passed_over(tmp_path):
    courses = pd.DataFrame(
        [
            ["", "", "Tedavi", "", "Tarih"],
            ["hno", "sıra", "ilaç adı", "yanıtı", "başladı"],
            ["A", "1", "CSA", "1", "2020-01-01"],
        ]
    )
    file = written(tmp_path, courses=None) / "courses.csv"
    courses.to_csv(file, header=False, index=False)
    assert list(read_everything(tmp_path)["courses"].cells.columns) == ["hno", "sıra", "ilaç adı", "yanıtı", "başladı"]


def test_a_column_name_that_stands_twice_blocks_only_where_it_is_read(tmp_path):
    folder = changed_lines(
        tmp_path,
        "courses",
        lambda lines: [f"{line},{'note,note' if at == 0 else 'a,b'}" for at, line in enumerate(lines)],
    )
    (fault,) = examine(folder).faults
    assert (fault.severity, fault.rule) == ("warning", "the column note (twice) is not read")


def test_a_cell_may_be_very_long(tmp_path):
    events = cohort()["side_effects"]
    events.loc[0, "management"] = "x" * 140_000
    assert len(read_study(written(tmp_path, side_effects=events)).side_effects) == len(events)


def test_a_quotation_mark_that_is_not_closed_is_found_in_its_row(tmp_path):
    folder = changed_lines(tmp_path, "courses", lambda lines: [*lines[:6], lines[6].replace(",", ',"', 1), *lines[7:]])
    (fault,) = examine(folder).faults
    assert (fault.file, fault.row) == ("courses.csv", 7)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("klinik.xls", "save it as Excel Workbook"),
        ("klinik.ods", "LibreOffice"),
        ("klinik.xlsb", "Excel"),
        ("klinik.por", "SPSS"),
    ],
)
def test_a_file_of_a_kind_that_is_not_read_is_named_with_what_to_do(name, advice, tmp_path):
    (tmp_path / name).write_bytes(b"of another kind")
    assert all(f"{name} is there" in fault.advice and advice in fault.advice for fault in examine(tmp_path).faults)
    (fault,) = examine(tmp_path / name).faults
    assert advice in fault.advice


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_a_folder_and_its_only_file_do_not_send_from_one_to_the_other(kind, tmp_path):
    table, file = cohort()["courses"], tmp_path / f"hasta.{kind}"
    if kind == "parquet":
        duckdb.from_df(table).write_parquet(str(file))
    else:
        {"csv": table.to_csv, "xlsx": table.to_excel}[kind](file, index=False)
    advice = " ".join(fault.advice for fault in examine(tmp_path).faults)
    assert "itself" not in advice
    assert "must be two tables" in advice
    assert all("must be two tables" in fault.advice for fault in examine(file).faults)


def test_a_row_that_has_moved_is_one_error_in_place_of_what_follows_from_it(tmp_path):
    def short(lines):
        first, _, rest = lines[4].partition(",")
        return [*lines[:4], f"{first},{rest.partition(',')[2]}", *lines[5:]]

    here = [fault for fault in examine(changed_lines(tmp_path, "courses", short)).faults if fault.row == 5]
    assert [(fault.severity, fault.column, "cells for" in fault.rule) for fault in here] == [("error", "", True)]


def test_a_sheet_of_a_chart_keeps_no_table_from_being_read(tmp_path):
    data = changed_workbook(tmp_path / "clinic.xlsx", lambda book: book.create_chartsheet("Chart"))
    assert examine(data).faults == []
    assert read_study(data).patients["patient_id"].nunique() == len(cohort()["patients"])


def test_cells_that_look_otherwise_than_they_are_read_are_told(tmp_path):
    def change(book):
        for cell in book["patients"][5]:
            cell.font = openpyxl.styles.Font(strike=True)
        days = letter(book["side_effects"], "onset_day")
        row = next(row for row in range(2, 30) if book["side_effects"][f"{days}{row}"].value)
        book["side_effects"][f"{days}{row}"].number_format = "0.0%"

    struck, percent = examine(changed_workbook(tmp_path / "clinic.xlsx", change)).warnings
    assert (struck.sheet, struck.row, struck.column) == ("patients", 5, "patient_id")
    assert struck.rule == "is struck through, and is read like the others"
    assert (percent.sheet, percent.column) == ("side_effects", "onset_day")
    assert percent.rule.startswith("is shown as a percentage")
