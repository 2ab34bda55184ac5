"""The statistics of a report as they may leave the house: stated, shortened or kept back, each by the policy.

Counts are judged by the patients behind them and by what follows from other counts (`suppression`). Shares, rates and
their intervals are made anew from what is stated, so that they say nothing else. Medians, models, curves and tests
need more patients; they are shortened, since their last digits can give a count away.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, floor, isinf, isnan, log10

import numpy as np
import pandas as pd

from adreport.pages.contract import COLUMNS, KEYS
from adreport.pages.sequences.pathways import THEN
from adreport.sharing.cells import Cells
from adreport.sharing.contributions import Key
from adreport.sharing.policy import COUNTS, KEPT_BACK, OFF, SINGLE_VALUES, TERMS, Policy
from adreport.sharing.suppression import Suppression
from adreport.stats.effects import poisson_rate, wilson
from adreport.study.dictionary import treatments

NAMES = TERMS | {"patient_id"}
NAMED = (("group1", "group1_level"), ("group2", "group2_level"), ("variable", "variable_level"))
OUTCOMES = frozenset({"effective", "significant", "side_effect"})
MEDIANS, QUARTILES = frozenset({"median"}), frozenset({"p25", "p75", "iqr"})
LIMITS = ("conf.low", "conf.high")
STEP = 0.05  # of survival, of differences of shares
CURVE = "drug_survival"
NOBODY = 1e-9
DOMINANT = 0.5  # the largest share that one patient may have in a sum
SEED = 1953
Statistics = dict[str, float]


@dataclass(frozen=True)
class Behind:
    """What is known of the patients behind the counts of a report.

    `shares`: of each count in each group of patients; `most`: the most courses or side effects that a patient has.
    """

    shares: Mapping[Key, np.ndarray]
    cells: Cells
    suppression: Suppression
    most: int

    def patients(self, key: Key, value: float) -> int:
        """How many patients are at least behind a count."""
        if key in self.shares:
            return int((self.shares[key] > 0).sum())
        return ceil(value / self.most)

    def kept_back(self, key: Key) -> bool | None:
        """Whether a count is kept back; None where it is not known what it counts."""
        return self.cells.unknown[key] in self.suppression.kept_back if key in self.cells.unknown else None

    def protected(self, key: Key) -> bool:
        """Whether a count, or the rest of its total, is of few patients."""
        numbers = {self.cells.unknown.get(key), self.cells.complement.get(key)}
        return not numbers.isdisjoint(self.suppression.protected)


@dataclass(frozen=True)
class Release:
    """Rows of the results contract that may be stated, and those that are kept back, whose values nobody may read.

    `rare`: terms, typed by somebody, that are of few patients, so that their very names tell of them.
    """

    stated: pd.DataFrame
    kept_back: pd.DataFrame
    rare: frozenset[str] = frozenset()

    def filled(self, number: int) -> pd.DataFrame:
        """All rows, with arbitrary values, notes and names in place of what is kept back, others for each `number`."""
        draws = np.random.default_rng([SEED, number])
        known = self.stated.set_index(KEYS)["stat"].to_dict()
        values = np.array([value for base in _bases(self.kept_back) for value in _arbitrary(base, known, draws)])
        with_unit = (self.kept_back["unit"].ne("") & self.kept_back["stat_name"].isin(["estimate", *LIMITS])).to_numpy()
        values[with_unit] = _in_units(self.kept_back.loc[with_unit, "unit"], values[with_unit], draws)
        arbitrary = self.kept_back.assign(stat=values, note=f"arbitrary {number}")
        for name, level in NAMED:
            of_patients = arbitrary[name].isin(NAMES) & arbitrary["output"].isin(KEPT_BACK)
            rare = of_patients | arbitrary[level].isin(self.rare)
            names = [_name(word, kind, number) for word, kind in zip(arbitrary[level], arbitrary[name], strict=True)]
            arbitrary[level] = arbitrary[level].where(~rare, pd.Series(names, arbitrary.index))
        return pd.concat([self.stated, arbitrary]).sort_index()[COLUMNS]


def _in_units(units: pd.Series, values: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    """Values from −1 to 1 as ratios, or as times and other quantities that differ when they are printed."""
    scale = 10 ** draws.uniform(1.5, 3)
    ratios, shares = units.str.contains("ratio"), units.str.contains("difference|delta|Cramér|rho")
    return np.where(ratios, np.exp(values), np.where(shares, values, scale * (1.1 + values)))


def _name(word: str, kind: str, number: int) -> str:
    """A name that stands for another one, a different one in each filling; of an order of treatments another order."""
    digest = hashlib.sha256(f"{number} {word}".encode())
    if kind != "pathway":
        return digest.hexdigest()[:12]
    codes = list(treatments())
    return THEN.join(codes[byte % len(codes)] for byte in digest.digest()[:8])


def release(rows: pd.DataFrame, behind: Behind, policy: Policy) -> Release:
    """What of the rows of a report may be stated.

    `rows`: in the results contract, with `stat` as a number.
    """
    judge, rare = _Judge(rows, behind, policy), _rare_terms(rows, behind)
    values = [judge.stated(key) for key in rows[KEYS].itertuples(index=False, name=None)]
    names_rare = rows[[level for _, level in NAMED]].isin(rare).any(axis=1)
    single = rows["output"].isin(KEPT_BACK) | rows["stat_name"].isin(SINGLE_VALUES) | names_rare
    stated = pd.Series(values, index=rows.index, dtype=float).where(~single)
    without_numbers = rows["note"].where(~rows["note"].str.contains(r"\d") | (rows["output"] == "study"), "")
    rows = rows.assign(stat=stated, note=without_numbers)
    return Release(rows[stated.notna()], rows[stated.isna()], rare)


def _rare_terms(rows: pd.DataFrame, behind: Behind) -> frozenset[str]:
    """Terms of few patients in the whole, and orders of treatments."""
    whole = rows.loc[(rows["stat_name"] == "n") & (rows["group1"] == ""), KEYS]
    found = {
        key[KEYS.index(level)]
        for key in whole.itertuples(index=False, name=None)
        for name, level in NAMED[1:]
        if key[KEYS.index(name)] in TERMS and key[KEYS.index(level)] and behind.protected(key)
    }
    return frozenset(found - set(treatments()))


class _Judge:
    """What is stated of each statistic; NaN for nothing."""

    def __init__(self, rows: pd.DataFrame, behind: Behind, policy: Policy):
        self.behind, self.policy = behind, policy
        self.raw: dict[Key, Statistics] = {}
        self.methods: dict[Key, str] = {}
        columns = [*KEYS, "stat", "method"]
        for *key, stat, method in rows[columns].itertuples(index=False, name=None):
            self.raw.setdefault(tuple(key[:-1]), {})[key[-1]] = float(stat)
            self.methods[tuple(key)] = method

    def stated(self, key: Key) -> float:
        """A statistic as it may be stated."""
        name, base = key[-1], key[:-1]
        if name in COUNTS:
            return self.count(key)
        if name == "patient_years":
            return self.time(key)
        if name in ("p", "rate") or (name in LIMITS and self._is_of_counts(key)):
            return self.of_counts(base).get(name, float("nan"))
        return self.estimate(key)

    def count(self, key: Key) -> float:
        """A count, rounded."""
        value = self.raw[key[:-1]][key[-1]]
        if key[0] == "study" or (key[0] == "flow" and key[5].startswith("treatments")):
            return value  # of sentences and of treatments, not of patients
        hidden = self.behind.kept_back(key)
        if hidden is None:
            rest = self.raw[key[:-1]].get("N", value) - value if key[-1] == "n" else 0.0
            hidden = self.policy.rounding == OFF or any(
                one > 0 and self.behind.patients(("",), one) < self.policy.threshold for one in (value, rest)
            )
        return float("nan") if hidden else self.policy.rounded(value)

    def time(self, key: Key) -> float:
        """A sum of times on treatment, in whole years, where nobody's is most of it."""
        share = self.behind.shares.get(key)
        if share is None or (share > 0).sum() < self.policy.fewest_for_median or share.max() > DOMINANT * share.sum():
            return float("nan")
        return float(round(share.sum()))

    def of_counts(self, base: Key) -> Statistics:
        """A share or a rate with its interval, from counts as they are stated."""
        names = self.raw[base]
        n, total = (self.count((*base, name)) if name in names else float("nan") for name in ("n", "N"))
        level = self._level(base)
        if "patient_years" in names:
            years = self.time((*base, "patient_years"))
            found = poisson_rate(int(n), years, confidence_level=level).statistics if n >= 0 and years > 0 else {}
        else:
            found = wilson(int(min(n, total)), int(total), level).statistics if n >= 0 and total > 0 else {}
        return found

    def _level(self, base: Key) -> float:
        method = self.methods.get((*base, "conf.low"), "")
        digits = method.rsplit(" ", 1)[-1].rstrip("%")
        return float(digits) / 100 if method.endswith("%") else 0.95

    def _is_of_counts(self, key: Key) -> bool:
        method = self.methods[key]
        return method.startswith("Wilson") or "rate" in self.raw[key[:-1]]

    def estimate(self, key: Key) -> float:
        """A median, an estimate or a p-value, shortened, where it rests on enough patients."""
        name, value, patients = key[-1], self.raw[key[:-1]][key[-1]], self.patients(key)
        if name in MEDIANS and "conf.low" not in self.raw[key[:-1]]:
            return shortened(value) if patients >= self.policy.fewest_for_median else float("nan")
        if patients < self.policy.fewest_for_estimates or self._gives_away(key):
            return float("nan")
        if name in QUARTILES | MEDIANS:
            return shortened(value)
        if name.startswith("p.value"):
            return shortened(value, 1)
        if name == "estimate" or name in LIMITS:
            return STEP * round(value / STEP) if abs(value) <= 1 and not self._is_ratio(key) else shortened(value)
        return float("nan")

    def _is_ratio(self, key: Key) -> bool:
        return "odds" in self.methods[key] or "hazard" in self.methods[key]

    def patients(self, key: Key) -> int:
        """How many patients are at least behind an estimate: those of its own total, else of the same without level."""
        output, g1, l1, g2, l2, variable, _, _ = key
        for base in (key[:-1], (output, g1, l1, g2, l2, variable, ""), (output, g1, l1, "", "", variable, "")):
            for name in ("patients", "N", "courses"):
                if name in self.raw.get(base, {}):
                    value = self.raw[base][name]
                    return int(value) if name == "patients" else self.behind.patients((*base, name), value)
        return 0

    def _gives_away(self, key: Key) -> bool:
        """Whether an estimate goes with counts of few patients: of an outcome with a treatment, of early ends."""
        output, group1, level1, group2, level2, variable, level, name = key
        if name == "p.value" or name == "p.value.adjusted":
            return False
        codes = [code for group, code in ((group1, level1), (group2, level2)) if group == "treatment" and code]
        if variable in OUTCOMES:
            cells = [("table2", "treatment", code, "", "", variable, "", "n") for code in codes]
            return any(map(self.behind.protected, cells))
        if output == "survival" and level:
            whole = (output, group1, level1, group2, level2, variable, ""), (output, group1, level1, "", "", CURVE, "")
            total = next((self.raw[base]["N"] for base in whole if "N" in self.raw.get(base, {})), 0.0)
            share = self.raw[key[:-1]].get("estimate", float("nan"))
            both = (share * total, total - share * total)
            return not total or not all(n < NOBODY or n >= self.policy.threshold for n in both)
        return False


