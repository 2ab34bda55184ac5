"""What files of SPSS, Stata and SAS, of Parquet and DuckDB mean is what is read, or the user is told."""

from datetime import date, datetime

import duckdb
import pandas as pd
import pyreadstat
import pytest

from adreport import read_study
from adreport.reading.examine import examine
from adreport.reading.formats import read_everything
from adreport.reading.formats.arrow import zones
from adreport.reading.formats.parquet_and_duckdb import read_several
from adreport.reading.notation import SPSS_EPOCH, spss_date
from adreport.study.faults import DataFault, in_words
from studies import cohort, numbers, same

# As pyarrow describes a table with start_date and stop_date in microseconds, zone Europe/Istanbul.
ARROW_SCHEMA = (
    b"/////7gBAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAYAAABYAQAADAEAANwAAACkAAAAUAAAAAQAAADQ/v"
    b"//AAABChAAAAAcAAAABAAAAAAAAAAJAAAAc3RvcF9kYXRlAAAAuP///wAAAgAEAAAADwAAAEV1cm9wZS9Jc3RhbmJ1bAAY////AAABChAAAAAk"
    b"AAAABAAAAAAAAAAKAAAAc3RhcnRfZGF0ZQAACAAMAAYACAAIAAAAAAACAAQAAAAPAAAARXVyb3BlL0lzdGFuYnVsAGj///8AAAECEAAAABwAAA"
    b"AEAAAAAAAAAAgAAAByZXNwb25zZQAAAACk////AAAAAUAAAACc////AAABBRAAAAAcAAAABAAAAAAAAAAJAAAAdHJlYXRtZW50AAAAjP///8j/"
    b"//8AAAECEAAAACAAAAAEAAAAAAAAAAYAAABjb3Vyc2UAAAgADAAIAAcACAAAAAAAAAFAAAAAEAAUAAgABgAHAAwAAAAQABAAAAAAAAEFEAAAAC"
    b"AAAAAEAAAAAAAAAAoAAABwYXRpZW50X2lkAAAEAAQABAAAAA=="
)


def saved(folder, file="sav", replaced=None, **options):
    """The cohort as .sav files; `replaced`: tables in place of its own; `options`: those of a table's writer."""
    for name, table in (cohort() | (replaced or {})).items():
        data = numbers(table)
        pyreadstat.write_sav(data, str(folder / f"{name}.{file}"), **options.get(name, {}))
    return folder


def seconds(day):
    return (datetime.combine(day, datetime.min.time()) - SPSS_EPOCH).total_seconds()


def test_a_compressed_spss_file_is_read(tmp_path):
    for name, table in cohort().items():
        pyreadstat.write_sav(numbers(table), str(tmp_path / f"{name}.sav"), compress=True)
        (tmp_path / f"{name}.sav").rename(tmp_path / f"{name}.zsav")
    assert same(read_study(tmp_path))


def test_labels_of_some_numbers_are_the_numbers_and_said(tmp_path):
    labels = {"variable_value_labels": {"course": {1.0: "first course"}}}
    assert same(read_study(saved(tmp_path, courses=labels)))
    (fault,) = examine(tmp_path).faults
    assert (fault.severity, fault.column) == ("warning", "course")
    assert fault.rule.endswith("“first course” as 1")


def test_a_label_of_what_may_be_a_gap_is_no_number_and_its_code_is_named(tmp_path):
    patients = cohort()["patients"]
    patients.loc[0, "onset_age_months"] = "999"
    labels = {"variable_value_labels": {"onset_age_months": {999.0: "at another place"}}}
    (fault,) = examine(saved(tmp_path, replaced={"patients": patients}, patients=labels)).errors
    assert (fault.value, fault.column) == ("at another place", "onset_age_months")
    assert fault.rule.startswith("(the label of 999) is not a number")


@pytest.mark.parametrize("kind", ["DATE11", "ADATE10", "EDATE10", "SDATE10", "JDATE7", "DATETIME20", "YMDHMS19"])
def test_spss_dates_of_every_format_are_their_days(kind, tmp_path):
    days = [date(1899, 12, 31), date(2000, 2, 29), date(2024, 7, 1)]
    data = pd.DataFrame({"patient_id": ["A", "B", "C"], "birth_date": [seconds(day) for day in days]})
    pyreadstat.write_sav(data, str(tmp_path / "patients.sav"), variable_format={"birth_date": kind})
    assert read_everything(tmp_path)["patients"].cells["birth_date"].tolist() == list(map(str, days))


