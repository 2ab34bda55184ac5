"""Intervals and tests, each with the name of its variant; and the rule by which a test is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

from adreport.stats import exact

# The rule by which a test is chosen: compare_categories, compare_numbers and spearman follow it,
# and the efficacy page shows it.
RULE = (
    ("Two categorical variables, expected counts large enough (none below 1, at most a fifth below 5; Cochran 1954)",
     "Pearson's chi-square without continuity correction"),
    ("Two categorical variables with smaller expected counts, 2×2", "Fisher's exact test, two-sided by probability"),
    ("Two categorical variables with smaller expected counts, r×c", "Fisher-Freeman-Halton exact test; where its "
     "tables are too many to enumerate, simulated from 100,000 with a fixed seed, its standard error given"),
    ("A number or an ordered score between two groups", "Mann-Whitney, exact given the ties; where that cannot be "
     "enumerated, normal approximation with tie and continuity correction"),
    ("A number or an ordered score between more than two groups", "Kruskal-Wallis with tie correction"),
    ("Two numbers or ordered scores", "Spearman's rank correlation, p from Student's t"),
)  # fmt: skip

SIMULATIONS = 100_000
SEED = 1953


@dataclass(frozen=True)
class TestResult:
    """A test as it was run: `method` names its variant, `n` counts the observations.

    Where a test makes no sense, `p_value` is NaN and `method` says why.
    """

    method: str
    n: int
    p_value: float = float("nan")
    statistic: float = float("nan")
    parameter: float = float("nan")

    __test__ = False  # the name is the field's; pytest must not collect it

    @property
    def statistics(self) -> dict[str, float]:
        """The result by the names of the results contract."""
        return {"statistic": self.statistic, "parameter": self.parameter, "p.value": self.p_value, "N": self.n}


def wilson(events: int, total: int, confidence_level: float = 0.95) -> dict[str, float]:
    """A proportion with its Wilson score interval (Wilson 1927; Newcombe 1998, method 3)."""
    return _proportion(events, total, confidence_level, "wilson")


def clopper_pearson(events: int, total: int, confidence_level: float = 0.95) -> dict[str, float]:
    """A proportion with its exact interval (Clopper and Pearson, Biometrika 1934;26:404)."""
    return _proportion(events, total, confidence_level, "exact")


def _proportion(events: int, total: int, confidence_level: float, method: str) -> dict[str, float]:
    if total == 0:
        return {"n": events, "N": total}
    low, high = _limits(events, total, confidence_level, method)
    return {"n": events, "N": total, "p": events / total, "conf.low": low, "conf.high": high}


@cache
def _limits(events: int, total: int, confidence_level: float, method: str) -> tuple[float, float]:
    """The limits of a proportion; remembered, since a dragged slider asks for the same few again and again."""
    limits = stats.binomtest(events, total).proportion_ci(confidence_level, method=method)
    return limits.low, limits.high


def poisson_rate(events: int, time: float, per: float = 100, confidence_level: float = 0.95) -> dict[str, float]:
    """A rate per `per` units of time with the exact interval of Garwood (Biometrika 1936;28:437)."""
    if not time > 0:
        return {"n": events}
    tail = (1 - confidence_level) / 2
    low = stats.chi2.ppf(tail, 2 * events) / 2 if events else 0.0
    high = stats.chi2.isf(tail, 2 * events + 2) / 2
    return {"rate": per * events / time, "conf.low": per * low / time, "conf.high": per * high / time}


def compare_categories(table: np.ndarray, simulations: int = SIMULATIONS) -> TestResult:
    """Independence of groups (down) and levels (across), by the test that RULE names."""
    table = _filled(table)
    if min(table.shape) > 1:
        expected = stats.contingency.expected_freq(table)
        if expected.min() >= 1 and (expected < 5).mean() <= 0.2:
            return pearson(table)
    return exact_categories(table, simulations)


def pearson(table: np.ndarray) -> TestResult:
    """Pearson's chi-square test, without continuity correction."""
    result = stats.chi2_contingency(table, correction=False)
    return TestResult("Pearson chi-square", int(np.sum(table)), result.pvalue, result.statistic, result.dof)


def fisher(table: np.ndarray) -> TestResult:
    """Fisher's exact test of a 2x2 table, two-sided by probability; the statistic is the sample odds ratio."""
    result = stats.fisher_exact(table)
    return TestResult("Fisher exact", int(np.sum(table)), result.pvalue, result.statistic)


def exact_categories(table: np.ndarray, simulations: int = SIMULATIONS) -> TestResult:
    """Independence of groups (down) and levels (across) by an exact test, whatever the counts."""
    table = _filled(table)
    if min(table.shape) < 2:
        return TestResult("not tested: fewer than two groups or levels occur", int(table.sum()))
    return fisher(table) if table.shape == (2, 2) else fisher_freeman_halton(table, simulations)


