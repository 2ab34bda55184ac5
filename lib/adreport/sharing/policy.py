"""What a report that may leave the house states, and what it keeps back: the whole policy, in one file.

The threshold of five is what many registries ask; OpenSAFELY's is eight (7 and fewer are kept back, counts rounded
to 5). `study.yml` may set both:

    sharing:
      threshold: 8
      rounding: 5      # or off
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adreport.study.faults import ParameterFault, nearest

OFF = 1
HIGHEST_THRESHOLD = 10
ROUNDINGS = (OFF, 5)
CONFIDENTIAL = "[c]"  # the sign of the UK's Government Statistical Service for a confidential value

# Exhibits that show patients one by one, by page and key, each with the reason that stands in its place.
OF_PATIENTS = "It shows patients one by one."
OF_EVENTS = "It lists single side effects."
OF_VALUES = "It is drawn from the values of single patients."
OF_DIFFERENCES = "Its rows differ from each other by few courses."
LEFT_OUT = {
    "cohort.distributions": OF_VALUES,
    "cohort.warnings": "It names rows of the data.",
    "sequences.swimmer": OF_PATIENTS,
    "sequences.pathways": OF_PATIENTS,
    "sequences.sheet": OF_PATIENTS,
    "sequences.doubts": OF_PATIENTS,
    "sequences.without_response": OF_PATIENTS,
    "safety.serious": OF_EVENTS,
    "safety.stopped": OF_EVENTS,
    "sequences.rules": OF_DIFFERENCES,
    "sensitivity.definitions": OF_DIFFERENCES,
    "sensitivity.combinations": OF_DIFFERENCES,
    "manuscript.table_4": OF_PATIENTS,
}
# Outputs of which no row leaves the house, whichever exhibit would show it.
KEPT_BACK = frozenset({
    "distributions", "warnings", "serious_events", "stopped_courses", "table4", "table4_wide", "table4_long",
    "status_doubts", "ended_without_response", "curves", "listed", "reproduction", "contradictions",
    "multiverse", "rules",
})  # fmt: skip
# What somebody typed, and orders of treatments: of few patients their very names tell of them.
TERMS = frozenset({"comorbidities", "atopic_comorbidities", "side_effect", "management", "outcome", "pathway"})
# Single values, and the ends of a range, are somebody's.
SINGLE_VALUES = frozenset({"value", "min", "max", "whisker.low", "whisker.high"})
COUNTS = ("n", "N", "n_missing", "n_censored", "courses", "patients", "resamples")


@dataclass(frozen=True)
class Policy:
    """From how many patients a count is stated (`threshold`) and to what counts are rounded (1: not at all)."""

    threshold: int = 5
    rounding: int = 5

    @property
    def fewest_for_median(self) -> int:
        """Patients below whom no median is stated, so that it is no single patient's neighbourhood."""
        return 2 * self.threshold

    @property
    def fewest_for_estimates(self) -> int:
        """Patients below whom no quartile, model, test or curve is stated."""
        return 4 * self.threshold

    def rounded(self, count: float) -> float:
        """A count as it is stated: the nearest multiple, and never below the threshold."""
        nearest_multiple = self.rounding * int(count / self.rounding + 0.5)
        return float(max(nearest_multiple, -(-self.threshold // self.rounding) * self.rounding)) if count else 0.0

    @property
    def in_words(self) -> str:
        """The policy as a page states it."""
        few = (
            f"Counts of fewer than {self.threshold} patients, and what would give them away, are marked {CONFIDENTIAL}."
        )
        rounding = (
            f" Other counts are rounded to {self.rounding}; shares come from rounded counts."
            if self.rounding > 1
            else ""
        )
        return f"{few}{rounding} Estimates and p-values are shortened. Exhibits that show single patients are left out."


def policy(given: Mapping[str, Any]) -> Policy:
    """The policy that study.yml sets; the default where it sets none.

    Raises ParameterFault for what it may not set.
    """
    known = ("threshold", "rounding")
    for name in given:
        if name not in known:
            raise ParameterFault(f"study.yml: sharing.{name} means nothing here. {nearest(str(name), list(known))}")
    threshold = given.get("threshold", Policy.threshold)
    rounding = given.get("rounding", Policy.rounding)
    rounding = OFF if rounding in (False, "off", OFF) else rounding
    if (
        isinstance(threshold, bool)
        or not isinstance(threshold, int)
        or not Policy.threshold <= threshold <= HIGHEST_THRESHOLD
    ):
        raise ParameterFault(
            f"study.yml: sharing.threshold must be from {Policy.threshold} to {HIGHEST_THRESHOLD}, not {threshold!r}."
        )
    if rounding not in ROUNDINGS:
        raise ParameterFault(f"study.yml: sharing.rounding must be off or 5, not {rounding!r}.")
    return Policy(threshold, rounding)
