"""The sequences page: hand-made patients with known answers, the published cohort, and large or bare data."""

import re

import pandas as pd
import pytest

from adreport import read_study
from adreport.pages.contract import pick, value
from adreport.pages.sequences import flow, pathways, swimmer_plot
from adreport.pages.sequences import results as sequences
from adreport.pages.sequences import tables as sequences_tables
from adreport.pages.sequences import words as sequences_words
from adreport.pages.sequences.results import END_LABELS, OTHERS
from adreport.pages.sequences.status import verdict
from adreport.pages.sequences.swimmer_bars import END_MARKERS, SHORT_ENDS
from adreport.pages.sequences.swimmer_labels import LETTERS
from adreport.show.parts import Absent
from adreport.study import dictionary
from adreport.study.eras import Rules
from adreport.study.paths import COHORT
from studies import cohort, written

STUDY = read_study(COHORT)
RESULTS = sequences.analyse(STUDY)
LABELS = STUDY.response.labels


def told(patient, results=RESULTS):
    """A patient's courses in words."""
    (words,) = pick(results, output="table4_wide", group1_level=patient, variable="pathway")["method"]
    return words


def study_of(folder, *courses, statuses=None, scale="", side_effects=None):
    """A study of (patient, treatment, age at start, days, response, reason), courses numbered as given."""
    names = ["patient_id", "treatment", "age_at_start_years", "duration_days", "response", "discontinuation_reason"]
    rows = pd.DataFrame(courses, columns=names, dtype=str)
    rows["course"] = (rows.groupby("patient_id").cumcount() + 1).astype(str)
    patients = pd.DataFrame({"patient_id": rows["patient_id"].unique(), "sex": "male"})
    patients["status_at_data_lock"] = patients["patient_id"].map(statuses or {}).fillna("")
    written(folder, patients=patients, courses=rows, side_effects=side_effects)
    if scale:
        (folder / "study.yml").write_text(scale, encoding="utf-8")
    return read_study(folder)


def test_table_4_is_the_published_one():
    own = pick(RESULTS, output="table4")
    assert (len(own), own["stat"].sum()) == (30, 81)
    assert set(own["variable"]) == {"pathway"}


def test_patient_29_is_told_with_response_and_reason_on_each_switch():
    assert told("P29") == (
        "IVIG (1, decision of another department) → CSA (1, decision of another department) → "
        "AZA (1, insufficient response) → SCS (1, to prevent side effects) → DUP (0, financial) → "
        "SCS (1, to prevent side effects) → MTX (0, lost to follow-up)"
    )
    assert told("P14") == "IVIG (1, ongoing) + MTX (1, ongoing)"
    (harm,) = pick(RESULTS, output="table4_wide", group1_level="P29", variable="side_effects")["method"]
    assert harm == "pain in lower extremities (AZA); leukocytosis (SCS); abdominal pain (SCS)"


def test_what_is_not_recorded_is_a_question_mark_or_left_out(tmp_path):
    study = study_of(tmp_path, ("A", "CSA", "3", "", "", "side_effect"), ("A", "AZA", "4", "", "", ""),
                     ("A", "MTX", "5", "", "2", ""))  # fmt: skip
    assert told("A", sequences.analyse(study)) == "CSA (?, side effect) → AZA → MTX (2, ?)"


def test_long_and_wide_say_the_same_as_the_courses():
    courses = pathways.courses_of(RESULTS)
    recorded = STUDY.courses.reset_index(drop=True)
    for name in ("patient_id", "line", "treatment", "response", "duration_days", "since_first_days"):
        assert (
            courses[name].fillna("none").astype(str).tolist()
            == recorded[name].astype(object).fillna("none").astype(type(courses[name].iloc[0])).astype(str).tolist()
        )
    wide = pathways.wide_form(RESULTS).set_index("patient_id")
    assert wide.loc["P29", ["line_5_treatment", "line_5_response"]].tolist() == ["dupilumab", "0"]
    assert wide["pathway_end"].value_counts().to_dict() == {
        "ongoing": 12, "remission": 7, "stopped": 6, "lost_to_follow_up": 5,
    }  # fmt: skip


