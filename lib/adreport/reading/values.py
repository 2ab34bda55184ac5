"""Cells as what the dictionary says they are: numbers, dates, levels, treatments; and the cells that are not."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from adreport.reading import notation
from adreport.reading.formats.raw import EXCEL_EPOCH, RawTable
from adreport.reading.mapping import DRAFT
from adreport.reading.notation import Notation
from adreport.study import dictionary, languages
from adreport.study.dictionary import Column
from adreport.study.faults import WARNING, Fault, also_in, nearest
from adreport.study.response import ResponseScale

NUMBERS = ("number", "integer")
SIGNS_MEAN_NOTHING = (*NUMBERS, "date", "level", "ordered")
DOSE = re.compile(r"\b\d+(?:[.,]\d+)?\s*(?:mg|µg|mcg|g|ml|iu|ie|%).*$", re.IGNORECASE)
COMBINED = re.compile(r"\s*[+/&;,]\s*|\s+(?:and|und|ve|with|mit)\s+", re.IGNORECASE)
MAY_BE_A_GAP = re.compile(r"-.+|9+|9+[78]|77+|88+")  # numbers that stand for no number in many files
LIMIT = re.compile(r"[<>≤≥]=?\s*(\d[\d.,]*)")
SEVERAL = 3  # dates of a sheet, for none beyond the 12th to tell something
NO_DATE = "is not a date that can be read in one way"
CODE = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
ALIKE_DRUGS = 0.84  # other drugs' names are as alike as adalimumab and omalizumab (0.7)


@dataclass(frozen=True)
class Parsed:
    """A column's values, which of its cells are none, the rule that those break, and advice on a value."""

    values: pd.Series
    bad: pd.Series
    rule: str = ""
    advice: Callable[[str], str] = str


def must_be_filled(column: Column) -> bool:
    """Whether every cell of the column must hold something; a response may not be known yet."""
    return column.required and column.type != "ordered"


def typed(table: RawTable, scale: ResponseScale, others: Iterable[RawTable] = ()) -> tuple[pd.DataFrame, list[Fault]]:
    """A table with one column for each of the dictionary, on the rows of the raw one, and its faults.

    Dates with slashes that this table does not explain are read as the `others` of the data set write them.
    Missing columns are empty, extra ones dropped, cells that cannot be read missing.
    """
    columns, faults = {}, []
    shown = _notation(table)
    if not (shown.day_first or shown.month_first):
        elsewhere = [_notation(other) for other in others]
        months = any(other.month_first for other in elsewhere)
        faults += _dates_either_way(table, months_first := months and not any(other.day_first for other in elsewhere))
        shown = replace(shown, month_first=months_first)
    faults += _turned_round(table)
    for name, column in dictionary.columns(table.name).items():
        written = table.column(name)
        cells = _known(notation.plain(written) if column.type in SIGNS_MEAN_NOTHING else written, column, scale)
        if column.type == "ordered":
            cells, by_code = _by_code(table, name, cells, scale)
            faults += by_code
        elif column.type in NUMBERS:
            cells, by_code = _behind_labels(table, name, cells)
            faults += by_code
        parsed = _parsed(cells, column, scale, shown, table.since)
        columns[name] = parsed.values
        faults += [_fault(table, name, row, cells[row], parsed) for row in cells.index[parsed.bad]]
        if must_be_filled(column) and name in table.cells:
            gap = Parsed(cells, cells == "", advice=lambda _, label=column.label: f"Fill in: {label}.")
            for row in cells.index[gap.bad]:
                rule = "says that it is not known, but must be given" if written[row] else "the cell is empty"
                found = _fault(table, name, row, written[row], replace(gap, rule=rule))
                faults.append(_of_merged(found, table, column.label))
    return pd.DataFrame(columns), faults


def _of_merged(fault: Fault, table: RawTable, label: str) -> Fault:
    """A fault of an empty cell, told what to do where it is empty for being merged with another."""
    if (fault.row, table.heads.get(fault.column, fault.column)) not in table.merged:
        return fault
    return replace(fault, advice=f"Cells are merged here: unmerge them in Excel and fill in each: {label}.")


