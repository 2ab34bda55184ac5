"""Results and rows as figures, a module per report page. Colours and fonts live in `drawing` and the style file."""

import lazy_loader

# A page loads only the modules that it shows: their imports are most of its time.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cohort": ["distributions", "treatments_used"],
        "efficacy": ["response_levels", "response_rates"],
        "safety": ["affected_courses", "exposure"],
        "sensitivity": ["multiverse", "patient_rates"],
        "sequences": ["lines"],
        "swimmer_plot": ["swimmer"],
        "survival": ["cumulative_incidence", "drug_survival"],
    },
)
