"""Tables of the safety page."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from adreport.pages.contract import pick, value
from adreport.pages.exhibits import Results
from adreport.pages.layout import (
    Cell,
    Spec,
    count_and_share,
    entry,
    headings,
    keyed_rows,
    noted,
    number_range,
    statistic,
)
from adreport.pages.layout import treatment_label as treatment
from adreport.pages.line_lists import line_table
from adreport.pages.safety.results import SERIOUS_EVENTS, STOPPED_COURSES, TERMS
from adreport.show.numbers import NOTHING, counted, whole
from adreport.show.parts import Absent, Row, Table
from adreport.stats.tests import FEWEST
from adreport.study.dictionary import level_label

FREQUENCY_NOTES = (
    "Patients and courses with at least one such event: n (%). Rate: per 100 patient-years of treatment; time on two "
    f"treatments at once counts for each. Exact Poisson interval; {NOTHING}: fewer than {FEWEST} courses or events."
)
NOT_RECORDED = "not recorded"
IN_DATA = partial(level_label, "")  # words of the data, with a capital


def side_effects(results: Results) -> Table | Absent:
    """Table 3: each side effect of each treatment, with its management."""
    codes = results.pick(output="exposure", group1="treatment")["group1_level"]
    if codes.empty:
        return Absent("The data have no table of side effects.")
    management = Spec("Management", "management", _management, output="safety", words=True)
    body: list[Row] = []
    for code in dict.fromkeys(codes):
        rates = results.pick(group1_level=code, group2=["", "side_effect"])
        columns = [*_frequencies(results, code), management]
        body += _block(rates, columns, "group2_level", partial(_name, treatment(code)))
    caption = "Table 3. Side effects and their management"
    return Table(caption, "Side effect", headings(columns), body, _frequency_notes(results), folded=True)


def organ_classes(results: Results) -> Table | Absent:
    """Each organ class and its side effects, all treatments together."""
    rates = results.pick(output="exposure", group1="", group2="organ_class")
    if rates.empty:
        return Absent()
    columns = _frequencies(results)
    body: list[Row] = []
    for organ_class in dict.fromkeys(rates["group2_level"]):
        rows = pick(rates, group2_level=organ_class)
        body += _block(rows, columns, "variable_level", partial(_name, organ_class))
    notes = [
        "Organ classes: as the data give them, otherwise by data/organ_classes.csv.",
        *_frequency_notes(results),
    ]
    return Table("Side effects by organ class", "Organ class", headings(columns), body, notes)


def serious(results: Results) -> Table | Absent:
    """The serious side effects, and severe ones for which it is not recorded whether they were, one a line."""
    known = noted(NOT_RECORDED, partial(level_label, "serious"))
    columns = [
        Spec("Side effect", "side_effect", noted(label=IN_DATA), words=True),
        Spec("Serious", "serious", known),
        Spec("Grade", "grade", entry(0)),
        Spec("Day of onset", "onset_day", entry(0)),
        Spec("Management", "management", known, words=True),
        Spec("Outcome", "outcome", known, words=True),
        Spec("Led to stop", "led_to_discontinuation", known),
    ]
    return line_table(results, SERIOUS_EVENTS, "Serious and severe side effects, one a line", "Treatment", columns)


def stopped_courses(results: Results) -> Table | Absent:
    """The courses that were stopped for a side effect, with what happened in them."""
    columns = [
        Spec("Side effects", TERMS, noted(label=IN_DATA), words=True),
        Spec("Age at start (years)", "age_at_start_years", entry()),
        Spec("Duration (months)", "duration_months", entry()),
    ]
    return line_table(results, STOPPED_COURSES, "Courses stopped for a side effect", "Treatment", columns)


def _frequencies(results: Results, code: str = "") -> list[Spec]:
    """Patients, courses and events of a treatment, an organ class or a side effect, and the rate of events.

    `code`: of the treatment; "" for all of them.
    """
    rate = ("side_effects", "events")
    courses = value(results.pick(output="safety", group1_level=code, variable="affected_courses"), stat_name="N")

    def of_enough(show: Cell) -> Cell:
        few = lambda row: courses < FEWEST or (row.name and row["n"] + row["n_missing"] < FEWEST)  # noqa: E731
        return lambda row: NOTHING if few(row) else show(row)

    return [
        Spec("Patients", "affected_patients", count_and_share, "n (%)"),
        Spec("Courses", "affected_courses", count_and_share, "n (%)"),
        Spec("Events", rate, lambda row: whole(row["n"] + row["n_missing"])),
        Spec("per 100 patient-years", rate, of_enough(statistic("rate")), "Rate"),
        Spec(results.settings.interval_name, rate, of_enough(number_range()), "Rate"),
    ]


def _block(rates: pd.DataFrame, columns: Sequence[Spec], index: str, name: Callable[[str], str]) -> list[Row]:
    """The row of all side effects (whose `index` is empty) and, below it, one for each of them."""
    first, *others = keyed_rows(rates, "exposure", columns, index, name, "level")
    return [replace(first, kind="head"), *others]


def _name(whole_block: str, term: str) -> str:
    return IN_DATA(term) if term else whole_block


def _management(row: pd.Series) -> str:
    """What was done about a side effect; nothing in the row of a treatment."""
    return noted()(row) if row.name else ""


def _frequency_notes(results: Results) -> list[str]:
    """How to read frequencies and rates, and how many events no rate holds."""
    events = results.pick(output="exposure", group1="", group2="", variable="side_effects", variable_level="")
    untimed = value(events, stat_name="n_missing")
    if not untimed > 0:
        return [FREQUENCY_NOTES]
    return [FREQUENCY_NOTES, f"Left out of rates: {counted(untimed, 'event')} in courses of unknown duration."]
