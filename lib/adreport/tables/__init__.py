"""Results laid out as tables, a module per report page. Nothing is computed here."""

from adreport.tables.cohort import baseline_levels, baseline_numbers, flow, patients_by_treatment, treatments_used
from adreport.tables.efficacy import course_features, discontinuation_reasons, outcomes, pairwise, predictors
from adreport.tables.reproduction import contradictions, differences, every_number, overview
from adreport.tables.safety import discontinued_courses, side_effects
from adreport.tables.sequences import lines, pathways, places, transitions

__all__ = [
    "baseline_levels", "baseline_numbers", "contradictions", "course_features", "differences",
    "discontinuation_reasons", "discontinued_courses", "every_number", "flow", "lines", "outcomes", "overview",
    "pairwise", "pathways", "patients_by_treatment", "places", "predictors", "side_effects",
    "transitions", "treatments_used",
]  # fmt: skip
