"""The answers in words, a module per report page: every number in a sentence comes from the results."""

import lazy_loader

# A page loads only the modules that it shows: their imports are most of its time.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cohort": ["baseline", "comorbidities", "flow", "masthead", "treatments_used"],
        "efficacy": ["differences", "endings", "ordered", "outcomes", "pairwise", "power", "predictors"],
        "reproduction": ["agreement", "contradictions", "explanations"],
        "safety": ["attribution", "discontinued", "exposure", "organ_classes", "serious", "side_effects", "terms"],
        "sequences": [
            "ends",
            "line_outcomes",
            "lines",
            "lines_reached",
            "pathways",
            "places",
            "response_change",
            "rules",
            "status",
            "transitions",
            "without_response",
        ],
        "survival": ["comparison", "drug_survival", "left_out", "reasons", "remission", "still_going_on"],
        "sensitivity": [
            "informative",
            "multiverse",
            "odds_ratios",
            "patient_agreement",
            "patient_rates",
            "treatment_differences",
        ],
    },
)
