"""The sequences page: hand-made patients with known answers, the published cohort, and large or bare data."""

import re
import shutil
from io import StringIO

import pandas as pd
import pytest

from adreport import analyse, read_study
from adreport.pages import sequences
from adreport.pages.contract import pick, value
from adreport.pages.exhibits import Settings, counted
from adreport.pages.sequences import endings, flow, pathways, patients, profiles, swimmer, tables, timeline, words
from adreport.pages.sequences.endings import verdict
from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.results import OTHERS
from adreport.pages.sequences.swimmer import ORDERS
from adreport.pages.sequences.timeline import AXIS_LABELS
from adreport.report.methods import catalogue
from adreport.report.parameters import CHOICES
from adreport.show.colours import END_STYLES
from adreport.show.parts import Absent, Figure, Table
from adreport.study import dictionary, paths
from adreport.study import reasons as study_reasons
from adreport.study.eras import Rules, end_of
from adreport.study.paths import COHORT, DATA
from studies import cohort, written


@pytest.fixture(scope="module")
def cohort_study():
    return read_study(COHORT)


@pytest.fixture(scope="module")
def cohort_results(cohort_study):
    return analyse(sequences, cohort_study)


def told(patient, results):
    """A patient's courses in words."""
    (words,) = results.pick(output="table4_wide", group1_level=patient, variable="pathway")["note"]
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


def test_table_4_is_the_published_one(cohort_results):
    own = cohort_results.pick(output="table4")
    assert (len(own), own["stat"].sum()) == (30, 81)
    assert set(own["variable"]) == {"pathway"}


def test_patient_29_is_told_with_response_and_reason_on_each_switch(cohort_results):
    assert told("P29", cohort_results) == (
        "IVIG (1, decision of another department) → CSA (1, decision of another department) → "
        "AZA (1, insufficient response) → SCS (1, to prevent side effects) → DUP (0, financial) → "
        "SCS (1, to prevent side effects) → MTX (0, lost to follow-up)"
    )
    assert told("P14", cohort_results) == "IVIG (1, ongoing) + MTX (1, ongoing)"
    (harm,) = cohort_results.pick(output="table4_wide", group1_level="P29", variable="side_effects")["note"]
    assert harm == "pain in lower extremities (AZA); leukocytosis (SCS); abdominal pain (SCS)"


def test_what_is_not_recorded_is_a_question_mark_or_left_out(tmp_path):
    study = study_of(tmp_path, ("A", "CSA", "3", "", "", "side_effect"), ("A", "AZA", "4", "", "", ""),
                     ("A", "MTX", "5", "", "2", ""))  # fmt: skip
    assert told("A", analyse(sequences, study)) == "CSA (?, side effect) → AZA → MTX (2, ?)"


def test_long_and_wide_say_the_same_as_the_courses(cohort_results, cohort_study):
    courses = timeline.courses_of(cohort_results)
    recorded = cohort_study.courses.reset_index(drop=True)
    for name in ("patient_id", "line", "treatment", "response", "duration_days", "since_first_days"):
        assert (
            courses[name].fillna("none").astype(str).tolist()
            == recorded[name].astype(object).fillna("none").astype(type(courses[name].iloc[0])).astype(str).tolist()
        )
    wide = pd.read_csv(StringIO(patients.sheet(cohort_results).csv), dtype=str).set_index("patient_id")
    assert wide.loc["P29", ["line_5_treatment", "line_5_response"]].tolist() == ["dupilumab", "0"]
    assert wide["pathway_end"].value_counts().to_dict() == {
        "ongoing": 12, "remission": 7, "stopped": 6, "lost_to_follow_up": 5,
    }  # fmt: skip


def test_steps_of_the_cohort(cohort_results):
    # Counted by hand in Table 4: 51 steps, of them back to a treatment had before P06 (PT), P16, P23 and P29 (SCS).
    steps = cohort_results.pick(output="steps", variable="step", stat_name="n").set_index("variable_level")["stat"]
    assert steps.to_dict() == {"switch": 46, "switch_back": 4, "add_on": 1}


