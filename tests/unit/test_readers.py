"""The same study from every format that a clinic may have, and messages for files that hold none."""

import sqlite3
import zipfile
from contextlib import closing
from importlib import import_module

import duckdb
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from adreport import read_study
from adreport.reading.examine import examine
from adreport.reading.formats import FORMATS, Format, format_of, read_everything, statistics_packages, titles_in
from adreport.reading.marked import write_marked
from adreport.study.dictionary import columns, treatments
from adreport.study.faults import DataFault, ParameterFault
from adreport.study.paths import COHORT
from studies import TABLES, as_workbook, cohort, numbers, read_cohort, rewritten, same, written


def labelled(name, table):
    """A table with the labels of levels and treatments in place of their codes."""
    table = table.copy()
    for column in columns(name).values():
        if column.name in table and column.levels:
            table[column.name] = table[column.name].replace(column.levels)
    if "treatment" in table:
        table["treatment"] = table["treatment"].map(lambda code: treatments()[code].label)
    return table


@pytest.mark.parametrize("separator", [";", "\t", ",", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_of_any_excel(separator, encoding, tmp_path):
    for name, table in cohort().items():
        table = table.replace("asthma", "astım ışık")
        if separator != ",":
            table = table.map(lambda text: text.replace(".", ",") if text.replace(".", "").isdigit() else text)
        table.to_csv(tmp_path / f"{name}.csv", sep=separator, encoding=encoding, index=False)
    study = read_study(tmp_path)
    pd.testing.assert_frame_equal(study.courses, read_cohort().courses)
    assert (study.patients["atopic_comorbidities"] == "astım ışık").sum() == 12


def test_excel_workbook_with_numbers_dates_and_empty_rows(tmp_path):
    workbook = openpyxl.Workbook()
    for name, table in cohort().items():
        sheet = workbook.create_sheet(name.replace("_", " ").title())
        sheet.append(list(table.columns))
        for row in numbers(table).itertuples(index=False):
            sheet.append([None if pd.isna(value) else value for value in row])
        sheet.append([None] * 3)
    workbook.create_sheet("notes").append(["not a table"])
    workbook.save(tmp_path / "Hastalar ığüşöç.xlsx")
    assert same(read_study(tmp_path / "Hastalar ığüşöç.xlsx"))


@pytest.mark.parametrize(("ending", "write"), [("sav", pyreadstat.write_sav), ("dta", pyreadstat.write_dta)])
def test_spss_and_stata_files_with_value_labels(ending, write, tmp_path):
    for name, table in cohort().items():
        data, labels = numbers(table), {}
        for column in columns(name).values():
            if column.name in data and column.levels:
                data[column.name] = table[column.name].map({code: n for n, code in enumerate(column.levels)})
                labels[column.name] = dict(enumerate(column.levels.values()))
        write(data, str(tmp_path / f"{name}.{ending}"), variable_value_labels=labels)
    assert same(read_study(tmp_path))


def test_parquet_files_and_a_duckdb_database(tmp_path):
    (tmp_path / "parquet").mkdir()
    with duckdb.connect(str(tmp_path / "clinic.duckdb")) as database:
        for name, table in cohort().items():
            frame = numbers(table)  # noqa: F841  # DuckDB finds it by its name
            database.sql(f"create table {name} as select * from frame")
            database.sql(f"copy {name} to '{tmp_path / 'parquet' / name}.parquet'")
    assert same(read_study(tmp_path / "parquet"))
    assert same(read_study(tmp_path / "clinic.duckdb"))


@pytest.mark.parametrize("raw", [True, False])
def test_redcap_export_raw_and_labelled(raw, tmp_path):
    parts = []
    for name, table in cohort().items():
        table = table if raw else labelled(name, table)
        if name == "side_effects":
            table = table.rename(columns={"course": "side_effect_course"})
        kind = "" if name == "patients" else name if raw else name.replace("_", " ").capitalize()
        instance = [""] * len(table) if name == "patients" else [str(number) for number in range(1, len(table) + 1)]
        parts.append(table.assign(redcap_repeat_instrument=kind, redcap_repeat_instance=instance))
    flat = pd.concat(parts).fillna("")
    first = ["patient_id", "redcap_repeat_instrument", "redcap_repeat_instance"]
    flat = flat[[*first, *(name for name in flat.columns if name not in first)]]
    if not raw:
        heads = {column.name: column.label for table in TABLES for column in columns(table).values()}
        named = {"side_effect_course": "Course of the side effect", "redcap_repeat_instrument": "Repeat Instrument",
                 "redcap_repeat_instance": "Repeat Instance", "patient_id": "Record ID"}  # fmt: skip
        flat = flat.rename(columns=heads | named)
    flat.to_csv(tmp_path / "export.csv", index=False)
    assert same(read_study(tmp_path / "export.csv"))


def test_dates_give_ages_and_durations(tmp_path):
    patients = pd.DataFrame({"patient_id": ["A"], "sex": ["male"], "birth_date": ["01.02.2010"]})
    courses = pd.DataFrame(
        {
            "patient_id": ["A", "A"],
            "course": ["1", "2"],
            "treatment": ["Sandimmun", "Dupixent"],
            "response": ["1", ""],
            "start_date": ["2018-02-01", "2020-02-01"],
            "stop_date": ["2018-08-01", ""],
            "discontinuation_reason": ["unresponsiveness", "ongoing"],
        }
    )
    folder = written(tmp_path, patients=patients, courses=courses, side_effects=None)
    (folder / "study.yml").write_text("data_lock_date: 2022-02-01\n", encoding="utf-8")
    study = read_study(folder)
    assert study.courses["treatment"].tolist() == ["cyclosporine", "dupilumab"]
    assert study.courses["age_at_start_years"].tolist() == [8.0, 10.0]
    assert study.courses["duration_days"].tolist() == [181, 731]  # the ongoing course lasts until the data lock
    assert study.patients["age_at_data_lock_years"].tolist() == [12.0]


def test_durations_in_months_become_days(tmp_path):
    courses = cohort()["courses"].rename(columns={"duration_days": "duration_months"})
    courses["duration_months"] = courses["duration_months"].map(
        lambda days: f"{float(days) * 12 / 365.25:.3f}".replace(".", ",")
    )
    study = read_study(written(tmp_path, courses=courses))
    assert study.courses["duration_days"].tolist() == read_cohort().courses["duration_days"].tolist()


def test_other_names_are_mapped(tmp_path):
    tables = cohort()
    tables["patients"] = tables["patients"].rename(columns={"patient_id": "HastaNo", "sex": "Cinsiyet"})
    tables["patients"]["Cinsiyet"] = tables["patients"]["Cinsiyet"].map({"male": "E", "female": "K"})
    folder = written(tmp_path, **tables)
    (folder / "patients.csv").rename(folder / "hastalar.csv")
    (folder / "mapping.yml").write_text(
        "tables: {hastalar: patients}\n"
        "columns: {patients: {HastaNo: patient_id, Cinsiyet: sex}}\n"
        "values: {patients: {sex: {E: male, K: female}}}\n",
        encoding="utf-8",
    )
    assert same(read_study(folder))


def test_a_fault_in_a_mapped_column_names_it_as_the_file_does(tmp_path):
    tables = cohort()
    tables["patients"] = tables["patients"].rename(columns={"sex": "Cinsiyet"})
    tables["patients"].loc[2, "Cinsiyet"] = "?"
    folder = written(tmp_path, **tables)
    (folder / "mapping.yml").write_text("columns: {patients: {Cinsiyet: sex}}\n", encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        read_study(folder)
    (fault,) = caught.value.faults
    assert (fault.row, fault.column, fault.value) == (4, "Cinsiyet", "?")


def test_a_mapping_that_means_nothing_is_refused(tmp_path):
    folder = written(tmp_path)
    (folder / "mapping.yml").write_text("columns: {patients: {HastaNo: patient}}\n", encoding="utf-8")
    with pytest.raises(
        ParameterFault, match="columns of patients: patient means nothing here. Did you mean patient_id?"
    ):
        read_study(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("courses.csv", b"", "is empty"),
        ("courses.csv", b"patient_id,course,treatment,response\n", "has no rows"),
        ("courses.csv", b"patient_id,course,treatment,response\nP01,1,CSA,1,extra\n", "has more than 4 cells"),
        ("courses.csv", b"patient_id,course,course,treatment,response\n1,2,3,4,5\n", "the column course stands twice"),
        (
            "courses.csv",
            b'patient_id,course,treatment,response\n"P01,1,CSA,1\n',
            "row 2: begins a cell with a quotation mark",
        ),
        ("courses.sav", b"no SPSS file", "cannot be read"),
        ("courses.dta", b"no Stata file", "cannot be read"),
        ("courses.sas7bdat", b"no SAS file", "cannot be read"),
        ("courses.parquet", b"no Parquet file", "cannot be read"),
        ("courses.xlsx", b"no workbook", "is not an Excel workbook"),
        ("courses.duckdb", b"no database, but long enough to be looked at by the library", "cannot be read"),
        ("courses.pdf", b"%PDF", "is of a kind that cannot be read"),
    ],
)
def test_a_file_that_holds_no_table_is_named_with_what_to_do(name, content, message, tmp_path):
    folder = written(tmp_path, courses=None)
    (folder / name).write_bytes(content)
    one_file = name.endswith((".xlsx", ".duckdb", ".pdf"))
    with pytest.raises(DataFault) as caught:
        read_study(folder / name if one_file else folder)
    assert message in str(caught.value)
    assert name in str(caught.value)


def test_every_format_has_the_functions_that_its_table_promises():
    for kind in FORMATS.values():
        promised = [(kind.one, "read_one"), (kind.several, "titles"), (kind.several, "read_several")]
        modules = [(import_module(f"adreport.reading.formats.{module}"), name) for module, name in promised if module]
        assert modules
        assert all(callable(getattr(module, name)) for module, name in modules)


@pytest.mark.parametrize("ending", [".sav", ".dta", ".sas7bdat"])
def test_files_of_statistics_packages_go_to_the_reader_of_their_ending(ending, monkeypatch, tmp_path):
    courses = pd.DataFrame({"patient_id": ["A"], "course": [1.0]})
    known = {"variable_value_labels": {}, "original_variable_types": {}, "variable_storage_width": {}}
    meta = type("Meta", (), known | {"column_names": list(courses)})
    monkeypatch.setitem(statistics_packages.READERS, ending, lambda path, **_: (courses, meta))
    (tmp_path / f"courses{ending}").write_bytes(b"")
    read = read_everything(tmp_path)["courses"]
    assert (read.file, read.cells.to_numpy().tolist()) == (f"courses{ending}", [["A", "1"]])


def test_an_ending_that_no_format_has_is_never_read_as_another(tmp_path):
    assert format_of(tmp_path / "courses.rds") == Format()
    (written(tmp_path) / "side_effects.rds").write_bytes(b"of another kind")
    assert sorted(titles_in(tmp_path)) == ["courses", "patients", "side_effects"]
    with pytest.raises(DataFault, match="is of a kind that cannot be read"):
        read_everything(tmp_path / "side_effects.rds")


def test_a_course_without_a_stop_and_a_reason_goes_on_until_the_data_lock(tmp_path):
    patients = pd.DataFrame({"patient_id": ["A"], "sex": ["male"], "birth_date": ["2010-01-01"]})
    courses = pd.DataFrame({"patient_id": ["A"], "course": ["1"], "treatment": ["SİKLOSPORİN"], "response": ["1.0"]})
    folder = written(tmp_path, patients=patients, courses=courses.assign(start_date="2020-01-01"), side_effects=None)
    (folder / "study.yml").write_text("data_lock_date: 2021-01-01\n", encoding="utf-8")
    study = read_study(folder)
    assert study.courses[["treatment", "duration_days", "response"]].to_numpy().tolist() == [
        ["cyclosporine", 366.0, "1"]
    ]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("columns:", "columns must hold lines of name: name"),
        ("tables: x", "tables must hold lines of name: name"),
        ("columns: {patients: {age: sex}}", "two columns are read as"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(mapping, message, tmp_path):
    patients = cohort()["patients"].rename(columns={"age_at_data_lock_years": "age"})
    folder = written(tmp_path, patients=patients)
    (folder / "mapping.yml").write_text(mapping + "\n", encoding="utf-8")
    with pytest.raises((DataFault, ParameterFault), match=message):
        read_study(folder)


def test_a_column_in_another_unit_is_not_proposed():
    from adreport.reading.drafting import draft
    from adreport.reading.formats.raw import raw_table

    drafted = draft(
        {"courses": raw_table("courses", "c.csv", ["Duration (mo)", "Duration (days)", "weight_mg"], [])}
    ).mapping
    assert drafted["columns"] == {"courses": {"Duration (days)": "duration_days"}}


@pytest.mark.parametrize("above", [[[]], [["Our unit, 2012 to 2022"]], [["Our unit"], [], [None, "printed 3 May"]]])
def test_a_title_above_the_column_names_is_skipped(above, tmp_path):
    assert same(read_study(as_workbook(tmp_path / "clinic.xlsx", above)))


def test_a_fault_below_a_title_names_the_row_that_excel_shows(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx", [["Our unit"], []])
    workbook = openpyxl.load_workbook(path)
    workbook["patients"]["B4"] = "fmale"
    workbook.save(path)
    (fault,) = examine(path).faults
    assert (fault.sheet, fault.row, fault.column, fault.value) == ("patients", 4, "sex", "fmale")


def test_a_line_that_tells_excel_the_separator_is_not_a_row(tmp_path):
    for name, table in cohort().items():
        text = table.to_csv(sep=";", index=False)
        (tmp_path / f"{name}.csv").write_text(f"sep=;\n{text}", encoding="utf-8")
    assert same(read_study(tmp_path))


def test_a_folder_of_workbooks_with_a_table_each(tmp_path):
    for name, table in cohort().items():
        table.to_excel(tmp_path / f"{name}.xlsx", index=False, sheet_name="Tabelle1")
    assert same(read_study(tmp_path))


def test_a_formula_without_a_stored_value_is_not_taken_for_a_gap(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["courses"]
    column = next(cell.column for cell in sheet[1] if cell.value == "dose")
    sheet.cell(2, column).value = "=1+2"
    workbook.save(path)
    (fault,) = examine(path).faults
    assert (fault.row, fault.column, fault.value) == (2, "dose", "=1+2")
    assert "open it in Excel" in fault.advice


def test_two_sheets_for_one_table_are_refused(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.copy_worksheet(workbook["courses"]).title = "Treatment courses"
    workbook.save(path)
    (fault,) = examine(path).faults
    assert "courses and Treatment courses are both read as courses" in fault.rule


def test_a_missing_table_lists_what_there_is(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Liste"
    workbook.active.append(["Hasta No", "Cinsiyet"])
    workbook.save(tmp_path / "clinic.xlsx")
    faults = examine(tmp_path / "clinic.xlsx").faults
    assert [fault.rule for fault in faults] == [
        f"the table {name} is missing: no sheet has this name" for name in ("patients", "courses")
    ]
    assert all("There is: Liste." in fault.advice and "adreport map" in fault.advice for fault in faults)


def test_side_effects_under_another_title_are_not_lost_in_silence(tmp_path):
    folder = written(tmp_path, side_effects=None)
    cohort()["side_effects"].to_csv(folder / "nebenwirkungen.csv", index=False)
    (fault,) = examine(folder).faults
    assert (fault.severity, fault.rule) == ("warning", "nebenwirkungen is not read; it may hold the side effects")


def test_a_column_that_is_probably_ours_is_not_dropped_in_silence(tmp_path):
    courses = cohort()["courses"].rename(columns={"dose": "Dosage"}).assign(hair_colour="brown")
    examination = examine(written(tmp_path, courses=courses))
    other, fault = examination.faults
    assert (fault.severity, fault.column, fault.rule) == ("warning", "Dosage", "is not read; it may be dose")
    assert (other.severity, other.row, other.rule) == ("warning", 1, "the column hair_colour is not read")


def redcap(tmp_path, tables, kinds=("courses", "side_effects")):
    """A flat export of tables with these instruments, columns of all instruments side by side."""
    names = dict(zip(("courses", "side_effects"), kinds, strict=True))
    tables = tables | {"side_effects": tables["side_effects"].rename(columns={"course": "side_effect_course"})}
    flat = pd.concat([table.assign(redcap_repeat_instrument=names.get(name, "")) for name, table in tables.items()])
    flat.fillna("").to_csv(tmp_path / "export.csv", index=False)
    return tmp_path / "export.csv"


def test_redcap_checkboxes_are_a_list(tmp_path):
    tables = cohort()
    patients = tables["patients"]
    items = sorted({item.strip() for text in patients["atopic_comorbidities"] for item in text.split(";") if item})
    boxes = {f"atopic_comorbidities___{item.replace(' ', '_')}": patients["atopic_comorbidities"].str.contains(item)
             .map({True: "1", False: "0"}) for item in items}  # fmt: skip
    tables["patients"] = patients.drop(columns="atopic_comorbidities").assign(**boxes)
    study = read_study(redcap(tmp_path, tables))
    counts = study.patients["atopic_comorbidities"].str.split(";").explode().value_counts()
    expected = (
        read_cohort().patients["atopic_comorbidities"].str.split(";").explode().str.replace(" ", "_").value_counts()
    )
    pd.testing.assert_series_equal(counts.sort_index(), expected.sort_index(), check_names=False, check_dtype=False)


def test_redcap_instruments_and_fields_of_other_names_are_mapped(tmp_path):
    tables = cohort()
    tables["courses"] = tables["courses"].rename(columns={"response": "tedavi_cevabi"})
    path = redcap(tmp_path, tables, ("tedaviler", "Side Effect"))
    (tmp_path / "mapping.yml").write_text(
        "tables: {tedaviler: courses}\ncolumns: {courses: {tedavi_cevabi: response}}\n", encoding="utf-8"
    )
    assert same(read_study(path))


def test_spss_labels_that_the_scale_does_not_have_are_read_by_their_codes_and_said(tmp_path):
    for name, table in cohort().items():
        data, labels = numbers(table), {}
        if name == "courses":
            labels = {"response": {0.0: "Kötü", 1.0: "İyi", 2.0: "Çok iyi"}}
        pyreadstat.write_sav(data, str(tmp_path / f"{name}.sav"), variable_value_labels=labels)
    assert same(read_study(tmp_path))
    (fault,) = examine(tmp_path).faults
    assert fault.severity == "warning"
    assert "Kötü as PGA 0 (poor); İyi as PGA 1 (good); Çok iyi as PGA 2 (significant)" in fault.rule


def test_turkish_capitals_are_the_same_words(tmp_path):
    tables = cohort()
    tables["patients"]["sex"] = tables["patients"]["sex"].map({"female": "KADIN", "male": "ERKEK"})
    folder = written(tmp_path, **tables)
    (folder / "mapping.yml").write_text("values: {patients: {sex: {kadın: female, Erkek: male}}}", encoding="utf-8")
    assert same(read_study(folder))


def test_an_unknown_value_can_be_mapped_to_nothing(tmp_path):
    tables = cohort()
    tables["patients"]["food_allergy"] = tables["patients"]["food_allergy"].replace("", "bilinmiyor")
    folder = written(tmp_path, **tables)
    (folder / "mapping.yml").write_text("values: {patients: {food_allergy: {bilinmiyor: }}}", encoding="utf-8")
    assert same(read_study(folder))


def test_times_with_a_zone_and_lists_of_a_database_are_read(tmp_path):
    tables = cohort()
    tables["patients"]["birth_date"] = "2005-03-01"
    listed = "alter atopic_comorbidities type varchar[] using string_split(atopic_comorbidities, ';')"
    with duckdb.connect(str(tmp_path / "clinic.duckdb")) as database:
        for name, table in tables.items():
            frame = numbers(table)  # noqa: F841  # DuckDB finds it by its name
            database.sql(f"create table {name} as select * from frame")
        database.sql("alter table patients alter birth_date type timestamptz using (birth_date || ' 00:00:00+00')")
        database.sql(f"alter table patients {listed}")
    patients = read_study(tmp_path / "clinic.duckdb").patients
    assert set(patients["birth_date"].dt.date.astype(str)) == {"2005-03-01"}
    expected = read_cohort().patients["atopic_comorbidities"].fillna("").tolist()
    assert patients["atopic_comorbidities"].fillna("").tolist() == expected


def test_a_longitudinal_redcap_project_has_one_row_of_columns_a_patient(tmp_path):
    tables = cohort()
    events = pd.DataFrame({"patient_id": tables["patients"]["patient_id"], "easi": "12"})
    later = tables["patients"][["patient_id"]].assign(food_allergy=tables["patients"]["food_allergy"])
    first = tables["patients"].assign(food_allergy="")
    tables["patients"] = pd.concat([first, events, later])
    assert same(read_study(redcap(tmp_path, tables)))


def test_whole_numbers_with_a_decimal_comma_are_levels(tmp_path):
    courses = cohort()["courses"]
    courses["response"] = courses["response"].map(lambda code: f"{code},0" if code else "")
    folder = written(tmp_path, courses=courses)
    for name in TABLES:
        pd.read_csv(folder / f"{name}.csv", dtype=str).to_csv(folder / f"{name}.csv", sep=";", index=False)
    assert same(read_study(folder))


def test_semicolons_within_lists_do_not_make_a_separator(tmp_path):
    items = "asthma;rhinitis;food allergy;urticaria"
    patients = pd.DataFrame({"patient_id": ["A", "B"], "sex": ["male", "female"], "atopic_comorbidities": items})
    courses = cohort()["courses"].head(2).assign(patient_id=["A", "B"], course="1")
    assert len(read_study(written(tmp_path, patients=patients, courses=courses, side_effects=None)).patients) == 2


def test_a_value_in_another_unit_is_quoted_as_the_file_has_it(tmp_path):
    patients = cohort()["patients"].rename(columns={"onset_age_months": "onset_age_years"})
    patients["onset_age_years"] = "1"
    patients.loc[3, "onset_age_years"] = "150"
    (fault,) = examine(written(tmp_path, patients=patients)).errors
    assert (fault.row, fault.column, fault.value) == (5, "onset_age_years", "150")
    assert "that is 1800 months" in fault.rule


def test_a_folder_with_the_one_workbook_says_so(tmp_path):
    as_workbook(tmp_path / "clinic.xlsx")
    assert all("give" in fault.advice and "clinic.xlsx itself" in fault.advice for fault in examine(tmp_path).faults)


@pytest.mark.parametrize("size", [b"A1", b"A1:Z5", b"A1:B100"])
def test_a_sheet_is_read_whole_whatever_size_it_states(size, tmp_path):
    path = rewritten(as_workbook(tmp_path / "clinic.xlsx"), rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % size)
    assert same(read_study(path))


def test_rows_and_columns_that_are_only_formatted_are_none(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    workbook = openpyxl.load_workbook(path)
    for sheet in workbook:
        for cell in (sheet.cell(3000, 1), sheet.cell(4, 300)):
            cell.fill = openpyxl.styles.PatternFill("solid", start_color="FFE699")
    workbook.save(path)
    assert same(read_study(path))


def test_an_array_formula_without_a_stored_value_is_not_taken_for_a_gap(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    workbook = openpyxl.load_workbook(path)
    column = next(cell.column for cell in workbook["courses"][1] if cell.value == "dose")
    cell = workbook["courses"].cell(2, column)
    workbook["courses"][cell.coordinate] = ArrayFormula(cell.coordinate, "=MAX(1,2)")
    workbook.save(path)
    (fault,) = examine(path).faults
    assert (fault.row, fault.column, fault.value) == (2, "dose", "=MAX(1,2)")


def test_what_openpyxl_does_not_support_is_no_warning(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    extension = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    assert same(read_study(rewritten(path, rb"</worksheet>", extension)))


def test_an_empty_cell_that_is_merged_with_another_says_so(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    workbook = openpyxl.load_workbook(path)
    column = next(cell.column_letter for cell in workbook["courses"][1] if cell.value == "patient_id")
    workbook["courses"].merge_cells(f"{column}2:{column}3")
    workbook.save(path)
    fault = next(fault for fault in examine(path).faults if fault.column == "patient_id")
    assert (fault.row, fault.rule) == (3, "the cell is empty")
    assert "Cells are merged here: unmerge them" in fault.advice


@pytest.mark.parametrize(
    ("part", "old", "new", "rule"),
    [
        ("xl/worksheets/sheet2", rb"(?s)(.{3000}).*", rb"\1", "is not an Excel workbook that can be read"),
        ("[Content_Types]", rb"spreadsheetml", b"wordprocessingml", "is not an Excel workbook that can be read"),
        ("_rels/", rb"schemas.openxmlformats.org", b"purl.oclc.org/ooxml", "is a Strict Open XML workbook, which"),
    ],
)
def test_a_damaged_or_strict_workbook_is_one_message(part, old, new, rule, tmp_path):
    path = rewritten(as_workbook(tmp_path / "clinic.xlsx"), old, new, part)
    (fault,) = examine(path).faults
    assert fault.rule.startswith(rule)
    assert "save it as Excel Workbook (.xlsx)" in fault.advice
    with pytest.raises(ParameterFault, match="cannot be read"):
        write_marked([fault], path, tmp_path / "marked.xlsx")


def test_a_workbook_with_damaged_bytes_is_one_message(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    with zipfile.ZipFile(path) as parts:
        begin = parts.getinfo("xl/worksheets/sheet2.xml").header_offset + 300
    content = path.read_bytes()
    path.write_bytes(content[:begin] + bytes(300) + content[begin + 300 :])
    (fault,) = examine(path).faults
    assert fault.rule == "is not an Excel workbook that can be read"


def test_an_sqlite_database_is_named_and_nothing_is_fetched(tmp_path):
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as database:
        database.execute("create table patients (patient_id)")
        database.commit()
    (fault,) = examine(tmp_path / "clinic.db").faults
    assert fault.rule == "cannot be read: it is an SQLite database, not a DuckDB one"


def test_a_view_on_a_file_that_is_gone_is_named(tmp_path):
    cohort()["courses"].to_csv(tmp_path / "gone.csv", index=False)
    with duckdb.connect(str(tmp_path / "clinic.duckdb")) as database:
        database.sql(f"create table patients as from read_csv('{COHORT / 'patients.csv'}', all_varchar = true)")
        database.sql(f"create view courses as from read_csv('{tmp_path / 'gone.csv'}', all_varchar = true)")
    (tmp_path / "gone.csv").unlink()
    (fault,) = examine(tmp_path / "clinic.duckdb").faults
    assert (fault.sheet, fault.advice) == ("courses", "Make it a table in place of a view.")
    assert fault.rule == "is a view that reads other files, which is not done"


@pytest.mark.parametrize("kind", ["xls", "rds", "folder", "link"])
def test_a_table_that_is_there_but_cannot_be_read_is_named(kind, tmp_path):
    folder = written(tmp_path, patients=None)
    file = folder / ("patients.csv" if kind in ("folder", "link") else f"patients.{kind}")
    if kind == "folder":
        file.mkdir()
    elif kind == "link":
        file.symlink_to(tmp_path / "gone.csv")
    else:
        file.write_bytes(b"of another kind")
    (fault,) = examine(folder).faults
    assert f"{file.name} is there but cannot be read: " in fault.advice


def test_side_effects_in_a_file_of_another_kind_are_not_lost_in_silence(tmp_path):
    (written(tmp_path, side_effects=None) / "side_effects.xls").write_bytes(b"of another kind")
    (fault,) = examine(tmp_path).faults
    assert (fault.severity, fault.file) == ("warning", "side_effects.xls")


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Übelkeit", "cp850"),
        ("アトピ", "cp932"),
        ("анемия", "cp1251"),
        ("άσθμα", "cp1253"),
        ("贫血病", "gbk"),
        ("Übelkeit", "mac-roman"),
        ("ışığı gören göçüğü", "cp1254"),
        ("Größe „klein“ (5 µg/m²)", "cp1252"),
    ],
)
def test_a_file_that_is_not_unicode_is_a_warning_that_quotes_the_first_cell_to_look_at(words, encoding, tmp_path):
    patients = cohort()["patients"]
    patients["comorbidities"] = ["none", words, *[words] * (len(patients) - 2)]
    written(tmp_path)
    patients.to_csv(tmp_path / "patients.csv", index=False, encoding=encoding)
    (fault,) = examine(tmp_path).faults
    assert (fault.file, fault.severity, fault.row, fault.column) == ("patients.csv", "warning", 3, "comorbidities")
    assert fault.value == words.encode(encoding).decode("cp1254", errors="replace").strip()
    assert fault.rule == "was read as Windows-1254, since the file is not Unicode"
    assert fault.advice.endswith("save it as CSV UTF-8.")


def test_a_heading_or_a_title_that_is_not_unicode_is_named_too(tmp_path):
    patients = cohort()["patients"].rename(columns={"sex": "Cinsiyet ğ"})
    patients.to_csv(written(tmp_path) / "patients.csv", index=False, encoding="cp1254")
    (tmp_path / "mapping.yml").write_text("columns: {patients: {Cinsiyet ğ: sex}}\n", encoding="utf-8")
    (fault,) = examine(tmp_path).faults
    assert (fault.row, fault.column, fault.value) == (1, "Cinsiyet ğ", "Cinsiyet ğ")
    (tmp_path / "mapping.yml").unlink()
    above = "Kliniğimiz\n".encode("cp1254") + cohort()["patients"].to_csv(index=False).encode()
    (tmp_path / "patients.csv").write_bytes(above)
    (fault,) = examine(tmp_path).faults
    assert (fault.row, fault.column, fault.value) == (None, "", "")


def test_the_encoding_of_an_export_is_one_warning_for_all_its_instruments(tmp_path):
    tables = cohort()
    tables["side_effects"].loc[:, "outcome"] = "İyileşti"
    path = redcap(tmp_path, tables)
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1254"))
    (fault,) = examine(path).faults
    assert (fault.file, fault.value) == ("export.csv", "İyileşti")


def test_bytes_that_are_no_text_are_one_message(tmp_path):
    written(tmp_path)
    (tmp_path / "patients.csv").write_bytes(b"patient_id,sex\nP01,m\0le\n")
    (fault,) = examine(tmp_path).faults
    assert fault.rule == "is not text in UTF-8, UTF-16 or Windows-1254"
