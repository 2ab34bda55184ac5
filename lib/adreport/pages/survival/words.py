"""The answers of the survival page in words."""

import math
from typing import NamedTuple

import pandas as pd

from adreport.pages.contract import n_of, pick, value, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import by_treatment
from adreport.pages.line_lists import first_of
from adreport.pages.survival import horizons
from adreport.pages.survival.remission import STILL_TREATED, WITHOUT_TREATMENT
from adreport.pages.survival.results import (
    ALL_COURSES,
    FIRST_COURSES,
    FOLLOW_UP,
    GROUP,
    LOST_AS_ENDED,
    PERMUTED,
    START_YEAR,
    WITHIN_PATIENTS,
    printed,
)
from adreport.show.numbers import counted, interval, listing, number, p_phrase, percent, whole
from adreport.show.parts import Sentence
from adreport.stats.tests import FEWEST, SIGNIFICANT
from adreport.study.dictionary import treatment_in_words
from adreport.study.eras import LOST
from adreport.study.reasons import REASON_GROUPS, censored, reason_label
from adreport.study.times import DAYS_PER_MONTH


class LogRank(NamedTuple):
    """A log-rank test as it is printed: `n` courses or patients, `way`: how its p was found."""

    n: float
    statistic: float
    freedom: float
    p: float
    way: str
    note: str


NO_DURATIONS = "How long courses lasted is not recorded."
TOO_FEW = "No treatment has enough courses of known duration (at least {})."
MOST_NAMED, MOST_LISTED = 3, 6
COUNTS, ESTIMATES = ["N", "n", "n_missing"], ["median", "conf.low", "conf.high"]


def still_on_treatment(results: Results) -> Sentence:
    """The share of courses that lasted longer than a year, for each treatment with enough courses."""
    year = horizons.spoken()
    rows, sizes = printed(results, output="survival", variable_level=year.level), _sizes(results)
    if sizes.empty:
        return _no_durations(results)
    shares = wide(rows, "group1_level").reindex(columns=["estimate", "conf.low", "conf.high", "N"])
    shares = shares.loc[sizes.index].sort_values("estimate", ascending=False, kind="stable")
    estimate, name = shares["estimate"], treatment_in_words
    parts = [
        f"{name(code)} {percent(share, 0)}% of {whole(sizes[code])}" for code, share in estimate.items() if share > 0
    ]
    none, unknown = (" or ".join(map(name, estimate.index[which])) for which in (estimate == 0, estimate.isna()))
    return _joined(
        parts and f"Courses still on treatment after {year.in_words}: {listing(first_of(parts, MOST_LISTED))}.",
        none and f"No course of {none} lasted {year.in_words}.",
        unknown and f"No course of {unknown} was followed for {year.in_words}.",
    )


def medians(results: Results) -> Sentence:
    """The median duration of each treatment with enough courses, the longest first."""
    rows, sizes = printed(results, output="survival", variable_level=""), _sizes(results)
    if sizes.empty:
        return _no_durations(results)
    frame = wide(rows, "group1_level").reindex(columns=["median", "conf.low", "conf.high", "N"])
    frame = frame.loc[sizes.index].sort_values("median", ascending=False, kind="stable")
    reached = frame["median"].notna()
    parts = [
        f"{treatment_in_words(code)} {_months(days / DAYS_PER_MONTH)}"
        for code, days in frame["median"][reached].items()
    ]
    never = [f"{treatment_in_words(code)} ({counted(n, 'course')})" for code, n in frame["N"][~reached].items()]
    return _joined(
        parts and f"Median months on treatment: {listing(first_of(parts, MOST_LISTED))}.",
        never and f"The median was not reached for {listing(never)}.",
    )


def followed(results: Results) -> Sentence:
    """How many courses ended, were censored, or could not be used."""
    rows = results.pick(output="survival", group1="treatment", stat_name="n", group2="")
    n = rows.groupby(["variable", "variable_level"])["stat"].sum()
    total = results.pick(output="survival", variable="duration_unknown", stat_name="N")["stat"].sum()
    unknown, no_reason = (n.get((variable, ""), 0) for variable in ("duration_unknown", "reason_unknown"))
    left_out = n.get(("ended", ""), 0) - n.get(("discontinued", ""), 0)
    left_out = f", {whole(left_out)} of which had ended," if left_out else ""
    lasting = {reason_label(reason).lower(): n.get(("censored", reason), 0) for reason in censored()}
    lasting = listing([f"{whole(number)} {label}" for label, number in lasting.items() if number])
    return _joined(
        total > unknown and f"Of {counted(total - unknown, 'course')} of known duration, "
        f"{whole(n['discontinued', ''])} ended.",
        lasting and f"The others are censored: {lasting}.",
        (unknown or not total) and f"{counted(unknown, 'course')} of unknown duration{left_out} had to be left out.",
        no_reason and f"In {counted(no_reason, 'course')} no reason is recorded: taken as ended where there is a stop "
        "date or a later course, otherwise as ongoing.",
        *_follow_up(results),
    )  # fmt: skip


