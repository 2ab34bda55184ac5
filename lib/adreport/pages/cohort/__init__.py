"""Who was treated?"""

from adreport.pages.cohort import calendar, figures, results, tables, words
from adreport.pages.exhibits import Exhibit

STUDY = Exhibit("study", "How was the study done?", (results.described,), table=tables.study)
FLOW = Exhibit(
    "flow", "How many patients and courses are described?", (results.described, results.flow), words.flow,
    table=tables.flow,
)  # fmt: skip
DISTRIBUTIONS = Exhibit(
    "distributions", "Who were the patients?",
    (results.baseline, results.distributions), words.baseline, figures.distributions,
    rests_on=frozenset(f"patients.{name}" for name in results.DISTRIBUTIONS),
)  # fmt: skip
NUMBERS = Exhibit(
    "numbers", DISTRIBUTIONS.question, (results.baseline,), table=tables.baseline_numbers, folded=True,
)  # fmt: skip
LEVELS = Exhibit(
    "levels", DISTRIBUTIONS.question, (results.baseline,), table=tables.baseline_levels, folded=True,
)  # fmt: skip
COMORBIDITIES = Exhibit(
    "comorbidities", "What else did they have?",
    (results.baseline, results.treatments_used, results.patients_by_treatment), words.comorbidities,
    table=tables.patients_by_treatment, rests_on=frozenset({f"patients.{results.IGE}"}), folded=True,
)  # fmt: skip
TREATMENTS = Exhibit(
    "treatments", "Which treatments did they receive?", (results.treatments_used, results.off_label),
    words.treatments_used, table=tables.treatments_used,
)  # fmt: skip
CALENDAR = Exhibit(
    "calendar", "When were they begun?", (calendar.years,), calendar.in_words, calendar.by_year,
    rests_on=frozenset({"courses.start_date"}),
)  # fmt: skip
WARNINGS = Exhibit("warnings", "What did the check of the data find?", (results.warnings,), table=tables.warnings)

EXHIBITS = (FLOW, STUDY, DISTRIBUTIONS, NUMBERS, LEVELS, COMORBIDITIES, TREATMENTS, CALENDAR, WARNINGS)
