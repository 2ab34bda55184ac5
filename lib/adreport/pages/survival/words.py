"""The answers of the survival page in words."""

import math

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import by_treatment
from adreport.pages.survival import horizons
from adreport.pages.survival.results import ALL_COURSES, FIRST_COURSES, GROUP, WITHIN_PATIENTS
from adreport.show.numbers import counted, interval, listing, number, p_phrase, percent, whole
from adreport.show.parts import Sentence
from adreport.stats.tests import SIGNIFICANT
from adreport.study.dictionary import treatment_in_words
from adreport.study.reasons import REASON_GROUPS, censored, reason_label
from adreport.study.times import DAYS_PER_MONTH

NO_DURATIONS = "How long courses lasted is not recorded."
# Where a difference in duration is shown, or is not.
COMPARED = {
    ALL_COURSES: "among all {courses} taken as independent (log-rank, {p})",
    WITHIN_PATIENTS: "within patients (permutation, {p}; {patients} with treatments to exchange)",
    FIRST_COURSES: "among first courses alone (log-rank, {p}; {courses} of {treatments})",
}


def still_on_treatment(results: Results) -> Sentence:
    """The share of courses that lasted longer than a year, for each treatment with enough courses."""
    year = horizons.spoken()
    rows = results.pick(output="survival", variable="drug_survival", variable_level=year.level)
    if rows.empty:
        return Sentence(NO_DURATIONS)
    shares = wide(rows, "group1_level").reindex(columns=["estimate", "conf.low", "conf.high", "N"])
    shares = shares.loc[_sizes(results).index].sort_values("estimate", ascending=False, kind="stable")
    estimate, name = shares["estimate"], treatment_in_words
    parts = [f"{name(code)} {_lasting(share, results)}" for code, share in shares[estimate > 0].iterrows()]
    none, unknown = (" or ".join(map(name, estimate.index[which])) for which in (estimate == 0, estimate.isna()))
    return _joined(
        parts and f"At {year.in_words}, these shares of courses were still on treatment: {listing(parts)}.",
        none and f"No course of {none} lasted {year.in_words}.",
        unknown and f"No course of {unknown} was followed for {year.in_words}.",
    )


def medians(results: Results) -> Sentence:
    """The median duration of each treatment with enough courses, the longest first."""
    frame = by_treatment(results.rows, "drug_survival", ["median", "conf.low", "conf.high", "N"], "survival")
    if frame.empty:
        return Sentence(NO_DURATIONS)
    frame = frame.loc[_sizes(results).index].sort_values("median", ascending=False, kind="stable")
    reached = frame["median"].notna()
    parts = [f"{treatment_in_words(code)} {_duration(row, results)}" for code, row in frame[reached].iterrows()]
    never = [f"{treatment_in_words(code)} ({counted(n, 'course')})" for code, n in frame["N"][~reached].items()]
    return _joined(
        parts and f"Median time on treatment: {listing(parts)}.",
        never and f"The median was not reached for {listing(never)}.",
    )


def followed(results: Results) -> Sentence:
    """How many courses ended, were censored, or could not be used."""
    rows = results.pick(output="survival", group1="treatment", stat_name="n", group2="")
    n = rows.groupby(["variable", "variable_level"])["stat"].sum()
    total = results.pick(output="survival", variable="duration_unknown", stat_name="N")["stat"].sum()
    unknown, no_reason = (n.get((variable, ""), 0) for variable in ("duration_unknown", "reason_unknown"))
    lasting = {reason_label(reason).lower(): n.get(("censored", reason), 0) for reason in censored()}
    lasting = listing([f"{whole(number)} {label}" for label, number in lasting.items() if number])
    return _joined(
        total > unknown and f"Of {counted(total - unknown, 'course')} of known duration, "
        f"{whole(n['discontinued', ''])} ended.",
        lasting and f"The others count for as long as they were followed (censored): {lasting}.",
        (unknown or not total) and f"{counted(unknown, 'course')} of unknown duration had to be left out.",
        no_reason and f"In {counted(no_reason, 'course')} no reason is recorded: taken as ended where there is a stop "
        "date or a later course, otherwise as ongoing.",
    )  # fmt: skip


