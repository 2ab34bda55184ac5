"""The table of the overview: a row a treatment, the most used first, with small drawings and no p-value."""

import math
from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from adreport.pages import layout
from adreport.pages.contract import n_of, pick, value, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import Spec
from adreport.pages.survival import horizons
from adreport.pages.survival.results import ALL_COURSES, LOG_LOG_LIMITS
from adreport.show.numbers import NOT_RECORDED, NOTHING, interval, number, percent, whole
from adreport.show.parts import Absent, Drawn, Row, Table
from adreport.show.sparks import point
from adreport.study.dictionary import treatments
from adreport.study.times import DAYS_PER_MONTH

LEVELS = " / "
RATES = "n/N: courses with the outcome of those in which it is known, % ({method}); of fewer than {few} counts only."
KEPT = "Kept for: Kaplan-Meier median ({interval}); ongoing courses count up to the data lock. NR: limit not reached."
FOLLOWED = "Followed: by what was begun after the stop."


def at_a_glance(results: Results) -> Table | Absent:
    """Patients, courses, response, time on treatment and harm of each treatment; over all of them in the last row."""
    few = results.settings.min_courses
    table = layout.treatment_table(results.rows, "table2", "What was used, and what came of it", _columns(results), [
        RATES.format(method=f"Wilson, {results.settings.interval_name}", few=few),
        f"{KEPT.format(interval=results.settings.interval_name)} {FOLLOWED}",
        *results.scale.legend,
    ])  # fmt: skip
    return table if isinstance(table, Absent) else replace(table, rows=[*table.rows, _all(results)])


def _columns(results: Results) -> list[Spec]:
    few, scale = results.settings.min_courses, results.scale
    rated, levels = _rated(results), f"Rated {LEVELS.join(scale.labels)}"
    return [
        Spec("Courses", "courses", layout.n),
        Spec("Patients", "patients", layout.n),
        Spec(scale.effective_label, "effective", _rate(few), words=True),
        Spec("Kept for (months)", ALL_COURSES, _duration(results), words=True, output="survival"),
        Spec("With a side effect", "affected_courses", _rate(few), words=True, output="safety"),
        Spec("Stopped for one", "discontinued", _fraction, output="safety"),
        Spec("Followed by another", "followed", layout.fraction, output="lines"),
        Spec(levels, "courses", lambda row: rated.get(row.name, NOT_RECORDED), words=True),
    ]  # fmt: skip


def _rated(results: Results) -> dict[str, str]:
    """How many courses of each treatment were rated at each level, from worst to best; "" of all courses."""
    rows = results.pick(output="figure1", group1="treatment", group2="", variable="response", stat_name="n")
    counts = wide(rows, "group1_level", "variable_level").reindex(columns=list(results.scale.labels)).fillna(0)
    counts.loc[""] = counts.sum()
    return {str(code): LEVELS.join(map(whole, row)) for code, row in counts.iterrows() if row.sum() > 0}


def _fraction(row: pd.Series) -> str:
    return layout.fraction(row) if row["N"] > 0 else NOT_RECORDED


def _rate(few: int) -> Callable[[pd.Series], str]:
    def cell(row: pd.Series) -> str:
        if not row["N"] > 0:
            return NOT_RECORDED
        text, colour = layout.fraction(row), treatments()[str(row.name)].colour
        if row["N"] < few:
            return Drawn(text, point(row["p"], colour=colour))
        limits = interval(row["conf.low"], row["conf.high"], decimals=0)
        return Drawn(
            f"{text}, {percent(row['p'], 0)}% ({limits})", point(row["p"], row["conf.low"], row["conf.high"], colour)
        )

    return cell


def _duration(results: Results) -> Callable[[pd.Series], str]:
    """Median and limits as the page on drug survival prints them: limits on the log-log scale."""
    limits = layout.by_treatment(results.rows, LOG_LOG_LIMITS, ["conf.low", "conf.high"], "survival")
    medians = layout.by_treatment(results.rows, ALL_COURSES, ["median"], "survival")
    lasting = _still_on(results)
    longest = max(medians.join(limits).max(skipna=True), default=math.nan)

    def cell(row: pd.Series) -> str:
        if not row["N"] >= results.settings.min_courses:
            return NOTHING
        if math.isnan(row.get("median", math.nan)):
            return f"not reached{lasting.get(row.name, '')}"
        low, high = limits.loc[row.name] if row.name in limits.index else (math.nan, math.nan)
        text = f"{_months(row['median'])} ({_months(low)}–{_months(high)})"
        ends = (row["median"], low, longest if math.isnan(high) else high)
        return Drawn(text, point(*(end / longest for end in ends), treatments()[str(row.name)].colour))

    return cell


def _still_on(results: Results) -> dict[str, str]:
    """How many courses of each treatment were still going on at the horizon that sentences name."""
    horizon = horizons.spoken()
    rows = results.pick(output="survival", group1="treatment", variable=ALL_COURSES, variable_level=horizon.level)
    shares = pick(rows, stat_name="estimate")
    return {
        code: f"; {percent(share, 0)}% after {horizon.in_words}"
        for code, share in zip(shares["group1_level"], shares["stat"], strict=True)
    }


def _months(days: float) -> str:
    return "NR" if math.isnan(days) else number(days / DAYS_PER_MONTH)


def _all(results: Results) -> Row:
    rows = results.rows
    effective, harmed, stopped = (
        _fraction(pd.Series(dict(zip("nN", n_of(rows, group1="", output=output, variable=variable), strict=True))))
        for output, variable in (("overview", "effective"), ("safety", "affected_courses"), ("safety", "discontinued"))
    )
    totals = [whole(value(pick(rows, output="flow", variable=name))) for name in ("courses", "patients")]
    return Row("All", [*totals, effective, "", harmed, stopped, "", _rated(results).get("", NOT_RECORDED)], "total")
