"""Results laid out as tables, a module per report page. Nothing is computed here."""

import lazy_loader

# A page loads only the modules that it shows: their imports are most of its time.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cohort": [
            "baseline_levels",
            "baseline_numbers",
            "flow",
            "patients_by_treatment",
            "treatments_used",
            "warnings",
        ],
        "comparisons": ["pairwise", "pairwise_effects", "predictors"],
        "efficacy": ["course_features", "discontinuation_reasons", "outcomes", "test_rule"],
        "multiverse": ["specifications"],
        "patient_level": ["patient_rates", "patient_tests", "treatment_differences"],
        "patient_models": ["odds_ratios"],
        "reproduction": ["contradictions", "differences", "every_number", "overview"],
        "safety": ["discontinued_courses", "organ_classes", "serious", "side_effects"],
        "endings": ["rules", "status", "status_doubts", "without_response"],
        "sequences": [
            "line_outcomes",
            "lines",
            "pathways",
            "patterns",
            "places",
            "response_change",
            "transition_reasons",
            "transitions",
        ],
        "survival": ["horizons", "medians", "reasons", "remission", "tests"],
    },
)
