"""Side effects for the time on treatment; the R session stands beside each golden number."""

import re
import warnings
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from adreport import analyse, read_study
from adreport.pages import safety
from adreport.pages.contract import pick, value
from adreport.pages.line_lists import MOST_LINES
from adreport.pages.safety import figures, tables
from adreport.pages.safety import words as sentences
from adreport.pages.safety.exposure import ALL_EVENTS, FIRST_EVENTS
from adreport.pages.safety.results import MOST_MANAGEMENTS
from adreport.stats.tests import FEWEST
from adreport.study.dictionary import treatments
from adreport.study.side_effects import NOT_CLASSIFIED, organ_class
from studies import cohort, read_cohort, written

EVENTS = cohort()["side_effects"]


@pytest.fixture(scope="module")
def shown():
    """The results of the safety page."""
    return analyse(safety, read_cohort())


@pytest.fixture(scope="module")
def results(shown):
    """Its rows."""
    return shown.rows


def rate(results, variable, **keys):
    own = pick(results, output="exposure", variable=variable, group2="", variable_level="", **keys)
    return [value(own, stat_name=name) for name in ("n", "patient_years", "rate", "conf.low", "conf.high")]


@pytest.mark.parametrize(
    ("variable", "n", "days", "low", "high"),
    [
        # > c <- read.csv("data/cohort/courses.csv"); x <- subset(c, treatment == "cyclosporine")
        # > sum(x$duration_days); poisson.test(10, 9024/365.25)$conf.int * 100
        ("side_effects", 10, 9024, 19.4095270530, 74.4356997379),
        # > s <- read.csv("data/cohort/side_effects.csv"); f <- aggregate(onset_day ~ patient_id + course, s, min)
        # > x <- merge(x, f, all.x=TRUE); sum(pmin(x$duration_days, x$onset_day, na.rm=TRUE))
        # > poisson.test(8, 7797/365.25)$conf.int * 100
        ("first_side_effect", 8, 7797, 16.1794562339, 73.8425658930),
    ],
)
def test_rates_of_cyclosporine_are_those_of_r(variable, n, days, low, high, results):
    found = rate(results, variable, group1_level="cyclosporine")
    assert found == pytest.approx([n, days / 365.25, 100 * n / (days / 365.25), low, high])


def test_treatments_add_up_to_all(results):
    for variable in ("side_effects", "first_side_effect"):
        own = pick(results, output="exposure", variable=variable, group2="", variable_level="", group1="treatment")
        n, years = (pick(own, stat_name=name)["stat"].sum() for name in ("n", "patient_years"))
        assert rate(results, variable, group1="")[:2] == pytest.approx([n, years])


def test_terms_of_a_class_add_up_to_it_and_classes_to_all(results):
    own = pick(results, output="exposure", group1="", group2="organ_class", variable="events", stat_name="n")
    classes, terms = own[own["variable_level"] == ""], own[own["variable_level"] != ""]
    assert classes["stat"].sum() == 25
    by_class = terms.groupby("group2_level")["stat"].sum()
    assert by_class.to_dict() == classes.set_index("group2_level")["stat"].to_dict()


def small(**events):
    """Two courses of one patient: 100 days of cyclosporine, then 200 of methotrexate; and their events."""
    study = read_cohort()
    courses = study.courses.head(2).assign(patient_id="P01", course=[1, 2], duration_days=[100.0, 200.0])
    courses = courses.assign(treatment=pd.Categorical(["cyclosporine", "methotrexate"]), side_effect=[True, False])
    frame = pd.DataFrame({"patient_id": "P01", "course": 1, "side_effect": "nausea"} | events)
    rows = study.side_effects.head(0).reindex(range(len(frame))).assign(**frame, organ_class="Stomach and gut")
    return replace(study, courses=courses, patients=study.patients.head(1), side_effects=rows)


@pytest.mark.parametrize(
    ("onset", "days"),
    [
        ([30.0, 10.0], 10),  # the earliest of two
        ([np.nan, 40.0], 40),  # the earliest known
        ([np.nan, np.nan], 100),  # none known: the whole course
        ([150.0, 160.0], 100),  # after the course: no longer than the course
        ([0.0, 20.0], 0),  # on the first day: no time at risk
    ],
)
def test_first_events_are_set_against_the_time_until_them(onset, days):
    found = rate(analyse(safety, small(onset_day=onset)).rows, "first_side_effect", group1_level="cyclosporine")
    assert found[:2] == [1, pytest.approx(days / 365.25)]
    assert np.isnan(found[2]) == (days == 0)


