"""Doses against the usual range of each treatment, as data/treatments.csv states it."""

from collections.abc import Iterator

import pandas as pd

from adreport.pages.contract import statistics
from adreport.pages.counting import by_treatment
from adreport.pages.exhibits import Results, Settings
from adreport.pages.layout import Spec, n, of_enough, statistic, total, treatment_table, unit
from adreport.show.numbers import agreeing, counted, listing, whole
from adreport.show.parts import Absent, Sentence, Table
from adreport.stats.counts import share, summarise
from adreport.study.dictionary import treatment_in_words, treatments
from adreport.study.model import Study

OUTPUT = "doses"
PLACES = {"below": "Below", "within": "Within", "above": "Above"}


def against_usual(study: Study, _: Settings) -> Iterator[dict]:
    """How many courses of each treatment were dosed below, within and above its usual range, limits included.

    Only doses in the unit of the usual range count; the quartiles are theirs.
    """
    for keys, courses in by_treatment(study.courses):
        treatment = treatments()[keys["group1_level"]]
        low, high = treatment.usual_range or (None, None)
        doses = courses["dose"][courses["dose_unit"].fillna(treatment.dose_unit) == treatment.dose_unit].dropna()
        if low is None or high is None or doses.empty:
            continue
        counts = {"below": (doses < low).sum(), "within": doses.between(low, high).sum(), "above": (doses > high).sum()}
        for place, number in counts.items():
            yield from statistics(OUTPUT, share(int(number), len(doses)), variable=place, **keys)
        usual = {"min": low, "max": high}
        yield from statistics(
            OUTPUT, usual, unit=treatment.dose_unit, note=treatment.usual_source, variable="usual", **keys
        )
        yield from statistics(OUTPUT, summarise(doses), unit=treatment.dose_unit, variable="dose", **keys)


def in_words(results: Results) -> Sentence:
    """How many doses lay outside the usual ranges, and of which treatments."""
    rows = results.pick(output=OUTPUT, variable=list(PLACES))
    if rows.empty:
        return Sentence("No dose is recorded in the unit of a usual range.")
    n = rows[rows["stat_name"] == "n"].groupby("variable")["stat"].sum()
    known = n.sum()
    if n["within"] == known:
        return Sentence(f"All {counted(known, 'course')} with a dose that has a usual range were dosed within it.")
    said = [f"{whole(n[place])} {place} it" for place in ("below", "above") if n[place]]
    outside = rows[(rows["stat_name"] == "n") & (rows["variable"] != "within") & (rows["stat"] > 0)]["group1_level"]
    of = f" ({listing(map(treatment_in_words, dict.fromkeys(outside)))})" if len(outside) else ""
    within = f"{whole(n['within'])} {agreeing(n['within'], 'was', 'were')} dosed within it"
    return Sentence(
        f"Of {counted(known, 'course')} with a dose that has a usual range, {', '.join([within, *said])}{of}."
    )


def table(results: Results) -> Table | Absent:
    """The usual range of each treatment, and its doses."""
    columns = [
        Spec("Courses with a dose", "dose", total),
        Spec("Unit", "dose", unit, words=True),
        Spec("Usual range", "usual", between_limits, words=True),
        Spec("Median", "dose", of_enough(statistic("median", 2))),
        *(Spec(label, place, n, "Courses dosed") for place, label in PLACES.items()),
    ]
    sources = results.pick(output=OUTPUT, variable="usual", stat_name="min")["note"].unique()
    return treatment_table(results.rows, OUTPUT, "Doses against the usual range", columns, [
        f"Usual range: {'; '.join(sources)} (data/treatments.csv). Doses in other units are not counted."
    ])  # fmt: skip


def between_limits(row: pd.Series) -> str:
    """The usual range: 2.5–5."""
    return f"{row['min']:g}–{row['max']:g}"
