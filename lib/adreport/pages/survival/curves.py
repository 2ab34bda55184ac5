"""The curves of the survival page as rows: Kaplan-Meier, and the cumulative incidence of each group of reasons.

One row for each statistic of each step: day 0, then every day on which a course ended or was censored, and the last
horizon where a curve reaches it. Later days are not drawn and have no rows.
"""

from collections.abc import Iterator

import numpy as np

from adreport.pages.contract import statistics
from adreport.pages.exhibits import Settings
from adreport.pages.survival import horizons
from adreport.pages.survival.results import ALL_COURSES, GROUP, LIMITS, LOG_LOG_LIMITS, life_tables
from adreport.stats.curves import LOG, LOG_LOG, LifeTable
from adreport.study.model import Study
from adreport.study.reasons import competing

MOST_STEPS = 400
THINNED = f"thinned: the last step in each of {MOST_STEPS} equal intervals"


def survival_curves(study: Study, settings: Settings) -> Iterator[dict]:
    """Kaplan-Meier with its limits on both scales, N at risk, and how many courses had been censored by then."""
    for keys, counts in life_tables(study):
        level = settings.confidence_level
        shares, censored = np.append(1, counts.survival), np.append(0, counts.censored.cumsum())
        scales = [(ALL_COURSES, LOG), (LOG_LOG_LIMITS, LOG_LOG)]
        curves = [(name, counts.survival_on(0, level, scale).method, np.vstack([[1, 1], counts.limits(level, scale)]))
                  for name, scale in scales]  # fmt: skip
        for day, step, words in _steps(counts):
            numbers = {"estimate": shares[step], "N": counts.at_risk_on(day), "n_censored": censored[step]}
            for variable, method, limits in curves:
                numbers |= dict(zip(LIMITS, limits[step], strict=True))
                yield from statistics("curves", numbers, method, variable=variable, **keys, **words)
                numbers = {}


def incidence_curves(study: Study, settings: Settings) -> Iterator[dict]:
    """Aalen-Johansen for each group of reasons for which a course of any treatment ended."""
    grouped = [(keys, counts.merged(competing())) for keys, counts in life_tables(study)]
    occurring = np.any([counts.events.any(axis=0) for _, counts in grouped], axis=0) if grouped else []
    for keys, counts in grouped:
        method = counts.incidence_on(0, settings.confidence_level)[0].method
        shares = np.vstack([np.zeros(len(counts.causes)), counts.incidence])
        for _, step, words in _steps(counts):
            for place in np.flatnonzero(occurring):
                group = {"group2": GROUP, "group2_level": counts.causes[place], "variable": "cumulative_incidence"}
                yield from statistics("curves", {"estimate": shares[step, place]}, method, **keys, **group, **words)


def _steps(counts: LifeTable) -> Iterator[tuple[float, int, dict[str, str]]]:
    """The days of a curve's rows, the steps made by each, and the words of its rows: the day, how it was thinned."""
    last, note = horizons.last().days, ""
    days = counts.days[counts.days <= last]
    if len(days) > MOST_STEPS:
        interval = np.ceil(days * MOST_STEPS / last)
        days, note = days[np.append(np.diff(interval) > 0, True)], THINNED
    for day in np.union1d(days, [0, last] if counts.reaches(last) else [0]):
        yield day, counts.until(day), {"variable_level": f"{day:.12g}", "note": note}
