"""What a REDCap export means is what is read: events, instances, boxes, codes for missing data; or the user is told."""

import pytest

from adreport.reading.examine import examine
from adreport.reading.formats import read_tables, titles_in
from adreport.study.faults import ParameterFault
from studies import redcap_export as export


def course(drug="methotrexate", **fields):
    return {"treatment": drug, "response": "1", **fields}


COURSE = ["treatment", "start_date", "response"]
BOXES = ["atopic_comorbidities___asthma", "atopic_comorbidities___rhinitis"]


def diseases(path):
    """The list of each patient as the check reads it."""
    examination = examine(path)
    return examination.study.patients.set_index("patient_id")["atopic_comorbidities"].fillna("?").to_dict()


def base(record, *ticks, boxes=BOXES, complete="2", **fields):
    ticked = dict(zip(boxes, ticks, strict=True))
    return (record, "", "", "", {"sex": "female", **fields, **ticked, "patients_complete": complete})


@pytest.mark.parametrize("code", ["_99", "unk", "not_known", "unknown", "999", "NASK"])
def test_a_box_for_unknown_is_no_disease(code, tmp_path):
    boxes = [*BOXES, f"atopic_comorbidities___{code}"]
    ticks = {"A": "100", "B": "001", "C": "000", "D": "110"}
    rows = [base(record, *tick, boxes=boxes) for record, tick in ticks.items()]
    rows += [(record, "", "courses", "1", course()) for record in ticks]
    path = export(tmp_path, rows, ["sex", *boxes, "patients_complete", *COURSE])
    assert diseases(path) == {"A": "asthma", "B": "?", "C": "none", "D": "asthma;rhinitis"}
    numbers = [fault.rule for fault in examine(path).faults if "which is read as unknown" in fault.rule]
    assert len(numbers) == (code in ("_99", "999"))


def test_a_labelled_box_for_unknown_is_no_disease(tmp_path):
    boxes = [f"Atopic comorbidities (choice={label})" for label in ("Asthma", "Not recorded")]
    rows = [base("A", "Checked", "Unchecked", boxes=boxes), base("B", "Unchecked", "Checked", boxes=boxes)]
    rows += [(record, "", "courses", "1", course()) for record in "AB"]
    assert diseases(export(tmp_path, rows, ["sex", *boxes, "patients_complete", *COURSE])) == {"A": "Asthma", "B": "?"}


def test_an_untouched_form_is_unknown_and_a_form_without_ticks_is_none(tmp_path):
    rows = [base("A", "1", "0"), base("B", "0", "0"), base("C", "0", "0", complete="0", sex="")]
    rows.append(("C", "", "", "", {}))
    rows += [(record, "", "courses", "1", course()) for record in "ABC"]
    fields = ["sex", "demographics_complete", *BOXES, "patients_complete", *COURSE]
    rows = [(*row[:4], {**row[4], **({"sex": "male"} if row[0] == "C" and not row[2] else {})}) for row in rows]
    assert diseases(export(tmp_path, rows, fields)) == {"A": "asthma", "B": "none", "C": "?"}


def test_what_registration_knows_does_not_make_a_form_filled_in(tmp_path):
    rows = [base("A", "1", "0", food_allergy="yes"), base("B", "0", "0", food_allergy="no", complete="0")]
    rows += [base("C", "0", "0", complete="0"), base("D", "0", "0", complete="2")]
    rows += [(record, "", "courses", "1", course()) for record in "ABCD"]
    path = export(tmp_path, rows, ["sex", "food_allergy", *BOXES, "patients_complete", *COURSE])
    assert diseases(path) == {"A": "asthma", "B": "none", "C": "?", "D": "none"}
    (fault,) = [fault for fault in examine(path).faults if "otherwise empty" in fault.rule]
    assert (fault.row, fault.column) == (4, "atopic_comorbidities")


def test_nothing_ticked_is_unknown_where_a_box_says_none(tmp_path):
    boxes = [*BOXES, "atopic_comorbidities___none"]
    rows = [base("A", *"100", boxes=boxes), base("B", *"000", boxes=boxes)]
    rows += [(record, "", "courses", "1", course()) for record in "AB"]
    assert diseases(export(tmp_path, rows, ["sex", *boxes, "patients_complete", *COURSE])) == {"A": "asthma", "B": "?"}


def test_codes_for_missing_data_are_gaps(tmp_path):
    rows = [("A", "", "", "", {"sex": "female", "food_allergy": "UNK", "egg_allergy": "ASKU", "comorbidities": "NASK"})]
    rows += [("A", "", "courses", "1", course())]
    path = export(tmp_path, rows, ["sex", "food_allergy", "egg_allergy", "comorbidities", *COURSE])
    assert read_tables(path)["patients"].cells.iloc[0].tolist() == ["A", "female", "", "", ""]


