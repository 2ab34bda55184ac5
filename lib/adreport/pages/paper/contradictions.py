"""Statements of the paper that cannot all be true, found by setting its numbers against each other.

Each check reads the published numbers and Table 4 and yields the numbers of a contradiction, if there is one: correct
a published number and its contradiction goes. `data/published/contradictions.csv` puts them in words.
"""

from collections.abc import Callable, Iterator

import pandas as pd

from adreport.pages.contract import pick, statistics
from adreport.pages.exhibits import Settings
from adreport.pages.paper.published import Publication, published_numbers, published_sequences, published_severities
from adreport.show.numbers import counted, listing, percent, whole
from adreport.study.dictionary import treatment_in_words
from adreport.study.model import Study
from adreport.study.paths import PUBLISHED

OUTPUT = "contradictions"
KINDS = {
    "exclude": "cannot be true together with another",
    "arithmetic": "do not add up",
    "unclear": "are misleading as worded, or remain unexplained",
}
# Counts, by variable and treatment, that no data with the published sequences can have.
CONTRADICTED = {("status_at_data_lock", "dupilumab")}

Numbers = dict[str, float | str]


class Counted(float):
    """A number in a template: `{n}` is whole, `{n:%}` a percentage, `{n:course}` and `{n:was|were}` with a noun."""

    def __format__(self, nouns: str) -> str:
        n = float(self)
        return f"{percent(n)}%" if nouns == "%" else counted(n, *nouns.split("|")) if nouns else whole(n)


def contradictions(_: Study, __: Settings) -> Iterator[dict]:
    """The contradictions in the published numbers, whatever the study."""
    yield from contradictory(Publication(published_numbers(), published_sequences()))


def contradictory(paper: Publication) -> Iterator[dict]:
    """Each contradiction, as the number stated and the number against it, in words; and how many of each kind."""
    words = pd.read_csv(PUBLISHED / "contradictions.csv", index_col="check")
    kinds = dict.fromkeys(KINDS, 0)
    for check in CHECKS:
        kind, *templates = words.loc[check.__name__]
        keys = {"group1": "kind", "group1_level": kind, "variable": check.__name__}
        for position, numbers in enumerate(check(paper), 1):
            gaps = {name: x if isinstance(x, str) else Counted(x) for name, x in numbers.items()}
            for side, template in zip(("stated", "against"), templates, strict=True):
                note = template.format(**gaps)
                yield from statistics(OUTPUT, {side: numbers[side]}, note=note, variable_level=str(position), **keys)
            kinds[kind] += 1
    for kind, n in kinds.items():
        yield from statistics(OUTPUT, {"n": n}, group1="kind", group1_level=kind)


def switched_to_dupilumab(paper: Publication) -> Iterator[Numbers]:
    """Table 2 replaces an omalizumab course by dupilumab; Table 4 has no such step."""
    stated, against = paper.ended("switched", "omalizumab"), paper.direct_switches("omalizumab", "dupilumab")
    last, courses = paper.last("omalizumab"), paper.courses("omalizumab")
    if stated > against:
        yield {"stated": stated, "against": against, "last": last, "courses": courses}


def on_dupilumab_at_lock(paper: Publication) -> Iterator[Numbers]:
    """The text leaves a patient on dupilumab; Tables 2 and 4 do not."""
    stated = paper.number("status_at_data_lock", "dupilumab", "on_treatment")
    ongoing, last = paper.ended("ongoing", "dupilumab"), paper.last("dupilumab")
    if stated > min(ongoing, last):
        yield {"stated": stated, "against": min(ongoing, last), "ongoing": ongoing, "last": last}


def lost_patients(paper: Publication) -> Iterator[Numbers]:
    """The text loses another number of patients than Table 2 has courses that ended by loss."""
    stated, against = paper.number("status_at_data_lock", "", "lost_to_follow_up"), paper.ended("lost_to_follow_up")
    if stated != against:
        yield {"stated": stated, "against": against}


def azathioprine_failures(paper: Publication) -> Iterator[Numbers]:
    """More azathioprine courses were replaced or failed than were followed by anything."""
    failed = paper.ended(("unresponsiveness", "insufficient_response"), "azathioprine")
    courses = paper.courses("azathioprine")
    followed = courses - paper.last("azathioprine")
    if failed > followed:
        yield {"stated": failed, "against": followed, "courses": courses, "more": failed - followed}


