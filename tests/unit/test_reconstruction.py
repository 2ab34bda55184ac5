"""The committed cohort is what its program says: it has every published figure that data can have.

The checks of the program are a second implementation, on purpose: nothing of adreport is used.
"""

import shutil
import sys

import pandas as pd
import pytest

from adreport.study.paths import COHORT, DATA, PUBLISHED


@pytest.fixture(scope="module")
def reconstruction():
    """The checks and the published figures, as the program reads them; neither needs the solver."""
    sys.path.insert(0, str(DATA))
    try:
        from reconstruction import published, verification
    finally:
        sys.path.remove(str(DATA))
    assert "ortools" not in sys.modules
    return verification, published.Published(PUBLISHED)


def changed(folder, table: str, row: int, **cells: object):
    """A copy of the cohort with other values in one row of a table."""
    copy = shutil.copytree(COHORT, folder / "cohort")
    rows = pd.read_csv(copy / f"{table}.csv", dtype=str, keep_default_na=False)
    assert all(rows.loc[row, name] != value for name, value in cells.items())
    for name, value in cells.items():
        rows.loc[row, name] = value
    rows.to_csv(copy / f"{table}.csv", index=False)
    return copy


def test_the_cohort_has_every_published_figure_that_data_can_have(reconstruction):
    verification, published = reconstruction
    assert verification.report_faults(COHORT, published) == []


@pytest.mark.parametrize(
    ("table", "row", "cells", "fault"),
    [
        ("patients", 0, {"sex": "intersex"}, "table1 sex"),
        ("courses", 0, {"treatment": "dupilumab"}, "not the sequence of Table 4"),
        ("courses", 0, {"response": "0"}, "table2"),
        ("courses", 0, {"dose": "400"}, "unusual dose"),
    ],
)
def test_a_changed_value_is_found(reconstruction, tmp_path, table, row, cells, fault):
    verification, published = reconstruction
    faults = verification.report_faults(changed(tmp_path, table, row, **cells), published)
    assert any(fault in words for words in faults), faults


def test_every_exception_is_of_a_figure_that_is_printed(reconstruction):
    verification, published = reconstruction
    printed = {published.key(row) for row in published.rows}
    assert {key[:5] for key in verification.EXCEPTIONS} <= printed


def test_the_events_of_table_3_come_with_what_was_done(reconstruction):
    _, published = reconstruction
    columns = ["side_effect", "management"]
    events, recorded = published.side_effects(), pd.read_csv(COHORT / "side_effects.csv")
    assert len(events) == 25
    assert sorted(map(tuple, events[columns].to_numpy())) == sorted(map(tuple, recorded[columns].to_numpy()))
