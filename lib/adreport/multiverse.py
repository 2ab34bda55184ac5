"""Every defensible definition of response, side by side: does the answer depend on the one that was chosen?

Rows of the output `multiverse` have the definition of response in `variable` and the other choices
in `variable_level`, as `Specification.code` writes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from adreport import dictionary, inference
from adreport.cohort import MIN_COURSES
from adreport.frequencies import tabulate
from adreport.inference import TestResult
from adreport.results import statistics
from adreport.study import Study

OUTPUT = "multiverse"
DEFINITIONS = ("effective", "significant")
SIMULATIONS = 10_000  # of one combination's test, where its tables are too many to enumerate
PUBLISHED = "; as published"
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
    """Each treatment's rate by every specification, and the test over all treatments by each."""
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


def _with_rescue(study: Study) -> pd.DataFrame:
    together = pd.concat([rows[NEEDED].astype({"treatment": str}) for rows in (study.courses, study.rescue_courses)])
    known = [code for code in dictionary.treatments() if code in set(together["treatment"])]
    together["treatment"] = pd.Categorical(together["treatment"], known)
    return together.sort_values(["patient_id", "course"])


def _rates(
    counts: pd.DataFrame, definition: str, specification: Specification, confidence_level: float
) -> Iterator[dict]:
    method = f"Clopper-Pearson interval, {confidence_level:.0%}"
    for code in counts.columns:
        rate = inference.clopper_pearson(int(counts.loc[True, code]), int(counts[code].sum()), confidence_level)
        keys = {"group1": "treatment", "group1_level": code, "variable": definition}
        yield from statistics(OUTPUT, rate, method, variable_level=specification.code, **keys)


def _test(
    counts: pd.DataFrame, definition: str, specification: Specification, few: str, known: dict[bytes, TestResult]
) -> Iterator[dict]:
    """The test of one combination by the rule of all tables; combinations of the same counts are tested once."""
    table = counts.T.to_numpy().reshape(-1, 2)
    table = table[np.lexsort(table.T)]
    if table.tobytes() not in known:
        known[table.tobytes()] = inference.compare_categories(table, SIMULATIONS)
    result = known[table.tobytes()]
    published = PUBLISHED if (definition, specification, few) == AS_PUBLISHED else ""
    keys = {"variable": definition, "variable_level": f"{specification.code}, few {few}"}
    values = result.statistics | {"n": int(table[:, 0].sum())}
    yield from statistics(OUTPUT, values, result.method + published, group1="treatment", **keys)
