"""A study: patients, their treatment courses and side effects; how it is read and how it is restricted."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adreport.study import dictionary, eras
from adreport.study.courses import with_outcomes
from adreport.study.faults import Fault, ParameterFault, nearest
from adreport.study.response import ResponseScale

RECONSTRUCTED = "reconstructed values: synthetic, not patients' data"


@dataclass(frozen=True)
class Selection:
    """A restriction of a study; what is empty or None restricts nothing."""

    treatments: tuple[str, ...] = ()
    age_min: float | None = None
    age_max: float | None = None
    sex: str = ""
    line_min: int | None = None
    line_max: int | None = None
    response: str = ""

    def __bool__(self) -> bool:
        return self != Selection()

    def __str__(self) -> str:
        names = [dictionary.level_label("treatment", code) for code in self.treatments]
        age, line = _range(self.age_min, self.age_max), _range(self.line_min, self.line_max)
        parts = [
            f"treatment {', '.join(names)}" if names else "",
            f"age at start of the course {age} years" if age else "",
            f"sex {self.sex}" if self.sex else "",
            f"line of therapy {line}" if line else "",
            self.definition,
        ]
        return "; ".join(filter(None, parts))

    @property
    def definition(self) -> str:
        """What counts as effective where it is not what the study says; "" where it is."""
        return "only a significant response counts as effective" if self.response == "significant" else ""

    @property
    def arguments(self) -> dict[str, Any]:
        """What is set, by the names of `Study.select`; treatments as one string of abbreviations."""
        given = {name: _plain(value) for name, value in asdict(self).items() if value not in ((), None, "")}
        if self.treatments:
            given["treatments"] = ",".join(dictionary.treatments()[code].abbreviation for code in self.treatments)
        return given


@dataclass(frozen=True)
class Study:
    """The data of a report.

    `patients`: one row a patient. `courses`: one row a treatment course, with what follows from
    it (`line`, `next_treatment`, `effective`, `significant`, `side_effect`, `duration_months`). `side_effects`:
    one row an event, with `organ_class` and `other_treatment`. `rescue_courses`: short corticosteroid
    courses, reported apart. `recorded`: the study before rules and filters, where there were any.
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
    path: Path | None = None
    checksum: str = ""
    selection: Selection = Selection()
    rules: eras.Rules = eras.Rules()
    recorded: "Study | None" = None
    warnings: tuple[Fault, ...] = ()
    side_effects_recorded: bool = True

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

    def select(
        self,
        treatments: str | Iterable[str] = (),
        age_min: float | None = None,
        age_max: float | None = None,
        sex: str = "",
        line_min: int | None = None,
        line_max: int | None = None,
        response: str = "",
    ) -> "Study":
        """The study of the courses that meet all conditions, and of the patients who have one.

        `treatments`: names, or one string with commas between. Ages are inclusive and are those at
        the start of the course; a course of unknown age meets no age limit. Lines of therapy are
        inclusive too and counted over the whole history. `response`: "significant" calls only a
        significant response effective; "effective", or nothing, leaves it as the study defines it.
        Raises ParameterFault for an unknown treatment, sex or response, or when nothing is left.
        """
        limits = {"age_min": age_min, "age_max": age_max, "line_min": line_min, "line_max": line_max}
        selection = Selection(_treatment_codes(treatments), sex=_sex(sex), response=_response(response), **limits)
        if not selection:
            return self
        courses, rescue = (self._meeting(rows, selection) for rows in (self.courses, self.rescue_courses))
        if courses.empty:
            raise ParameterFault(f"No treatment course is left with: {selection}.")
        patients = self.patients[self.patients["patient_id"].isin(courses["patient_id"])]
        events = self.side_effects[_of_courses(self.side_effects, pd.concat([courses, rescue]))].reset_index(drop=True)
        courses = courses.assign(treatment=courses["treatment"].cat.remove_unused_categories())
        chosen = replace(
            self, patients=patients, courses=courses, side_effects=events, rescue_courses=rescue, selection=selection,
            recorded=self.recorded or self,
        )  # fmt: skip
        return chosen._strict() if selection.response else chosen

    def with_patients(self) -> pd.DataFrame:
        """The courses, each with the columns of its patient."""
        return self.courses.merge(self.patients, on="patient_id", how="left", validate="many_to_one")

    def mark(self, *columns: str) -> str:
        """What to print beside an exhibit of these "table.column"s if their values are not as recorded."""
        made = {*self.provenance.get("synthetic", []), *self.provenance.get("constrained", [])}
        return "" if made.isdisjoint(columns) else RECONSTRUCTED

    def _strict(self) -> "Study":
        """The study in which only a significant response is effective."""
        courses, rescue = (rows.assign(effective=rows["significant"]) for rows in (self.courses, self.rescue_courses))
        scale = replace(self.response, effective=self.response.significant)
        return replace(self, courses=courses, rescue_courses=rescue, response=scale)

    def _meeting(self, courses: pd.DataFrame, selection: Selection) -> pd.DataFrame:
        chosen = pd.Series(True, index=courses.index)
        if selection.treatments:
            chosen &= courses["treatment"].isin(selection.treatments)
        if selection.age_min is not None:
            chosen &= courses["age_at_start_years"] >= selection.age_min
        if selection.age_max is not None:
            chosen &= courses["age_at_start_years"] <= selection.age_max
        if "line" in courses:  # a rescue course is of no line
            chosen &= courses["line"].between(selection.line_min or 0, selection.line_max or np.inf)
        elif selection.line_min or selection.line_max:
            chosen &= False
        if selection.sex:
            members = self.patients.loc[self.patients["sex"] == selection.sex, "patient_id"]
            chosen &= courses["patient_id"].isin(members)
        return courses[chosen]


def _of_courses(events: pd.DataFrame, courses: pd.DataFrame) -> np.ndarray:
    """Which events are of one of the courses."""
    left = set(zip(courses["patient_id"], courses["course"], strict=True))
    known = [course in left for course in zip(events["patient_id"], events["course"], strict=True)]
    return np.array(known, dtype=bool)  # an empty list would be taken for names of columns


def _treatment_codes(treatments: str | Iterable[str]) -> tuple[str, ...]:
    words = treatments.split(",") if isinstance(treatments, str) else treatments
    codes = {_treatment_code(word.strip()) for word in words if word.strip()}
    return tuple(code for code in dictionary.treatments() if code in codes)


def _treatment_code(word: str) -> str:
    code = dictionary.treatment_code(word)
    if code is None:
        known = [treatment.abbreviation for treatment in dictionary.treatments().values()]
        close = nearest(word, dictionary.treatment_names())
        raise ParameterFault(f"“{word}” is not a treatment. {close} Abbreviations: {', '.join(known)}.")
    return code


def _sex(sex: str) -> str:
    levels = dictionary.columns("patients")["sex"].levels
    sex = sex.strip().casefold()
    if sex and sex not in levels:
        raise ParameterFault(f"“{sex}” is not a sex in this data model. {nearest(sex, list(levels))}")
    return sex


def _response(response: str) -> str:
    """The definition of response, "" for the study's own."""
    response, known = response.strip().casefold(), ("effective", "significant")
    if response and response not in known:
        raise ParameterFault(f"“{response}” is not a definition of response. {nearest(response, known)}")
    return response if response == "significant" else ""


def _plain(value: Any) -> Any:
    """A whole number without its decimal point, as one would type it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _range(low: float | None, high: float | None) -> str:
    """Two limits in words, "" where there is none."""
    parts = [f"from {low:g}" if low is not None else "", f"up to {high:g}" if high is not None else ""]
    return " ".join(filter(None, parts))
