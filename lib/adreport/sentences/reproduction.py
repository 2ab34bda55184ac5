"""Sentences of the reproduction page."""

from adreport.contradictions import Contradiction
from adreport.display import Sentence
from adreport.formatting import counted, whole
from adreport.reproduction import AGREES, DIFFERS, ROUNDED, TRUNCATED, UNKNOWN, VERDICTS, Comparison


def agreement(comparison: Comparison) -> Sentence:
    """How many printed numbers agree; of other data, how many shares lie inside the intervals."""
    rows = comparison.rows
    if not comparison.reproduces:
        known = rows.dropna(subset="low")
        inside = known["stat"].between(known["low"], known["high"])
        return Sentence(
            f"These are other data than the published cohort: {whole(inside.sum())} of "
            f"{counted(len(known), 'published share')} of courses lie inside the interval that these data give."
        )
    n = {name: int((rows["verdict"] == name).sum()) for name in VERDICTS}
    return Sentence(
        f"Of {counted(len(rows), 'printed number')}, {whole(len(rows) - n[UNKNOWN])} can be recomputed: "
        f"{whole(n[AGREES] + n[ROUNDED])} agree, {whole(n[TRUNCATED])} agree if cut off instead of rounded, "
        f"{whole(n[DIFFERS])} differ."
    )


def contradictions(found: list[Contradiction]) -> Sentence:
    """How many contradictions stand."""
    return Sentence(
        f"{counted(len(found), 'statement')} of the paper cannot be true together with another or stand unexplained."
    )
