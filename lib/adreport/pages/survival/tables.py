"""Tables of the survival page."""

import math
from collections.abc import Iterator

import pandas as pd

from adreport.pages import layout
from adreport.pages.contract import pick, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import INDEPENDENT, Cell, Spec, counts_only, total, treatment_table
from adreport.pages.survival import horizons
from adreport.pages.survival.remission import STILL_TREATED, WITHOUT_TREATMENT
from adreport.pages.survival.results import (
    ALL_COURSES,
    CHI_SQUARE_FROM,
    FIRST_COURSES,
    FOLLOW_UP,
    GROUP,
    LOG_LOG_LIMITS,
    LOST_AS_ENDED,
    WITHIN_PATIENTS,
)
from adreport.pages.survival.words import log_rank
from adreport.show.numbers import NOTHING, counted, interval, number, p_value, percent, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.stats.tests import FEWEST
from adreport.study.reasons import REASON, REASON_GROUPS, censored, competing, reason_label
from adreport.study.times import DAYS_PER_MONTH

# What each test compared, and what it rests on.
TESTS = {
    FIRST_COURSES: ("First courses (primary)", "course"),
    ALL_COURSES: ("All courses", "course"),
    WITHIN_PATIENTS: ("Within patients", "patient"),
}
NOT_REACHED = NO_LIMIT = "NR"
UNKNOWN_AFTER = f"{NOTHING}: nobody was followed so long, or no interval."
UNINFORMATIVE = "Ongoing and lost courses are taken to have gone on like the others."
LINE = ["group1_level", "group2", "group2_level"]


def medians(results: Results) -> Table | Absent:
    """Courses, how many ended or were censored, and the median duration of each treatment."""
    spanner, name = "Months until half had ended", results.settings.interval_name
    sizes, few = _sizes(results, ALL_COURSES)
    columns = [
        Spec("Courses", "drug_survival", total),
        Spec("Median", "drug_survival", _median, spanner),
        Spec(f"{name} from", LOG_LOG_LIMITS, _of_many(_median_limit("conf.low"), few), spanner),
        Spec(f"{name} to", LOG_LOG_LIMITS, _of_many(_median_limit("conf.high"), few), spanner),
        Spec("Ended", "discontinued", layout.n),
        *(Spec(reason_label(reason), "censored", layout.n, level=reason) for reason in censored()),
        Spec("Median follow-up (months)", FOLLOW_UP, _median),
    ]
    notes = [
        "Median and follow-up: Kaplan-Meier and its reverse. NR: not reached, the curve or its limit stays above half.",
        *counts_only(sizes),
        f"{UNINFORMATIVE} {INDEPENDENT}",
    ]
    return treatment_table(results.rows, "survival", "How long courses lasted", columns, notes)


def fixed_times(results: Results) -> Table | Absent:
    """The share of courses still on treatment at each horizon, with its interval and the number at risk."""
    sizes, few = _sizes(results, ALL_COURSES)
    columns = [
        Spec(heading, variable, show, horizon.label, level=horizon.level)
        for horizon in horizons.HORIZONS
        for heading, variable, show in (
            ("%", ALL_COURSES, _of_many(_estimate, few)),
            (results.settings.interval_name, LOG_LOG_LIMITS, _of_many(_limits, few)),
            ("At risk", ALL_COURSES, total),
        )
    ]
    notes = [
        f"Kaplan-Meier. At risk: courses that had lasted so long and were still followed. {UNKNOWN_AFTER}",
        *counts_only(sizes),
    ]
    return treatment_table(results.rows, "survival", "Courses still on treatment at fixed times", columns, notes)


def other_choices(results: Results) -> Table | Absent:
    """The median and the share after a year: as above, with lost courses taken as ended, and of first courses only."""
    year = horizons.spoken()
    columns = [
        spec
        for spanner, variable in (
            ("As above", ALL_COURSES), ("Lost taken as ended", LOST_AS_ENDED), ("First courses", FIRST_COURSES),
        )
        for spec in (
            Spec("Courses", variable, total, spanner),
            Spec("Median (months)", variable, _median, spanner),
            Spec(f"% at {year.label}", variable, _of_many(_estimate, _sizes(results, variable)[1]), spanner,
                 level=year.level),
        )
    ]  # fmt: skip
    notes = [
        f"Kaplan-Meier. First courses: the first of each patient. {UNKNOWN_AFTER} Intervals stand in results.csv.",
        *counts_only([n for variable in (ALL_COURSES, FIRST_COURSES) for n in _sizes(results, variable)[0]]),
    ]
    of_first = pick(results.rows, variable=FIRST_COURSES, group1="treatment")["group1_level"].unique()
    if not len(of_first):
        return Absent()
    return treatment_table(results.rows, "survival", "Duration under other choices", columns, notes)