def fisher_freeman_halton(table: np.ndarray, simulations: int = SIMULATIONS) -> TestResult:
    """The exact test of an r x c table; the statistic is the probability of the observed table."""
    table, method = np.asarray(table), "Fisher-Freeman-Halton exact"
    try:
        statistic, p_value = exact.fisher_freeman_halton(table)
    except exact.TooLargeToEnumerate:
        resampling = stats.MonteCarloMethod(n_resamples=simulations, rng=np.random.default_rng(SEED))
        result = stats.fisher_exact(table, method=resampling)
        statistic, p_value = result.statistic, result.pvalue
        error = np.sqrt(p_value * (1 - p_value) / simulations)
        method = f"Fisher-Freeman-Halton, simulated ({simulations:,} tables, seed {SEED}, standard error {error:.1g})"
    return TestResult(method, int(table.sum()), p_value, statistic)


def compare_numbers(samples: Sequence[np.ndarray]) -> TestResult:
    """Whether a number (or an ordered score) lies higher in one group, by the test that RULE names."""
    samples = [sample for sample in (_known(sample) for sample in samples) if len(sample)]
    n = sum(len(sample) for sample in samples)
    if len(samples) < 2:
        return TestResult("not tested: fewer than two groups have values", n)
    if len(np.unique(np.concatenate(samples))) < 2:
        return TestResult("not tested: all values are equal", n)
    return mann_whitney(*samples) if len(samples) == 2 else kruskal_wallis(samples)


def mann_whitney(first: np.ndarray, second: np.ndarray) -> TestResult:
    """Mann-Whitney U of `first`, exact given the ties where that can be enumerated."""
    normal = mann_whitney_normal(first, second)
    try:
        p_value = exact.rank_sum(first, second)
    except exact.TooLargeToEnumerate:
        return normal
    return TestResult("Mann-Whitney, exact", normal.n, p_value, normal.statistic)


def mann_whitney_normal(first: np.ndarray, second: np.ndarray) -> TestResult:
    """Mann-Whitney U of `first` by the normal approximation with tie and continuity correction."""
    result = stats.mannwhitneyu(first, second, method="asymptotic")
    method = "Mann-Whitney, normal approximation"
    return TestResult(method, len(first) + len(second), result.pvalue, result.statistic)


def kruskal_wallis(samples: Sequence[np.ndarray]) -> TestResult:
    """Kruskal-Wallis H with tie correction, referred to chi-square."""
    result = stats.kruskal(*samples)
    n = sum(len(sample) for sample in samples)
    return TestResult("Kruskal-Wallis", n, result.pvalue, result.statistic, len(samples) - 1)


def spearman(first: np.ndarray, second: np.ndarray) -> TestResult:
    """Spearman's rho, its p-value from Student's t with n-2 degrees of freedom; pairs with a gap left out."""
    pairs = np.column_stack([np.asarray(first, dtype=float), np.asarray(second, dtype=float)])
    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    if len(pairs) < 3 or any(len(np.unique(column)) < 2 for column in pairs.T):
        return TestResult("not tested: fewer than three pairs, or one side does not vary", len(pairs))
    result = stats.spearmanr(pairs[:, 0], pairs[:, 1])
    return TestResult("Spearman", len(pairs), result.pvalue, result.statistic)


def sign_test(better: int, worse: int) -> TestResult:
    """The exact two-sided sign test; ties count neither way. The statistic is the number that went up.

    On two levels it is McNemar's exact test.
    """
    if not better + worse:
        return TestResult("not tested: no pair differs", 0)
    result = stats.binomtest(better, better + worse)
    return TestResult("Sign test, exact, ties left out", better + worse, result.pvalue, better)


def pooled_z(table: np.ndarray) -> TestResult:
    """Two-sided z-test of two proportions with the pooled variance; z is of the first minus the second.

    `table`: two groups down, event and no event across. Its square is Pearson's chi-square. Two
    proportions that are both 0 or both 1 do not differ: z = 0, p = 1.
    """
    table = np.asarray(table)
    totals, pooled = table.sum(axis=1), table[:, 0].sum() / table.sum()
    if pooled in (0, 1):
        return TestResult("pooled z", int(table.sum()), 1.0, 0.0)
    difference = np.subtract(*(table[:, 0] / totals))
    statistic = difference / np.sqrt(pooled * (1 - pooled) * (1 / totals).sum())
    return TestResult("pooled z", int(table.sum()), 2 * stats.norm.sf(abs(statistic)), statistic)


def adjust(p_values: Sequence[float], method: str) -> np.ndarray:
    """P-values adjusted over their family by "Bonferroni" or "Holm"."""
    from statsmodels.stats.multitest import multipletests  # here, because only one page needs it

    return multipletests(p_values, method=method.lower())[1] if len(p_values) else np.array([])


def _filled(table: np.ndarray) -> np.ndarray:
    """The table without its empty rows and columns, which no test can use."""
    table = np.asarray(table)
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]


def _known(sample: np.ndarray) -> np.ndarray:
    sample = np.asarray(sample, dtype=float)
    return sample[~np.isnan(sample)]