def test_steps_of_the_cohort():
    # Counted by hand in Table 4: 51 steps, of them back to a treatment had before P06 (PT), P16, P23 and P29 (SCS).
    steps = pick(RESULTS, output="steps", variable="step", stat_name="n").set_index("variable_level")["stat"]
    assert steps.to_dict() == {"switch": 46, "switch_back": 4, "add_on": 1}


def test_transitions_carry_their_reasons():
    own = pick(RESULTS, output="transition_reasons", group1_level="phototherapy", group2_level="cyclosporine")
    assert pick(own, stat_name="n").set_index("variable_level")["stat"].to_dict() == {
        "unresponsiveness": 3, "maximum_response": 2,
    }  # fmt: skip
    own = pick(RESULTS, output="transitions", group1_level="phototherapy", group2_level="cyclosporine", stat_name="n")
    assert own["method"].tolist() == ["unresponsiveness 3; maximum_response 2"]
    reasons = pick(RESULTS, output="transition_reasons", stat_name="n")["stat"].sum()
    assert pick(RESULTS, output="steps", variable="times_unknown", stat_name="N")["stat"].sum() == 51
    assert reasons == 50  # the one add-on ended no course


def test_an_add_on_gives_no_reason_why_the_treatment_before_was_left():
    # P14 has MTX added to IVIG that goes on; one other patient went from the one to the other, and left IVIG.
    keys = {"group1_level": "immunoglobulin", "group2_level": "methotrexate", "stat_name": "n"}
    (reason,) = pick(RESULTS, output="transition_reasons", **keys).to_dict("records")
    assert reason["stat"] == 1
    assert reason["variable_level"] != "ongoing"
    (step,) = pick(RESULTS, output="transitions", **keys).to_dict("records")
    assert (step["stat"], step["method"]) == (1, f"{reason['variable_level']} 1")
    page = sequences_tables.transition_reasons(RESULTS)._repr_html_()
    assert "Left out: 1 add-on, since an earlier treatment went on." in page
    assert "ongoing" not in page


ADDED = (  # by hand: dupilumab goes on, the added methotrexate is stopped for harm
    ("C", "DUP", "3", "1000", "2", "ongoing"), ("C", "MTX", "3.25", "180", "0", "side_effect"),
)  # fmt: skip


def test_an_add_on_follows_nothing_and_leads_to_its_own_end(tmp_path):
    results = sequences.analyse(study_of(tmp_path, *ADDED))
    own = pick(results, output="transitions", stat_name="n")
    assert dict(zip(own["group1_level"], own["group2_level"], strict=True)) == {
        "methotrexate": "stopped", "dupilumab": "ongoing",
    }  # fmt: skip
    assert own["method"].tolist() == ["side_effect 1", "ongoing 1"]
    assert pick(results, output="transition_reasons").empty
    assert str(sequences_words.transitions(results)) == (
        "No patient changed treatment, and 1 treatment was added to one that went on."
    )
    assert (
        "1 add-on follows none, since an earlier treatment went on."
        in sequences_tables.transitions(results)._repr_html_()
    )


def test_who_ended_without_a_response_is_judged_by_what_goes_on_or_ended_last(tmp_path):
    rows = (("D", "DUP", "3", "1000", "0", "remission"), ("D", "MTX", "3.25", "180", "2", "side_effect"))
    results = sequences.analyse(study_of(tmp_path, *ADDED, *rows))
    own = pick(results, output="ended_without_response", group1="patient_id")
    assert own["group1_level"].tolist() == ["D"]
    assert (
        str(sequences_words.without_response(results)) == "The last course of 1 of 2 patients (50.0%) had no response."
    )


