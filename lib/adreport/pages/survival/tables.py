"""Tables of the survival page."""

import math
from collections.abc import Iterator

import pandas as pd

from adreport.pages import layout
from adreport.pages.contract import pick, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import INDEPENDENT, Cell, Spec, total, treatment_table
from adreport.pages.survival import horizons
from adreport.pages.survival.results import ALL_COURSES, FIRST_COURSES, GROUP, WITHIN_PATIENTS
from adreport.show.numbers import NOTHING, interval, number, p_value, percent, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study.reasons import REASON, REASON_GROUPS, censored, competing, reason_label
from adreport.study.times import DAYS_PER_MONTH

# What each test compared, and the distribution that its p is from.
TESTS = {
    ALL_COURSES: ("All courses", "chi-square"),
    WITHIN_PATIENTS: ("Within patients", "permutation"),
    FIRST_COURSES: ("First courses", "chi-square"),
}
NOT_REACHED, NO_LIMIT = "not reached", "no upper limit"
UNKNOWN_AFTER = "A dash: nobody was followed so long."
LINE = ["group1_level", "group2", "group2_level"]


def medians(results: Results) -> Table | Absent:
    """Courses, how many ended or were censored, and the median duration of each treatment."""
    spanner, name = "Months until half had ended", results.settings.interval_name
    columns = [
        Spec("Courses", "drug_survival", total),
        Spec("Ended", "discontinued", layout.n),
        *(Spec(reason_label(reason), "censored", layout.n, level=reason) for reason in censored()),
        Spec("Median", "drug_survival", lambda row: _months(row.get("median", math.nan), NOT_REACHED), spanner),
        Spec(f"{name} from", "drug_survival", _median_limit("conf.low"), spanner),
        Spec(f"{name} to", "drug_survival", _median_limit("conf.high"), spanner),
    ]
    notes = [
        "Median: the time by which half of the courses had ended (Kaplan-Meier); its interval is where the limits of "
        "the curve cross one half (Greenwood's variance, log scale). Not reached: the curve stays above one half. No "
        "upper limit: that of the curve does, or the curve falls to 0, where it has no limit.",
        INDEPENDENT,
    ]
    return treatment_table(results.rows, "survival", "How long courses lasted", columns, notes)


def fixed_times(results: Results) -> Table | Absent:
    """The share of courses still on treatment at each horizon, with its interval and the number at risk."""
    columns = [
        Spec(heading, "drug_survival", show, horizon.label, level=horizon.level)
        for horizon in horizons.HORIZONS
        for heading, show in (("%", _estimate), (results.settings.interval_name, _limits), ("At risk", total))
    ]
    notes = [
        "At risk: courses that had lasted at least until that day and were still followed. Kaplan-Meier; interval "
        "from Greenwood's variance on the log scale; 100–100 says no more than that no course had ended yet. "
        f"{UNKNOWN_AFTER} Once the longest course has ended, the share is 0 and has no interval.",
        INDEPENDENT,
    ]
    return treatment_table(results.rows, "survival", "Courses still on treatment at fixed times", columns, notes)


def tests(results: Results) -> Table | Absent:
    """The log-rank test: naive, within patients, and on first courses."""
    tested = results.pick(output="survival", group1_level="", variable=TESTS)
    frame = wide(tested, "variable").reindex(columns=["N", "statistic", "parameter", "p.value"])
    frame = frame.dropna(subset="p.value")
    if frame.empty:
        return Absent()
    body = [
        Row(TESTS[variable][0], [whole(n), number(statistic, 2), whole(freedom), p_value(p), TESTS[variable][1]])
        for variable, n, statistic, freedom, p in frame.itertuples()
    ]
    columns = [*map(Column, ("Courses", "Chi-square", "df", "p")), Column("p from", words=True)]
    permuted = pick(tested, variable=WITHIN_PATIENTS, stat_name="p.value")
    notes = [
        "All courses are taken as independent; of first courses each patient has one. df: degrees of freedom. "
        "Log-rank with the variance of tied days (hypergeometric). Not adjusted for one another. "
        "Over the treatments with enough courses, or first courses, to be compared.",
        *(f"Within patients: {row.method} ({row.note})." for row in permuted.itertuples()),
    ]
    return Table("Log-rank tests of duration", "Compared", columns, body, notes)


