"""A valid study broken in random ways gives pages or a message, never a traceback."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adreport.study.faults import Refusal
from pages import shown
from studies import TABLES, cohort, written

WHOLE = cohort()
JUNK = (
    "",
    "?",
    "-1",
    "1e9",
    "0",
    "3,5",
    "nan",
    "inf",
    "31.02.2020",
    "2019-05-05",
    "=1+1",
    "<b>",
    "yes",
    "CSA",
    "P01",
    "2",
    "Ş;ı",
    "ongoing",
)


@st.composite
def breakages(draw):
    """Some cells replaced, rows dropped or doubled, a column dropped."""
    tables = {name: table.copy() for name, table in WHOLE.items()}
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(TABLES))
        table = tables[name]
        match draw(st.sampled_from(["cell", "cell", "cell", "row", "double", "column", "swap"])):
            case "cell":
                table.iloc[draw(st.integers(0, len(table) - 1)), draw(st.integers(0, table.shape[1] - 1))] = draw(
                    st.sampled_from(JUNK)
                )
            case "row":
                tables[name] = table.drop(index=table.index[draw(st.integers(0, len(table) - 1))])
            case "double":
                tables[name] = table.iloc[[*range(len(table)), draw(st.integers(0, len(table) - 1))]]
            case "column":
                tables[name] = table.drop(columns=table.columns[draw(st.integers(0, table.shape[1] - 1))])
            case "swap":
                first, second = (draw(st.integers(0, table.shape[1] - 1)) for _ in range(2))
                heads = list(table.columns)
                heads[first], heads[second] = heads[second], heads[first]
                tables[name] = table.set_axis(heads, axis=1)
    return tables


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(breakages(), st.sampled_from(["cohort", "efficacy", "safety", "sequences", "sensitivity"]))
def test_a_broken_study_gives_pages_or_a_message(tables, page):
    with tempfile.TemporaryDirectory() as folder:
        try:
            shown(page, data=str(written(Path(folder), **tables)))
        except Refusal as refusal:
            assert str(refusal).strip()
