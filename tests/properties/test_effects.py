"""What holds of effect sizes for any counts, and where SciPy can say what they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from adreport.stats import effects

counts = st.integers(0, 12)


@given(counts, counts, counts, counts)
def test_the_conditional_odds_ratio_is_scipys(a, b, c, d):
    table = np.array([[a, b], [c, d]])
    if not (table.sum(axis=0).all() and table.sum(axis=1).all()):
        assert np.isnan(effects.odds_ratio(table).low)
        return
    scipys = stats.contingency.odds_ratio(table)
    interval = scipys.confidence_interval(0.95)
    ours = effects.odds_ratio(table)
    assert (ours.estimate, ours.low, ours.high) == pytest.approx(
        (scipys.statistic, interval.low, interval.high), rel=1e-6
    )


@given(counts, counts, counts, counts)
def test_intervals_hold_their_estimate(a, b, c, d):
    table = np.array([[a, b], [c, d]])
    for measure in (effects.risk_difference, effects.odds_ratio, effects.cramers_v):
        effect = measure(table)
        if not np.isnan(effect.low):
            assert effect.low <= effect.estimate + 1e-9
            assert effect.estimate <= effect.high + 1e-9 or measure is effects.cramers_v