def reasons(results: Results) -> Table | Absent:
    """For each treatment and reason: ends until each horizon, and the cumulative incidence with its interval."""
    levels = [horizon.level for horizon in horizons.HORIZONS]
    chosen = results.pick(output="survival", group2=[REASON, GROUP], variable_level=levels)
    ended = wide(pick(chosen, variable="discontinued"), LINE, "variable_level")
    ended = ended[(ended > 0).any(axis=1)]
    if ended.empty:
        return Absent("No course of known duration has ended.")
    shares = wide(pick(chosen, variable="cumulative_incidence"), LINE, ["variable_level", "stat_name"])
    at_risk = results.pick(output="survival", variable="drug_survival", stat_name="N", variable_level=levels)
    at_risk = wide(at_risk, "group1_level", "variable_level")
    body: list[Row] = []
    for code in at_risk.index:
        head = [cell for number in at_risk.loc[code] for cell in ("", f"at risk {whole(number)}")]
        body.append(Row(layout.treatment_label(code), head, "head"))
        for label, line in _lines_of(code, ended.index):
            cells = [(whole(ended.loc[line, level]), _share(shares.loc[line, level])) for level in levels]
            body.append(Row(label, [cell for pair in cells for cell in pair], "level"))
    columns = [
        Column(heading, horizon.label)
        for horizon in horizons.HORIZONS
        for heading in ("n", f"% ({results.settings.interval_name})")
    ]
    notes = [
        "n: courses that had ended for this reason by then; those at risk stand in the line of the treatment. %: "
        "cumulative incidence (Aalen-Johansen), other reasons competing; limits from the infinitesimal jackknife on "
        "the log scale; none of a share of 0 or 100%.",
        f"{UNKNOWN_AFTER} Ongoing courses and those lost to follow-up are censored.",
    ]
    return Table("Why courses ended, and by when", "Reason", columns, body, notes)


def remission(results: Results) -> Table | Absent:
    """Length of remission after the courses of each treatment."""
    columns = [
        Spec("Recorded", "remission_months", total),
        Spec("Not recorded", "remission_months", lambda row: layout.count_or_dash(row["n_missing"])),
        Spec("Median", "remission_months", layout.statistic("median")),
        Spec("25th–75th percentile", "remission_months", layout.between("p25", "p75")),
        Spec("Range", "remission_months", layout.between("min", "max", 0)),
    ]
    notes = [f"Courses that ended. {layout.QUANTILES} A remission that was ongoing at data lock is cut short there."]
    caption = "Months without systemic treatment after a course"
    recorded = lambda frame: frame[frame["N"] > 0]  # noqa: E731
    return treatment_table(results.rows, "survival", caption, columns, notes, recorded)


def _lines_of(code: str, ended: pd.Index) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """A treatment's groups of reasons that occurred, each followed by its reasons where there are several."""
    for group, members in competing().items():
        occurring = [reason for reason in members if (code, REASON, reason) in ended]
        if occurring:
            alone = f": {reason_label(occurring[0]).lower()}" if len(occurring) == 1 < len(members) else ""
            yield f"{REASON_GROUPS[group].label}{alone}", (code, GROUP, group)
        if len(occurring) > 1:
            yield from ((f"– {reason_label(reason).lower()}", (code, REASON, reason)) for reason in occurring)


def _share(share: pd.Series) -> str:
    """A cumulative incidence with its interval: "22 (10–47)"."""
    return _estimate(share) + (f" ({_limits(share)})" if 0 < share.get("estimate", 0) < 1 else "")


def _estimate(row: pd.Series) -> str:
    return percent(row.get("estimate", math.nan), 0)


def _limits(row: pd.Series) -> str:
    return interval(row.get("conf.low", math.nan), row.get("conf.high", math.nan), decimals=0)


def _months(days: float, none: str) -> str:
    return none if math.isnan(days) else number(days / DAYS_PER_MONTH)


def _median_limit(name: str) -> Cell:
    """A limit of a median in months; only the upper one can be missing, but for a dash where there is no interval."""
    limits = ["conf.low", "conf.high"]
    return lambda row: NOTHING if row.reindex(limits).isna().all() else _months(row.get(name, math.nan), NO_LIMIT)
