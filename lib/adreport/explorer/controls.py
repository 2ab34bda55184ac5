"""The filters as controls: treatments, age at start, sex, line of therapy, definition of response."""

import math
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from adreport.study import dictionary
from adreport.study.faults import ParameterFault
from adreport.study.model import Study

HALF_YEAR = 0.5


def full_width() -> widgets.Layout:
    """A layout as wide as its column; a layout made when a module is imported may reach no page."""
    return widgets.Layout(width="auto")


class Controls:
    """A control for each filter of `Study.select`; what is left at its limits filters nothing."""

    def __init__(self, study: Study):
        self.treatments = {
            code: widgets.Checkbox(True, description=label, indent=False, layout=full_width())
            for code, label in _treatments(study).items()
        }
        self.age = _age_slider(study)
        last = int(study.courses["line"].max())
        self.line = widgets.IntRangeSlider(value=(1, last), min=1, max=last, disabled=last == 1, layout=full_width())
        sexes = {
            "both": "",
            **{label.lower(): code for code, label in dictionary.columns("patients")["sex"].levels.items()},
        }
        self.sex = widgets.RadioButtons(options=list(sexes.items()), layout=full_width())
        self.response = widgets.RadioButtons(options=_definitions(study), layout=full_width())
        self.reset = widgets.Button(description="Reset all filters", layout=full_width())
        self.reset.on_click(lambda _: self.set({}))
        self.panel = self._panel()

    @property
    def filters(self) -> dict[str, Any]:
        """The arguments of `Study.select` that the controls stand for; ParameterFault where no treatment is ticked."""
        chosen = [code for code, box in self.treatments.items() if box.value]
        if not chosen:
            raise ParameterFault("No treatment is ticked.")
        age = {} if self.age is None else _limits("age", self.age)
        some = {"treatments": chosen} if len(chosen) < len(self.treatments) else {}
        return some | age | _limits("line", self.line) | {"sex": self.sex.value, "response": self.response.value}

    @property
    def inputs(self) -> list[widgets.Widget]:
        """Every control whose value filters."""
        return [*self.treatments.values(), *filter(None, [self.age]), self.line, self.sex, self.response]

    def on_change(self, act: Callable[[object], None]) -> None:
        """Call `act` whenever a control changes."""
        for control in self.inputs:
            control.observe(act, "value")

    def set(self, filters: dict[str, Any]) -> None:
        """Set every control to filters (arguments of `Study.select`); those not given filter nothing."""
        wanted = {dictionary.treatment_code(name) for name in filters.get("treatments", "").split(",") if name}
        for code, box in self.treatments.items():
            box.value = code in wanted or not wanted
        for name, slider in (("age", self.age), ("line", self.line)):
            if slider is not None:
                low, high = filters.get(f"{name}_min"), filters.get(f"{name}_max")
                slider.value = (slider.min if low is None else low, slider.max if high is None else high)
        self.sex.value, self.response.value = filters.get("sex", ""), filters.get("response", "")

    def _panel(self) -> widgets.Widget:
        parts = [("Treatment", widgets.VBox(list(self.treatments.values())))]
        parts += [("Age at start of the course (years)", self.age)] if self.age is not None else []
        parts += [("Sex", self.sex), ("Line of therapy", self.line)]
        parts += [("What counts as a response", self.response)] if len(self.response.options) > 1 else []
        titled = [widgets.VBox([widgets.HTML(f"<b>{title}</b>"), control]) for title, control in parts]
        return widgets.VBox([*titled, self.reset])


def _treatments(study: Study) -> dict[str, str]:
    codes = study.courses["treatment"].cat.remove_unused_categories().cat.categories
    return {code: dictionary.treatments()[code].label for code in codes}


def _age_slider(study: Study) -> widgets.FloatRangeSlider | None:
    """A slider over the ages of the study, None where none is known."""
    ages = study.courses["age_at_start_years"].dropna()
    if ages.empty:
        return None
    low, high = math.floor(ages.min()), math.ceil(ages.max())
    return widgets.FloatRangeSlider(
        value=(low, high), min=low, max=high, step=HALF_YEAR, readout_format=".1f", layout=full_width()
    )


def _definitions(study: Study) -> list[tuple[str, str]]:
    scale = study.response
    strict = [(scale.significant_label, "significant")] if set(scale.significant) != set(scale.effective) else []
    return [(scale.effective_label, ""), *strict]


def _limits(name: str, slider) -> dict[str, float]:
    """The limits of a slider that were moved from its ends."""
    low, high = slider.value
    return ({f"{name}_min": low} if low > slider.min else {}) | ({f"{name}_max": high} if high < slider.max else {})
