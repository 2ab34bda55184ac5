"""Free text is one term however it is typed; what cannot be one term, or stands twice, is asked about."""

import numpy as np
import pandas as pd
import pytest

from adreport import analyse, read_study
from adreport.pages import cohort as cohort_page
from adreport.pages import safety
from adreport.reading.checks.terms import misspelt
from adreport.reading.examine import examine
from adreport.study.side_effects import listed_terms, with_organ_classes
from adreport.study.terms import key, one_spelling
from studies import written

SAME = [
    ("nausea", "«nausea»", "‘nausea’", "(nausea)", "nausea\u2800", "nausea\x07", "nausea\u034f"),
    ("حكة", "حكة۔", "حكة؟", "حكة،"),
    ("恶心", "恶心。", "恶心！", "恶心、", "（恶心）"),
    ("hair-loss", "hair - loss", "Hair – loss"),
    ("AST/ALT", "ast / alt"),
    ("Crohn's disease", "Crohn`s disease", "crohn′s disease"),
    ("ill K", "ill \u212a"),
    ("nausea", "Nausea ", "NAUSEA", "nausea.", "\u00a0nausea", "nau\u200bsea", "ｎａｕｓｅａ"),
    (
        "nausea",
        "nau\u00adsea",
        "nausea\ufe0f",
        "nausea…",
        "nausea。",
        "• nausea",
        "“nausea”",
        "nausea -",
        "nausea\u2028",
    ),
    ("Crohn's disease", "Crohn’s disease", "CROHN´S\u2009DISEASE"),
    ("drug-induced fever", "drug\u2011induced fever", "Drug–induced fever"),
    ("astım", "ASTIM", "Astım", "astim"),
    ("ishal", "İSHAL", "İshal", "I\u0307SHAL", "i\u0307shal"),
    ("ışığa duyarlılık", "IŞIĞA DUYARLILIK", "Işığa  duyarlılık"),
    ("kaşıntı", "kas\u0327ıntı", "KAŞINTI"),
]


@pytest.mark.parametrize("words", SAME, ids=lambda words: words[0])
def test_a_term_is_the_same_however_it_is_typed(words):
    assert len({key(word) for word in words}) == 1
    assert len(set(one_spelling(words).values())) == 1


def test_a_term_is_shown_as_it_is_written_most_often_and_of_two_as_first():
    assert one_spelling(["BULANTI", "Bulantı", "bulantı", "Bulantı "])["BULANTI"] == "Bulantı"
    assert one_spelling(["Rash", "rash"]) == {"Rash": "Rash", "rash": "Rash"}
    assert one_spelling(["LDL", "HDL"]) == {"LDL": "LDL", "HDL": "HDL"}
    assert one_spelling(["5%", "(arm) pain"]) == {"5%": "5%", "(arm) pain": "(arm) pain"}
    assert one_spelling(['ill & "well"']) == {'ill & "well"': 'ill & "well"'}  # its quotation marks are not around it


def test_an_organ_class_of_the_data_is_that_of_the_table_however_it_is_typed():
    events = pd.DataFrame(
        {"side_effect": ["nausea", "rash", "oddity"], "organ_class": ["stomach  and GUT.", None, None]}
    )
    vomiting = pd.DataFrame({"side_effect": ["vomiting"], "organ_class": [None]})
    classes = with_organ_classes(pd.concat([vomiting, events]))["organ_class"].tolist()
    assert classes == ["Stomach and gut", "Stomach and gut", "Skin", "Not classified"]


