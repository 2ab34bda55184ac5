"""Tables of the safety page."""

import pandas as pd

from adreport.dictionary import level_label
from adreport.display import Absent, Column, Row, Table
from adreport.formatting import NOTHING, interval, listing, number, whole
from adreport.results import pick, wide
from adreport.safety import ANY
from adreport.study import Study
from adreport.tables.columns import interval_name, rows, texts


def side_effects(results: pd.DataFrame, study: Study) -> Table | Absent:
    """Table 3: each side effect of each treatment, with its management."""
    chosen = pick(results, output="table3", variable="side_effect")
    if chosen.empty:
        return Absent("The data have no table of side effects.")
    managed = _managements(study)
    body: list[Row] = []
    for code in dict.fromkeys(chosen["group1_level"]):
        frame = wide(pick(chosen, group1_level=code), "variable_level")
        frame = frame.reindex(columns=["n", "courses", "patients", "rate", "conf.low", "conf.high"])
        body += _block(code, frame, managed)
    heads = [
        Column("Events"), Column("Courses"), Column("Patients"), Column("per 100 patient-years", "Rate"),
        Column(interval_name(results), "Rate"), Column("Management", words=True),
    ]  # fmt: skip
    notes = [
        "Rate: events per 100 patient-years of treatment, taken as constant over time. Exact Poisson interval; "
        "it takes events as independent, though a course can have several."
    ]
    mark = study.mark("courses.duration_days")
    return Table("Table 3. Side effects and their management", "Side effect", heads, body, notes, mark)


def discontinued_courses(study: Study) -> Table | Absent:
    """The courses that were stopped for a side effect, with what happened in them."""
    stopped = study.courses[study.courses["discontinuation_reason"].eq("side_effect")]
    if stopped.empty:
        return Absent()
    events = events_with_courses(study)
    terms = events.groupby(["patient_id", "course"])["side_effect"].agg(listing)
    body = [
        Row(level_label("treatment", course.treatment), [
            level_label("", terms.get((course.patient_id, course.course), "not recorded")),
            number(course.age_at_start_years), number(course.duration_months),
        ])
        for course in stopped.itertuples()
    ]  # fmt: skip
    heads = [Column("Side effects", words=True), Column("Age at start (years)"), Column("Duration (months)")]
    mark = study.mark("courses.duration_days", "courses.age_at_start_years")
    return Table("Courses stopped for a side effect", "Treatment", heads, body, mark=mark)


def _block(code: str, frame: pd.DataFrame, managed: pd.Series) -> list[Row]:
    """A treatment's line and, below it, one for each of its side effects."""
    limits = [
        interval(low, high, as_percent=False) for low, high in zip(frame["conf.low"], frame["conf.high"], strict=True)
    ]
    cells = [texts(frame[name], whole) for name in ("n", "courses", "patients")]
    cells += [texts(frame["rate"], number), limits]
    labels = [level_label("treatment", code) if term == ANY else level_label("", term) for term in frame.index]
    words = ["" if term == ANY else managed.get((code, term), NOTHING) for term in frame.index]
    plain = rows(labels, *cells, kinds=["head", *["level"] * (len(labels) - 1)])
    return [Row(row.label, [*row.cells, word], row.kind) for row, word in zip(plain, words, strict=True)]


def _managements(study: Study) -> pd.Series:
    """The managements recorded for each treatment and side effect, in words."""
    events = events_with_courses(study).dropna(subset="management")
    grouped = events.groupby(["treatment", "side_effect"], observed=True)["management"]
    return grouped.agg(lambda words: "; ".join(dict.fromkeys(words)))
