"""How a study was done is read from a sheet or study.yml, checked, shown and put into the methods."""

from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from adreport import analyse, read_study
from adreport.pages import cohort as page
from adreport.pages.contract import value
from adreport.pages.exhibits import Settings, counted
from adreport.pages.manuscript import TABLE_2
from adreport.pages.overview import AT_A_GLANCE
from adreport.reading.examine import examine
from adreport.reading.study_sheet import read_study_sheet
from adreport.reading.template import write_workbook
from adreport.report import methods
from adreport.study.faults import ParameterFault
from adreport.study.paths import COHORT
from studies import cohort, written

SHEET = [
    ("Item", "Value", "What to write"),
    ("Title", "Our unit"),
    ("data lock", datetime(2022, 12, 31)),
    ("Design", "Prospective registry"),
    ("ETHICS", "No. 7"),
    ("Assessed for eligibility", 34),
    ("Excluded: declined", 4),
    ("Excluded: another diagnosis", 0),
    ("Setting", None),
]


def with_sheet(folder, rows, title="study", tables=None):
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = workbook.create_sheet(title)
    for row in rows:
        sheet.append(row)
    for name, table in (tables or cohort()).items():
        sheet = workbook.create_sheet(name)
        for cells in [list(table), *table.itertuples(index=False)]:
            sheet.append(list(cells))
    workbook.save(folder / "clinic.xlsx")
    return folder / "clinic.xlsx"


def test_a_sheet_says_what_study_yml_would(tmp_path):
    examination = examine(with_sheet(tmp_path, SHEET))
    study = examination.study
    assert (study.title, study.data_lock_date) == ("Our unit", date(2022, 12, 31))
    assert study.description.stated == {"Design": "Prospective registry", "Ethics": "No. 7"}
    assert study.description.excluded == {"declined": 4, "another diagnosis": 0}
    assert not [fault for fault in examination.faults if "study" in fault.rule]  # it is read


def test_the_flow_starts_with_those_assessed_and_names_criteria_that_left_out_nobody(tmp_path):
    results = analyse(page, read_study(with_sheet(tmp_path, SHEET)))
    steps = page.FLOW.table(results).steps
    assert steps[0] == ("34 patients assessed for eligibility", "Excluded: declined (4) and another diagnosis (0)")
    assert steps[1][0] == "30 patients"
    excluded = {"output": "eligibility", "variable": "excluded"}
    assert value(results.rows, variable_level="another diagnosis", **excluded) == 0
    table = page.STUDY.table(results)
    assert table.footnotes == ["Not stated: setting, period, source of data, eligibility and rating of response."]


def test_a_part_of_the_patients_has_no_number_assessed():
    results = analyse(page, read_study(COHORT).select("CSA"))
    assert page.FLOW.table(results).steps[0][0] == "25 patients"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("Desing", "x"), "clinic.xlsx, sheet study, row 2: “Desing” means nothing here. Did you mean Design?"),
        (("Title", "again"), "row 2: “Title” stands twice"),
        (("Excluded:", 3), "row 2: “Excluded:” names no reason"),
        (("Excluded: late", "three"), "late must be a number of patients, not 'three'"),
        (("Assessed for eligibility", -2), "assessed must be a number of patients"),
        (("Data lock", "end of 2022"), "data_lock_date must be a date as 2022-12-31, not 'end of 2022'"),
        (("Response scale", "EASI"), "“EASI” is not a response scale. Possible: PGA, vIGA-AD"),
    ],
)
def test_a_row_that_means_nothing_is_a_message(row, message, tmp_path):
    with pytest.raises(ParameterFault) as fault:
        examine(with_sheet(tmp_path, [("Title", "x"), row]))
    assert message in str(fault.value)


def test_a_sheet_and_a_file_that_differ_are_a_message(tmp_path):
    data = with_sheet(tmp_path, SHEET)
    (tmp_path / "study.yml").write_text("title: Another unit\ndesign: Prospective registry\n", encoding="utf-8")
    with pytest.raises(ParameterFault, match="give another title each"):
        examine(data)


def test_a_sheet_of_that_name_with_other_things_is_told_as_any_other(tmp_path):
    data = with_sheet(tmp_path, [("a", "b"), ("c", "d")])
    assert read_study_sheet(data) is None
    assert any("study" in fault.rule and "not read" in fault.rule for fault in examine(data).warnings)


def test_numbers_that_do_not_fit_the_data_are_asked_about(tmp_path):
    (warning,) = [
        fault
        for fault in examine(with_sheet(tmp_path, [("Assessed for eligibility", 40), ("Excluded: late", 3)])).faults
        if "assessed" in fault.rule
    ]
    assert warning.rule == "assessed 40 less 3 excluded leaves 37 patients"
    assert warning.advice.startswith("The data hold 30")


def test_the_levels_of_response_are_defined_where_they_are_first_used():
    study = read_study(COHORT)
    results = counted([AT_A_GLANCE, TABLE_2], study, Settings())
    for exhibit in (AT_A_GLANCE, TABLE_2):
        assert any(note.startswith("PGA 0 (poor): no reduction") for note in exhibit.table(results).footnotes)
    section = methods.section(analyse(page, study).rows, study)
    assert section.topics["Study"].startswith("This was a retrospective observational study at one centre.")
    assert "PGA 2 (significant): complete or almost complete clearance" in section.topics["Definitions"]


def test_a_scale_is_known_by_its_name(tmp_path):
    tables = cohort()
    tables["courses"]["response"] = tables["courses"]["response"].map({"0": "4", "1": "1", "2": "0"})
    folder = written(tmp_path, courses=tables["courses"])
    (folder / "study.yml").write_text("response: vIGA-AD\ndata_lock_date: 2022-12-31\n", encoding="utf-8")
    scale = read_study(folder).response
    assert (list(scale.labels), scale.effective, scale.significant) == (["4", "3", "2", "1", "0"], ("0", "1"), ("0",))


def test_the_template_has_the_sheet_and_reads_back_empty(tmp_path):
    write_workbook(file := tmp_path / "clinic.xlsx")
    assert read_study_sheet(file) == {}
    workbook = load_workbook(file)
    sheet = workbook["study"]
    items = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert {"Data lock", "Response scale", "Design", "Ethics"} <= set(items)
    sheet.cell(items.index("Title") + 2, 2, "Filled in")
    workbook.save(file)
    assert read_study_sheet(file) == {"title": "Filled in"}
