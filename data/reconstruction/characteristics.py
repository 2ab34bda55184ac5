"""Allergies, other diseases and total IgE of each patient, as Table 1 counts them."""

from math import ceil, floor

import numpy as np
import pandas as pd

from reconstruction.predictors import patient_trait_predicts_response
from reconstruction.published import Published

SEED = 7
# Growth hormone deficiency and epilepsy belong to Coffin-Siris syndrome; a cataract comes
# with long-standing eczema. They put Table 1's 17 diseases into its 14 patients.
SAME_PATIENT_AS = {
    "growth hormone deficiency": "Coffin-Siris syndrome",
    "epilepsy": "Coffin-Siris syndrome",
    "cataract": "prurigo nodularis",
}
# Total IgE that the printed figures leave open (judgement), in IU/ml: the lowest of the patients
# on immunoglobulin, and those around the lower quartile, median and minimum of the others.
LOWEST_IGE_WITH_IMMUNOGLOBULIN = 18001
LOWEST_IGE, BELOW_QUARTILE, ABOVE_QUARTILE, BELOW_MEDIAN = 60, 540, 760, 2900


def assign_allergies(patients: pd.DataFrame, courses: pd.DataFrame, published: Published) -> pd.DataFrame:
    """Add family history and allergies, drawn until none of them predicts response."""
    draw = np.random.default_rng(SEED)
    for trait in ("family_history_atopy", "mite_allergy", "food_allergy", "egg_allergy"):
        n = published.count("table1", trait, "yes")
        eligible = patients.index
        if trait == "egg_allergy":
            eligible = eligible[patients["food_allergy"] == "yes"]
        patients[trait] = _draw_unrelated(draw, patients.index, eligible, n, courses)
    return patients


def _draw_unrelated(draw, everyone, eligible, n, courses) -> pd.Series:
    while True:
        trait = pd.Series("no", index=everyone)
        trait[draw.choice(eligible, n, replace=False)] = "yes"
        if not patient_trait_predicts_response(courses, trait):
            return trait


def assign_diseases(patients: pd.DataFrame, courses: pd.DataFrame, published: Published) -> pd.DataFrame:
    """Add atopic and other comorbidities, `;` between several in a patient.

    Immunodeficiency is found among the patients on immunoglobulin, four in five of
    whom have it; the one patient with rhinitis has asthma too, for 17 have neither.
    """
    draw = np.random.default_rng(SEED)
    atopic = published.levels("table1", "atopic_comorbidities")
    asthmatic = draw.choice(patients.index, atopic["asthma"], replace=False)
    diseases = {patient: ["asthma"] for patient in asthmatic}
    for patient in asthmatic[: atopic["allergic rhinitis"]]:
        diseases[patient].append("allergic rhinitis")
    patients["atopic_comorbidities"] = _listed(patients, diseases)
    others = _other_diseases(draw, patients, courses, published)
    patients["comorbidities"] = _listed(patients, others)
    return patients


def _other_diseases(draw, patients, courses, published) -> dict[str, list[str]]:
    counts = published.levels("table1", "comorbidities")
    treated = courses.loc[courses["treatment"] == "immunoglobulin", "patient_id"].unique()
    deficient = draw.choice(treated, counts["immunodeficiency"], replace=False)
    bearers = {"immunodeficiency": list(deficient)}
    without = iter(draw.permutation(patients.index.difference(treated)))
    for disease, n in counts.items():
        if disease not in {"none", "any", *bearers, *SAME_PATIENT_AS}:
            bearers[disease] = [next(without) for _ in range(n)]
    for disease, main in SAME_PATIENT_AS.items():
        bearers[disease] = bearers[main][: counts[disease]]
    diseases: dict[str, list[str]] = {}
    for disease in counts:
        for patient in bearers.get(disease, []):
            diseases.setdefault(patient, []).append(disease)
    return diseases


def _listed(patients, diseases) -> pd.Series:
    return pd.Series({p: ";".join(sorted(diseases.get(p, []))) for p in patients.index})


def assign_ige(patients: pd.DataFrame, courses: pd.DataFrame, published: Published) -> pd.DataFrame:
    """Add total IgE: four patients on immunoglobulin with their published mean and SD, and others.

    The paper does not say in how many of the five it was measured.
    """
    draw = np.random.default_rng(SEED)
    high = immunoglobulin_ige(published)
    others = other_ige(published, high)
    treated = courses.loc[courses["treatment"] == "immunoglobulin", "patient_id"].unique()
    patients["total_ige_iu_per_ml"] = pd.Series(dtype="Int64", index=patients.index)
    for group, values in ((treated, high), (patients.index.difference(treated), others)):
        measured = draw.choice(group, len(values), replace=False)
        patients.loc[measured, "total_ige_iu_per_ml"] = values
    return patients


def immunoglobulin_ige(published: Published) -> list[int]:
    """Four ascending values with the published mean and SD."""
    mean, sd = (
        published.find("table1", "total_ige_iu_per_ml", name, treatment="immunoglobulin") for name in ("mean", "sd")
    )
    total, squares = 4 * int(mean.value), 3 * int(sd.value) ** 2 + 4 * int(mean.value) ** 2
    first = LOWEST_IGE_WITH_IMMUNOGLOBULIN
    for second in range(first + 2000, int(mean.value)):
        half = (total - first - second) / 2
        apart = ((squares - first**2 - second**2) / 2 - half**2) ** 0.5
        values = [first, second, floor(half - apart), ceil(half + apart)]
        if sum(values) == total and sd.is_met_by(np.std(values, ddof=1)):
            return values
    raise RuntimeError("no four IgE values have the published mean and SD")


def other_ige(published: Published, high: list[int]) -> list[int]:
    """Fourteen values below those, which give the published median and IQR of all eighteen.

    By the (n + 1)p rule the quartiles lie a quarter of the way before the 5th and
    after the 14th value, and the median half way between the 9th and the 10th.
    """
    median, iqr = (float(published.find("table1", "total_ige_iu_per_ml", name).value) for name in ("median", "iqr"))
    upper_quartile = (BELOW_QUARTILE + 3 * ABOVE_QUARTILE) / 4 + iqr
    highest = (4 * upper_quartile - high[0]) / 3
    stretches = (
        (LOWEST_IGE, BELOW_QUARTILE, 4),
        (ABOVE_QUARTILE, BELOW_MEDIAN, 5),
        (2 * median - BELOW_MEDIAN, highest, 5),
    )
    return [round(value) for low, top, n in stretches for value in np.geomspace(low, top, n)]
