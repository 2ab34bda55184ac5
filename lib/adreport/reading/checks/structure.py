"""Raw tables against the dictionary: which columns there are, and whether keys are unique and known."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from adreport.reading import notation
from adreport.reading.checks.lookalikes import alike, nearly, odd_letters
from adreport.reading.formats import FORMATS
from adreport.reading.formats.delimited import is_guessed
from adreport.reading.formats.raw import RawTable, plain_title
from adreport.reading.mapping import DRAFT, likeliest
from adreport.study import dictionary
from adreport.study.faults import ERROR, WARNING, Fault

NUMBERED = re.compile(r"(.*?)[ _.-]?\d{1,2}")
OF_AN_EVENT = ("serious", "led_to_discontinuation", "grade", "onset_day")
KEYS = {"patients": ["patient_id"], "courses": ["patient_id", "course"]}

# What letters of DOS, Cyrillic, Greek or Japanese files become when they are read as Windows-1254: signs that no
# word of a language written in it holds, signs between two letters, and three foreign letters in a row.
LETTER = "A-Za-zÀ-ÖØ-öø-ÿĞğİıŞşŒœ"
MISREAD = re.compile(
    "(?<![\\d.])ª|[“‘‹•][¡¢¤¥¦¨©¬®¯°²³´¶·¸¹º»¼½¾™†‡‰›]"
    f"|[ŠšŸƒ˜ˆ¦¤¬¯¸¨]|(?<=[{LETTER}])[‚„]|[™†‡](?=[{LETTER}])|(?<=[{LETTER}])[“”†‰‹›•¡¢£¥§ª«®±¹º»¼½¾¿Œ](?=[{LETTER}])"
    "|[^\\W\\d_A-Za-zçğıöşüÇĞİÖŞÜ]{3}"
)


def without_no_events(table: RawTable) -> tuple[RawTable, list[Fault]]:
    """Side effects without the rows that say that there was none, with a warning of how many there were.

    Such a row that tells of an event all the same (its grade, its day, that it was serious) is an error.
    """
    if "side_effect" not in table.cells or table.cells.empty:
        return table, []
    none = notation.says_no_event(table.cells["side_effect"])
    details = table.cells[[name for name in OF_AN_EVENT if name in table.cells]]
    silent = details.apply(lambda cells: notation.not_known(cells) | notation.says_none(cells))
    silent |= details.apply(lambda cells: cells.str.casefold()).isin(["", "0", "n", "false"])
    telling = none & ~silent.all(axis=1)
    rule = "says that there was no side effect, but the row tells of one"
    advice = f"Name the side effect, or empty the row's {', '.join(details.columns)}."
    faults = [_at(table, row, rule, advice) for row in table.cells.index[telling]]
    rows = table.cells.index[none & ~telling]
    if len(rows):
        others = f" (and {len(rows) - 1} more in this column)" if len(rows) > 1 else ""
        rule = f"was taken as “no side effect”{others}: no event"
        faults.append(_at(table, rows[0], rule, "Correct the row if it is an event.", WARNING))
    return replace(table, cells=table.cells[~none]), faults


def _at(table: RawTable, row: int, rule: str, advice: str, severity: str = ERROR) -> Fault:
    value = table.cells.loc[row, "side_effect"]
    return Fault(table.file, rule, advice, table.sheet, int(row), "side_effect", value, severity)


def unread_columns(table: RawTable) -> list[str]:
    """The columns that are none of the dictionary."""
    return [head for head in table.cells.columns if head not in dictionary.columns(table.name)]


def wide(table: RawTable) -> Iterator[Fault]:
    """A fault where a table has treatment1, treatment2 …: it has a row a patient, and courses need a row each."""
    names = {_plain_head(name) for column in ("treatment", "response") for name in _names_of("courses", column)}
    stems = {head: match[1] for head in table.cells if (match := NUMBERED.fullmatch(head))}
    found = [head for head, stem in stems.items() if _plain_head(stem) in names]
    if len(found) > 1:
        rule = f"has the columns {', '.join(found[:4])}{' …' if len(found) > 4 else ''}: several courses in one row"
        advice = (
            "Give each treatment course a row of its own in the table courses: patient_id, course, treatment, response"
        )
        yield Fault(table.file, rule, f"{advice} and the rest.", table.sheet, table.head_row)


def _names_of(table: str, name: str) -> tuple[str, ...]:
    column = dictionary.columns(table)[name]
    return (name, column.label, *column.synonyms)


def _plain_head(head: str) -> str:
    return re.sub(r"[\W_]+", "", head.casefold())


def _heads_below(table: RawTable) -> Iterator[Fault]:
    """A fault where the column names stand in the row below the one that was taken for them."""
    ours = dictionary.columns(table.name)
    below = [cell for cell in table.cells.iloc[0] if plain_title(cell) in ours] if len(table.cells) else []
    if len(below) > 1:
        row, first = int(table.cells.index[0]), table.head_row
        rule = f"was taken for the column names, which seem to stand in row {row} ({', '.join(below[:3])} …)"
        yield Fault(table.file, rule, f"Take row {first} out, or leave one cell of it filled.", table.sheet, first)


def missing_columns(table: RawTable) -> Iterator[Fault]:
    """A fault for each required column that is not there, with the likeliest one that is; or one that tells why."""
    lacking = any(
        column.required and name not in table.cells for name, column in dictionary.columns(table.name).items()
    )
    if lacking and (why := [*wide(table), *_heads_below(table)]):
        yield from why
        return
    for name, column in dictionary.columns(table.name).items():
        if column.required and name not in table.cells:
            others = unread_columns(table)
            likely = likeliest(column, others)
            hint = f"Is it {likely}?" if likely else f"There is: {', '.join(others) or 'nothing else'}."
            advice = f"{column.meaning}. {hint} {DRAFT}."
            yield Fault(table.file, f"the column {name} is missing", advice, table.sheet, table.head_row, name)


def overlooked_columns(table: RawTable) -> Iterator[Fault]:
    """A warning for each column that is not read though its name is like one that is not there."""
    for name, column in dictionary.columns(table.name).items():
        likely = "" if name in table.cells else likeliest(column, unread_columns(table))
        if likely:
            advice = f"{column.meaning}. If that is what it holds, say so in mapping.yml: {DRAFT}."
            rule = f"is not read; it may be {name}"
            yield Fault(table.file, rule, advice, table.sheet, table.head_row, likely, likely, WARNING)


def key_faults(raw: dict[str, RawTable]) -> Iterator[Fault]:
    """Duplicate keys, and rows whose patient or course does not exist."""
    for name, key in KEYS.items():
        cells = _keys(raw[name], key)
        filled = cells[(cells != "").all(axis=1)]
        for row in filled.index[filled.duplicated(key)]:
            first = filled.index[(filled == filled.loc[row]).all(axis=1)][0]
            advice = f"It stands in row {first} already; remove or renumber one of the two."
            yield Fault(raw[name].file, "occurs twice", advice, raw[name].sheet, row, *_key(filled, row))
    for child, parent in (("courses", "patients"), ("side_effects", "courses")):
        yield from _orphans(raw[child], raw[parent], KEYS[parent])
    yield from spellings_of_a_patient(raw["patients"])


def _keys(table: RawTable, key: list[str]) -> pd.DataFrame:
    """The key columns as text, 1.0 and 01 read as the course 1."""
    cells = table.cells[key]
    if "course" in key:
        number = pd.to_numeric(cells["course"], errors="coerce")
        plain = number.map(lambda value: f"{value:g}", na_action="ignore")
        cells = cells.assign(course=plain.where(number.notna(), cells["course"]))
    return cells


def _key(cells: pd.DataFrame, row: int) -> tuple[str, str]:
    return ", ".join(cells.columns), " / ".join(cells.loc[row])


def _orphans(child: RawTable, parent: RawTable, key: list[str]) -> Iterator[Fault]:
    known = set(_keys(parent, key).itertuples(index=False, name=None))
    cells = _keys(child, key)
    by_look = {nearly(patient): patient for patient, *_ in sorted(known, reverse=True)}
    for row, values in zip(cells.index, cells.itertuples(index=False, name=None), strict=True):
        if values not in known and all(values):
            where = parent.place if parent.place != child.place else parent.name
            advice = f"Add it to {where}, or correct it here.{_other_spelling(values[0], by_look)}"
            yield Fault(child.file, f"is not in {where}", advice, child.sheet, int(row), *_key(cells, row))


def _other_spelling(patient: str, by_look: dict[str, str]) -> str:
    """A hint where another spelling of the patient is there: 1, 1.0 and 001 are three patients."""
    close = by_look.get(nearly(patient), patient)
    here, there = odd_letters(patient, close if close != patient else ""), odd_letters(close, patient)
    odd = f" This one has {here}." if here else f" That one has {there}." if there else ""
    return f" There is {close}: is that the same patient?{odd}" if close != patient else odd


def spellings_of_a_patient(table: RawTable) -> Iterator[Fault]:
    """A warning for each patient of whom another row has the same number but for case, zeros or what is not seen."""
    cells = table.cells["patient_id"]
    cells = cells[cells != ""].drop_duplicates()
    looks = cells.map(alike)
    first = {look: row for row, look in reversed(list(looks.items()))}
    for row in looks.index[looks.duplicated()]:
        other = cells[first[looks[row]]]
        odd = odd_letters(cells[row], other) or odd_letters(other, cells[row])
        rule = f"looks like {other} in row {first[looks[row]]}{f', but one has {odd}' if odd else ''}"
        advice = "Write one patient in one way; leave it if they are two."
        yield Fault(table.file, rule, advice, table.sheet, int(row), "patient_id", cells[row], WARNING)


def misread_letters(data: Path, table: RawTable) -> Iterator[Fault]:
    """A warning for the first cell that shows that a text file's encoding was guessed wrongly, with how many do."""
    file = data / table.file if data.is_dir() else data
    if table.given and FORMATS[file.suffix.lower()].one == "delimited" and is_guessed(file):
        heads = pd.DataFrame([table.cells.columns], [table.head_row], table.cells.columns)
        cells = pd.concat([heads, table.cells]).stack()
        if len(found := cells[cells.map(lambda text: bool(MISREAD.search(str(text))))]):
            (row, column), others = found.index[0], len(found) - 1
            more = f" (and {others} more in this file)" if others else ""
            rule = f"has letters that were probably misread: the file is not in UTF-8{more}"
            advice = "Open it in the program that it is from and save it as CSV UTF-8."
            yield Fault(table.file, rule, advice, "", int(row), column, found.iloc[0], WARNING)
