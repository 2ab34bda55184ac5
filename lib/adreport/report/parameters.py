"""The parameters of a report: named by the notebooks' own parameters cells, checked before anything runs."""

import ast
import json
import os
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from adreport.pages import PAGE_NAMES
from adreport.study.commands import command
from adreport.study.faults import ParameterFault, nearest
from adreport.study.filters import FILTERS, Filter, grouped
from adreport.study.paths import NOTEBOOKS

if TYPE_CHECKING:  # a report that is up to date does not wait for pandas
    from adreport.study.model import Study

# What a number must lie between, and how to say it.
LIMITS = {
    "confidence_level": (0.5, 0.999, "from 0.5 to 0.999 (0.95 for 95 %)"),
    "min_courses": (1, 10_000, "1 or more"),
    "join_gap_days": (0, 36_500, "0 or more"),
    "shortest_days": (0, 36_500, "0 or more"),
    "combination_days": (1, 36_500, "1 or more"),
}
# The words that may stand for a parameter.
CHOICES = {
    "primary": ("effective", "significant", "side_effect"),
    "primary_courses": ("first", "all"),
    "rescue": ("out", "in"),
    "sort_by": ("patient", "treatment", "end", "lines", "time", "age"),
    "time_axis": ("first course", "age"),
}
DATA_LINE = 'data = ""  # file or folder; empty: what JupyterLab was opened for, else the published cohort'
LEVEL_LINE = "confidence_level = 0.95  # of every interval"


def shared_lines() -> list[str]:
    """The lines with which the parameters cell of every report notebook begins: data, filters, confidence level."""
    empty = {True: "None", False: '""'}
    filters = [f"{one.name} = {empty[one.is_number]}  # {one.comment}" for one in FILTERS]
    return [DATA_LINE, *filters, LEVEL_LINE]


def report_options(study: "Study") -> list[str]:
    """The options with which `adreport report` reports on a study as it is selected: its data, filters and rules."""
    rules = [f"--set={name}={value}" for name, value in study.rules.changed.items()]
    filters = [f"--{name.replace('_', '-')}={value}" for name, value in study.selection.arguments.items()]
    return [f"--data={study.given}", *filters, *rules]


def make_variables(study: "Study") -> dict[str, str]:
    """The same for `make report`: DATA, a variable for each filter, and SET for the rules."""
    rules = " ".join(f"{name}={value}" for name, value in study.rules.changed.items())
    given = {"data": study.given, **study.selection.arguments, **({"set": rules} if rules else {})}
    return {name.upper(): str(value) for name, value in given.items()}


def make_command(study: "Study", windows: bool = os.name == "nt") -> str:
    """The command that reports on a study as it is selected: `make report DATA=clinic.xlsx AGE_MAX=6`.

    On Windows, where there is no make, that of adreport itself.
    """
    if windows:
        return command("report", *report_options(study), windows=True)
    return " ".join(["make report", *(f"{name}={quote(value)}" for name, value in make_variables(study).items())])


def notebook_parameters(notebook: Path) -> dict[str, Any]:
    """The names and defaults that a notebook's cell tagged `parameters` assigns.

    Raises ParameterFault where there is not exactly one such cell: papermill would go on without
    it, and report on the wrong patients.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ParameterFault(f"{notebook.name} has {len(tagged)} cells tagged parameters; it needs one.")
    tree = ast.parse("".join(tagged[0]["source"]))
    return {
        name.id: ast.literal_eval(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(name := statement.targets[0], ast.Name)
    }


def page_parameters(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """For each page, those of the given parameters that its notebook has.

    Raises ParameterFault, naming the nearest, for a parameter that no notebook has or a value of
    another type than the default's.
    """
    unset = {one.name: None if one.is_number else "" for one in FILTERS}
    declared = {page: unset | notebook_parameters(NOTEBOOKS / f"{page}.ipynb") for page in PAGE_NAMES}
    defaults = {name: value for names in declared.values() for name, value in names.items()}
    for name, value in given.items():
        if name not in defaults:
            raise ParameterFault(f"{name} is not a parameter of any notebook. {nearest(name, list(defaults))}")
        _check_value(name, value, defaults[name])
    for limits in grouped():
        if limits[0].is_number and len(limits) == 2:
            _check_range(*limits, given)
    return {page: {name: given[name] for name in names if name in given} for page, names in declared.items()}


def _check_value(name: str, value: Any, default: Any) -> None:
    expected = str if isinstance(default, str) else (int, float)
    unset = value is None and default is None
    if not unset and (not isinstance(value, expected) or isinstance(value, bool)):
        kind = "words" if expected is str else "a number"
        raise ParameterFault(f"{name} must be {kind}, not {value!r}.")
    low, high, words = LIMITS.get(name, (None, None, ""))
    if low is not None and not unset and not low <= value <= high:
        raise ParameterFault(f"{name} must be {words}, not {value:g}.")
    if name in CHOICES and value not in CHOICES[name]:
        raise ParameterFault(f"{name} must be one of {', '.join(CHOICES[name])}, not {value!r}.")


def _check_range(lower: Filter, upper: Filter, given: Mapping[str, Any]) -> None:
    low, high = given.get(lower.name), given.get(upper.name)
    if low is not None and high is not None and low > high:
        raise ParameterFault(f"{lower.name} ({low:g}) is above {upper.name} ({high:g}).")
