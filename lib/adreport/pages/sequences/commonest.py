"""What was commonest, in words: all that are as common are named if they are few; what occurs once is not commonest."""

import pandas as pd

from adreport.pages.exhibits import Results
from adreport.pages.sequences.pathways import THEN
from adreport.show.numbers import counted, listing, whole
from adreport.study.dictionary import level_label, treatment_in_words
from adreport.study.reasons import NOT_RECORDED, REASON

MOST_NAMED = 3


def sequences(numbers: pd.Series, ties: float) -> str:
    """The commonest of several sequences, all of them where a few are as common; `ties`: how many are."""
    most = numbers.max()
    if most == 1:
        return "none occurred twice"
    if ties > MOST_NAMED:
        return f"the commonest {whole(ties)} occurred in {whole(most)} patients each"
    named = "; ".join(in_order(pathway) for pathway in numbers.index[numbers == most])
    return f"the commonest ({named}) occurred in {counted(most, 'patient')}{' each' if ties > 1 else ''}"


def treatments(numbers: pd.Series) -> str:
    """The commonest of several treatments, all of them where a few are as common."""
    numbers = numbers[numbers > 0]
    top, most = numbers.index[numbers == numbers.max()], numbers.max()
    named = listing(map(treatment_in_words, top))
    if len(numbers) == 1:
        return f"{'always ' if most > 1 else ''}{named}"
    if most == 1:
        return "none of them in two patients"
    if len(top) > MOST_NAMED:
        return f"most often one of several ({whole(most)} each)"
    return f"most often {named} ({whole(most)}{' each' if len(top) > 1 else ''})"


def steps(results: Results, switches: pd.DataFrame) -> str:
    """The commonest change of treatment and its commonest reason; all of them where a few are as common."""
    top = switches[switches["n"] == switches["n"].max()]
    n = top["n"].iloc[0]
    if n == 1:
        return "no step occurred twice" if len(top) > 1 else f"it was from {_from_to(*top.index[0])}"
    if len(top) > MOST_NAMED:
        return f"the commonest {whole(len(top))} steps occurred {whole(n)} times each"
    named = [
        f"from {_from_to(*step)} ({whole(n)} of {counted(total, 'course')}{_why(results, *step)})"
        for step, total in top["N"].items()
    ]
    return f"the commonest step{' was' if len(named) == 1 else 's were'} {listing(named)}"


def in_order(pathway: str) -> str:
    """A sequence of treatments, written with THEN between them, in words."""
    return listing(map(treatment_in_words, pathway.split(THEN))).replace(" and ", ", then ")


def _from_to(before: str, after: str) -> str:
    return f"{treatment_in_words(before)} to {treatment_in_words(after)}"


def _why(results: Results, before: str, after: str) -> str:
    """The reason given most often for a step, "" where none stands out."""
    keys = {"output": "transition_reasons", "stat_name": "n"}
    counts = results.pick(**keys, group1_level=before, group2_level=after)
    counts = counts[counts["variable_level"] != NOT_RECORDED]
    top, n = counts[counts["stat"] == counts["stat"].max()], whole(counts["stat"].max())
    if len(top) not in range(1, MOST_NAMED + 1) or (n == "1" and len(top) > 1):
        return ""
    named = listing([level_label(REASON, reason).lower() for reason in top["variable_level"]])
    return f"; most often given reason{'s' if len(top) > 1 else ''}: {named}, {n}{' each' if len(top) > 1 else ''}"