def comparison(results: Results) -> Sentence:
    """Which of the log-rank tests (of all courses, within patients, of first courses) show a difference."""
    rows = results.pick(output="survival", group1_level="", variable=COMPARED)
    tests = wide(rows, "variable").reindex(columns=["N", "parameter", "p.value"]).dropna(subset="p.value")
    if ALL_COURSES not in tests.index:
        return Sentence("Durations are not compared: that takes two treatments with enough courses, and an end.")
    patients = value(results.rows, output="survival", variable="informative_patients", stat_name="n")
    words = {True: [], False: []}
    for variable, n, freedom, p in tests.itertuples():
        gaps = {"courses": counted(n, "course"), "treatments": counted(freedom + 1, "treatment")}
        gaps |= {"patients": counted(patients, "patient"), "p": p_phrase(p)}
        words[p < SIGNIFICANT].append(COMPARED[variable].format(**gaps))
    shown, not_shown = (listing(words[significant]) for significant in (True, False))
    finding = f"A difference in duration is shown {shown}" if shown else "No difference in duration is shown"
    contrast = f"{', but not ' if shown else ' '}{not_shown}" if not_shown else ""
    untested = "" if WITHIN_PATIENTS in tests.index else "Within patients nothing can be compared."
    return _joined(f"{finding}{contrast}.", untested, _caution(tests["p.value"]))


def reasons(results: Results) -> Sentence:
    """The commonest reason for which courses had ended after a year, treatment by treatment."""
    year, sizes = horizons.spoken(), _sizes(results)
    rows = results.pick(output="survival", group2=GROUP, variable="cumulative_incidence", variable_level=year.level)
    rows = pick(rows, stat_name="estimate", group1_level=sizes.index)
    if rows.empty:
        return Sentence(f"No treatment was followed for {year.in_words}: how courses had ended by then is not known.")
    parts = [
        f"{treatment_in_words(code)} {_commonest(shares)}; {counted(sizes[code], 'course')})"
        for code, shares in wide(rows, "group1_level", "group2_level").iterrows()
    ]
    return Sentence(f"How courses most often ended within {year.in_words}: {', '.join(parts)}.")


def remission(results: Results) -> Sentence:
    """The median length of remission after the courses in which it is recorded."""
    rows = results.pick(output="survival", group1="", variable="remission_months")
    n, missing, middle, low, high = (value(rows, stat_name=name) for name in ("N", "n_missing", "median", "min", "max"))
    if not n > 0:
        return Sentence("How long patients stayed without systemic treatment is not recorded.")
    span = f" (range {number(low, 0)} to {number(high, 0)})" if n > 1 else ""
    return _joined(
        f"The time without systemic treatment is recorded after {counted(n, 'course')}: a median of {number(middle)} "
        f"months{span}.",
        missing and f"It is not recorded after {counted(missing, 'other course')} that ended.",
    )


def _joined(*sentences: object) -> Sentence:
    """Those of the sentences that apply."""
    return Sentence(" ".join(str(sentence) for sentence in sentences if sentence))


def _sizes(results: Results) -> pd.Series:
    """Courses of known duration of each treatment that has enough; of all treatments where none has."""
    sizes = by_treatment(results.rows, "drug_survival", ["N"], "survival")["N"]
    enough = sizes >= results.settings.min_courses
    return sizes[enough] if enough.any() else sizes


def _duration(row: pd.Series, results: Results) -> str:
    """A median in months with its interval: "1.6 months (95% CI 1.1 to 2.5; 21 courses)"."""
    middle, low, high = (number(days / DAYS_PER_MONTH) for days in row[["median", "conf.low", "conf.high"]])
    limits = f"from {low}, no upper limit" if math.isnan(row["conf.high"]) else f"{low} to {high}"
    limits = "no interval" if math.isnan(row["conf.low"]) else f"{results.settings.interval_name} {limits}"
    return f"{middle} months ({limits}; {counted(row['N'], 'course')})"


def _lasting(share: pd.Series, results: Results) -> str:
    """The share still on treatment; where no course had ended its interval of no width says nothing."""
    limits = f"{results.settings.interval_name} {interval(share['conf.low'], share['conf.high'], decimals=0)}"
    limits = "no course had ended" if share["estimate"] == 1 else limits
    return f"{percent(share['estimate'], 0)}% ({limits}; {whole(share['N'])} at risk)"


def _caution(p: pd.Series) -> str:
    """What none of the tests can exclude."""
    if len(p) == 1:
        return "The test may take a difference between patients for one between treatments."
    if p.min() >= SIGNIFICANT:
        return "This does not show that there is none."
    return "Treatments were not allocated at random."


def _commonest(shares: pd.Series) -> str:
    """The commonest way in which courses ended, with an open bracket for how many."""
    largest = shares.max()
    if not largest > 0:
        return "not at all (0%"
    names = [REASON_GROUPS[group].words for group in shares.index[shares >= largest - 1e-9]]
    return f"{listing(names)} ({percent(largest, 0)}%{' each' if len(names) > 1 else ''}"