COURSES = pd.DataFrame(
    [("S1", 1, "CSA", 100), ("S1", 2, "MTX", 300), ("S2", 1, "CSA", 100), ("S3", 1, "CSA", 100), ("S4", 1, "CSA", 100),
     ("S4", 2, "CSA", 200), ("S5", 1, "CSA", 100), ("S6", 1, "CSA", 100), ("S6", 2, "CSA", 200), ("S6", 3, "CSA", 200),
     ("S2", 2, "MTX", 300), ("S3", 2, "MTX", 300)],
    columns=["patient_id", "course", "treatment", "duration_days"],
).assign(response="1", discontinuation_reason="remission")  # fmt: skip
EVENTS = pd.DataFrame(
    [("S1", 1, "nausea", 1), ("S1", 1, "Nausea ", 2), ("S1", 1, "nausea", 3), ("S1", 1, "vomiting", 4),
     ("S1", 2, "NAUSEA", 5), ("S4", 1, "nausea", 6), ("S4", 2, "nausea.", 7), ("S5", 1, "headache", 8),
     ("S5", 1, "headache", 8)],
    columns=["patient_id", "course", "side_effect", "onset_day"],
)  # fmt: skip


def test_events_are_counted_by_term_and_not_by_spelling(tmp_path):
    patients = pd.DataFrame({"patient_id": COURSES["patient_id"].unique(), "sex": "female"})
    folder = written(tmp_path, patients=patients, courses=COURSES.astype(str), side_effects=EVENTS.astype(str))
    (warning,) = examine(folder).warnings
    assert (warning.row, warning.rule) == (10, "repeats row 9")
    results = analyse(safety, read_study(folder))
    counted = results.pick(output="table3", variable="side_effect")

    def numbers(treatment, term):
        rows = counted[(counted["group1_level"] == treatment) & (counted["variable_level"] == term)]
        return rows.set_index("stat_name")["stat"].reindex(["patients", "courses", "n"]).tolist()

    # Counted by hand: three spellings of nausea in CSA, one in MTX.
    assert numbers("cyclosporine", "nausea") == [2, 3, 5]
    assert numbers("cyclosporine", "vomiting") == [1, 1, 1]
    assert numbers("cyclosporine", "headache") == [1, 1, 2]
    assert numbers("cyclosporine", "any") == [3, 4, 8]
    assert numbers("methotrexate", "nausea") == [1, 1, 1]
    courses = COURSES[COURSES["treatment"] == "CSA"]
    (rate,) = counted.query("group1_level == 'cyclosporine' and variable_level == 'any' and stat_name == 'rate'")[
        "stat"
    ]
    assert rate == pytest.approx(100 * 8 / (courses["duration_days"].sum() / 365.25))


def test_diseases_are_one_in_capitals_and_in_small_letters(tmp_path):
    lists = ["ASTIM", "astım; ALERJİK RİNİT", "Astım", "alerjik rinit; Astım", "alerjik rinit"]
    patients = pd.DataFrame({"patient_id": list("ABCDE"), "sex": "male", "atopic_comorbidities": lists})
    courses = pd.DataFrame({"patient_id": list("ABCDE"), "course": "1", "treatment": "CSA", "response": "1"})
    study = read_study(written(tmp_path, patients=patients, courses=courses, side_effects=None))
    rows = analyse(cohort_page, study).pick(output="table1", variable="atopic_comorbidities", stat_name="n", group1="")
    assert dict(zip(rows["variable_level"], rows["stat"], strict=True)) == {
        "none": 0, "any": 5, "Astım": 4, "alerjik rinit": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (["nausea", "nausea", "nausae"], {"nausae": "nausea"}),
        (["nausea", "nausaea", "nausea"], {"nausaea": "nausea"}),
        (["ldl increased", "hdl increased", "hdl increased"], {}),  # other words, not misspelt ones
        (["hypotension", "hypertension", "hypertension"], {}),
        (["nausea", "nausae"], {"nausae": "nausea"}),  # one of the two is a listed term
        (["grade 1", "grade 2", "grade 2"], {}),
    ],
)
def test_a_rare_term_one_letter_from_a_frequent_one_is_asked_about(terms, found):
    assert misspelt(terms, listed_terms()) == found


CODES = ["7", " 12 ", "_99", "3.5", "A1", "R11.0", "10028813", "ICD L20.9", "ICD-10: R11", "MedDRA 10028813", "yes"]