def test_transitions_carry_their_reasons(cohort_results):
    own = cohort_results.pick(output="transition_reasons", group1_level="phototherapy", group2_level="cyclosporine")
    assert pick(own, stat_name="n").set_index("variable_level")["stat"].to_dict() == {
        "unresponsiveness": 3, "maximum_response": 2,
    }  # fmt: skip
    keys = {"group1_level": "phototherapy", "group2_level": "cyclosporine", "stat_name": "n"}
    own = cohort_results.pick(output="transitions", **keys)
    assert own["note"].tolist() == ["unresponsiveness 3; maximum_response 2"]
    reasons = cohort_results.pick(output="transition_reasons", stat_name="n")["stat"].sum()
    assert cohort_results.pick(output="steps", variable="times_unknown", stat_name="N")["stat"].sum() == 51
    assert reasons == 50  # the one add-on ended no course


def test_an_add_on_gives_no_reason_why_the_treatment_before_was_left(cohort_results):
    # P14 has MTX added to IVIG that goes on; one other patient went from the one to the other, and left IVIG.
    keys = {"group1_level": "immunoglobulin", "group2_level": "methotrexate", "stat_name": "n"}
    (reason,) = cohort_results.pick(output="transition_reasons", **keys).to_dict("records")
    assert reason["stat"] == 1
    assert reason["variable_level"] != "ongoing"
    (step,) = cohort_results.pick(output="transitions", **keys).to_dict("records")
    assert (step["stat"], step["note"]) == (1, f"{reason['variable_level']} 1")
    page = tables.transition_reasons(cohort_results)._repr_html_()
    assert "Left out: 1 add-on, since an earlier treatment continued." in page
    assert "ongoing" not in page


ADDED = (  # by hand: dupilumab goes on, the added methotrexate is stopped for harm
    ("C", "DUP", "3", "1000", "2", "ongoing"), ("C", "MTX", "3.25", "180", "0", "side_effect"),
)  # fmt: skip


def test_an_add_on_follows_nothing_and_leads_to_its_own_end(tmp_path):
    results = analyse(sequences, study_of(tmp_path, *ADDED))
    own = results.pick(output="transitions", stat_name="n")
    assert dict(zip(own["group1_level"], own["group2_level"], strict=True)) == {
        "methotrexate": "stopped", "dupilumab": "ongoing",
    }  # fmt: skip
    assert own["note"].tolist() == ["side_effect 1", "ongoing 1"]
    assert results.pick(output="transition_reasons").empty
    assert str(words.transitions(results)) == (
        "No patient changed treatment, and 1 treatment was added to one that continued."
    )
    assert "1 add-on follows none, since an earlier treatment continued." in tables.transitions(results)._repr_html_()


def test_who_ended_without_a_response_is_judged_by_what_goes_on_or_ended_last(tmp_path):
    rows = (("D", "DUP", "3", "1000", "0", "remission"), ("D", "MTX", "3.25", "180", "2", "side_effect"))
    results = analyse(sequences, study_of(tmp_path, *ADDED, *rows))
    own = results.pick(output="ended_without_response", group1="patient_id", variable="response")
    assert own["group1_level"].tolist() == ["D"]
    assert str(words.without_response(results)) == "The last course of 1 of 2 patients had no response."


def test_the_months_on_each_course_stand_beside_its_story(tmp_path):
    study = study_of(tmp_path, ("A", "CSA", "3", "122", "1", "remission"), ("A", "AZA", "4", "", "1", "remission"),
                     ("A", "PT", "5", "10", "1", "remission"))  # fmt: skip
    results = analyse(sequences, study)
    (row,) = results.pick(output="table4_wide", variable="months_each").to_dict("records")
    assert (row["stat_name"], row["stat"], row["note"]) == ("n", 2, "4 · ? · <1")
    page = patients.pathways(results)
    assert page.rows[0].cells[1] == "4 · ? · <1"
    assert any(note.startswith("PGA 0 (poor): no reduction of signs and symptoms; PGA 1") for note in page.footnotes)


def test_every_section_counts_the_same_switches(cohort_results):
    own = cohort_results.pick(output="response_change", group1="all_switches", variable="step", stat_name="n")
    steps = cohort_results.pick(output="steps", variable="step", stat_name="n").set_index("variable_level")["stat"]
    panel = cohort_results.pick(output="rules", group1="as set").set_index("variable")["stat"]
    kinds = ["switch", "switch_back"]
    assert own.set_index("variable_level")["stat"][kinds].tolist() == steps[kinds].tolist() == panel[kinds].tolist()


