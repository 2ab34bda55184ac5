"""Which treatments were begun in which year, where courses have dates."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from adreport.pages.contract import statistics, wide
from adreport.pages.counting import by_treatment
from adreport.pages.exhibits import Results, Settings
from adreport.show.colours import treatment_colour
from adreport.show.drawing import figure, legend_columns, tell_area, treatment_name
from adreport.show.numbers import counted, whole
from adreport.show.parts import Absent, Figure, Sentence
from adreport.stats.counts import share
from adreport.study.dictionary import treatment_in_words
from adreport.study.model import Study

OUTPUT = "calendar"
ROWS = 8  # lines of text as high as the figure
MOST_YEARS, MOST_YEARS_NARROW = 14, 6  # that have room for a label


def years(study: Study, _: Settings) -> Iterator[dict]:
    """How many courses have a date of start, and how many of each treatment were begun in each calendar year."""
    begun = study.courses.dropna(subset="start_date")
    yield from statistics(OUTPUT, share(len(begun), len(study.courses)), variable="dated")
    begun = begun.assign(year=pd.to_datetime(begun["start_date"]).dt.year.astype(str))
    totals = begun["year"].value_counts()
    for keys, courses in by_treatment(begun):
        for year, number in courses["year"].value_counts().sort_index().items():
            of_year = keys | {"group2": "year", "group2_level": year, "variable": "courses"}
            yield from statistics(OUTPUT, share(number, totals[year]), **of_year)


def in_words(results: Results) -> Sentence:
    """From when to when courses were begun, and what was begun most often in the first and the last year."""
    frame = _by_year(results)
    if frame.empty:
        return Sentence("Courses have no dates: nothing can be said of calendar years.")
    totals, (first, last) = frame.sum(axis=1), frame.index[[0, -1]]
    said = [f"{year} {_begun(frame.loc[year])}" for year in dict.fromkeys((first, last))]
    return Sentence(f"{counted(totals.sum(), 'course')} with a date of start: in {', in '.join(said)}.")


def _begun(courses: pd.Series) -> str:
    """How many courses were begun in a year, and of which treatment most; none stands out where it was begun once."""
    most = courses[courses == courses.max()]
    total = counted(courses.sum(), "course")
    if courses.sum() == 1:
        return f"{total}, of {treatment_in_words(most.index[0])}"
    if len(most) > 1:
        return total
    return f"{total}, most often of {treatment_in_words(most.index[0])} ({whole(most.iloc[0])})"


def by_year(results: Results) -> Figure | Absent:
    """Courses begun in each year, by treatment."""
    frame = _by_year(results)
    if frame.empty:
        return Absent()

    def paint(axes: Axes, narrow: bool) -> None:
        import seaborn.objects as so  # takes a second, for which other pages need not wait

        long = (
            frame.rename_axis("year").melt(var_name="treatment", value_name="courses", ignore_index=False).reset_index()
        )
        plot = so.Plot(long, x="year", y="courses", color="treatment")
        plot = plot.add(so.Bar(alpha=1, edgewidth=0), so.Stack(), legend=False)
        plot.scale(color={code: treatment_colour(code) for code in frame.columns}).on(axes).plot()
        names = [treatment_name(code, narrow) for code in frame.columns]
        axes.set(xlabel="Year of start", ylabel="Courses")
        step = -(-len(frame) // (MOST_YEARS_NARROW if narrow else MOST_YEARS))
        axes.set_xticks(range(0, len(frame), step), frame.index[::step])
        for place, (year, courses) in enumerate(frame.iterrows()):
            tell_area(axes, place - 0.5, 1, 0, frame.sum(axis=1).max(), _told(year, courses))
        handles = [axes.plot([], [], "s", color=treatment_colour(code))[0] for code in frame.columns]
        axes.figure.legend(handles, names, loc="outside upper left", ncols=legend_columns(names, narrow), frameon=False)

    caption = "Courses begun in each year"
    parts = [f"{year} {counted(number, 'course')}" for year, number in frame.sum(axis=1).items()]
    return figure(paint, ROWS, caption, f"{caption}: {'; '.join(parts)}.", treatments=list(frame.columns))


def _told(year: str, courses: pd.Series) -> str:
    each = [f"{treatment_in_words(code)} {whole(n)}" for code, n in courses[courses > 0].items()]
    return f"{year}: {counted(courses.sum(), 'course')}{': ' if each else ''}{', '.join(each)}"


def _by_year(results: Results) -> pd.DataFrame:
    """Courses by year (rows, none left out) and treatment."""
    rows = results.pick(output=OUTPUT, variable="courses", stat_name="n")
    if rows.empty:
        return pd.DataFrame()
    frame = wide(rows, "group2_level", "group1_level").fillna(0)
    numbers = frame.index.astype(int)
    return frame.reindex([str(year) for year in range(numbers.min(), numbers.max() + 1)], fill_value=0)
