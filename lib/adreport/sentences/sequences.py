"""Sentences of the sequences page."""

import pandas as pd

from adreport.dictionary import treatment_in_words, treatments
from adreport.display import Sentence
from adreport.formatting import counted, listing, percent, whole
from adreport.results import pick, value, wide


def pathways(results: pd.DataFrame) -> Sentence:
    """How many different sequences there are and which is the commonest."""
    own = pick(results, output="table4")
    numbers = own["method"].value_counts()
    words = listing([treatment_in_words(code) for code in numbers.index[0].split(" > ")]).replace(" and ", ", then ")
    if len(numbers) == 1:
        return Sentence(f"{counted(len(own), 'patient')} had one and the same sequence: {words}.")
    return Sentence(
        f"{counted(len(own), 'patient')} had {counted(len(numbers), 'different sequence')}, the longest of "
        f"{counted(own['stat'].max(), 'course')}; the commonest ({words}) occurred in "
        f"{counted(numbers.iloc[0], 'patient')}."
    )


def lines(results: pd.DataFrame) -> Sentence:
    """What was used first, and how many of those patients went on to a second treatment."""
    first = pick(results, output="lines", group1="line", group1_level="1")
    if first.empty:
        return Sentence("None of these courses was a first line.")
    counts = wide(pick(first, variable="treatment"), "variable_level")
    top = counts["n"].idxmax()
    on, total = (value(first, variable="went_on", stat_name=name) for name in ("n", "N"))
    return Sentence(
        f"{counted(total, 'patient')} had a first treatment here, most often {treatment_in_words(top)} "
        f"({whole(counts.loc[top, 'n'])}); {whole(on)} of {whole(total)} ({percent(on / total)}%) went on to a second."
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
    followed = counted(switches["stat"].sum(), "course was", "courses were")
    return Sentence(
        f"{followed} followed by another; the commonest step was from {step} "
        f"({whole(top['stat'])} of {counted(total, 'course')})."
    )
