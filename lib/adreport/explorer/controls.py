"""The filters as controls, whichever there are: boxes to tick, one of several, limits on a slider."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from adreport.study.choices import Choice, choices
from adreport.study.faults import ParameterFault
from adreport.study.filters import Bound, Filters
from adreport.study.model import Study

HALF = 0.5
WORDS = {Bound.AT_LEAST: "from", Bound.AT_MOST: "up to"}


def full_width() -> widgets.Layout:
    """A layout as wide as its column; a layout made when a module is imported may reach no page."""
    return widgets.Layout(width="auto")


class Ticks:
    """A box for each level; all ticked filter nothing."""

    def __init__(self, choice: Choice):
        self.filter = choice.filters[0]
        self.boxes = {
            value: widgets.Checkbox(True, description=label, indent=False, layout=full_width())
            for value, label in choice.options.items()
        }
        self.inputs = list(self.boxes.values())
        self.widget = widgets.VBox(self.inputs)

    @property
    def given(self) -> dict[str, str]:
        """What is filtered; ParameterFault where no box is ticked."""
        ticked = [value for value, box in self.boxes.items() if box.value]
        if not ticked:
            raise ParameterFault(f"No {self.filter.title.lower()} is ticked.")
        return {self.filter.name: ",".join(ticked)} if len(ticked) < len(self.boxes) else {}

    def set(self, arguments: dict[str, Any]) -> None:
        """Tick what the arguments of `Study.select` name, or everything."""
        wanted = arguments.get(self.filter.name, "").split(",")
        for value, box in self.boxes.items():
            box.value = value in wanted or wanted == [""]


class OneOf:
    """One of several words; the first filters nothing."""

    def __init__(self, choice: Choice):
        self.name = choice.filters[0].name
        options = [(label, value) for value, label in choice.options.items()]
        self.widget = widgets.RadioButtons(options=options, layout=full_width())
        self.inputs = [self.widget]

    @property
    def given(self) -> dict[str, str]:
        """What is filtered."""
        return {self.name: self.widget.value} if self.widget.value else {}

    def set(self, arguments: dict[str, Any]) -> None:
        """Choose what the arguments of `Study.select` name, or the first."""
        self.widget.value = arguments.get(self.name, "")


class Limits:
    """One limit of a number, or both, on a slider; at the ends of the slider they filter nothing."""

    def __init__(self, choice: Choice):
        self.filters, self.ends = choice.filters, choice.ends
        whole, both = self.filters[0].whole, len(self.filters) == 2
        kind = {
            (True, True): widgets.IntRangeSlider, (False, True): widgets.FloatRangeSlider,
            (True, False): widgets.IntSlider, (False, False): widgets.FloatSlider,
        }[whole, both]  # fmt: skip
        look = {} if whole else {"step": HALF, "readout_format": ".1f"}
        if not both:
            look["description"] = WORDS[self.filters[0].bound]
        value = tuple(self.ends) if both else self.ends[0]
        self.widget = kind(value=value, min=choice.low, max=choice.high, layout=full_width(), **look)
        self.inputs = [self.widget]

    @property
    def given(self) -> dict[str, float]:
        """The limits that were moved from the ends."""
        values = self.widget.value if len(self.ends) == 2 else [self.widget.value]
        moved = zip(self.filters, values, self.ends, strict=True)
        return {one.name: value for one, value, end in moved if value != end}

    def set(self, arguments: dict[str, Any]) -> None:
        """Move the limits to those among the arguments of `Study.select`, or to the ends."""
        values = [arguments.get(one.name, end) for one, end in zip(self.filters, self.ends, strict=True)]
        self.widget.value = tuple(values) if len(values) == 2 else values[0]


KINDS = {
    Bound.ANY_OF: Ticks, Bound.EQUALS: OneOf, Bound.DEFINITION: OneOf, Bound.AT_LEAST: Limits, Bound.AT_MOST: Limits,
}  # fmt: skip


class Controls:
    """A control for each filter that leaves something to choose in a study; `by_title` holds them."""

    def __init__(self, study: Study):
        self.by_title = {choice.title: KINDS[choice.bound](choice) for choice in choices(study)}
        reset = widgets.Button(description="Reset all filters", layout=full_width())
        reset.on_click(lambda _: self.set({}))
        titled = [
            widgets.VBox([widgets.HTML(f"<b>{title}</b>"), control.widget]) for title, control in self.by_title.items()
        ]
        self.panel = widgets.VBox([*titled, reset])

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of `Study.select` that the controls stand for; ParameterFault where nothing is ticked."""
        return {name: value for control in self.by_title.values() for name, value in control.given.items()}

    def on_change(self, act: Callable[[object], None]) -> None:
        """Call `act` whenever a control changes."""
        for control in self.by_title.values():
            for one in control.inputs:
                one.observe(act, "value")

    def set(self, filters: dict[str, Any]) -> None:
        """Set every control to filters (arguments of `Study.select`); those that are not given filter nothing."""
        arguments = Filters(**filters).arguments
        for control in self.by_title.values():
            control.set(arguments)
