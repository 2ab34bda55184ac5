"""What a report may state outside of the house: which exhibits, of what is left of its statistics."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from adreport.pages import MANUSCRIPT, OVERVIEW, PAGES, Page
from adreport.pages.efficacy import results as efficacy
from adreport.pages.exhibits import Count, Exhibit, Results, counted
from adreport.pages.sensitivity import models, multiverse
from adreport.pages.sensitivity import patients as sensitivity
from adreport.pages.sequences import rules
from adreport.pages.survival import curves, remission
from adreport.pages.survival import results as survival
from adreport.sharing import explore
from adreport.sharing.cells import cells
from adreport.sharing.contributions import contributions
from adreport.sharing.policy import LEFT_OUT, Policy, policy
from adreport.sharing.redaction import Redaction
from adreport.sharing.release import Behind, Release, release
from adreport.sharing.suppression import suppression
from adreport.show.parts import Absent, Part
from adreport.study.model import Study

SHARED_PAGES = (*(page for page in PAGES if page.filtered), OVERVIEW, MANUSCRIPT)  # not what is about the paper
# Tests, models and curves, which are slow and whose own counts are judged by their size alone.
NOT_RECOUNTED: frozenset[Count] = frozenset({
    efficacy.primary, efficacy.predictors, efficacy.pairwise, efficacy.pairwise_effects, efficacy.comparisons,
    efficacy.ordered_comparison, survival.comparison, survival.other_choices, curves.survival_curves,
    curves.incidence_curves, remission.without_treatment, sensitivity.tests, sensitivity.resampled_rates,
    sensitivity.differences, models.models, multiverse.rates, multiverse.tests, rules.other_rules,
})  # fmt: skip


@dataclass(frozen=True)
class SharedExhibit:
    """An exhibit of a page with its parts as they may be shown."""

    page: str
    exhibit: Exhibit
    parts: list[Part]


@dataclass(frozen=True)
class Shareable:
    """A report that may leave the house: its policy, its statistics and its exhibits."""

    policy: Policy
    release: Release
    redaction: Redaction
    exhibits: list[SharedExhibit]


def shareable(study: Study, results: Results) -> Shareable:
    """A report's statistics and exhibits as its policy lets them be stated.

    `results`: the statistics of all pages of the internal report.
    """
    kept_to = policy(study.sharing)
    shown = [(page, exhibit) for page in SHARED_PAGES for exhibit in page.exhibits.EXHIBITS]
    shown += [(explore.PAGE, exhibit) for exhibit in explore.EXHIBITS]
    explored = counted(explore.EXHIBITS, study, results.settings).rows
    results = replace(results, rows=pd.concat([results.rows, explored], ignore_index=True))
    stated = (exhibit for page, exhibit in shown if not _left_out(page, exhibit))
    counts = dict.fromkeys(count for exhibit in stated for count in exhibit.counts if count not in NOT_RECOUNTED)
    shares = contributions(study, counts, results.settings)
    unknown = cells(shares, kept_to.threshold)
    behind = Behind(shares, unknown, suppression(unknown, kept_to), _most_of_one_patient(study))
    released = release(results.rows, behind, kept_to)
    redaction = Redaction(results, released)
    return Shareable(kept_to, released, redaction, list(_exhibits(shown, redaction)))


def _exhibits(shown: Iterable[tuple[Page, Exhibit]], redaction: Redaction) -> Iterator[SharedExhibit]:
    for page, exhibit in shown:
        reason = _left_out(page, exhibit)
        yield SharedExhibit(page.name, exhibit, [Absent(f"Left out. {reason}")] if reason else redaction.parts(exhibit))


def _left_out(page: Page, exhibit: Exhibit) -> str:
    """Why an exhibit is left out; "" if it is not."""
    return LEFT_OUT.get(f"{page.package}.{exhibit.key}", "")


def _most_of_one_patient(study: Study) -> int:
    """The most courses or side effects that one patient has."""
    tables = (study.courses, study.side_effects, study.rescue_courses)
    return max(int(rows["patient_id"].value_counts().max()) for rows in tables if len(rows))
