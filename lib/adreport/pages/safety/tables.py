"""Tables of the safety page."""

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.layout import interval_name, rows, texts
from adreport.pages.safety.exposure import events_with_courses
from adreport.pages.safety.results import ANY, severe
from adreport.show.numbers import NOTHING, counted, interval, listing, n_percent, number, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study.dictionary import level_label
from adreport.study.model import Study

FREQUENCY_NOTES = (
    "Patients and courses with at least one such event: n (%). Rate: events per 100 patient-years of treatment, taken "
    "as constant over time; patient-years are those of courses, time on two treatments at once counts for each. Exact "
    "Poisson interval; it takes events as independent, though a course can have several."
)


def side_effects(results: pd.DataFrame, study: Study) -> Table | Absent:
    """Table 3: each side effect of each treatment, with its management."""
    chosen = pick(results, output="table3", variable="side_effect")
    if chosen.empty:
        return Absent("The data have no table of side effects.")
    managed = _managements(study)
    body: list[Row] = []
    for code in dict.fromkeys(chosen["group1_level"]):
        frame = wide(pick(chosen, group1_level=code), "variable_level")
        harmed = pick(results, output="exposure", group1_level=code, group2=["", "side_effect"])
        body += _block(code, _with_affected(frame, harmed, "group2_level"), managed)
    heads = [*_frequency_heads(results), Column("Management", words=True)]
    mark = study.mark("courses.duration_days")
    return Table(
        "Table 3. Side effects and their management", "Side effect", heads, body, _frequency_notes(results), mark
    )


def organ_classes(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """Each organ class and its side effects, all treatments together."""
    chosen = pick(results, output="exposure", group1="", group2="organ_class")
    if chosen.empty:
        return Absent()
    body: list[Row] = []
    for name in dict.fromkeys(chosen["group2_level"]):
        own = pick(chosen, group2_level=name)
        frame = _with_affected(wide(pick(own, variable="events"), "variable_level"), own, "variable_level")
        labels = [level_label("", term) if term else name for term in frame.index]
        body += rows(labels, *_frequencies(frame), kinds=["head", *["level"] * (len(labels) - 1)])
    notes = [
        "Organ classes as the data give them, else by organ_classes.csv: after the system organ classes of MedDRA, in "
        "plain words and from general knowledge.",
        *_frequency_notes(results),
    ]
    return Table("Side effects by organ class", "Organ class", _frequency_heads(results), body, notes, mark)


def serious(study: Study) -> Table | Absent:
    """Line listing of the serious side effects, and of severe ones of which it is not known whether they were."""
    events = events_with_courses(study)
    listed = pd.concat([events[events["serious"].eq("yes")], severe(events)])
    if listed.empty:
        return Absent()
    body = [
        Row(level_label("treatment", event.treatment), [
            level_label("", event.side_effect), _known(event.serious), number(event.grade, 0),
            number(event.onset_day, 0), *(_known(text) for text in (event.management, event.outcome)),
            _known(event.led_to_discontinuation),
        ])
        for event in listed.itertuples()
    ]  # fmt: skip
    heads = [
        Column("Side effect", words=True), Column("Serious"), Column("Grade"), Column("Day of onset"),
        Column("Management", words=True), Column("Outcome", words=True), Column("Led to stop"),
    ]  # fmt: skip
    marks = study.mark(*(f"side_effects.{name}" for name in ("serious", "grade", "onset_day", "outcome")))
    return Table("Serious and severe side effects, one a line", "Treatment", heads, body, [], marks)


def discontinued_courses(study: Study) -> Table | Absent:
    """The courses that were stopped for a side effect, with what happened in them."""
    stopped = study.courses[study.courses["discontinuation_reason"].eq("side_effect")]
    if stopped.empty:
        return Absent()
    events = events_with_courses(study)
    terms = events.groupby(["patient_id", "course"])["side_effect"].agg(lambda words: listing(dict.fromkeys(words)))
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
    labels = [level_label("treatment", code) if term == ANY else level_label("", term) for term in frame.index]
    words = ["" if term == ANY else managed.get((code, term), NOTHING) for term in frame.index]
    plain = rows(labels, *_frequencies(frame), kinds=["head", *["level"] * (len(labels) - 1)])
    return [Row(row.label, [*row.cells, word], row.kind) for row, word in zip(plain, words, strict=True)]


def _with_affected(frame: pd.DataFrame, results: pd.DataFrame, level: str) -> pd.DataFrame:
    """Events and rates of terms (index; the total first) with the patients and courses affected."""
    affected = pick(results, variable=["affected_patients", "affected_courses"])
    harmed = wide(affected, level, ["variable", "stat_name"])
    harmed = harmed.set_axis([f"{variable}.{name}" for variable, name in harmed.columns], axis=1)
    harmed = harmed.rename(index={"": frame.index[0]})
    columns = ["n", "rate", "conf.low", "conf.high", *harmed.columns]
    return frame.join(harmed, how="left").reindex(columns=columns)


def _frequency_notes(results: pd.DataFrame) -> list[str]:
    """How to read frequencies and rates, and how many events no rate holds."""
    every = pick(results, output="exposure", group1="", group2="", variable="side_effects", variable_level="")
    untimed = value(every, stat_name="n_missing")
    if not untimed > 0:
        return [FREQUENCY_NOTES]
    left = f"Left out of rates: {counted(untimed, 'event')} in courses of unknown duration"
    return [FREQUENCY_NOTES, f"{left}; a dash where that leaves none."]


def _frequency_heads(results: pd.DataFrame) -> list[Column]:
    return [
        Column("Patients", "n (%)"), Column("Courses", "n (%)"), Column("Events"),
        Column("per 100 patient-years", "Rate"), Column(interval_name(results), "Rate"),
    ]  # fmt: skip


def _frequencies(frame: pd.DataFrame) -> list[list[str]]:
    """Columns: patients n (%), courses n (%), events, rate, interval."""
    limits = [interval(*pair, as_percent=False) for pair in frame[["conf.low", "conf.high"]].to_numpy()]
    shares = [
        [n_percent(n, total) for n, total in frame[[f"affected_{unit}.n", f"affected_{unit}.N"]].to_numpy()]
        for unit in ("patients", "courses")
    ]
    return [*shares, texts(frame["n"], whole), texts(frame["rate"], number), limits]


def _known(text) -> str:
    return level_label("serious", text) if isinstance(text, str) else "not recorded"


def _managements(study: Study) -> pd.Series:
    """The managements recorded for each treatment and side effect, in words."""
    events = events_with_courses(study).dropna(subset="management")
    grouped = events.groupby(["treatment", "side_effect"], observed=True)["management"]
    return grouped.agg(lambda words: "; ".join(dict.fromkeys(words)))