def courses_longer_than_the_study(paper: Publication) -> Iterator[Numbers]:
    """An interquartile range of durations exceeds the inclusion period."""
    first, last = (paper.number(f"inclusion_{which}_year", stat_name="value") for which in ("first", "last"))
    months, years = 12 * (last - first + 1), {"first": f"{first:.0f}", "last": f"{last:.0f}"}
    for row in pick(paper.numbers, variable="duration_months", stat_name="iqr").itertuples():
        if row.stat > months > 0:
            course = {"treatment": treatment_in_words(row.group1_level), "printed": row.printed}
            yield {"stated": months, "against": row.stat, **years, **course}


def shares_that_do_not_add_up(paper: Publication) -> Iterator[Numbers]:
    """The printed shares of all courses do not add up to 100% within rounding."""
    shares = pick(paper.numbers, output="table2", variable="courses", stat_name="p", place="Table 2")["stat"]
    if abs(shares.sum() - 1) > 0.0005 * len(shares):
        yield {"stated": 1, "against": shares.sum(), "number": len(shares)}


def patients_or_courses(paper: Publication) -> Iterator[Numbers]:
    """The abstract speaks of patients with a side effect where its percentages are of courses."""
    for treatment in ("systemic_corticosteroid", "phototherapy"):
        harmed, share = (paper.number("side_effect", treatment, "", name, output="table2") for name in ("n", "p"))
        patients, courses = (paper.number(name, treatment) for name in ("patients", "courses"))
        if patients != courses and abs(harmed / courses - share) < abs(harmed / patients - share):
            counts = {"harmed": harmed, "courses": courses, "patients": patients}
            yield {"stated": share, "against": harmed / courses, "treatment": treatment_in_words(treatment), **counts}


def more_patients_than_treated(paper: Publication) -> Iterator[Numbers]:
    """The discussion gives courses as patients, and so has more patients than were treated."""
    stated = paper.number("discontinuation_reason", "systemic_corticosteroid", "prevent_side_effects")
    patients, courses = paper.number("patients", "systemic_corticosteroid"), paper.courses("systemic_corticosteroid")
    if stated > patients:
        yield {"stated": stated, "against": patients, "courses": courses}


def remission_without_a_reason(paper: Publication) -> Iterator[Numbers]:
    """More patients are in remission than courses ended for remission."""
    stated, against = paper.number("status_at_data_lock", "", "topical_remission"), paper.ended("remission")
    if stated > against:
        yield {"stated": stated, "against": against, "more": stated - against}


def no_response_to_dupilumab(paper: Publication) -> Iterator[Numbers]:
    """Dupilumab was stopped for financial reasons although it did not work."""
    stated, against = paper.ended("financial", "dupilumab"), paper.number("effective", "dupilumab")
    if stated and not against:
        yield {"stated": stated, "against": against}


def gaps_in_the_rescue_rule(paper: Publication) -> Iterator[Numbers]:
    """The rule that separates rescue from immunosuppressive corticosteroid courses leaves a gap and overlaps."""
    below = paper.number("rescue_duration_below_weeks", stat_name="value")
    above = paper.number("immunosuppressive_duration_above_weeks", stat_name="value")
    if below and below == above:
        yield {"stated": below, "against": above, "days": 7 * below}


def percentage_of_nobody(paper: Publication) -> Iterator[Numbers]:
    """A cited percentage is that of no whole number of the cited patients."""
    share, total = (paper.number("pid_diagnosis_in_severe_ad", stat_name=name) for name in ("p", "N"))
    if total and min(abs(n / total - share) for n in range(int(total) + 1)) > 0.0005:
        nearest = round(share * total)
        yield {"stated": share, "against": nearest / total, "nearest": nearest, "total": total}


def courses_called_patients(paper: Publication) -> Iterator[Numbers]:
    """The abstract counts a treatment's courses as patients, of whom there were fewer."""
    stated = paper.number("courses", "systemic_corticosteroid", place="abstract")
    against = paper.number("patients", "systemic_corticosteroid", place="abstract")
    if stated > against > 0:
        yield {"stated": stated, "against": against}


def two_severities(_: Publication) -> Iterator[Numbers]:
    """The patients are said to have had severe disease in some places, and moderate to severe in others."""
    places = published_severities().groupby("severity")["place"].agg(list)
    if len(places) > 1:
        severe, wider = places["severe"], places["moderate to severe"]
        yield {"stated": len(severe), "against": len(wider), "severe": listing(severe), "wider": listing(wider)}


CHECKS: tuple[Callable[[Publication], Iterator[Numbers]], ...] = (
    switched_to_dupilumab, on_dupilumab_at_lock, lost_patients, azathioprine_failures, courses_longer_than_the_study,
    shares_that_do_not_add_up, patients_or_courses, more_patients_than_treated, remission_without_a_reason,
    no_response_to_dupilumab, gaps_in_the_rescue_rule, percentage_of_nobody, courses_called_patients, two_severities,
)  # fmt: skip