@pytest.mark.parametrize("term", CODES)
def test_a_number_or_a_code_is_no_side_effect(term, tmp_path):
    events = EVENTS.assign(side_effect=[term, *EVENTS["side_effect"][1:]]).astype(str)
    patients = pd.DataFrame({"patient_id": COURSES["patient_id"].unique(), "sex": "female"})
    examination = examine(written(tmp_path, patients=patients, courses=COURSES.astype(str), side_effects=events))
    (error,) = examination.errors
    assert (error.row, error.column, error.rule) == (
        2,
        "side_effect",
        "is a number, a code or a bare yes, and no side effect",
    )


@pytest.mark.parametrize("term", ["pain (arms, legs)", "AST/ALT increased", "febrile seizure", "Herpes simplex"])
def test_one_term_is_not_asked_about(term, tmp_path):
    events = EVENTS.head(1).assign(side_effect=term).astype(str)
    patients = pd.DataFrame({"patient_id": COURSES["patient_id"].unique(), "sex": "female"})
    examination = examine(written(tmp_path, patients=patients, courses=COURSES.astype(str), side_effects=events))
    assert examination.faults == []


def test_a_patient_of_whom_little_is_recorded_is_not_taken_for_another(tmp_path):
    patients = pd.DataFrame({"patient_id": list("ABC"), "sex": "male"})
    courses = pd.DataFrame({"patient_id": list("ABC"), "course": "1", "treatment": "CSA", "response": "1"})
    assert examine(written(tmp_path, patients=patients, courses=courses, side_effects=None)).faults == []


DISEASES = ["asthma", "asthma", "allergic rhinitis", "rickets", "none", "none"]


def faults_of_lists(folder, cell, column="comorbidities", **others):
    ids = list("ABCDEFG")
    patients = pd.DataFrame({"patient_id": ids, "sex": "male", column: [*DISEASES, cell]} | others)
    courses = pd.DataFrame({"patient_id": ids, "course": "1", "treatment": "CSA", "response": "1"})
    return examine(written(folder, patients=patients, courses=courses, side_effects=None))


@pytest.mark.parametrize("column", ["comorbidities", "atopic_comorbidities"])
@pytest.mark.parametrize(
    ("cell", "severity", "rule"),
    [
        ("yok; epilepsi", "error", "holds “yok”, which cannot stand beside something else"),
        ("asthma; None.", "error", "holds “None.”, which cannot stand beside something else"),
        ("unknown;asthma", "error", "holds “unknown”, which cannot stand beside something else"),
        ("asthma; 10003553", "warning", "holds “10003553”, which is a number, a code or a bare yes, and no disease"),
        ("ICD J45.0", "warning", "holds “ICD J45.0”, which is a number, a code or a bare yes, and no disease"),
        ("evet", "warning", "holds “evet”, which is a number, a code or a bare yes, and no disease"),
        ("asthma / rickets", "warning", "holds “asthma / rickets”, which may be several diseases in one cell"),
        ("asthma/rickets", "warning", "holds “asthma/rickets”, which may be several diseases in one cell"),
        ("asthma\nrickets", "warning", "holds “asthma rickets”, which may be several diseases in one cell"),
        ("asthma ve rickets", "warning", "holds “asthma ve rickets”, which may be several diseases in one cell"),
        ("asthma; lost_to_follow_up", "warning", "holds a level of another column (Status at data lock)"),
        ("Cyclosporine", "warning", "holds a level of another column (Treatment)"),
        ("astma", "warning", "is one letter from “asthma”"),
    ],
)
def test_an_odd_item_of_a_list_is_asked_about(column, cell, severity, rule, tmp_path):
    (fault,) = faults_of_lists(tmp_path, cell, column).faults
    assert (fault.severity, fault.row, fault.column, fault.rule) == (severity, 8, column, rule)


@pytest.mark.parametrize(
    "cell", ["None.", "none known", "No other disease", "keine Vorerkrankungen", "ek hastalık yok"]
)
def test_none_in_other_words_is_none(cell, tmp_path):
    examination = faults_of_lists(tmp_path, cell)
    assert examination.faults == []
    assert examination.study.patients["comorbidities"].tolist()[-1] == "none"


