"""A draft of mapping.yml as its file: a line each, with what speaks for it or is asked in a comment."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from adreport.reading.codebook import redcap_fields
from adreport.reading.drafting import Draft, Line, draft, likeliest_tables
from adreport.reading.formats import REQUIRED_TABLES, read_everything, unreadable_files
from adreport.reading.formats.raw import RawTable
from adreport.reading.formats.redcap import DICTIONARY
from adreport.reading.settings import beside, read_settings
from adreport.reading.study_sheet import is_study_sheet
from adreport.reading.yaml_files import read_value
from adreport.study.dictionary import folded
from adreport.study.faults import Fault, ParameterFault, Refusal
from adreport.study.languages import column_by_head
from adreport.study.response import as_written, response_scale

HEAD = """\
# What this clinic calls the columns, and the values of some of them: theirs on the left, adreport's on the right.
# A draft: correct it once, above all where a comment says that it is a guess, or asks.
# Names: data/dictionary.csv; treatments: data/treatments.csv.
"""


TITLES_SHOWN = 5
NAMES_SHOWN = 6


def write_draft(data: Path) -> tuple[Path | None, Draft]:
    """Write a draft of mapping.yml beside the data, and return the file, None where none is needed, and the draft.

    Raises ParameterFault where there is such a file already, it cannot be written, or nothing is like our tables.
    """
    file = beside(data, "mapping.yml")
    if file.exists():
        raise ParameterFault(f"{file} exists. Correct it, or move it away for a new draft.")
    drafted = _drafted(data)
    if not _is_needed(drafted):
        return None, drafted
    try:
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(as_yaml(drafted))
    except OSError as error:
        raise ParameterFault(f"{file} cannot be written: {error.strerror}.") from None
    return file, drafted


def proposed(data: Path, faults: Sequence[Fault]) -> str:
    """The mapping.yml that would be drafted; "" where no fault speaks of one, there is one, or none is needed."""
    if beside(data, "mapping.yml").exists() or not any("adreport map" in fault.advice for fault in faults):
        return ""
    try:
        drafted = _drafted(data)
    except Refusal:
        return ""
    return as_yaml(drafted) if _is_needed(drafted) else ""


def _is_needed(draft: Draft) -> bool:
    """Whether a draft asks anything, or says anything that is not understood without it, as heads of the template."""
    understood = {
        (table, line.theirs)
        for table, lines in draft.columns.items()
        for line in lines
        if column_by_head(table).get(folded(line.theirs)) == line.ours
    }
    said = {(table, line.theirs) for table, lines in draft.columns.items() for line in lines if line.ours}
    return bool(draft.asked or draft.tables or said - understood or draft.mapping.get("values"))


def _drafted(data: Path) -> Draft:
    """The draft for a data set; raises Refusal where it cannot be read or nothing in it is like our tables."""
    everything = {title: table for title, table in read_everything(data).items() if not is_study_sheet(title)}
    fields = redcap_fields(data)
    tables = {title: one for title, one in everything.items() if DICTIONARY not in map(str.casefold, one.cells)}
    if not set(likeliest_tables(tables, fields).values()) & set(REQUIRED_TABLES):
        raise ParameterFault(_nothing_like_ours(data, tables, bool(fields)))
    scale = response_scale(read_settings(data).get("response"))
    return draft(tables, fields, scale.labels)


def _nothing_like_ours(data: Path, tables: Mapping[str, RawTable], has_dictionary: bool) -> str:
    """What was seen where no table is like patients or courses, and what to do."""
    seen = [f"{title} ({', '.join(list(table.cells)[:NAMES_SHOWN])} …)" for title, table in tables.items()]
    seen += [f"{file} ({remedy})" for file, remedy in unreadable_files(data).items()]
    if len(seen) > TITLES_SHOWN:
        seen = [*seen[:TITLES_SHOWN], f"{len(seen) - TITLES_SHOWN} more"]
    there = f"There is: {'; '.join(seen)}." if seen else "There is no table."
    if has_dictionary and not tables:
        return (
            f"No mapping.yml was written: {data} holds the data dictionary of a REDCap project, and no data. "
            "Export the data too (CSV, raw), put both in one folder, and give the folder."
        )
    return (
        f"No mapping.yml was written: nothing in {data} is like patients or courses. {there} "
        "Give the folder or file with the treatment courses; or write mapping.yml as docs/your-data.md shows it; "
        "or fill in the workbook that `adreport template` writes."
    )


def as_yaml(draft: Draft) -> str:
    """The text of a mapping.yml; what is only asked stands in comments, and so does a block that holds nothing else."""
    parts = {
        "tables": list(map(_line, draft.tables)),
        "columns": _nested(draft.columns),
        "values": list(_blocks({table: _nested(columns) for table, columns in draft.values.items()})),
    }
    return HEAD + "".join(f"{line}\n" for line in _blocks(parts))


def _nested(blocks: Mapping[str, list[Line]]) -> list[str]:
    return list(_blocks({name: list(map(_line, lines)) for name, lines in blocks.items()}))


def _blocks(blocks: Mapping[str, list[str]]) -> Iterator[str]:
    """Lines below their name, indented; the name in a comment where all of them are."""
    for name, lines in blocks.items():
        if lines:
            asks = all(line.lstrip().startswith("#") for line in lines)
            yield f"# {name}:" if asks else f"{name}:"
            yield from (f"  {line}" for line in lines)


def _line(line: Line) -> str:
    remark = " ".join(line.remark.split())
    if line.ours is None:
        return f"# {remark}" if line.theirs == "?" else f"# {_scalar(line.theirs)}:  # {remark}"
    return f"{_scalar(line.theirs)}: {_scalar(line.ours)}".rstrip() + (f"  # {remark}" if remark else "")


def _scalar(text: str) -> str:
    """A word as YAML reads it back, quoted only where it must be."""
    if not text:
        return ""
    plain = text[0].isalnum() and not any(sign in text for sign in (": ", " #")) and text[-1] not in ": "
    try:
        same = plain and as_written(read_value(f"{text}: x").popitem()[0]) == as_written(read_value(text)) == text
    except (ValueError, AttributeError):
        same = False
    return text if same else json.dumps(text, ensure_ascii=False)
