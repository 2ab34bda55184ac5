"""Every defensible definition of response, side by side: does the answer depend on the one that was chosen?

Rows of the output `multiverse` have the definition of response in `variable` and the other choices in
`variable_level`, as `Specification.code` writes them. Rows with group1=distinct sum up, for each definition:
`all` counts the combinations whose numbers differ (N) and those with p below 0.05 (n), with their range of p; `above`
names each that is not below 0.05; `published` names the main analysis.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import pandas as pd

from adreport.pages.contract import pick, statistics, table, wide
from adreport.pages.counting import tested
from adreport.pages.exhibits import Settings
from adreport.stats import effects
from adreport.stats.counts import tabulate
from adreport.stats.tests import FEWEST, SIGNIFICANT, TestResult, compare_categories, not_tested
from adreport.study import dictionary
from adreport.study.model import Study

OUTPUT = "multiverse"
DEFINITIONS = ("effective", "significant")
DISTINCT, ALL, UNCLEAR, MAIN_ANALYSIS = "distinct", "all", "above", "published"
NEEDED = ["patient_id", "course", "treatment", *DEFINITIONS]


@dataclass(frozen=True)
class Specification:
    """One way to count: which courses of a patient, and what becomes of gaps and rescue courses.

    `courses`: all, first or last of each patient. `missing`: excluded or failure. `rescue`: out or in.
    """

    courses: str = "all"
    missing: str = "excluded"
    rescue: str = "out"

    @property
    def code(self) -> str:
        """The choices as the results name them: "courses all, missing excluded, rescue out"."""
        return f"courses {self.courses}, missing {self.missing}, rescue {self.rescue}"


SPECIFICATIONS = tuple(
    Specification(*choice) for choice in product(("all", "first", "last"), ("excluded", "failure"), ("out", "in"))
)
FEW = ("out", "in")  # treatments with fewer than `min_courses` courses in the test over all treatments
MAIN = ("effective", Specification(), "out")


def rates(study: Study, settings: Settings) -> Iterator[dict]:
    """Each treatment's rate of response by every specification, with exact intervals."""
    for specification, definition, counts, _ in _counted(study):
        for code in counts.columns:
            events, total = int(counts.loc[True, code]), int(counts[code].sum())
            rate = effects.clopper_pearson(events, total, settings.confidence_level)
            keys = {"group1": "treatment", "group1_level": code, "variable": definition}
            yield from statistics(OUTPUT, rate.statistics, rate.method, variable_level=specification.code, **keys)


def tests(study: Study, settings: Settings) -> Iterator[dict]:
    """The test over all treatments by every combination of choices, and how its p-values spread."""
    rows: list[dict] = []
    for specification, definition, counts, number in _counted(study):
        enough = {"out": number.index[number >= settings.min_courses], "in": number.index}
        for few in FEW:
            compared = counts.loc[:, counts.columns.isin(enough[few])]
            combination = (definition, specification, few)
            rows += _test(compared, definition, f"{specification.code}, few {few}", combination == MAIN)
    yield from rows
    yield from _spread(rows)


def choices(combination: str) -> dict[str, str]:
    """The choices of a combination, by name, from its variable_level: {"courses": "all", ..., "few": "out"}."""
    return dict(choice.split(" ") for choice in combination.split(", "))


def selected(courses: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The courses that a specification counts; the course is chosen first, then a missing response handled."""
    if specification.courses != "all":
        courses = courses.drop_duplicates("patient_id", keep=specification.courses)
    if specification.missing == "failure":
        courses = courses.assign(**{name: courses[name].fillna(False) for name in DEFINITIONS})
    return courses


def _counted(study: Study) -> Iterator[tuple[Specification, str, pd.DataFrame, pd.Series]]:
    """By each specification and definition: responses and other courses (down) of the treatments (across).

    The last item is the number of courses of each treatment, whichever of a patient's are counted.
    """
    pools = {"out": study.courses[NEEDED], "in": _with_rescue(study)}
    for specification in SPECIFICATIONS:
        pool = pools[specification.rescue]
        number, courses = pool["treatment"].value_counts(), selected(pool, specification)
        for definition in DEFINITIONS:
            counts = tabulate(courses, definition, "treatment").reindex([True, False], fill_value=0)
            yield specification, definition, counts, number


def _with_rescue(study: Study) -> pd.DataFrame:
    together = pd.concat([rows[NEEDED].astype({"treatment": str}) for rows in (study.courses, study.rescue_courses)])
    present = set(together["treatment"])
    codes = [code for code in dictionary.treatments() if code in present]
    return together.assign(treatment=pd.Categorical(together["treatment"], codes)).sort_values(["patient_id", "course"])


def _test(counts: pd.DataFrame, definition: str, combination: str, main: bool) -> Iterator[dict]:
    cells = counts.T.to_numpy().reshape(-1, 2)
    result = _compared(tuple(map(tuple, cells[:, ::-1].tolist())))
    keys = {"group1": "treatment", "variable": definition, "variable_level": combination}
    yield from tested(OUTPUT, result, **keys)
    yield from statistics(OUTPUT, {"n": int(cells[:, 0].sum())}, **keys)
    if main:
        yield from tested(OUTPUT, result, **keys | {"group1": DISTINCT, "group1_level": MAIN_ANALYSIS})


@lru_cache(maxsize=256)
def _compared(cells: tuple[tuple[int, int], ...]) -> TestResult:
    """The test by the rule of all tables, of courses without and with the outcome; the same counts are tested once."""
    if sum(sum(row) >= FEWEST for row in cells) < 2:
        return not_tested(f"fewer than two treatments have {FEWEST} courses", sum(map(sum, cells)))
    return compare_categories(np.array(cells, dtype=int).reshape(-1, 2))


def _spread(rows: list[dict]) -> Iterator[dict]:
    """The combinations that do not give the same numbers as one before them; those not below 0.05 by name."""
    tests = pick(table(rows), group1="treatment", stat_name=["n", "N", "p.value"])
    for definition in DEFINITIONS:
        numbers = wide(pick(tests, variable=definition), "variable_level").reindex(columns=["n", "N", "p.value"])
        p = numbers.dropna().round(12).drop_duplicates()["p.value"]
        keys = {"group1": DISTINCT, "variable": definition}
        if len(p):
            counts = {"n": int((p < SIGNIFICANT).sum()), "N": len(p), "min": p.min(), "max": p.max()}
            yield from statistics(OUTPUT, counts, group1_level=ALL, **keys)
        for combination, value in p[p >= SIGNIFICANT].items():
            yield from statistics(
                OUTPUT, {"p.value": value}, group1_level=UNCLEAR, variable_level=combination, **keys
            )  # fmt: skip