def _known(cells: pd.Series, column: Column, scale: ResponseScale) -> pd.Series:
    """Cells without the words for what is not known; of a list, "none" for every word that means it.

    An empty list means none where a cell of the column names something and none says none. An identifier is
    never unknown, and a minus is a level where a plus is.
    """
    if column.type == "identifier":
        return cells
    unknown = notation.not_known(cells)
    if column.type in ("level", "ordered"):
        levels = _level_codes(scale.labels if column.type == "ordered" else column.levels)
        unknown &= ~cells.map(dictionary.folded).isin(levels)
        unknown &= ~cells.isin(["-", "–", "—"]) if cells.eq("+").any() else True
    if column.type == "list":
        none = notation.says_no_event(cells).astype(bool) & ~unknown
        cells = cells.mask(none, "none")
        if not none.any() and (cells.ne("") & ~unknown).any():
            cells = cells.mask(cells == "", "none")
    return cells.mask(unknown, "")


def _notation(table: RawTable) -> Notation:
    """How this table writes numbers and dates."""
    kinds = {name: column.type for name, column in dictionary.columns(table.name).items() if name in table.cells}
    cells = {name: notation.plain(table.cells[name]) for name, kind in kinds.items() if kind in (*NUMBERS, "date")}
    numbers = [cells[name] for name in cells if kinds[name] in NUMBERS]
    shown = notation.notation(numbers, [cells[name] for name in cells if kinds[name] == "date"])
    has_types = not table.head_row  # SPSS, Parquet and DuckDB write a number with a point
    shown = replace(shown, from_numbers=has_types or bool(table.sheet))
    return replace(shown, decimal_point=True) if has_types and not shown.decimal_comma else shown


def _dates_either_way(table: RawTable, months_first: bool) -> Iterator[Fault]:
    """A warning for dates in numbers where all of a table can be read both ways."""
    order = "month/day/year, as those of another table" if months_first else "day/month/year"
    advice = f"If {'days' if months_first else 'months'} come first, write dates as 2022-12-31."
    for name, column in dictionary.columns(table.name).items():
        if column.type == "date" and name in table.cells:
            cells = notation.plain(table.cells[name])
            found = cells[notation.two_ways(cells) & ~cells.str.contains(".", regex=False)]
            if len(found):
                order = order.replace("/", "-" if "-" in found.iloc[0] else "/")
                rule = f"was read as {order}; no date in this table shows which it is{also_in(found.index[1:])}"
                yield Fault(table.file, rule, advice, table.sheet, int(found.index[0]), name, found.iloc[0], WARNING)


def _turned_round(table: RawTable) -> Iterator[Fault]:
    """A warning for dates of a sheet that Excel seems to have read day first, though they were typed month first.

    None has a day beyond the 12th, and the others, which Excel could not read so, are text with the month first.
    """
    for name, column in dictionary.columns(table.name).items():
        if column.type == "date" and table.sheet and name in table.cells:
            cells = notation.plain(table.cells[name])
            dates = cells[cells.str.fullmatch(r"\d{4}-\d\d-\d\d")]
            if notation.notation([], [cells]).month_first and len(dates) >= SEVERAL and (dates.str[8:] <= "12").all():
                rule = f"may be turned round, since its day may have been taken for the month{also_in(dates.index[1:])}"
                advice = "The other dates of the column are text, month first. Type all as 2022-12-31."
                yield Fault(table.file, rule, advice, table.sheet, int(dates.index[0]), name, dates.iloc[0], WARNING)


def _by_code(table: RawTable, name: str, cells: pd.Series, scale: ResponseScale) -> tuple[pd.Series, list[Fault]]:
    """Responses whose labels (SPSS) are not the scale's, by their codes if all of these are the scale's; a warning."""
    codes = table.codes_of(name)
    own = _level_codes(scale.labels)
    unknown = [label for label in codes if dictionary.folded(label) not in own]
    if not unknown or not set(codes.values()) <= set(scale.labels):
        return cells, []
    read = "; ".join(f"{label} as {scale.labels[code]}" for label, code in codes.items())
    advice = "If the codes mean something else, give the response scale in study.yml."
    rule = f"has labels that the response scale does not have; its codes were taken: {read}"
    return _as_codes(table, name, cells, codes, rule, advice)


def _behind_labels(table: RawTable, name: str, cells: pd.Series) -> tuple[pd.Series, list[Fault]]:
    """Numbers of which some have labels (SPSS) as the numbers, and a warning; what may be a code for a gap stays."""
    codes = table.codes_of(name)
    codes = {label: code for label, code in codes.items() if not MAY_BE_A_GAP.fullmatch(code) and cells.eq(label).any()}
    if not codes:
        return cells, []
    read = "; ".join(f"“{label}” as {code}" for label, code in codes.items())
    advice = "If such a number is a code for something else, declare it missing where the file was made."
    rule = f"has labels for some numbers, which are read as these numbers: {read}"
    return _as_codes(table, name, cells, codes, rule, advice)