def test_only_add_ons_leave_no_reasons_and_say_so(tmp_path):
    rows = (("CSA", "3", "900", "1", "remission"), ("AZA", "3.5", "90", "1", "side_effect"),
            ("MTX", "4", "90", "1", "remission"))  # fmt: skip
    study = study_of(tmp_path, *(("A", *row) for row in rows))
    assert told("A", analyse(sequences, study)) == "CSA (1, remission) + AZA (1, side effect) + MTX (1, remission)"
    page = tables.transition_reasons(analyse(sequences, study))._repr_html_()
    assert "Left out: 2 add-ons, since an earlier treatment continued." in page


def test_response_after_a_switch_is_set_against_the_response_before_it(tmp_path):
    # By hand: 0 to 1 better, 1 to 0 worse, 0 to 2 better; the restart and the unknown response do not count.
    study = study_of(
        tmp_path, ("A", "CSA", "3", "90", "0", "unresponsiveness"), ("A", "AZA", "4", "90", "1", "switched"),
        ("A", "MTX", "5", "90", "0", "unresponsiveness"), ("A", "MTX", "6", "90", "2", "remission"),
        ("B", "CSA", "3", "90", "0", "unresponsiveness"), ("B", "AZA", "4", "90", "2", "remission"),
        ("C", "CSA", "3", "90", "", "side_effect"), ("C", "AZA", "4", "90", "2", "remission"),
    )  # fmt: skip
    own = analyse(sequences, study).pick(output="response_change")
    for name, expected in (("all_switches", (2, 0, 1)), ("first_switches", (2, 0, 0))):
        found = [
            value(own, group1=name, variable_level=change, stat_name="n") for change in ("better", "same", "worse")
        ]
        assert tuple(found) == expected
    # Of three that differ nothing is tested.
    tested = own[(own["group1"] == "all_switches") & (own["method"] == "not tested")]
    assert tested["note"].tolist() == ["fewer than 5 pairs differ"]


def test_a_scale_that_runs_the_other_way_is_followed(tmp_path):
    scale = "response:\n  levels: {4: severe, 3: moderate, 2: mild, 1: almost clear, 0: clear}\n"
    scale += "  effective: [0, 1]\n  significant: [0]\n"
    rows = (("A", "CSA", "3", "90", "4", "unresponsiveness"), ("A", "DUP", "4", "90", "0", "ongoing"))
    study = study_of(tmp_path, *rows, scale=scale)
    results = analyse(sequences, study)
    assert value(results.pick(output="response_change"), group1="all_switches", variable_level="better",
                 stat_name="n") == 1  # fmt: skip
    assert "severe" in tables.response_change(results)._repr_html_()
    drawn = swimmer.swimmer(results)._repr_html_()
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
        ("not_recorded", "ongoing", "ongoing", "unknown"),
        ("on_treatment", "not_recorded", "not_recorded", "unknown"),
    ],
)
def test_a_status_goes_with_the_last_course_or_does_not(status, end, reason, expected):
    assert verdict(status, end, reason)[0] == expected


def test_the_contradictions_of_the_cohort_are_found(cohort_results):
    # P28's omalizumab was replaced by a treatment that Table 4 does not have; P05, P09 and P16 end on failed
    # azathioprine though the text has everybody in remission, on treatment or lost.
    own = cohort_results.pick(output="status_doubts")
    assert dict(zip(own["group1_level"], own["variable"], strict=True)) == {
        "P28": "contradicts", "P05": "possible", "P09": "possible", "P16": "possible",
    }  # fmt: skip
    ended = cohort_results.pick(output="ended_without_response", group1="patient_id", variable="response")[
        "group1_level"
    ].tolist()
    assert ended == ["P05", "P09", "P16", "P29"]


def test_the_status_is_that_of_the_whole_history_whatever_is_selected(cohort_study):
    chosen = analyse(sequences, cohort_study.select("AZA"))
    doubts = chosen.pick(output="status_doubts")["group1_level"]
    assert set(doubts) == {"P28", "P05", "P09", "P16"}  # P28 ended on omalizumab
    assert chosen.pick(output="status", variable="pathway_end", stat_name="n")["stat"].sum() == 12


