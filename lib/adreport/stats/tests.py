"""Hypothesis tests, each with the name of its variant; and the rule by which a test is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from scipy import stats

from adreport.stats import exact

# The rule by which a test is chosen: compare_categories, compare_numbers and spearman follow it,
# and the efficacy page shows it.
RULE = (
    ("Two categorical variables, expected counts large enough (none below 1, at most a fifth below 5; Cochran 1954)",
     "Pearson's chi-square without continuity correction"),
    ("Two categorical variables with smaller expected counts, 2×2",
     "Fisher's exact test, two-sided by probability; its statistic is the odds ratio of the later "
     "level (yes, of no and yes), first group to second"),
    ("Two categorical variables with smaller expected counts, r×c", "Fisher-Freeman-Halton exact test; where its "
     "tables are too many to enumerate, simulated from 100,000 with a fixed seed, its standard error given"),
    ("A number or an ordered score between two groups", "Mann-Whitney, exact given the ties; where that cannot be "
     "enumerated, normal approximation with tie and continuity correction"),
    ("A number or an ordered score between more than two groups", "Kruskal-Wallis with tie correction"),
    ("Two numbers or ordered scores", "Spearman's rank correlation, p and interval after Bonett and Wright"),
)  # fmt: skip

NOT_TESTED = "not tested"
PEARSON = "Pearson chi-square"
# Of fewer patients on a side there is no test; of fewer patients or courses pages give counts only, no percentage,
# rate, quartile, interval or estimated time.
FEWEST = 5
SIGNIFICANT = 0.05  # the level at which reports call a difference shown
SIMULATIONS = 100_000
SEED = 1953
SINGULAR = 1e-9  # of a covariance's largest eigenvalue; rounding alone leaves less


@dataclass(frozen=True)
class TestResult:
    """A test as it was run: `method` names its variant, `n` counts the observations, `note` says how it was simulated.

    Where a test makes no sense, `method` is "not tested", `p_value` is NaN and `reason` says why.
    """

    method: str
    n: int
    p_value: float = float("nan")
    statistic: float = float("nan")
    parameter: float = float("nan")
    reason: str = ""
    note: str = ""

    __test__ = False  # pytest must not collect a class for its name

    @property
    def statistics(self) -> dict[str, float]:
        """The result by the names of the results contract."""
        return {"statistic": self.statistic, "parameter": self.parameter, "p.value": self.p_value, "N": self.n}


@dataclass(frozen=True, eq=False)
class QuadraticForm:
    """How far the sums of g groups lie from what is expected (g,), in terms of their covariance (g, g).

    The groups' sums add up to a constant, so that the covariance is singular and its inverse a generalised one.
    """

    expected: np.ndarray
    covariance: np.ndarray

    @cached_property
    def rank(self) -> int:
        """Degrees of freedom: the rank of the covariance, by the same threshold as its inverse."""
        rank = np.linalg.matrix_rank(self.covariance, rtol=SINGULAR, hermitian=True)
        return int(rank) if self.covariance.any() else 0

    @cached_property
    def inverse(self) -> np.ndarray:
        """The Moore-Penrose inverse of the covariance (g, g)."""
        return np.linalg.pinv(self.covariance, rcond=SINGULAR, hermitian=True)

    def distance(self, sums: np.ndarray) -> np.ndarray:
        """The chi-square statistic of sums (..., g)."""
        away = sums - self.expected
        return ((away @ self.inverse) * away).sum(axis=-1)

    def chi_square(self, method: str, n: int, sums: np.ndarray) -> TestResult:
        """The observed sums (g,) tested against chi-square, on as many degrees of freedom as the covariance has."""
        statistic = float(self.distance(sums))
        return TestResult(method, n, float(stats.chi2.sf(statistic, self.rank)), statistic, self.rank)


def not_tested(reason: str, n: int) -> TestResult:
    """The result where a test makes no sense."""
    return TestResult(NOT_TESTED, n, reason=reason)


def simulation(number: int, things: str, p_value: float) -> str:
    """How a p-value was simulated, in words: "10,000 tables, seed 1953, standard error 0.005"."""
    error = np.sqrt(p_value * (1 - p_value) / number)
    return f"{number:,} {things}, seed {SEED}, standard error {Decimal(f'{error:.1g}'):f}"


def compare_categories(table: np.ndarray) -> TestResult:
    """Independence of groups (down) and levels (across), by the test that RULE names.

    Levels ascend (no before yes): the statistic of Fisher's test is the odds ratio of the second level, that of the
    first group to that of the second.
    """
    table = without_empty(table)
    if min(table.shape) < 2:
        return not_tested("fewer than two groups or levels occur", int(table.sum()))
    expected = stats.contingency.expected_freq(table)
    if expected.min() >= 1 and (expected < 5).mean() <= 0.2:
        return pearson(table)
    return fisher(table[:, ::-1]) if table.shape == (2, 2) else fisher_freeman_halton(table)


def pearson(table: np.ndarray) -> TestResult:
    """Pearson's chi-square test, without continuity correction."""
    result = stats.chi2_contingency(table, correction=False)
    return TestResult(PEARSON, int(np.sum(table)), result.pvalue, result.statistic, result.dof)


