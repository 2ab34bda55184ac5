"""A choice “other” and the free text beside it, which says what the other is: two columns of a clinic, one of ours.

The text of `treatment` stands in `treatment_other`, and so for each column that can have one.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

from adreport.reading import notation
from adreport.reading.formats.raw import RawTable
from adreport.study import dictionary
from adreport.study.dictionary import Column, folded
from adreport.study.faults import ERROR, WARNING, Fault

WITH_TEXT = ("treatment", "text", "list")  # types of columns in which something can be another thing
ENDING = "_other"
OTHER = "other"
SAYS_OTHER = re.compile(r"(?:an)?others?|andere[rsn]?|sonstige[rsn]?|diğer(?:leri)?|diger|başka")
BESIDES = re.compile(
    r"\W+|\b(?:please|specify|which|what|free ?text|text|treatment|therapy|drug|medication|agent|systemic|reason|event"
    r"|disease|bitte|angeben|welche[rs]?|therapie|behandlung|medikament|grund|erkrankung|tedavi|ilaç|neden|belirtiniz)\b"
)


@cache
def text_columns(table: str) -> dict[str, str]:
    """The columns of free text that can stand beside columns of ours: name to the name of ours."""
    columns = dictionary.columns(table).values()
    with_text = [one.name for one in columns if one.type in WITH_TEXT or one.name == "discontinuation_reason"]
    return {f"{name}{ENDING}": name for name in with_text}


def says_other(value: str) -> bool:
    """Whether a value means that it is another one than all others: “Other”, “Other, please specify”, “Sonstige”."""
    return bool(SAYS_OTHER.fullmatch(BESIDES.sub("", folded(value))))


def with_texts(table: RawTable) -> tuple[RawTable, list[Fault]]:
    """A table with the text in place of “other”, and what contradicts it: a text beside something that is not other.

    A list keeps its other items. An error where the text names another of our values, else a warning.
    """
    faults: list[Fault] = []
    for text, name in text_columns(table.name).items():
        if text in table.cells:
            column, cells = dictionary.columns(table.name)[name], table.column(name)
            texts = table.cells[text].mask(notation.not_known(table.cells[text]), "")
            faults += _contradictions(table, text, column)
            joined = [_joined(*pair, column) for pair in zip(cells, texts, strict=True)]
            table = replace(table, cells=table.cells.assign(**{name: joined}).drop(columns=text))
    return table, faults


def _joined(cell: str, text: str, column: Column) -> str:
    """What a cell and its text say together."""
    if not text:
        return cell
    if column.type == "list":
        items = [item.strip() for item in cell.split(";")]
        kept = [item for item in items if item and not says_other(item) and folded(item) not in notation.NOT_KNOWN]
        return ";".join([*kept, text])
    return text if _is_open(cell) else cell


def _is_open(cell: str) -> bool:
    return not cell or says_other(cell) or folded(cell) in notation.NOT_KNOWN


def _contradictions(table: RawTable, text: str, column: Column) -> Iterator[Fault]:
    """A fault for each text beside a value that is not other; none in lists, which hold both."""
    head, code = table.heads.get(text, text), partial(_code, column=column)
    for row, (cell, said) in table.cells.reindex(columns=[column.name, text], fill_value="").iterrows():
        if column.type == "list" or not said or folded(said) in notation.NOT_KNOWN or _is_open(cell):
            continue
        if (code(said) or folded(said)) == (code(cell) or folded(cell)):
            continue
        shown, advice = table.heads.get(column.name, column.name), "Keep the one that is right."
        rule, severity = f"stands beside {shown} {cell}, and they contradict each other", ERROR
        if not code(said):
            rule, severity = f"stands beside {shown} {cell}, which is not other, and is not read", WARNING
            advice = f"If it is what was given, {shown} must say other; else it may stay."
        yield Fault(table.file, rule, advice, table.sheet, int(row), head, said, severity)


def _code(value: str, column: Column) -> str | None:
    """The code of a treatment or a level, None of any other value."""
    if column.type == "treatment":
        return dictionary.treatment_code(value)
    labels = {folded(label): code for code, label in column.levels.items()}
    return value if value in column.levels else labels.get(folded(value))