def test_each_line_has_its_response_and_its_time(cohort_results):
    own = cohort_results.pick(output="lines", group1="line", group1_level="2")
    # > binom::binom.confint(18, 22, methods = "wilson"): 0.615, 0.927
    rate = pick(own, variable="effective").set_index("stat_name")["stat"]
    assert rate[["n", "N"]].tolist() == [18, 22]
    assert rate[["conf.low", "conf.high"]].tolist() == pytest.approx([0.6148, 0.9269], abs=1e-3)
    assert value(own, variable="since_first_course_years", stat_name="N") == 22
    first = cohort_results.pick(output="lines", variable="since_first_course_years", group1_level="1")
    assert value(first, stat_name="median") == 0


def test_the_panel_shows_the_rules_as_set_and_what_others_change(cohort_results, cohort_study):
    own = cohort_results.pick(output="rules", variable="courses").set_index(["group1", "group1_level"])["stat"]
    assert own["as set", ""] == 81
    assert own["rescue", "in"] == 93
    assert own["shortest_days", "90"] == (cohort_study.courses["duration_days"] >= 90).sum()
    changed = analyse(sequences, cohort_study.under(Rules(rescue="in")))
    own = changed.pick(output="rules", variable="courses").set_index(["group1", "group1_level"])["stat"]
    assert (own["as set", ""], own["rescue", "out"]) == (93, 81)


def test_every_end_has_its_own_mark_and_colour():
    reasons = [*study_reasons.reasons(), None]
    assert {end_of(reason) for reason in reasons} == set(ENDS) == set(END_STYLES)
    for name in ("label", "short", "words", "marker"):
        assert len({getattr(end, name) for end in ENDS.values()}) == len(ENDS)


def test_the_swimmer_plot_tells_each_course_under_the_pointer(cohort_results):
    page = swimmer.swimmer(cohort_results)._repr_html_()
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


def test_many_patients_are_drawn_on_pages(tmp_path):
    results = analyse(sequences, read_study(written(tmp_path / "a", **large(2))))
    pages = swimmer.swimmer(results)
    assert [len(set(re.findall(r"<title>([^,]+), line", page.drawn(False)))) for page in pages.figures] == [30, 30]
    assert pages.figures[1].caption == "The courses of patients 31 to 60 of 60"
    assert pages._repr_html_().count("<details") == 1
    assert patients.pathways(results).folded


def test_of_too_many_patients_a_sample_is_shown_and_all_stand_in_a_file(tmp_path):
    study = read_study(written(tmp_path, **large(11)))
    results, everybody = analyse(sequences, study), study.courses["patient_id"].unique()
    (picture,), table = swimmer.swimmer(results).figures, patients.pathways(results)
    assert picture.caption == "The courses of 30 patients"
    assert any(note.startswith("A sample of 30 of 330 patients, evenly spread") for note in picture.footnotes)
    for output in ("table4", "table4_wide", "table4_long"):
        assert results.pick(output=output)["group1_level"].nunique() == 300
    listed = [row.label for row in table.rows]
    assert (len(listed), listed[0], listed[-1]) == (300, everybody[0], everybody[-1])
    assert table.footnotes[0].startswith("A sample of 300 of 330 patients, evenly spread")
    assert patients.sheet(results).label.endswith("(CSV; a sample of 300 of 330 patients)")
    assert str(words.ends(results)).startswith("330 patients had 891 courses.")
    assert str(words.pathways(results)).startswith("330 patients had 19 different sequences, the longest of 7 courses;")
    every = pathways.histories(study).set_index("patient_id")
    assert list(every.index) == list(everybody)
    assert every["courses"].sum() == 891
    (first, *_) = table.rows
    assert every.loc[listed[0], "history"] == str(first.cells[0])


def test_of_many_patients_all_are_listed_and_a_sample_is_drawn(tmp_path):
    results = analyse(sequences, read_study(written(tmp_path, **large(5))))
    (picture,) = swimmer.swimmer(results).figures
    assert any(
        note.startswith("A sample of 30 of 150 patients") and "Table 4 lists all" in note for note in picture.footnotes
    )
    assert len(patients.pathways(results).rows) == 150


def test_of_few_patients_all_are_shown_and_there_is_no_file(cohort_study):
    assert pathways.histories(cohort_study).empty
    assert pathways.spread(["A", "B", "C"], 3) == ["A", "B", "C"]
    assert pathways.spread(list(range(10)), 4) == [0, 3, 6, 9]


