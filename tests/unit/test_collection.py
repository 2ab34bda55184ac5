"""What a unit collects data with, drafts of mappings, findings to hand on."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml

from adreport import read_study
from adreport.reading.draft_file import proposed
from adreport.reading.examine import examine
from adreport.reading.findings import findings_html
from adreport.reading.formats.raw import FINDINGS
from adreport.reading.marked import write_marked
from adreport.reading.redcap_form import REDCAP_HEADS, write_redcap
from adreport.reading.template import write_workbook
from adreport.report import run as run_module
from adreport.study.dictionary import columns, folded
from adreport.study.faults import Fault
from adreport.study.languages import column_by_head
from adreport.study.paths import COHORT
from studies import TABLES, as_workbook, cohort, numbers, rewritten, same, written


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "adreport.cli", *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def template(tmp_path):
    write_workbook(tmp_path / "clinic.xlsx")
    return tmp_path / "clinic.xlsx"


def filled(template, tables):
    """The template with data written under its heads."""
    workbook = openpyxl.load_workbook(template)
    for name, table in tables.items():
        names = [column_by_head(name)[folded(cell.value)] for cell in workbook[name][1]]
        for row in numbers(table).to_dict("records"):
            workbook[name].append([None if pd.isna(row.get(column)) else row.get(column) for column in names])
    workbook.save(template)


def test_the_filled_template_gives_the_same_study(template):
    filled(template, cohort())
    assert same(read_study(template))


def test_a_template_never_overwrites(template):
    done = run("template", template)
    assert (done.returncode, "exists and may hold data" in done.stderr) == (1, True)


def test_the_redcap_dictionary_has_its_eighteen_columns_and_unique_fields(tmp_path):
    write_redcap(tmp_path / "redcap.csv")
    with (tmp_path / "redcap.csv").open(encoding="utf-8", newline="") as file:
        heads, *rows = csv.reader(file)
    assert (tuple(heads), len(heads)) == (REDCAP_HEADS, 18)
    assert {len(row) for row in rows} == {18}
    names = [row[0] for row in rows]
    assert len(set(names)) == len(names)
    forms = {row[0]: row[1] for row in rows}
    assert (names[0], forms["response"], forms["side_effect_course"]) == ("patient_id", "courses", "side_effects")
    fields = {column.name for table in TABLES for column in columns(table).values()}
    assert set(names) - {"side_effect_course"} == fields


def test_a_mapping_is_drafted_for_other_names_and_then_reads(tmp_path):
    tables = cohort()
    tables["patients"] = tables["patients"].rename(columns={"sex": "Cinsiyet", "food_allergy": "Food allergy"})
    tables["patients"]["Cinsiyet"] = tables["patients"]["Cinsiyet"].map({"male": "E", "female": "K"})
    tables["courses"] = tables["courses"].rename(
        columns={"treatment": "Drug", "response": "PGA", "duration_days": "Süre (gün)"}
    )
    folder = written(tmp_path / "data", **tables)
    done = run("map", folder)
    assert done.returncode == 0, done.stderr
    draft = yaml.safe_load((folder / "mapping.yml").read_text(encoding="utf-8"))
    assert draft["columns"]["patients"]["Cinsiyet"] == "sex"
    assert draft["columns"]["courses"] == {"Drug": "treatment", "PGA": "response", "Süre (gün)": "duration_days"}
    assert draft["values"]["patients"]["sex"] == {"E": "male", "K": "female"}
    assert same(read_study(folder))
    assert run("map", folder).returncode == 1  # a corrected mapping is not overwritten


def test_a_mapping_is_drafted_for_a_workbook_in_turkish_and_then_reads(tmp_path):
    names = {
        "patients": ("Hasta Listesi", {"patient_id": "Hasta No", "sex": "Cinsiyet", "age_at_data_lock_years": "Yaş"}),
        "courses": (
            "Kür Listesi",
            {"patient_id": "Hasta No", "course": "Kür", "treatment": "İlaç", "response": "Yanıt"},
        ),
        "side_effects": ("Olay Listesi", {"patient_id": "Hasta No", "course": "Kür", "side_effect": "Yan etki"}),
    }
    tables = cohort()
    tables["patients"]["sex"] = tables["patients"]["sex"].map({"male": "ERKEK", "female": "KADIN"})
    with pd.ExcelWriter(tmp_path / "klinik.xlsx") as workbook:
        pd.DataFrame({"not": ["a"], "table": ["of ours"]}).to_excel(workbook, sheet_name="Notlar", index=False)
        for name, (sheet, heads) in names.items():
            tables[name].rename(columns=heads).to_excel(workbook, sheet_name=sheet, index=False)
    assert run("check", "--data", tmp_path / "klinik.xlsx").returncode == 1
    assert run("map", tmp_path / "klinik.xlsx").returncode == 0
    draft = yaml.safe_load((tmp_path / "mapping.yml").read_text(encoding="utf-8"))
    assert draft["tables"] == {sheet: name for name, (sheet, _) in names.items()}
    assert same(read_study(tmp_path / "klinik.xlsx"))


def test_a_workbook_with_macros_is_marked_too(template, tmp_path):
    tables = cohort()
    tables["patients"].loc[2, "sex"] = "mal"
    filled(template, tables)
    data = template.rename(tmp_path / "clinic.xlsm")
    assert run("check", "--data", data, "--xlsx", tmp_path / "marked.xlsx").returncode == 1
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert [cell.value for row in marked["patients"] for cell in row if cell.comment and cell.row > 1] == ["mal"]


def test_findings_are_marked_in_a_copy_and_the_original_stays(template, tmp_path):
    tables = cohort()
    tables["courses"].loc[4, "dose"] = "999"
    tables["patients"].loc[2, "sex"] = "mal"
    filled(template, tables)
    before = template.read_bytes()
    done = run("check", "--data", template, "--xlsx", tmp_path / "marked.xlsx", "--html", tmp_path / "found.html")
    assert done.returncode == 1
    assert template.read_bytes() == before
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    sex = next(cell for cell in marked["patients"][4] if cell.value == "mal")
    assert sex.comment.text.startswith("Is not one of the choices")
    assert sex.fill.start_color.rgb == "00F8CBAD"
    page = (tmp_path / "found.html").read_text(encoding="utf-8")
    assert "1 error to be corrected before a report can be made" in page
    assert '<a href="marked.xlsx">marked.xlsx</a>' in page
    assert re.search("“mal” is not one of the choices", page)
    assert page.index("To be corrected before") < page.index("To be looked at") < page.index("“999” is outside")
    assert f"Wrote {tmp_path / 'found.html'}" in done.stdout


def test_marked_csv_holds_text_and_no_formula(tmp_path):
    events = cohort()["side_effects"].assign(management="=cmd|' /C calc'!A1", onset_day="99999")
    folder = written(tmp_path / "data", side_effects=events)
    assert run("check", "--data", folder, "--xlsx", tmp_path / "marked.xlsx").returncode == 1
    sheet = openpyxl.load_workbook(tmp_path / "marked.xlsx")["side_effects"]
    cell = next(cell for cell in sheet[2] if cell.value and str(cell.value).startswith("=cmd"))
    assert cell.data_type == "s"


def test_the_data_are_never_the_marked_copy(template):
    filled(template, cohort())
    done = run("check", "--data", template, "--xlsx", template)
    assert (done.returncode, "Give the findings another name" in done.stderr) == (1, True)


def test_a_clean_check_says_so():
    done = run("check", "--data", COHORT)
    assert (done.returncode, done.stdout.startswith("No fault found in")) == (0, True)


@pytest.mark.parametrize("kind", ["xlsx", "sav", "tsv"])
def test_other_files_are_marked_as_sheets_of_a_workbook(kind, tmp_path):
    tables = cohort()
    tables["patients"].loc[2, "sex"] = "mal"
    folder = tmp_path / "data"
    folder.mkdir()
    for name, table in tables.items():
        if kind == "xlsx":
            table.to_excel(folder / f"{name}.xlsx", index=False)
        elif kind == "sav":
            pyreadstat.write_sav(table, str(folder / f"{name}.sav"))
        else:
            table.to_csv(folder / f"{name}.tsv", sep="\t", index=False)
    done = run("check", "--data", folder, "--xlsx", tmp_path / "marked.xlsx")
    assert done.returncode == 1
    assert "“mal” is not one of the choices" in done.stderr
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")["patients"]
    assert [cell.value for row in marked for cell in row if cell.comment] == ["mal"]


def test_findings_are_never_written_over_a_table_of_the_data(tmp_path):
    folder = written(tmp_path / "data")
    before = (folder / "courses.csv").read_bytes()
    for option in ("--xlsx", "--html"):
        assert run("check", "--data", folder, option, folder / "courses.csv").returncode == 1
    assert (folder / "courses.csv").read_bytes() == before


def test_findings_take_the_place_of_findings_and_of_nothing_else(tmp_path):
    folder, page, marked, thesis = (
        written(tmp_path / "data"),
        *(tmp_path / name for name in ("a.html", "a.xlsx", "b.html")),
    )
    arguments = ("check", "--data", folder, "--html", page, "--xlsx", marked)
    assert [run(*arguments).returncode for _ in range(2)] == [0, 0]
    workbook = openpyxl.load_workbook(marked)
    workbook.properties.lastModifiedBy = "Somebody"
    workbook.save(marked)
    thesis.write_text("mine", encoding="utf-8")
    for option, file in (("--html", thesis), ("--xlsx", marked)):
        before, done = file.read_bytes(), run("check", "--data", folder, option, file)
        assert (done.returncode, "has been changed since" in done.stderr) == (1, True)
        assert file.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("option", ["--html", "--xlsx"])
def test_findings_on_a_full_disk_are_a_message(option, tmp_path):
    done = run("check", "--data", written(tmp_path / "data"), option, "/dev/full")
    assert done.returncode == 1
    assert done.stderr.strip() == "The findings cannot be written to /dev/full: No space left on device."


def marks(file):
    """The values of the marked cells of a workbook, by sheet."""
    workbook = openpyxl.load_workbook(file)
    del workbook[FINDINGS]
    return {sheet.title: [cell.value for row in sheet for cell in row if cell.comment] for sheet in workbook}


def test_every_finding_is_listed_first_with_a_link_to_its_cell(template, tmp_path):
    tables = cohort()
    tables["courses"].loc[4, "dose"] = "999"
    tables["patients"].loc[2, "sex"] = "mal"
    filled(template, tables)
    faults = examine(template).faults
    write_marked(faults, template, tmp_path / "marked.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert (marked.sheetnames[0], marked.active.title) == (FINDINGS, FINDINGS)
    rows = list(marked[FINDINGS].iter_rows(min_row=2))
    assert [row[0].value for row in rows] == sorted((row[0].value for row in rows), key="Warning".__eq__)
    assert (len(rows), rows[0][4].value) == (len(faults), "mal")
    for row in rows:
        sheet, cell = re.fullmatch("'(.*)'!(.*)", row[2].hyperlink.location).groups()
        note = marked[sheet][cell].comment
        assert row[6].value in note.text
        assert note.height >= 18 * len(note.text) / 50  # high enough for all lines of its words


def test_a_corrected_copy_can_be_checked_and_is_marked_anew(template, tmp_path):
    tables = cohort()
    tables["patients"].loc[2, "sex"] = "mal"
    filled(template, tables)
    first, second = tmp_path / "marked.xlsx", tmp_path / "again.xlsx"
    write_marked(examine(template).faults, template, first)
    workbook = openpyxl.load_workbook(first)
    cell = next(cell for row in workbook["patients"] for cell in row if cell.value == "mal")
    cell.value = "male"
    workbook.save(first)
    faults = examine(first).faults
    assert not [fault for fault in faults if FINDINGS in fault.rule]  # the list is no table that was overlooked
    write_marked(faults, first, second)
    again = openpyxl.load_workbook(second)
    assert again.sheetnames.count(FINDINGS) == 1
    assert again["patients"][cell.coordinate].comment is None


def test_a_page_names_rows_and_does_not_grow_with_the_faults():
    faults = [
        Fault("courses.csv", f"is wrong in way {row}", "Correct it.", row=row, column="dose") for row in range(90)
    ]
    same = [Fault("courses.csv", "is odd", "Look.", row=row, column="course", severity="warning") for row in (2, 5, 9)]
    html = findings_html([*same, *faults])
    assert html.count("<li>") == 22
    assert "… and 70 more like these" in html
    assert "Rows 2, 5, 9 · course" in html
    assert html.index("To be corrected") < html.index("To be looked at")


def test_a_report_tells_equal_warnings_once(tmp_path):
    courses = cohort()["courses"]
    courses.loc[[2, 5, 9], "response"] = ""
    folder, told = written(tmp_path / "data", courses=courses), []
    run_module._study(folder, {}, told.append, None)
    assert [words for words in told if "is missing though" in words] == [
        "courses.csv, row 4, column response: is missing though the course is finished (also in rows 7, 11). "
        "Add it if it is known."
    ]


def test_the_mapping_that_would_be_drafted_is_shown(tmp_path):
    tables = cohort()
    tables["patients"] = tables["patients"].rename(columns={"sex": "Geschlecht"})
    folder = written(tmp_path / "data", **tables)
    done = run("check", "--data", folder, "--html", tmp_path / "found.html")
    for shown in (done.stderr, (tmp_path / "found.html").read_text(encoding="utf-8")):
        assert "Geschlecht: sex" in shown
    assert not (folder / "mapping.yml").exists()
    assert proposed(written(tmp_path / "ours"), []) == ""


@pytest.mark.parametrize("title", ["STUDY_DATA[1]", "SystemicTreatmentsInAtopicDermat_DATA_2024-06-30_1432", "'[a]'"])
def test_a_file_of_any_name_is_marked(title, tmp_path):
    rows = "patient_id,redcap_repeat_instrument,sex,course,treatment,response\nA,,mal\x0b,,,\nA,courses,,1,CSA,1\n"
    data = tmp_path / f"{title}.csv"
    data.write_text(rows, encoding="utf-8")
    write_marked(examine(data).faults, data, tmp_path / "marked.xlsx")
    ((sheet, found),) = marks(tmp_path / "marked.xlsx").items()
    assert (found, len(sheet) <= 31) == (["mal"], True)


def test_long_names_that_begin_alike_are_marked_apart(tmp_path):
    names = {name: f"A very long name of a file with the {name}" for name in TABLES}
    tables = cohort()
    tables["patients"].loc[2, "sex"] = "mal"
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{names[name]}.csv", index=False)
    (tmp_path / "mapping.yml").write_text(yaml.safe_dump({"tables": {v: k for k, v in names.items()}}))
    write_marked(examine(tmp_path).faults, tmp_path, tmp_path / "marked.xlsx")
    assert sorted(marks(tmp_path / "marked.xlsx").values()) == [[], [], ["mal"]]


def test_merged_cells_are_marked_in_their_first(template, tmp_path):
    filled(template, cohort())
    workbook = openpyxl.load_workbook(template)
    workbook["courses"].merge_cells("A4:A5")
    first = workbook["courses"]["A4"].value
    workbook.save(template)
    write_marked(examine(template).faults, template, tmp_path / "marked.xlsx")
    assert first in marks(tmp_path / "marked.xlsx")["courses"]


def test_a_column_with_a_comma_in_its_name_is_marked(tmp_path):
    courses = cohort()["courses"].rename(columns={"age_at_start_years": "Age, years", "patient_id": "Pat, no"})
    courses.loc[2, "Age, years"] = "abc"
    courses.loc[3, "Pat, no"] = "A99"
    folder = written(tmp_path / "data", courses=courses)
    heads = {"Age, years": "age_at_start_years", "Pat, no": "patient_id"}
    (folder / "mapping.yml").write_text(yaml.safe_dump({"columns": {"courses": heads}}), encoding="utf-8")
    write_marked(examine(folder).faults, folder, tmp_path / "marked.xlsx")
    assert {"abc", "A99"} <= set(marks(tmp_path / "marked.xlsx")["courses"])


def test_a_mapping_is_not_drafted_for_a_workbook_with_a_damaged_sheet(tmp_path):
    path = rewritten(as_workbook(tmp_path / "clinic.xlsx"), rb"(?s)(.{3000}).*", rb"\1", "xl/worksheets/sheet2")
    done = run("map", path)
    assert (done.returncode, "is not an Excel workbook that can be read" in done.stderr) == (1, True)
    assert not (tmp_path / "mapping.yml").exists()
