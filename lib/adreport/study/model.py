"""A study: patients, their treatment courses and side effects; how it is read and how it is restricted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from adreport.study import dictionary, eras
from adreport.study.card import card
from adreport.study.courses import with_outcomes
from adreport.study.description import Description
from adreport.study.faults import Fault, ParameterFault, nearest
from adreport.study.filters import FILTERS, Bound, Filters
from adreport.study.response import ResponseScale

RECONSTRUCTED = "reconstructed, synthetic values"


@dataclass(frozen=True)
class Study:
    """The data of a report.

    `patients`: one row a patient. `courses`: one row a treatment course, with what follows from
    it (`line`, `next_treatment`, `effective`, `significant`, `side_effect`, `duration_months`). `side_effects`:
    one row an event, with `organ_class` and `other_treatment`. `rescue_courses`: short corticosteroid
    courses, reported apart. `recorded`: the study before rules and filters, where there were any. `source`: the name
    of the file or folder; `given`: the path by which it was asked for, "" for a study that was not read from a file.
    `sharing`: what study.yml sets of a report that may leave the house.
    """

    patients: pd.DataFrame
    courses: pd.DataFrame
    side_effects: pd.DataFrame
    rescue_courses: pd.DataFrame
    response: ResponseScale
    title: str = ""
    notice: str = ""
    data_lock_date: date | None = None
    reproduces: str = ""
    provenance: Mapping[str, list[str]] = field(default_factory=dict)
    source: str = ""
    given: str = ""
    checksum: str = ""
    selection: Filters = Filters()
    rules: eras.Rules = eras.Rules()
    recorded: "Study | None" = None
    warnings: tuple[Fault, ...] = ()
    side_effects_recorded: bool = True
    description: Description = Description()
    sharing: Mapping[str, Any] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        return card(self)

    @staticmethod
    def data_dictionary() -> pd.DataFrame:
        """Every column of the tables: type, unit and meaning, and whether it is `recorded` or derived from others."""
        names = ["table", "name", "type", "unit", "meaning"]
        columns = [one for table in dictionary.TABLES for one in dictionary.columns(table).values()]
        recorded = pd.DataFrame([[getattr(one, name) for name in names] for one in columns], columns=names)
        derived = pd.DataFrame([row for table in dictionary.TABLES for row in dictionary.derived(table)])
        derived = derived.rename(columns={"column": "name"})
        return pd.concat([recorded.assign(recorded=True), derived.assign(recorded=False)], ignore_index=True)

    def under(self, rules: eras.Rules) -> "Study":
        """The study with its courses joined, left out and put in order by other rules.

        Raises ValueError after `select`, since rules need whole histories; ParameterFault when nothing is left.
        """
        if self.selection:
            raise ValueError("rules come before filters: they need the whole history of each patient")
        whole = self.recorded or self
        courses, rescue = whole.courses, whole.rescue_courses
        if rules.rescue == eras.RESCUE_IN:
            levels = pd.CategoricalDtype(list(dictionary.treatments()), ordered=courses["treatment"].cat.ordered)
            courses = pd.concat([rows.astype({"treatment": levels}) for rows in (courses, rescue)])
            rescue = rescue.iloc[:0]
        courses, events = eras.joined(courses, whole.side_effects, rules.join_gap_days)
        courses = eras.long_enough(courses, rules.shortest_days)
        if courses.empty:
            raise ParameterFault(f"No treatment course is left by the rules: {rules}.")
        courses = with_outcomes(eras.with_lines(courses, rules.combination_days), events, self.response)
        return replace(self, courses=courses, rescue_courses=rescue, side_effects=events, rules=rules, recorded=whole)

    def select(self, filters: "Filters | str | Iterable[str] | None" = None, **given: Any) -> "Study":
        """The study of the courses that meet all filters, and of the patients who have one.

        `filters`: a `Filters`, or treatments (names, or one string with commas between them); other filters by the
        names of the fields of `Filters`: age_min, age_max, sex, line_min, line_max, response. A course of unknown age
        meets no age limit, and a rescue course is of no line. `response="significant"` lets only a significant
        response count as effective. Raises ParameterFault for an unknown filter or value, or when nothing is left.
        """
        filters = filters if isinstance(filters, Filters) else _named(filters, given)
        if not filters:
            return self
        courses, rescue = (self._meeting(rows, filters) for rows in (self.courses, self.rescue_courses))
        if courses.empty:
            raise ParameterFault(f"No treatment course is left with: {filters}.")
        patients = self.patients[self.patients["patient_id"].isin(courses["patient_id"])]
        events = self.side_effects[_of_courses(self.side_effects, pd.concat([courses, rescue]))].reset_index(drop=True)
        courses = courses.assign(treatment=courses["treatment"].cat.remove_unused_categories())
        selected = replace(
            self, patients=patients, courses=courses, side_effects=events, rescue_courses=rescue, selection=filters,
            recorded=self.recorded or self,
        )  # fmt: skip
        return selected._strict() if filters.response else selected

    def with_patients(self) -> pd.DataFrame:
        """The courses, each with the columns of its patient."""
        return self.courses.merge(self.patients, on="patient_id", how="left", validate="many_to_one")

    @property
    def reconstructed(self) -> frozenset[str]:
        """The "table.column"s whose values are not as recorded."""
        return frozenset(self.provenance.get("synthetic", [])) | frozenset(self.provenance.get("constrained", []))

    def mark(self, *columns: str) -> str:
        """What to print beside an exhibit of these "table.column"s if their values are not as recorded."""
        return "" if self.reconstructed.isdisjoint(columns) else RECONSTRUCTED

    def _strict(self) -> "Study":
        """The study in which only a significant response is effective."""
        courses, rescue = (rows.assign(effective=rows["significant"]) for rows in (self.courses, self.rescue_courses))
        scale = replace(self.response, effective=self.response.significant)
        return replace(self, courses=courses, rescue_courses=rescue, response=scale)

    def _meeting(self, courses: pd.DataFrame, filters: Filters) -> pd.DataFrame:
        joined = courses.merge(self.patients, on="patient_id", how="left").set_index(courses.index)
        met = pd.Series(True, index=courses.index)
        for restriction, value in filters.given:
            if restriction.bound != Bound.DEFINITION:
                met &= restriction.meets(joined, value)
        return courses[met]


def _of_courses(events: pd.DataFrame, courses: pd.DataFrame) -> np.ndarray:
    """Which events are of one of the courses."""
    left = set(zip(courses["patient_id"], courses["course"], strict=True))
    known = [course in left for course in zip(events["patient_id"], events["course"], strict=True)]
    return np.array(known, dtype=bool)  # an empty list would be taken for names of columns


def _named(treatments: str | Iterable[str] | None, given: Mapping[str, Any]) -> Filters:
    """Filters by name; ParameterFault, with the nearest name, for one that does not exist."""
    names = [one.name for one in FILTERS]
    for name in given:
        if name not in names:
            raise ParameterFault(f"{name} is not a filter. {nearest(name, names)}")
    values: dict[str, Any] = dict(given) if treatments is None else {"treatments": treatments, **given}
    return Filters(**values)
