"""The panel: the very tables and figures of the reports, for what its controls select."""

import asyncio
import gc
import sys
from dataclasses import replace

import pytest
import yaml

from adreport import explore, read_study
from adreport.explorer import reporting, views
from adreport.explorer.controls import Controls
from adreport.explorer.lists import LISTS, listed_courses
from adreport.explorer.panel import Explorer
from adreport.explorer.redraw import Redraw
from adreport.explorer.selections import save, saved
from adreport.pages import OVERVIEW, PAGES
from adreport.show.parts import Absent
from adreport.study.faults import ParameterFault
from studies import cohort, of_patients, written

TABS = {page.label: page for page in (OVERVIEW, *PAGES) if page.filtered and hasattr(page.exhibits, "EXHIBITS")}


def reset(explorer):
    explorer.controls.panel.children[-1].click()


def test_the_tabs_are_the_pages_that_say_something_of_any_selection(cohort_study):
    explorer = Explorer(cohort_study)
    assert explorer.tabs.titles == (*TABS, "Courses")
    assert {label: [view.exhibit for view in views] for label, views in explorer.views.items()} == {
        label: list(page.exhibits.EXHIBITS) for label, page in TABS.items()
    }
    assert "Efficacy" in TABS
    assert "Published numbers" not in TABS


@pytest.mark.parametrize("tab", TABS)
def test_every_exhibit_can_show_little(tab, tmp_path):
    bare = of_patients("P10")
    courses = bare["courses"][["patient_id", "course", "treatment", "response"]].assign(response="")
    folder = written(tmp_path, patients=bare["patients"][["patient_id", "sex"]], courses=courses, side_effects=None)
    for view in Explorer(read_study(folder)).views[tab]:
        view.draw()
        assert "nan" not in view.shown.value.replace("nant", "").casefold(), view.exhibit.question


def test_controls_select_what_they_say(cohort_study):
    explorer = Explorer(cohort_study)
    controls = explorer.controls.by_title
    controls["Treatment"].boxes["CSA"].value = False
    controls["Age at start of the course (years)"].widget.value = (3, 9.5)
    controls["Line of therapy"].widget.value = (1, 2)
    controls["Sex"].widget.value = "female"
    controls["What counts as a response"].widget.value = "significant"
    arguments = explorer.selected.selection.arguments
    others = "SCS,AZA,MTX,PT,IVIG,OMA,DUP,MMF"
    assert arguments == {
        "treatments": others, "age_min": 3, "age_max": 9.5, "sex": "female", "line_max": 2, "response": "significant",
    }  # fmt: skip
    again = cohort_study.select(**arguments)
    assert again.courses.equals(explorer.selected.courses)
    assert f"<b>{len(again.patients)} patients</b> of 30" in explorer.status.value
    assert "AGE_MAX=9.5" in explorer.status.value


def test_reset_brings_everything_back_and_no_treatment_says_so(cohort_study):
    explorer = Explorer(cohort_study)
    for box in explorer.controls.by_title["Treatment"].inputs:
        box.value = False
    assert "No treatment is ticked." in explorer.status.value
    assert explorer.tabs.layout.visibility == "hidden"
    reset(explorer)
    assert explorer.selected.courses.equals(cohort_study.courses)
    assert explorer.tabs.layout.visibility == "visible"


def test_only_the_tab_that_is_seen_is_drawn(cohort_study):
    explorer = Explorer(cohort_study)
    first = explorer.tabs.titles[0]
    assert all(view.shown.value for view in explorer.views[first])
    assert not any(view.shown.value for tab in TABS if tab != first for view in explorer.views[tab])
    assert not explorer.courses.value
    explorer.tabs.selected_index = len(TABS)
    assert "Courses: all courses" in explorer.courses.value


def test_a_slow_exhibit_waits_until_it_is_asked_for(monkeypatch, cohort_study):
    explorer = Explorer(cohort_study)
    slow, quick = explorer.views[explorer.tabs.titles[0]][:2]
    sex = explorer.controls.by_title["Sex"].widget
    monkeypatch.setattr(views, "SLOW_SECONDS", 3600)
    sex.value = "female"
    slow.seconds, everything = 7200, quick.shown.value
    sex.value = ""
    assert "This takes about 7200.0 seconds." in slow.shown.value
    assert quick.shown.value != everything
    assert slow.ask.layout.display == ""
    slow.ask.click()
    assert slow.ask.layout.display == "none"
    assert slow.seconds < 3600
    before = slow.shown.value
    sex.value = "male"
    assert slow.shown.value not in (before, "")
    assert slow.ask.layout.display == "none"