def test_the_months_on_each_course_stand_beside_its_story(tmp_path):
    study = study_of(tmp_path, ("A", "CSA", "3", "122", "1", "remission"), ("A", "AZA", "4", "", "1", "remission"),
                     ("A", "PT", "5", "10", "1", "remission"))  # fmt: skip
    results = sequences.analyse(study)
    (row,) = pick(results, output="table4_wide", variable="months_each").to_dict("records")
    assert (row["stat_name"], row["stat"], row["method"]) == ("n", 2, "4 · ? · <1")
    page = sequences_tables.pathways(results, LABELS)
    assert page.rows[0].cells[1] == "4 · ? · <1"
    assert "Response, from worst to best: 0: PGA 0 (poor); 1: PGA 1 (good); 2: PGA 2 (significant)." in page.footnotes


def test_every_section_counts_the_same_switches():
    own = pick(RESULTS, output="response_change", group1="all_switches", variable="step", stat_name="n")
    steps = pick(RESULTS, output="steps", variable="step", stat_name="n").set_index("variable_level")["stat"]
    panel = pick(RESULTS, output="rules", group1="as set").set_index("variable")["stat"]
    kinds = ["switch", "switch_back"]
    assert own.set_index("variable_level")["stat"][kinds].tolist() == steps[kinds].tolist() == panel[kinds].tolist()


def test_only_add_ons_leave_no_reasons_and_say_so(tmp_path):
    rows = (("CSA", "3", "900", "1", "remission"), ("AZA", "3.5", "90", "1", "side_effect"),
            ("MTX", "4", "90", "1", "remission"))  # fmt: skip
    study = study_of(tmp_path, *(("A", *row) for row in rows))
    assert told("A", sequences.analyse(study)) == "CSA (1, remission) + AZA (1, side effect) + MTX (1, remission)"
    page = sequences_tables.transition_reasons(sequences.analyse(study))._repr_html_()
    assert "Left out: 2 add-ons, since an earlier treatment went on." in page


def test_response_after_a_switch_is_set_against_the_response_before_it(tmp_path):
    # By hand: 0 to 1 better, 1 to 0 worse, 0 to 2 better; the restart and the unknown response do not count.
    study = study_of(
        tmp_path, ("A", "CSA", "3", "90", "0", "unresponsiveness"), ("A", "AZA", "4", "90", "1", "switched"),
        ("A", "MTX", "5", "90", "0", "unresponsiveness"), ("A", "MTX", "6", "90", "2", "remission"),
        ("B", "CSA", "3", "90", "0", "unresponsiveness"), ("B", "AZA", "4", "90", "2", "remission"),
        ("C", "CSA", "3", "90", "", "side_effect"), ("C", "AZA", "4", "90", "2", "remission"),
    )  # fmt: skip
    own = pick(sequences.analyse(study), output="response_change")
    for name, expected in (("all_switches", (2, 0, 1)), ("first_switches", (2, 0, 0))):
        found = [
            value(own, group1=name, variable_level=change, stat_name="n") for change in ("better", "same", "worse")
        ]
        assert tuple(found) == expected
    assert value(own, group1="all_switches", stat_name="p.value") == 1.0  # > binom.test(2, 3)$p.value


def test_a_scale_that_runs_the_other_way_is_followed(tmp_path):
    scale = "response:\n  levels: {4: severe, 3: moderate, 2: mild, 1: almost clear, 0: clear}\n"
    scale += "  effective: [0, 1]\n  significant: [0]\n"
    rows = (("A", "CSA", "3", "90", "4", "unresponsiveness"), ("A", "DUP", "4", "90", "0", "ongoing"))
    study = study_of(tmp_path, *rows, scale=scale)
    results = sequences.analyse(study)
    assert value(pick(results, output="response_change"), group1="all_switches", variable_level="better",
                 stat_name="n") == 1  # fmt: skip
    assert "severe" in sequences_tables.response_change(results, study.response.labels)._repr_html_()
    drawn = swimmer_plot.swimmer(results, study.response.labels)._repr_html_()
    assert "response: severe" in drawn
    assert ">DUP 0→<" in drawn


