"""What became of the courses that worked: why they ended, and whether another course followed."""

from collections.abc import Iterator

from adreport.pages.contract import statistics, wide
from adreport.pages.counting import by_treatment, shares
from adreport.pages.exhibits import Results, Settings
from adreport.pages.layout import Spec, fraction, n, named_counts, total, treatment_table
from adreport.pages.shading import shaded_by
from adreport.show.numbers import agreeing, counted, whole
from adreport.show.parts import Absent, Sentence, Table
from adreport.stats.counts import share
from adreport.study.model import Study
from adreport.study.reasons import CENSORED_GROUP, NOT_RECORDED, REASON, REASON_GROUPS, group_of

OUTPUT = "effective_courses"
GROUPS = {**{code: group.label for code, group in REASON_GROUPS.items()}, CENSORED_GROUP: "Ongoing or lost"}
MOST = 3


def ends(study: Study, _: Settings) -> Iterator[dict]:
    """Of each treatment's effective courses: how many another course followed after their stop, and why they ended."""
    effective = study.courses[study.courses["effective"].eq(True)]
    for keys, courses in by_treatment(effective):
        followed = int(courses["followed_by"].notna().sum())
        yield from statistics(OUTPUT, share(followed, len(courses)), variable="followed", **keys)
        groups = courses[REASON].astype(object).fillna(NOT_RECORDED).map(group_of).value_counts()
        yield from shares(OUTPUT, groups.reindex(list(GROUPS), fill_value=0), len(courses), variable="end", **keys)


def in_words(results: Results) -> Sentence:
    """How many effective courses were followed all the same: of all, and of the most used treatments."""
    rows = wide(results.pick(output=OUTPUT, variable="followed"), "group1_level")
    if rows.empty:
        return Sentence("No course had a response.")
    followed, of = rows["n"].sum(), rows["N"].sum()
    none = f"{whole(followed) if followed else 'none'} {agreeing(followed, 'was', 'were')}"
    return Sentence(
        f"A response is not the end of treatment: of {counted(of, 'course')} with one, {none} followed by another "
        f"course after the stop: {named_counts(rows.head(MOST))}."
    )


def table(results: Results) -> Table | Absent:
    """Each treatment's effective courses: how many were followed by another, and why they ended."""
    counts = wide(results.pick(output=OUTPUT, variable="end", stat_name="n"), "group1_level", "variable_level")
    groups = [code for code in GROUPS if code in counts and counts[code].sum() > 0]
    columns = [
        Spec("Courses with a response", "followed", total),
        Spec("Followed by another course", "followed", fraction),
        *(Spec(GROUPS[code], "end", n, "Why they ended", level=code) for code in groups),
    ]
    notes = ["Followed: by what was begun after the stop."]
    made = treatment_table(results.rows, OUTPUT, "What became of the courses that worked", columns, notes)
    return made if isinstance(made, Absent) else shaded_by(made, counts[groups], counts.sum(axis=1), "courses")