@pytest.mark.parametrize(
    "cell", ["none; none", "asthma,", "eczema (hands, feet)", "AST/ALT increased", "vitamin B12 deficiency"]
)
def test_an_ordinary_list_is_not_asked_about(cell, tmp_path):
    assert faults_of_lists(tmp_path, cell).faults == []


def test_a_none_that_makes_empty_cells_unknown_says_how_many(tmp_path):
    cells = ["asthma", "Yok.", "", "", "asthma", "", "asthma"]
    (warning,) = faults_of_lists(tmp_path, "", comorbidities=cells).warnings
    words = "says none, which makes 3 empty cells of comorbidities not known"
    assert (warning.row, warning.value, warning.rule) == (3, "Yok.", words)


@pytest.mark.parametrize(("food", "words"), [("no", "no"), ("", "not known")])
def test_egg_without_food_is_asked_about(food, words, tmp_path):
    foods = [food, *["no"] * 6]
    allergies = {"comorbidities": "none", "egg_allergy": ["yes", *["no"] * 6], "food_allergy": foods}
    (warning,) = faults_of_lists(tmp_path, "none", **allergies).warnings
    assert (warning.row, warning.column, warning.rule) == (2, "egg_allergy", f"is yes, but food_allergy is {words}")


SEVERAL = [
    "nausea, vomiting",
    "nausea/vomiting",
    "nausea with vomiting",
    "nausea|vomiting",
    "bulantı ve kusma",
    "nausea + vomiting",
]
ONE = ["CD4+ count low", "headache with aura", "ALT > 2,5 ULN", "proteinuria 2+", "nausea,"]


@pytest.mark.parametrize("term", SEVERAL + ONE)
def test_several_side_effects_in_a_cell_are_asked_about_once(term, tmp_path):
    events = EVENTS.head(2).assign(side_effect=term).astype(str)
    patients = pd.DataFrame({"patient_id": COURSES["patient_id"].unique(), "sex": "female"})
    examination = examine(written(tmp_path, patients=patients, courses=COURSES.astype(str), side_effects=events))
    rules = [(fault.severity, fault.row, fault.rule) for fault in examination.faults]
    words = "may be several side effects in one cell (also in row 3)"
    assert rules == ([("warning", 2, words)] if term in SEVERAL else [])


@pytest.mark.parametrize(
    ("term", "meant"),
    [
        ("Lyphopenia", "lymphopenia"),  # one listed, though no other row has it
        ("LD increased", "ldl increased"),
        ("conjuctivitis", "conjunctivitis"),
        ("HDL increased", ""),  # another thing
        ("acne", ""),
    ],
)
def test_a_single_misspelt_side_effect_is_compared_with_the_listed_ones(term, meant, tmp_path):
    events = EVENTS.head(1).assign(side_effect=term).astype(str)
    patients = pd.DataFrame({"patient_id": COURSES["patient_id"].unique(), "sex": "female"})
    examination = examine(written(tmp_path, patients=patients, courses=COURSES.astype(str), side_effects=events))
    assert [fault.rule for fault in examination.faults] == ([f"is one letter from “{meant}”"] if meant else [])


@pytest.mark.parametrize("term", ["Resolved", "none since May", "recovered after 3 days", "düzeldi", "no longer"])
def test_how_a_side_effect_ended_is_no_side_effect(term, tmp_path):
    events = EVENTS.head(1).assign(side_effect=term).astype(str)
    patients = pd.DataFrame({"patient_id": COURSES["patient_id"].unique(), "sex": "female"})
    (fault,) = examine(written(tmp_path, patients=patients, courses=COURSES.astype(str), side_effects=events)).warnings
    assert (fault.row, fault.column, fault.rule) == (2, "side_effect", "seems to name no side effect")


