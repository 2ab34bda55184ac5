"""docs/results.md says what results.csv holds: every column, and what the table of outputs says now."""

from adreport.pages import PAGE_NAMES, outputs
from adreport.pages.contract import COLUMNS


def test_the_page_is_up_to_date():
    assert outputs.FILE.read_text(encoding="utf-8") == outputs.page(), "make docs"


def test_every_column_is_explained_in_its_order():
    assert outputs.names(outputs.COLUMNS) == COLUMNS


def test_an_output_stands_once_and_on_a_page_that_there_is():
    rows = outputs.outputs()
    names = [row["output"] for row in rows]
    assert len(names) == len(set(names))
    assert {page for row in rows for page in row["page"].split()} <= {"overview", *PAGE_NAMES}
    assert all(all(row.values()) for row in rows)


def test_statistics_of_outputs_are_explained():
    named = {name for row in outputs.outputs() for name in row["statistics"].replace(";", "").split()} - {"…"}
    of_the_paper = {name for name in named if name.endswith((".published", ".recomputed", ".difference"))}
    statistics = named - of_the_paper | {name.rpartition(".")[0] for name in of_the_paper}
    assert statistics <= set(outputs.names(outputs.STATISTICS))
