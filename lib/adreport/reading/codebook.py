"""What files say of their own fields: REDCap's data dictionary, labels of values, codes in a heading or a cell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adreport.reading.formats.delimited import delimited_lines
from adreport.reading.formats.raw import RawTable, as_text
from adreport.reading.formats.redcap import dictionaries
from adreport.study.faults import DataFault

# "1, Cyclosporine | 2, Methotrexate", as REDCap writes choices
CHOICE = re.compile(r"\s*([^,|]+?)\s*,\s*(.*?)\s*")
# Sex (1 = male, 2 = female)
IN_A_HEADING = re.compile(r"(?<![\w.])(\w{1,3})\s*[=:]\s*([^\W\d][^,;/|=)\]]*?)\s*(?=[,;/|)\]]|\s\w{1,3}\s*[=:]|$)")
# 1 - male, 1 = male, 1: male
IN_A_CELL = re.compile(r"\d{1,3}\s*(?:[-–=:.)]|\s-)\s*([^\W\d].*)")
SHOWN_IF = re.compile(r"\[(?:\w+\]\[)?(\w+)(?:\((\w+)\))?\]\s*=\s*['\"]?(\w+)")
YES_NO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
OF_CHOICES = ("radio", "dropdown", "checkbox")


@dataclass(frozen=True)
class Field:
    """What is known of a field: its label, the label of each code, and the field and code that make REDCap show it."""

    label: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    shown_if: tuple[str, str] = ("", "")


def redcap_fields(data: Path) -> dict[str, Field]:
    """The fields of the REDCap data dictionaries beside the data, by name; {} without one."""
    folder = data if data.is_dir() else data.parent
    fields: dict[str, Field] = {}
    for file in dictionaries(folder):
        try:
            heads, *rows = delimited_lines(file).rows
        except (DataFault, ValueError):
            continue
        names = [as_text(head).casefold() for head in heads]
        for row in rows:
            cells = dict(zip(names, map(as_text, row), strict=False))
            fields[cells.get("variable / field name", "")] = _field(cells)
    return fields


def _field(cells: Mapping[str, str]) -> Field:
    """A row of a data dictionary; the names of its columns in small letters."""
    kind = cells.get("field type", "")
    stated = next((text for name, text in cells.items() if name.startswith("choices")), "")
    choices = dict(YES_NO.get(kind, {}))
    if kind in OF_CHOICES:
        pairs = [CHOICE.fullmatch(part) for part in stated.split("|")]
        choices = {pair[1]: _text(pair[2]) for pair in pairs if pair}
    logic = next((text for name, text in cells.items() if name.startswith("branching logic")), "")
    shown = SHOWN_IF.fullmatch(logic.strip())
    condition = (shown[1], shown[2] or shown[3]) if shown else ("", "")
    return Field(_text(cells.get("field label", "")), choices, condition)


def _text(label: str) -> str:
    """A label without its HTML."""
    return " ".join(re.sub(r"<[^>]*>", " ", label).split())


def field_of(table: RawTable, head: str, fields: Mapping[str, Field]) -> Field:
    """What is known of a column: by the data dictionary, else by its heading."""
    if head in fields:
        return fields[head]
    named = dict(IN_A_HEADING.findall(head))
    return Field(choices={code: label.strip() for code, label in named.items()} if len(named) > 1 else {})


def words_of(table: RawTable, head: str, fields: Mapping[str, Field]) -> dict[str, str]:
    """What a column holds: each value, and what it means by the choices, or says itself; the choices first."""
    cells = [item.strip() for cell in table.cells[head].unique() for item in cell.split(";")]
    choices = field_of(table, head, fields).choices
    coded = {code: label for code, label in choices.items() if label} if set(choices) & set(cells) else {}
    said = {cell: match[1] if (match := IN_A_CELL.fullmatch(cell)) else cell for cell in cells if cell}
    return {**coded, **{cell: label for cell, label in said.items() if cell not in coded}}
