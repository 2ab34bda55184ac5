"""Does the comparison hold when repeated courses count, and whichever definition of response is chosen?"""

from functools import partial

from adreport.pages.efficacy.results import outcome_rates, primary
from adreport.pages.exhibits import Exhibit
from adreport.pages.sensitivity import figures, models, multiverse, patients, rates, tables, words

RESPONSE = frozenset({"courses.response"})
COVARIATES = frozenset({"courses.age_at_start_years", "patients.sex"})

TESTS = Exhibit(
    "tests", "Do treatments differ however patients are counted?",
    (primary, patients.tests, patients.first_course_rates, models.models, multiverse.tests), words.answers,
    table=tables.tests, rests_on=RESPONSE | COVARIATES,
)  # fmt: skip
INFORMATIVE = Exhibit(
    "informative", "Can treatments be compared within patients?",
    (patients.tests, patients.continuation), words.informative, table=tables.within, folded=True,
)  # fmt: skip
RATES = Exhibit(
    "patient_rates", "How sure are the rates?",
    (outcome_rates, patients.resampled_rates, patients.first_course_rates),
    words.rates, figures.rates, rates.rates, RESPONSE, folded=True,
)  # fmt: skip
DIFFERENCES = Exhibit(
    "differences", "How far apart are the treatments?", (patients.differences,),
    words.differences, table=partial(rates.differences, outcome="effective"), rests_on=RESPONSE, folded=True,
)  # fmt: skip
SIGNIFICANT_DIFFERENCES = Exhibit(
    "significant_differences", "How far apart are the treatments in significant response?", (patients.differences,),
    table=partial(rates.differences, outcome="significant"), rests_on=RESPONSE, folded=True,
)  # fmt: skip
SIDE_EFFECT_DIFFERENCES = Exhibit(
    "side_effect_differences", "How far apart are the treatments in side effects?", (patients.differences,),
    table=partial(rates.differences, outcome="side_effect"), rests_on=RESPONSE, folded=True,
)  # fmt: skip
MODELS = Exhibit(
    "models", "How large are the differences in a model of repeated courses?", (models.models,),
    words.odds_ratios, table=tables.odds_ratios, rests_on=RESPONSE | COVARIATES, folded=True,
)  # fmt: skip
DEFINITIONS = Exhibit(
    "definitions", "Does it depend on the definition of response?", (multiverse.rates,),
    figure=figures.definitions, rests_on=RESPONSE,
)  # fmt: skip
COMBINATIONS = Exhibit(
    "combinations", "And the test over all treatments?", (multiverse.tests,),
    words.combinations, table=tables.combinations, rests_on=RESPONSE, folded=True,
)  # fmt: skip

EXHIBITS = (
    TESTS, INFORMATIVE, RATES, DIFFERENCES, SIGNIFICANT_DIFFERENCES, SIDE_EFFECT_DIFFERENCES, MODELS, DEFINITIONS,
    COMBINATIONS,
)  # fmt: skip