def test_a_date_shown_without_its_day_is_read_and_said(tmp_path):
    data = pd.DataFrame({"patient_id": ["A"], "birth_date": [seconds(date(2011, 8, 19))]})
    pyreadstat.write_sav(data, str(tmp_path / "patients.sav"), variable_format={"birth_date": "MOYR8"})
    table = read_everything(tmp_path)["patients"]
    (fault,) = table.noticed
    assert (fault.value, fault.column, fault.severity) == ("2011-08-19", "birth_date", "warning")


def test_an_impossible_spss_date_is_a_fault_of_its_cell(tmp_path):
    courses = numbers(cohort()["courses"])
    courses["start_date"] = [1e13, *[seconds(date(2020, 1, 1))] * (len(courses) - 1)]
    saved(tmp_path)
    pyreadstat.write_sav(courses, str(tmp_path / "courses.sav"), variable_format={"start_date": "DATE11"})
    faults = [fault for fault in examine(tmp_path).errors if "is not a date" in fault.rule]
    assert [(fault.row, fault.column, fault.value) for fault in faults] == [(1, "start_date", "10000000000000")]


def test_spss_seconds_without_a_date_format_are_proposed_as_dates(tmp_path):
    assert spss_date("13814668800") == "2020-07-21"
    assert spss_date("44562") == spss_date("2020") == ""
    courses = numbers(cohort()["courses"]).assign(start_date=seconds(date(2020, 7, 21)) + 0.0)
    saved(tmp_path)
    pyreadstat.write_sav(courses, str(tmp_path / "courses.sav"))
    assert "SPSS counts seconds so: 13814668800 may be 2020-07-21." in examine(tmp_path).errors[0].advice
    assert len(list(in_words(examine(tmp_path).errors))) == 1  # not one a cell


def test_blanks_around_a_code_do_not_take_its_label_away(tmp_path):
    data = pd.DataFrame({"patient_id": ["A", "B"], "sex": [" 1", "2"]})
    labels = {"sex": {"1": "female", " 2": "male"}}
    pyreadstat.write_sav(data, str(tmp_path / "patients.sav"), variable_value_labels=labels)
    assert read_everything(tmp_path)["patients"].cells["sex"].tolist() == ["female", "male"]


def test_stata_dates_are_their_days(tmp_path):
    data = pd.DataFrame({"patient_id": ["A"], "birth_date": [date(2020, 2, 29)], "at": [datetime(2020, 2, 29, 23)]})
    pyreadstat.write_dta(data, str(tmp_path / "patients.dta"))
    cells = read_everything(tmp_path)["patients"].cells
    assert cells.iloc[0].tolist() == ["A", "2020-02-29", "2020-02-29"]


def database(folder, *statements):
    """The cohort as a DuckDB database, changed by these statements."""
    with duckdb.connect(str(folder / "clinic.duckdb")) as opened:
        for name, table in cohort().items():
            frame = numbers(table)  # noqa: F841  # DuckDB finds it by its name
            opened.sql(f"create table {name} as select * from frame")
        for statement in statements:
            opened.sql(statement)
    return folder / "clinic.duckdb"


def test_a_path_is_no_pattern(tmp_path):
    for folder, sex in {"clinic 1": "male", "clinic [1]": "female", "q?": "male", "year*": "male"}.items():
        (tmp_path / folder).mkdir()
        duckdb.sql(f"copy (select 'A' as patient_id, '{sex}' as sex) to '{tmp_path / 'p.parquet'}'")
        (tmp_path / "p.parquet").rename(tmp_path / folder / "patients.parquet")
    assert read_everything(tmp_path / "clinic [1]")["patients"].cells["sex"].tolist() == ["female"]
    assert len(read_everything(tmp_path / "year*")["patients"].cells) == 1


