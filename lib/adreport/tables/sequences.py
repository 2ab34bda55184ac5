"""Tables of the sequences page."""

import pandas as pd

from adreport.dictionary import level_label, treatments
from adreport.display import Column, Row, Table
from adreport.formatting import whole
from adreport.results import pick, wide
from adreport.sequences import END_LABELS
from adreport.tables.columns import count_or_dash, rows, texts


def pathways(results: pd.DataFrame) -> Table:
    """Table 4: the treatments of each patient in order."""
    chosen = pick(results, output="table4")
    body = [
        Row(row.group1_level, [" → ".join(_abbreviation(code) for code in row.method.split(" > ")), whole(row.stat)])
        for row in chosen.itertuples()
    ]
    heads = [Column("Order of treatments", words=True), Column("Courses")]
    codes = dict.fromkeys(code for words in chosen["method"] for code in words.split(" > "))
    notes = [
        "; ".join(
            f"{_abbreviation(code)}: {treatments()[code].label.lower()}" for code in treatments() if code in codes
        )
    ]
    return Table("Table 4. Sequence of treatments of each patient", "Patient", heads, body, [f"{notes[0]}."])


def lines(results: pd.DataFrame) -> Table:
    """Treatments at each line of therapy: lines across, courses in the cells."""
    chosen = pick(results, output="lines", group1="line", variable="treatment")
    frame = wide(pick(chosen, stat_name="n"), "variable_level", "group1_level")
    totals = frame.sum()
    labels = [level_label("treatment", code) for code in frame.index]
    body = rows(labels, *(texts(frame[line], count_or_dash) for line in frame.columns))
    body = [_shaded(row, frame.loc[code] / totals) for row, code in zip(body, frame.index, strict=True)]
    body.append(Row("Patients with this line", [whole(total) for total in totals], "total"))
    heads = [Column(line, "Line of therapy") for line in frame.columns]
    notes = ["Cells: patients. The darker, the larger the share of those who reached the line."]
    return Table("Treatments by line of therapy", "Treatment", heads, body, notes)


def places(results: pd.DataFrame) -> Table:
    """Of each treatment's courses: first line, last line, followed by another."""
    chosen = pick(results, output="lines", group1="treatment")
    frame = wide(chosen[chosen["stat_name"].isin(["n", "N"])], "group1_level", ["variable", "stat_name"])
    cells = [texts(frame["first_line", "N"], whole)]
    cells += [texts(frame[name, "n"], count_or_dash) for name in ("first_line", "last_line", "followed")]
    labels = [level_label("treatment", code) for code in frame.index]
    heads = [Column("Courses"), Column("First treatment"), Column("Last treatment"), Column("Followed by another")]
    return Table("Where in the sequence each treatment stood", "Treatment", heads, rows(labels, *cells))


def transitions(results: pd.DataFrame, mark: str = "") -> Table:
    """What followed each treatment: from (down) to (across)."""
    chosen = pick(results, output="transitions", stat_name="n")
    order = [*treatments(), *END_LABELS]
    frame = wide(chosen, "group1_level", "group2_level").fillna(0)
    frame = frame[[code for code in order if code in frame.columns]]
    totals = frame.sum(axis=1)
    labels = [level_label("treatment", code) for code in frame.index]
    body = rows(labels, texts(totals, whole), *(texts(frame[code], count_or_dash) for code in frame.columns))
    body = [_shaded(row, [0, *(frame.loc[code] / totals[code])]) for row, code in zip(body, frame.index, strict=True)]
    heads = [Column("Courses")]
    heads += [Column(END_LABELS[code], "No further treatment") if code in END_LABELS
              else Column(_abbreviation(code), "Next treatment") for code in frame.columns]  # fmt: skip
    notes = [
        "Cells: courses. The darker, the larger the share of the row's courses.",
        "Without a further treatment: ongoing, in remission, lost to follow-up, or stopped for another reason.",
    ]
    return Table("What followed what", "Treatment", heads, body, notes, mark)


def _abbreviation(code: str) -> str:
    return treatments()[code].abbreviation


def _shaded(row: Row, shares) -> Row:
    return Row(row.label, row.cells, row.kind, list(shares))