def other_choices(results: Results) -> Sentence:
    """The medians that would be others if courses lost to follow-up had ended when last seen."""
    lost = results.pick(output="survival", variable="censored", variable_level=LOST, stat_name="n")["stat"].sum()
    if not lost:
        return Sentence("No course of known duration was lost to follow-up.")
    if _sizes(results).empty:
        return _no_durations(results)
    medians = results.pick(output="survival", group1="treatment", variable_level="", stat_name="median")
    medians = wide(pick(medians, variable=[ALL_COURSES, LOST_AS_ENDED]), "group1_level", "variable")
    medians = medians.reindex(columns=[ALL_COURSES, LOST_AS_ENDED], index=_sizes(results).index)
    others = [
        f"{treatment_in_words(code)} {after} instead of {before}"
        for code, before, after in (medians / DAYS_PER_MONTH).map(_months).itertuples()
        if before != after
    ]
    had = "If the course" if lost == 1 else f"If the {whole(lost)} courses"
    if not others:
        return Sentence(f"{had} lost to follow-up had ended when last seen, every median would be the same.")
    further = len(others) - MOST_NAMED
    others = others[:MOST_NAMED] + ([f"others for {counted(further, 'more treatment')}"] if further > 0 else [])
    return Sentence(f"{had} lost to follow-up had ended when last seen, medians would be: {listing(others)}.")


def comparison(results: Results) -> Sentence:
    """The primary test, of first courses, with the two treatments used most; the tests that are exploratory."""
    first, every, within = (log_rank(results, variable) for variable in (FIRST_COURSES, ALL_COURSES, WITHIN_PATIENTS))
    if first is None and every is None:
        return Sentence("Durations are not compared: that takes two treatments with enough courses, and an end.")
    words = [
        every is not None
        and f"all {counted(every.n, 'course')} as independent (log-rank, {every.way}, {p_phrase(every.p)})",
        within is not None and f"within {counted(within.n, 'patient')} ({within.way}, {p_phrase(within.p)})",
    ]
    exploratory = listing([text for text in words if text])
    caution = (
        "Within patients an earlier treatment seems shorter, so that test can find a difference where there is none."
    )
    return _joined(
        f"Primary analysis, the first course of each patient: {_primary(results, first)}.",
        exploratory and f"Exploratory: {exploratory}.",
        within is not None and caution,
    )


def log_rank(results: Results, variable: str) -> LogRank | None:
    """A log-rank test with the p that is printed: by permutation wherever that was done; None where there was none."""
    tests = results.pick(output="survival", group1_level="", variable=[variable, variable + PERMUTED])
    frame = wide(tests, "variable").reindex(columns=["N", "statistic", "parameter", "p.value"])
    frame = frame.dropna(subset="p.value")
    if frame.empty:
        return None
    n, statistic, freedom, _ = frame.iloc[0]
    note = pick(tests, variable=frame.index[-1], stat_name="p.value")["note"].iloc[0]
    way = "exact permutation" if "exact" in note else "permutation" if "permutation" in note else "chi-square"
    return LogRank(n, statistic, freedom, frame["p.value"].iloc[-1], way, note)


def reasons(results: Results) -> Sentence:
    """The commonest reason for which courses had ended after a year, treatment by treatment."""
    year, sizes = horizons.spoken(), _sizes(results)
    if sizes.empty:
        return _no_durations(results)
    rows = results.pick(output="survival", group2=GROUP, variable="cumulative_incidence", variable_level=year.level)
    rows = pick(rows, stat_name="estimate", group1_level=sizes.index)
    if rows.empty:
        return Sentence(f"No treatment was followed for {year.in_words}: how courses had ended by then is not known.")
    parts = [
        f"{treatment_in_words(code)} {_commonest(shares)}; {counted(sizes[code], 'course')})"
        for code, shares in wide(rows, "group1_level", "group2_level").iterrows()
    ]
    return Sentence(f"How courses most often ended within {year.in_words}: {', '.join(first_of(parts, MOST_LISTED))}.")


def remission(results: Results) -> Sentence:
    """How long patients did without systemic treatment after a course, until the next one or the data lock."""
    rows = results.pick(output="survival", group1="", variable=WITHOUT_TREATMENT)
    every = wide(pick(rows, variable_level=""), "variable").reindex(columns=[*COUNTS, *ESTIMATES])
    if every.empty or not every["N"].iloc[0]:
        return Sentence("How long patients stayed without systemic treatment is not known.")
    every, year = every.iloc[0], horizons.spoken()
    n, ended = n_of(results.rows, output="survival", group1="", variable=STILL_TREATED)
    later = wide(pick(rows, variable_level=year.level), "variable").reindex(columns=["N", "estimate", *ESTIMATES])
    middle = "was not reached" if math.isnan(every["median"]) else f"was {_interval(every, results)}"
    few = every["N"] < FEWEST
    middle = f" The median time until the next course {middle}" if not few else ""
    share = "" if few or later["estimate"].isna().all() else (
        f"; {_lasting(later.iloc[0], results, 'nobody had another course')} were still without after {year.in_words}"
    )  # fmt: skip
    left_out = listing(
        [f"{whole(number)} {why}" for number, why in (
            (n, "during which another treatment continued"), (every["n_missing"], "after which that time is not known"),
        ) if number > 0]
    )  # fmt: skip
    return _joined(
        f"After {_of_all(every['N'], ended)} that ended it is known how long the patient did "
        f"without systemic treatment; another course followed {whole(every['n']) if every['n'] else 'none'}."
        f"{middle}{share}{'' if few else '.'}",
        left_out and f"Left out: {left_out}.",
    )