def fisher(table: np.ndarray) -> TestResult:
    """Fisher's exact test, two-sided by probability.

    `table`: two groups down, event and no event across. The statistic is the sample odds ratio of the event, first
    group to second.
    """
    result = stats.fisher_exact(table)
    return TestResult("Fisher exact", int(np.sum(table)), result.pvalue, result.statistic)


def fisher_freeman_halton(table: np.ndarray) -> TestResult:
    """The exact test of an r x c table; the statistic is the probability of the observed table.

    Where it is simulated, the same table gives the same p in whatever order its groups stand.
    """
    table = np.asarray(table)
    n = int(table.sum())
    try:
        statistic, p_value = exact.fisher_freeman_halton(table)
    except exact.TooLargeToEnumerate:
        resampling = stats.MonteCarloMethod(n_resamples=SIMULATIONS, rng=np.random.default_rng(SEED))
        result = stats.fisher_exact(table[np.lexsort(table.T)], method=resampling)
        note = simulation(SIMULATIONS, "tables", result.pvalue)
        return TestResult("Fisher-Freeman-Halton, simulated", n, result.pvalue, result.statistic, note=note)
    return TestResult("Fisher-Freeman-Halton exact", n, p_value, statistic)


def compare_numbers(samples: Sequence[np.ndarray]) -> TestResult:
    """Whether a number (or an ordered score) tends to be higher in one group, by the test that RULE names.

    NaN are left out.
    """
    samples = [sample for sample in map(without_nan, samples) if len(sample)]
    n = sum(map(len, samples))
    if len(samples) < 2:
        return not_tested("fewer than two groups have values", n)
    if len(np.unique(np.concatenate(samples))) < 2:
        return not_tested("all values are equal", n)
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
    return TestResult("Mann-Whitney, normal approximation", len(first) + len(second), result.pvalue, result.statistic)


def kruskal_wallis(samples: Sequence[np.ndarray]) -> TestResult:
    """Kruskal-Wallis H with tie correction, referred to chi-square."""
    result = stats.kruskal(*samples)
    return TestResult("Kruskal-Wallis", sum(map(len, samples)), result.pvalue, result.statistic, len(samples) - 1)


def spearman(first: np.ndarray, second: np.ndarray) -> TestResult:
    """Spearman's rho; incomplete pairs are left out.

    Its p-value is that of the interval beside it: Fisher's z with the variance of Bonett and Wright (Psychometrika
    2000;65:23), so that the interval excludes 0 where p is below its level.
    """
    pairs = np.column_stack([np.asarray(first, dtype=float), np.asarray(second, dtype=float)])
    pairs = pairs[~np.isnan(pairs).any(axis=1)]
    if len(pairs) < FEWEST or any(len(np.unique(column)) < 2 for column in pairs.T):
        return not_tested(f"fewer than {FEWEST} pairs, or one side does not vary", len(pairs))
    rho = stats.spearmanr(pairs[:, 0], pairs[:, 1]).statistic
    z = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12)) / np.sqrt((1 + rho**2 / 2) / (len(pairs) - 3))
    return TestResult("Spearman", len(pairs), 2 * stats.norm.sf(abs(z)), rho)


def sign_test(better: int, worse: int) -> TestResult:
    """The exact two-sided sign test, without the ties; the statistic is the number that went up.

    On two levels it is McNemar's exact test.
    """
    if better + worse < FEWEST:
        return not_tested(f"fewer than {FEWEST} pairs differ", better + worse)
    result = stats.binomtest(better, better + worse)
    return TestResult("Sign test, exact, ties left out", better + worse, result.pvalue, better)


def pooled_z(table: np.ndarray) -> TestResult:
    """Two-sided z-test of two proportions with the pooled variance, the first minus the second.

    `table`: two groups down, event and no event across. The square of z is Pearson's chi-square. Two
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
    """P-values adjusted over their family by "Bonferroni" or "Holm" (Scand J Stat 1979;6:65), as R's p.adjust.

    NaN are not in the family and stay NaN.
    """
    p_values = np.asarray(p_values, dtype=float)
    order = np.argsort(p_values)[: np.count_nonzero(~np.isnan(p_values))]  # NaN sort last
    factors = {"Bonferroni": len(order), "Holm": np.arange(len(order), 0, -1)}[method]
    adjusted = np.full(len(p_values), np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1)
    return adjusted


def without_empty(table: np.ndarray) -> np.ndarray:
    """The table without its empty rows and columns, which no test can use."""
    table = np.asarray(table)
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]


def without_nan(sample: np.ndarray) -> np.ndarray:
    """The sample as floats, without NaN."""
    sample = np.asarray(sample, dtype=float)
    return sample[~np.isnan(sample)]