def _as_codes(
    table: RawTable, name: str, cells: pd.Series, codes: Mapping[str, str], rule: str, advice: str
) -> tuple[pd.Series, list[Fault]]:
    """The cells of a column with its labels as their codes, and the warning that this was done."""
    warning = Fault(table.file, rule, advice, table.sheet, table.head_row, name, severity=WARNING)
    return cells.map(lambda cell: codes.get(cell, cell)), [warning]


def _fault(table: RawTable, name: str, row: int, value: str, parsed: Parsed) -> Fault:
    if code := table.codes_of(name).get(value):
        parsed = replace(parsed, rule=f"(the label of {code}) {parsed.rule}")
    return Fault(table.file, parsed.rule, parsed.advice(value), table.sheet, int(row), name, value)


def _parsed(cells: pd.Series, column: Column, scale: ResponseScale, shown: Notation, since: pd.Timestamp) -> Parsed:
    match column.type:
        case "number" | "integer":
            return _numbers(cells, column, shown, since)
        case "level":
            return _levels(cells, column.levels, column, "is not one of the choices")
        case "ordered":
            return _levels(cells, scale.labels, column, "is not on the response scale")
        case "treatment":
            codes = cells.map({text: dictionary.treatment_code(text) for text in cells.unique()})
            values = pd.Series(pd.Categorical(codes, list(dictionary.treatments())), index=cells.index)
            rule = "is not a treatment that treatments.csv knows"
            return Parsed(values, (cells != "") & codes.isna(), rule, _nearest_treatment)
        case "date":
            return _dates(cells, shown, since)
        case _:
            values = cells.map(dictionary.dose_unit) if column.name == "dose_unit" else cells
            return Parsed(values.where(cells != ""), pd.Series(False, index=cells.index))


def _numbers(cells: pd.Series, column: Column, shown: Notation, since: pd.Timestamp) -> Parsed:
    """Numbers within the column's range."""
    numbers = notation.numbers(cells, shown, column.maximum, column.type == "integer")
    bad = (cells != "") & ~np.isfinite(numbers)
    kind = "a whole number" if column.type == "integer" else "a number"
    rule = f"is not {kind}"
    if column.minimum is not None and column.maximum is not None:
        bad |= (numbers < column.minimum) | (numbers > column.maximum)
        rule += f" from {column.minimum:,.10g} to {column.maximum:,.10g} {column.unit}".rstrip()
    if column.type == "integer":
        bad |= numbers % 1 > 0
    return Parsed(
        numbers.where(~bad), bad, rule, partial(_advice_on_number, may_be_empty=not must_be_filled(column), since=since)
    )


def _advice_on_number(text: str, may_be_empty: bool = False, since: pd.Timestamp = EXCEL_EPOCH) -> str:
    if text.startswith("="):
        return "The file has no result of this formula: open it in Excel, save it, and check again."
    if notation.is_ambiguous_number(text):
        return "It can be a thousand or a decimal: write it without a sign for thousands, or with a decimal point."
    if (number := notation.as_count(text, since)) is not None:
        return (
            f"The cell is formatted as a date, and holds {number}: format the column as a number, and look at the cell."
        )
    if limit := LIMIT.fullmatch(text):
        unless = ", or leave the cell empty" if may_be_empty else ""
        return f"It is a limit: write {limit[1]} if that may stand for it{unless}."
    if may_be_empty and MAY_BE_A_GAP.fullmatch(text):
        return "Leave the cell empty if this is a code for a value that is not known; else correct it."
    return "Correct it, or leave the cell empty if it is not known." if may_be_empty else "Correct it."


CODES = "If it is a code, say in mapping.yml what it means"


def _levels(cells: pd.Series, levels: dict[str, str], column: Column, rule: str) -> Parsed:
    """Levels given by code or label in any case."""
    codes = _level_codes(levels)
    words = {text: re.sub(r"^(\d+)[.,]0+$", r"\1", dictionary.folded(text)) for text in cells.unique()}
    known = cells.map({text: codes.get(word) for text, word in words.items()})
    values = pd.Series(pd.Categorical(known, list(levels), ordered=True), index=cells.index)

    meaning = _meaning_of_codes(cells, levels, column)

    def advice(word: str) -> str:
        meant = column.level_synonyms.get(dictionary.folded(word))
        if word.startswith("="):
            return _advice_on_number(word)
        if meaning and CODE.fullmatch(word):
            return meaning
        if meant in levels:
            return f"Did you mean {meant}? {DRAFT} and values."
        if CODE.fullmatch(word):  # one digit is like another, and an answer that is left out would be lost
            scale = " or, for another scale, response in study.yml" if column.type == "ordered" else ""
            unless = "" if must_be_filled(column) else "; leave it empty only if it is a code for what is not known"
            return f"Possible: {', '.join(levels)}. {CODES}{scale}{unless}."
        unless = "" if must_be_filled(column) else " Leave the cell empty if it is not known."
        words = [*languages.words_for(levels.values()), *levels.values(), *levels]
        close = nearest(word, words)
        return f"{close if close.startswith('Did') else nearest('', list(levels))}{unless}"

    return Parsed(values, (cells != "") & known.isna(), rule, advice)


