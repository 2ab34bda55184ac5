"""Doses against the usual range of each treatment, as data/treatments.csv states it."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.contract import statistics, wide
from adreport.pages.counting import by_treatment
from adreport.pages.exhibits import Results, Settings
from adreport.pages.layout import Spec, n, of_enough, statistic, total, treatment_label, treatment_table, unit
from adreport.show.colours import PALE, treatment_colour
from adreport.show.drawing import figure, label_rows, tell_rows, treatment_name
from adreport.show.numbers import agreeing, counted, listing, number, whole
from adreport.show.parts import Absent, Figure, Sentence, Table
from adreport.show.rates import GAP_POINTS, write_beside
from adreport.stats.counts import share, summarise
from adreport.stats.tests import FEWEST
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
        for place, courses_there in counts.items():
            yield from statistics(OUTPUT, share(int(courses_there), len(doses)), variable=place, **keys)
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


def drawing(results: Results) -> Figure | Absent:
    """The median dose of each treatment beside its usual range; all in percent of the upper end of that range."""
    frame = wide(results.pick(output=OUTPUT, variable=["usual", "dose"]), "group1_level")
    if frame.empty or not (frame["N"] >= FEWEST).any():
        return Absent()
    frame = frame[frame["N"] >= FEWEST]
    units = results.pick(output=OUTPUT, variable="usual", stat_name="min").set_index("group1_level")["unit"]
    percent = frame[["min", "p25", "median", "p75"]].mul(100 / frame["max"], axis=0)

    def paint(axes: Axes, narrow: bool) -> None:
        for row, (code, at) in enumerate(percent.iterrows()):
            axes.barh(row, 100 - at["min"], left=at["min"], height=0.6, color=PALE)
            axes.plot([at["p25"], at["p75"]], [row, row], color=treatment_colour(str(code)), linewidth=2)
            axes.plot(at["median"], row, "o", color=treatment_colour(str(code)), clip_on=False)
            if not narrow:
                write_beside(axes, row, {GAP_POINTS: _dose_in_words(frame.loc[code], units[code])})
        label_rows(axes, [treatment_name(str(code), narrow) for code in frame.index])
        tell_rows(axes, told)
        axes.set(xlim=(0, max(120, 1.05 * percent["p75"].max())), xlabel="Dose (% of the upper end of the usual range)")

    told = [f"{treatment_label(str(code))}: {_dose_in_words(row, units[code])}" for code, row in frame.iterrows()]
    caption = "Doses beside the usual range"
    notes = [f"Bars: the usual range; points: median dose; lines: quartiles. Of {FEWEST} courses with a dose or more."]
    return figure(paint, len(frame), caption, f"{caption}: {'; '.join(told)}.", notes, treatments=list(frame.index))


def _dose_in_words(row: pd.Series, unit: str) -> str:
    return f"{number(row['median'], 2)} (usual {between_limits(row)}) {unit}"


def between_limits(row: pd.Series) -> str:
    """The usual range: 2.5–5."""
    return f"{row['min']:g}–{row['max']:g}"
