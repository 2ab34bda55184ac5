"""The tables and figures of the report pages, each with only the statistics that it shows: quick enough to explore."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from adreport.pages.cohort import figures as cohort_figures
from adreport.pages.cohort import results as cohort
from adreport.pages.cohort import tables as cohort_tables
from adreport.pages.contract import table
from adreport.pages.efficacy import figures as efficacy_figures
from adreport.pages.efficacy import results as efficacy
from adreport.pages.efficacy import tables as efficacy_tables
from adreport.pages.exhibits import MIN_COURSES
from adreport.pages.safety import exposure
from adreport.pages.safety import figures as safety_figures
from adreport.pages.safety import results as safety
from adreport.pages.safety import tables as safety_tables
from adreport.pages.sequences import flow
from adreport.pages.sequences import results as sequences
from adreport.pages.sequences import steps as switches
from adreport.pages.sequences import tables as sequences_tables
from adreport.show.drawing import remembered_layouts
from adreport.show.parts import Absent, Figure, Steps, Table
from adreport.study.model import Study

Shown = Table | Figure | Steps | Absent


@dataclass(frozen=True)
class Exhibit:
    """A question of a report page, the statistics that answer it, and how they are shown."""

    question: str
    rows: Callable[[Study], Iterable[dict]]
    show: Callable[[pd.DataFrame, Study], Shown]

    def html(self, study: Study) -> str:
        """The exhibit of a study as HTML."""
        shown = self.show(table(self.rows(study)), study)
        if not isinstance(shown, Figure):
            return shown._repr_html_()
        with remembered_layouts():
            return shown.html(narrow_too=False)


def _nothing(study: Study) -> Iterator[dict]:
    yield from ()


def _harm(statistics: Callable[[Study], Iterable[dict]]) -> Callable[[Study], Iterable[dict]]:
    """Statistics of side effects, of which there are none where the data have no table of them."""
    return lambda study: statistics(study) if study.side_effects_recorded else ()


EXHIBITS: dict[str, tuple[Exhibit, ...]] = {
    "Cohort": (
        Exhibit("Which treatments did they receive?",
                lambda study: [*cohort.treatments_used(study), *cohort.off_label(study)],
                lambda results, study: cohort_tables.treatments_used(results)),
        Exhibit("Who were the patients?", cohort.baseline, lambda results, study: cohort_tables.baseline_numbers(results)),
        Exhibit("What else is known of them?", cohort.baseline, lambda results, study: cohort_tables.baseline_levels(results)),
        Exhibit("How old were they, and how allergic?", _nothing, lambda results, study: cohort_figures.distributions(study)),
    ),
    "Efficacy": (
        Exhibit("How many courses worked?",
                lambda study: efficacy.outcome_rates(study, outcomes=["effective"]),
                lambda results, study: efficacy_figures.response_rates(results, study.response, MIN_COURSES)),
        Exhibit("How good was the response?", efficacy.response_levels,
                lambda results, study: efficacy_figures.response_levels(results, study.response)),
        Exhibit("Did outcomes differ between the treatments?",
                lambda study: [*efficacy.outcome_rates(study), *efficacy.comparisons(study)],
                lambda results, study: efficacy_tables.outcomes(results)),
        Exhibit("Why did courses end?", efficacy.reasons,
                lambda results, study: efficacy_tables.discontinuation_reasons(results)),
    ),
    "Safety": (
        Exhibit("How many courses had a side effect?", _harm(safety.affected),
                lambda results, study: safety_figures.affected_courses(results, MIN_COURSES)),
        Exhibit("Which side effects, and what was done?",
                _harm(lambda study: [*safety.side_effects(study), *exposure.analyse(study)]), safety_tables.side_effects),
    ),
    "Sequences": (
        Exhibit("What was used first, second, third?", sequences.lines, lambda results, study: sequences_tables.lines(results)),
        Exhibit("What followed what?",
                lambda study: [*sequences.transitions(study), *switches.kinds(study), *switches.times_unknown(study)],
                lambda results, study: sequences_tables.transitions(results, study.mark("courses.discontinuation_reason"))),
        Exhibit("How did patients move from line to line?",
                lambda study: [*sequences.flow_between_lines(study), *switches.kinds(study)],
                lambda results, study: flow.lines(results, study.mark("courses.discontinuation_reason"))),
    ),
}  # fmt: skip
