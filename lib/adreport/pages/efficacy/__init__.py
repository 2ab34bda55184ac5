"""How well did the treatments work?"""

from adreport.pages.cohort.results import treatments_used
from adreport.pages.efficacy import comparisons, doses, figures, forest, lasting, results, tables, words
from adreport.pages.exhibits import Exhibit

RATES = Exhibit(
    "rates", "How many courses worked?", (results.outcome_rates,), words.outcomes, figures.response_rates,
)  # fmt: skip
LEVELS = Exhibit(
    "levels", "How good was the response?",
    (results.outcome_rates, results.response_levels, results.ordered_comparison), words.ordered,
    figures.response_levels,
)  # fmt: skip
LASTING = Exhibit(
    "lasting", "What became of the courses that worked?", (lasting.ends,), lasting.in_words,
    table=lasting.table, rests_on=frozenset({"courses.discontinuation_reason"}),
)  # fmt: skip
REASONS = Exhibit(
    "reasons", "Why did courses end?",
    (results.reasons, results.effective_failures), words.endings, table=tables.discontinuation_reasons,
)  # fmt: skip
PRIMARY = Exhibit(
    "primary", "Do the treatments differ?", (results.primary,), words.primary,
)  # fmt: skip
OUTCOMES = Exhibit(
    "outcomes", PRIMARY.question,
    (results.outcome_rates, results.comparisons), words.differences, table=tables.outcomes, folded=True,
)  # fmt: skip
RULE = Exhibit("rule", PRIMARY.question, (), table=tables.test_rule, folded=True)
PAIRS = Exhibit(
    "pairs", "Which treatments differ from which?",
    (results.outcome_rates, results.pairwise, results.pairwise_effects), words.pairwise, forest.differences,
    comparisons.pairwise, folded=True,
)  # fmt: skip
EFFECTS = Exhibit(
    "effects", PAIRS.question,
    (results.outcome_rates, results.pairwise_effects, results.ordered_comparison), words.precision,
    table=comparisons.pairwise_effects, folded=True,
)  # fmt: skip
PREDICTORS = Exhibit(
    "predictors", "Did anything known beforehand go with the response?",
    (results.predictors,), words.predictors, table=tables.predictors,
    rests_on=frozenset({"patients.food_allergy"}), folded=True,
)  # fmt: skip
DOSES = Exhibit(
    "doses", "Were doses within their usual range?", (treatments_used, doses.against_usual), doses.in_words,
    doses.drawing, doses.table, rests_on=frozenset({"courses.dose"}), folded=True,
)  # fmt: skip
COURSES = Exhibit(
    "courses", DOSES.question,
    (treatments_used, results.features), table=tables.course_features,
    rests_on=frozenset({"courses.duration_days"}), folded=True,
)  # fmt: skip

EXHIBITS = (RATES, LEVELS, LASTING, REASONS, PRIMARY, OUTCOMES, RULE, PAIRS, EFFECTS, PREDICTORS, DOSES, COURSES)