@pytest.mark.parametrize(
    ("status", "end", "reason", "expected"),
    [
        ("on_treatment", "ongoing", "ongoing", "agrees"),
        ("on_treatment", "stopped", "side_effect", "contradicts"),
        ("topical_remission", "ongoing", "ongoing", "contradicts"),
        ("topical_remission", "remission", "remission", "agrees"),
        ("topical_remission", "stopped", "prevent_side_effects", "agrees"),
        ("topical_remission", "stopped", "unresponsiveness", "possible"),
        ("topical_remission", "lost_to_follow_up", "lost_to_follow_up", "contradicts"),
        ("lost_to_follow_up", "lost_to_follow_up", "lost_to_follow_up", "agrees"),
        ("lost_to_follow_up", "stopped", "side_effect", "possible"),
        ("lost_to_follow_up", "ongoing", "ongoing", "contradicts"),
        ("topical_remission", "stopped", "switched", "contradicts"),
        (None, "ongoing", "ongoing", "unknown"),
        ("on_treatment", "not_recorded", None, "unknown"),
    ],
)
def test_a_status_goes_with_the_last_course_or_does_not(status, end, reason, expected):
    assert verdict(status, end, reason)[0] == expected


def test_the_contradictions_of_the_cohort_are_found():
    # P28's omalizumab was replaced by a treatment that Table 4 does not have; P05, P09 and P16 end on failed
    # azathioprine though the text has everybody in remission, on treatment or lost.
    own = pick(RESULTS, output="status_doubts")
    assert dict(zip(own["group1_level"], own["variable"], strict=True)) == {
        "P28": "contradicts", "P05": "possible", "P09": "possible", "P16": "possible",
    }  # fmt: skip
    ended = pick(RESULTS, output="ended_without_response", group1="patient_id")["group1_level"].tolist()
    assert ended == ["P05", "P09", "P16", "P29"]


def test_the_status_is_that_of_the_whole_history_whatever_is_selected():
    chosen = sequences.analyse(STUDY.select("AZA"))
    doubts = pick(chosen, output="status_doubts")["group1_level"]
    assert set(doubts) == {"P28", "P05", "P09", "P16"}  # P28 ended on omalizumab
    assert pick(chosen, output="status", variable="pathway_end", stat_name="n")["stat"].sum() == 12


def test_each_line_has_its_response_and_its_time():
    own = pick(RESULTS, output="lines", group1="line", group1_level="2")
    # > binom::binom.confint(18, 22, methods = "wilson"): 0.615, 0.927
    rate = pick(own, variable="effective").set_index("stat_name")["stat"]
    assert rate[["n", "N"]].tolist() == [18, 22]
    assert rate[["conf.low", "conf.high"]].tolist() == pytest.approx([0.6148, 0.9269], abs=1e-3)
    assert value(own, variable="since_first_course_years", stat_name="N") == 22
    assert pick(RESULTS, output="lines", variable="since_first_course_years", group1_level="1", stat_name="median")[
        "stat"
    ].tolist() == [0]


def test_the_panel_shows_the_rules_as_set_and_what_others_change():
    own = pick(RESULTS, output="rules", variable="courses").set_index(["group1", "group1_level"])["stat"]
    assert own["as set", ""] == 81
    assert own["rescue", "in"] == 93
    assert own["shortest_days", "90"] == (STUDY.courses["duration_days"] >= 90).sum()
    changed = sequences.analyse(STUDY.under(Rules(rescue="in")))
    own = pick(changed, output="rules", variable="courses").set_index(["group1", "group1_level"])["stat"]
    assert (own["as set", ""], own["rescue", "out"]) == (93, 81)


def test_every_reason_has_a_letter_of_its_own_and_every_end_a_mark():
    assert set(LETTERS) == set(dictionary.columns("courses")["discontinuation_reason"].levels)
    assert len(set(LETTERS.values())) == len(LETTERS)
    assert set(END_MARKERS) == set(SHORT_ENDS) == set(END_LABELS)


