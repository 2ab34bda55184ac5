"""study.yml and mapping.yml: a setting or a message, and never another value than the one written."""

from datetime import date, timedelta

import pytest

from adreport.cli import _assignment, main
from adreport.reading.examine import examine
from adreport.reading.mapping import read_mapping
from adreport.reading.settings import read_settings, write_data_lock
from adreport.reading.yaml_files import read_value
from adreport.study.faults import ParameterFault
from adreport.study.response import response_scale
from studies import cohort, written

STUDY = [
    ("data_lock_date: 2022-12-31\ndata_lock_date: 2021-12-31\n", "line 2: says data_lock_date twice"),
    ("data_lock_date: 2022-12-31T00:00:00Z\n", "must be a date as 2022-12-31"),
    (f"data_lock_date: {date.today() + timedelta(days=2)}\n", "is after today"),
    (f"title: {'[' * 5000}\n", "holds too much within one another"),
    ("title: &a [x, x]\nnotice: *a\n", "line 2: refers to another place"),
    ("provenance: {published: [{a: b}]}\n", "a dict is not a table.column"),
    ("provenance: {published: {a: b}}\n", "published: a dict is not a table.column"),
    ("title: {? [a] : b}\n", "has a name that is no word"),
    ("title: [a, b]\n", "title must be words, not a list"),
    ("titel: x\n", "Did you mean title?"),
]
MAPPING = [
    ("values: {patients: {sex: }}\n", "values of patients, sex: must hold lines of theirs: ours"),
    ("tables: [a]\n", "tables must hold lines"),
    ("tables: {a: {b: c}}\n", "means nothing here"),
    ("missing: 9\n", "missing must be a list of codes"),
    ("columns: {patients: {a: [sex]}}\n", "means nothing here"),
]


@pytest.mark.parametrize(
    ("read", "file", "text", "message"),
    [(read_settings, "study.yml", *given) for given in STUDY]
    + [(read_mapping, "mapping.yml", *given) for given in MAPPING],
)
def test_a_file_that_means_nothing_is_a_message(read, file, text, message, tmp_path):
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ParameterFault) as fault:
        read(tmp_path)
    assert message in str(fault.value)
    assert len(str(fault.value)) < 300


def test_a_table_may_be_called_by_a_number(tmp_path):
    folder = written(tmp_path)
    (folder / "courses.csv").rename(folder / "2024.csv")
    (folder / "mapping.yml").write_text("tables: {2024: courses}\n", encoding="utf-8")
    assert len(examine(folder).study.courses) == 81


def test_codes_for_what_is_missing_are_declared_once_for_all_columns(tmp_path):
    tables = cohort()
    patients = tables["patients"]
    patients.loc[0, ["onset_age_months", "food_allergy"]] = ["99", "UNK"]
    folder = written(tmp_path, **tables | {"patients": patients})
    (folder / "mapping.yml").write_text("missing: [99, unk]\n", encoding="utf-8")
    first = examine(folder).study.patients.set_index("patient_id").loc[patients.loc[0, "patient_id"]]
    assert first[["onset_age_months", "food_allergy"]].isna().all()


def test_a_missing_code_is_taken_out_before_its_column_is_converted_and_a_meaning_goes_first(tmp_path):
    tables = cohort()
    patients = tables["patients"].drop(columns="onset_age_months").assign(onset_age_years="0.5", sex="9")
    patients.loc[0, "onset_age_years"] = "99"
    folder = written(tmp_path, **tables | {"patients": patients})
    mapping = "missing: [99, 9]\nvalues: {patients: {sex: {9: female}}}\n"
    (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    read = examine(folder).study.patients
    assert read["onset_age_months"].isna().sum() == 1
    assert (read["onset_age_months"].dropna() == 6).all()
    assert (read["sex"] == "female").all()


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("010", "010"), ("1:30", "1:30"), ("no", "no"), ("1e3", 1000.0), ("0.95", 0.95), ("true", True),
     ("2022-12-31", date(2022, 12, 31)), ("0x1F", "0x1F"), ("", None), ("none", "none")],
)  # fmt: skip
def test_a_value_is_what_it_looks_like(text, value):
    assert read_value(text) == value


