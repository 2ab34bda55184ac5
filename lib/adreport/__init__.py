"""adreport: treatment courses in, a checked and reproducible report out."""

import lazy_loader

# A second `make report` with nothing to do must not wait for pandas.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "cohort", "contradictions", "efficacy", "figures", "pathways", "reproduction", "safety", "sensitivity",
        "sentences", "sequences", "survival", "tables",
    ],
    submod_attrs={"explorer": ["explore"], "study": ["Study", "read_study"]},
)  # fmt: skip
