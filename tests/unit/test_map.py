"""What `adreport map` drafts is what the check reads: from exports of many kinds, without a hand in between."""

import re

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml

from adreport.cli import main
from adreport.reading.draft_file import write_draft
from adreport.reading.examine import examine
from adreport.reading.mapping import check_mapping, read_mapping
from adreport.study.faults import ParameterFault
from adreport.study.paths import ROOT
from studies import redcap_export as export
from studies import written

DICTIONARY = (
    "Variable / Field Name", "Form Name", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels",
    "Branching Logic (Show field only if...)",
)  # fmt: skip
FIELDS = [
    ("record_id", "baseline", "text", "Record ID", "", ""),
    ("gender", "baseline", "radio", "Sex", "1, Male | 2, Female", ""),
    ("onset_y", "baseline", "text", "Age at onset (years)", "", ""),
    ("atopic", "baseline", "checkbox", "Atopic comorbidities", "1, Asthma | 2, Rhinitis | 88, Other", ""),
    ("atopic_specify", "baseline", "text", "Which?", "", "[atopic(88)] = '1'"),
    ("agent", "therapy", "dropdown", "<b>Drug</b>", "1, Ciclosporin A | 2, MTX | 3, Apremilast | 99, Other", ""),
    ("agent_txt", "therapy", "text", "Please name it", "", "[agent] = '99'"),
    ("rx_begin", "therapy", "text", "Start date", "", ""),
    ("rx_end", "therapy", "text", "Stop date", "", ""),
    ("still", "therapy", "yesno", "Still on treatment?", "", ""),
    ("effect", "therapy", "radio", "Response", "1, Excellent | 2, Partial | 3, None", ""),
    ("why", "therapy", "radio", "Reason for stopping", "1, Lack of efficacy | 2, Side effects | 3, Moved away", ""),
    ("ae", "event", "dropdown", "Adverse event", "1, Nausea | 2, Headache", ""),
    ("ae_of", "event", "text", "Course number", "", ""),
    ("ae_when", "event", "text", "Date of event", "", ""),
]
BASELINE = {"gender": "2", "onset_y": "1.5", "atopic___1": "1", "atopic___2": "0", "atopic___88": "1",
            "atopic_specify": "eosinophilic esophagitis", "baseline_complete": "2"}  # fmt: skip
OTHER = {"agent": "99", "agent_txt": "Baricitinib", "rx_begin": "2020-01-10", "rx_end": "2020-06-10", "still": "0",
         "effect": "3", "why": "1"}  # fmt: skip
GOES_ON = {"agent": "2", "rx_begin": "2021-01-01", "still": "1", "effect": "1"}
EVENT = {"ae": "2", "ae_of": "1", "ae_when": "2020-01-31"}
HEADS = [*BASELINE, *OTHER, *EVENT]


def redcap(folder, event=("", "", ""), course=OTHER, **changes):
    """An export with its data dictionary; `event`: the names of the events of baseline, courses and side effects."""
    rows = [
        ("A", event[0], "", "", BASELINE),
        ("A", event[1], "therapy", "1", course | changes),
        ("A", event[1], "therapy", "2", GOES_ON),
        ("A", event[2], "event", "1", EVENT),
    ]
    export(folder, rows, HEADS)
    pd.DataFrame(FIELDS, columns=DICTIONARY).to_csv(folder / "Registry_DataDictionary.csv", index=False)
    (folder / "study.yml").write_text("data_lock_date: 2022-12-31\n", encoding="utf-8")
    return folder


def drafted(data):
    """The data's examination after `adreport map` as it is."""
    write_draft(data)
    return examine(data)


@pytest.mark.parametrize("event", [("", "", ""), ("baseline_arm_1", "treatment_arm_1", "follow_up_arm_1")])
def test_a_redcap_export_beside_its_dictionary_is_read_as_drafted(event, tmp_path):
    examination = drafted(redcap(tmp_path, event))
    assert examination.errors == []
    study = examination.study
    patient = study.patients.iloc[0]
    assert (patient["sex"], patient["onset_age_months"]) == ("female", 18)
    assert patient["atopic_comorbidities"] == "Asthma;eosinophilic esophagitis"
    courses = study.courses.astype(object)
    assert courses["treatment"].tolist() == ["baricitinib", "methotrexate"]
    assert courses["response"].tolist() == ["0", "2"]
    assert courses["discontinuation_reason"].tolist() == ["unresponsiveness", "ongoing"]
    assert courses["duration_days"].tolist() == [152, 729]
    assert study.side_effects[["course", "side_effect", "onset_day"]].to_numpy().tolist() == [[1, "Headache", 21]]