def test_the_swimmer_plot_tells_each_course_under_the_pointer():
    page = swimmer_plot.swimmer(RESULTS, LABELS)._repr_html_()
    titles = re.findall(r"<title>([^<]*)</title>", page)
    assert len(titles) == 2 * 81  # once for wide pages, once for phones
    told = "P29, line 3: azathioprine; started at the age of 10.3; 72 days; response: PGA 1 (good)"
    assert f"{told}; left: insufficient response; side effects: pain in lower extremities" in titles
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def large(times):
    """The cohort several times over, with new patients."""
    tables = cohort()
    return {
        name: pd.concat([
            table.assign(patient_id=[f"{patient}-{number}" for patient in table["patient_id"]])
            for number in range(times)
        ])
        for name, table in tables.items()
    }  # fmt: skip


def test_many_patients_are_drawn_on_pages_and_too_many_are_not_drawn(tmp_path):
    results = sequences.analyse(read_study(written(tmp_path / "a", **large(2))))
    pages = swimmer_plot.swimmer(results, LABELS)
    assert [len(set(re.findall(r"<title>([^,]+), line", page.drawn(False)))) for page in pages.figures] == [30, 30]
    assert pages.figures[1].caption == "The courses of patients 31 to 60 of 60"
    assert pages._repr_html_().count("<details") == 1
    assert sequences_tables.pathways(results, LABELS).folded
    many = swimmer_plot.swimmer(sequences.analyse(read_study(written(tmp_path / "b", **large(11)))), LABELS)
    assert isinstance(many, Absent)
    assert "330 patients are more than the 300 that are drawn one by one" in many.reason


def test_rare_treatments_of_a_line_are_drawn_as_one(tmp_path):
    results = sequences.analyse(read_study(written(tmp_path, **large(2))))
    assert OTHERS not in set(pick(results, output="flow_between_lines")["group1_level"])  # 2 of 60 are more than 3 %
    tables = large(2)
    rare = tables["courses"]["patient_id"].isin(["P20-0", "P18-0"])
    tables["courses"].loc[rare, "treatment"] = ["MTX", "OMA"]
    results = sequences.analyse(read_study(written(tmp_path / "rare", **tables)))
    drawn = pick(results, output="flow_between_lines", group1="line 1", group1_level=OTHERS)
    assert pick(drawn, variable="treatment")["variable_level"].tolist() == ["methotrexate", "omalizumab"]
    assert pick(drawn, group2="line 2", stat_name="n")["stat"].sum() == 2
    before, after = (pick(results, output=name, group2="line 2", stat_name="n") for name in
                     ("between_lines", "flow_between_lines"))  # fmt: skip
    assert before["stat"].sum() == after["stat"].sum() == 60


def test_the_flow_tells_how_many_of_how_many():
    page = flow.lines(RESULTS)._repr_html_()
    assert "Line 1 Systemic corticosteroid to Cyclosporine: 6 of 14 patients (42.9%)" in page
    assert "Line 2 Methotrexate to Ongoing: 3 of 3 patients (100.0%)" in page


@pytest.mark.parametrize("sort_by", ["patient", "treatment", "end", "lines", "time", "age"])
@pytest.mark.parametrize("time_axis", ["first course", "age"])
def test_the_swimmer_plot_is_sorted_as_asked(sort_by, time_axis):
    (page,) = swimmer_plot.swimmer(RESULTS, LABELS, sort_by, time_axis).figures
    drawn = list(dict.fromkeys(re.findall(r"<title>([^,]+), line", page.drawn(False))))
    assert sorted(drawn) == sorted(STUDY.patients["patient_id"])
    first = {"patient": "P01", "lines": "P02", "time": "P16"}.get(sort_by)
    assert first in (None, drawn[0]) or time_axis == "age"
    assert ("Age (years)" in page.drawn(False)) == (time_axis == "age")


