"""Response of each treatment at each line of therapy."""

from collections.abc import Iterator

from adreport.pages.contract import statistics, wide
from adreport.pages.exhibits import Results, Settings
from adreport.pages.layout import rows, treatment_label
from adreport.pages.shading import SHADES_NOTE, shaded
from adreport.show.numbers import NOTHING, whole
from adreport.show.parts import Absent, Column, Table
from adreport.stats.counts import share
from adreport.stats.tests import FEWEST
from adreport.study.model import Study

OUTPUT = "response_by_line"


def counts(study: Study, _: Settings) -> Iterator[dict]:
    """How many courses of each treatment at each line were effective, of those whose response is known."""
    known = study.courses.dropna(subset="effective")
    for (code, line), courses in known.groupby(["treatment", "line"], observed=True):
        keys = {"group1": "treatment", "group1_level": str(code), "group2": "line", "group2_level": str(line)}
        yield from statistics(
            OUTPUT, share(int(courses["effective"].sum()), len(courses)), variable="effective", **keys
        )


def table(results: Results) -> Table | Absent:
    """Treatments down, lines across, effective courses of all in the cells."""
    found = results.pick(output=OUTPUT, variable="effective")
    if found.empty:
        return Absent("No course has a recorded response.")
    n, known = (
        wide(found[found["stat_name"] == name], "group1_level", "group2_level").fillna(0) for name in ("n", "N")
    )
    lines = sorted(known.columns, key=int)
    cells = [
        [
            f"{whole(n.loc[code, line])}/{whole(known.loc[code, line])}" if known.loc[code, line] else NOTHING
            for code in n.index
        ]
        for line in lines
    ]
    body = rows(map(treatment_label, n.index), *cells)
    shares = (n / known).where(known >= FEWEST, 0).fillna(0)[lines]
    columns = [Column(line, "Line of therapy") for line in lines]
    notes = [
        f"Cells: effective courses ({results.scale.effective_label}) of those rated; {NOTHING}: none rated.",
        *results.scale.legend,
        SHADES_NOTE.format("cell's courses", few=FEWEST),
    ]
    return Table("Response by line and treatment", "Treatment", columns, shaded(body, shares), notes)