def shortened(value: float, digits: int = 2) -> float:
    """A number with so many significant digits."""
    if not value or isinf(value) or isnan(value):
        return value
    return round(value, digits - 1 - floor(log10(abs(value))))


def _bases(rows: pd.DataFrame) -> Iterator[list[Key]]:
    """The keys of rows, those of one base (all but the statistic's name) together, in the order of the rows."""
    together: list[Key] = []
    for key in rows[KEYS].itertuples(index=False, name=None):
        if together and together[-1][:-1] != key[:-1]:
            yield together
            together = []
        together.append(key)
    if together:
        yield together


def _arbitrary(keys: list[Key], known: Mapping[Key, float], draws: np.random.Generator) -> list[float]:
    """Values that statistics of one base could have beside those that are stated."""
    base = keys[0][:-1]
    n, total = known.get((*base, "n")), known.get((*base, "N"))
    total = float((n or 0) + draws.integers(1, 90)) if total is None else total
    n = float(draws.integers(0, int(total) + 1)) if n is None else n
    low, middle, high = sorted(draws.uniform(0.02 if {key[-1] for key in keys} & {"p", "rate"} else -0.98, 0.98, 3))
    p, adjusted = 10 ** draws.uniform(-3.5, -0.01, 2)
    drawn = {
        "n": n, "N": total, "p": n / total if total else 0.0, "conf.low": low, "estimate": middle, "conf.high": high,
        "p25": 10 + 9 * low, "median": 10 + 9 * middle, "p75": 10 + 9 * high, "iqr": 9 * (high - low),
        "p.value": p, "p.value.adjusted": adjusted,
    }  # fmt: skip
    return [drawn.get(key[-1], float(draws.integers(1, 90))) for key in keys]
