"""A study: patients, their treatment courses and side effects; how it is read and how it is restricted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd
import yaml

from adreport import dictionary
from adreport.checks import check
from adreport.digests import data_checksum
from adreport.faults import ParameterFault, nearest
from adreport.readers import read_tables
from adreport.response import ResponseScale, response_scale

RESCUE_BELOW_DAYS = 14
RESCUE_UP_TO_MG_PER_KG = 2
RESCUE_UP_TO_MG_PER_DAY = 20
DAYS_PER_MONTH = 365.25 / 12
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
    one row an event. `rescue_courses`: short corticosteroid courses, reported apart.
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
    """Read and check a data set; raises DataFault with every fault found.

    A `study.yml` beside the tables may give `title`, `notice`, `data_lock_date`, `response` (a scale),
    `provenance` (which columns are published, constrained, synthetic) and `reproduces: published`.
    """
    path = Path(path)
    raw = read_tables(path)
    settings = _settings(path / "study.yml")
    scale = response_scale(settings.pop("response", None))
    tables = check(raw, scale)
    events = tables["side_effects"]
    courses = _derived(tables["courses"].sort_values(["patient_id", "course"]), events, scale)
    rescue = is_rescue(courses)
    return Study(
        patients=tables["patients"].sort_values("patient_id", ignore_index=True),
        courses=_with_lines(courses[~rescue]),
        rescue_courses=courses[rescue].reset_index(drop=True),
        side_effects=events,
        response=scale,
        source=path.resolve().name,
        checksum=data_checksum(path),
        **settings,
    )


def is_rescue(courses: pd.DataFrame) -> pd.Series:
    """Corticosteroid courses below 14 days that stay at or below 2 mg/kg/day and 20 mg/day prednisolone.

    The published rule calls a short course of more than 20 mg/day both rescue and immunosuppressive,
    and leaves a course of exactly 14 days open. Here a high dose makes a course immunosuppressive
    however short it is, and 14 days count as long. An unknown dose is taken as low.
    """
    per_kilogram = courses["dose_unit"].isna() | courses["dose_unit"].eq("mg/kg/day")
    high = (courses["dose"] > RESCUE_UP_TO_MG_PER_KG) & per_kilogram
    high |= courses["prednisolone_mg_per_day"] > RESCUE_UP_TO_MG_PER_DAY
    short = courses["duration_days"] < RESCUE_BELOW_DAYS
    return courses["treatment"].eq("systemic_corticosteroid") & short & ~high


def _settings(file: Path) -> dict:
    """What study.yml sets; raises ParameterFault for a key that means nothing."""
    settings = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.exists() else {}
    allowed = ["title", "notice", "data_lock_date", "reproduces", "provenance", "response"]
    for key in settings:
        if key not in allowed:
            raise ParameterFault(f"study.yml: {key} means nothing here. {nearest(key, allowed)}")
    return settings


def _derived(courses: pd.DataFrame, events: pd.DataFrame, scale: ResponseScale) -> pd.DataFrame:
    """Courses with what follows from them: whether effective, whether with a side effect, months."""
    keys = pd.MultiIndex.from_frame(courses[["patient_id", "course"]])
    harmed = keys.isin(pd.MultiIndex.from_frame(events[["patient_id", "course"]]))
    known = courses["response"].notna()
    effective, significant = (courses["response"].isin(codes) for codes in (scale.effective, scale.significant))
    return courses.assign(
        treatment=courses["treatment"].cat.remove_unused_categories(),
        effective=effective.astype("boolean").where(known),
        significant=significant.astype("boolean").where(known),
        side_effect=pd.array(harmed, dtype="boolean"),
        duration_months=courses["duration_days"] / DAYS_PER_MONTH,
    )


def _with_lines(courses: pd.DataFrame) -> pd.DataFrame:
    """Courses with their line of therapy and what came next, rescue courses left aside.

    Both are of the whole study: a selection of cyclosporine still knows that azathioprine followed.
    """
    used = courses["treatment"].cat.remove_unused_categories()
    of_patient = courses.groupby("patient_id")["treatment"]
    following = of_patient.shift(-1).astype(object)
    return courses.assign(line=of_patient.cumcount() + 1, next_treatment=following, treatment=used).reset_index(
        drop=True
    )


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
    if sex and sex not in levels:
        raise ParameterFault(f"“{sex}” is not a sex in this data model. {nearest(sex, list(levels))}")
    return sex
