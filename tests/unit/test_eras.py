"""The rules by which courses become eras and lines: small pictures with known answers.

The pictures are those of pictures.py. In an answer "A>B" is a switch, "<" a switch back, "=" a restart, "+" an add-on.
"""

import pandas as pd
import pytest

from adreport import read_study
from adreport.pages.survival import results as survival
from adreport.reading.examine import examine
from adreport.study.eras import ADD_ON, BACK, RESTART, SWITCH, Rules, joined, long_enough, with_lines
from adreport.study.faults import ParameterFault
from adreport.study.paths import COHORT
from pictures import LETTERS, NO_EVENTS, courses, pictured
from studies import cohort, written

SIGNS = {SWITCH: ">", BACK: "<", RESTART: "=", ADD_ON: "+"}
STUDY = read_study(COHORT)


def answered(frame, rules):
    """What the rules make of courses, in the notation of the answers."""
    eras, _ = joined(frame, NO_EVENTS, rules.join_gap_days)
    eras = with_lines(long_enough(eras, rules.shortest_days), rules.combination_days)
    signs = eras["step"].map(SIGNS).fillna("")
    return "".join(LETTERS[code] + sign for code, sign in zip(eras["treatment"], signs, strict=True))


@pytest.mark.parametrize(
    ("picture", "rules", "answer"),
    [
        ("AAAA", {}, "A"),
        ("AAAA..AAAA", {}, "A=A"),
        ("AAAA..AAAA", {"join_gap_days": 20}, "A"),
        ("AAAA..AAAA", {"join_gap_days": 19}, "A=A"),
        ("AA.AA..AA", {"join_gap_days": 10}, "A=A"),
        ("AA.AA..AA", {"join_gap_days": 20}, "A"),
        ("AAAABBBB", {}, "A>B"),
        ("AAAA..BBBB", {"join_gap_days": 100}, "A>B"),
        ("AAAA..BBBB..AAAA", {}, "A>B<A"),
        ("AA..BB.AA", {"join_gap_days": 60}, "A>B<A"),  # B began within the gap: the patient went over to it
        ("AAAABB..AA", {"join_gap_days": 60}, "A>B<A"),  # on the day of the stop
        ("AAAA..AAAA/......BBBB", {"join_gap_days": 20}, "A+B"),  # not on the day of the restart
        ("AAAA..AAAA/.BBBBBBBB.", {"join_gap_days": 20}, "A+B"),  # B began before the gap and runs through it
        ("AA.AA.B.AA", {"join_gap_days": 30}, "A>B<A"),  # the gap without B is still joined
        ("AAAAAAAA/....BBBBBB", {}, "A+B"),
        ("AAAAAA../....BBBBBB", {}, "A>B"),  # twenty days of overlap are below the thirty
        ("AAAAAA../....BBBBBB", {"combination_days": 20}, "A+B"),
        ("AAAAAAAA/...BB...", {}, "A+B"),  # the whole of a short course is enough
        ("AAAAAAAA/...BB...CC", {}, "A+B>C"),
        ("AAAAAAAA/....BBBB../......CCCC", {"combination_days": 20}, "A+B+C"),
        ("AAAAAAAAAAAA/..BB..CCC", {}, "A+B+C"),  # not from B to C: A still runs
        ("AAAAAAAAAAAA/..BB..CCC.BBB", {}, "A+B+C<B"),  # only ten days of A are left
        ("AAAAAAAAAAAAAA/..BB..CCC.BBB", {}, "A+B+C+B"),
        ("AAAAAAAAAAAA/..BB..BBB", {}, "A+B=B"),
        ("AAAA..BBBBBBBB/.........CCCCCC", {}, "A>B+C"),
        ("AAAAAAAA/..BB....CCCC", {}, "A+B>C"),
        ("AAAA.B.CCCC", {"shortest_days": 20}, "A>C"),
        ("AA.AA.BBBB", {"shortest_days": 30}, "B"),
        ("AA.AA.BBBB", {"shortest_days": 30, "join_gap_days": 10}, "A>B"),  # joined first, then measured
        ("AAAA.B.AAAA", {"shortest_days": 20}, "A=A"),
        ("A.B.A.B", {}, "A>B<A<B"),
    ],
)
def test_a_picture_gives_its_answer(picture, rules, answer):
    assert answered(pictured(picture), Rules(**rules)) == answer


