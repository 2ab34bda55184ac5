"""Tables of the survival page."""

import math

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.layout import INDEPENDENT, QUANTILES, by_treatment, count_or_dash, interval_name, rows, texts
from adreport.pages.survival.results import CENSORED, GROUP, HORIZONS, REASON
from adreport.show.numbers import NOTHING, interval, number, p_value, percent, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study import dictionary
from adreport.study.dictionary import level_label
from adreport.study.reasons import competing
from adreport.study.times import DAYS_PER_MONTH

HORIZON_LABELS = {90: "90 days", 180: "180 days", 365: "1 year", 730: "2 years"}
GROUP_LABELS = {
    "failure": "Not effective enough",
    "side_effect": "Side effect",
    "precaution": "To prevent side effects",
    "decision": "Other reason",
    "not_recorded": "Reason not recorded",
    "good_end": "Good end",
}
NOT_REACHED, NO_LIMIT = "not reached", "no upper limit"
WITHIN = "drug_survival_within_patients"
TESTS = {
    "drug_survival": "All courses",
    WITHIN: "Within patients",
    "drug_survival_first_courses": "First courses",
}
P_FROM = {WITHIN: "permutation"}  # of the other tests, the distribution of chi-square
UNKNOWN_AFTER = "A dash: nobody was followed so long. Where all courses had ended, the share is 0 and has no interval."


