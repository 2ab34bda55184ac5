"""What harm was recorded?"""

from adreport.pages.cohort.results import treatments_used
from adreport.pages.exhibits import Exhibit
from adreport.pages.safety import exposure, figures, matrix, results, tables, words

DURATION = frozenset({"courses.duration_days"})

STOPPED = Exhibit(
    "stopped", "Was it serious, or a reason to stop?",
    (results.discontinued, results.led_to_discontinuation, results.stopped_courses),
    words.discontinued, table=tables.stopped_courses, rests_on=DURATION | {"courses.age_at_start_years"},
)  # fmt: skip
SERIOUS = Exhibit(
    "serious", STOPPED.question, (results.serious, results.affected), words.serious,
    table=tables.serious,
    rests_on=frozenset(f"side_effects.{name}" for name in ("serious", "grade", "onset_day", "outcome")),
)  # fmt: skip
AFFECTED = Exhibit(
    "affected", "How many courses had a side effect?",
    (results.side_effects, results.affected, results.of_rescue_courses),
    words.side_effects, figures.affected_courses,
)  # fmt: skip
MATRIX = Exhibit(
    "matrix", "Which side effects, and what was done?", (treatments_used, results.side_effects),
    table=matrix.terms_by_treatment,
)  # fmt: skip
TERMS = Exhibit(
    "terms", MATRIX.question,
    (exposure.rates, exposure.terms, results.managements, results.ages_at_events, results.affected),
    words.terms, table=tables.side_effects, rests_on=DURATION, folded=True,
)  # fmt: skip
ORGAN_CLASSES = Exhibit(
    "organ_classes", "Which organs were affected?", (exposure.rates, exposure.organ_classes, results.affected),
    words.organ_classes, table=tables.organ_classes, rests_on=DURATION, folded=True,
)  # fmt: skip
EXPOSURE = Exhibit(
    "exposure", "How often, for the time on treatment?", (exposure.rates, results.affected),
    words.exposure, figures.exposure, rests_on=DURATION | {"side_effects.onset_day"},
)  # fmt: skip
ATTRIBUTION = Exhibit(
    "attribution", "Could another treatment have been the cause?", (results.attribution, results.affected),
    words.attribution,
)  # fmt: skip

EXHIBITS = (STOPPED, SERIOUS, AFFECTED, TERMS, MATRIX, ORGAN_CLASSES, EXPOSURE, ATTRIBUTION)
