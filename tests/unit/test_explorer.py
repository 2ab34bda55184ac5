"""The panel: the very tables and figures of the reports, for what its controls select."""

import asyncio
import gc
import sys
from dataclasses import replace

import pytest
import yaml
from ipywidgets import HTML, Checkbox

from adreport import explore, read_study
from adreport.explorer import reporting
from adreport.explorer.controls import Controls
from adreport.explorer.exhibits import EXHIBITS
from adreport.explorer.lists import LISTS, listed_courses
from adreport.explorer.panel import Explorer
from adreport.explorer.redraw import Redraw
from adreport.explorer.selections import save, saved
from adreport.pages.contract import table
from adreport.show.parts import Absent
from adreport.study.dictionary import treatments
from adreport.study.faults import ParameterFault
from pages import shown
from studies import cohort, of_patients, written

PAGES = {"Cohort": "cohort", "Efficacy": "efficacy", "Safety": "safety", "Sequences": "sequences"}


@pytest.mark.parametrize("tab", EXHIBITS)
def test_every_exhibit_is_one_of_the_page(tab, cohort_study):
    selected = cohort_study.select(age_min=3, age_max=12)
    on_page = shown(PAGES[tab], age_min=3, age_max=12)
    for exhibit in EXHIBITS[tab]:
        own = exhibit.show(table(exhibit.rows(selected)), selected)
        assert own._repr_html_() in on_page, exhibit.question


@pytest.mark.parametrize("tab", EXHIBITS)
def test_every_exhibit_can_show_little(tab, tmp_path):
    bare = of_patients("P10")
    courses = bare["courses"][["patient_id", "course", "treatment", "response"]].assign(response="")
    folder = written(tmp_path, patients=bare["patients"][["patient_id", "sex"]], courses=courses, side_effects=None)
    study = read_study(folder)
    for exhibit in EXHIBITS[tab]:
        assert "nan" not in exhibit.html(study).replace("nant", "").casefold(), exhibit.question


def test_controls_select_what_they_say(cohort_study):
    explorer = Explorer(cohort_study)
    explorer.controls.treatments["cyclosporine"].value = False
    explorer.controls.age.value = (3, 9.5)
    explorer.controls.line.value = (1, 2)
    explorer.controls.sex.value = "female"
    explorer.controls.response.value = "significant"
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
    for box in explorer.controls.treatments.values():
        box.value = False
    assert "No treatment is ticked." in explorer.status.value
    assert explorer.tabs.layout.visibility == "hidden"
    explorer.controls.reset.click()
    assert explorer.selected.courses.equals(cohort_study.courses)
    assert explorer.tabs.layout.visibility == "visible"


def test_only_the_tab_that_is_seen_is_drawn(cohort_study):
    explorer = Explorer(cohort_study)
    assert all(view.value for view in explorer.views["Cohort"])
    assert not any(view.value for view in explorer.views["Safety"])
    explorer.tabs.selected_index = 2
    assert all(view.value for view in explorer.views["Safety"])


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
    assert cohort_study.select(**controls.filters).selection.arguments == filters


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
    assert explorer.controls.age is None
    explorer.controls.reset.click()
    assert "of 93" in explorer.status.value  # without durations, no course is known to be a rescue course


def test_a_report_of_nothing_is_not_begun():
    part = reporting.Reporting(lambda: None)
    part.make.click()
    assert (part.said.value, part.make.disabled) == ("Nothing is selected.", False)


@pytest.fixture
def settings_of_the_process():
    """Puts back what `explore` sets for its process, so that these tests' own garbage is collected again."""
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)
    gc.unfreeze()


def inside(widget):
    """A widget and all that it holds."""
    yield widget
    for part in getattr(widget, "children", ()):
        yield from inside(part)


@pytest.mark.usefixtures("settings_of_the_process")
def test_explore_shows_the_controls_and_the_first_page(cohort_study):
    widgets = list(inside(explore(cohort_study)))
    assert [one.description for one in widgets if isinstance(one, Checkbox)] == [
        treatments()[code].label for code in cohort_study.courses["treatment"].cat.categories
    ]
    words = [one.value for one in widgets if isinstance(one, HTML)]
    assert any("<b>30 patients</b> of 30, <b>81 treatment courses</b> of 81" in text for text in words)
    assert sum(text.startswith("<h2>") for text in words) == len(EXHIBITS["Cohort"])