def test_zoned_times_of_a_database_keep_the_day_of_the_session(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Istanbul")
    zoned = "alter table patients add seen timestamptz default '2020-06-30 21:00:00+00'::timestamptz"
    path = database(tmp_path, zoned)
    with duckdb.connect() as session:
        session_zone = session.sql("select current_setting('TimeZone')").fetchall()[0][0]
    day = "2020-07-01" if session_zone == "Europe/Istanbul" else "2020-06-30"
    table = read_everything(path)["patients"]
    assert set(table.cells["seen"]) == {day}
    assert [fault.column for fault in table.noticed] == (["seen"] if day == "2020-06-30" else [])


def test_columns_of_every_kind_are_text(tmp_path):
    cells = "{'a': 1}, [1, 2], map {'k': 1}, '12:30'::time, 'x'::blob, interval 2 day, 'infinity'::date, 1::hugeint"
    path = tmp_path / "patients.parquet"
    duckdb.sql(f"copy (select 'A' as patient_id, {cells}, ['2020-01-01 00:00+00'::timestamptz]) to '{path}'")
    row = read_everything(tmp_path)["patients"].cells.iloc[0].tolist()
    assert row[:3] == ["A", "{'a': 1}", "1;2"]
    assert len(row) == 10


def test_a_view_without_an_end_is_refused(tmp_path):
    endless = "create or replace view side_effects as select 'x' as side_effect from range(100000000000)"
    path = database(tmp_path, "drop table side_effects", endless)
    (fault,) = examine(path).faults
    assert (fault.sheet, fault.rule) == ("side_effects", "has more than 200,000 rows")


def test_a_view_that_never_gives_a_row_is_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr("adreport.reading.formats.parquet_and_duckdb.MOST_SECONDS", 1)
    endless = "with recursive n(i) as (select 1 union all select i from n where i < 2) select i from n where i > 1"
    never = f"create view notes as {endless}"
    with pytest.raises(DataFault, match="takes too much memory or time"):
        read_several(database(tmp_path, never), {"notes": "notes"})


def test_a_view_on_another_file_is_not_read(tmp_path):
    (tmp_path / "secret.txt").write_text("a secret")
    view = f"create view side_effects as select content as side_effect from read_text('{tmp_path / 'secret.txt'}')"
    (fault,) = examine(database(tmp_path, "drop table side_effects", view)).faults
    assert (fault.sheet, fault.rule) == ("side_effects", "is a view that reads other files, which is not done")
    assert str(tmp_path) not in str(fault)


def test_a_small_file_that_unpacks_to_much_is_refused(tmp_path):
    path = tmp_path / "patients.parquet"
    duckdb.sql(f"copy (select repeat('x', 1000000) as patient_id from range(200)) to '{path}' (compression zstd)")
    assert path.stat().st_size < 2_000_000
    with pytest.raises(DataFault, match="megabytes unpacked; at most 64 are read"):
        read_everything(tmp_path)


def test_the_words_of_the_library_are_short_and_without_paths(tmp_path):
    (tmp_path / "patients.parquet").write_bytes(b"no Parquet file")
    with pytest.raises(DataFault) as caught:
        read_everything(tmp_path)
    assert "cannot be read (DuckDB: “" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_the_zone_of_each_column_is_read_from_the_description_of_a_file():
    assert zones([(b"ARROW:schema", ARROW_SCHEMA)]) == {"start_date": "Europe/Istanbul", "stop_date": "Europe/Istanbul"}
    assert zones([(b"ARROW:schema", ARROW_SCHEMA[:80]), (b"pandas", b"{}")]) == {}


@pytest.mark.parametrize("kind", ["timestamptz", "timestamptz_ns"])
def test_a_zoned_time_keeps_the_day_of_its_zone(kind, tmp_path):
    query = f"select 'A' as patient_id, '2020-06-30 21:00:00+00'::{kind} as start_date"
    zone = f"kv_metadata {{'ARROW:schema': '{ARROW_SCHEMA.decode()}'}}"
    duckdb.sql(f"copy ({query}) to '{tmp_path / 'courses.parquet'}' (format parquet, {zone})")
    assert read_everything(tmp_path)["courses"].cells["start_date"].tolist() == ["2020-07-01"]
