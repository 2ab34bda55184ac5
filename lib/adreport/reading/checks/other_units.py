"""Numbers of a whole column that seem to be in another unit than its heading says: years, pounds, an amount per kg."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.study import dictionary
from adreport.study.faults import WARNING

IN_MONTHS = ("onset_age_months", "delay_to_systemic_months")
EARLY = 18  # months: of whole numbers that are all below, with several 0, years are likelier
SEVERAL = 3
# Weight for age as emergency medicine estimates it (Advanced Paediatric Life Support, 5th ed. 2011): kg by years.
WEIGHT_OF_YOUNG, WEIGHT_OF_OLDER, ADULT_KG = (2, 8), (3, 7), 70
OLDER = 6
MOST_UNLIKE, COLUMN_UNLIKE = 2.5, 1.6  # times the usual weight: of one patient, of most; pounds are 2.2
HIGHEST_IGE = 200_000
LEAST_PREDNISOLONE = 2.5  # mg a day, half a tablet; less is an amount per kg


def with_units(rows: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with what tells the units.

    patients: `<column>_as_written`, whether the column was not converted from another unit; `before_first`, how many
    years onset and delay end before the first course. courses: `usual_weight` at the age, `times_usual` what is given.
    """
    patients, courses = rows["patients"], rows["courses"]
    written = {f"{name}_as_written": name not in raw["patients"].written for name in IN_MONTHS}
    usual = usual_weight(courses["age_at_start_years"])
    return {
        **rows,
        "patients": patients.assign(before_first=patients["first_treated_age"] - patients["systemic_age"], **written),
        "courses": courses.assign(usual_weight=usual, times_usual=courses["weight_kg"] / usual),
    }


def usual_weight(ages: pd.Series) -> pd.Series:
    """The usual weight in kg at ages in years."""
    factor, base = (np.where(ages < OLDER, *pair) for pair in zip(WEIGHT_OF_YOUNG, WEIGHT_OF_OLDER, strict=True))
    return (factor * ages + base).clip(upper=ADULT_KG)


def _in_parts_of_a_month(name: str, rows: pd.DataFrame) -> pd.Series:
    return rows[f"{name}_as_written"] & rows[name].notna() & (rows[name] * 2 % 1 > 0)


def _in_whole_years(rows: pd.DataFrame) -> pd.Series:
    onset = rows["onset_age_months"].dropna()
    unlikely = (onset % 1 == 0).all() and (onset < EARLY).all() and SEVERAL <= (onset == 0).sum() < len(onset)
    return rows["onset_age_months_as_written"] & rows["onset_age_months"].notna() & unlikely


def _fits_in_years(rows: pd.DataFrame) -> pd.Series:
    """Cells whose sum with the onset falls short of the first course, and would not if one of the two were years."""
    known = rows["before_first"].dropna()
    missing = [rows["before_first"] - rows[name] * (12 - 1) / 12 for name in IN_MONTHS]
    fits = (rows["before_first"] > 1) & pd.concat(missing, axis=1).abs().le(1).any(axis=1)
    return fits & (len(known) >= SEVERAL) & (2 * fits.sum() > len(known))


def _weights(of_most: bool, rows: pd.DataFrame) -> pd.Series:
    known = rows["times_usual"].dropna()
    middle = known.median() if len(known) >= SEVERAL else 1.0
    most = not 1 / COLUMN_UNLIKE < middle < COLUMN_UNLIKE
    unlike = ~rows["times_usual"].between(1 / MOST_UNLIKE, MOST_UNLIKE)
    return rows["times_usual"].notna() & (most if of_most else unlike & (not most))


IN_YEARS = "If it is, name the column {}."
THREE_PATIENTS = {"3.patient_id": "C", "3.sex": "male", "courses.4.patient_id": "C", "courses.4.course": "1",
                  "courses.4.treatment": "AZA", "courses.4.response": "1"}  # fmt: skip
