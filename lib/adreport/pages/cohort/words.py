"""The answers of the cohort page in words."""

from adreport.pages.contract import value, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import by_treatment
from adreport.show.numbers import agreeing, counted, interval, listing, number, share_in_words, whole
from adreport.show.parts import Sentence
from adreport.stats.tests import FEWEST
from adreport.study.dictionary import treatment_in_words

MEDIANS = {"age_at_data_lock_years": "age at data lock was {} years", "onset_age_months": "age at onset {} months"}
DISEASES = {"atopic_comorbidities": "another atopic disease", "comorbidities": "a non-atopic disease"}


def flow(results: Results) -> Sentence:
    """How many patients had how many courses, and how many of these are compared."""
    n = wide(results.pick(output="flow"), "variable")["n"]
    patients = counted(n.patients, "patient")
    who = patients if n.patients_treated == n.patients else f"{whole(n.patients_treated)} of {patients}"
    had = f"{who} had {counted(n.courses, 'treatment course')}"
    if n.treatments_compared < 2:
        return Sentence(f"{had}; fewer than two treatments have enough courses to be compared.")
    return Sentence(
        f"{had}; {whole(n.courses_compared)} of these, of the {counted(n.treatments_compared, 'treatment')} with at "
        f"least {counted(n.treatments_compared_min_courses, 'course')}, are compared."
    )


def baseline(results: Results) -> Sentence:
    """Sex, age and onset of the patients."""
    patients = results.pick(output="table1", group1="")
    n, known = (value(patients, variable="sex", variable_level="female", stat_name=name) for name in ("n", "N"))
    parts = [f"{share_in_words(n, known, 'patient')} {agreeing(n, 'was', 'were')} female"] if known > 0 else []
    for variable, words in MEDIANS.items():
        median, low, high, n = (
            value(patients, variable=variable, stat_name=name) for name in ("median", "p25", "p75", "N")
        )
        if n >= FEWEST:
            quartiles = f"quartiles {interval(low, high, as_percent=False)}; "
            parts.append(f"the median {words.format(number(median))} ({quartiles}known in {whole(n)})")
    text = f"{listing(parts)}." if parts else "Neither sex, age nor onset are recorded of enough patients."
    return Sentence(text[:1].upper() + text[1:])


def comorbidities(results: Results) -> Sentence:
    """How many patients had another disease."""
    patients = results.pick(output="table1", group1="", variable_level="any")
    parts = []
    for variable, disease in DISEASES.items():
        n, known = (value(patients, variable=variable, stat_name=name) for name in ("n", "N"))
        if known > 0:
            parts.append(f"{share_in_words(n, known, 'patient')} had {disease}")
    return Sentence(f"{listing(parts)}." if parts else "No comorbidities are recorded.")


def treatments_used(results: Results) -> Sentence:
    """The treatment that most patients received."""
    patients = by_treatment(results.rows, "patients", ["n", "N"])
    most = patients[patients["n"] == patients["n"].max()]
    names = listing(map(treatment_in_words, most.index))
    if len(patients) == 1:
        return Sentence(f"All courses were of {names}.")
    verb, each = ("were", "each ") if len(most) > 1 else ("was", "")
    received = share_in_words(*most.iloc[0], "patient")
    number_of = counted(len(patients), "treatment")
    text = f"{names} {verb} the most frequent of {number_of}, {each}received by {received}."
    return Sentence(text[:1].upper() + text[1:])
