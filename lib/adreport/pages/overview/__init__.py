"""What was used, how well did it work, how long was it kept, and what harm was recorded?"""

from adreport.pages.cohort.results import flow, treatments_used
from adreport.pages.efficacy.results import outcome_rates, response_levels
from adreport.pages.exhibits import Exhibit
from adreport.pages.overview import results, tables, words
from adreport.pages.safety.results import affected, discontinued, serious
from adreport.pages.sequences.results import places
from adreport.pages.survival.results import drug_survival

DURATION = frozenset({"courses.duration_days"})

USED = Exhibit("used", "What was used?", (flow, treatments_used), words.used)
WORKED = Exhibit("worked", "How well did it work?", (results.totals, outcome_rates, treatments_used), words.worked)
KEPT = Exhibit(
    "kept", "How long was it kept?", (results.totals, drug_survival, treatments_used), words.kept, rests_on=DURATION
)
HARM = Exhibit("harm", "What harm was recorded?", (affected, discontinued, serious, treatments_used), words.harm)
AT_A_GLANCE = Exhibit(
    "at_a_glance", "Treatment by treatment",
    (flow, results.totals, places, treatments_used, outcome_rates, response_levels, drug_survival, affected,
     discontinued),
    table=tables.at_a_glance, rests_on=DURATION,
)  # fmt: skip

MORE = {"used": "cohort", "worked": "efficacy", "kept": "survival", "harm": "safety"}  # the page that says more
EXHIBITS = (USED, WORKED, KEPT, HARM, AT_A_GLANCE)
