"""The panel: filters at the side; beside them what remains of the study, in tabs like the pages of the report."""

from collections.abc import Callable, Iterator

import ipywidgets as widgets
from markupsafe import Markup

from adreport.explorer.controls import Controls
from adreport.explorer.lists import LISTS, listed_courses
from adreport.explorer.redraw import Redraw
from adreport.explorer.reporting import Reporting
from adreport.explorer.selections import Selections
from adreport.explorer.views import View
from adreport.pages import OVERVIEW, PAGES
from adreport.pages.masthead import masthead
from adreport.report.parameters import make_command
from adreport.show.numbers import counted
from adreport.show.parts import Absent
from adreport.study.faults import ParameterFault
from adreport.study.model import Study
from adreport.study.paths import PARTS

COURSES = "Courses"  # the tab that lists them


def explore(study: Study) -> widgets.Widget:
    """A panel in which to filter a study, see the report's exhibits of what is left, and list its courses.

    It shows itself as the last value of a notebook's cell. The study is not changed.
    """
    return Explorer(study).panel


class Explorer:
    """The panel and what it shows."""

    def __init__(self, study: Study):
        self.study = study
        self.selected: Study | None = study  # None while the controls leave nothing
        self.controls = Controls(study)
        self.status = widgets.HTML()
        self.views = {
            page.label: [View(exhibit, self._shown) for exhibit in page.exhibits.EXHIBITS]
            for page in (OVERVIEW, *PAGES) if page.filtered and hasattr(page.exhibits, "EXHIBITS")
        }  # fmt: skip
        self.which = widgets.Dropdown(options=list(LISTS), description="Show")
        self.courses = widgets.HTML()
        tabs = {label: widgets.VBox([view.panel for view in views]) for label, views in self.views.items()}
        tabs[COURSES] = widgets.VBox([self.which, self.courses])
        self.tabs = widgets.Tab(list(tabs.values()), titles=list(tabs))
        redraw = Redraw(self._steps)
        self.controls.on_change(redraw.request)
        self.tabs.observe(redraw.request, "selected_index")
        self.which.observe(redraw.request, "value")
        self.panel = self._panel()
        redraw.now()

    def _panel(self) -> widgets.Widget:
        style = widgets.HTML(f"<style>{(PARTS / 'lab.css').read_text(encoding='utf-8')}</style>")
        head = widgets.HTML(masthead(self.study, contents=False)._repr_html_()).add_class("adreport-head")
        selections = Selections(self.controls, lambda: self.selected.selection.arguments if self.selected else {})
        side = widgets.VBox([self.controls.panel, selections.panel, Reporting(lambda: self.selected).panel])
        main = widgets.VBox([self.status, self.tabs])
        columns = widgets.Box([side.add_class("adreport-side"), main.add_class("adreport-main")])
        return widgets.VBox([style, head, columns.add_class("adreport-columns")])

    def _steps(self) -> Iterator[Callable[[], None]]:
        """What a change makes necessary, in the order in which it is read."""
        self._select()
        if self.selected is None:
            return
        label = self.tabs.titles[self.tabs.selected_index or 0]
        if label == COURSES:
            yield self._list
        for view in self.views.get(label, ()):
            yield view.follow

    def _select(self) -> None:
        try:
            self.selected = self.study.select(**self.study.selection.arguments | self.controls.given)
        except ParameterFault as fault:
            self.selected = None
            self.status.value = Absent(str(fault))._repr_html_()
        else:
            self.status.value = _left(self.selected, self.study) + _again(self.selected)
        self.tabs.layout.visibility = "hidden" if self.selected is None else "visible"

    def _shown(self) -> Study:
        """What is selected; not asked for while that is nothing."""
        assert self.selected is not None
        return self.selected

    def _list(self) -> None:
        self.courses.value = listed_courses(self._shown(), self.which.value)._repr_html_()


def _left(selected: Study, study: Study) -> str:
    """How many patients and courses are left, of how many."""
    parts = [
        Markup("<b>{}</b> of {}").format(counted(len(part), noun), len(whole))
        for part, whole, noun in (
            (selected.patients, study.patients, "patient"), (selected.courses, study.courses, "treatment course"),
        )
    ]  # fmt: skip
    return Markup("<p class='adreport-left' role='status'>{}, {}</p>").format(*parts)


def _again(selected: Study) -> str:
    """The code and the command that make the same selection."""
    call = ", ".join(f"{name}={value!r}" for name, value in selected.selection.arguments.items())
    words = Markup("<p class='adreport-code'>The same again: <code>study.select({})</code> or <code>{}</code></p>")
    return words.format(call, make_command(selected))