def test_a_value_that_cannot_be_read_is_a_message():
    for text in ("a=[", f"a={'[' * 4000}", "a=*b"):
        with pytest.raises(ParameterFault, match="the value cannot be read"):
            _assignment(text)


@pytest.mark.parametrize(
    ("effective", "fits"), [(["1", "2"], True), (["0"], False), (["0", "1"], False), (["1"], False)]
)
def test_effective_levels_are_at_the_better_end(effective, fits):
    settings = {"levels": {"0": "poor", "1": "good", "2": "clear"}, "effective": effective, "significant": effective}
    if fits:
        assert response_scale(settings).effective == tuple(effective)
    else:
        with pytest.raises(ParameterFault, match="from worst to best.*Is poor the worst, and clear the best"):
            response_scale(settings)


def test_tables_that_were_exchanged_are_said_to_be(tmp_path):
    folder = written(tmp_path)
    (folder / "patients.csv").rename(folder / "x.csv")
    (folder / "courses.csv").rename(folder / "patients.csv")
    (folder / "x.csv").rename(folder / "courses.csv")
    assert [fault.rule for fault in examine(folder).errors] == [
        "holds the columns of the table courses", "holds the columns of the table patients",
    ]  # fmt: skip


def test_a_data_lock_that_is_given_once_is_kept_beside_the_data(tmp_path):
    folder = written(tmp_path)
    (folder / "study.yml").write_text("title: Unit", encoding="utf-8")
    assert main(["check", "--data", str(folder), "--data-lock", "2022-12-31"]) == 0
    assert read_settings(folder) == {"title": "Unit", "data_lock_date": date(2022, 12, 31)}
    assert write_data_lock(folder, date(2022, 12, 31)) is None  # it says so already
    with pytest.raises(ParameterFault, match="given already, as 2022-12-31"):
        write_data_lock(folder, date(2023, 12, 31))


def test_no_file_is_written_beside_data_that_do_not_exist(tmp_path):
    assert write_data_lock(tmp_path / "clinic.xlsx", date(2022, 12, 31)) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("levels", "best"),
    [({2: "significant", 1: "good", 0: "poor"}, 0), ({0: "Clear", 1: "Mild", 2: "Severe"}, 2), ({0: "a", 1: "bad"}, 1)],
)
def test_a_scale_whose_labels_contradict_its_order_is_refused(levels, best):
    with pytest.raises(ParameterFault, match="levels must go from worst to best, but .* is the first"):
        response_scale({"levels": levels, "effective": [best], "significant": [best]})


@pytest.mark.parametrize(
    "levels",
    [
        {0: "not clear", 1: "clear"},
        {0: "significant worsening", 1: "as before"},
        {0: "EASI < 50", 1: "no severe signs"},
    ],
)
def test_a_scale_from_worst_to_best_is_taken(levels):
    assert response_scale({"levels": levels, "effective": [1], "significant": [1]}).labels["0"] == levels[0]


def test_an_answer_that_is_called_missing_is_told(tmp_path):
    folder = written(tmp_path)
    (folder / "mapping.yml").write_text('missing: ["no"]\n', encoding="utf-8")
    rules = {(fault.column, fault.value): fault.rule for fault in examine(folder).warnings}
    assert rules[("food_allergy", "no")].startswith("is an answer, and is left out: mapping.yml calls it missing")


def test_a_table_of_side_effects_without_rows_says_that_there_were_none(tmp_path):
    (fault,) = examine(written(tmp_path, side_effects=cohort()["side_effects"].head(0))).warnings
    assert fault.rule == "has no rows: no patient had a side effect"
