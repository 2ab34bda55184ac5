"""The tables and figures of a manuscript, in the order and shape in which the published study prints them."""

from adreport.pages.cohort.results import baseline, flow, treatments_used
from adreport.pages.efficacy.figures import response_levels as figure_1
from adreport.pages.efficacy.results import comparisons, features, outcome_rates, reasons, response_levels
from adreport.pages.exhibits import Exhibit
from adreport.pages.manuscript import tables
from adreport.pages.safety.results import affected, managements, side_effects
from adreport.pages.sequences.pathways import listed, pathways

TABLE_1 = Exhibit(
    "table_1", "Who were the patients?", (baseline,), table=tables.patients,
    rests_on=frozenset({"patients.total_ige_iu_per_ml", "patients.age_at_data_lock_years"}),
)  # fmt: skip
TABLE_2 = Exhibit(
    "table_2", "What did they receive, and what came of it?",
    (flow, treatments_used, features, outcome_rates, affected, reasons, comparisons), table=tables.courses,
    rests_on=frozenset({"courses.duration_days", "courses.dose"}),
)  # fmt: skip
FIGURE_1 = Exhibit("figure_1", "How good was the response?", (response_levels,), figure=figure_1)
TABLE_3 = Exhibit(
    "table_3", "Which side effects were recorded, and what was done?", (treatments_used, side_effects, managements),
    table=tables.side_effects,
)  # fmt: skip
TABLE_4 = Exhibit(
    "table_4", "What did each patient receive, in which order?", (listed, pathways), table=tables.sequences
)

EXHIBITS = (TABLE_1, TABLE_2, FIGURE_1, TABLE_3, TABLE_4)
