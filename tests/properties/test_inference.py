"""What holds of the tests for any counts and any numbers, and where SciPy can say what they give."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from adreport.stats import tests as inference


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_the_square_of_pooled_z_is_pearsons_chi_square(a, b, c, d):
    table = np.array([[a, b], [c, d]])
    z, chi_square = inference.pooled_z(table), inference.pearson(table)
    assert z.statistic**2 == pytest.approx(chi_square.statistic, abs=1e-9)
    assert z.p_value == pytest.approx(chi_square.p_value, abs=1e-9)


small_tables = st.integers(2, 3).flatmap(
    lambda levels: st.lists(st.lists(st.integers(0, 4), min_size=levels, max_size=levels), min_size=2, max_size=3)
)


@given(small_tables)
def test_fisher_freeman_halton_is_scipys_fisher_for_two_by_two_and_a_probability_otherwise(rows):
    table = inference.without_empty(np.array(rows))
    assume(min(table.shape, default=0) >= 2)
    p = inference.fisher_freeman_halton(table).p_value
    assert 0 < p <= 1
    if table.shape == (2, 2):
        assert p == pytest.approx(stats.fisher_exact(table).pvalue)


@given(small_tables)
def test_fisher_freeman_halton_does_not_depend_on_the_order_of_groups_or_levels(rows):
    table = inference.without_empty(np.array(rows))
    assume(min(table.shape, default=0) >= 2)
    p = inference.fisher_freeman_halton(table).p_value
    assert inference.fisher_freeman_halton(table[::-1, ::-1]).p_value == pytest.approx(p)
    assert inference.fisher_freeman_halton(table.T).p_value == pytest.approx(p)


distinct = st.lists(st.integers(0, 10**6), min_size=4, max_size=14, unique=True)


@given(distinct, st.integers(1, 3))
def test_the_exact_rank_test_is_scipys_where_there_are_no_ties(values, size):
    first, second = values[:size], values[size:]
    ours = inference.compare_numbers([first, second]).p_value
    assert ours == pytest.approx(stats.mannwhitneyu(first, second, method="exact").pvalue)


@given(st.lists(st.integers(0, 4), min_size=4, max_size=9))
def test_the_exact_rank_test_is_scipys_permutation_test_where_there_are(values):
    size = 2
    first, second = values[:size], values[size:]
    assume(len(set(values)) >= 2)
    pooled = stats.rankdata(values)
    mean = size * (len(values) + 1) / 2

    def distance(ranks, _others, axis):
        return np.abs(ranks.sum(axis=axis) - mean)

    scipys = stats.permutation_test(
        (pooled[:size], pooled[size:]), distance, vectorized=True, alternative="greater", n_resamples=np.inf
    )
    assert inference.compare_numbers([first, second]).p_value == pytest.approx(scipys.pvalue)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_values_follow_their_definition(p_values):
    # Bonferroni: m p. Holm: the largest (m - j + 1) p of the p-values up to this one in order, j being their rank.
    m, ordered = len(p_values), sorted(p_values)
    holm = [min(1, max((m - j) * ordered[j] for j in range(ordered.index(p) + 1))) for p in p_values]
    assert inference.adjust(p_values, "Bonferroni") == pytest.approx([min(1, m * p) for p in p_values])
    # Of equal p-values the first in order has the largest factor, and no later one can fall below it.
    assert inference.adjust(p_values, "Holm") == pytest.approx(holm)
