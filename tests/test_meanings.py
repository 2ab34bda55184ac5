"""What a clinic's words mean: none, not known, no event; and what is asked because it can mean two things."""

import pandas as pd
import pytest

from adreport.cells import typed
from adreport.cohort import listed
from adreport.mapping import draft
from adreport.readers.raw import RawTable
from adreport.reading import examine
from adreport.response import response_scale
from studies import cohort, written

WORDS_FOR_NONE = ["none", "-", "YOK", "keine", "No side-effects", "nil", "no known adverse event", "yan etki yok"]


def patients(**columns):
    """Patients' cells as typed, and their faults."""
    cells = pd.DataFrame({"sex": "male", **columns}, dtype=str)
    cells.insert(0, "patient_id", [f"A{row}" for row in range(len(cells))])
    return typed(RawTable("patients", "patients.csv", cells), response_scale(None))


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
    assert fault.rule == "was taken as “no side effect” (and 1 more in this column): no event"


def test_a_row_that_says_none_and_tells_of_an_event_is_asked_for(tmp_path):
    events = cohort()["side_effects"]
    events.loc[2, ["side_effect", "grade"]] = ["none", "3"]
    (fault,) = examine(written(tmp_path, side_effects=events)).errors
    assert (fault.row, fault.column) == (4, "side_effect")


@pytest.mark.parametrize("word", ["no response to light", "nausea", "none given", "nodules", "night sweats"])
def test_other_words_are_events(word, tmp_path):
    events = cohort()["side_effects"]
    events.loc[2, "side_effect"] = word
    assert len(examine(written(tmp_path, side_effects=events)).study.side_effects) == len(events)


@pytest.mark.parametrize("word", ["NA", "n/a", "#N/A", "NULL", "unknown", "Bilinmiyor", "k.A.", "?", "-", "."])
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
        return draft({"patients": RawTable("patients", "patients.csv", table)}).get("values")

    assert drafted("yes", "-") is None
    assert drafted("+", "-") == {"patients": {"food_allergy": {"+": "yes", "-": "no"}}}
    _, faults = patients(food_allergy=["+", "-"])
    assert [fault.value for fault in faults] == ["+", "-"]
