"""A first mapping.yml for data under other names: which table, column and level each most likely is."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from adreport.reading import notation
from adreport.reading.codebook import Field, field_of, words_of
from adreport.reading.formats import is_title
from adreport.reading.formats.raw import RawTable
from adreport.reading.formats.redcap import DICTIONARY
from adreport.reading.headings import CONVERSIONS, fits, heading_of, proposals, question_of_unit
from adreport.reading.meanings import is_understood, matched, meaning
from adreport.reading.other import OTHER, WITH_TEXT, says_other, text_columns
from adreport.study import dictionary
from adreport.study.dictionary import TABLES, folded

LEAST_FIT = 1.5  # columns of a table that must seem ours
BY_CONTENT = ("treatment", "discontinuation_reason", "response", "sex", "status_at_data_lock")
LEAST_SHARE = 0.6  # of the values that must be ours for a column to be known by them
MOST_WORDS = 60  # that a column with levels has
CONVENTIONAL = 3  # columns that begin alike (tx_start, tx_stop …) before this is taken as a habit
WORDS_SHOWN = 3
STOPPED = frozenset({
    "stopped", "discontinued", "ended", "terminated", "beendet", "abgesetzt", "abgebrochen", "kesildi", "birakildi",
})  # fmt: skip
OTHER_ENDINGS = frozenset({
    "other", "oth", "others", "specify", "spec", "text", "txt", "freetext", "sonstige", "sonstiges", "andere", "diğer",
    "diger",
})  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of the draft: their word and ours, None where that is asked; and a remark."""

    theirs: str
    ours: str | None
    remark: str = ""


