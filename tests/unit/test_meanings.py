"""What a clinic's words mean: none, not known, no event; and what is asked because it can mean two things."""

from dataclasses import replace

import pandas as pd
import pytest

from adreport.pages.cohort.results import listed
from adreport.reading.checks import codes, privacy, unread
from adreport.reading.drafting import draft
from adreport.reading.examine import examine
from adreport.reading.formats.raw import RawTable
from adreport.reading.values import typed
from adreport.study.dictionary import dose_unit
from adreport.study.faults import Fault, in_words
from adreport.study.response import response_scale
from studies import cohort, written

WORDS_FOR_NONE = ["none", "-", "YOK", "keine", "No side-effects", "nil", "no known adverse event", "yan etki yok"]


def patients(**columns):
    """Patients' cells as typed, and their faults."""
    cells = pd.DataFrame({"sex": "male", **columns}, dtype=str)
    cells.insert(0, "patient_id", [f"A{row}" for row in range(len(cells))])
    return typed(RawTable("patients", "patients.csv", cells), response_scale(None))


def suspected(name, column, text):
    """What looks like personal data in a cell of a table."""
    cells = pd.DataFrame({column: [text]})
    rules = [rule for rule in privacy.RULES if (rule.table, rule.column) == (name, column)]
    assert rules
    return [fault for rule in rules for fault in rule.faults(cells, RawTable(name, f"{name}.csv", cells))]


@pytest.mark.parametrize("word", WORDS_FOR_NONE)
def test_a_row_that_says_no_side_effect_is_no_event(word, tmp_path):
    events = cohort()["side_effects"]
    events.loc[[2, 5], ["side_effect", "grade", "onset_day", "serious", "led_to_discontinuation"]] = [
        word, "", "", "no", "",
    ]  # fmt: skip
    examination = examine(written(tmp_path, side_effects=events))
    assert len(examination.study.side_effects) == len(events) - 2
    (fault,) = examination.faults
    assert (fault.row, fault.column) == (4, "side_effect")
    assert fault.rule == "was taken as “no side effect” (also in row 7)"


def test_a_row_that_says_none_and_tells_of_an_event_is_asked_for(tmp_path):
    events = cohort()["side_effects"]
    events.loc[2, ["side_effect", "grade"]] = ["none", "3"]
    (fault,) = examine(written(tmp_path, side_effects=events)).errors
    assert (fault.row, fault.column) == (4, "side_effect")


@pytest.mark.parametrize(
    "word", ["no response to light", "nausea", "none given", "nodules", "night sweats", "missing teeth"]
)
def test_other_words_are_events(word, tmp_path):
    events = cohort()["side_effects"]
    events.loc[2, "side_effect"] = word
    assert len(examine(written(tmp_path, side_effects=events)).study.side_effects) == len(events)


NOT_KNOWN = ["NA", "n/a", "#N/A", "NULL", "unknown", "Bilinmiyor", "k.A.", "?", "-", "."]
IN_WORDS = [
    "Not recorded.",
    "missing",
    "No data",
    "keine Angabe",
    "nicht erhoben",
    "belirtilmemiş",
    "BİLGİ YOK",
    "n.d.",
]


@pytest.mark.parametrize("word", [*NOT_KNOWN, *IN_WORDS])
def test_a_word_for_not_known_is_a_gap_in_every_kind_of_column(word):
    table, faults = patients(
        comorbidities=["asthma", word, "none"], total_ige_iu_per_ml=["1", word, "2"], food_allergy=["yes", word, "no"]
    )
    assert faults == []
    assert table.loc[1, ["comorbidities", "total_ige_iu_per_ml", "food_allergy"]].isna().all()
    events = pd.DataFrame({"patient_id": ["A"], "course": ["1"], "side_effect": ["rash"], "management": [word]})
    table, _ = typed(RawTable("side_effects", "side_effects.csv", events), response_scale(None))
    assert pd.isna(table.loc[0, "management"])