def test_a_code_that_is_no_treatment_is_named_in_the_draft_and_asked_by_the_check(tmp_path):
    (fault,) = drafted(redcap(tmp_path, agent="3", agent_txt="")).errors
    assert (fault.column, fault.value) == ("agent", "Apremilast")
    text = (tmp_path / "mapping.yml").read_text(encoding="utf-8")
    assert re.search(r"^ +3: Apremilast  # which treatment .* is it\?", text, re.MULTILINE)
    assert re.search(r"^ +3: Moved away  # which of side_effect,.* is it\?", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("changes", "severity", "rule"),
    [
        ({"agent": "1"}, "error", "stands beside agent cyclosporine, and they contradict each other"),
        ({"agent": "1", "agent_txt": "given at night"}, "warning",
         "stands beside agent cyclosporine, which is not other, and is not read"),
        ({"still": "1"}, "error", "says that the course goes on, but it ended: unresponsiveness"),
        ({"still": "1", "why": ""}, "error", "is given for a course that is ongoing"),
        ({"rx_end": "", "why": ""}, "warning", "begins a course without an end or a reason, though another course"),
        ({"rx_begin": "2020-03-01"}, "error", "is before the start of the course, 2020-03-01"),
        ({"rx_begin": "", "rx_end": ""}, "warning", "gives no day of onset, since the course has no start date"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_told(changes, severity, rule, tmp_path):
    faults = drafted(redcap(tmp_path, **changes)).faults
    assert any(fault.severity == severity and fault.rule.startswith(rule) for fault in faults), faults


def test_a_text_that_names_the_same_drug_is_no_contradiction(tmp_path):
    examination = drafted(redcap(tmp_path, agent="1", agent_txt="Sandimmun"))
    assert not any("beside" in fault.rule for fault in examination.faults)


def test_a_course_that_was_stopped_on_an_unknown_day_does_not_go_on(tmp_path):
    path = redcap(tmp_path)
    flat = pd.read_csv(path / "export.csv", dtype=str).fillna("")
    flat.loc[flat["agent"] == "2", "still"] = "0"
    flat.to_csv(path / "export.csv", index=False)
    examination = drafted(path)
    assert any(fault.rule == "says that the course has ended, but nothing says when" for fault in examination.warnings)
    assert examination.study.courses["duration_days"].isna().tolist() == [False, True]


SHEETS = {
    "Patienten": [
        ["Patientennummer", "Geschlecht (1 = männlich, 2 = weiblich)", "Geburtsdatum", "Nahrungsmittelallergie"],
        [1, 2, "01.02.2010", "ja"], [2, 1, "05.06.2011", "nein"],
    ],
    "Behandlungen": [
        ["Patientennummer", "Therapie Nr", "Medikament", "Sonstiges", "Beginn", "Ende", "Beendet?", "Ansprechen",
         "Abbruchgrund"],
        [1, 1, "Ciclosporin", "", "03.01.2020", "03.04.2020", "ja", "kein Ansprechen", "Wirkungsverlust"],
        [1, 2, "Sonstige", "Olumiant", "13.05.2020", "", "nein", "sehr gut", ""],
        [2, 1, "MTX", "", "13.01.2021", "23.01.2021", "ja", "gut", "Nebenwirkungen"],
    ],
    "Nebenwirkungen": [
        ["Patientennummer", "Therapie Nr", "Nebenwirkung", "Datum", "Schwerwiegend"],
        [2, 1, "Übelkeit", "20.01.2021", "nein"],
    ],
}  # fmt: skip


def test_a_german_workbook_is_read_as_drafted(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in SHEETS.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(tmp_path / "klinik.xlsx")
    (tmp_path / "study.yml").write_text("data_lock_date: 2022-12-31\n", encoding="utf-8")
    examination = drafted(tmp_path / "klinik.xlsx")
    assert examination.errors == []
    study = examination.study
    assert study.patients["sex"].tolist() == ["female", "male"]
    assert study.patients["food_allergy"].tolist() == ["yes", "no"]
    courses = study.courses.astype(object)
    assert courses["treatment"].tolist() == ["cyclosporine", "baricitinib", "methotrexate"]
    assert courses["response"].tolist() == ["0", "2", "1"]
    reasons = ["insufficient_response", "ongoing", "side_effect"]
    assert courses["discontinuation_reason"].tolist() == reasons
    assert study.side_effects[["side_effect", "serious", "onset_day"]].to_numpy().tolist() == [["Übelkeit", "no", 7]]


@pytest.mark.parametrize(("ending", "write"), [("sav", pyreadstat.write_sav), ("dta", pyreadstat.write_dta)])
def test_labels_of_statistics_packages_are_read_as_drafted(ending, write, tmp_path):
    patients = pd.DataFrame({"id": ["A", "B"], "gender": [1, 2]})
    write(patients, str(tmp_path / f"patients.{ending}"), variable_value_labels={"gender": {1: "Boy", 2: "Girl"}})
    courses = pd.DataFrame({
        "id": ["A", "B", "B"], "line": [1, 1, 2], "drug": [1, 2, 9], "drug_other": ["", "", "Neoral"],
        "pga": [1, 2, 3], "stop_reason": [1, 2, 3], "days": [100, 200, 300],
    })  # fmt: skip
    labels = {
        "drug": {1: "Azathioprine (oral)", 2: "Dupilumab", 9: "Other, specify"},
        "pga": {1: "No effect", 2: "Moderate", 3: "Complete response"},
        "stop_reason": {1: "Lack of efficacy", 2: "Family wish", 3: "Still on treatment"},
    }
    write(courses, str(tmp_path / f"courses.{ending}"), variable_value_labels=labels)
    examination = drafted(tmp_path)
    assert examination.errors == []
    study = examination.study
    assert study.patients["sex"].tolist() == ["male", "female"]
    courses = study.courses.astype(object)
    assert courses["treatment"].tolist() == ["azathioprine", "dupilumab", "cyclosporine"]
    assert courses["response"].tolist() == ["0", "1", "2"]
    assert courses["discontinuation_reason"].tolist() == ["unresponsiveness", "patient_decision", "ongoing"]
    assert courses["duration_days"].tolist() == [100, 200, 300]


def test_bare_codes_are_asked_and_the_one_with_a_text_is_a_guess(tmp_path):
    courses = pd.DataFrame({
        "patient_id": list("AB"), "course": 1, "drug": [4, 8], "drug_other": ["", "Olumiant"], "response": 1,
    })  # fmt: skip
    written(tmp_path, patients=pd.DataFrame({"patient_id": list("AB"), "sex": [1, 2]}), courses=courses,
            side_effects=None)  # fmt: skip
    _, draft = write_draft(tmp_path)
    assert draft.mapping["values"] == {"courses": {"treatment": {"8": "other"}}}
    text = (tmp_path / "mapping.yml").read_text(encoding="utf-8")
    assert "      # 4:  # which treatment of data/treatments.csv is it?" in text
    assert "8: other  # a guess: only here drug_other is filled" in text
    assert "    # 1:  # which of female, male is it?" in text


def test_onset_without_a_unit_is_asked(tmp_path):
    patients = pd.DataFrame({"patient_id": ["A"], "sex": "female", "Onset": "2"})
    written(tmp_path, patients=patients, side_effects=None)
    write_draft(tmp_path)
    text = (tmp_path / "mapping.yml").read_text(encoding="utf-8")
    assert (
        "Onset: onset_age_months  # Is it in months? If it is in years or weeks or days, it is onset_age_years or"
        in text
    )


def test_a_draft_reads_back_as_it_was_meant(tmp_path):
    words = ["1", "01", "yes", "Ja: sehr", "a #b", "-", "ı", "3.0", "2020-01-01", "null", '"x"', "*", "%", "tab\there"]
    courses = pd.DataFrame({"patient_id": "A", "course": range(1, len(words) + 1), "treatment": words, "response": ""})
    written(tmp_path, courses=courses.assign(other="other"), side_effects=None)
    from adreport.reading.draft_file import as_yaml
    from adreport.reading.drafting import Draft, Line

    draft = Draft(values={"courses": {"treatment": [Line(word, "MTX") for word in words]}})
    (tmp_path / "mapping.yml").write_text(as_yaml(draft), encoding="utf-8")
    read = read_mapping(tmp_path)["values"]["courses"]["treatment"]
    assert [str(word) for word in read] == words


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"letter.csv": "to,from\nx,y\n", "list.csv": "a,b\n1,2\n"}, "letter (to, from …)"),
        ({"klinik.xls": "x"}, "klinik.xls (open it in Excel"),
        ({"notes.pdf": "x"}, "There is no table."),
        ({"P_DataDictionary.csv": '"Variable / Field Name","Form Name"\nrecord_id,a\n'}, "holds the data dictionary"),
    ],
)
def test_where_nothing_is_like_ours_no_file_is_written(files, words, tmp_path, capsys):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert main(["map", str(tmp_path)]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "mapping.yml").exists()