@dataclass(frozen=True)
class Draft:
    """The lines of a mapping.yml: of tables; of the columns of each table; of the values of each column of these."""

    tables: list[Line] = field(default_factory=list)
    columns: Mapping[str, list[Line]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, list[Line]]] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many lines ask."""
        values = [lines for of_table in self.values.values() for lines in of_table.values()]
        return sum(
            line.ours is None or "?" in line.remark for lines in (*self.columns.values(), *values) for line in lines
        )

    @property
    def mapping(self) -> dict:
        """What the draft says without its questions, as mapping.yml is read."""
        values = {
            table: {name: said for name, lines in of_table.items() if (said := _said(lines))}
            for table, of_table in self.values.items()
        }
        parts = {
            "tables": _said(self.tables),
            "columns": {table: said for table, lines in self.columns.items() if (said := _said(lines))},
            "values": {table: said for table, said in values.items() if said},
        }
        return {part: said for part, said in parts.items() if said}


def _said(lines: list[Line]) -> dict[str, str]:
    return {line.theirs: line.ours for line in lines if line.ours is not None}


NOTHING_KNOWN: Mapping[str, Field] = {}


def draft(
    everything: Mapping[str, RawTable],
    fields: Mapping[str, Field] = NOTHING_KNOWN,
    scale: Mapping[str, str] | None = None,
) -> Draft:
    """A draft that fits titles, names, labels and synonyms; what is already right is left out.

    `everything`: each table of the data set by its own title. `fields`: what a data dictionary says of columns.
    `scale`: the levels of the response, code to label, where they are not those of the dictionary.
    """
    titles = likeliest_tables(everything, fields)
    raw = {name: replace(everything[title], name=name) for title, name in titles.items()}
    columns = {name: _columns(raw[name], fields) for name in TABLES if name in raw}
    values = {name: _values(raw[name], columns[name], fields, scale or {}) for name in columns}
    return Draft(
        [Line(title, name) for title, name in titles.items() if not is_title(title, name)],
        {name: [*lines, *_questions(raw[name], lines)] for name, lines in columns.items()},
        values,
    )


def likeliest_tables(everything: Mapping[str, RawTable], fields: Mapping[str, Field] = NOTHING_KNOWN) -> dict[str, str]:
    """For each table of ours the title that most likely is it: by its title, else by its columns; title to table."""
    found = {title: name for name in TABLES for title in everything if is_title(title, name)}
    fits = {
        (title, name): _fit(table, name, fields)
        for title, table in everything.items()
        for name in TABLES
        if title not in found and name not in found.values()
        if DICTIONARY not in map(str.casefold, table.cells)
    }
    for (title, name), fit in sorted(fits.items(), key=lambda item: -item[1]):
        if fit >= LEAST_FIT and title not in found and name not in found.values():
            found[title] = name
    return found


def _fit(table: RawTable, name: str, fields: Mapping[str, Field]) -> float:
    """How many columns of a table seem to be ours; one that only this table of ours has counts more."""
    columns = dictionary.columns(name)
    proposed = {line.ours for line in _columns(replace(table, name=name), fields)}
    found = {*proposed, *(set(table.cells.columns) & set(columns))} - {*text_columns(name)}
    return sum(0.5 if sum(one in dictionary.columns(table) for table in TABLES) > 1 else 1.0 for one in found)


def _columns(table: RawTable, fields: Mapping[str, Field]) -> list[Line]:
    """For each heading that is none of ours the column that it most likely is, with what speaks for it."""
    found: dict[str, Line] = {}
    for head, name, remark in (
        *_by_heading(table, fields), *_by_content(table, fields), *_by_stop(table, fields)
    ):  # fmt: skip
        taken = {_base(line.ours or "") for line in found.values()} | {_base(head) for head in table.cells}
        if head not in found and _base(name) not in taken:
            found[head] = Line(head, name, remark)
    for head, line in _texts(table, found, fields):
        found.setdefault(head, line)
    return [found[head] for head in table.cells if head in found]


def _base(name: str) -> str:
    return CONVERSIONS.get(name, (name,))[0]


def _by_heading(table: RawTable, fields: Mapping[str, Field]) -> Iterator[tuple[str, str, str]]:
    """Proposals by the heading, by what stands in it after what many begin with, and by its label."""
    heads = list(table.cells)
    coded = [head for head in heads if field_of(table, head, fields).choices]
    labelled = table.cells.assign(**{head: _labelled(table, head, fields) for head in coded})
    start = _beginning(heads)
    views = (
        ({head: head for head in heads}, ""),
        ({head: head[len(start) :] if start and head.startswith(start) else head for head in heads}, ""),
        ({head: fields[head].label if head in fields else head for head in heads}, "its label: {}"),
    )
    for number, (named, remark) in enumerate(views):
        if any(named == before for before, _ in views[:number]):
            continue
        times = Counter(named.values())
        shown = {head: text for head, text in named.items() if text and times[text] == 1}
        renamed = replace(table, cells=labelled[list(shown)].rename(columns=shown))
        proposed = proposals(renamed)
        for head, text in shown.items():
            exact = text if text in dictionary.columns(table.name) and text != head else ""
            if name := proposed.get(text) or exact:
                said = remark.format(text) if text != head else ""
                yield head, name, " ".join(filter(None, (said, question_of_unit(text, name))))


def _labelled(table: RawTable, head: str, fields: Mapping[str, Field]) -> pd.Series:
    """The cells of a column with labels in place of codes: by these it shows what it is."""
    choices = field_of(table, head, fields).choices
    return table.cells[head].map(lambda cell: ";".join(choices.get(item, item) for item in cell.split(";")))


def _beginning(heads: list[str]) -> str:
    """What most headings begin with up to an underscore: "tx_"; "" where they do not."""
    starts = [head.partition("_")[0] + "_" for head in heads if "_" in head]
    start = max(starts, key=starts.count, default="")
    return start if starts.count(start) >= CONVENTIONAL and starts.count(start) * 2 > len(heads) - 1 else ""


def _by_content(table: RawTable, fields: Mapping[str, Field]) -> Iterator[tuple[str, str, str]]:
    """Proposals by values: columns whose values, or labels of these, are mostly those of one column of ours."""
    ours = {name: column for name, column in dictionary.columns(table.name).items() if name in BY_CONTENT}
    found = []
    for head in table.cells:
        words = words_of(table, head, fields) if head not in dictionary.columns(table.name) else {}
        for name, column in ours.items() if 1 < len(words) <= MOST_WORDS else ():
            likely = matched(words, column, column.levels)
            if len(set(likely)) > 1 and (share := len(likely) / len(words)) >= LEAST_SHARE:
                found.append((share, len(set(likely)), head, name, likely))
    for *_, head, name, likely in sorted(found, key=lambda one: one[:2], reverse=True):
        shown = ", ".join(dict.fromkeys(likely[:WORDS_SHOWN]))
        yield head, name, f"a guess by its values: {shown}"


def _by_stop(table: RawTable, fields: Mapping[str, Field]) -> Iterator[tuple[str, str, str]]:
    """The column that says whether a course was stopped, by yes or no: `ongoing` the other way round."""
    for head in table.cells if table.name == "courses" else ():
        said = {*heading_of(head).words, *heading_of(field_of(table, head, fields).label).words}
        if said & STOPPED and _is_yes_or_no(table, head, fields):
            yield head, "ongoing", "the other way round: yes means that it has ended"


def _is_yes_or_no(table: RawTable, head: str, fields: Mapping[str, Field]) -> bool:
    column = dictionary.columns("courses")["ongoing"]
    meant = [meaning(label, column, column.levels) for label in words_of(table, head, fields).values()]
    return bool(set(meant) & {"yes", "no"}) and None not in meant


def _texts(table: RawTable, found: Mapping[str, Line], fields: Mapping[str, Field]) -> Iterator[tuple[str, Line]]:
    """The columns of free text that say what “other” is in a column of ours: by REDCap's logic, or by their names."""
    heads: dict[str, str] = {line.ours or "": head for head, line in found.items()} | {one: one for one in table.cells}
    for text, name in text_columns(table.name).items():
        chosen = heads.get(name, "")
        for head in table.cells if chosen else ():
            if head in found or head in dictionary.columns(table.name) or head in (text, chosen):
                continue
            by_logic = field_of(table, head, fields).shown_if[0] == chosen
            if (by_logic or _is_text_of(head, chosen, list(table.cells))) and _is_words(table, head):
                yield head, Line(head, text, f"says what other is in {chosen}")
                break


