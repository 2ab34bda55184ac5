"""The answers of the cohort page in words."""

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.layout import by_treatment
from adreport.show.numbers import counted, interval, listing, number, percent, whole
from adreport.show.parts import Sentence
from adreport.study.dictionary import level_label


def flow(results: pd.DataFrame) -> Sentence:
    """Patients, courses and how many of them are compared."""
    n = wide(pick(results, output="flow"), "variable")["n"]
    patients = counted(n.patients, "patient")
    who = patients if n.patients_treated == n.patients else f"{whole(n.patients_treated)} of {patients}"
    had = f"{who} had {counted(n.courses, 'treatment course')}"
    if n.treatments_compared < 2:
        return Sentence(f"{had}; fewer than two treatments have enough courses to be compared.")
    return Sentence(
        f"{had}; {whole(n.courses_compared)} of these, of the {counted(n.treatments_compared, 'treatment')} with at "
        f"least {counted(n.treatments_compared_min_courses, 'course')}, are compared."
    )


def baseline(results: pd.DataFrame) -> Sentence:
    """Sex, age and onset of the patients."""
    own = pick(results, output="table1", group1="")
    female, known = (value(own, variable="sex", variable_level="female", stat_name=name) for name in ("n", "N"))
    were = "was" if female == 1 else "were"
    parts = [f"{whole(female)} of {counted(known, 'patient')} ({percent(female / known)}%) {were} female"]
    for variable, words in (
        ("age_at_data_lock_years", "age at data lock was {} years"),
        ("onset_age_months", "age at onset {} months"),
    ):
        middle, low, high, n = (value(own, variable=variable, stat_name=name) for name in ("median", "p25", "p75", "N"))
        if n:
            quartiles = interval(low, high, as_percent=False)
            parts.append(f"the median {words.format(number(middle))} (quartiles {quartiles}; known in {whole(n)})")
    return Sentence(f"{listing(parts)}.")


def comorbidities(results: pd.DataFrame) -> Sentence:
    """How many patients had another disease."""
    own = pick(results, output="table1", group1="", variable_level="any")
    parts = []
    for variable, words in (
        ("atopic_comorbidities", "another atopic disease"),
        ("comorbidities", "a non-atopic disease"),
    ):
        n, known = (value(own, variable=variable, stat_name=name) for name in ("n", "N"))
        if known:
            parts.append(f"{whole(n)} of {whole(known)} patients ({percent(n / known)}%) had {words}")
    return Sentence(f"{listing(parts)}." if parts else "No comorbidities are recorded.")


def treatments_used(results: pd.DataFrame) -> Sentence:
    """The commonest treatment and how many there were."""
    frame = by_treatment(results, "patients", ["n", "N", "p"])
    first = frame["n"].idxmax()
    tied = [level_label("treatment", code) for code in frame.index[frame["n"] == frame.loc[first, "n"]]]
    if len(frame) == 1:
        return Sentence(f"All courses were of {tied[0].lower()}.")
    each = "each of " if len(tied) > 1 else ""
    return Sentence(
        f"{listing(tied)} {'were' if each else 'was'} the most frequent of {counted(len(frame), 'treatment')}: {each}"
        f"{whole(frame.loc[first, 'n'])} of {counted(frame.loc[first, 'N'], 'patient')} "
        f"({percent(frame.loc[first, 'p'])}%) received it."
    )
