"""What is unlikely, or contradicts itself, in diseases, doses, responses and populations."""

from collections.abc import Mapping

import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.checks.time import years_tolerance
from adreport.reading.formats.raw import RawTable
from adreport.study import dictionary
from adreport.study.faults import WARNING

DELAY_TOLERANCE_YEARS = 1
ADULT = 18
FEW_ADULTS = 5
AN_ADULT = "means an adult; the published cohort are children"
IF_RIGHT = "Nothing, if it is right: the report works for adults."


def with_expected_values(tables: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with what their values are compared with.

    patients: `first_age` at the first course, which may be off by `first_age_off`; `first_treated_age`, the same
    without rescue courses; `systemic_age`, as onset and delay give it; `untreated`, whether there is no course;
    `goes_on`, whether one is ongoing; `ages_at_start`, whether any course has one.
    courses: `finished`, `response_empty`; `unit` of the dose, as written or else meant; of the treatment `drug`,
    `usual_unit`, `dose_low`, `dose_high` and `dose_source`.
    """
    patients, courses = tables["patients"], tables["courses"]
    patient, ages = patients["patient_id"], courses["age_at_start_years"]
    first_age = patient.map(ages.groupby(courses["patient_id"]).min())
    keys_fit = courses["patient_id"].dropna().isin(patient).all()  # else the key is wrong, not the number of courses
    expected, reason = _expected_doses(courses["treatment"]), courses["discontinuation_reason"]
    return tables | {
        "patients": patients.assign(
            first_age=first_age,
            first_age_off=years_tolerance(first_age),
            first_treated_age=patient.map(ages[~courses["rescue"]].groupby(courses["patient_id"]).min()),
            systemic_age=(patients["onset_age_months"] + patients["delay_to_systemic_months"]) / 12,
            goes_on=patient.isin(courses.loc[reason == "ongoing", "patient_id"]),
            untreated=patient.notna() & ~patient.isin(courses["patient_id"]) & keys_fit,
            ages_at_start=ages.notna().any(),
        ),
        "courses": courses.assign(
            **expected,
            finished=(reason.notna() & (reason != "ongoing")) | courses["stop_date"].notna(),
            response_empty=raw["courses"].cells["response"].eq(""),
            unit=courses["dose_unit"].where(courses["dose_unit"].notna(), expected["usual_unit"]),
        ),
    }


def _expected_doses(treatments: pd.Series) -> pd.DataFrame:
    """What treatments.csv says of the doses of treatments, on the rows of these."""
    expected = pd.DataFrame.from_dict({
        code: (one.label.lower(), one.dose_unit, *(one.dose_range or (None, None)), one.dose_source)
        for code, one in dictionary.treatments().items()
    }, "index", columns=["drug", "usual_unit", "dose_low", "dose_high", "dose_source"])  # fmt: skip
    return expected.reindex(treatments.astype(object)).set_axis(treatments.index).fillna({"usual_unit": ""})


RULES = [
    Rule("patients", "onset_age_months", lambda p: p.onset_age_months / 12 > p.first_age + p.first_age_off,
         "is after the first course, which started at {first_age:g} years", "Look at the age and its unit (months).",
         example={"onset_age_months": "110"}),
    Rule("patients", "onset_age_months",
         lambda p: (p.onset_age_months / 12 > p.age_at_data_lock_years + p.years_off)
         & ~(p.onset_age_months / 12 > p.first_age + p.first_age_off),
         "is after the age at data lock, {age_at_data_lock_years:g} years",
         "Look at the ages and their units (months, years).",
         example={"onset_age_months": "160", "courses.1.start_date": "", "courses.1.stop_date": ""}),
    Rule("patients", "delay_to_systemic_months", lambda p: p.systemic_age > p.first_treated_age + DELAY_TOLERANCE_YEARS,
         "puts the first treatment at {systemic_age:.1f} years, but the first course started at {first_treated_age:g}",
         "Look at the onset, and at this time and its unit (months).", WARNING,
         example={"onset_age_months": "6", "delay_to_systemic_months": "190"}),
    Rule("patients", "status_at_data_lock", lambda p: p.goes_on & p.status_at_data_lock.eq("topical_remission"),
         "is remission on topical treatment, but a course of the patient is ongoing",
         "Correct the status, or the reason of the course.", WARNING,
         example={"status_at_data_lock": "topical_remission", "courses.1.discontinuation_reason": "ongoing",
                  "courses.1.stop_date": ""}),
    Rule("patients", "patient_id", lambda p: p.untreated, "has no treatment course",
         "Add the course, or leave the patient out: the report describes treated patients.", WARNING,
         example={"3.patient_id": "C", "3.sex": "male"}),
    Rule("courses", "response", lambda c: c.finished & c.response_empty & ~c.rescue,
         "is missing though the course is finished", "Add it if it is known.", WARNING,
         example={"response": ""}),
    Rule("courses", "dose",
         lambda c: ((c.dose < c.dose_low) | (c.dose > c.dose_high)) & (c.usual_unit.eq("") | c.usual_unit.eq(c.unit)),
         "is outside {dose_low:g} to {dose_high:g} {usual_unit} ({dose_source})",
         "Look whether number and unit are right.", WARNING,
         example={"dose": "150"}),
    Rule("courses", "dose_unit", lambda c: c.dose.notna() & c.usual_unit.ne("") & (c.unit != c.usual_unit),
         "is not the usual unit of {drug}, {usual_unit}",
         "Doses in other units are not summarised together; convert it if it can be.", WARNING,
         each=1, by=("treatment", "unit"), example={"dose": "3", "dose_unit": "mg/day"}),
    Rule("courses", "age_at_start_years or start_date", lambda c: c.age_at_start_years >= ADULT,
         AN_ADULT, IF_RIGHT, WARNING, each=FEW_ADULTS, example={"patients.1.birth_date": "1990-01-01"}),
    Rule("patients", "age_at_data_lock_years or birth_date",
         lambda p: (p.age_at_data_lock_years >= ADULT) & ~p.ages_at_start,
         AN_ADULT, IF_RIGHT, WARNING, each=FEW_ADULTS,
         example={"birth_date": "1990-01-01", "courses.1.start_date": "", "courses.1.stop_date": "",
                  "courses.2.start_date": "", "courses.2.stop_date": "", "courses.3.start_date": "",
                  "courses.3.stop_date": ""}),
]  # fmt: skip