def _is_text_of(head: str, chosen: str, heads: list[str]) -> bool:
    """Whether a heading is another one and a word for other; or one that asks for it, and follows that one."""
    words, of_chosen = folded(head).replace("_", " ").split(), folded(chosen).replace("_", " ").split()
    shared = len(os.path.commonprefix([words, of_chosen]))
    rest = {word.strip("():,?") for word in words[shared:]}
    if shared == len(of_chosen) and rest and rest <= OTHER_ENDINGS:
        return True
    asks = bool({word.strip("():,?") for word in words} & OTHER_ENDINGS - {"text", "txt"})
    return asks and heads.index(head) == heads.index(chosen) + 1


def _is_words(table: RawTable, head: str) -> bool:
    filled = table.cells[head][(table.cells[head] != "") & ~notation.not_known(table.cells[head])]
    return filled.empty or fits(filled, dictionary.columns("side_effects")["side_effect"])


def _questions(table: RawTable, lines: list[Line]) -> Iterator[Line]:
    """A question for each column that must be there and was not found."""
    found = {*map(_base, table.cells), *(_base(line.ours or "") for line in lines)}
    known = {*dictionary.columns(table.name), *CONVERSIONS, *(line.theirs for line in lines)}
    if "patient_id" in table.heads:  # a REDCap export, in which instances number the courses
        found.add("course" if table.name == "courses" else "")
    left = [head for head in table.cells if head not in known]
    for name, column in dictionary.columns(table.name).items():
        if column.required and name not in found:
            yield Line(
                "?", None, f"{name} ({column.meaning}): which column is it? There is: {', '.join(left) or 'none'}"
            )


def _values(
    table: RawTable, columns: list[Line], fields: Mapping[str, Field], scale: Mapping[str, str]
) -> dict[str, list[Line]]:
    """For each column of levels, treatments, codes or lists the values that reading would not understand."""
    named = {line.theirs: line.ours or "" for line in columns}
    asked = text_columns(table.name)
    texts = {asked[ours]: head for head, ours in named.items() if ours in asked}
    found = {}
    for head in table.cells:
        name = named.get(head, head)
        column = dictionary.columns(table.name).get(name)
        if column is None or column.type in ("identifier", "date"):
            continue
        words = words_of(table, head, fields)
        if "+" not in words:  # alone, a minus is a gap
            words.pop("-", None)
        if column.type in ("number", "text") and not field_of(table, head, fields).choices:
            continue
        levels = scale if column.type == "ordered" and scale else column.levels
        lines = [line for word in sorted(words, key=_order) for line in _value(word, words[word], column, levels)]
        if name in texts:
            lines = _with_other(lines, table, head, texts[name])
        if head in named and "other way" in next(line.remark for line in columns if line.theirs == head):
            lines = [replace(one, ours={"yes": "no", "no": "yes"}.get(one.ours or "", one.ours)) for one in lines]
        found |= {name: lines} if lines else {}
    return found


def _order(word: str) -> tuple[int, int]:
    """Codes before words, by their number."""
    return (0, int(word)) if word.isdecimal() else (1, 0)


def _value(word: str, label: str, column: dictionary.Column, levels: Mapping[str, str]) -> Iterator[Line]:
    """The line for a value, or none where reading understands it so already."""
    ours, told = meaning(label, column, levels), word != label
    if not told and ours == "":
        return  # reading knows these
    if column.type in (*WITH_TEXT, "number") and column.type not in ("treatment", "integer") and not told:
        if ours in (OTHER, "none") and folded(word) != ours:
            yield Line(word, ours)
        return
    if is_understood(word, ours, column, levels):
        return
    remark = label if told and folded(label) != folded(ours or "") else ""
    if ours is not None:
        yield Line(word, ours, remark)
    elif column.type in ("number", "integer"):
        return
    else:
        possible = "treatment of data/treatments.csv" if column.type == "treatment" else f"of {', '.join(levels)}"
        asked = f"which {possible} is it? Nothing on the right: not known"
        yield Line(word, label if told else None, asked)


def _with_other(lines: list[Line], table: RawTable, head: str, text: str) -> list[Line]:
    """The lines of a column with a text beside it, with the code that stands wherever the text is filled as other."""
    if any(line.ours == OTHER for line in lines) or any(map(says_other, table.cells[head].unique())):
        return lines
    beside = set(table.cells[head][table.cells[text] != ""])
    elsewhere = set(table.cells[head][table.cells[text] == ""])
    codes = beside - elsewhere - {""}
    if len(codes) != 1 or len(beside) != 1:
        return lines
    (code,) = codes
    return [*(line for line in lines if line.theirs != code), Line(code, OTHER, f"a guess: only here {text} is filled")]