def test_what_has_no_times_is_joined_to_nothing_and_overlaps_nothing():
    unknown = courses(("cyclosporine", None, None), ("cyclosporine", None, 30), ("azathioprine", None, 300))
    assert answered(unknown, Rules(join_gap_days=1000, combination_days=1)) == "A=A>B"
    no_end = courses(("cyclosporine", 0, None), ("cyclosporine", 10, 30))
    assert answered(no_end, Rules(join_gap_days=1000)) == "A=A"


def test_an_era_has_the_days_treated_the_last_reason_and_the_last_known_response():
    frame = pictured("AA.AAA").assign(response=["2", None], discontinuation_reason=["side_effect", "ongoing"])
    (era,) = joined(frame, NO_EVENTS, 10)[0].to_dict("records")
    told = [era[name] for name in ("course", "start_days", "end_days", "duration_days", "courses_joined")]
    assert told == [1, 0, 60, 50, 2]
    assert (era["response"], era["discontinuation_reason"]) == ("2", "ongoing")


def test_a_treatment_begun_within_the_gap_is_not_joined_over():
    # By dates: CSA to 1 May, PT 3 to 23 May, CSA again from 26 May. Another patient's PT is no matter.
    rows = (("cyclosporine", 0, 61), ("phototherapy", 63, 20), ("cyclosporine", 86, 100))
    assert answered(courses(*rows), Rules(join_gap_days=30)) == "A>D<A"
    both = pd.concat([courses(*rows[::2]), courses(rows[1], patient="P2")])
    assert len(joined(both, NO_EVENTS, 30)[0]) == 2


def test_events_go_with_their_course_into_the_era():
    events = pd.DataFrame({"patient_id": ["P1", "P1", "P9"], "course": [2, 1, 1], "onset_day": [5.0, None, 3.0]})
    _, moved = joined(pictured("AA.AAA"), events, 10)
    assert moved["course"].tolist() == [1, 1, 1]
    assert moved["onset_day"].fillna(-1).tolist() == [35, -1, 3]


def test_the_rules_as_they_come_change_nothing():
    pd.testing.assert_frame_equal(STUDY.under(Rules()).courses[STUDY.courses.columns], STUDY.courses)


def test_rescue_courses_are_courses_when_the_rule_lets_them_in():
    inside = STUDY.under(Rules(rescue="in"))
    assert (len(inside.courses), len(inside.rescue_courses)) == (93, 0)
    assert inside.courses["line"].max() == 9
    assert len(STUDY.under(Rules(rescue="in")).under(Rules()).courses) == 81  # rules always begin at the records


def test_a_selection_keeps_lines_and_successors_of_the_rules():
    chosen = STUDY.under(Rules(shortest_days=80)).select("SCS")
    own = chosen.courses[chosen.courses["patient_id"] == "P29"]
    assert own["line"].tolist() == [3, 5]  # without the 72 days of AZA and the 69 of MTX: IVIG, CSA, SCS, DUP, SCS
    assert own["next_treatment"].fillna("none").tolist() == ["dupilumab", "none"]
    with pytest.raises(ValueError, match="rules come before filters"):
        STUDY.select("MTX").under(Rules())


def test_rules_that_leave_nothing_or_mean_nothing_are_refused():
    with pytest.raises(ParameterFault, match="No treatment course is left by the rules"):
        STUDY.under(Rules(shortest_days=10_000))
    with pytest.raises(ParameterFault, match="rescue must be out or in, not 'yes'"):
        Rules(rescue="yes")


def test_the_end_of_a_pathway_is_that_of_the_whole_patient(tmp_path):
    frame = pictured("AAAAAAAA/..BB....").assign(discontinuation_reason=["ongoing", "unresponsiveness"])
    assert set(with_lines(joined(frame, NO_EVENTS, None)[0])["pathway_end"]) == {"ongoing"}
    lost = frame.assign(discontinuation_reason=["ongoing", "lost_to_follow_up"])
    assert set(with_lines(joined(lost, NO_EVENTS, None)[0])["pathway_end"]) == {"lost_to_follow_up"}


