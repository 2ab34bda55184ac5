"""Raw tables against the dictionary: which columns there are, which rows say that there was nothing, which letters."""

import re
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from adreport.reading import notation
from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.reading.headings import CONVERSIONS, proposals, question_of_unit
from adreport.reading.mapping import DRAFT
from adreport.reading.other import text_columns
from adreport.study import dictionary
from adreport.study.faults import WARNING, Fault

NUMBERED = re.compile(r"(.*?)[ _.-]?\d{1,2}")
OF_AN_EVENT = ("serious", "led_to_discontinuation", "grade", "onset_day")


def unread_columns(table: RawTable) -> list[str]:
    """The columns that are none of the dictionary."""
    ours = {*dictionary.columns(table.name), *text_columns(table.name)}
    return [head for head in table.cells.columns if head not in ours]


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


def quoted_rows(table: RawTable) -> Iterator[Fault]:
    """A fault where every row is one cell, since quotation marks stand around the whole of it."""
    head = table.cells.columns[0] if len(table.cells.columns) else ""
    heads = {_plain_head(part) for part in re.split(r"[,;\t|]", head)}
    names = {_plain_head(word) for name in dictionary.columns(table.name) for word in _names_of(table.name, name)}
    if len(table.cells.columns) == 1 and len(heads & names) > 1:
        advice = "Take out the quotation marks at both ends of the rows, or save the table again from its program."
        yield Fault(table.file, "has each row in quotation marks, as if it were one cell", advice, table.sheet)


def _names_of(table: str, name: str) -> tuple[str, ...]:
    column = dictionary.columns(table)[name]
    return (name, column.label, *column.synonyms)


def _plain_head(head: str) -> str:
    return re.sub(r"[\W_]+", "", head.casefold())


def other_table(table: RawTable) -> Iterator[Fault]:
    """A fault where a table lacks columns that it must have, and has all that another one must have."""
    required = {
        name: {column for column, one in dictionary.columns(name).items() if one.required} for name in dictionary.TABLES
    }
    if required[table.name] <= {*table.cells}:
        return
    for other in dictionary.TABLES:
        if other != table.name and required[other] <= {*table.cells}:
            advice = (
                f"Were the two exchanged, or was one copied over the other? Give the table {table.name} its own rows."
            )
            yield Fault(table.file, f"holds the columns of the table {other}", advice, table.sheet)
            return


def missing_columns(table: RawTable) -> Iterator[Fault]:
    """A fault for each required column that is not there, with the likeliest one that is; or one that tells why."""
    lacking = any(
        column.required and name not in table.cells for name, column in dictionary.columns(table.name).items()
    )
    if lacking and (why := [*quoted_rows(table), *wide(table)]):
        yield from why
        return
    for name, column in dictionary.columns(table.name).items():
        if column.required and name not in table.cells:
            likely = next((head for head, ours in proposals(table).items() if ours == name), "")
            others = ", ".join(unread_columns(table)) or "nothing else"
            hint = f"Is it {likely}?" if likely else f"There is: {others}."
            advice = f"{column.meaning}. {hint} {DRAFT}."
            yield Fault(table.file, f"the column {name} is missing", advice, table.sheet, table.head_row, name)


def overlooked_columns(table: RawTable) -> Iterator[Fault]:
    """A warning for each column that is not read though its name is like one that is not there."""
    for head, name in proposals(table).items():
        meaning = dictionary.columns(table.name)[CONVERSIONS.get(name, (name,))[0]].meaning
        asked = question_of_unit(head, name)
        advice = f"{meaning}. If that is what it holds, say so in mapping.yml: {DRAFT}. {asked}".rstrip()
        yield Fault(
            table.file, f"is not read; it may be {name}", advice, table.sheet, table.head_row, head, head, WARNING
        )


def assumed_encodings(tables: Iterable[RawTable]) -> list[Fault]:
    """A warning for each file whose encoding had to be assumed, with the first cell that this can have changed."""
    warnings: dict[str, Fault] = {}
    for table in tables:
        if table.encoding and not (table.file in warnings and warnings[table.file].value):
            warnings[table.file] = _assumed_encoding(table)
    return list(warnings.values())


def _assumed_encoding(table: RawTable) -> Fault:
    headings = {name: table.heads.get(name, name) for name in table.cells}
    cells = pd.concat([pd.DataFrame([headings], [table.head_row]), table.cells]).stack()
    foreign = cells[~cells.map(str.isascii)]
    (row, column), cell = (foreign.index[0], foreign.iloc[0]) if len(foreign) else ((None, ""), "")
    rule = f"was read as {table.encoding}, since the file is not Unicode"
    advice = "If its letters are wrong, open the file in the program that it is from and save it as CSV UTF-8."
    return Fault(table.file, rule, advice, table.sheet, row, headings.get(column, ""), cell, WARNING)


def says_no_event(table: RawTable) -> pd.Series:
    """Which rows of the side effects say that there was none."""
    return notation.says_no_event(table.column("side_effect")).astype(bool)


def with_no_events(tables: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables, and of side effects also the rows that say that there was none (`no_event`).

    `tells`: whether such a row tells of one all the same (its grade, its day, that it was serious) in `details`.
    """
    table = raw["side_effects"]
    details = table.cells[[name for name in OF_AN_EVENT if name in table.cells]]
    silent = details.apply(lambda cells: notation.not_known(cells) | notation.says_none(cells))
    silent |= details.apply(lambda cells: cells.str.casefold()).isin(["", "0", "n", "false"])
    events = tables["side_effects"].reindex(table.cells.index).assign(no_event=says_no_event(table))
    return {
        **tables,
        "side_effects": events.assign(tells=~silent.all(axis=1), details=", ".join(details.columns)),
    }


RULES = [
    Rule("side_effects", "side_effect", lambda e: e.no_event & e.tells,
         "says that there was no side effect, but the row tells of one",
         "Name the side effect, or empty the row's {details}.",
         example={"side_effect": "none", "grade": "3"}),
    Rule("side_effects", "side_effect", lambda e: e.no_event & ~e.tells,
         "was taken as “no side effect”", "Correct the row if it is an event.", WARNING, each=1,
         example={"side_effect": "none", "onset_day": ""}),
]  # fmt: skip