def test_a_required_cell_that_says_unknown_must_be_filled():
    _, (fault,) = patients(sex=["male", "unknown"])
    assert (fault.row, fault.value, fault.advice) == (1, "unknown", "Fill in: Sex.")


@pytest.mark.parametrize("word", ["none", "yok", "keine", "Hayır", "no", "nil", "NONE"])
def test_words_for_none_in_a_list_are_no_disease(word):
    table, _ = patients(comorbidities=["asthma;no pets", word, ""])
    assert listed(table["comorbidities"])["item"].tolist() == ["asthma", "no pets", "none"]


@pytest.mark.parametrize(
    ("cells", "items"),
    [
        (["asthma", ""], ["asthma", "none"]),
        (["asthma", "", "none"], ["asthma", "none"]),
        (["asthma", "", "NA"], ["asthma", "none"]),  # the empty cell is none, NA is not known
        (["asthma", "NA"], ["asthma"]),
        (["", ""], []),
        (["NA", ""], []),
    ],
)
def test_an_empty_list_means_none_where_nothing_else_says_so(cells, items):
    assert listed(patients(comorbidities=cells)[0]["comorbidities"])["item"].tolist() == items


def test_a_minus_is_a_level_only_beside_a_plus():
    def drafted(*cells):
        table = pd.DataFrame({"patient_id": ["A", "B"], "sex": "male", "food_allergy": cells})
        return draft({"patients": RawTable("patients", "patients.csv", table)}).mapping.get("values")

    assert drafted("yes", "-") is None
    assert drafted("+", "-") == {"patients": {"food_allergy": {"+": "yes", "-": "no"}}}
    _, faults = patients(food_allergy=["+", "-"])
    assert [fault.value for fault in faults] == ["+", "-"]


@pytest.mark.parametrize(
    ("born", "expected"), [("01.01.1900", [2]), ("1899-12-25", [2]), ("1950-01-01", []), ("", []), ("2012-01-01", [])]
)
def test_a_birth_date_must_give_an_age_that_people_reach(born, expected, tmp_path):
    people = cohort()["patients"].drop(columns="age_at_data_lock_years").assign(birth_date="")
    people.loc[0, "birth_date"] = born
    folder = written(tmp_path, patients=people)
    (folder / "study.yml").write_text("data_lock_date: 2024-06-30\n", encoding="utf-8")
    assert [fault.row for fault in examine(folder).errors if fault.column == "birth_date"] == expected


def test_a_birth_date_is_judged_by_the_courses_where_there_is_no_data_lock(tmp_path):
    courses = cohort()["courses"].assign(start_date="")
    courses.loc[0, ["start_date", "age_at_start_years"]] = ["2020-01-01", ""]
    people = cohort()["patients"].assign(birth_date="")
    people.loc[people["patient_id"] == courses.loc[0, "patient_id"], "birth_date"] = "1890-01-01"
    errors = examine(written(tmp_path, patients=people, courses=courses)).errors
    (fault,) = (fault for fault in errors if fault.column == "birth_date")
    assert fault.rule == "makes the patient 130 years old on 2020-01-01"


def test_a_required_cell_is_never_to_be_left_empty():
    _, (sex,) = patients(sex=["male", "weiblich"])
    assert sex.advice.startswith("Did you mean female?")
    _, (sex,) = patients(sex=["male", "1"])
    assert sex.advice == "Possible: female, male. If it is a code, say in mapping.yml what it means."
    cells = pd.DataFrame({"patient_id": ["A"], "course": ["II"], "treatment": ["CSA"], "response": ["9"]})
    _, (course, response) = typed(RawTable("courses", "courses.csv", cells), response_scale(None))
    assert course.advice == "Correct it."
    assert response.advice.endswith("leave it empty only if it is a code for what is not known.")
    assert "response in study.yml" in response.advice
    _, (ige,) = patients(total_ige_iu_per_ml=["many"])
    assert ige.advice == "Correct it, or leave the cell empty if it is not known."