def _meaning_of_codes(cells: pd.Series, levels: dict[str, str], column: Column) -> str:
    """What to do where a column holds as many consecutive codes as it has levels, other ones than these; "" else."""
    codes = sorted({cell for cell in cells if cell}, key=lambda cell: (len(cell), cell))
    if codes == ["2"] and list(levels) == ["yes", "no"]:  # of 1 and 2, as SPSS and REDCap often have it
        said = f"values: {{{column.table}: {{{column.name}: {{1: yes, 2: no}}}}}}"
        return f"The column holds no code but 2: if 2 is no and 1 is yes, say so in mapping.yml: {said}."
    if len(codes) != len(levels) or not all(map(str.isdecimal, codes)) or codes == list(levels):
        return ""
    if int(codes[-1]) - int(codes[0]) != len(codes) - 1:
        return ""
    said = ", ".join(f"{code}: {level}" for code, level in zip(codes, levels, strict=True))
    also = f", also {' and '.join(both)}" if (both := [code for code in codes if code in levels]) else ""
    return (
        f"The column holds the codes {', '.join(codes)}: say in mapping.yml what each of them means{also}; if it is "
        f"in this order, values: {{{column.table}: {{{column.name}: {{{said}}}}}}}."
    )


def _level_codes(levels: dict[str, str]) -> dict[str, str]:
    """What a level may be written as to its code: the code, its label, or either part of "PGA 0 (poor)"."""
    parts = [(part, code) for code, label in levels.items() for part in label.removesuffix(")").split(" (")]
    words = [*parts, *((label, code) for code, label in levels.items()), *((code, code) for code in levels)]
    return {dictionary.folded(word): code for word, code in words}


def _dates(cells: pd.Series, shown: Notation, since: pd.Timestamp) -> Parsed:
    """Dates as notation reads them; `since`: day 0 of the workbook."""
    dates = notation.dates(cells, shown)
    bad = (cells != "") & dates.isna()
    advice = partial(_advice_on_date, first=next(iter(cells[bad]), ""), since=since)
    return Parsed(dates, bad, "is not a date that can be read in one way", advice)


def _advice_on_date(text: str, first: str, since: pd.Timestamp) -> str:
    """What to do about a cell; about counts of a program the same in the whole column, with its first as an example."""
    if notation.excel_date(text, since):
        example = f"{first} may be {counted}" if (counted := notation.excel_date(first, since)) else "give the date"
        return f"Excel counts days so: {example}."
    if notation.spss_date(text):
        example = f"{first} may be {counted}" if (counted := notation.spss_date(first)) else "give the date"
        return f"SPSS counts seconds so: {example}. Give the column a date format in SPSS."
    return "Write it as 2022-12-31."


def _nearest_treatment(word: str) -> str:
    """What a word for a treatment may be: a drug with its dose, a combination, another spelling, another drug."""
    alone, first = DOSE.sub("", word).strip(" ,("), word.split()[0]
    if alone != word and (code := dictionary.treatment_code(alone)):
        return f"It may be {dictionary.treatments()[code].label}: write the drug alone, and the amount under dose."
    parts = [part.strip() for part in COMBINED.split(word)]
    if len(parts) > 1 and any(map(dictionary.treatment_code, parts)):
        return "A combination is two courses: give each drug a row of its own, with the same dates."
    if first != word and (code := dictionary.treatment_code(first)):
        return f"Did you mean {dictionary.treatments()[code].label}? Write it alone."
    names = [name for one in dictionary.treatments().values() for name in (one.label, one.abbreviation, *one.synonyms)]
    close = nearest(word, names, ALIKE_DRUGS)
    other = "Else give a new drug a row in data/treatments.csv, or say in mapping.yml which treatment it is."
    return f"{close} {other}" if not close.startswith("Possible") else other.removeprefix("Else ").capitalize()