def test_courses_of_unknown_duration_are_left_out_of_both_sides_of_a_rate():
    study = small(onset_day=[5.0, 6.0])
    unknown = replace(study, courses=study.courses.assign(duration_days=[np.nan, 200.0]))
    results = analyse(safety, unknown).rows
    for variable in ("side_effects", "first_side_effect"):
        assert rate(results, variable, group1="")[:2] == [0, pytest.approx(200 / 365.25)]
    events = pick(results, output="table3", variable="side_effect", variable_level="any", group1_level="cyclosporine")
    assert value(events, stat_name="n") == 2


def test_events_that_are_all_untimed_have_no_rate_of_zero():
    study = small(onset_day=[5.0])
    more = pd.DataFrame({"patient_id": ["P01"], "course": [2], "side_effect": ["headache"], "organ_class": ["Nerves"]})
    events = pd.concat([study.side_effects, more], ignore_index=True).astype(study.side_effects.dtypes.to_dict())
    courses = study.courses.assign(duration_days=[np.nan, 200.0], side_effect=True)
    results = analyse(safety, replace(study, courses=courses, side_effects=events))
    assert results.pick(stat_name="rate", group1_level="cyclosporine").empty
    assert value(results.rows, output="table3", variable_level="any", group1_level="methotrexate", stat_name="rate") > 0
    page = tables.side_effects(results)
    assert "Left out of rates: 1 event in courses of unknown duration." in page.footnotes
    assert {row.cells[3].strip() for row in page.rows[:2]} == {"–"}
    assert "Left out: 1 side effect in courses of unknown duration." in str(sentences.exposure(results))
    alone = analyse(safety, replace(study, courses=courses))
    assert str(sentences.exposure(alone)) == "All side effects were in courses of unknown duration: there is no rate."


def test_time_on_two_treatments_at_once_counts_for_each():
    overlapping = small(onset_day=[5.0])
    results = analyse(safety, overlapping)
    years = value(results.rows, output="exposure", variable="side_effects", group1="",
                  stat_name="patient_years", variable_level="", group2="")  # fmt: skip
    assert years == pytest.approx((100 + 200) / 365.25)
    notes = tables.side_effects(results).footnotes
    assert "time on two treatments at once counts for each" in notes[0]


def test_no_events_have_a_rate_of_zero_with_an_upper_limit():
    # > poisson.test(0, 200/365.25)$conf.int * 100
    found = rate(analyse(safety, small(onset_day=[5.0])).rows, "side_effects", group1_level="methotrexate")
    assert found[2:] == pytest.approx([0, 0, 673.681610308])