def advice_on(treatment):
    cells = pd.DataFrame({"patient_id": ["A"], "course": ["1"], "treatment": [treatment], "response": ["1"]})
    (fault,) = typed(RawTable("courses", "courses.csv", cells), response_scale(None))[1]
    return fault.advice


@pytest.mark.parametrize(
    "drug",
    [
        "cyclophosphamide",
        "adalimumab",
        "tacrolimus",
        "tofacitinib",
        "ritlecitinib",
        "etanercept",
        "infliximab",
        "ustekinumab",
        "secukinumab",
        "ixekizumab",
        "rituximab",
        "mepolizumab",
        "benralizumab",
        "reslizumab",
        "tezepelumab",
        "mirikizumab",
        "rocatinlimab",
        "leflunomide",
        "apremilast",
        "acitretin",
        "hydroxychloroquine",
        "mercaptopurine",
        "chlorambucil",
        "ruxolitinib",
        "delgocitinib",
        "upatinib",
        "dexamethasone",
        "thalidomide",
        "tixagevimab",
        "certolizumab",
        "natalizumab",
        "ocrelizumab",
        "eculizumab",
    ],
)
def test_another_drug_is_not_taken_for_a_spelling(drug):
    assert "Did you mean" not in advice_on(drug)
    assert advice_on(drug).startswith("Give a new drug a row in data/treatments.csv")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("Methotrexat", "Did you mean Methotrexate?"),
        ("cyclosporn", "Did you mean cyclosporin?"),
        ("Prednisolon", "Did you mean prednisolone?"),
        ("Dupilumap", "Did you mean Dupilumab?"),
        ("omalizumabe", "Did you mean Omalizumab?"),
        ("MTX 10mg", "It may be Methotrexate: write the drug alone, and the amount under dose."),
        ("Dupilumab (300 mg)", "It may be Dupilumab"),
        ("methotrexate sodium", "Did you mean Methotrexate? Write it alone."),
        ("CSA + steroid", "A combination is two courses"),
        ("MTX and CSA", "A combination is two courses"),
    ],
)
def test_a_hint_says_what_a_treatment_may_be(word, hint):
    assert hint in advice_on(word)


@pytest.mark.parametrize(
    ("inside", "hint"),
    [
        ("\u0410{}", "a Cyrillic letter \u0410"),
        ("P–{}", "a dash – in place of a hyphen -"),
        ("P\u200b{}", "an invisible character (zero width space)"),
        ("PO{}", "There is P0"),
    ],
)
def test_an_identifier_that_looks_the_same_is_told_apart(inside, hint, tmp_path):
    plain, odd = {"\u0410{}": "A{}", "P–{}": "P-{}", "P\u200b{}": "P{}", "PO{}": "P0{}"}[inside], inside
    tables = {
        name: table.assign(patient_id=[plain.format(patient.removeprefix("P")) for patient in table["patient_id"]])
        for name, table in cohort().items()
    }
    first = tables["courses"].index[0]
    tables["courses"].loc[first, "patient_id"] = odd.format("01")
    (advice,) = (fault.advice for fault in examine(written(tmp_path, **tables)).errors if fault.file == "courses.csv")
    assert hint in advice
    assert "is that the same patient?" in advice


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("A01", "a01", True),
        ("7", "007", True),
        ("A-01", "A–01", True),
        ("1-11", "11-1", False),
        ("АБ-01", "АБ-02", False),
        ("AI1", "A11", False),
    ],
)
def test_two_spellings_of_one_patient_are_a_warning(one, other, alike, tmp_path):
    people = pd.DataFrame({"patient_id": [one, other], "sex": "male"})
    courses = people.assign(course="1", treatment="CSA", response="1", discontinuation_reason="remission")
    folder = written(tmp_path, patients=people, courses=courses.drop(columns="sex"), side_effects=None)
    assert [fault.row for fault in examine(folder).faults] == ([3] if alike else [])


