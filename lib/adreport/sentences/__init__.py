"""The answers in words, a module per report page: every number in a sentence comes from the results."""

from adreport.sentences.cohort import baseline, comorbidities, flow, masthead, treatments_used
from adreport.sentences.efficacy import ordered, outcomes, pairwise, predictors, test_rule
from adreport.sentences.reproduction import agreement, contradictions
from adreport.sentences.safety import discontinued, side_effects
from adreport.sentences.sequences import lines, pathways, transitions

__all__ = [
    "agreement", "baseline", "comorbidities", "contradictions", "discontinued", "flow", "lines", "masthead",
    "ordered", "outcomes", "pairwise", "pathways", "predictors", "side_effects", "test_rule", "transitions",
    "treatments_used",
]  # fmt: skip
