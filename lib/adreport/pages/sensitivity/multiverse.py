"""Every defensible definition of response, side by side: does the answer depend on the one that was chosen?

Rows of the output `multiverse` have the definition of response in `variable` and the other choices
in `variable_level`, as `Specification.code` writes them. Of each definition, group1=distinct counts the
combinations whose numbers differ (N), those with p below 0.05 (n), and their range of p.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from adreport.pages.contract import in_words, pick, statistics, table, wide
from adreport.pages.exhibits import MIN_COURSES
from adreport.stats import effects
from adreport.stats import tests as inference
from adreport.stats.counts import tabulate
from adreport.stats.tests import TestResult
from adreport.study import dictionary
from adreport.study.model import Study

OUTPUT = "multiverse"
DEFINITIONS = ("effective", "significant")
SIMULATIONS = 10_000  # of one combination's test, where its tables are too many to enumerate
PUBLISHED = "; as published"
SIGNIFICANT = 0.05
DISTINCT, UNCLEAR = "distinct", "above"
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
AS_PUBLISHED = ("effective", Specification(), "out")


def combinations(study: Study, confidence_level: float = 0.95, min_courses: int = MIN_COURSES) -> Iterator[dict]:
    """Each treatment's rate by every specification, the test over all treatments by each, and how they spread."""
    rows = list(_every(study, confidence_level, min_courses))
    yield from rows
    yield from _spread(rows)


def _every(study: Study, confidence_level: float, min_courses: int) -> Iterator[dict]:
    every = {"out": study.courses[NEEDED], "in": _with_rescue(study)}
    tests: dict[bytes, TestResult] = {}
    for specification in SPECIFICATIONS:
        pool = every[specification.rescue]
        number = pool["treatment"].value_counts()
        enough = {"out": set(number.index[number >= min_courses]), "in": set(number.index)}
        chosen = selected(pool, specification)
        for definition in DEFINITIONS:
            counts = tabulate(chosen, definition, "treatment").reindex([True, False], fill_value=0)
            yield from _rates(counts, definition, specification, confidence_level)
            for few in FEW:
                own = counts[[code for code in counts.columns if code in enough[few]]]
                yield from _test(own, definition, specification, few, tests)


def selected(courses: pd.DataFrame, specification: Specification) -> pd.DataFrame:
    """The courses that a specification counts; the course is chosen first, then a missing response handled."""
    if specification.courses != "all":
        courses = courses.drop_duplicates("patient_id", keep=specification.courses)
    if specification.missing == "failure":
        courses = courses.assign(**{name: courses[name].fillna(False) for name in DEFINITIONS})
    return courses


def _spread(rows: list[dict]) -> Iterator[dict]:
    """The combinations that do not give the same numbers as one before them; those not below 0.05 by name."""
    tests = pick(table(rows), group1="treatment", group1_level="", stat_name=["n", "N", "p.value"])
    for definition in DEFINITIONS:
        own = pick(tests, variable=definition)
        frame = wide(own, "variable_level").reindex(columns=["n", "N", "p.value"]).dropna().round(12).drop_duplicates()
        p = frame["p.value"]
        keys = {"group1": DISTINCT, "group1_level": "all", "variable": definition}
        if len(p):
            counts = {"n": int((p < SIGNIFICANT).sum()), "N": len(p), "min": p.min(), "max": p.max()}
            yield from statistics(OUTPUT, counts, **keys)
        for code, value in p[p >= SIGNIFICANT].items():
            yield from statistics(OUTPUT, {"p.value": value}, **keys | {"group1_level": UNCLEAR}, variable_level=code)


def _with_rescue(study: Study) -> pd.DataFrame:
    together = pd.concat([rows[NEEDED].astype({"treatment": str}) for rows in (study.courses, study.rescue_courses)])
    known = [code for code in dictionary.treatments() if code in set(together["treatment"])]
    together["treatment"] = pd.Categorical(together["treatment"], known)
    return together.sort_values(["patient_id", "course"])


def _rates(
    counts: pd.DataFrame, definition: str, specification: Specification, confidence_level: float
) -> Iterator[dict]:
    for code in counts.columns:
        rate = effects.clopper_pearson(int(counts.loc[True, code]), int(counts[code].sum()), confidence_level)
        keys = {"group1": "treatment", "group1_level": code, "variable": definition}
        yield from statistics(OUTPUT, rate.statistics, rate.method, variable_level=specification.code, **keys)


def _test(
    counts: pd.DataFrame, definition: str, specification: Specification, few: str, known: dict[bytes, TestResult]
) -> Iterator[dict]:
    """The test of one combination by the rule of all tables; combinations of the same counts are tested once."""
    cells = counts.T.to_numpy().reshape(-1, 2)
    cells = cells[np.lexsort(cells.T)]
    if cells.tobytes() not in known:
        known[cells.tobytes()] = inference.compare_categories(cells, SIMULATIONS)
    result = known[cells.tobytes()]
    published = PUBLISHED if (definition, specification, few) == AS_PUBLISHED else ""
    keys = {"variable": definition, "variable_level": f"{specification.code}, few {few}"}
    values = result.statistics | {"n": int(cells[:, 0].sum())}
    yield from statistics(OUTPUT, values, in_words(result) + published, group1="treatment", **keys)
