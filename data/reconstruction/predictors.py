"""Whether age, onset, allergies or sex go with response: the paper found no such relation."""

import pandas as pd
from scipy import stats

TRAITS = ["sex", "family_history_atopy", "food_allergy", "egg_allergy", "mite_allergy"]
MEASURES = ["age_at_start_years", "onset_age_months"]
SIGNIFICANT = 0.05
# Treatments with fewer courses are left out of the paper's comparisons.
MIN_COURSES = 5


def compared(courses: pd.DataFrame) -> pd.DataFrame:
    """The courses of treatments with at least five courses: 76 of the 81."""
    return courses[courses.groupby("treatment")["treatment"].transform("size") >= MIN_COURSES]


def age_difference(courses: pd.DataFrame) -> float:
    """Kruskal-Wallis p of age at start over the treatments compared."""
    ages = [group for _, group in compared(courses).groupby("treatment")["age_at_start_years"]]
    return float(stats.kruskal(*ages).pvalue)


def trait_p_values(courses: pd.DataFrame, trait: pd.Series) -> list[float]:
    """Fisher's exact p of a patient's trait with effective and with significant response.

    Over all courses and over those of the treatments compared.
    """
    return [
        float(stats.fisher_exact(pd.crosstab(chosen["patient_id"].map(trait), chosen["response"] >= least)).pvalue)
        for chosen in (courses, compared(courses))
        for least in (1, 2)
    ]


def patient_trait_predicts_response(courses: pd.DataFrame, trait: pd.Series) -> bool:
    """Whether any of the trait's p values is significant."""
    return min(trait_p_values(courses, trait)) <= SIGNIFICANT


def measure_p_values(courses: pd.DataFrame, measure: pd.Series) -> list[float]:
    """Mann-Whitney p of a measure with effective and significant response, and Spearman's p."""
    p_values = []
    for chosen in (courses, compared(courses)):
        known = chosen[measure[chosen.index].notna()]
        values, response = measure[known.index].astype(float), known["response"].astype(int)
        p_values += [
            float(stats.mannwhitneyu(values[response >= least], values[response < least]).pvalue) for least in (1, 2)
        ]
        p_values.append(float(stats.spearmanr(values, response).pvalue))
    return p_values


def all_p_values(courses: pd.DataFrame, patients: pd.DataFrame) -> dict[str, list[float]]:
    """The p values of every predictor; `patients` is indexed by patient_id."""
    found = {trait: trait_p_values(courses, patients[trait]) for trait in TRAITS}
    for measure in MEASURES:
        values = courses[measure] if measure in courses else courses["patient_id"].map(patients[measure])
        found[measure] = measure_p_values(courses, values)
    return found
