"""What a whole column says that is unlikely: yes and never no, errors of Excel."""

from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.checks.terms import TERMS
from adreport.reading.formats.raw import RawTable
from adreport.study.dictionary import TABLES, columns
from adreport.study.faults import WARNING
from adreport.study.times import DAYS_PER_YEAR

EXCEL_ERROR = r"#(?:VALUE!|REF!|NAME\?|N/A|DIV/0!|NUM!|NULL!)"
MORE = {"egg_allergy": {"1.food_allergy": "yes", "2.food_allergy": "no"}}  # who has the one has the other
ANOTHER = {"2.patient_id": "B", "2.course": "1", "2.side_effect": "headache"}
LONG_AFTER_YEARS = 50  # no patient is followed so long after the last course
YES_OR_NO = [
    (table, name) for table in ("patients", "side_effects") for name, column in columns(table).items()
    if set(column.levels) == {"yes", "no"}
]  # fmt: skip


def with_whole_columns(rows: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with what is told of whole columns.

    All: `<column>_error`, whether a cell holds an error of Excel. patients: `last_age`, at the end of the last course.
    side_effects: `course_reason`.
    """
    judged = {table: rows[table].assign(**dict(_errors(rows[table], raw[table]))) for table in TABLES}
    courses, keys = rows["courses"], ["patient_id", "course"]
    ends = courses["age_at_start_years"] + courses["duration_days"].fillna(0) / DAYS_PER_YEAR
    reasons = courses.drop_duplicates(keys).set_index(keys)["discontinuation_reason"].astype(object)
    last_age = rows["patients"]["patient_id"].map(ends.groupby(courses["patient_id"]).max())
    return judged | {
        "patients": judged["patients"].assign(last_age=last_age),
        "side_effects": judged["side_effects"].join(reasons.rename("course_reason"), on=keys),
    }


def _errors(rows: pd.DataFrame, table: RawTable) -> Iterator[tuple[str, pd.Series]]:
    for name in TERMS.get(table.name, {}):
        yield f"{name}_error", table.column(name).reindex(rows.index).fillna("").str.contains(EXCEL_ERROR)


def _never_no(name: str, rows: pd.DataFrame) -> pd.Series:
    """The cells that say yes where none says no and some are empty."""
    known = rows[name].notna()
    return known & (rows[name].eq("yes").sum() == known.sum()) & (not known.all())


RULES = [
    *(
        Rule(table, name, partial(_never_no, name),
             "says yes, and no cell of the column says no, so that the empty cells are not known",
             "If empty means no, write no in each.", WARNING, each=1,
             example={f"1.{name}": "yes", f"2.{name}": ""} | MORE.get(name, ANOTHER if table == "side_effects" else {}))
        for table, name in YES_OR_NO
    ),
    *(
        Rule(table, name, lambda rows, name=name: rows[f"{name}_error"], "is an error of Excel, not a value",
             "Open the file in Excel and correct the formula, or write the value.", example={name: "#REF!"})
        for table, names in TERMS.items() for name in names
    ),
    Rule("patients", "age_at_data_lock_years", lambda p: p.age_at_data_lock_years - p.last_age > LONG_AFTER_YEARS,
         "is more than 50 years after the end of the last course, at {last_age:.1f} years",
         "Is it in months? Correct it.",
         example={"age_at_data_lock_years": "118", "birth_date": "", "courses.1.age_at_start_years": "8",
                  "courses.1.start_date": "", "courses.1.stop_date": "", "courses.1.duration_days": "150"}),
    Rule("side_effects", "led_to_discontinuation",
         lambda e: e.led_to_discontinuation.eq("yes") & e.course_reason.eq("ongoing"),
         "says that the course was stopped for it, but the course is ongoing", "Correct one of the two.", WARNING,
         example={"led_to_discontinuation": "yes", "courses.1.discontinuation_reason": "ongoing",
                  "courses.1.stop_date": ""}),
]  # fmt: skip
