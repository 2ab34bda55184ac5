"""The published numbers beside the recomputed ones, with a verdict on each and what explains a difference."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from adreport.pages import cohort, efficacy, manuscript, safety
from adreport.pages.contract import statistics
from adreport.pages.exhibits import Settings, counted
from adreport.pages.paper import verdicts
from adreport.pages.paper.published import ORDER, published_numbers, published_orders
from adreport.stats.counts import share
from adreport.study.model import Study
from adreport.study.response import response_scale

OUTPUT = "reproduction"
INSIDE, OUTSIDE = "inside the interval of these data", "outside the interval of these data"
CELL = ["output", "group1", "group1_level", "variable", "variable_level"]
STATISTIC = [*CELL, "stat_name"]
# What another response scale than the published one makes incomparable.
RESPONSES = ("effective", "significant", "response")
RECOMPUTED = (*cohort.EXHIBITS, *efficacy.EXHIBITS, *safety.EXHIBITS, manuscript.TABLE_4)
# Statistics that follow from counts. Any other of a column that is not published is what the cohort was made to
# have, and so is the one p-value that its ages were steered to.
DERIVED = ("p", "p.value")
STEERED = ("age_at_start_years",)


def printed_numbers(study: Study, settings: Settings) -> Iterator[dict]:
    """Each printed number and the recomputed one, with the verdicts and how many there are of each.

    Of the published cohort as a whole, a verdict says whether the two agree; the orders of Table 4 are judged too. Of
    other data, or of a part of them, it says whether a published share lies inside the interval of these data.
    """
    recomputed, printed = recompute(study, settings), published_numbers()
    if study.reproduces == "published" and not study.selection:
        compared = judged(compare(study, pd.concat([printed, published_orders()]), recomputed), study, settings)
        yield from _summary(compared)
    else:
        compared = placed(compare(study, printed, recomputed), study)
        yield from _verdicts(compared[compared["verdict"] != ""].drop_duplicates(STATISTIC), (INSIDE, OUTSIDE))
    yield from _numbers(compared)


def recompute(study: Study, settings: Settings) -> pd.DataFrame:
    """Every statistic of the pages whose numbers the paper prints."""
    return counted(RECOMPUTED, study, settings).rows


def compare(study: Study, printed: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """The printed numbers, a row each, beside what the results have for the same.

    Adds `figure` (as printed, or what the words say), `recomputed` and, of an order of treatments, `order`, `method`,
    and `basis`: whether the data behind it are published, constrained or synthetic. For shares, the limits of the
    interval, `low` and `high`, and `printed_n`, the count that the paper prints for the same, preferably in the same
    place.
    """
    is_share, counts = printed["stat_name"] == "p", printed[printed["stat_name"] == "n"]
    limits = [printed[CELL].assign(stat_name=np.where(is_share, f"conf.{limit}", "")) for limit in ("low", "high")]
    low, high = (_looked_up(results, "stat", keys) for keys in limits)
    here, first = (_looked_up(counts, "stat", printed[keys]) for keys in ([*CELL, "place"], CELL))
    of_nobody = _looked_up(results, "stat", printed[CELL].assign(stat_name="N")) == 0  # not recorded, which is not none
    kinds = {column: kind for kind, columns in study.provenance.items() for column in columns}
    return printed.assign(
        figure=printed["printed"].where(_in_figures(printed), printed["stat"].map("{:g}".format)),
        recomputed=np.where(of_nobody, np.nan, _looked_up(results, "stat", printed[STATISTIC]).astype(float)),
        order=_looked_up(results, "note", printed[STATISTIC]),
        method=_looked_up(results, "method", printed[STATISTIC]),
        basis=printed["source"].map(kinds).fillna(""),
        low=low,
        high=high,
        printed_n=np.where(np.isnan(here), first, here),
    )


def judged(compared: pd.DataFrame, study: Study, settings: Settings) -> pd.DataFrame:
    """The numbers of the published cohort, each with a `verdict` and its `explanation`."""
    scale = np.where(compared["stat_name"] == "p", 100, 1)
    compared = compared.assign(verdict=list(map(verdicts.judge, compared["figure"], compared["recomputed"], scale)))
    reordered = (compared["variable"] == ORDER) & (compared["note"] != compared["order"])
    compared.loc[reordered, "verdict"] = verdicts.DIFFERS
    words = [verdicts.explanation(row, study, settings.min_courses) for row in compared.itertuples()]
    return compared.assign(explanation=words)


def placed(compared: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The numbers beside other data: the `verdict` says whether a published share lies inside their interval."""
    if study.response != response_scale():
        compared = compared[~compared["variable"].isin(RESPONSES)]
    inside = np.where(compared["stat"].between(compared["low"], compared["high"]), INSIDE, OUTSIDE)
    return compared.assign(verdict=np.where(compared["low"].isna(), "", inside), explanation="")


