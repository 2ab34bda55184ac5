"""No count of few patients can be reckoned from what is stated: an attack by integer programming on random tables."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from adreport.sharing.cells import cells
from adreport.sharing.policy import OFF, Policy
from adreport.sharing.suppression import suppression

TABLES = st.lists(st.lists(st.integers(0, 14), min_size=3, max_size=3), min_size=2, max_size=4)


def key(treatment="", level="", name="n"):
    return ("figure1", "treatment" if treatment else "", treatment, "", "", "response", level, name)


def shares(counts):
    """A table of treatments by responses with all of its totals, one course a patient."""
    counts = np.array(counts)
    who = [(f"T{row}", f"L{column}") for (row, column), n in np.ndenumerate(counts) for _ in range(n)]
    treatments = [f"T{row}" for row in range(len(counts))]
    levels = [f"L{column}" for column in range(counts.shape[1])]
    made = {}
    for treatment in ("", *treatments):
        among = np.array([treatment in ("", one) for one, _ in who], dtype=float)
        for level in levels:
            made[key(treatment, level)] = among * [response == level for _, response in who]
            made[key(treatment, level, "N")] = among
    return made


def reckoned(counts, policy, hidden):
    """Each cell with the smallest and the largest number that it can have for somebody who reads what is stated.

    Zeros are stated, so that such a reader knows of whatever is kept back that it is at least one.
    """
    counts = np.array(counts)
    rows, columns = counts.shape
    cell = np.arange(rows * columns).reshape(rows, columns)
    reach = policy.rounding // 2

    def stated(sums, which, value):
        if which not in hidden:
            middle = policy.rounded(value)
            low, high = (middle - reach, middle + reach) if value else (0, 0)
            row = np.zeros(rows * columns)
            row[sums] = 1
            constraints.append(LinearConstraint(row, low, high))

    constraints = []
    for row, column in np.ndindex(rows, columns):
        stated(cell[row, column], key(f"T{row}", f"L{column}"), counts[row, column])
    for row in range(rows):
        stated(cell[row], key(f"T{row}", "L0", "N"), counts[row].sum())
    for column in range(columns):
        stated(cell[:, column], key("", f"L{column}"), counts[:, column].sum())
    stated(cell.ravel(), key("", "L0", "N"), counts.sum())
    kept_back = [key(f"T{row}", f"L{column}") in hidden for row, column in np.ndindex(rows, columns)]
    bounds = Bounds(np.array(kept_back, dtype=float), np.full(rows * columns, 200))
    for number in cell.ravel():
        ends = []
        for sign in (1, -1):
            wish = np.zeros(rows * columns)
            wish[number] = sign
            found = milp(wish, constraints=constraints, bounds=bounds, integrality=np.ones(rows * columns))
            ends.append(round(found.x[number]))
        yield counts.ravel()[number], *ends


@settings(max_examples=40)
@given(TABLES, st.sampled_from([Policy(5, OFF), Policy(5, 5), Policy(8, 5)]))
def test_no_small_count_is_told_within_two_values(counts, policy):
    if not np.sum(counts):
        return
    made = shares(counts)
    found = cells(made, policy.threshold)
    kept = suppression(found, policy).kept_back
    hidden = {each for each, number in found.unknown.items() if number in kept}
    for count, least, most in reckoned(counts, policy, hidden):
        if 0 < count < policy.threshold:
            assert most - least >= 2, (count, least, most)
