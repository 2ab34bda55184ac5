"""The results contract."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adreport.pages import contract as results


def test_what_could_not_be_computed_has_no_row():
    table = results.table(results.statistics("t", {"n": 3, "median": float("nan"), "p": None}, variable="age"))
    assert table[["stat_name", "stat"]].to_numpy().tolist() == [["n", 3.0]]


def test_columns_are_those_of_the_contract_and_gaps_are_empty_strings():
    table = results.table(results.statistics("t", {"n": 1}, group1="treatment"))
    assert table.columns.tolist() == [
        "output", "group1", "group1_level", "group2", "group2_level",
        "variable", "variable_level", "stat_name", "stat", "unit", "method", "note",
    ]  # fmt: skip
    assert table.iloc[0].drop("stat").tolist() == ["t", "treatment", "", "", "", "", "", "n", "", "", ""]


def test_a_misspelt_key_is_refused():
    with pytest.raises(TypeError, match="groop"):
        list(results.statistics("t", {"n": 1}, groop="treatment"))


def test_one_value_is_asked_for_and_several_are_an_error():
    table = results.table([*results.statistics("a", {"n": 1}), *results.statistics("b", {"n": 2})])
    assert results.value(table, output="b", stat_name="n") == 2
    with pytest.raises(LookupError):
        results.value(table, stat_name="n")


KEYS = ["group1_level", "variable", "stat_name"]


@given(st.sets(st.tuples(*[st.sampled_from(["b", "a", "ç", ""])] * 3)), st.integers(1, 2))
def test_results_spread_out_are_those_of_unstack(keys, lines):
    rows = [
        row
        for key in keys
        for row in results.statistics("x", {key[2] or "n": len(key[0])}, **dict(zip(KEYS, key, strict=True)))
    ]
    frame = results.table(rows).drop_duplicates(KEYS)
    index, columns = KEYS[:lines], KEYS[lines:]
    expected = frame.set_index(KEYS)["stat"].unstack(columns, sort=False)
    shown = results.wide(frame, index if lines > 1 else index[0], columns if len(columns) > 1 else columns[0])
    pd.testing.assert_frame_equal(shown, expected)


def test_two_results_do_not_share_a_cell():
    rows = [*results.statistics("x", {"n": 1}, variable="a"), *results.statistics("x", {"n": 2}, variable="a")]
    with pytest.raises(ValueError, match="several results"):
        results.wide(results.table(rows), "variable")
