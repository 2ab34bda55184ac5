"""How long did the treatments last?"""

from adreport.pages.exhibits import Exhibit
from adreport.pages.survival import curves, figures, remission, results, tables, words

ENDS = frozenset({"courses.duration_days", "courses.discontinuation_reason"})

LASTING = Exhibit(
    "lasting", "How many courses were still on treatment after a time?",
    (results.drug_survival, curves.survival_curves), words.still_on_treatment, figures.drug_survival,
    tables.fixed_times, ENDS, folded=True,
)  # fmt: skip
MEDIANS = Exhibit(
    "medians", "After what time had half of the courses ended?",
    (results.numbers, results.drug_survival, results.follow_up), words.medians, table=tables.medians, rests_on=ENDS,
)  # fmt: skip
FOLLOWED = Exhibit("followed", MEDIANS.question, (results.numbers, results.follow_up), words.followed, rests_on=ENDS)
OTHER_CHOICES = Exhibit(
    "other_choices", MEDIANS.question, (results.numbers, results.drug_survival, results.other_choices),
    words.other_choices, table=tables.other_choices, rests_on=ENDS, folded=True,
)  # fmt: skip
REASONS = Exhibit(
    "reasons", "Why did courses end, and when?",
    (results.drug_survival, results.cumulative_incidence, curves.incidence_curves), words.reasons,
    figures.cumulative_incidence, tables.reasons, ENDS, folded=True,
)  # fmt: skip
COMPARISON = Exhibit(
    "comparison", "Do the treatments differ in how long they lasted?",
    (results.comparison, results.other_choices), words.comparison, table=tables.tests, rests_on=ENDS, folded=True,
)  # fmt: skip
REMISSION = Exhibit(
    "remission", "How long did patients then do without systemic treatment?",
    (remission.without_treatment, remission.recorded), words.remission, table=tables.remission,
    rests_on=ENDS | {"courses.age_at_start_years", "courses.remission_months"}, folded=True,
)  # fmt: skip

EXHIBITS = (LASTING, MEDIANS, FOLLOWED, OTHER_CHOICES, REASONS, REMISSION, COMPARISON)
