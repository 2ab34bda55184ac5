"""How long did the treatments last?"""

from adreport.pages.exhibits import Exhibit
from adreport.pages.survival import curves, figures, results, tables, words

ENDS = frozenset({"courses.duration_days", "courses.discontinuation_reason"})

LASTING = Exhibit(
    "lasting", "How many courses were still on treatment after a time?",
    (results.drug_survival, curves.survival_curves), words.still_on_treatment, figures.drug_survival,
    tables.fixed_times, ENDS,
)  # fmt: skip
FOLLOWED = Exhibit("followed", LASTING.question, (results.numbers,), words.followed, rests_on=ENDS)
MEDIANS = Exhibit(
    "medians", "After what time had half of the courses ended?",
    (results.numbers, results.drug_survival), words.medians, table=tables.medians, rests_on=ENDS,
)  # fmt: skip
COMPARISON = Exhibit(
    "comparison", "Do the treatments differ in how long they lasted?",
    (results.comparison,), words.comparison, table=tables.tests, rests_on=ENDS,
)  # fmt: skip
REASONS = Exhibit(
    "reasons", "Why did courses end, and when?",
    (results.drug_survival, results.cumulative_incidence, curves.incidence_curves), words.reasons,
    figures.cumulative_incidence, tables.reasons, ENDS,
)  # fmt: skip
REMISSION = Exhibit(
    "remission", "How long did patients then do without systemic treatment?",
    (results.remission,), words.remission, table=tables.remission,
    rests_on=frozenset({"courses.remission_months"}),
)  # fmt: skip

EXHIBITS = (LASTING, FOLLOWED, MEDIANS, COMPARISON, REASONS, REMISSION)
