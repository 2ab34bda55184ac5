"""Dose of each course, body weight and prednisolone equivalent of corticosteroid courses."""

from pathlib import Path

import numpy as np
import pandas as pd

from reconstruction.published import Published
from reconstruction.quantiles import Shape, sample

SEED = 11
# What medians and IQRs leave open (judgement): usual dose ranges of paediatric dermatology.
DOSES = {
    "cyclosporine": Shape(2.0, 2.9, 5.5, decimals=2),
    "systemic_corticosteroid": Shape(0.2, 0.4, 1.4, decimals=2),
    "azathioprine": Shape(0.5, 0.85, 2.4, decimals=2),
    "methotrexate": Shape(0.15, 0.21, 0.42, decimals=2),
}


def assign_doses(courses: pd.DataFrame, published: Published, treatments: Path) -> pd.DataFrame:
    """Add `dose`, `dose_unit`, `loading_dose`, `weight_kg` and `prednisolone_mg_per_day`."""
    draw = np.random.default_rng(SEED)
    units = pd.read_csv(treatments).set_index("treatment")["dose_unit"]
    courses = courses.assign(dose=np.nan, loading_dose=np.nan)
    for treatment, group in courses.groupby("treatment"):
        if pd.notna(units[treatment]):
            doses = _doses(treatment, len(group), published)
            courses.loc[group.index, "dose"] = draw.permutation(doses).round(2)
            if loading := published.find("table2", "loading_dose", "median", treatment=treatment):
                courses.loc[group.index, "loading_dose"] = float(loading.value)
    courses["dose_unit"] = courses["treatment"].map(units)
    return add_prednisolone(courses)


def _doses(treatment: str, n: int, published: Published) -> np.ndarray:
    median, iqr, least, most = (
        published.find("table2", "dose", name, treatment=treatment) for name in ("median", "iqr", "min", "max")
    )
    if least and most:
        return np.resize([float(least.value), float(most.value)], n)
    if iqr:
        return sample(n, median, iqr, DOSES[treatment])
    return np.full(n, float(median.value))


def add_prednisolone(courses: pd.DataFrame) -> pd.DataFrame:
    """Weight for age and whole milligrams of prednisolone a day, in corticosteroid courses."""
    steroid = courses["treatment"] == "systemic_corticosteroid"
    weight = courses["age_at_start_years"].map(weight_kg).where(steroid)
    return courses.assign(weight_kg=weight, prednisolone_mg_per_day=(courses["dose"] * weight).round())


def weight_kg(age_years: float) -> float:
    """Usual weight for age: Advanced Paediatric Life Support's formulae, half kilograms."""
    age = np.floor(age_years)
    weight = 2 * age_years + 8 if age <= 5 else 3 * age_years + 7
    return round(2 * weight) / 2
