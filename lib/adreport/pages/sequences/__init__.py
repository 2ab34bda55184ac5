"""In which order were treatments given, and what came of it?"""

from functools import partial

from adreport.pages.exhibits import Exhibit
from adreport.pages.sequences import (
    endings,
    flow,
    pathways,
    patients,
    profiles,
    response_by_line,
    results,
    rules,
    steps,
    swimmer,
    tables,
    words,
)

ENDINGS = frozenset({"courses.discontinuation_reason"})
COURSES = ENDINGS | {"courses.response", "courses.duration_days"}


def swimmer_plot(sort_by: str = "lines", time_axis: str = "first course") -> Exhibit:
    """The picture of all patients in an order: patient, treatment, end, lines, time or age.

    `time_axis`: "first course" (years since its start) or "age" (of the patient).
    """
    return Exhibit(
        "swimmer", "What happened to each patient?",
        (results.selected, endings.pathway_ends, endings.statuses, pathways.listed, pathways.with_outcomes,
         pathways.long_form, pathways.rescue_courses),
        words.ends, partial(swimmer.swimmer, sort_by=sort_by, time_axis=time_axis), rests_on=COURSES,
    )  # fmt: skip


SWIMMER = swimmer_plot()
PATHWAYS = Exhibit(
    "pathways", SWIMMER.question,
    (results.selected, results.numbers_of_lines, pathways.listed, pathways.pathways, pathways.orders,
     pathways.with_outcomes),
    words.pathways, table=patients.pathways, rests_on=COURSES, folded=True,
)  # fmt: skip
SHEET = Exhibit(
    "sheet", PATHWAYS.question, (pathways.listed, pathways.with_outcomes, pathways.long_form),
    figure=profiles.profiles, table=patients.sheet, rests_on=COURSES,
)  # fmt: skip
ORDERS = Exhibit("orders", PATHWAYS.question, (pathways.orders,), table=patients.orders, folded=True)
LINES = Exhibit("lines", "What was used first, second, third?", (results.lines,), words.lines, table=tables.lines)
LINE_OUTCOMES = Exhibit(
    "line_outcomes", "How did each line work, and when was it reached?",
    (results.selected, results.lines, results.numbers_of_lines, results.outcomes_by_line, results.times_to_line),
    words.line_outcomes, table=tables.line_outcomes, rests_on=COURSES, folded=True,
)  # fmt: skip
RESPONSE_BY_LINE = Exhibit(
    "response_by_line", LINE_OUTCOMES.question, (response_by_line.counts,), table=response_by_line.table,
    rests_on=frozenset({"courses.response"}),
)  # fmt: skip
FLOW = Exhibit(
    "flow", "How did patients move from line to line?",
    (results.selected, results.lines, results.between_lines, steps.kinds), words.lines_reached, flow.lines,
    rests_on=ENDINGS,
)  # fmt: skip
TRANSITIONS = Exhibit(
    "transitions", "What followed what, and why?",
    (steps.transitions, steps.kinds, steps.times_unknown, steps.reasons), words.transitions,
    table=tables.transitions, rests_on=COURSES,
)  # fmt: skip
REASONS = Exhibit(
    "transition_reasons", TRANSITIONS.question, (steps.kinds, steps.reasons), table=tables.transition_reasons,
    rests_on=COURSES, folded=True,
)  # fmt: skip
RESPONSE_CHANGE = Exhibit(
    "response_change", "Was the response better after a switch?", (steps.response_changes,), words.response_change,
    table=tables.response_change, rests_on=COURSES,
)  # fmt: skip
PLACES = Exhibit(
    "places", TRANSITIONS.question, (results.places, steps.kinds, steps.transitions),
    words.places, table=tables.places, rests_on=ENDINGS, folded=True,
)  # fmt: skip
STATUS = Exhibit(
    "status", "Does the status at data lock agree with the last course?",
    (results.selected, endings.statuses, endings.verdicts), words.statuses, table=patients.statuses,
    rests_on=COURSES, folded=True,
)  # fmt: skip
DOUBTS = Exhibit(
    "doubts", STATUS.question, (endings.verdicts,), table=patients.doubts, rests_on=COURSES, folded=True,
)  # fmt: skip
WITHOUT_RESPONSE = Exhibit(
    "without_response", "Who ended without a response?", (endings.without_response,), words.without_response,
    table=patients.without_response, rests_on=COURSES, folded=True,
)  # fmt: skip
RULES = Exhibit(
    "rules", "What would other rules change?", (rules.other_rules,), words.rules, table=tables.rules, folded=True
)

EXHIBITS = (
    LINES, LINE_OUTCOMES, RESPONSE_BY_LINE, SWIMMER, PATHWAYS, SHEET, ORDERS, FLOW, TRANSITIONS, PLACES, REASONS,
    RESPONSE_CHANGE, WITHOUT_RESPONSE, STATUS, DOUBTS, RULES,
)  # fmt: skip
