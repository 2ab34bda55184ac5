"""Which side effects occurred with which treatment: treatments across, events in the cells."""

from adreport.pages.contract import wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import courses_by_treatment, rows, texts
from adreport.pages.shading import SHADES_NOTE, shaded
from adreport.show.numbers import whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.stats.tests import FEWEST
from adreport.study.dictionary import abbreviations, level_label, treatments

MOST = 30


def terms_by_treatment(results: Results) -> Table | Absent:
    """Events of each side effect with each treatment, the most frequent first; below them the courses."""
    events = results.pick(output="table3", variable="side_effect", stat_name="n", group1="treatment")
    frame = wide(events[events["variable_level"] != "any"], "variable_level", "group1_level").fillna(0)
    if frame.empty:
        return Absent()
    courses = courses_by_treatment(results.rows)["n"]
    frame = frame.reindex(columns=courses.index, fill_value=0)
    frame = frame.loc[frame.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    rare = frame.iloc[MOST:]
    frame = frame.head(MOST)
    shares = frame.div(courses).where(courses >= FEWEST, 0, axis=1).clip(upper=1)
    body = rows([level_label("", term) for term in frame.index], *(texts(frame[code], whole) for code in frame))
    body = shaded(body, shares)
    if len(rare):
        body.append(Row(f"{len(rare)} rarer terms", texts(rare.sum(), whole)))
    body.append(Row("Courses", texts(courses, whole), "total"))
    columns = [Column(treatments()[code].abbreviation) for code in frame]
    notes = ["Cells: events.", SHADES_NOTE.format("courses", few=FEWEST), abbreviations(frame.columns)]
    return Table("Side effects by treatment", "Side effect", columns, body, notes)