def test_units_are_understood_in_the_usual_spellings_and_others_gathered(tmp_path):
    courses = cohort()["courses"]
    first, second, third = courses.index[courses["treatment"].isin(["cyclosporine", "CSA"])][:3]
    courses.loc[first, "dose_unit"] = "mg/kg/d"
    courses.loc[[second, third], "dose_unit"] = "mg/d"
    examination = examine(written(tmp_path, courses=courses))
    (fault,) = examination.faults
    assert (fault.row, fault.column) == (second + 2, "dose_unit")
    assert f"(also in row {third + 2})" in fault.rule
    assert set(examination.study.courses["dose_unit"].dropna()) >= {"mg/kg/day", "mg/day"}
    assert "mg/kg/d" not in set(examination.study.courses["dose_unit"])


@pytest.mark.parametrize(
    ("written_as", "unit"),
    [
        ("mg/kg/wk", "mg/kg/week"),
        ("mg/d", "mg/day"),
        ("mg/2 wks", "mg/2 weeks"),
        ("mg/m²/d", "mg/m2/day"),
        ("MG/KG/Tag", "mg/kg/day"),
        ("mg/kg/hafta", "mg/kg/week"),
        ("drops", "drops"),
    ],
)
def test_a_unit_is_read_as_the_usual_one(written_as, unit):
    assert dose_unit(written_as) == unit


@pytest.mark.parametrize("head", ["patient\nid", "patient\u00a0id", "Patient  ID"])
def test_a_head_with_another_blank_is_the_same(head, tmp_path):
    people = cohort()["patients"].rename(columns={"patient_id": head})
    assert examine(written(tmp_path, patients=people)).faults == []


def test_a_message_is_one_line():
    assert str(Fault("a.csv", "is odd", "Mend it.", column="dose\nunit", value="a\r\nb")).count("\n") == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call 07700 900123", "a telephone number"),
        ("tel (555) 123-4567", "a telephone number"),
        ("555-123-4567", "a telephone number"),
        ("090-1234-5678", "a telephone number"),
        ("0532 123 45 67", "a telephone number"),
        ("+49 171 2345678", "a telephone number"),
        ("030/1234567", "a telephone number"),
        ("+44 20 7946 0958", "a telephone number"),
        ("born 12 March 2012", "a full date"),
        ("geb. 12.3.12", "a full date"),
        ("DOB: 12/3/12", "a full date"),
        ("*2012/03/12", "a full date"),
        ("DOB 12. März 2012", "a full date"),
        ("12 Ağustos 2012", "a full date"),
        ("March 12, 2012", "a full date"),
        ("NHS 9434765919", "a health service number"),
        ("KVNR A123456780", "a health insurance number"),
    ],
)
def test_personal_data_of_other_countries_are_found(text, kind):
    assert [fault.rule for fault in suspected("side_effects", "management", text)] == [f"looks like {kind}"]


@pytest.mark.parametrize(
    "text",
    [
        "300 mg/2 weeks",
        "P-001",
        "10/20 mg",
        "0.5-1.5 mg/kg",
        "day 12",
        "stopped in May 2020",
        "ICD L20.9",
        "3-4-5",
        "2019-2022",
        "ALT 120/80",
        "dose 100-200-300",
        "1234567890",
        "1.234.567",
        "may 2 tablets",
        "0.75 1.25 2.50",
        "study 2020-001234-12",
        "in 12 marked cases;+1 200 mg;+10 20",
    ],
)
def test_doses_codes_and_ranges_are_not_personal_data(text):
    assert suspected("side_effects", "management", text) == []


@pytest.mark.parametrize(
    "name",
    [
        "山田 太郎",
        "伊藤 蓮",
        "山田太郎",
        "A. Yılmaz",
        "Yılmaz A.",
        "Müller, K.",
        "J. Smith",
        "Mehmet K",
        "O'Brien Sean",
    ],
)
def test_names_with_initials_and_chinese_letters_are_found(name):
    assert [fault.rule for fault in suspected("patients", "patient_id", name)] == ["looks like a name"]


