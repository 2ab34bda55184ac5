"""The tables and figures of the report pages, each with only the statistics that it shows: quick enough to explore."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from adreport import cohort, efficacy, exposure, figures, safety, sequences, switches, tables
from adreport.cohort import MIN_COURSES
from adreport.display import Absent, Figure, Steps, Table
from adreport.figures.drawing import remembered_layouts
from adreport.results import table
from adreport.study import Study

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
                lambda results, study: tables.treatments_used(results)),
        Exhibit("Who were the patients?", cohort.baseline, lambda results, study: tables.baseline_numbers(results)),
        Exhibit("What else is known of them?", cohort.baseline, lambda results, study: tables.baseline_levels(results)),
        Exhibit("How old were they, and how allergic?", _nothing, lambda results, study: figures.distributions(study)),
    ),
    "Efficacy": (
        Exhibit("How many courses worked?",
                lambda study: efficacy.outcome_rates(study, outcomes=["effective"]),
                lambda results, study: figures.response_rates(results, study.response, MIN_COURSES)),
        Exhibit("How good was the response?", efficacy.response_levels,
                lambda results, study: figures.response_levels(results, study.response)),
        Exhibit("Did outcomes differ between the treatments?",
                lambda study: [*efficacy.outcome_rates(study), *efficacy.comparisons(study)],
                lambda results, study: tables.outcomes(results)),
        Exhibit("Why did courses end?", efficacy.reasons,
                lambda results, study: tables.discontinuation_reasons(results)),
    ),
    "Safety": (
        Exhibit("How many courses had a side effect?", _harm(safety.affected),
                lambda results, study: figures.affected_courses(results, MIN_COURSES)),
        Exhibit("Which side effects, and what was done?",
                _harm(lambda study: [*safety.side_effects(study), *exposure.analyse(study)]), tables.side_effects),
    ),
    "Sequences": (
        Exhibit("What was used first, second, third?", sequences.lines, lambda results, study: tables.lines(results)),
        Exhibit("What followed what?",
                lambda study: [*sequences.transitions(study), *switches.kinds(study), *switches.times_unknown(study)],
                lambda results, study: tables.transitions(results, study.mark("courses.discontinuation_reason"))),
        Exhibit("How did patients move from line to line?",
                lambda study: [*sequences.flow_between_lines(study), *switches.kinds(study)],
                lambda results, study: figures.lines(results, study.mark("courses.discontinuation_reason"))),
    ),
}  # fmt: skip