RULES = [
    *(
        Rule("patients", name, partial(_in_parts_of_a_month, name), "is a part of a month, as if it were in years",
             IN_YEARS.format(name.replace("months", "years")), WARNING, each=1, example={name: "6.2"})
        for name in IN_MONTHS
    ),
    Rule("patients", "onset_age_months", _in_whole_years,
         "stands in a column of small whole numbers, several of them 0, as if it were in years",
         IN_YEARS.format("onset_age_years"), WARNING, each=1,
         example={f"{row}.{name}": text for row, onset in enumerate("0002", 1)
                  for name, text in {"onset_age_months": onset, "sex": "male"}.items()}
         | {"3.patient_id": "C", "4.patient_id": "D"}
         | {f"courses.{row}.{name}": text for row, patient in ((4, "C"), (5, "D")) for name, text in {
             "patient_id": patient, "course": "1", "treatment": "AZA", "response": str(row - 4)}.items()}),
    Rule("patients", "delay_to_systemic_months", _fits_in_years,
         "ends {before_first:.1f} years before the first course, as if it, or the onset, were in years",
         "If one is, end the name of its column in years.", WARNING, each=1,
         example=THREE_PATIENTS | {"courses.4.age_at_start_years": "8"}
         | {f"{row}.{name}": number for row in (1, 2, 3) for name, number in zip(IN_MONTHS, "37", strict=True)}),
    Rule("courses", "weight_kg", partial(_weights, True),
         "is {times_usual:.1f} times the usual weight at {age_at_start_years:.0f} years, about as most of this column",
         "Is the column in kg? If it is in pounds, name it weight_pounds.", WARNING, each=1,
         example={"1.weight_kg": "66", "2.weight_kg": "67", "3.weight_kg": "71"}),
    Rule("courses", "weight_kg", partial(_weights, False),
         "is {times_usual:.1f} times the usual weight at {age_at_start_years:.0f} years", "Look whether it is in kg.",
         WARNING, example={"weight_kg": "5"}),
    Rule("courses", "prednisolone_mg_per_day",
         lambda c: (c.prednisolone_mg_per_day > 0) & (c.prednisolone_mg_per_day < LEAST_PREDNISOLONE),
         "is less than half a tablet a day, as if it were an amount per kg",
         "If it is, multiply it by the weight: the column is in mg a day.", WARNING, each=1,
         example={"treatment": "SCS", "prednisolone_mg_per_day": "0.8"}),
    Rule("courses", "prednisolone_mg_per_day",
         lambda c: c.prednisolone_mg_per_day / c.weight_kg.fillna(c.usual_weight)
         > dictionary.treatments()["systemic_corticosteroid"].dose_range[1],
         "is more than {drug} is given in, {dose_high:g} mg/kg a day", "Look whether it is mg a day.", WARNING,
         example={"treatment": "SCS", "prednisolone_mg_per_day": "300"}),
    Rule("courses", "prednisolone_mg_per_day",
         lambda c: c.prednisolone_mg_per_day.notna() & c.treatment.notna() & c.treatment.ne("systemic_corticosteroid"),
         "is given for {drug}, which is no corticosteroid", "Look whether it belongs to the row above or below.",
         WARNING, each=1, example={"prednisolone_mg_per_day": "20"}),
    Rule("patients", "total_ige_iu_per_ml", lambda p: p.total_ige_iu_per_ml.eq(0),
         "is no total IgE that can be measured", "Leave the cell empty if it is not known.", WARNING, each=1,
         example={"total_ige_iu_per_ml": "0"}),
    Rule("patients", "total_ige_iu_per_ml", lambda p: p.total_ige_iu_per_ml > HIGHEST_IGE,
         "is more than 200,000 IU/ml", "Look at the number, and whether it is in IU/ml.", WARNING,
         example={"total_ige_iu_per_ml": "900000"}),
    Rule("courses", "dose_unit",
         lambda c: c.dose.notna() & c.dose_unit.isna() & c.dose_unit.notna().any() & c.usual_unit.ne(""),
         "is empty; the dose was taken as {usual_unit}, the usual unit of {drug}", "Fill it in.", WARNING,
         each=1, by=("treatment",), example={"dose": "3", "2.dose": "3", "2.dose_unit": "mg/kg/day"}),
]  # fmt: skip