@pytest.mark.parametrize(
    "pseudonym", ["P-001", "AD-AK", "A 01", "AK", "P01", "患者01", "ADK-A", "SITE A", "MÜ 3", "A.1"]
)
def test_pseudonyms_are_not_names(pseudonym):
    assert suspected("patients", "patient_id", pseudonym) == []


def test_several_courses_in_a_row_are_told(tmp_path):
    wide = cohort()["patients"].assign(treatment1="CSA", response1="1", treatment2="MTX", response2="2")
    faults = examine(written(tmp_path, patients=wide, courses=None, side_effects=None)).faults
    assert "has the columns treatment1, response1, treatment2, response2: several courses in one row" in faults[-1].rule
    assert "a row of its own" in faults[-1].advice


def test_a_row_of_group_heads_is_told(tmp_path):
    folder = written(tmp_path)
    file = folder / "courses.csv"
    rows = file.read_text(encoding="utf-8")
    file.write_text("Who,,What" + "," * (rows.splitlines()[0].count(",") - 2) + "\n" + rows, encoding="utf-8")
    (fault,) = examine(folder).faults
    assert (fault.file, fault.row) == ("courses.csv", 1)
    assert fault.rule == "stands above the column names, which were found in row 2, and is not read"


@pytest.mark.parametrize(("born", "month"), [("07/25/2011", 2), ("25/07/2011", 3), ("07/07/2011", 3)])
def test_the_tables_of_a_data_set_share_what_their_dates_show(born, month, tmp_path):
    people = pd.DataFrame({"patient_id": ["A"], "sex": ["male"], "birth_date": [born]})
    courses = pd.DataFrame({"patient_id": ["A"], "course": "1", "treatment": "CSA", "response": "1"})
    courses = courses.assign(start_date="02/03/2020", stop_date="04/05/2020", discontinuation_reason="remission")
    examination = examine(written(tmp_path, patients=people, courses=courses, side_effects=None))
    assert examination.study.courses["start_date"].dt.month.tolist() == [month]
    assert {(fault.severity, fault.column) for fault in examination.faults} == {
        ("warning", "start_date"), ("warning", "stop_date"),
    }  # fmt: skip


@pytest.mark.parametrize(("ige", "read"), [("30\u200b0", 300), ("\u202a300\u202c", 300), ("３００", 300), ("٣٠٠", 300)])
def test_what_cannot_be_seen_and_digits_of_any_script_change_no_number(ige, read):
    cells, faults = patients(total_ige_iu_per_ml=[ige, "5"], food_allergy=["yes\u200b", "no"])
    assert (cells["total_ige_iu_per_ml"][0], cells["food_allergy"][0], faults) == (read, "yes", [])


@pytest.mark.parametrize("code", ["11", "-1", "9"])
def test_a_digit_is_not_taken_for_a_like_one(code):
    _, (fault,) = patients(food_allergy=["yes", code])
    assert fault.advice.startswith(
        "Possible: yes, no. If it is a code, say in mapping.yml what it means; leave it empty"
    )


def test_a_number_below_zero_may_be_a_code_and_a_date_may_be_a_number():
    _, (code, day) = patients(onset_age_months=["-9", "1901-02-03"])
    assert code.advice == "Leave the cell empty if this is a code for a value that is not known; else correct it."
    assert "holds 400" in day.advice  # 31 days to 1900-01-31, 365 and 3 more, and Excel's 29 February 1900


def test_a_time_of_day_is_said_once_in_a_column(tmp_path):
    tables = cohort()
    tables["courses"].loc[:1, "start_date"] = ["2015-05-01 08:30", "2016-05-01T00:00:00+03:00"]
    table = RawTable("courses", "courses.csv", tables["courses"])
    (fault,) = [fault for fault in unread.cells_read_otherwise(table) if fault.column == "start_date"]
    assert (fault.row, fault.severity) == (0, "warning")
    assert fault.rule == "has a time of day, which is not read"


