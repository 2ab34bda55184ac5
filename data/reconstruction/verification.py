"""Check of the written cohort: read back, recomputed, compared with every published figure."""

from pathlib import Path

import pandas as pd

from reconstruction.plausibility import implausible
from reconstruction.published import Printed, Published, read_sequences
from reconstruction.recomputation import recompute

STALE = "percentage of an earlier version of the study's data (of 34 or 35 patients, 80 courses)"
CUT = "percentage cut off instead of rounded"
COUNTS_ONLY = "a test on counts alone, which are met; it comes out as it must"
# Published figures no data set can have, or that the data model does not hold.
# Keys: output, treatment, variable, level, statistic; printed where it matters.
EXCEPTIONS = {
    ("table1", "", "family_history_atopy", "yes", "p"): STALE,
    ("table1", "", "atopic_comorbidities", "none", "p"): STALE,
    ("table2", "cyclosporine", "patients", "", "p", "71.4"): STALE,
    **{
        ("table2", treatment, "courses", "", "p"): STALE
        for treatment in (
            "cyclosporine",
            "systemic_corticosteroid",
            "azathioprine",
            "methotrexate",
            "phototherapy",
            "immunoglobulin",
            "omalizumab",
            "dupilumab",
            "mycophenolate_mofetil",
        )
    },
    **{("table2", treatment, "patients", "", "p", "16.6"): CUT for treatment in ("phototherapy", "immunoglobulin")},
    ("table2", "phototherapy", "significant", "", "p"): CUT,
    **{
        ("table1", "", "comorbidities", disease, "p"): CUT
        for disease in ("psoriasis", "lichen planus", "prurigo nodularis")
    },
    **{
        ("table2", "", variable, "", "p.value"): COUNTS_ONLY
        for variable in ("sex", "effective", "significant", "side_effect")
    },
    (
        "table1",
        "dupilumab",
        "status_at_data_lock",
        "on_treatment",
        "n",
    ): "Table 4 has the only dupilumab patient on other treatments after it, and Table 2 ends "
    "the course for financial reasons; the patient whose omalizumab was replaced with "
    "dupilumab counts as on treatment instead",
}
NOT_ABOUT_PATIENTS = {"definition", "cited", "pairwise"}


def report_faults(folder: Path, published: Published) -> list[str]:
    """Everything that is off in the written files, as sentences."""
    patients, courses, side_effects = read_cohort(folder)
    treatment_courses = courses[~is_rescue(courses)]
    figures = recompute(patients, treatment_courses, side_effects, courses)
    faults = [fault for row in published.rows if (fault := _compare(row, figures))]
    return faults + _sequence_faults(treatment_courses, published) + implausible(patients, courses, treatment_courses)


def read_cohort(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The three tables as written, patients indexed by patient_id."""
    patients, courses, side_effects = (
        pd.read_csv(folder / f"{name}.csv") for name in ("patients", "courses", "side_effects")
    )
    return patients.set_index("patient_id"), courses, side_effects


def is_rescue(courses: pd.DataFrame) -> pd.Series:
    """Corticosteroid under 14 days, not above 2 mg/kg/day, not above 20 mg/day prednisolone."""
    return (
        (courses["treatment"] == "systemic_corticosteroid")
        & (courses["duration_days"] < 14)
        & (courses["dose"] <= 2)
        & (courses["prednisolone_mg_per_day"] <= 20)
    )


def _compare(row: dict, figures: dict) -> str | None:
    """A sentence where the recomputed figure is not the printed one."""
    key = Published.key(row)
    if row["output"] in NOT_ABOUT_PATIENTS or key in EXCEPTIONS or (*key, row["printed"]) in EXCEPTIONS:
        return None
    name = " ".join(part for part in key if part)
    if key not in figures:
        return f"{name}: not recomputed"
    printed = Printed.read(row["printed"] or row["stat"])
    met = printed.is_percentage_of(figures[key]) if row["stat_name"] == "p" else printed.is_met_by(figures[key])
    return None if met else f"{name}: {figures[key]} instead of {printed.value} ({row['place']})"


def _sequence_faults(treatment_courses: pd.DataFrame, published: Published) -> list[str]:
    """Patients whose treatment courses are not those of Table 4, in its order."""
    expected = read_sequences(published.folder).groupby("patient_id")["treatment"].agg(list)
    found = treatment_courses.groupby("patient_id")["treatment"].agg(list)
    return [
        f"{patient}: not the sequence of Table 4"
        for patient in expected.index
        if found.get(patient) != expected[patient]
    ]
