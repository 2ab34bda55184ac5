"""Statements of the paper that cannot all be true, found by setting its numbers against each other.

Each check reads the published numbers and Table 4 and returns what it found, or nothing: correct a
published number and its contradiction goes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from adreport.pages.contract import pick
from adreport.show.numbers import counted, number, percent
from adreport.study.dictionary import treatment_in_words

EXCLUDE, ARITHMETIC, UNCLEAR = "exclude", "arithmetic", "unclear"
KINDS = {
    EXCLUDE: "cannot be true together with another",
    ARITHMETIC: "do not add up",
    UNCLEAR: "are worded so that they mislead, or stand unexplained",
}
STUDY_YEARS = ("inclusion_first_year", "inclusion_last_year")


@dataclass(frozen=True)
class Contradiction:
    """A statement of the paper, what stands against it, and of which kind the trouble is (KINDS)."""

    statement: str
    evidence: str
    kind: str


@dataclass(frozen=True)
class Publication:
    """The published numbers and the published sequences, as the checks read them."""

    results: pd.DataFrame
    sequences: pd.DataFrame

    def number(self, variable: str, level: str = "", treatment: str = "", stat_name: str = "n", **keys: str) -> float:
        """A published number; where it is printed more than once, the first printing. 0 if there is none."""
        keys |= {"variable": variable, "variable_level": level, "group1_level": treatment, "stat_name": stat_name}
        found = pick(self.results, **keys)
        return float(found["stat"].iloc[0]) if len(found) else 0.0

    def last(self, treatment: str) -> int:
        """How many patients have this treatment last in Table 4."""
        return int((self.sequences.groupby("patient_id")["treatment"].last() == treatment).sum())

    def courses(self, treatment: str) -> int:
        """How many courses of this treatment Table 4 has."""
        return int((self.sequences["treatment"] == treatment).sum())

    def direct_switches(self, before: str, after: str) -> int:
        """How often Table 4 has one treatment directly after another."""
        following = self.sequences.groupby("patient_id")["treatment"].shift(-1)
        return int(((self.sequences["treatment"] == before) & (following == after)).sum())

    def reasons(self, *levels: str, treatment: str | None = None) -> float:
        """Courses that Table 2 says ended for these reasons."""
        rows = pick(
            self.results, variable="discontinuation_reason", variable_level=levels, stat_name="n", place="Table 2"
        )
        return rows.loc[rows["group1_level"].eq(treatment) if treatment else slice(None), "stat"].sum()


def contradictions(published: pd.DataFrame, sequences: pd.DataFrame) -> list[Contradiction]:
    """The contradictions that stand in the published numbers."""
    publication = Publication(published, sequences)
    return [found for check in CHECKS for found in check(publication)]


def switched_to_dupilumab(paper: Publication) -> Iterator[Contradiction]:
    """Table 2 replaces an omalizumab course by dupilumab; Table 4 has no such step."""
    said, found = paper.reasons("switched", treatment="omalizumab"), paper.direct_switches("omalizumab", "dupilumab")
    if said > found:
        yield Contradiction(
            f"{counted(said, 'omalizumab course was', 'omalizumab courses were')} replaced with dupilumab (Table 2).",
            f"In Table 4 dupilumab follows omalizumab {counted(found, 'time')}; "
            f"{paper.last('omalizumab')} of {paper.courses('omalizumab')} omalizumab courses are the patient's last.",
            EXCLUDE,
        )


def on_dupilumab_at_lock(paper: Publication) -> Iterator[Contradiction]:
    """The text leaves a patient on dupilumab; Tables 2 and 4 do not."""
    said = paper.number("status_at_data_lock", "on_treatment", "dupilumab")
    ongoing, last = paper.reasons("ongoing", treatment="dupilumab"), paper.last("dupilumab")
    if said > min(ongoing, last):
        yield Contradiction(
            f"{counted(said, 'patient is', 'patients are')} on dupilumab at data lock (text).",
            f"Table 2 has {counted(ongoing, 'ongoing dupilumab course')}, "
            f"and in Table 4 dupilumab is the last treatment of {counted(last, 'patient')}.",
            EXCLUDE,
        )


def lost_patients(paper: Publication) -> Iterator[Contradiction]:
    """More patients are lost in the text than courses ended by loss in Table 2."""
    said, found = paper.number("status_at_data_lock", "lost_to_follow_up"), paper.reasons("lost_to_follow_up")
    if said != found:
        yield Contradiction(
            f"{counted(said, 'patient was', 'patients were')} lost to follow-up (text).",
            f"The reasons in Table 2 hold {counted(found, 'course')} that ended by loss to follow-up.",
            UNCLEAR,
        )


def azathioprine_failures(paper: Publication) -> Iterator[Contradiction]:
    """More azathioprine courses were replaced or failed than were followed by anything."""
    failed = paper.reasons("unresponsiveness", "insufficient_response", treatment="azathioprine")
    followed = paper.courses("azathioprine") - paper.last("azathioprine")
    if failed > followed:
        yield Contradiction(
            f"{counted(failed, 'azathioprine course')} ended for unresponsiveness or were altered for "
            "insufficient response (Table 2).",
            f"In Table 4 only {followed} of {paper.courses('azathioprine')} are followed by another treatment, so "
            f"{number(failed - followed, 0)} or more patients ended on a failed course, though the text has all "
            "patients in remission, on treatment or lost.",
            EXCLUDE,
        )


def courses_longer_than_the_study(paper: Publication) -> Iterator[Contradiction]:
    """An interquartile range of durations above the length of the inclusion period."""
    first, last = (paper.number(name, stat_name="value") for name in STUDY_YEARS)
    window = 12 * (last - first + 1)
    for row in pick(paper.results, variable="duration_months", stat_name="iqr").itertuples():
        if row.stat > window > 0:
            yield Contradiction(
                f"Patients had a treatment from {first:.0f} to {last:.0f} (abstract), {number(window, 0)} months.",
                f"The durations of {treatment_in_words(row.group1_level)} have an interquartile range of {row.printed} "
                "months (Table 2): some course is longer, so earlier courses count, which the methods do not say.",
                UNCLEAR,
            )


def shares_that_do_not_add_up(paper: Publication) -> Iterator[Contradiction]:
    """The printed shares of all courses must add up to 100 % but for rounding."""
    shares = pick(paper.results, output="table2", variable="courses", stat_name="p", place="Table 2")["stat"]
    if abs(shares.sum() - 1) > 0.0005 * len(shares):
        yield Contradiction(
            "Each treatment's share of the courses (Table 2).",
            f"The {len(shares)} shares add up to {percent(shares.sum())} %.",
            ARITHMETIC,
        )


def patients_or_courses(paper: Publication) -> Iterator[Contradiction]:
    """The abstract speaks of patients with a side effect where the percentages are of courses."""
    for treatment in ("systemic_corticosteroid", "phototherapy"):
        harmed, share = (paper.number("side_effect", "", treatment, name, output="table2") for name in ("n", "p"))
        patients, courses = (paper.number(name, "", treatment) for name in ("patients", "courses"))
        if patients != courses and abs(harmed / courses - share) < abs(harmed / patients - share):
            yield Contradiction(
                f"The share of patients with a side effect is {percent(share)} % for "
                f"{treatment_in_words(treatment)} (abstract).",
                f"It is {number(harmed, 0)} of {number(courses, 0)} courses; "
                f"of the {number(patients, 0)} patients it cannot be told.",
                UNCLEAR,
            )


def remission_without_a_reason(paper: Publication) -> Iterator[Contradiction]:
    """More patients are in remission than courses ended for remission."""
    said, found = paper.number("status_at_data_lock", "topical_remission"), paper.reasons("remission")
    if said > found:
        yield Contradiction(
            f"{counted(said, 'patient')} remained in remission on topical treatment (text).",
            f"Table 2 has {counted(found, 'course')} stopped for remission, so at least {number(said - found, 0)} "
            "last courses were stopped for another reason. Not impossible, but unexplained.",
            UNCLEAR,
        )


def no_response_to_dupilumab(paper: Publication) -> Iterator[Contradiction]:
    """Dupilumab was stopped for money though it did not work."""
    financial = paper.reasons("financial", treatment="dupilumab")
    if financial and paper.number("effective", "", "dupilumab") == 0:
        yield Contradiction(
            "Dupilumab was stopped for financial reasons (Table 2).",
            "The same course is counted as PGA 0, and the discussion says that no response was observed.",
            UNCLEAR,
        )


def gaps_in_the_rescue_rule(paper: Publication) -> Iterator[Contradiction]:
    """The rule that tells rescue from immunosuppressive corticosteroid courses."""
    below = paper.number("rescue_duration_below_weeks", stat_name="value")
    above = paper.number("immunosuppressive_duration_above_weeks", stat_name="value")
    if below and below == above:
        yield Contradiction(
            f"Corticosteroids for less than {number(below, 0)} weeks are rescue; for more than "
            f"{number(above, 0)} weeks, or above a dose, immunosuppressive (methods).",
            f"A course of exactly {number(7 * below, 0)} days is neither, and a short one at a high dose is both. "
            "Here the dose decides first, and 14 days count as long.",
            UNCLEAR,
        )


def more_patients_than_treated(paper: Publication) -> Iterator[Contradiction]:
    """The discussion gives as patients what are courses: more than there were patients."""
    stopped = paper.number("discontinuation_reason", "prevent_side_effects", "systemic_corticosteroid")
    patients = paper.number("patients", "", "systemic_corticosteroid")
    if stopped > patients:
        yield Contradiction(
            f"Corticosteroids were stopped to prevent side effects in {counted(stopped, 'patient')} (discussion).",
            f"{counted(patients, 'patient')} had corticosteroids (Table 2); "
            f"it is {number(stopped, 0)} of {paper.courses('systemic_corticosteroid')} courses.",
            EXCLUDE,
        )


def percentage_of_nobody(paper: Publication) -> Iterator[Contradiction]:
    """A cited percentage that no count out of the cited number of patients can give."""
    share = paper.number("pid_diagnosis_in_severe_ad", stat_name="p")
    total = paper.number("pid_diagnosis_in_severe_ad", stat_name="N")
    if total and min(abs(n / total - share) for n in range(int(total) + 1)) > 0.0005:
        nearest = round(share * total)
        yield Contradiction(
            f"{percent(share)} % of {number(total, 0)} patients (discussion, a cited study).",
            f"{nearest} of {number(total, 0)} is {percent(nearest / total)} %.",
            ARITHMETIC,
        )


# Counts, by variable and treatment, that a contradiction of the paper keeps any data from having.
CONTRADICTED = {("status_at_data_lock", "dupilumab")}

CHECKS: tuple[Callable[[Publication], Iterator[Contradiction]], ...] = (
    switched_to_dupilumab, on_dupilumab_at_lock, lost_patients, azathioprine_failures, courses_longer_than_the_study,
    shares_that_do_not_add_up, patients_or_courses, more_patients_than_treated, remission_without_a_reason,
    no_response_to_dupilumab,
    gaps_in_the_rescue_rule, percentage_of_nobody,
)  # fmt: skip
