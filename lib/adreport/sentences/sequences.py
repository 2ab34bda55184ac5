"""Sentences of the sequences page."""

import pandas as pd

from adreport.dictionary import level_label, treatment_in_words, treatments
from adreport.display import Sentence
from adreport.formatting import counted, n_percent, whole
from adreport.results import pick, value, wide


def pathways(results: pd.DataFrame) -> Sentence:
    """How many different sequences there are and which is the commonest."""
    own = pick(results, output="table4")
    numbers = own["method"].value_counts()
    commonest = numbers.index[0].replace(" > ", " → ")
    words = " → ".join(level_label("treatment", code).lower() for code in commonest.split(" → "))
    return Sentence(
        f"{counted(len(own), 'patient')} went through {counted(len(numbers), 'different sequence')} "
        f"of up to {whole(own['stat'].max())} courses; the commonest, {words}, was that of "
        f"{counted(numbers.iloc[0], 'patient')}."
    )


def lines(results: pd.DataFrame) -> Sentence:
    """What was used first, and how many patients needed a second line."""
    first = pick(results, output="lines", group1="line", group1_level="1")
    if first.empty:
        return Sentence("None of these courses was a first line.")
    counts = wide(first, "variable_level")
    top = counts["n"].idxmax()
    second = pick(results, output="lines", group1="line", group1_level="2", stat_name="N")["stat"].max()
    second = 0 if pd.isna(second) else second
    total = counts["N"].iloc[0]
    return Sentence(
        f"The first treatment was most often {level_label('treatment', top).lower()} ({whole(counts.loc[top, 'n'])} of "
        f"{counted(total, 'patient')}); {n_percent(second, total)[:-1]}%) went on to a second."
    )


def transitions(results: pd.DataFrame) -> Sentence:
    """The commonest change of treatment."""
    own = pick(results, output="transitions", stat_name="n")
    switches = own[own["group2_level"].isin(treatments())]
    if switches.empty:
        return Sentence("No patient changed treatment.")
    top = switches.loc[switches["stat"].idxmax()]
    total = value(
        results, output="transitions", group1_level=top["group1_level"], group2_level=top["group2_level"], stat_name="N"
    )
    step = f"{treatment_in_words(top['group1_level'])} to {treatment_in_words(top['group2_level'])}"
    return Sentence(
        f"{counted(switches['stat'].sum(), 'course')} were followed by another; the commonest step was from {step} "
        f"({whole(top['stat'])} of {counted(total, 'course')})."
    )