def tests(results: Results) -> Table | Absent:
    """The log-rank tests: of first courses, of all courses, within patients."""
    tested = {variable: log_rank(results, variable) for variable in TESTS}
    tested = {variable: test for variable, test in tested.items() if test is not None}
    if not tested:
        return Absent()
    body = []
    for variable, test in tested.items():
        label, unit = TESTS[variable]
        cells = [counted(test.n, unit), number(test.statistic, 2), whole(test.freedom), p_value(test.p), test.way]
        body.append(Row(label, cells))
    columns = [*map(Column, ("N", "Chi-square", "df", "p")), Column("p from", words=True)]
    notes = [
        "N within patients: those with treatments of different length. df: degrees of freedom. Not adjusted. p is by "
        f"permutation where a treatment has fewer than {CHI_SQUARE_FROM} courses: chi-square rejects too often there.",
        *(f"{TESTS[variable][0]}: {test.note}." for variable, test in tested.items() if test.note),
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
    sizes, few = _sizes(results, ALL_COURSES)
    body: list[Row] = []
    for code in at_risk.index:
        head = [cell for number in at_risk.loc[code] for cell in ("", f"at risk {whole(number)}")]
        body.append(Row(layout.treatment_label(code), head, "head"))
        for label, line in _lines_of(code, ended.index):
            share = (lambda _: NOTHING) if code in few else _share
            cells = [(whole(ended.loc[line, level]), share(shares.loc[line, level])) for level in levels]
            body.append(Row(label, [cell for pair in cells for cell in pair], "level"))
    columns = [
        Column(heading, horizon.label)
        for horizon in horizons.HORIZONS
        for heading in ("n", f"% ({results.settings.interval_name})")
    ]
    notes = [
        "n: courses that had ended for this reason by then. %: cumulative incidence (Aalen-Johansen), other reasons "
        f"competing. {UNKNOWN_AFTER}",
        *counts_only(sizes),
    ]
    return Table("Why courses ended, and by when", "Reason", columns, body, notes)


def remission(results: Results) -> Table | Absent:
    """The time from the end of a course to the next one, treatment by treatment."""
    name, year = results.settings.interval_name, horizons.spoken()
    months, later = "Months until the next course", f"Without one at {year.label}"
    sizes, few = _sizes(results, WITHOUT_TREATMENT)
    columns = [
        Spec("Time known", WITHOUT_TREATMENT, total),
        Spec("Another course", WITHOUT_TREATMENT, layout.n),
        Spec("Not known", WITHOUT_TREATMENT, layout.statistic("n_missing", 0)),
        Spec("Another continued", STILL_TREATED, layout.statistic("n", 0)),
        Spec("Median", WITHOUT_TREATMENT, _median, months),
        Spec(f"{name} from", WITHOUT_TREATMENT, _of_many(_median_limit("conf.low"), few), months),
        Spec(f"{name} to", WITHOUT_TREATMENT, _of_many(_median_limit("conf.high"), few), months),
        Spec("%", WITHOUT_TREATMENT, _of_many(_estimate, few), later, level=year.level),
        Spec(name, WITHOUT_TREATMENT, _of_many(_limits, few), later, level=year.level),
    ]
    notes = [
        "Kaplan-Meier from the end of a course to the next one on whatever treatment, rescue courses aside; censored "
        "at data lock. Where times are lacking, the recorded months without treatment are taken. NR: not reached.",
        *counts_only(sizes),
    ]
    known = lambda frame: frame[frame["N"] > 0]  # noqa: E731
    return treatment_table(
        results.rows, "survival", "Time without systemic treatment after a course", columns, notes, known
    )


def _lines_of(code: str, ended: pd.Index) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """A treatment's groups of reasons that occurred, each followed by its reasons where there are several."""
    for group, members in competing().items():
        occurring = [reason for reason in members if (code, REASON, reason) in ended]
        if occurring:
            alone = f": {reason_label(occurring[0]).lower()}" if len(occurring) == 1 < len(members) else ""
            yield f"{REASON_GROUPS[group].label}{alone}", (code, GROUP, group)
        if len(occurring) > 1:
            yield from ((f"– {reason_label(reason).lower()}", (code, REASON, reason)) for reason in occurring)


def _sizes(results: Results, variable: str) -> tuple[pd.Series, pd.Index]:
    """How many courses the curve of each treatment rests on, and the treatments of which these are few."""
    sizes = layout.by_treatment(results.rows, variable, ["N"], "survival")["N"]
    return sizes, sizes.index[sizes < FEWEST]


def _of_many(show: Cell, few: pd.Index) -> Cell:
    """A cell of a share after some time, whose N is how many are left at risk; a dash for the treatments in `few`."""
    return lambda row: NOTHING if row.name in few else show(row)


def _share(share: pd.Series) -> str:
    """A cumulative incidence with its interval: "22 (10–47)"."""
    return _estimate(share) + (f" ({_limits(share)})" if 0 < share.get("estimate", 0) < 1 else "")


def _estimate(row: pd.Series) -> str:
    return percent(row.get("estimate", math.nan), 0)


def _limits(row: pd.Series) -> str:
    """The limits of a share; none where they have no width, of one or of 0."""
    if row.get("conf.low") == row.get("conf.high"):
        return NOTHING
    return interval(row.get("conf.low", math.nan), row.get("conf.high", math.nan), decimals=0)


def _months(days: float, none: str) -> str:
    return none if math.isnan(days) else number(days / DAYS_PER_MONTH)


def _median(row: pd.Series) -> str:
    """A median in months; a dash of few courses."""
    return _months(row.get("median", math.nan), NOT_REACHED) if row["N"] >= FEWEST else NOTHING


def _median_limit(name: str) -> Cell:
    """A limit of a median in months; only the upper one can be missing, but for a dash where there is no interval."""
    limits = ["conf.low", "conf.high"]
    return lambda row: NOTHING if row.reindex(limits).isna().all() else _months(row.get(name, math.nan), NO_LIMIT)
