"""What takes the place of the page with filters: the treatments by one other thing at a time, as counts.

Filters that could be combined would soon leave few patients, and two selections that differ by few would tell of these.
"""

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from adreport.pages import Page
from adreport.pages.contract import statistics
from adreport.pages.counting import by_treatment, outcome_rate
from adreport.pages.exhibits import Exhibit, Results, Settings
from adreport.pages.layout import Spec, count_and_share, n, treatment_table
from adreport.show.parts import Absent, Table
from adreport.study.dictionary import columns
from adreport.study.model import Study

OUTPUT = "explore"
PAGE = Page(OUTPUT, "Explore", OUTPUT)
AGES = {"0–5 years": (0, 6), "6–11 years": (6, 12), "12–17 years": (12, 18), "18 years or more": (18, 200)}
LINES = {"line 1": (1, 2), "line 2": (2, 3), "line 3 or later": (3, 1000)}
SEXES = {label: code for code, label in columns("patients")["sex"].levels.items()}
Levels = Mapping[str, object]


def counts(name: str, column: str, levels: Levels, study: Study, settings: Settings) -> Iterator[dict]:
    """Courses of each treatment at each level, with their outcomes."""
    courses = study.with_patients()
    for level, wanted in levels.items():
        of_level = courses[_within(courses[column], wanted)]
        for keys, rows in by_treatment(of_level):
            total = int((courses["treatment"] == keys["group1_level"]).sum())
            keys |= {"group2": name, "group2_level": level}
            yield from statistics(OUTPUT, {"n": len(rows), "N": total}, variable="courses", **keys)
            for outcome in ("effective", "side_effect"):
                yield from outcome_rate(OUTPUT, rows[outcome], settings, variable=outcome, **keys)


def by_level(name: str, levels: Levels, results: Results) -> Table | Absent:
    """The treatments with a group of columns for each level that occurs."""
    shown = []
    for level in levels:
        keys = {"group2": name, "group2_level": level}
        if len(results.pick(output=OUTPUT, **keys)):
            shown += [
                Spec("Courses", "courses", n, level, keys=keys),
                Spec("Effective", "effective", count_and_share, level, keys=keys),
                Spec("Side effect", "side_effect", count_and_share, level, keys=keys),
            ]
    if not shown:
        return Absent("Not recorded.")
    notes = ["Effective, side effect: courses with it, and their share in percent of those in which it is known."]
    rows = results.rows[results.rows["output"] == OUTPUT]
    return treatment_table(rows, OUTPUT, f"Treatments by {name}", shown, notes)


def _within(values: pd.Series, wanted: object) -> pd.Series:
    if isinstance(wanted, tuple):
        return (values >= wanted[0]) & (values < wanted[1])
    return values == wanted


def _exhibit(name: str, column: str, levels: Levels) -> Exhibit:
    counted = partial(counts, name, column, levels)
    return Exhibit(column, f"By {name}", (counted,), table=partial(by_level, name, levels))


EXHIBITS = (
    _exhibit("line of therapy", "line", LINES),
    _exhibit("age at start", "age_at_start_years", AGES),
    _exhibit("sex", "sex", SEXES),
)