def test_names_that_are_ours_need_no_mapping(tmp_path, capsys):
    assert main(["map", str(written(tmp_path))]) == 0
    assert "no mapping.yml is needed" in capsys.readouterr().out
    assert not (tmp_path / "mapping.yml").exists()


def test_a_mapping_is_never_overwritten(tmp_path, capsys):
    (tmp_path / "mapping.yml").write_text("missing: [9]\n", encoding="utf-8")
    assert main(["map", str(redcap(tmp_path))]) == 1
    assert "exists" in capsys.readouterr().err
    assert (tmp_path / "mapping.yml").read_text(encoding="utf-8") == "missing: [9]\n"


@pytest.mark.parametrize("text", ["tables: 5\n", "tables: {therapy: curses}\n", "values: [1\n"])
def test_a_faulty_mapping_beside_a_redcap_export_is_refused_in_words(text, tmp_path):
    (redcap(tmp_path) / "mapping.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterFault, match="mapping.yml"):
        examine(tmp_path)


def test_the_mapping_that_is_shown_is_one():
    readme = (ROOT / "docs" / "your-data.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```yaml\n(# mapping\.yml\n.*?)```", readme, re.DOTALL)
    mapping = yaml.load(shown, yaml.BaseLoader)
    check_mapping(mapping)
    assert {"treatment_other", "ongoing"} <= set(mapping["columns"]["courses"].values())
    assert "onset_date" in mapping["columns"]["side_effects"].values()