def test_lists_for_review_say_how_many_more_there_are(cohort_study, cohort_results, monkeypatch):
    monkeypatch.setattr(endings, "MOST_PATIENTS", 3)
    results = analyse(sequences, cohort_study)
    for table in (patients.doubts, patients.without_response):
        assert len(table(cohort_results).rows) == 4
        assert len(table(results).rows) == 3
        assert table(results).footnotes[0] == "And 1 more patient, not listed here."


def test_rare_treatments_of_a_line_are_drawn_as_one(tmp_path):
    results = analyse(sequences, read_study(written(tmp_path, **large(2))))
    assert OTHERS not in set(results.pick(output="flow_between_lines")["group1_level"])  # 2 of 60 are more than 3 %
    tables = large(2)
    rare = tables["courses"]["patient_id"].isin(["P20-0", "P18-0"])
    tables["courses"].loc[rare, "treatment"] = ["MTX", "OMA"]
    results = analyse(sequences, read_study(written(tmp_path / "rare", **tables)))
    drawn = results.pick(output="flow_between_lines", group1="line 1", group1_level=OTHERS)
    assert pick(drawn, variable="treatment")["variable_level"].tolist() == ["methotrexate", "omalizumab"]
    assert pick(drawn, group2="line 2", stat_name="n")["stat"].sum() == 2
    before, after = (results.pick(output=name, group2="line 2", stat_name="n") for name in
                     ("between_lines", "flow_between_lines"))  # fmt: skip
    assert before["stat"].sum() == after["stat"].sum() == 60


def test_the_flow_tells_how_many_of_how_many(cohort_results):
    page = flow.lines(cohort_results)._repr_html_()
    assert "Line 1 Systemic corticosteroid to Cyclosporine: 6 of 14 patients (42.9%)" in page
    assert "Line 2 Methotrexate to Ongoing: 3 of 3 patients" in page


def test_of_many_patients_thin_bands_are_gathered_and_none_is_lost(tmp_path):
    results = analyse(sequences, read_study(written(tmp_path, **large(2))))
    drawn = flow.lines(results).drawn(False)
    bands = re.findall(r"<title>Line 1 (.+?) to (?!several)(.+?): (\d+) of", drawn)
    stubs = [int(n) for n in re.findall(r"<title>Line 1 .+? to several: (\d+) patient", drawn)]
    steps = results.pick(output="flow_between_lines", group2="line 2", stat_name="n")["stat"]
    assert sorted(int(n) for *_, n in bands) == sorted(steps[steps >= flow.FEW])
    assert sum(stubs) == steps[steps < flow.FEW].sum() > 0


@pytest.mark.parametrize("sort_by", ["patient", "treatment", "end", "lines", "time", "age"])
@pytest.mark.parametrize("time_axis", ["first course", "age"])
def test_the_swimmer_plot_is_sorted_as_asked(cohort_results, cohort_study, sort_by, time_axis):
    (page,) = swimmer.swimmer(cohort_results, sort_by, time_axis).figures
    drawn = list(dict.fromkeys(re.findall(r"<title>([^,]+), line", page.drawn(False))))
    assert sorted(drawn) == sorted(cohort_study.patients["patient_id"])
    first = {"patient": "P01", "lines": "P02", "time": "P16"}.get(sort_by)
    assert first in (None, drawn[0]) or time_axis == "age"
    assert ("Age (years)" in page.drawn(False)) == (time_axis == "age")


def test_patients_without_times_are_drawn_by_line(tmp_path):
    study = study_of(tmp_path, ("A", "CSA", "", "", "0", "unresponsiveness"), ("A", "AZA", "", "", "1", "remission"),
                     ("B", "CSA", "3", "", "1", "side_effect"), ("B", "AZA", "4", "30", "1", "remission"))  # fmt: skip
    in_time, by_line = swimmer.swimmer(analyse(sequences, study)).figures
    assert "A, line 1" not in in_time.drawn(False)
    assert any(note.startswith("Dotted edge: length not recorded") for note in in_time.footnotes)
    assert "whose times are not recorded, by line" in by_line.caption
    assert "Line of therapy" in by_line.drawn(False)