def medians(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """Courses, how many ended, went on or were lost, and the median duration of each treatment."""
    frame = by_treatment(results, "drug_survival", ["N", "median", "conf.low", "conf.high"], "survival")
    if not frame["N"].sum():
        return Absent()
    ended = by_treatment(results, "discontinued", ["n"], "survival").reindex(frame.index)
    censored = wide(pick(results, output="survival", variable="censored", stat_name="n"), "group1_level",
                    "variable_level").reindex(index=frame.index, columns=list(CENSORED))  # fmt: skip
    cells = [texts(frame["N"], whole), texts(ended["n"], whole), *(texts(censored[name], whole) for name in CENSORED)]
    middle = [NOT_REACHED if math.isnan(day) else number(day / DAYS_PER_MONTH) for day in frame["median"]]
    limits = [median_limits(*days) for days in frame[["conf.low", "conf.high"]].to_numpy()]
    cells += [middle, *map(list, zip(*limits, strict=True))]
    heads = [
        Column("Courses"), Column("Ended"), Column("Still going on"), Column("Lost to follow-up"),
        Column("Median", "Months until half had ended"),
        *(Column(f"{interval_name(results)} {end}", "Months until half had ended") for end in ("from", "to")),
    ]  # fmt: skip
    notes = [
        "Median: the time by which half of the courses had ended (Kaplan-Meier); its interval is where the limits of "
        "the curve cross one half (Greenwood's variance, log scale). Not reached, no upper limit: the curve, or "
        "the limit of its interval, stays above one half.",
        INDEPENDENT,
    ]
    return Table("How long courses lasted", "Treatment", heads, rows(_names(frame), *cells), notes, mark)


def horizons(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """The share of courses still going on at each horizon, with its interval and the number at risk."""
    chosen = pick(results, output="survival", variable="drug_survival", group1="treatment")
    frame = wide(chosen[chosen["variable_level"] != ""], "group1_level", ["variable_level", "stat_name"])
    if frame.empty:
        return Absent("How long courses lasted is not recorded.")
    columns, heads = [], []
    for day, label in HORIZON_LABELS.items():
        own = frame[str(day)].reindex(columns=["estimate", "conf.low", "conf.high", "N"])
        limits = [interval(low, high, decimals=0) for low, high in own[["conf.low", "conf.high"]].to_numpy()]
        columns += [texts(own["estimate"], lambda share: percent(share, 0)), limits, texts(own["N"], whole)]
        heads += [Column(head, label) for head in ("%", interval_name(results), "At risk")]
    notes = [
        "At risk: courses that had lasted at least until that day and were still followed. Kaplan-Meier; interval "
        "from Greenwood's variance on the log scale; 100–100 says no more than that no course had ended yet. "
        f"{UNKNOWN_AFTER}",
        INDEPENDENT,
    ]
    return Table(
        "Courses still going on at fixed times", "Treatment", heads, rows(_names(frame), *columns), notes, mark
    )


def tests(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """The log-rank test: naive, within patients, and on first courses."""
    chosen = {variable: pick(results, output="survival", group1_level="", variable=variable) for variable in TESTS}
    tested = {variable: own for variable, own in chosen.items() if (own["stat_name"] == "p.value").any()}
    if not tested:
        return Absent()
    body = [
        Row(TESTS[variable], [*_test_cells(own), P_FROM.get(variable, "chi-square")])
        for variable, own in tested.items()
    ]
    heads = [Column("Courses"), Column("Chi-square"), Column("df"), Column("p"), Column("p from", words=True)]
    notes = [
        "All courses are taken as independent; of first courses each patient has one. df: degrees of freedom. "
        "Log-rank with the variance of tied days (hypergeometric). Not adjusted for one another. "
        "Over the treatments with enough courses, or first courses, to be compared.",
        *(f"{TESTS[name]}: {own['method'].iloc[0]}." for name, own in tested.items() if name == WITHIN),
    ]
    return Table("Log-rank tests of duration", "Compared", heads, body, notes, mark)


def reasons(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """For each treatment and reason: ends until each horizon, and the cumulative incidence with its interval."""
    chosen = pick(results, output="survival", group2=[REASON, GROUP])
    ended = wide(pick(chosen, variable="discontinued"), ["group1_level", "group2", "group2_level"], "variable_level")
    if ended.empty or not ended.to_numpy().any():
        return Absent("No course of known duration has ended.")
    shares = wide(pick(chosen, variable="cumulative_incidence"), ["group1_level", "group2", "group2_level"],
                  ["variable_level", "stat_name"])  # fmt: skip
    body: list[Row] = []
    for code in dict.fromkeys(ended.index.get_level_values(0)):
        body += _reasons_of(code, ended.loc[code], shares.loc[code])
    heads = [
        Column(head, label) for label in HORIZON_LABELS.values() for head in ("n", f"% ({interval_name(results)})")
    ]
    notes = [
        "n: courses that had ended for this reason by then; those at risk stand in the line of the treatment. %: "
        "cumulative incidence (Aalen-Johansen), other reasons competing; limits from the infinitesimal jackknife on "
        "the log scale; none of a share of 0.",
        "A dash: nobody was followed so long. Going on and lost to follow-up count as censored.",
    ]
    return Table("Why courses ended, and by when", "Reason", heads, body, notes, mark)


def remission(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """Length of remission after the courses of each treatment."""
    frame = by_treatment(
        results, "remission_months", ["N", "n_missing", "median", "p25", "p75", "min", "max"], "survival"
    )
    frame = frame[frame["N"] > 0]
    if frame.empty:
        return Absent()
    spread = frame.where(frame["N"] > 1)  # one value has none
    quartiles = [interval(low, high, as_percent=False) for low, high in spread[["p25", "p75"]].to_numpy()]
    span = [interval(low, high, as_percent=False, decimals=0) for low, high in spread[["min", "max"]].to_numpy()]
    cells = [texts(frame["N"], whole), texts(frame["n_missing"], count_or_dash), texts(frame["median"], number)]
    heads = [Column("Recorded"), Column("Not recorded"), Column("Median"), Column("25th–75th percentile"),
             Column("Range")]  # fmt: skip
    notes = [f"Courses that ended. {QUANTILES} A remission that still went on at data lock is cut short there."]
    body = rows(_names(frame), *cells, quartiles, span)
    return Table("Months without systemic treatment after a course", "Treatment", heads, body, notes, mark)


def median_limits(low: float, high: float) -> tuple[str, str]:
    """The limits of a median in words; dashes where there is no interval at all."""
    return (NOTHING, NOTHING) if math.isnan(low) and math.isnan(high) else (limit_in_words(low), limit_in_words(high))


def limit_in_words(day: float) -> str:
    """A limit of a median in months; only the upper one can be missing."""
    return NO_LIMIT if math.isnan(day) else number(day / DAYS_PER_MONTH)


def reason_label(reason: str) -> str:
    """A recorded reason, or that there is none."""
    return GROUP_LABELS["not_recorded"] if reason == "not_recorded" else level_label(REASON, reason)


def _reasons_of(code: str, ended: pd.DataFrame, shares: pd.DataFrame) -> list[Row]:
    """A treatment's line with the numbers at risk; each group of reasons; its reasons where there are several."""
    at_risk = [f"at risk {whole(shares[str(day), 'N'].iloc[0])}" for day in HORIZONS]
    body = [Row(level_label("treatment", code), [cell for text in at_risk for cell in ("", text)], "head")]
    for group, members in competing().items():
        if (GROUP, group) not in ended.index or not ended.loc[GROUP, group].any():
            continue
        occurring = [name for name in members if (REASON, name) in ended.index and ended.loc[REASON, name].any()]
        alone = f": {reason_label(occurring[0]).lower()}" if len(occurring) == 1 < len(members) else ""
        body.append(Row(f"{GROUP_LABELS[group]}{alone}", _reason_cells(ended, shares, (GROUP, group)), "level"))
        for name in occurring if len(occurring) > 1 else ():
            body.append(Row(f"– {reason_label(name).lower()}", _reason_cells(ended, shares, (REASON, name)), "level"))
    return body


def _reason_cells(ended: pd.DataFrame, shares: pd.DataFrame, reason: tuple[str, str]) -> list[str]:
    cells = []
    for day in HORIZONS:
        own = shares.loc[reason, str(day)].reindex(["estimate", "conf.low", "conf.high"])
        limits = "" if math.isnan(own["conf.low"]) else f" ({interval(own['conf.low'], own['conf.high'], decimals=0)})"
        cells += [whole(ended.loc[reason, str(day)]), percent(own["estimate"], 0) + limits]
    return cells


def _test_cells(own: pd.DataFrame) -> list[str]:
    n, statistic, freedom, p = (value(own, stat_name=name) for name in ("N", "statistic", "parameter", "p.value"))
    return [whole(n), number(statistic, 2), whole(freedom), p_value(p)]


def _names(frame: pd.DataFrame) -> list[str]:
    return [dictionary.treatments()[code].label for code in frame.index]
