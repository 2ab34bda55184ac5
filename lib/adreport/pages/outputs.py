"""What results.csv holds: its columns, the names of statistics, and every output, as docs/results.md says it.

`data/outputs.csv` is the table of outputs. `python -m adreport.pages.outputs` writes the page anew.
"""

from collections.abc import Iterable, Iterator

from adreport.pages import PAGE_NAMES
from adreport.study.paths import ROOT, table_rows

FILE = ROOT / "docs" / "results.md"
COLUMNS = {
    "output": "the table, figure or analysis that the row belongs to",
    "group1, group1_level": "what the rows are grouped by, and the group: `treatment`, `cyclosporine`",
    "group2, group2_level": "a second grouping: the other treatment of a pair, a place, an organ class",
    "variable, variable_level": "what the statistic is of, and its level: `sex`, `female`; a day, a term, an analysis",
    "stat_name": "which statistic it is (below)",
    "stat": "the number, at full precision; a statistic that does not exist has no row",
    "unit": "the unit of `stat`, or the measure that an estimate is of: `days`, `odds ratio`, `Cliff's delta`",
    "method": "the name of a method and nothing else: `Wilson interval, 95%`",
    "note": "whatever else is to be said in words: why a test was not run, how it was simulated, a verdict",
}
STATISTICS = {
    "n": "a count",
    "N": "the number it is a count of, or the number analysed; of a curve, the number at risk",
    "p": "the proportion n / N, from 0 to 1",
    "n_missing": "how many are left out because the value is not recorded",
    "n_censored": "how many courses had been censored by then",
    "courses, patients": "how many courses and patients the row rests on",
    "median, p25, p75, iqr": "quartiles by the (n+1)p rule of SPSS, and their distance",
    "min, max, mean, sd": "the smallest and largest value, the mean, the standard deviation",
    "whisker.low, whisker.high": "the ends of the whiskers of a box plot",
    "value": "a single number, of one patient, course or line of a list",
    "estimate, conf.low, conf.high": "an estimate (see `unit`) and the limits of its interval (see `method`)",
    "rate, patient_years": "events per 100 patient-years, and the patient-years",
    "statistic, parameter": "the statistic of a test and its degrees of freedom",
    "p.value, p.value.adjusted": "the two-sided p-value of a test; the same adjusted for several tests",
    "resamples": "in how many resamples of patients an estimate exists",
    "events_per_coefficient": "of a model: events or non-events, whichever are fewer, per coefficient",
    "stated, against": "a number that the paper states, and the number that stands against it",
}


def outputs() -> list[dict[str, str]]:
    """The outputs of the pages that there are: output, page, keys, variables, statistics, meaning."""
    return [row for row in table_rows("outputs.csv") if set(row["page"].split()) & {"overview", *PAGE_NAMES}]


def names(meanings: dict[str, str]) -> list[str]:
    """Every name that a table of meanings explains: COLUMNS or STATISTICS."""
    return [name for several in meanings for name in several.split(", ")]


def page() -> str:
    """The page of documentation, as Markdown."""
    described = ([f"`{row['output']}`", *list(row.values())[1:]] for row in outputs())
    parts = (
        "# What results.csv holds",
        "<!-- Written by `make docs` from data/outputs.csv and pages/outputs.py; changes by hand are lost. -->",
        "Everything that a report states is a row of `results.csv` (UTF-8), one row per statistic. Tables, figures and "
        "sentences are made from these rows alone. The names of statistics follow the R packages cards and broom.",
        "## Columns",
        _table(("column", "meaning"), _quoted(COLUMNS)),
        "Treatments are written by their codes in `data/treatments.csv`. Text that a spreadsheet would take for a "
        "formula has an apostrophe in front.",
        "## Statistics",
        _table(("stat_name", "meaning"), _quoted(STATISTICS)),
        "In the output `reproduction` these names are followed by what they are: `median.published`, "
        "`median.recomputed`.",
        "## Outputs",
        "Keys: what group1 (and, after a semicolon, group2) can be; – for none. A line list has one line a case, "
        "without patient identifiers, up to a stated number; its variable `lines` says how many there are.",
        _table(("output", "page", "keys", "variables", "statistics", "meaning"), described),
    )
    return "\n\n".join(parts) + "\n"


def _quoted(meanings: dict[str, str]) -> Iterator[list[str]]:
    for names, meaning in meanings.items():
        yield [", ".join(f"`{name}`" for name in names.split(", ")), meaning]


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    headings = list(headings)
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(page(), encoding="utf-8")
