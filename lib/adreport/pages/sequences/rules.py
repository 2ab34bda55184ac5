"""What other rules would change: the same study under other gaps, lengths, combination windows, with rescue courses."""

from collections.abc import Iterator
from dataclasses import replace

from adreport.pages.contract import statistics
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


def analyse(study: Study) -> Iterator[dict]:
    """Courses, patients, lines and steps under the rules as set, and with one rule at another value at a time."""
    yield from statistics_of_rules(study, AS_SET, "")
    yield from times_known(study)
    for name, values in OTHER_VALUES.items():
        for value in values:
            if value != getattr(study.rules, name):
                rules = replace(study.rules, **{name: value})
                level = "never" if value is None else str(value)
                try:
                    other = (study.recorded or study).under(rules).select(study.selection)
                except ParameterFault:  # no course is as long as that
                    continue
                yield from statistics_of_rules(other, name, level)


def times_known(study: Study) -> Iterator[dict]:
    """How many courses have the times that the rules go by: a length, and a length and a start."""
    length = study.courses["duration_days"].notna()
    numbers = {"length_known": length.sum(), "times_known": study.courses["end_days"].notna().sum()}
    for variable, number in numbers.items():
        yield from statistics("rules", {"n": int(number)}, group1=AS_SET, variable=variable)


def statistics_of_rules(study: Study, name: str, level: str) -> Iterator[dict]:
    """The numbers that depend on the rules, under those of this study."""
    steps = study.courses["step"].value_counts()
    numbers = {
        "courses": len(study.courses),
        "patients": study.courses["patient_id"].nunique(),
        "most_lines": int(study.courses["line"].max()),
        "effective": int(study.courses["effective"].sum()),
        **{kind: int(steps.get(kind, 0)) for kind in (SWITCH, BACK, RESTART, ADD_ON)},
    }
    keys = {"group1": name, "group1_level": level}
    for variable, number in numbers.items():
        yield from statistics("rules", {"n": number}, str(study.rules), variable=variable, **keys)
