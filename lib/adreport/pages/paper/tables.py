"""The tables of the reproduction page."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import rows
from adreport.pages.paper import contradictions as paper
from adreport.pages.paper.published import ORDER
from adreport.pages.paper.results import OUTPUT, OUTSIDE
from adreport.pages.paper.verdicts import DIFFERS, TRUNCATED
from adreport.pages.paper.words import reproduces
from adreport.show.numbers import NOTHING, counted, interval, number, p_as_printed, percent, whole
from adreport.show.parts import Column, Row, Table
from adreport.study.dictionary import level_label, variable_label

NUMBER = ["group1", "group1_level", "group2_level", "variable", "variable_level", "of"]
PARTS = {
    "stat": ("stat", "published"), "verdict": ("note", "published"), "printed": ("note", "printed"),
    "recomputed": ("stat", "recomputed"), "basis": ("note", "recomputed"), "explanation": ("note", "difference"),
    "low": ("stat", "conf.low"), "high": ("stat", "conf.high"),
}  # fmt: skip
STATISTICS = {
    "n": "n", "N": "known", "p": "%", "median": "median", "iqr": "IQR", "mean": "mean", "sd": "SD", "p.value": "p",
}  # fmt: skip
COMPARABLE = ("table1", "table2")
BASIS_NOTE = (
    "Data: published: printed for each patient. Constrained: not printed for each patient, but reconstructed to meet "
    "published figures, so that a count or a median agrees by construction. Synthetic: nothing published restricts it."
)
Columns = Sequence[tuple[Column, Callable[[Any], str]]]


def overview(results: Results) -> Table:
    """How many printed numbers got which verdict; of other data, the figures side by side."""
    if not reproduces(results):
        return replace(
            _side_by_side(results, comparable(results), "All figures beside the published ones"), folded=True
        )
    counts = results.pick(output=OUTPUT, group1="place", variable="verdict")
    verdicts = wide(pick(counts, stat_name="n"), "group1_level", "variable_level")
    cells = verdicts.assign(all=pick(counts, stat_name="N").groupby("group1_level")["stat"].first()).map(whole)
    body = rows(cells.index[1:], *(column.iloc[1:] for _, column in cells.items()))
    names = ("Exact", "After rounding", "If cut off", "Differs", "Not recomputed", "All")
    notes = ["A number printed in several places counts in each."]
    return Table(
        "Verdicts on the printed numbers", "Where it is printed", list(map(Column, names)),
        [*body, Row("All", cells.iloc[0].tolist(), "total")], notes,
    )  # fmt: skip


def differences(results: Results) -> Table:
    """The numbers that differ, with what explains them; of other data, those outside the interval."""
    if not reproduces(results):
        outside = comparable(results)
        outside = outside[outside["verdict"] == OUTSIDE]
        return _side_by_side(results, outside, "Published shares outside the interval of these data")
    columns = (PRINTED, RECOMPUTED, EXPLANATION, WHERE)
    numbers, body = printed_numbers(results), []
    for verdict, words in ((DIFFERS, "Differs"), (TRUNCATED, "Agrees only if cut off instead of rounded")):
        having = numbers[numbers["verdict"] == verdict]
        body += [Row(f"{words} ({len(having)})", kind="group"), *_rows(having, columns, "level")]
    return Table("Numbers that differ", "Number", _headings(columns), body, folded=False)


def every_number(results: Results) -> Table:
    """Every printed number with the recomputed one, and the kind of data that it was recomputed from."""
    columns, notes = ((WHERE, PRINTED, RECOMPUTED, VERDICT, DATA), [BASIS_NOTE]) if reproduces(results) else (
        (WHERE, PRINTED, RECOMPUTED), []
    )  # fmt: skip
    body = _rows(printed_numbers(results), columns)
    return Table("Every printed number", "Number", _headings(columns), body, notes, folded=True)


def contradictions(results: Results) -> Table:
    """What is wrong with statements of the paper, by kind, each with its evidence."""
    body: list[Row] = []
    for kind, words in paper.KINDS.items():
        rows_of = results.pick(output=paper.OUTPUT, group1_level=kind)
        stated, against = (pick(rows_of, stat_name=name)["note"] for name in ("stated", "against"))
        body += [Row(f"Statements that {words}", kind="group")] if len(stated) else []
        body += [Row(statement, [evidence], "level") for statement, evidence in zip(stated, against, strict=True)]
    return Table("Contradictions and slips", "The paper says", [Column("But", words=True)], body)


def printed_numbers(results: Results) -> pd.DataFrame:
    """A row for each printed number, in the order of the paper: what it is (NUMBER), and the columns of PARTS.

    A number that there is not is NaN, and words that there are not are "".
    """
    numbers = results.pick(output=OUTPUT, group2="place")
    names = numbers["stat_name"].str.extract(r"(?P<of>.+?)\.(?P<name>published|printed|recomputed|difference|conf\..+)")
    numbers = numbers.join(names).set_index([*NUMBER, "name"])[["stat", "note"]].unstack(sort=False)
    numbers = numbers.reindex(columns=pd.MultiIndex.from_tuples(PARTS.values())).set_axis([*PARTS], axis="columns")
    return numbers.fillna({name: "" for name, (column, _) in PARTS.items() if column == "note"}).reset_index()


def comparable(results: Results) -> pd.DataFrame:
    """The figures of Tables 1 and 2 that both data sets have, each once."""
    numbers = printed_numbers(results)
    numbers = numbers[numbers["group1"].isin(COMPARABLE) & (numbers["of"] != "N")]
    return numbers.dropna(subset="recomputed").drop_duplicates([name for name in NUMBER if name != "group2_level"])


def _side_by_side(results: Results, numbers: pd.DataFrame, caption: str) -> Table:
    columns = (
        (Column("Published"), lambda row: _shown(row.stat, row.of)),
        (Column("These data"), lambda row: _shown(row.recomputed, row.of)),
        (Column(f"{results.settings.interval_name} (%)"), lambda row: interval(row.low, row.high)),
    )
    notes = ["Published: 30 children of one centre, as printed. CI: Wilson interval of these data."]
    return Table(caption, "Figure", _headings(columns), _rows(numbers, columns), notes)


def _rows(numbers: pd.DataFrame, columns: Columns, kind: str = "") -> list[Row]:
    return [Row(_what(row), [cell(row) for _, cell in columns], kind) for row in numbers.itertuples()]


def _headings(columns: Columns) -> list[Column]:
    return [heading for heading, _ in columns]


def _what(row: Any) -> str:
    """What a number is, in words: treatment, variable, level, statistic."""
    if row.variable == ORDER:
        return f"{row.group1_level}, order of treatments"
    treatment = level_label("treatment", row.group1_level) if row.group1_level else ""
    variable = variable_label(row.variable) if row.variable != row.of else ""
    level = level_label(row.variable, row.variable_level) if row.variable_level else ""
    first, *others = filter(None, [treatment, variable, level, STATISTICS.get(row.of, row.of)])
    return ", ".join([first, *map(_within, others)])


def _within(words: str) -> str:
    """Words as they stand within a phrase: "IgE" and "ADHD" keep their capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _shown(stat: float, name: str) -> str:
    """A statistic by its name."""
    if math.isnan(stat):
        return NOTHING
    if name == "p":
        return f"{percent(stat, 2).removesuffix('.00')}%"
    if name == "p.value":
        return p_as_printed(stat)
    return whole(stat) if stat.is_integer() else number(stat, 2)


def _printed(row: Any) -> str:
    return (row.printed or "not as a figure") + ("%" if row.of == "p" and row.printed else "")


def _recomputed(row: Any) -> str:
    if row.variable == ORDER:
        return counted(row.recomputed, "course")
    return _shown(row.recomputed, row.of)


WHERE = (Column("Where", words=True), lambda row: row.group2_level)
PRINTED = (Column("Printed"), _printed)
RECOMPUTED = (Column("Recomputed"), _recomputed)
VERDICT = (Column("Verdict", words=True), lambda row: row.verdict)
DATA = (Column("Data", words=True), lambda row: row.basis)
EXPLANATION = (Column("Explanation", words=True), lambda row: row.explanation)
