"""Exhibits in the panel: quick ones follow every change of the filters, slow ones wait until they are asked for."""

import time
from collections.abc import Callable

import ipywidgets as widgets
from markupsafe import Markup

from adreport.pages.exhibits import Exhibit, Settings, counted
from adreport.show.drawing import remembered_layouts
from adreport.show.parts import Absent
from adreport.study.model import Study

SLOW_SECONDS = 0.5  # of computing, for which a dragged slider would have to wait


class View:
    """An exhibit of what is selected; how long it last took decides whether it follows the next change."""

    def __init__(self, exhibit: Exhibit, selected: Callable[[], Study]):
        self.exhibit, self.selected, self.drawn, self.seconds = exhibit, selected, False, 0.0
        self.shown = widgets.HTML()
        self.ask = widgets.Button(description="Compute it for this selection")
        self.ask.on_click(lambda _: self.draw())
        self.panel = widgets.VBox([self.shown, self.ask])
        self.ask.layout.display = "none"

    def follow(self) -> None:
        """Draw the exhibit of a new selection, or offer to."""
        if self.seconds > SLOW_SECONDS:
            self._fill(Absent(f"This takes about {self.seconds:.1f} seconds.")._repr_html_())
            self.ask.layout.display = ""
        else:
            self.draw()

    def draw(self) -> None:
        """Count and draw the exhibit."""
        begun = time.thread_time()
        results = counted((self.exhibit,), self.selected(), Settings())
        with remembered_layouts():
            self._fill(results.show(self.exhibit).html(narrow_too=False))
        if self.drawn:  # the first drawing takes longer: it imports what it needs
            self.seconds = time.thread_time() - begun
        self.drawn = True
        self.ask.layout.display = "none"

    def _fill(self, html: str) -> None:
        self.shown.value = Markup("<h2>{}</h2>").format(self.exhibit.question) + Markup(html)
