"""A study: patients, their treatment courses and side effects; how it is read and how it is restricted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from adreport import dictionary
from adreport.faults import DataFault, Fault, ParameterFault, nearest
from adreport.response import ResponseScale

RECONSTRUCTED = "reconstructed values: synthetic, not patients' data"


@dataclass(frozen=True)
class Selection:
    """A restriction of a study; what is empty or None restricts nothing."""

    treatments: tuple[str, ...] = ()
    age_min: float | None = None
    age_max: float | None = None
    sex: str = ""

    def __bool__(self) -> bool:
        return self != Selection()

    def __str__(self) -> str:
        names = [dictionary.level_label("treatment", code) for code in self.treatments]
        age = [
            f"from {self.age_min:g}" if self.age_min is not None else "",
            f"up to {self.age_max:g}" if self.age_max is not None else "",
        ]
        parts = [
            f"treatment {', '.join(names)}" if names else "",
            f"age at start of the course {' '.join(filter(None, age))} years" if any(age) else "",
            f"sex {self.sex}" if self.sex else "",
        ]
        return "; ".join(filter(None, parts))


@dataclass(frozen=True)
class Study:
    """The data of a report.

    `patients`: one row a patient. `courses`: one row a treatment course, with what follows from
    it (`line`, `next_treatment`, `effective`, `significant`, `side_effect`, `duration_months`). `side_effects`:
    one row an event, with `organ_class` and `other_treatment`. `rescue_courses`: short corticosteroid
    courses, reported apart.
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
    checksum: str = ""
    selection: Selection = Selection()
    warnings: tuple[Fault, ...] = ()
    side_effects_recorded: bool = True

    def select(
        self,
        treatments: str | Iterable[str] = (),
        age_min: float | None = None,
        age_max: float | None = None,
        sex: str = "",
    ) -> "Study":
        """The study of the courses that meet all conditions, and of the patients who have one.

        `treatments`: names, or one string with commas between. Ages are inclusive and are those at
        the start of the course; a course of unknown age meets no age limit. Raises ParameterFault
        for an unknown treatment or sex, or when nothing is left.
        """
        selection = Selection(_treatment_codes(treatments), age_min, age_max, _sex(sex))
        if not selection:
            return self
        courses, rescue = (self._meeting(rows, selection) for rows in (self.courses, self.rescue_courses))
        if courses.empty:
            raise ParameterFault(f"No treatment course is left with: {selection}.")
        patients = self.patients[self.patients["patient_id"].isin(courses["patient_id"])]
        events = self.side_effects.merge(courses[["patient_id", "course"]])
        courses = courses.assign(treatment=courses["treatment"].cat.remove_unused_categories())
        return replace(
            self, patients=patients, courses=courses, side_effects=events, rescue_courses=rescue, selection=selection
        )

    def with_patients(self) -> pd.DataFrame:
        """The courses, each with the columns of its patient."""
        return self.courses.merge(self.patients, on="patient_id", how="left", validate="many_to_one")

    def mark(self, *columns: str) -> str:
        """What to print beside an exhibit of these "table.column"s if their values are not as recorded."""
        made = {*self.provenance.get("synthetic", []), *self.provenance.get("constrained", [])}
        return "" if made.isdisjoint(columns) else RECONSTRUCTED

    def _meeting(self, courses: pd.DataFrame, selection: Selection) -> pd.DataFrame:
        chosen = pd.Series(True, index=courses.index)
        if selection.treatments:
            chosen &= courses["treatment"].isin(selection.treatments)
        if selection.age_min is not None:
            chosen &= courses["age_at_start_years"] >= selection.age_min
        if selection.age_max is not None:
            chosen &= courses["age_at_start_years"] <= selection.age_max
        if selection.sex:
            members = self.patients.loc[self.patients["sex"] == selection.sex, "patient_id"]
            chosen &= courses["patient_id"].isin(members)
        return courses[chosen]


def read_study(path: str | Path) -> Study:
    """Read and check a data set; raises DataFault with every error found.

    `path`: a folder or a file of a kind that `adreport.readers` knows. A `study.yml` beside the data
    may give `title`, `notice`, `data_lock_date`, `response` (a scale), `provenance` (which columns are
    published, constrained, synthetic) and `reproduces: published`; a `mapping.yml` other names.
    """
    from adreport.reading import examine  # here, because reading makes a Study

    examination = examine(Path(path))
    if examination.study is None:
        raise DataFault(examination.errors)
    return examination.study


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
