"""What was commonest, in words: all that are as common are named if they are few; what occurs once is not commonest."""

import pandas as pd

from adreport.pages.contract import pick
from adreport.pages.sequences.pathways import reason_in_words
from adreport.show.numbers import counted, listing, whole
from adreport.study.dictionary import treatment_in_words

MOST_NAMED = 3


def sequences(numbers: pd.Series) -> str:
    """The commonest of several sequences, all of them where a few are as common."""
    top = numbers[numbers == numbers.max()]
    if top.iloc[0] == 1:
        return "none occurred twice"
    if len(top) > MOST_NAMED:
        return f"the commonest {whole(len(top))} occurred in {whole(top.iloc[0])} patients each"
    each = " each" if len(top) > 1 else ""
    named = "; ".join(in_order(pathway) for pathway in top.index)
    return f"the commonest ({named}) occurred in {counted(top.iloc[0], 'patient')}{each}"


def treatments(numbers: pd.Series) -> str:
    """The commonest of several treatments, all of them where a few are as common."""
    numbers = numbers[numbers > 0]
    top = numbers[numbers == numbers.max()]
    named = listing([treatment_in_words(code) for code in top.index])
    if len(numbers) == 1:
        return f"{'always ' if top.iloc[0] > 1 else ''}{named}"
    if top.iloc[0] == 1:
        return "none of them in two patients"
    if len(top) > MOST_NAMED:
        return f"most often one of several ({whole(top.iloc[0])} each)"
    return f"most often {named} ({whole(top.iloc[0])}{' each' if len(top) > 1 else ''})"


def steps(results: pd.DataFrame, switches: pd.DataFrame) -> str:
    """The commonest change of treatment and its commonest reason; all of them where a few are as common."""
    top = switches[switches["n"] == switches["n"].max()]
    n = top["n"].iloc[0]
    if n == 1:
        return "no step occurred twice" if len(top) > 1 else f"it was from {_from_to(top.index[0])}"
    if len(top) > MOST_NAMED:
        return f"the commonest {whole(len(top))} steps occurred {whole(n)} times each"
    told = [
        f"from {_from_to(step)} ({whole(n)} of {counted(total, 'course')}{_why(results, step)})"
        for step, total in top["N"].items()
    ]
    return f"the commonest step{' was' if len(told) == 1 else 's were'} {listing(told)}"


def in_order(pathway: str) -> str:
    """A sequence of treatments, written with " > " between them, in words."""
    return listing([treatment_in_words(code) for code in pathway.split(" > ")]).replace(" and ", ", then ")


def _from_to(step: tuple[str, str]) -> str:
    before, after = step
    return f"{treatment_in_words(before)} to {treatment_in_words(after)}"


def _why(results: pd.DataFrame, step: tuple[str, str]) -> str:
    before, after = step
    own = pick(results, output="transition_reasons", stat_name="n", group1_level=before, group2_level=after)
    own = own[own["variable_level"] != "not_recorded"]
    if own.empty:
        return ""
    top = own[own["stat"] == own["stat"].max()]
    if len(top) > MOST_NAMED or (top["stat"].iloc[0] == 1 and len(top) > 1):
        return ""
    named = listing([reason_in_words(reason) for reason in top["variable_level"]])
    if len(top) > 1:
        return f"; most often given reasons: {named}, {whole(top['stat'].iloc[0])} each"
    return f"; most often given reason: {named}, {whole(top['stat'].iloc[0])}"
