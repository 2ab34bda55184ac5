"""What the explore page holds of a study: the few columns that its filters and rates need, and no identifiers."""

from typing import Any

import pandas as pd
from scipy import stats

from adreport.pages.exhibits import Settings
from adreport.report.parameters import make_variables
from adreport.show.colours import ink_on, response_colours
from adreport.stats.effects import level_in_words
from adreport.stats.tests import FEWEST
from adreport.study import dictionary
from adreport.study.choices import Choice, choices
from adreport.study.filters import Bound
from adreport.study.model import Study


def payload(study: Study, settings: Settings) -> dict[str, Any]:
    """The study as the page's script reads it: filters, treatments, response scale, and one list a column.

    Courses stand in the order of what is shown of them, so that nothing follows from the order in the file.
    `z`: the normal quantile of the Wilson intervals.
    """
    filters = choices(study)
    return {
        "filters": [_filter(choice) for choice in filters],
        "treatments": [_treatment(code) for code in study.courses["treatment"].cat.categories],
        "levels": _levels(study),
        "definitions": _definitions(study),
        "z": stats.norm.ppf((1 + settings.confidence_level) / 2),
        "confidence": level_in_words(settings.confidence_level),
        "fewest": FEWEST,
        "report": make_variables(study),
        "courses": _columns(study, filters),
    }


def _filter(choice: Choice) -> dict[str, Any]:
    """A control of the page: which variables it sets, between which limits or to which words."""
    first = choice.filters[0]
    shared = {"title": first.title, "column": first.column, "unit": first.unit}
    if first.is_number:
        limits = [{"name": one.name, "bound": one.bound} for one in choice.filters]
        return shared | {"kind": "limits", "limits": limits, "low": choice.low, "high": choice.high}
    options = [{"value": value, "label": label} for value, label in choice.options.items()]
    if first.column == "treatment":  # as the table shows them
        options = [option | _treatment(code) for option, code in zip(options, choice.levels, strict=True)]
    return shared | {"kind": first.bound, "name": first.name, "options": options}


def _columns(study: Study, filters: list[Choice]) -> dict[str, list | None]:
    """Of each course its patient, what the table of the page counts, and the codes of what is filtered."""
    courses = study.with_patients()
    columns = pd.DataFrame({
        "patient": courses["patient_id"],
        **{name: courses[name].cat.codes for name in ("treatment", "response")},
        "sideEffect": courses["side_effect"].astype(int),
        "days": courses["duration_days"].round(1),
        **{choice.filters[0].column: choice.codes for choice in filters if choice.bound != Bound.DEFINITION},
    })  # fmt: skip
    columns = columns.sort_values([name for name in columns if name != "patient"], ignore_index=True)
    columns["patient"] = pd.factorize(columns["patient"])[0]
    held = {name: [None if value != value else value for value in columns[name].tolist()] for name in columns}
    return held | ({} if study.side_effects_recorded else {"sideEffect": None})


def _treatment(code: str) -> dict[str, str]:
    treatment = dictionary.treatments()[code]
    return {"label": treatment.label, "abbreviation": treatment.abbreviation, "colour": treatment.colour}


def _levels(study: Study) -> list[dict[str, str]]:
    labels = study.response.labels.values()
    colours = response_colours(len(labels))
    return [
        {"label": label, "colour": colour, "ink": ink_on(colour)} for label, colour in zip(labels, colours, strict=True)
    ]


def _definitions(study: Study) -> list[dict[str, Any]]:
    """The definitions of response, each with its levels as positions on the scale."""
    codes = list(study.response.labels)
    return [
        {"name": name, "label": label, "levels": sorted(map(codes.index, levels))}
        for name, (label, levels) in study.response.definitions.items()
    ]
