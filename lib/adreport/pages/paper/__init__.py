"""Do the published numbers hold? About the one published study; the report can do without this page."""

from adreport.pages.exhibits import Exhibit
from adreport.pages.paper import beside, contradictions, results, tables, words

AGREEMENT = Exhibit(
    "agreement", "How do these numbers compare with the printed ones?",
    (results.printed_numbers,), words.agreement, beside.shares, tables.overview,
)  # fmt: skip
DIFFERENCES = Exhibit(
    "differences", "Which numbers differ, and what explains it?",
    (results.printed_numbers,), words.explanations, table=tables.differences, folded=True,
)  # fmt: skip
CONTRADICTIONS = Exhibit(
    "contradictions", "Which statements do not fit together?",
    (contradictions.contradictions,), words.contradictions, table=tables.contradictions,
)  # fmt: skip
NUMBERS = Exhibit("numbers", "Every printed number", (results.printed_numbers,), table=tables.every_number)

EXHIBITS = (AGREEMENT, DIFFERENCES, CONTRADICTIONS, NUMBERS)
