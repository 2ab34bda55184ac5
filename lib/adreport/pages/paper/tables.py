"""Tables of the reproduction page."""

import math

import pandas as pd

from adreport.pages.layout import rows, texts
from adreport.pages.paper.contradictions import KINDS, Contradiction
from adreport.pages.paper.results import DIFFERS, JOIN, TRUNCATED, VERDICTS, Comparison
from adreport.show.numbers import NOTHING, interval, number, p_value, percent, whole
from adreport.show.parts import Column, Row, Table
from adreport.study.dictionary import level_label, variable_label

STATISTICS = {
    "n": "n",
    "N": "known",
    "p": "%",
    "median": "median",
    "iqr": "IQR",
    "mean": "mean",
    "sd": "SD",
    "p.value": "p",
}
COMPARABLE = ("table1", "table2")
CAPTION = "These data beside the published cohort"
BASIS_NOTE = (
    "Data: published: printed for each patient. Constrained: not printed for each patient, but reconstructed to meet "
    "published figures, so that a count or a median agrees by construction. Synthetic: nothing published restricts it."
)


def overview(comparison: Comparison) -> Table:
    """How many printed numbers got which verdict; of other data, the figures side by side."""
    return _verdicts(comparison.rows) if comparison.reproduces else _side_by_side(_comparable(comparison.rows), CAPTION)


def differences(comparison: Comparison) -> Table:
    """The numbers that differ, with what explains them; of other data, those outside the interval."""
    if comparison.reproduces:
        return _explained(comparison.rows)
    rows = _comparable(comparison.rows)
    outside = rows[(rows["stat"] < rows["low"]) | (rows["stat"] > rows["high"])]
    return _side_by_side(outside, "Published shares outside the interval of these data")


def every_number(comparison: Comparison) -> Table:
    """Every printed number with the recomputed one, and the kind of data that it was recomputed from."""
    last = "verdict" if comparison.reproduces else "basis"
    body = [
        Row(_what(row), [row.place, _printed(row), _shown(row.recomputed, row), getattr(row, last), row.basis])
        for row in comparison.rows.itertuples()
    ]
    heads = [Column("Where", words=True), Column("Printed"), Column("Recomputed"), Column("Verdict", words=True),
             Column("Data", words=True)]  # fmt: skip
    if not comparison.reproduces:
        heads, body = heads[:3], [Row(row.label, row.cells[:3]) for row in body]
    return Table(
        "Every printed number", "Number", heads, body, [BASIS_NOTE] if comparison.reproduces else [], folded=True
    )


def contradictions(found: list[Contradiction]) -> Table:
    """What is wrong with statements of the paper, by kind, each with its evidence."""
    body: list[Row] = []
    for kind, words in KINDS.items():
        own = [item for item in found if item.kind == kind]
        if own:
            body.append(Row(f"Statements that {words}", kind="group"))
            body += [Row(item.statement, [item.evidence], "level") for item in own]
    return Table("Contradictions and slips", "The paper says", [Column("But", words=True)], body)


def _verdicts(compared: pd.DataFrame) -> Table:
    frame = pd.crosstab(compared["place"], compared["verdict"]).reindex(columns=list(VERDICTS), fill_value=0)
    frame = frame.reindex(dict.fromkeys(compared["place"]))
    body = rows(frame.index, *(texts(frame[name], whole) for name in VERDICTS), texts(frame.sum(axis=1), whole))
    body.append(Row("All", [whole(frame[name].sum()) for name in VERDICTS] + [whole(len(compared))], "total"))
    heads = [
        *(Column(name) for name in ("Exact", "After rounding", "If cut off", "Differs", "Not recomputed")),
        Column("All"),
    ]
    notes = ["A number that is printed in several places counts in each of them."]
    return Table("Verdicts on the printed numbers", "Where it is printed", heads, body, notes)


def _explained(compared: pd.DataFrame) -> Table:
    body: list[Row] = []
    for verdict, words in ((DIFFERS, "Differs"), (TRUNCATED, "Agrees only if cut off, not rounded")):
        rows_of = compared[compared["verdict"] == verdict]
        body.append(Row(f"{words} ({len(rows_of)})", kind="group"))
        body += [
            Row(_what(row), [_printed(row), _shown(row.recomputed, row), row.explanation, row.place], "level")
            for row in rows_of.itertuples()
        ]
    heads = [Column("Printed"), Column("Recomputed"), Column("Explanation", words=True), Column("Where", words=True)]
    return Table("Numbers that differ", "Number", heads, body)


def _comparable(compared: pd.DataFrame) -> pd.DataFrame:
    """The figures of Tables 1 and 2 that both data sets have, each once."""
    chosen = compared[compared["output"].isin(COMPARABLE) & (compared["stat_name"] != "N")]
    return chosen.dropna(subset="recomputed").drop_duplicates(JOIN)


def _side_by_side(compared: pd.DataFrame, caption: str) -> Table:
    body = [
        Row(_what(row), [_shown(row.stat, row), _shown(row.recomputed, row), interval(row.low, row.high)])
        for row in compared.itertuples()
    ]
    heads = [Column("Published"), Column("These data"), Column("95% CI (%)")]
    notes = ["Published: 30 children of one centre, as printed. CI: Wilson interval of these data. Nothing is tested."]
    return Table(caption, "Figure", heads, body, notes)


def _what(row) -> str:
    """What a number is, in words: treatment, variable, level, statistic."""
    treatment = level_label("treatment", row.group1_level) if row.group1 == "treatment" and row.group1_level else ""
    variable = row.variable if row.variable != row.stat_name else ""
    level = level_label(row.variable, row.variable_level) if row.variable_level else ""
    words = [treatment, variable_label(variable), level, STATISTICS.get(row.stat_name, row.stat_name)]
    first, *others = filter(None, words)
    return ", ".join([first, *map(_within, others)])


def _within(words: str) -> str:
    """Words as they stand within a phrase: "IgE" and "ADHD" keep their capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _printed(row) -> str:
    return (row.printed or "not as a figure") + ("%" if row.stat_name == "p" and row.printed else "")


def _shown(value: float, row) -> str:
    if math.isnan(value):
        return NOTHING
    if row.stat_name == "p":
        return f"{percent(value, 2)}%"
    if row.stat_name == "p.value":
        return p_value(value)
    return whole(value) if float(value).is_integer() else number(value, 2)