def test_patients_without_times_are_drawn_by_line(tmp_path):
    study = study_of(tmp_path, ("A", "CSA", "", "", "0", "unresponsiveness"), ("A", "AZA", "", "", "1", "remission"),
                     ("B", "CSA", "3", "", "1", "side_effect"), ("B", "AZA", "4", "30", "1", "remission"))  # fmt: skip
    in_time, by_line = swimmer_plot.swimmer(sequences.analyse(study), LABELS).figures
    assert "A, line 1" not in in_time.drawn(False)
    assert any(note.startswith("Dotted edge: length not recorded") for note in in_time.footnotes)
    assert "whose times are not recorded, by line" in by_line.caption
    assert "Line of therapy" in by_line.drawn(False)


def test_sentences_hold_the_numbers_of_the_results():
    assert str(sequences_words.ends(RESULTS)) == (
        "30 patients had 81 courses. By their last course, 12 were still on treatment, 7 in remission, 6 off "
        "treatment for another reason and 5 lost to follow-up; the status recorded at data lock differs: 13 still on "
        "treatment, 11 in remission and 6 lost to follow-up."
    )
    assert str(sequences_words.response_change(RESULTS)) == (
        "Of 50 switches (46 to a new treatment and 4 back to an earlier one) with a known response before and after, "
        "the response was better after 12, the same after 29 and worse after 9 (exact sign test, p = 0.664)."
    )
    assert str(sequences_words.places(RESULTS)) == "Never followed by another treatment: omalizumab (3 courses)."
    assert "systemic corticosteroid to azathioprine (8 of 21 courses; most often given reason: to prevent side" in str(
        sequences_words.transitions(RESULTS)
    )


@pytest.mark.parametrize(
    ("statuses", "told_too"),
    [
        ({}, ""),
        ({"A": "on_treatment", "B": "topical_remission"}, ""),
        ({"A": "topical_remission", "B": "topical_remission"}, "; the status recorded at data lock differs: "
         "2 in remission"),
        ({"A": "topical_remission"}, "; the status recorded at data lock differs: 1 in remission and 1 not recorded"),
    ],
)  # fmt: skip
def test_the_status_at_data_lock_is_told_where_it_differs_from_the_last_courses(statuses, told_too, tmp_path):
    rows = (("A", "CSA", "3", "90", "1", "ongoing"), ("B", "CSA", "3", "90", "1", "remission"))
    results = sequences.analyse(study_of(tmp_path, *rows, statuses=statuses))
    words = "2 patients had 2 courses. By their last course, 1 was still on treatment and 1 in remission"
    assert str(sequences_words.ends(results)) == f"{words}{told_too}."


NAUSEA = pd.DataFrame({"patient_id": ["A"], "course": ["1"], "side_effect": ["nausea"]})


def said(study, *names):
    """The sentences of these names for a study."""
    results = sequences.analyse(study)
    return [str(getattr(sequences_words, name)(results)) for name in names]


def test_sentences_say_that_they_count_selected_courses_and_ends_of_whole_histories(tmp_path):
    rows = (("A", "CSA", "3", "90", "1", "side_effect"), ("A", "AZA", "4", "90", "1", "ongoing"),
            ("B", "CSA", "3", "90", "0", "remission"))  # fmt: skip
    study = study_of(tmp_path, *rows, side_effects=NAUSEA)
    first = said(study.select(line_max=1), "ends", "pathways", "line_outcomes", "lines_reached", "without_response")
    assert first == [
        "2 patients have 2 of their 3 courses selected. By the last course of their whole history, 1 was still on "
        "treatment and 1 in remission.",
        "Of the selected courses, 2 patients had one and the same sequence: cyclosporine.",
        "1 of 2 (50.0%) responded at line 1; each of the 2 patients had one of the selected courses.",
        "All of these courses are of line 1.",
        "The last course of 1 of 1 patient (100.0%) had no response; that of 1 further patient is outside the "
        "selection.",
    ]
    whole = said(study, "ends", "without_response")
    assert whole[0].startswith("2 patients had 3 courses. By their last course")
    assert "selection" not in whole[1]


def test_no_last_course_is_selected(tmp_path):
    rows = (("A", "CSA", "3", "90", "1", "side_effect"), ("A", "AZA", "4", "90", "1", "ongoing"))
    study = study_of(tmp_path, *rows, side_effects=NAUSEA).select("CSA")
    assert said(study, "without_response") == ["No patient's last course is among the selected ones."]


