"""Lines of therapy: what was given at each line, how it worked, and what followed."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import QUARTILES, by_treatment, outcome_rate, shares
from adreport.pages.exhibits import Settings
from adreport.stats.counts import count, share, summarise
from adreport.study.model import Study
from adreport.study.times import DAYS_PER_YEAR

OTHERS = "other_treatments"
# In the flow, treatments of fewer than this share of all patients at a line are drawn as one.
RARE_SHARE = 0.03


def selected(study: Study, _: Settings) -> Iterator[dict]:
    """How many courses are selected of all courses of these patients in their whole histories."""
    every = study.courses.drop_duplicates("patient_id")["lines_of_patient"].sum()
    yield from statistics("lines", share(len(study.courses), int(every)), variable="selected")


def lines(study: Study, _: Settings) -> Iterator[dict]:
    """Treatments at each line of therapy, and how many patients had a further line."""
    for keys, courses in by_line(study.courses):
        yield from shares("lines", count(courses["treatment"]), variable="treatment", **keys)
        further = int(courses["next_treatment"].notna().sum())
        yield from statistics("lines", share(further, len(courses)), variable="went_on", **keys)


def numbers_of_lines(study: Study, _: Settings) -> Iterator[dict]:
    """How many patients had how many of the selected courses."""
    numbers = study.courses.groupby("patient_id").size().value_counts().sort_index()
    yield from shares("lines", numbers, variable="number_of_lines")


def outcomes_by_line(study: Study, settings: Settings) -> Iterator[dict]:
    """Courses with a response at each line, of those whose response is known."""
    for keys, courses in by_line(study.courses):
        for variable in ("effective", "significant"):
            yield from outcome_rate("lines", courses[variable], settings, variable=variable, **keys)


def times_to_line(study: Study, _: Settings) -> Iterator[dict]:
    """Years from onset, and from the start of the first course, to the start of each line.

    From onset: the age at start less the age at onset; without them, the recorded time from onset to the first
    systemic treatment and that from the first course.
    """
    courses = study.with_patients()
    since_first = courses["since_first_days"] / DAYS_PER_YEAR
    by_age = courses["age_at_start_years"] - courses["onset_age_months"] / 12
    since_onset = by_age.fillna(courses["delay_to_systemic_months"] / 12 + since_first)
    times = {"since_onset_years": since_onset, "since_first_course_years": since_first}
    for keys, courses_at_line in by_line(courses.assign(**times)):
        for variable in times:
            yield from statistics(
                "lines", summarise(courses_at_line[variable]), QUARTILES, "years", variable=variable, **keys
            )


def places(study: Study, _: Settings) -> Iterator[dict]:
    """How many of each treatment's courses were a first line, a last line, or followed by another course.

    Followed as in `steps.transitions`: a treatment that was ongoing when an add-on began was not followed by it.
    """
    for keys, courses in by_treatment(study.courses):
        numbers = {
            "first_line": courses["line"].eq(1).sum(),
            "last_line": courses["next_treatment"].isna().sum(),
            "followed": courses["followed_by"].notna().sum(),
        }
        yield from shares("lines", pd.Series(numbers), len(courses), by="variable", **keys)


def between_lines(study: Study, _: Settings) -> Iterator[dict]:
    """How many patients went from which treatment at one line to which treatment or end at the next.

    As `flow_between_lines` with treatments that few patients had at a line taken together, as the flow is drawn. Few:
    below RARE_SHARE of the patients, where two treatments or more of a line are as rare.
    """
    after = study.courses["next_treatment"].fillna(study.courses["pathway_end"])
    steps = study.courses.assign(after=after, treatment=study.courses["treatment"].astype(object))
    yield from _flows("between_lines", steps)
    numbers = steps.groupby(["line", "treatment"]).size()
    rare = numbers[numbers < RARE_SHARE * steps["patient_id"].nunique()]
    rare = rare[rare.groupby("line").transform("size") > 1]
    for column, lines_later in (("treatment", 0), ("after", 1)):
        nodes = pd.MultiIndex.from_arrays([steps["line"] + lines_later, steps[column]])
        steps[column] = steps[column].mask(nodes.isin(rare.index), OTHERS)
    yield from _flows("flow_between_lines", steps)
    for (line, code), number in rare.items():
        keys = {"group1": f"line {line}", "group1_level": OTHERS, "variable": "treatment", "variable_level": code}
        yield from statistics("flow_between_lines", {"n": number}, **keys)


def by_line(courses: pd.DataFrame) -> Iterator[tuple[dict[str, str], pd.DataFrame]]:
    """The courses at each line of therapy, with the keys of its results."""
    for line, courses_at_line in courses.groupby("line"):
        yield {"group1": "line", "group1_level": str(line)}, courses_at_line


def _flows(output: str, steps: pd.DataFrame) -> Iterator[dict]:
    for (line, code), courses in steps.groupby(["line", "treatment"]):
        keys = {"group1": f"line {line}", "group1_level": code, "group2": f"line {line + 1}"}
        after = courses.groupby("after").size()
        yield from shares(output, after, by="group2_level", **keys)