@pytest.mark.parametrize(
    ("again", "others", "repeats"),
    [
        ({"side_effect": "Headache "}, {}, True),
        ({}, {"record": list("123456789") + ["10"]}, True),  # numbers the rows
        ({"led_to_discontinuation": ""}, {}, True),
        ({"onset_day": "9"}, {}, False),
        ({"onset_day": ""}, {}, False),  # may be another day
        ({}, {"site": ["arm"] * 8 + ["leg", "arm"]}, False),  # is not read, but tells the two apart
    ],
)
def test_a_side_effect_that_stands_twice_is_found_however_it_is_typed(again, others, repeats, tmp_path):
    events = EVENTS.head(8).astype(str)
    events = pd.concat([events, events.iloc[[7]].assign(**again), events.iloc[[0]].assign(onset_day="40")])
    patients = pd.DataFrame({"patient_id": COURSES["patient_id"].unique(), "sex": "female"})
    folder = written(tmp_path, patients=patients, courses=COURSES.astype(str), side_effects=events.assign(**others))
    found = [(fault.row, fault.rule) for fault in examine(folder).faults if fault.column == "side_effect"]
    assert found == ([(10, "repeats row 9")] if repeats else [])


def test_patients_without_side_effects_do_not_repeat_one_another(tmp_path):
    events = pd.DataFrame({"patient_id": ["S1", "S2", "S3"], "course": "1", "side_effect": "none"})
    patients = pd.DataFrame({"patient_id": COURSES["patient_id"].unique(), "sex": "female"})
    (warning,) = examine(written(tmp_path, patients=patients, courses=COURSES.astype(str), side_effects=events)).faults
    assert warning.rule == "was taken as “no side effect” (also in rows 3, 4)"


TIMES = pd.DataFrame({"course": ["1", "2"], "treatment": ["CSA", "MTX"], "response": "1",
                      "start_date": ["2018-01-01", "2019-02-03"], "stop_date": ["2018-07-01", "2019-09-05"],
                      "discontinuation_reason": "remission"})  # fmt: skip


@pytest.mark.parametrize(
    ("again", "repeats"),
    [
        (TIMES, True),
        (TIMES[::-1], True),
        (TIMES.assign(start_date=["01.01.2018", "3.2.2019"]), True),
        (TIMES.assign(start_date=["", "2019-02-03"]), True),
        (TIMES.assign(discontinuation_reason=["remission", ""]), True),
        (TIMES.assign(response=["1", "0"]), False),
        (TIMES.head(1), False),
    ],
)
def test_a_patient_with_the_courses_of_another_is_asked_about(again, repeats, tmp_path):
    patients = pd.DataFrame({"patient_id": ["A", "B"], "sex": ["male", "female"]})
    courses = pd.concat([TIMES.assign(patient_id="A"), again.assign(patient_id="B")])
    faults = examine(written(tmp_path, patients=patients, courses=courses, side_effects=None)).faults
    words = "has the same courses as the patient of row 2"
    assert [(fault.row, fault.rule) for fault in faults] == ([(3, words)] if repeats else [])


def _undated(patients, with_weights):
    """A clinic that gives one course a patient, in whole years and quarters; weights tell the patients apart."""
    chance = np.random.default_rng(3)
    ids = [f"P{number}" for number in range(patients)]
    courses = pd.DataFrame({
        "patient_id": ids, "course": "1", "treatment": chance.choice(["CSA", "MTX", "AZA"], patients),
        "response": chance.choice(["0", "1", "2"], patients), "discontinuation_reason": "switched",
        "age_at_start_years": chance.integers(3, 17, patients),
        "duration_days": chance.choice([90, 180, 360], patients),
    })  # fmt: skip
    if with_weights:
        courses["weight_kg"] = np.linspace(10, 70, patients).round(3)
    return pd.DataFrame({"patient_id": ids, "sex": chance.choice(["male", "female"], patients)}), courses


@pytest.mark.parametrize(("with_weights", "found"), [(True, [502]), (False, [])])
def test_patients_who_are_alike_by_chance_are_not_called_one(with_weights, found, tmp_path):
    patients, courses = (
        pd.concat([table, table.head(1).assign(patient_id="again")]) for table in _undated(500, with_weights)
    )
    faults = examine(written(tmp_path, patients=patients, courses=courses.astype(str), side_effects=None)).faults
    assert [fault.row for fault in faults if fault.rule.startswith("has the same courses")] == found