def course_of(patient, *treatments):
    """Courses of a patient one after another, a year apart."""
    return [(patient, code, str(3 + year), "90", "1", "side_effect") for year, code in enumerate(treatments)]


@pytest.mark.parametrize(
    ("histories", "told"),
    [
        (["CSA MTX", "MTX CSA"], ["none occurred twice.", "no step occurred twice.", "none of them in two patients;"]),
        (["CSA MTX"] * 2 + ["MTX CSA"] * 2, [
            "the commonest (cyclosporine, then methotrexate; methotrexate, then cyclosporine) occurred in 2 patients "
            "each.", "the commonest steps were from cyclosporine to methotrexate (2 of 4 courses; most often given "
            "reason: side effect, 2) and from methotrexate to cyclosporine (2 of 4 courses; most often given reason: "
            "side effect, 2).", "most often cyclosporine and methotrexate (2 each);"]),
        ([f"{a} {b}" for a in ("CSA", "MTX") for b in ("AZA", "DUP")] * 2, [
            "the commonest 4 occurred in 2 patients each.", "the commonest 4 steps occurred 2 times each.",
            "most often cyclosporine and methotrexate (4 each);"]),
        (["CSA MTX"], ["1 patient had the sequence: cyclosporine, then methotrexate.",
                       "it was from cyclosporine to methotrexate.", "1 patient had a first treatment here, "
                       "cyclosporine;"]),
    ],
)  # fmt: skip
def test_what_is_as_common_is_named_together_and_what_occurs_once_is_not_commonest(histories, told, tmp_path):
    rows = [row for number, history in enumerate(histories) for row in course_of(f"P{number}", *history.split())]
    spoken = said(study_of(tmp_path, *rows), "pathways", "transitions", "lines")
    assert all(words in sentence for words, sentence in zip(told, spoken, strict=True)), spoken


def test_the_rules_say_when_they_cannot_act(tmp_path):
    study = study_of(tmp_path / "a", ("A", "CSA", "", "", "1", "remission"))
    assert said(study, "rules") == [
        "The rules as set give 1 course (the same under other rules) and 0 switches to a new treatment (the same under "
        "other rules). No times are known: joining, shortness and overlap cannot act."
    ]
    study = study_of(tmp_path / "b", ("A", "CSA", "", "90", "1", "remission"))
    assert said(study, "rules")[0].endswith("No starts are known: joining and overlap cannot act.")
    assert "cannot act" not in said(STUDY, "rules")[0]


def test_orders_that_do_not_exist_are_not_counted(tmp_path):
    rows = course_of("A", "CSA") + course_of("B", "CSA")
    page = sequences_tables.patterns(sequences.analyse(study_of(tmp_path / "a", *rows)))._repr_html_()
    assert "Not shown" not in page
    alone = sequences_tables.patterns(sequences.analyse(study_of(tmp_path / "b", *course_of("A", "CSA"))))
    assert alone == Absent()


def test_a_label_is_whole_or_not_there():
    (page,) = swimmer_plot.swimmer(RESULTS, LABELS).figures
    for narrow in (False, True):
        texts = re.findall(r">([^<>]+)</text>", page.drawn(narrow))
        assert not [text for text in texts if re.fullmatch(r"[0-9?][a-zL→?]", text)]
        assert [text for text in texts if re.fullmatch(r"[A-Z]+ [0-9?][a-zL→?]", text)]
    assert any("CSA: cyclosporine" in note for note in page.footnotes)
    assert "Response, from worst to best: 0: PGA 0 (poor); 1: PGA 1 (good); 2: PGA 2 (significant)." in page.footnotes


def test_letters_are_explained_where_there_are_some(tmp_path):
    study = study_of(tmp_path, ("A", "CSA", "3", "90", "1", ""))
    (page,) = swimmer_plot.swimmer(sequences.analyse(study), LABELS).figures
    assert not any("Letters" in note for note in page.footnotes)