@pytest.mark.parametrize("days", [0.0, np.nan])
def test_without_time_there_is_no_rate_and_no_warning(days):
    study = small(onset_day=[5.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = analyse(safety, replace(study, courses=study.courses.assign(duration_days=days)))
    assert results.pick(stat_name="rate").empty
    assert str(sentences.exposure(results)) == "Without the duration of a course there is no rate."


def test_the_class_of_the_data_comes_before_that_of_the_mapping(tmp_path):
    events = EVENTS.head(3).assign(organ_class=["Gut", "", ""], side_effect=["nausea", "NAUSEA ", "spots on Tuesdays"])
    read = read_study(written(tmp_path, side_effects=events)).side_effects
    assert read["organ_class"].tolist() == ["Gut", "Stomach and gut", NOT_CLASSIFIED]


def test_every_published_side_effect_has_a_class():
    assert all(organ_class(term) for term in EVENTS["side_effect"])


def dated(tmp_path, **second):
    """P01 with cyclosporine from January to June 2020 and a second course; an event on 1 March (day 60)."""
    first = {
        "patient_id": "P01",
        "course": "1",
        "treatment": "CSA",
        "response": "1",
        "discontinuation_reason": "remission",
    }
    times = {"start_date": "2020-01-01", "stop_date": "2020-06-30"}
    other = first | {"course": "2", "treatment": "MTX", "start_date": "2020-02-01", "stop_date": "2020-12-31"} | second
    events = pd.DataFrame([{"patient_id": "P01", "course": "1", "side_effect": "nausea", "onset_day": "60"}])
    courses, patients = pd.DataFrame([first | times, other]), cohort()["patients"].head(1)
    return read_study(written(tmp_path, patients=patients, courses=courses, side_effects=events))


@pytest.mark.parametrize(
    ("second", "overlapped"),
    [
        ({}, True),
        ({"start_date": "2020-03-01"}, True),  # on that very day
        ({"start_date": "2020-03-02"}, False),
        ({"start_date": "2020-07-01"}, False),
        ({"start_date": "2020-02-01", "stop_date": "2020-02-20"}, False),
        ({"start_date": "", "stop_date": ""}, None),
        ({"treatment": "CSA", "start_date": "2020-07-01"}, False),  # no other treatment
        ({"treatment": "SCS", "stop_date": "2020-03-05", "start_date": "2020-02-25"}, True),  # rescue counts too
    ],
)
def test_an_event_during_two_treatments_may_be_due_to_either(second, overlapped, tmp_path):
    study = dated(tmp_path, **second)
    (found,) = study.side_effects["other_treatment"]
    assert (None if found is pd.NA else bool(found)) == overlapped
    text = str(sentences.attribution(analyse(safety, study)))
    assert text.startswith(
        {True: "1 of 1 side effect occurred", False: "None of 1 side effect occurred", None: "Whether"}[overlapped]
    )


def test_a_selection_of_one_treatment_still_knows_that_another_went_on(tmp_path):
    selected = dated(tmp_path).select("CSA")
    assert selected.side_effects["other_treatment"].tolist() == [True]


def test_severe_events_are_listed_and_not_counted_as_serious():
    study = small(onset_day=[1.0, 2.0, 3.0, 4.0], serious=["yes", "no", None, None], grade=[2.0, 4.0, 3.0, 2.0])
    results = analyse(safety, study)
    of_page = results.pick(output="safety")
    assert [value(of_page, variable="serious", stat_name=name) for name in ("n", "N")] == [1, 2]
    assert [value(of_page, variable="severe", stat_name=name) for name in ("n", "n_missing")] == [1, 2]
    assert [row.cells[1:3] for row in tables.serious(results).rows] == [["Yes", "2"], ["not recorded", "3"]]


def test_reasons_and_events_that_disagree_are_said_to():
    study = small(onset_day=[1.0], led_to_discontinuation=["yes"])
    courses = study.courses.assign(discontinuation_reason=pd.Categorical(["remission", "side_effect"]))
    text = str(sentences.discontinued(analyse(safety, replace(study, courses=courses))))
    assert "1 of 2 courses with a recorded reason was stopped for a side effect" in text
    assert "1 side effect, in 1 course, is recorded as having led to discontinuation; for this course" in text
    assert "another reason is recorded and 1 course stopped for a side effect has no such event." in text


class Mark(NamedTuple):
    """A mark of a drawing: its place and its colours."""

    x: float
    y: float
    fill: str
    outline: str


def colour(code):
    """The colour of a treatment as SVG writes it."""
    return treatments()[code].colour.lower()


def marks(svg):
    """The marks of a drawing that have the colour of a treatment."""
    colours = {colour(code) for code in treatments()}
    found = []
    for x, y, fill, outline in re.findall(r' x="(.+?)" y="(.+?)" style="fill: (#\w+); stroke: (#\w+)', svg):
        if outline in colours:
            found.append(Mark(float(x), float(y), fill, outline))
    return found


def test_hollow_marks_are_treatments_not_compared_and_every_rate_has_one():
    shown = analyse(safety, read_cohort(), min_courses=7)
    results = shown.rows
    drawn = marks(figures.exposure(shown).saved("svg", False, 72).decode())
    courses = pick(results, output="safety", variable="affected_courses", stat_name="N").set_index("group1_level")
    rows = pick(results, output="exposure", variable="first_side_effect", group2="", stat_name="rate")
    counts = {code: n for code in rows["group1_level"] if code and (n := courses["stat"][code]) >= FEWEST}
    few = {colour(code) for code, n in counts.items() if n < 7}
    many = {colour(code) for code, n in counts.items() if n >= 7}
    assert few and many
    assert {mark.outline for mark in drawn if mark.fill == "#ffffff"} == few
    assert {mark.outline for mark in drawn if mark.fill == mark.outline} == many
    assert len({(mark.outline, mark.y) for mark in drawn}) == len(drawn) == len(counts)


def test_a_treatment_without_a_rate_is_named_below_the_figure(shown):
    study = read_cohort()
    left = "Not drawn, with fewer than 5 courses: {}."
    few = "omalizumab (3), dupilumab (1) and mycophenolate mofetil (1)"
    assert figures.exposure(shown).footnotes[-1] == left.format(few)
    assert not {colour("dupilumab"), colour("omalizumab")} & {
        mark.outline for mark in marks(figures.exposure(shown).saved("svg", False, 72).decode())
    }
    courses = study.courses
    untimed = courses.assign(duration_days=courses["duration_days"].mask(courses["treatment"] == "immunoglobulin"))
    notes = figures.exposure(analyse(safety, replace(study, courses=untimed))).footnotes
    assert notes[-1] == "Not drawn, since no duration is known: intravenous immunoglobulin (5)."


def test_table_3_gives_no_rate_of_few_courses_or_of_a_few_events(shown):
    rows = {row.label: [cell.strip("\u2007") for cell in row.cells] for row in tables.side_effects(shown).rows}
    assert rows["Mycophenolate mofetil"][2:5] == ["1", "–", "–"]  # 1 event in 122 days: 299 per 100 patient-years
    assert rows["Azathioprine"][3] != "–"
    terms = [row.cells for row in tables.side_effects(shown).rows if row.kind == "level"]
    assert terms and all(cells[3].strip("\u2007") == "–" for cells in terms if int(cells[2]) < FEWEST)


def test_what_was_not_recorded_is_not_said_to_be_absent():
    none = small(onset_day=[])
    unknown = replace(none, side_effects_recorded=False)
    for study, words in ((none, "No side effect is recorded."), (unknown, sentences.UNRECORDED)):
        results = analyse(safety, study)
        said = [sentences.terms(results), sentences.serious(results), sentences.attribution(results)]
        assert set(map(str, [*said, sentences.organ_classes(results)])) == {words}
    assert "not recorded" in str(sentences.exposure(analyse(safety, unknown)))


def test_side_effects_of_rescue_courses_are_named():
    study = small(onset_day=[5.0, 6.0])
    rescue = study.courses.head(1).assign(course=99)
    events = study.side_effects.assign(course=[study.side_effects["course"].iloc[0], 99])
    results = analyse(safety, replace(study, rescue_courses=rescue, side_effects=events))
    assert str(sentences.side_effects(results)).endswith("1 more side effect in rescue courses is not counted.")


def test_words_agree_with_their_numbers_and_say_nothing_twice():
    study = small(onset_day=[5.0, 6.0])
    results = analyse(safety, study)
    assert str(sentences.serious(results)) == "Whether a side effect was serious is not recorded for any of the 2."
    assert str(sentences.organ_classes(results)).startswith("1 organ class was affected")
    alone = analyse(safety, small(onset_day=[5.0]))
    assert str(sentences.serious(alone)) == "Whether the one side effect was serious is not recorded."
    some = analyse(safety, small(onset_day=[1.0, 2.0], serious=["yes", None]))
    assert str(sentences.serious(some)) == "1 of 1 side effect was serious; for 1 other this is not recorded."
    stopped = study.courses.assign(discontinuation_reason=pd.Categorical(["side_effect", None]))
    (row,) = tables.stopped_courses(analyse(safety, replace(study, courses=stopped))).rows
    assert row.cells[0] == "Nausea"


def test_a_rate_says_in_a_note_what_it_is_of(results):
    rates = pick(results, output="exposure", stat_name="rate", group1="", group2="")
    assert dict(zip(rates["variable"], rates["note"], strict=True)) == {
        "side_effects": ALL_EVENTS, "first_side_effect": FIRST_EVENTS,
    }  # fmt: skip
    assert set(rates["method"]) == {"exact Poisson interval, 95%"}


def test_events_of_a_class_are_counted_whether_or_not_their_course_has_a_duration():
    study = small(onset_day=[5.0, 6.0])
    unknown = replace(study, courses=study.courses.assign(duration_days=[np.nan, 200.0]))
    row, _ = tables.organ_classes(analyse(safety, unknown)).rows
    assert row.cells[2:4] == ["2", "–"]


def test_what_was_done_is_said_once_and_up_to_a_number():
    done = ["rest", "rest", *(f"treatment {number}" for number in range(MOST_MANAGEMENTS + 1))]
    results = analyse(safety, small(side_effect="nausea", onset_day=[1.0] * len(done), management=done))
    whole, term = tables.side_effects(results).rows[:2]
    assert whole.cells[-1] == ""
    assert term.cells[-1].startswith("rest; treatment 0; ") and term.cells[-1].endswith("; 2 more")
    assert str(sentences.terms(results)).endswith(f"recorded for {len(done)} of {len(done)} events.")


def test_lists_end_with_how_many_more_there_are_and_name_no_patient():
    results = analyse(safety, small(onset_day=[5.0] * (MOST_LINES + 2), serious="yes"))
    rows = tables.serious(results).rows
    assert (len(rows), rows[-1].label) == (MOST_LINES + 1, "and 2 more")
    assert "P01" not in results.rows.to_csv()


def test_a_stopped_course_without_a_recorded_event_is_listed():
    study = small(onset_day=[5.0])
    courses = study.courses.assign(discontinuation_reason=pd.Categorical(["side_effect"] * 2))
    rows = tables.stopped_courses(analyse(safety, replace(study, courses=courses))).rows
    assert [(row.label, row.cells[0]) for row in rows] == [("Cyclosporine", "Nausea"), ("Methotrexate", "Not recorded")]


def test_without_a_table_of_side_effects_only_reasons_are_counted():
    results = analyse(safety, replace(small(onset_day=[]), side_effects_recorded=False))
    assert set(results.rows["variable"]) == {"discontinued", "lines", "courses", "patients"}
    assert tables.side_effects(results).reason == "The data have no table of side effects."
