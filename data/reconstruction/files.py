"""The written cohort: three tables and study.yml."""

from pathlib import Path

import pandas as pd
import yaml

from reconstruction.assumptions import DAYS_PER_MONTH, DAYS_PER_YEAR

PATIENTS = [
    "patient_id",
    "sex",
    "age_at_data_lock_years",
    "onset_age_months",
    "delay_to_systemic_months",
    "total_ige_iu_per_ml",
    "family_history_atopy",
    "food_allergy",
    "egg_allergy",
    "mite_allergy",
    "atopic_comorbidities",
    "comorbidities",
    "status_at_data_lock",
]
COURSES = [
    "patient_id",
    "course",
    "treatment",
    "age_at_start_years",
    "duration_days",
    "dose",
    "dose_unit",
    "loading_dose",
    "response",
    "discontinuation_reason",
    "remission_months",
    "prednisolone_mg_per_day",
    "weight_kg",
]
WHOLE_NUMBERS = ["response", "remission_months", "prednisolone_mg_per_day"]
TREATMENT_FREE_REASONS = ["remission", "prevent_side_effects", "maximum_response"]

PUBLISHED = [
    "patients.patient_id",
    "courses.patient_id",
    "courses.treatment",
    "side_effects.side_effect",
    "side_effects.management",
]
SYNTHETIC = [
    "courses.remission_months",
    "courses.prednisolone_mg_per_day",
    "courses.weight_kg",
    "side_effects.outcome",
    "side_effects.serious",
    "side_effects.grade",
    "study.data_lock_date",
]
TITLE = "Systemic treatment of severe childhood atopic dermatitis: the published cohort, reconstructed"
NOTICE = (
    "Reconstructed from published summary figures; it is not patient data: individual values "
    "other than treatment sequences (Table 4) are synthetic."
)
STUDY = f"""\
title: "{TITLE}"
notice: "{NOTICE}"
data_lock_date: 2022-12-31  # the paper does not state it; end of the last inclusion year
design: Retrospective observational study at one centre
setting: >-
  Paediatric dermatology unit of a university hospital, to which children are referred when topical treatment, wet
  wraps included, is not enough; phototherapy or systemic treatment follows a stepwise approach
period: "2019 to 2022"
data_source: Electronic medical records
eligibility: >-
  Younger than 18 years; at least one systemic treatment or narrow-band UVB phototherapy for atopic dermatitis, which
  the paper calls severe in some places and moderate to severe in others. How many patients were assessed is not stated
rating: Physician Global Assessment; the paper does not state who rated, or when
ethics: Marmara University Faculty of Medicine Clinical Research Ethics Committee, 09.2021.1199, 5 November 2021
reproduces: published
# published: printed in the paper as it stands; constrained: individual values are invented so
# that their counts, medians and IQRs are the printed ones; synthetic: plausible, nothing printed
"""


def add_remission_months(courses: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Months from the end of a course that had done its work to the next one or the data lock.

    Empty where the next course followed within half a month.
    """
    end = courses["age_at_start_years"] + courses["duration_days"] / DAYS_PER_YEAR
    until = (
        courses.groupby("patient_id")["age_at_start_years"]
        .shift(-1)
        .fillna(courses["patient_id"].map(patients["age_at_data_lock_years"]))
    )
    months = ((until - end) * DAYS_PER_YEAR / DAYS_PER_MONTH).round()
    free = courses["discontinuation_reason"].isin(TREATMENT_FREE_REASONS) & (months >= 1)
    return courses.assign(remission_months=months.where(free))


def write_cohort(folder: Path, patients: pd.DataFrame, courses: pd.DataFrame, side_effects: pd.DataFrame) -> None:
    """Write patients.csv, courses.csv, side_effects.csv and study.yml."""
    folder.mkdir(parents=True, exist_ok=True)
    patients = patients.rename_axis("patient_id").reset_index()[PATIENTS]
    courses = courses[COURSES].astype(dict.fromkeys(WHOLE_NUMBERS, "Int64"))
    tables = {"patients": patients, "courses": courses, "side_effects": side_effects}
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    with (folder / "study.yml").open("w", encoding="utf-8", newline="\n") as study:
        study.write(STUDY + provenance(tables))


def provenance(tables: dict[str, pd.DataFrame]) -> str:
    """Where each written column comes from, as YAML."""
    columns = [f"{name}.{column}" for name, table in tables.items() for column in table]
    constrained = [c for c in columns if c not in PUBLISHED + SYNTHETIC]
    return yaml.safe_dump(
        {"provenance": {"published": PUBLISHED, "constrained": constrained, "synthetic": SYNTHETIC}}, sort_keys=False
    )