def test_a_panel_of_a_selection_keeps_it(cohort_study):
    explorer = Explorer(cohort_study.select("CSA,MTX", age_max=12))
    explorer.controls.by_title["Sex"].widget.value = "female"
    assert explorer.selected.selection.arguments == {"treatments": "CSA,MTX", "age_max": 12, "sex": "female"}
    assert "make report DATA=data/cohort TREATMENTS=CSA,MTX AGE_MAX=12 SEX=female" in explorer.status.value


def test_the_newest_change_wins_and_none_queues_up():
    drawn, wanted = [], [0]

    def steps():
        mine = wanted[0]
        for part in "abc":
            yield lambda part=part, mine=mine: drawn.append(f"{part}{mine}")

    async def drag():
        redraw = Redraw(steps)
        for wanted[0] in range(1, 6):  # five changes before anything could be drawn
            redraw.request()
        await asyncio.sleep(0.002)
        wanted[0] = 6  # and one after the first step
        redraw.request()
        await asyncio.sleep(0.2)

    asyncio.run(drag())
    assert drawn[-3:] == ["a6", "b6", "c6"]
    assert not {"a1", "a2", "a3", "a4"} & set(drawn)


COUNTS = {  # Table 2 of the paper; every course has a response
    "all courses": 81, "effective": 67, "not effective": 14, "response not recorded": 0, "with a side effect": 21,
    "stopped for a side effect": 2, "ongoing": 13, "lost to follow-up": 5,
}  # fmt: skip


@pytest.mark.parametrize("which", LISTS)
def test_the_courses_behind_a_number_are_as_many_as_it_counts(which, cohort_study):
    listed = listed_courses(cohort_study, which)
    assert (0 if isinstance(listed, Absent) else len(listed.rows)) == COUNTS[which]


def test_courses_without_a_response_are_listed(cohort_study):
    courses = cohort_study.courses
    response = courses["response"].mask(courses["patient_id"] == "P02")
    listed = listed_courses(replace(cohort_study, courses=courses.assign(response=response)), "response not recorded")
    assert [row.label for row in listed.rows] == ["P02"] * 7


def test_a_selection_is_kept_and_opened_again(tmp_path, cohort_study):
    file = tmp_path / "selections.yml"
    filters = {"treatments": "CSA,MTX", "age_max": 6, "response": "significant"}
    save("small children", filters, file)
    save("everything", {}, file)
    assert saved(file) == {"small children": filters, "everything": {}}
    controls = Controls(cohort_study)
    controls.set(saved(file)["small children"])
    assert cohort_study.select(**controls.given).selection.arguments == filters


def test_a_kept_selection_that_means_nothing_is_refused(tmp_path):
    (tmp_path / "selections.yml").write_text(yaml.safe_dump({"mine": {"colour": "red"}}), encoding="utf-8")
    with pytest.raises(ParameterFault, match="mine must hold filters"):
        saved(tmp_path / "selections.yml")
    with pytest.raises(ParameterFault, match="Give the selection a name"):
        save(" ", {}, tmp_path / "other.yml")


def test_a_study_without_ages_has_no_slider_for_them(tmp_path):
    courses = cohort()["courses"].drop(columns=["age_at_start_years", "duration_days"])
    courses["discontinuation_reason"] = ""
    explorer = Explorer(read_study(written(tmp_path, courses=courses)))
    assert list(explorer.controls.by_title) == ["Treatment", "Sex", "Line of therapy", "What counts as a response"]
    reset(explorer)
    assert "of 93" in explorer.status.value  # without durations, no course is known to be a rescue course


def test_a_report_of_nothing_is_not_begun():
    part = reporting.Reporting(lambda: None)
    part.make.click()
    assert (part.message.value, part.make.disabled) == ("Nothing is selected.", False)


def test_explore_changes_nothing_in_the_process(cohort_study):
    before = sys.getswitchinterval(), gc.get_freeze_count()
    assert explore(cohort_study).children
    assert (sys.getswitchinterval(), gc.get_freeze_count()) == before