def visits(folder, mapping=""):
    rows = [
        ("A", "baseline_arm_1", "", "", {"sex": "female", "food_allergy": "yes"}),
        ("A", "treatment_arm_1", "courses", "1", course()),
        ("A", "visit_1_arm_1", "", "", {"status_at_data_lock": "on_treatment", "food_allergy": "no"}),
        ("A", "visit_2_arm_1", "", "", {"status_at_data_lock": "lost_to_follow_up"}),
    ]
    return export(folder, rows, ["sex", "food_allergy", "status_at_data_lock", *COURSE], mapping)


def test_of_several_visits_the_first_is_taken_of_a_status_the_last_and_both_are_said(tmp_path):
    examination = examine(visits(tmp_path))
    patient = examination.study.patients.iloc[0]
    assert (patient["food_allergy"], patient["status_at_data_lock"]) == ("yes", "lost_to_follow_up")
    said = {fault.column: fault.rule for fault in examination.warnings if "differs between the visits" in fault.rule}
    assert said["food_allergy"].endswith(
        "“yes” in baseline_arm_1 (row 2), “no” in visit_1_arm_1 (row 4); the first is taken"
    )
    assert said["status_at_data_lock"].endswith("the last is taken")


@pytest.mark.parametrize(
    ("how", "status"), [("first", "on_treatment"), ("visit_1", "on_treatment"), ("last", "lost_to_follow_up")]
)
def test_which_visit_is_taken_can_be_chosen(how, status, tmp_path):
    path = visits(tmp_path, f"events: {{patients: {{status_at_data_lock: {how}, food_allergy: first}}}}")
    examination = examine(path)
    assert examination.study.patients["status_at_data_lock"].tolist() == [status]
    assert not [fault for fault in examination.faults if "differs" in fault.rule]


def test_an_event_that_does_not_exist_cannot_be_chosen(tmp_path):
    with pytest.raises(ParameterFault, match="visit_7 is no event. Did you mean visit_2_arm_1"):
        examine(visits(tmp_path, "events: {patients: {status_at_data_lock: visit_7}}"))


def test_a_mapped_field_of_another_event_is_kept_and_a_fault_in_it_names_its_row(tmp_path):
    rows = [
        ("A", "baseline_arm_1", "", "", {"sex": "female"}),
        ("A", "treatment_arm_1", "courses", "1", course()),
        ("A", "end_arm_1", "", "", {"last_status": "gone", "onset_m": "12"}),
    ]
    mapping = "columns: {patients: {last_status: status_at_data_lock, onset_m: onset_age_months}}"
    path = export(tmp_path, rows, ["sex", "last_status", "onset_m", *COURSE], mapping)
    (fault,) = examine(path).errors
    assert (fault.row, fault.column, fault.value) == (4, "last_status", "gone")
    assert read_tables(path)["patients"].cells["onset_m"].tolist() == ["12"]


def test_courses_of_a_repeating_event_are_read(tmp_path):
    rows = [("A", "baseline_arm_1", "", "", {"sex": "female"})]
    rows += [
        ("A", "course_arm_1", "", n, course(side_effect="nausea" if n == "2" else "", side_effect_course=n))
        for n in "12"
    ]
    path = export(tmp_path, rows, ["sex", *COURSE, "side_effect", "side_effect_course"])
    assert titles_in(path) == ["patients", "courses", "side_effects"]
    study = examine(path).study
    assert study.courses["course"].tolist() == [1, 2]
    assert study.side_effects[["course", "side_effect"]].to_numpy().tolist() == [[2, "nausea"]]


def test_a_repeating_event_with_fields_of_other_names_is_offered_and_can_be_mapped(tmp_path):
    rows = [("A", "baseline_arm_1", "", "", {"sex": "female"})]
    rows += [("A", "course_arm_1", "", n, {"drug": "methotrexate", "resp": "1"}) for n in "12"]
    path = export(tmp_path, rows, ["sex", "drug", "resp"])
    (fault,) = examine(path).errors
    assert "There is: patients, course_arm_1." in fault.advice
    export(
        tmp_path,
        rows,
        ["sex", "drug", "resp"],
        "tables: {course_arm_1: courses}\ncolumns: {courses: {drug: treatment, resp: response}}",
    )
    assert examine(path).study.courses["course"].tolist() == [1, 2]


def test_a_form_that_is_single_in_one_event_and_repeats_in_another_is_read_whole(tmp_path):
    rows = [
        ("A", "baseline_arm_1", "", "", {"sex": "female", **course("cyclosporine", start_date="2020-01-01")}),
        ("A", "later_arm_1", "courses", "1", course(start_date="2021-01-01")),
        ("A", "later_arm_1", "courses", "2", course("dupilumab", start_date="2022-01-01")),
    ]
    (tmp_path / "study.yml").write_text("data_lock_date: 2022-12-31\n", encoding="utf-8")
    examination = examine(export(tmp_path, rows, ["sex", *COURSE]))
    assert examination.study.courses["treatment"].tolist() == ["cyclosporine", "methotrexate", "dupilumab"]
    assert examination.study.courses["course"].tolist() == [1, 2, 3]
    others = ("is missing", "without an end")
    (fault,) = [fault for fault in examination.warnings if not any(words in fault.rule for words in others)]
    assert "does not number the courses" in fault.rule