def test_a_serial_date_is_that_of_its_workbook():
    cells = pd.DataFrame({"patient_id": ["A"], "sex": ["male"], "birth_date": ["42750"]})
    for since, day in (("1899-12-30", "2017-01-15"), ("1904-01-01", "2021-01-16")):
        table = RawTable("patients", "patients.xlsx", cells, since=pd.Timestamp(since))
        assert day in typed(table, response_scale(None))[1][0].advice


def test_a_message_shows_what_cannot_be_seen_and_is_short():
    assert "mg⟨U+001B⟩[31m ⟨U+202E⟩x" in str(Fault("courses.csv", "is wrong", "", value="mg\x1b[31m \u202ex"))
    assert len(str(Fault("courses.csv", "is wrong", "", value="x" * 10_000))) < 200


def test_many_faults_of_a_column_are_counted():
    faults = [
        Fault("courses.csv", f"is wrong in way {row}", "Correct it.", row=row, column="dose")
        for row in range(1, 600_001)
    ]
    *first, last = in_words([*faults, Fault("courses.csv", "is wrong", "Correct it.", column="course")])
    assert (len(first), first[20]) == (21, "courses.csv, column dose: … and 599,980 more like these.")
    assert "column course" in last


def test_equal_faults_are_told_once_with_their_rows():
    faults = [Fault("courses.csv", "is wrong", "Correct it.", row=row, column="dose", value="x") for row in (2, 5, 9)]
    others = [replace(faults[0], row=3, value="y"), replace(faults[0], row=4, column="course")]
    assert list(in_words([*faults, *others])) == [
        "courses.csv, row 2, column dose: “x” is wrong (also in rows 5, 9). Correct it.",
        "courses.csv, row 3, column dose: “y” is wrong. Correct it.",
        "courses.csv, row 4, column course: “x” is wrong. Correct it.",
    ]
    many = [replace(faults[0], row=row, value=str(row)) for row in range(2, 40)]
    (message,) = in_words(many)
    assert message.startswith("courses.csv, row 2, column dose: “2” is wrong (also in rows 3, 4,")
    assert "… 17 more)" in message


def test_a_number_of_excel_has_no_sign_for_thousands():
    """A CSV may mean 1,125 by 1.125; a cell of Excel that holds a number is read as as_text writes it."""
    cells = pd.DataFrame({"patient_id": list("ABC"), "sex": "male", "total_ige_iu_per_ml": ["1.125", "950", "1800.5"]})
    for sheet, faults in (("", 1), ("patients", 0)):
        assert len(typed(RawTable("patients", "patients", cells, sheet), response_scale(None))[1]) == faults
    cells["total_ige_iu_per_ml"] = ["2.900", "950", "1800.5"]
    assert len(typed(RawTable("patients", "patients", cells, "patients"), response_scale(None))[1]) == 1


@pytest.mark.parametrize(
    ("ige", "row"),
    [
        ([*range(100, 9000, 890), *[9999] * 5], 10),
        ([20, 30, 50, 999, 999, 999, 20000], 3),
        ([-5, 1, 2, 3, 99, 99], 4),
        ([3, 6, 9, 9, 9, 24], None),
        ([4000, 9999, 15000], None),
        ([60, 70, 77, 77], None),
    ],
)
def test_a_number_of_nines_that_stands_often_may_be_a_code(ige, row):
    rows = pd.DataFrame({"total_ige_iu_per_ml": ige}, dtype=float)
    (rule,) = [rule for rule in codes.RULES if rule.column == "total_ige_iu_per_ml"]
    found = [fault.row for fault in rule.faults(rows, RawTable("patients", "patients.csv", rows.astype(str)))]
    assert found == ([] if row is None else [row])