def _of_all(n: float, total: float) -> str:
    """How many of all courses, in words that "that ended" can follow: "all 10 courses", "62 of the 63 courses"."""
    if n < total:
        return f"{whole(n)} of the {counted(total, 'course')}"
    return f"all {counted(total, 'course')}" if total > 1 else "the one course"


def _joined(*sentences: object) -> Sentence:
    """Those of the sentences that apply."""
    return Sentence(" ".join(str(sentence) for sentence in sentences if sentence))


def _sizes(results: Results) -> pd.Series:
    """Courses of known duration of each treatment that has enough."""
    sizes = by_treatment(results.rows, "drug_survival", ["N"], "survival")["N"]
    return sizes[sizes >= _fewest(results)]


def _fewest(results: Results) -> int:
    return max(FEWEST, results.settings.min_courses)


def _no_durations(results: Results) -> Sentence:
    """Why nothing is said of any treatment."""
    known = by_treatment(results.rows, "drug_survival", ["N"], "survival")["N"].sum()
    return Sentence(TOO_FEW.format(_fewest(results)) if known else NO_DURATIONS)


def _duration(row: pd.Series, results: Results) -> str:
    """A median in months with its interval: "1.6 months (95% CI 1.1 to 2.5; 21 courses)"."""
    return f"{_interval(row, results)[:-1]}; {counted(row['N'], 'course')})"


def _interval(row: pd.Series, results: Results) -> str:
    """A median in months with its interval: "1.6 months (95% CI 1.1 to 2.5)"."""
    middle, low, high = (_months(days / DAYS_PER_MONTH) for days in row[["median", "conf.low", "conf.high"]])
    limits = f"from {low}, no upper limit" if math.isnan(row["conf.high"]) else f"{low} to {high}"
    limits = "no interval" if math.isnan(row["conf.low"]) else f"{results.settings.interval_name} {limits}"
    return f"{middle} {'month' if middle == '1.0' else 'months'} ({limits})"


def _months(months: float) -> str:
    return "not reached" if math.isnan(months) else number(months)


def _lasting(share: pd.Series, results: Results, all_left: str = "no course had ended") -> str:
    """The share left on a curve; where nothing has happened yet its interval of no width says nothing."""
    limits = f"{results.settings.interval_name} {interval(share['conf.low'], share['conf.high'], decimals=0)}"
    limits = all_left if share["estimate"] == 1 else "no interval" if math.isnan(share["conf.low"]) else limits
    return f"{percent(share['estimate'], 0)}% ({limits}; {whole(share['N'])} at risk)"


def _follow_up(results: Results) -> list[str]:
    """The median follow-up of courses by the reverse method, and when courses started, where that is dated."""
    rows = wide(results.pick(output="survival", group1="", variable=FOLLOW_UP), "variable")
    words = []
    if not rows.empty and "median" in rows and rows["N"].iloc[0] >= FEWEST:
        median = _interval(rows.reindex(columns=["median", "conf.low", "conf.high"]).iloc[0], results)
        words.append(f"Median follow-up of a course (reverse Kaplan-Meier): {median}.")
    low, high = (value(results.rows, variable=START_YEAR, stat_name=name) for name in ("min", "max"))
    if low > 0:
        words.append(f"Courses started in {low:.0f}{f' to {high:.0f}' if high > low else ''}.")
    return words


def _primary(results: Results, first: LogRank | None) -> str:
    if first is None:
        return "no test is possible, as fewer than two treatments have enough first courses and patients, or none ended"
    finding = "durations differ" if first.p < SIGNIFICANT else "no difference in duration is shown"
    finding += f" between {_treatments(first)}"
    rows = results.pick(output="survival", group1="treatment", variable=FIRST_COURSES, variable_level="")
    most = wide(rows[rows["group1_level"] != ""], "group1_level").reindex(columns=["N", *ESTIMATES]).nlargest(2, "N")
    medians = [f"{treatment_in_words(code)} {_duration(row, results)}" for code, row in most.iterrows()]
    test = f"log-rank, {first.way}, {p_phrase(first.p)}; {counted(first.n, 'course')}"
    return f"{finding} ({test}). Medians of the two used most: {listing(medians)}"


def _treatments(test: LogRank) -> str:
    return counted(test.freedom + 1, "treatment")


def _commonest(shares: pd.Series) -> str:
    """The commonest way in which courses ended, with an open bracket for how many."""
    largest = shares.max()
    if not largest > 0:
        return "not at all (0%"
    names = [REASON_GROUPS[group].words for group in shares.index[shares >= largest - 1e-9]]
    return f"{listing(names)} ({percent(largest, 0)}%{' each' if len(names) > 1 else ''}"