@pytest.mark.parametrize(
    ("picture", "followed"),
    [
        ("AAAA.BBBB.AAAA", "BA-"),
        ("AAAAAAAAAAAA/..BB", "--"),  # both lead to their own end
        ("AAAAAAAA/..BB....CCCC", "C--"),  # A was replaced by C; B had been stopped while A went on
        ("AAAAA.../..BBBBBB..CCCC", "-C-"),  # A was stopped while B went on
        ("AAAAAAAAAAAA/..BB..CCC", "---"),  # both are added to A
        ("AAAAAA/..BBBB...CC", "-C-"),  # of two that ended on one day, the later one
        ("AAAAAAAAAAAA/..BB..BBB", "-B-"),  # a restart follows its own treatment
    ],
)
def test_a_course_is_followed_by_what_was_begun_after_its_stop(picture, followed):
    eras = with_lines(joined(pictured(picture), NO_EVENTS, None)[0])
    assert "".join(LETTERS.get(code, "-") for code in eras["followed_by"]) == followed


def test_what_goes_on_or_ended_last_decides_the_end():
    def decided(picture, *reasons):
        frame = pictured(picture).assign(discontinuation_reason=reasons)
        eras = with_lines(joined(frame, NO_EVENTS, None)[0])
        chosen = "".join(LETTERS[code] for code in eras["treatment"][eras["decides_end"]])
        return chosen, eras["pathway_end"].iloc[0], eras["last_reason"].iloc[0]

    assert decided("AAAAAAAA/..BB", "ongoing", "switched") == ("A", "ongoing", "ongoing")
    assert decided("AAAAAAAA/..BB", "remission", "side_effect") == ("A", "remission", "remission")
    assert decided("AAAA/..BBBB", "side_effect", "remission") == ("B", "remission", "remission")
    assert decided("AAAA/..BBBB", "ongoing", "ongoing") == ("AB", "ongoing", "ongoing")
    assert decided("AAAAAAAA/..BB", "ongoing", "lost_to_follow_up") == ("B", "lost_to_follow_up", "lost_to_follow_up")


def test_dates_tell_overlaps_to_the_day(tmp_path):
    patients = cohort()["patients"].iloc[:1]
    rows = pd.DataFrame({
        "patient_id": patients["patient_id"].iloc[0], "course": ["1", "2"], "treatment": ["CSA", "MTX"],
        "response": "1", "discontinuation_reason": ["side_effect", "ongoing"],
        "start_date": ["2020-01-01", "2020-02-01"], "stop_date": ["2020-03-02", ""],
    })  # fmt: skip
    (tmp_path / "study.yml").write_text("data_lock_date: 2022-12-31\n", encoding="utf-8")
    study = read_study(written(tmp_path, patients=patients, courses=rows, side_effects=None))
    steps = [study.under(Rules(combination_days=days)).courses["step"].iloc[0] for days in (30, 31)]
    assert steps == [ADD_ON, SWITCH]  # from 1 February to 2 March 2020 are thirty days


def open_courses(folder, *rows, lock="2024-12-31"):
    """A folder of (course, treatment, start, stop, reason) of one patient, with a data lock."""
    frame = pd.DataFrame(rows, columns=["course", "treatment", "start_date", "stop_date", "discontinuation_reason"])
    patients = pd.DataFrame({"patient_id": ["A"], "sex": ["male"], "birth_date": ["2010-01-01"]})
    written(folder, patients=patients, courses=frame.assign(patient_id="A", response="1"), side_effects=None)
    (folder / "study.yml").write_text(f"data_lock_date: {lock}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("reason", "later", "days"),
    [
        ("", "2020-11-01", None),  # it ended, on a day that nobody wrote down
        ("ongoing", "2020-11-01", 1826),  # from 1 January 2020 to the lock on 31 December 2024
        ("", "", 1826),
        ("", "2020-01-01", None),  # begun on the same day: the number tells that another followed
        ("side_effect", "", None),
    ],
)
def test_only_what_goes_on_lasts_until_the_data_lock(reason, later, days, tmp_path):
    rows = [("1", "CSA", "2020-01-01", "", reason)]
    rows += [("2", "DUP", later, "2022-01-01", "remission")] if later else []
    study = read_study(open_courses(tmp_path, *rows))
    first = study.courses.iloc[0]
    assert (first["duration_days"] if first["duration_days"] > 0 else None) == days
    end = survival.followed(study).set_index("treatment")["end"].get("cyclosporine")
    assert end == ("ongoing" if days else None)
    if later and not reason:
        assert first["step"] == SWITCH


def test_a_course_whose_end_is_unknown_does_not_overlap_the_next_of_its_treatment(tmp_path):
    rows = (("1", "CSA", "2020-01-01", "", ""), ("2", "CSA", "2020-11-01", "2021-11-01", "remission"))
    (fault,) = examine(open_courses(tmp_path, *rows)).faults
    assert fault.rule.startswith("begins a course without an end or a reason")
