"""Sentences of the reproduction page."""

import pandas as pd

from adreport.pages.paper.contradictions import KINDS, Contradiction
from adreport.pages.paper.results import (
    AGREES,
    DIFFERS,
    JOIN,
    ROUNDED,
    TRUNCATED,
    UNKNOWN,
    VERDICTS,
    Comparison,
    common_denominators,
)
from adreport.show.numbers import counted, listing, whole
from adreport.show.parts import Sentence


def agreement(comparison: Comparison) -> Sentence:
    """How many printed numbers agree; of other data, how many shares lie inside the intervals."""
    if not comparison.reproduces:
        return _other_data(comparison.rows)
    verdicts = comparison.rows["verdict"]
    n = {name: whole((verdicts == name).sum()) for name in VERDICTS}
    known = comparison.rows[verdicts != UNKNOWN]
    test = known.loc[known["follows"], "verdict"]
    return Sentence(
        f"Of {counted(len(verdicts), 'printed number')} {whole(verdicts.isin([AGREES, ROUNDED]).sum())} agree, "
        f"{n[TRUNCATED]} agree only if cut off, not rounded, {n[DIFFERS]} differ and {n[UNKNOWN]} cannot be "
        "recomputed. "
        f"{whole(len(known) - len(test))} of those recomputed are counts, medians and ranges that the data were built "
        f"to match, so they are no test; of the other {whole(len(test))}, which follow from published counts or "
        f"sequences, {whole(test.isin([AGREES, ROUNDED]).sum())} agree."
    )


def explanations(comparison: Comparison) -> Sentence:
    """The one denominator that explains a whole column of percentages, if there is one."""
    if not comparison.reproduces:
        return Sentence("Shares whose published value lies outside the interval of these data; no test.")
    parts = [
        f"with {' or '.join(map(str, totals))} as the total of {variable}, every share of {variable} that differs "
        "comes out as printed"
        for variable, totals in common_denominators(comparison)
    ]
    if not parts:
        return Sentence("No one denominator explains what differs.")
    words = "; ".join(parts)
    return Sentence(f"{words[:1].upper()}{words[1:]}.")


def _other_data(rows: pd.DataFrame) -> Sentence:
    known = rows.dropna(subset="low").drop_duplicates(JOIN)
    inside = known["stat"].between(known["low"], known["high"])
    if known.empty:
        return Sentence("These are other data than the published cohort.")
    return Sentence(
        f"These are other data than the published cohort: {whole(inside.sum())} of "
        f"{counted(len(known), 'published share')} of courses lie inside the interval of these data; that is no test."
    )


def contradictions(found: list[Contradiction]) -> Sentence:
    """How many contradictions of each kind stand."""
    kinds = [f"{whole(sum(item.kind == kind for item in found))} {words}" for kind, words in KINDS.items()]
    return Sentence(f"Of the paper's statements, {listing(kinds)}.")
