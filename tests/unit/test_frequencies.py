"""Counting keeps its order and its empty levels; quantiles follow SPSS."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from adreport.stats.counts import quantile, summarise, tabulate


def test_quantiles_are_those_of_spss():
    # > quantile(c(3,1,12,7,7,20,5), c(.25,.5,.75), type=6)   # 3 7 12; type 7, R's default, gives 4 7 9.5
    values = pd.Series([3, 1, 12, 7, 7, 20, 5])
    assert [quantile(values, probability) for probability in (0.25, 0.5, 0.75)] == [3, 7, 12]


def test_quantiles_of_two_values_are_the_two_values():
    # > quantile(c(1,2), c(.25,.5,.75), type=6)
    assert [quantile(pd.Series([1, 2]), probability) for probability in (0.25, 0.5, 0.75)] == [1, 1.5, 2]


def test_a_summary_counts_what_is_missing():
    summary = summarise(pd.Series([4.0, np.nan, 6.0, np.nan]))
    assert (summary["N"], summary["n_missing"], summary["median"]) == (2, 2, 5)


def test_a_summary_of_nothing_has_no_median():
    summary = summarise(pd.Series([np.nan, np.nan]))
    assert np.isnan(summary["median"])
    assert (summary["N"], summary["n_missing"]) == (0, 2)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_quartiles_lie_in_order_within_the_values(values):
    summary = summarise(pd.Series(values))
    assert min(values) <= summary["p25"] <= summary["median"] <= summary["p75"] <= max(values)


def rows(pairs):
    response = pd.Categorical([value for value, _ in pairs], ["0", "1", "2"], ordered=True)
    treatment = pd.Categorical([group for _, group in pairs], ["B", "A", "C"])
    return pd.DataFrame({"response": response, "treatment": treatment})


def test_levels_stand_in_their_order_with_the_empty_ones():
    table = tabulate(rows([("2", "A"), ("0", "A"), ("2", "B")]), "response", "treatment")
    assert table.index.tolist() == ["0", "1", "2"]
    assert table.columns.tolist() == ["B", "A", "C"]
    assert table.to_numpy().tolist() == [[0, 1, 0], [0, 0, 0], [1, 1, 0]]


def test_rows_with_a_gap_are_not_counted():
    table = tabulate(rows([(None, "A"), ("1", None), ("1", "A")]), "response", "treatment")
    assert table.to_numpy().sum() == 1


pairs = st.lists(st.tuples(st.sampled_from("012"), st.sampled_from("ABC")), max_size=40)


@given(pairs, pairs)
def test_tables_of_two_sites_add_up_to_the_table_of_both(first, second):
    both, *each = (tabulate(rows(part), "response", "treatment") for part in (first + second, first, second))
    pd.testing.assert_frame_equal(both, sum(each))