def _in_figures(printed: pd.DataFrame) -> pd.Series:
    """What is printed in figures, neither in words nor as an order of treatments."""
    return (printed["printed"] != "") & (printed["variable"] != ORDER)


def _looked_up(rows: pd.DataFrame, column: str, keys: pd.DataFrame) -> np.ndarray:
    """A column of the rows with these keys, the first of several; missing where there is none."""
    names = list(keys)
    return rows.drop_duplicates(names).set_index(names)[column].reindex(pd.MultiIndex.from_frame(keys)).to_numpy()


def _numbers(compared: pd.DataFrame) -> Iterator[dict]:
    """The rows of each printed number: `stat_name`, a point, and which of its numbers it is."""
    for row in compared.itertuples():
        keys = {
            "group1": row.output, "group1_level": row.group1_level, "group2": "place", "group2_level": row.place,
            "variable": row.variable, "variable_level": row.variable_level,
        }  # fmt: skip
        unknown, differs = row.verdict == verdicts.UNKNOWN, row.verdict in (verdicts.DIFFERS, verdicts.TRUNCATED)
        printed = row.stat if row.variable == ORDER else verdicts.number(row.printed) if row.printed else None
        numbers = {
            "published": (row.stat, f"{row.verdict}: {row.explanation}" if unknown else row.verdict),
            "printed": (printed, row.printed),
            "difference": (row.recomputed - row.stat if differs else None, row.explanation),
        }
        for name, (stat, note) in numbers.items():
            unit = "%" if (name, row.stat_name) == ("printed", "p") else ""
            yield from statistics(OUTPUT, {f"{row.stat_name}.{name}": stat}, unit=unit, note=note, **keys)
        values = {"recomputed": row.recomputed, "conf.low": row.low, "conf.high": row.high}
        values = {f"{row.stat_name}.{name}": stat for name, stat in values.items()}
        yield from statistics(OUTPUT, values, row.method, note=row.basis, **keys)


def _summary(compared: pd.DataFrame) -> Iterator[dict]:
    """The verdicts counted, in all and in each place; how many numbers test anything; what explains several at once."""
    yield from _verdicts(compared, verdicts.VERDICTS)
    for place, rows in compared.groupby("place", sort=False):
        yield from _verdicts(rows, verdicts.VERDICTS, str(place))
    known = compared[compared["verdict"] != verdicts.UNKNOWN]
    steered = known["variable"].isin(STEERED) & (known["stat_name"] == "p.value")
    follows = (known["basis"] == "published") & (known["variable"] != ORDER)
    derived = known[known["stat_name"].isin(DERIVED) & ~steered | follows]
    agreeing = derived["verdict"].isin([verdicts.AGREES, verdicts.ROUNDED]).sum()
    yield from statistics(OUTPUT, share(agreeing, len(derived)), variable="derived")
    yield from statistics(OUTPUT, {"n": len(known) - len(derived)}, variable="built_in")
    for variable, total in verdicts.common_denominators(compared):
        keys = {"variable": "common_denominator", "variable_level": variable, "group2": "total"}
        yield from statistics(OUTPUT, {"N": total}, group2_level=str(total), **keys)


def _verdicts(compared: pd.DataFrame, possible: Iterable[str], place: str = "") -> Iterator[dict]:
    for verdict in possible:
        keys = {"group1": "place", "group1_level": place, "variable": "verdict", "variable_level": verdict}
        yield from statistics(OUTPUT, share((compared["verdict"] == verdict).sum(), len(compared)), **keys)
