"""What other rules would change: the same study under other gaps, lengths, combination windows, with rescue courses."""

from collections.abc import Iterator
from dataclasses import replace

from adreport.pages.contract import statistics
from adreport.pages.exhibits import Settings
from adreport.study.eras import ADD_ON, BACK, RESCUE_IN, RESCUE_OUT, RESTART, SWITCH
from adreport.study.faults import ParameterFault
from adreport.study.model import Study

AS_SET = "as set"
OTHER_VALUES = {
    "join_gap_days": (None, 30, 90, 180, 365),
    "shortest_days": (0, 14, 30, 90),
    "combination_days": (1, 30, 90, 365),
    "rescue": (RESCUE_OUT, RESCUE_IN),
}


def other_rules(study: Study, _: Settings) -> Iterator[dict]:
    """Courses, patients, lines and steps under the rules as set, and with one rule at another value at a time."""
    yield from _numbers(study, AS_SET, "")
    known = {"length_known": study.courses["duration_days"], "times_known": study.courses["end_days"]}
    for variable, times in known.items():
        yield from statistics("rules", {"n": int(times.notna().sum())}, group1=AS_SET, variable=variable)
    for name, values in OTHER_VALUES.items():
        for value in values:
            if value != getattr(study.rules, name):
                rules = replace(study.rules, **{name: value})
                try:
                    other = (study.recorded or study).under(rules).select(study.selection)
                except ParameterFault:  # no course is as long as that
                    continue
                yield from _numbers(other, name, "never" if value is None else str(value))


def _numbers(study: Study, name: str, level: str) -> Iterator[dict]:
    """The numbers that depend on the rules, under those of this study; the note says which these are."""
    courses = study.courses
    numbers = {
        "courses": len(courses),
        "patients": courses["patient_id"].nunique(),
        "most_lines": int(courses["line"].max()),
        "effective": int(courses["effective"].sum()),
        **courses["step"].value_counts().reindex([SWITCH, BACK, RESTART, ADD_ON], fill_value=0),
    }
    for variable, number in numbers.items():
        keys = {"group1": name, "group1_level": level, "variable": variable}
        yield from statistics("rules", {"n": number}, note=str(study.rules), **keys)