def test_sentences_hold_the_numbers_of_the_results(cohort_results):
    assert str(words.ends(cohort_results)) == (
        "30 patients had 81 courses. By their last course, 12 were still on treatment, 7 in remission, 6 off "
        "treatment for another reason and 5 lost to follow-up; the status recorded at data lock differs: 13 still on "
        "treatment, 11 in remission and 6 lost to follow-up."
    )
    assert str(words.response_change(cohort_results)) == (
        "In each patient's first switch with a known response before and after (21 patients), the response was better "
        "after 4, the same after 14 and worse after 3 (exact sign test, p > 0.99). Over all 50 such switches (46 to a "
        "new treatment and 4 back to an earlier one): better after 12, the same after 29 and worse after 9. After a "
        "bad response the next tends to be better by regression to the mean alone."
    )
    assert str(words.places(cohort_results)) == (
        "Never followed by another course: omalizumab (3 courses, 2 of them still ongoing)."
    )
    assert "systemic corticosteroid to azathioprine (8 of 21 courses; most often given reason: to prevent side" in str(
        words.transitions(cohort_results)
    )


@pytest.mark.parametrize(
    ("reasons", "said_of_them"),
    [
        (["ongoing"], "1 course, still ongoing"),
        (["ongoing", "ongoing"], "2 courses, both still ongoing"),
        (["ongoing"] * 3, "3 courses, all still ongoing"),
        (["remission", "ongoing"], "2 courses, 1 of them still ongoing"),
        (["remission"], "1 course"),
    ],
)
def test_of_a_treatment_never_followed_it_is_said_how_many_courses_are_ongoing(reasons, said_of_them, tmp_path):
    rows = [(patient, "CSA", "3", "90", "1", reason) for patient, reason in zip("ABC", reasons, strict=False)]
    sentence = str(words.places(analyse(sequences, study_of(tmp_path, *rows))))
    assert sentence == f"Never followed by another course: cyclosporine ({said_of_them})."


def test_of_many_reasons_for_a_step_the_three_commonest_are_named():
    def in_words(**numbers):
        return tables._reasons_in_words(pd.DataFrame({"variable_level": list(numbers), "stat": list(numbers.values())}))

    assert in_words(remission=4, side_effect=3, financial=2) == "remission 4, side effect 3, financial 2"
    assert in_words(remission=4, side_effect=3, financial=2, unresponsiveness=1) == (
        "remission 4, side effect 3, financial 2, another 1"
    )
    assert in_words(remission=4, side_effect=3, financial=2, unresponsiveness=1, maximum_response=1).endswith(
        ", others 2"
    )


def test_what_did_not_occur_is_left_out_of_the_sentence_on_statuses(tmp_path):
    rows = (("A", "CSA", "3", "90", "1", "ongoing"), ("B", "CSA", "3", "90", "1", "remission"))
    statuses = {"A": "on_treatment", "B": "topical_remission"}
    sentence = str(words.statuses(analyse(sequences, study_of(tmp_path, *rows, statuses=statuses))))
    assert sentence == "In 2 of 2 patients the status at data lock agrees with the last course."


def test_few_values_have_no_quartiles_and_no_percentage(cohort_results):
    cells = {
        row.label: [cell.strip("\u2007") for cell in row.cells] for row in tables.line_outcomes(cohort_results).rows
    }
    assert (cells["Line 4"][1], cells["Line 5"][0], cells["Line 5"][1]) == ("80.0", "2/4", "–")
    assert (cells["Line 4"][4], cells["Line 5"][4]) == ("2.3–6.1", "–")


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
    results = analyse(sequences, study_of(tmp_path, *rows, statuses=statuses))
    counted = "2 patients had 2 courses. By their last course, 1 was still on treatment and 1 in remission"
    assert str(words.ends(results)) == f"{counted}{told_too}."


NAUSEA = pd.DataFrame({"patient_id": ["A"], "course": ["1"], "side_effect": ["nausea"]})


def said(study, *names):
    """The sentences of these names for a study."""
    results = analyse(sequences, study)
    return [str(getattr(words, name)(results)) for name in names]