def test_instances_that_start_again_in_each_event_are_numbered_by_their_start(tmp_path):
    rows = [
        ("A", "baseline_arm_1", "", "", {"sex": "female"}),
        ("A", "teenage_arm_1", "courses", "1", course("dupilumab", start_date="2022-01-01")),
        ("A", "child_arm_1", "courses", "1", course("cyclosporine", start_date="2020-01-01")),
    ]
    (tmp_path / "study.yml").write_text("data_lock_date: 2022-12-31\n", encoding="utf-8")
    study = examine(export(tmp_path, rows, ["sex", *COURSE])).study
    assert study.courses.set_index("course")["treatment"].to_dict() == {1: "cyclosporine", 2: "dupilumab"}


def test_two_rows_that_contradict_each_other_are_an_error(tmp_path):
    rows = [("A", "", "", "", {"sex": "female"}), ("A", "", "", "", {"sex": "male"})]
    (fault,) = examine(export(tmp_path, [*rows, ("A", "", "courses", "1", course())], ["sex", *COURSE])).faults
    assert (fault.severity, fault.row, fault.value) == ("error", 3, "male")
    assert fault.rule == "is “female” in row 2: two rows of A contradict each other"


def test_double_data_entry_is_an_error(tmp_path):
    rows = [(f"A--{n}", "", "", "", {"sex": "female"}) for n in "12"]
    rows += [(f"A--{n}", "", "courses", "1", course()) for n in "12"]
    (fault,) = examine(export(tmp_path, rows, ["sex", *COURSE])).errors
    assert (fault.value, fault.rule) == ("A--1", "and A--2 are one record entered twice")


def test_an_instrument_that_is_misspelt_is_named(tmp_path):
    rows = [
        ("A", "", "", "", {"sex": "female"}),
        ("A", "", "courses", "1", course()),
        ("A", "", "cuorses", "2", course()),
    ]
    (fault,) = examine(export(tmp_path, rows, ["sex", *COURSE])).errors
    assert (fault.row, fault.rule) == (4, "is in the instrument cuorses, which is not read as courses")


def test_a_column_that_stands_twice_and_is_filled_twice_is_an_error(tmp_path):
    rows = [("A", "", "", "", {"sex": "female"}), ("A", "", "courses", "1", course(dose="4", second="5"))]
    path = export(tmp_path, rows, ["sex", *COURSE, "dose", "second"])
    path.write_text(path.read_text().replace("second", "dose"))
    (fault,) = examine(path).errors
    assert (fault.column, fault.rule) == ("dose", "stands 2 times as a column name, and 2 of these columns are filled")


def test_two_columns_of_one_label_that_are_not_ours_can_both_be_mapped(tmp_path):
    fields = [*COURSE[::2], "Date", "second"]
    rows = [
        ("A", "", "", "", {"sex": "female"}),
        ("A", "", "courses", "1", course(Date="2020-01-01", second="2020-02-01")),
    ]
    path = export(tmp_path, rows, ["sex", *fields])
    path.write_text(path.read_text().replace("second", "Date"))
    assert set(read_tables(path)["courses"].cells) >= {"Date (column 8)", "Date (column 9)"}
    mapping = "columns: {courses: {Date (column 8): start_date, Date (column 9): stop_date}}"
    (tmp_path / "mapping.yml").write_text(mapping, encoding="utf-8")
    assert str(examine(path).study.courses["stop_date"].iloc[0])[:10] == "2020-02-01"


def test_an_export_beside_its_data_dictionary_is_recognised(tmp_path):
    rows = [("A", "", "", "", {"sex": "female"}), ("A", "", "courses", "1", course())]
    export(tmp_path, rows, ["sex", *COURSE], name="Registry_DATA_2023-06-01.csv")
    dictionary = '"Variable / Field Name","Form Name","Field Type"\nrecord_id,demographics,text\n'
    (tmp_path / "Registry_DataDictionary.csv").write_text(dictionary)
    assert len(examine(tmp_path).study.courses) == 1


def test_headings_alone_and_boxes_of_nothing_but_unknown_are_no_traceback(tmp_path):
    rows = [("A", "", "", "", {"sex": "female", "comorbidities___unk": "1"}), ("A", "", "courses", "1", course())]
    path = export(tmp_path, rows, ["sex", "comorbidities___unk", *COURSE])
    assert examine(path).study.patients["comorbidities"].isna().all()
    path.write_text(path.read_text().splitlines()[0])
    assert examine(path).errors
