"""In which order treatments followed one another: pathways, lines of therapy, steps, and where they ended."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics, table
from adreport.pages.sequences import pathways, status
from adreport.pages.sequences import rules as rule_panel
from adreport.pages.sequences import steps as switches
from adreport.stats import effects
from adreport.stats.counts import count, share, summarise
from adreport.study.dictionary import treatments
from adreport.study.eras import STOPPED, ends
from adreport.study.model import Study
from adreport.study.reasons import NOT_RECORDED, ONGOING
from adreport.study.times import DAYS_PER_YEAR

END_LABELS = {
    ONGOING: "Ongoing", "remission": "Remission", STOPPED: "Stopped", "lost_to_follow_up": "Lost",
    NOT_RECORDED: "Not recorded",
}  # fmt: skip
OTHERS = "other_treatments"
# In the flow, treatments of fewer than this share of all patients at a line are drawn as one.
RARE_SHARE = 0.03
QUARTILES = "quartiles by the (n+1)p rule"


def analyse(study: Study, confidence_level: float = 0.95) -> pd.DataFrame:
    """Every statistic of the sequences page."""
    return table([
        *pathways.analyse(study),
        *lines(study),
        *outcomes_by_line(study, confidence_level),
        *times_to_line(study),
        *places(study),
        *transitions(study),
        *between_lines(study),
        *flow_between_lines(study),
        *switches.analyse(study),
        *status.analyse(study),
        *rule_panel.analyse(study),
    ])  # fmt: skip


def lines(study: Study) -> Iterator[dict]:
    """Treatments at each line of therapy, how many patients had how many lines, and how many courses are selected.

    `selected`: of all courses of these patients in their whole histories.
    """
    every = int(study.courses.drop_duplicates("patient_id")["lines_of_patient"].sum())
    yield from statistics("lines", share(len(study.courses), every), variable="selected")
    for line, courses in study.courses.groupby("line"):
        for code, number in count(courses["treatment"]).items():
            keys = {"group1": "line", "group1_level": str(line), "variable": "treatment", "variable_level": code}
            yield from statistics("lines", share(number, len(courses)), **keys)
        on = int(courses["next_treatment"].notna().sum())
        yield from statistics(
            "lines", share(on, len(courses)), group1="line", group1_level=str(line), variable="went_on"
        )
    needed = study.courses.groupby("patient_id").size().value_counts().sort_index()
    for number, patients in needed.items():
        yield from statistics(
            "lines", share(patients, needed.sum()), variable="number_of_lines", variable_level=str(number)
        )


def outcomes_by_line(study: Study, confidence_level: float = 0.95) -> Iterator[dict]:
    """Courses with a response at each line, of those whose response is known."""
    for line, courses in study.courses.groupby("line"):
        for variable in ("effective", "significant"):
            rate = effects.wilson(int(courses[variable].sum()), int(courses[variable].count()), confidence_level)
            keys = {"group1": "line", "group1_level": str(line), "variable": variable}
            yield from statistics("lines", rate.statistics, rate.method, **keys)


def times_to_line(study: Study) -> Iterator[dict]:
    """Years from onset, and from the start of the first course, to the start of each line.

    From onset: the age at start less the age at onset; without them, the recorded time from onset to the first
    systemic treatment and that from the first course.
    """
    courses = study.with_patients()
    since_first = courses["since_first_days"] / DAYS_PER_YEAR
    by_age = courses["age_at_start_years"] - courses["onset_age_months"] / 12
    since_onset = by_age.fillna(courses["delay_to_systemic_months"] / 12 + since_first)
    times = {"since_onset_years": since_onset, "since_first_course_years": since_first}
    for variable, years in times.items():
        for line, own in years.groupby(courses["line"]):
            keys = {"group1": "line", "group1_level": str(line), "variable": variable}
            yield from statistics("lines", summarise(own), QUARTILES, **keys)


def places(study: Study) -> Iterator[dict]:
    """Of each treatment's courses: how many were a first line, a last line, or followed by another course.

    Followed as in `transitions`: a treatment that an add-on was given with, and that went on, is not.
    """
    for code, courses in study.courses.groupby("treatment", observed=True):
        places = {
            "first_line": (courses["line"] == 1).sum(),
            "last_line": courses["next_treatment"].isna().sum(),
            "followed": courses["followed_by"].notna().sum(),
        }
        for variable, number in places.items():
            keys = {"group1": "treatment", "group1_level": code, "variable": variable}
            yield from statistics("lines", share(number, len(courses)), **keys)


def transitions(study: Study) -> Iterator[dict]:
    """What followed each treatment: the treatment begun after its stop, or its own end where none followed it.

    An add-on is begun while another treatment goes on and follows none. A treatment that went on leads to what was
    begun after its own stop, and one stopped while another went on to its own end: ongoing, remission, lost, stopped.
    A new course follows the one that had ended last. `method` holds why the courses ended, the commonest reason first.
    """
    courses = study.courses
    steps = courses.assign(after=courses["followed_by"].fillna(ends(courses["discontinuation_reason"])))
    for code, own in steps.groupby("treatment", observed=True):
        for after, number in own["after"].value_counts().reindex([*treatments(), *END_LABELS], fill_value=0).items():
            if number:
                keys = {"group1": "from", "group1_level": code, "group2": "to", "group2_level": after}
                reasons = count(own.loc[own["after"] == after, "discontinuation_reason"])
                reasons = reasons[reasons > 0].sort_values(ascending=False, kind="stable")
                words = [f"{reason} {n}" for reason, n in reasons.items()]
                yield from statistics("transitions", share(number, len(own)), "; ".join(words), **keys)


def between_lines(study: Study) -> Iterator[dict]:
    """How many patients went from which treatment at one line to which treatment or end at the next."""
    yield from _flows("between_lines", next_lines(study))


def flow_between_lines(study: Study) -> Iterator[dict]:
    """The same with treatments that few patients had at a line taken together, as the flow is drawn.

    Few: below RARE_SHARE of the patients, where two treatments or more of a line are as rare.
    """
    steps = next_lines(study)
    least = RARE_SHARE * steps["patient_id"].nunique()
    numbers = steps.groupby(["line", "treatment"], observed=True).size()
    rare = numbers[numbers < least]
    rare = rare[rare.groupby("line").transform("size") > 1]
    grouped = dict.fromkeys(rare.index, OTHERS)
    own = [grouped.get((line, code), code) for line, code in zip(steps["line"], steps["treatment"], strict=True)]
    after = [grouped.get((line + 1, code), code) for line, code in zip(steps["line"], steps["after"], strict=True)]
    yield from _flows("flow_between_lines", steps.assign(treatment=own, after=after))
    for line, code in rare.index:
        keys = {"group1": f"line {line}", "group1_level": OTHERS, "variable": "treatment", "variable_level": code}
        yield from statistics("flow_between_lines", {"n": rare[line, code]}, **keys)


def next_lines(study: Study) -> pd.DataFrame:
    """The courses with `after`: the treatment at the next line, or how the pathway of the patient ends."""
    after = study.courses["next_treatment"]
    return study.courses.assign(after=after.where(after.notna(), study.courses["pathway_end"]))


def _flows(output: str, steps: pd.DataFrame) -> Iterator[dict]:
    totals = steps.groupby(["line", "treatment"], observed=True).size()
    for (line, code, after), number in steps.groupby(["line", "treatment", "after"], observed=True).size().items():
        keys = {"group1": f"line {line}", "group1_level": code, "group2": f"line {line + 1}", "group2_level": after}
        yield from statistics(output, share(number, totals[line, code]), **keys)