def test_sentences_say_that_they_count_selected_courses_and_ends_of_whole_histories(tmp_path):
    rows = (("A", "CSA", "3", "90", "1", "side_effect"), ("A", "AZA", "4", "90", "1", "ongoing"),
            ("B", "CSA", "3", "90", "0", "remission"))  # fmt: skip
    study = study_of(tmp_path, *rows, side_effects=NAUSEA)
    first = said(study.select(line_max=1), "ends", "pathways", "line_outcomes", "lines_reached", "without_response")
    assert first == [
        "2 patients have 2 of their 3 courses selected. By the last course of their whole history, 1 was still on "
        "treatment and 1 in remission.",
        "Of the selected courses, 2 patients had one and the same sequence: cyclosporine.",
        "1 of 2 responded at line 1; each of the 2 patients had one of the selected courses.",
        "All of these courses are of line 1.",
        "The last course of 1 of 1 patient had no response; that of 1 further patient is outside the selection.",
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


def test_the_rules_say_when_they_cannot_act(cohort_study, tmp_path):
    study = study_of(tmp_path / "a", ("A", "CSA", "", "", "1", "remission"))
    assert said(study, "rules") == [
        "The rules as set give 1 course (the same under other rules) and 0 switches to a new treatment (the same under "
        "other rules). No times are known: joining, shortness and overlap have no effect."
    ]
    study = study_of(tmp_path / "b", ("A", "CSA", "", "90", "1", "remission"))
    assert said(study, "rules")[0].endswith("No starts are known: joining and overlap have no effect.")
    assert "no effect" not in said(cohort_study, "rules")[0]


def test_orders_that_do_not_exist_are_not_counted(tmp_path):
    rows = course_of("A", "CSA") + course_of("B", "CSA")
    page = patients.orders(analyse(sequences, study_of(tmp_path / "a", *rows)))._repr_html_()
    assert "Not shown" not in page
    alone = patients.orders(analyse(sequences, study_of(tmp_path / "b", *course_of("A", "CSA"))))
    assert alone == Absent()


def test_a_label_is_whole_or_not_there(cohort_results):
    (page,) = swimmer.swimmer(cohort_results).figures
    for narrow in (False, True):
        texts = re.findall(r">([^<>]+)</text>", page.drawn(narrow))
        assert not [text for text in texts if re.fullmatch(r"[0-9?][a-zL→?]", text)]
        assert [text for text in texts if re.fullmatch(r"[A-Z]+ [0-9?][a-zL→?]", text)]
    assert any("CSA: cyclosporine" in note for note in page.footnotes)
    assert any(note.startswith("PGA 0 (poor): no reduction of signs and symptoms; PGA 1") for note in page.footnotes)


def test_letters_are_explained_where_there_are_some(tmp_path):
    study = study_of(tmp_path, ("A", "CSA", "3", "90", "1", ""))
    (page,) = swimmer.swimmer(analyse(sequences, study)).figures
    assert not any("Letters" in note for note in page.footnotes)


def forget_dictionary():
    for remembered in (dictionary.columns, dictionary.treatments, study_reasons.reasons, study_reasons.letters):
        remembered.cache_clear()


@pytest.fixture
def pregnancy(tmp_path, monkeypatch, request):
    """A dictionary with the reason "pregnancy", with the group and the letter that a test names, or without."""
    group, letter = request.param
    for name in ("dictionary.csv", "treatments.csv"):
        shutil.copy(DATA / name, tmp_path / name)
    path = tmp_path / "dictionary.csv"
    text = path.read_text(encoding="utf-8").replace(
        "lost_to_follow_up=Lost", "pregnancy=Pregnancy;lost_to_follow_up=Lost"
    )
    text = text.replace(";censored=", f";{group}=pregnancy;censored=" if group else ";censored=")
    text = text.replace(";ongoing=→", f";ongoing=→;pregnancy={letter}" if letter else ";ongoing=→")
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(paths, "DATA", tmp_path)
    forget_dictionary()
    yield group, letter or "a"  # the first letter that no other reason has
    monkeypatch.undo()
    forget_dictionary()


@pytest.mark.parametrize(
    "pregnancy", [("", ""), ("decision", ""), ("", "g"), ("precaution", "g"), ("censored", "g")], indirect=True
)
def test_a_reason_that_a_clinic_adds_goes_through_the_whole_page(pregnancy, tmp_path):
    group, letter = pregnancy
    rows = (("A", "CSA", "3", "90", "0", "pregnancy"), ("A", "AZA", "4", "90", "1", "remission"),
            ("B", "CSA", "3", "90", "0", "pregnancy"), ("B", "AZA", "4", "90", "0", "pregnancy"))  # fmt: skip
    study = study_of(tmp_path / "clinic", *rows, statuses={"B": "topical_remission"})
    results = analyse(sequences, study)
    end = "lost_to_follow_up" if group == "censored" else "stopped"
    assert results.pick(output="status", variable="pathway_end")["variable_level"].unique().tolist() == [
        "remission",
        end,
    ]
    drawn = swimmer.swimmer(results).figures[0]
    assert f">CSA 0{letter}<" in drawn.drawn(False)
    assert "left: pregnancy" in drawn.drawn(False)
    assert f"Letters: r remission; {letter} pregnancy." in drawn.footnotes
    assert told("B", results) == "CSA (0, pregnancy) → AZA (0, pregnancy)"
    assert tables.transition_reasons(results).rows[0].cells[1] == "pregnancy 2"
    assert tables.transitions(results).columns[-1].label == ENDS[end].label
    assert "most often given reason: pregnancy, 2" in str(words.transitions(results))
    odd = {"precaution": [], "censored": ["Contradicts"]}.get(group, ["Possible, unexplained"])
    doubts = patients.doubts(results)
    assert ([row.cells[2] for row in doubts.rows] if odd else doubts) == (odd or Absent())
    for exhibit in (sequences.PATHWAYS, sequences.REASONS, sequences.TRANSITIONS, sequences.WITHOUT_RESPONSE):
        assert "pregnancy" in results.show(exhibit).html()


@pytest.mark.parametrize("exhibit", sequences.EXHIBITS, ids=lambda exhibit: exhibit.key)
def test_an_exhibit_needs_no_other_rows_than_those_that_it_counts(exhibit, cohort_study, cohort_results):
    alone = counted([exhibit], cohort_study, Settings())
    assert [part.data for part in exhibit.parts(alone)] == [part.data for part in exhibit.parts(cohort_results)]


def test_methods_are_names_and_whatever_else_is_said_is_a_note(cohort_results):
    names = set(cohort_results.rows["method"]) - {""}
    assert all(any(method.pattern.fullmatch(name) for method in catalogue()) for name in names), names
    noted = cohort_results.rows[cohort_results.rows["note"] != ""]
    assert {"table4", "table4_wide", "transitions", "status_doubts", "rules"} < set(noted["output"])


def test_what_rests_on_synthetic_values_is_marked(cohort_results):
    marks = {exhibit.key: [part.mark for part in exhibit.parts(cohort_results) if isinstance(part, Table | Figure)]
             for exhibit in sequences.EXHIBITS}  # fmt: skip
    unmarked = {key for key, found in marks.items() if found and not all(found)}
    assert unmarked == {"orders", "lines", "rules"}
    assert all(figure.mark for figure in sequences.SWIMMER.parts(cohort_results)[1].figures)


def test_an_interval_is_called_by_its_level(cohort_study):
    results = analyse(sequences, cohort_study, confidence_level=0.975)
    assert "97.5% CI" in [column.label for column in tables.line_outcomes(results).columns]


def test_a_patient_whose_name_is_a_formula_is_text_in_the_sheet(tmp_path):
    study = study_of(tmp_path, ("=1+1", "CSA", "3", "90", "1", "remission"))
    *_, sheet = sequences.SHEET.parts(analyse(sequences, study))
    assert sheet.csv.splitlines()[1].startswith("'=1+1,cyclosporine,")


def test_the_picture_is_made_as_its_parameters_say(cohort_results):
    by_age = sequences.swimmer_plot("age", "age").parts(cohort_results)[1].figures[0]
    assert "Age (years)" in by_age.drawn(False)
    assert "Ordered by age at the first course; 30 a figure." in by_age.footnotes
    assert set(ORDERS) == set(CHOICES["sort_by"])
    assert set(AXIS_LABELS) == set(CHOICES["time_axis"])


def test_one_click_leads_to_all_that_is_known_of_a_patient(cohort_results):
    shown = (sequences.SWIMMER, sequences.PATHWAYS, sequences.SHEET)
    page = "".join(part._repr_html_() for one in shown for part in one.parts(cohort_results))
    asked = set(re.findall(r'<a href="#([^"]+)"', page))
    offered = re.findall(r'<section class="profile" id="(.*?)"', page)
    assert len(offered) == 30 and asked == set(offered)
    (p28,) = (one for one in profiles.profiles(cohort_results).profiles if one.name == "P28")
    assert [row.cells[0] for row in p28.rows[:3]] == ["Azathioprine", "3.2 months without", "Cyclosporine"]
    assert p28.rows[0].cells[1:5] == ["1.41 mg/kg/day", "34.8", "PGA 1 (good)", "Insufficient response"]
    assert all(0 <= row.left <= row.left + row.width <= 1.0001 for row in p28.rows)
