"""REDCap's checkboxes as lists, and its codes for what is missing: unknown is never "none"."""

import re
from collections.abc import Mapping
from itertools import accumulate

import pandas as pd

from adreport.reading import notation
from adreport.study.dictionary import columns, folded
from adreport.study.faults import WARNING, Fault

UNKNOWN = "unknown"
# The codes that REDCap proposes for missing data, and their labels; NP ("not present") may mean no.
MISSING_CODES = frozenset({"NI", "INV", "UNK", "NASK", "ASKU", "NAV", "NAVU", "MSK", "NA"})
MISSING_LABELS = frozenset({
    "no information", "invalid", "unknown", "not asked", "asked but unknown", "temporarily unavailable",
    "not available", "masked", "not applicable",
})  # fmt: skip
# A checkbox field is a column for each choice: field___choice, or labelled "Field (choice=Label)".
CHECKBOX = re.compile(r"^(?P<field>.+?)(?:___(?P<code>\w+)|\s*\(choice=(?P<label>.+)\)(?: \(column \d+\))?)$")
CHECKED = ("1", "checked")
COMPLETE = re.compile(r".+_complete|Complete\?")  # the last column of every form
REGISTRATION = ("sex", "birth_date")
INCOMPLETE = ("", "0", "incomplete")
SAYS_UNKNOWN = re.compile(
    r"unknown.*|(is |was )?not (known|recorded|assessed|asked|available|reported|documented|done|tested).*"
    r"|(i |we )?(do not|don.?t) know.*|dk|missing|no information.*|(patient )?refused.*|prefer not .*|declined.*"
    r"|bilinmiyor.*|unbekannt.*|keine angabe.*"
)
NUMBER_FOR_UNKNOWN = re.compile(r"-\d+|99+")  # -99 is a column field____99


def without_missing_codes(flat: pd.DataFrame, mapping: Mapping) -> pd.DataFrame:
    """An export with nothing in place of codes for missing data, but for those that the mapping gives a meaning."""
    values = [of_column for of_table in mapping.get("values", {}).values() for of_column in of_table.values()]
    meant = {str(code) for of_column in values for code, ours in (of_column or {}).items() if ours}
    cells = flat.iloc[:, 1:]
    missing = cells.isin(MISSING_CODES - meant) | cells.map(str.casefold).isin(MISSING_LABELS - set(map(folded, meant)))
    return pd.concat([flat.iloc[:, :1], cells.mask(missing, "")], axis=1)


def joined_boxes(
    file: str, rows: pd.DataFrame, ours: Mapping[str, str], values: Mapping[str, Mapping]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Rows with each checkbox field as one column, its ticked choices with ";" between them; and warnings.

    In a list of ours, nothing ticked means none where the form was filled in, and unknown where it was not touched or
    has a box for none. A box for unknown is no disease. `ours`, `values`: our names of fields, and what the mapping
    makes of their values.
    """
    boxes = {head: match for head in rows if (match := CHECKBOX.match(head))}
    fields: dict[str, dict[str, str]] = {}
    for head, match in boxes.items():
        choice = match["label"] or re.sub(r"^_(\d+)$", r"-\1", match["code"])
        fields.setdefault(match["field"], {})[head] = choice
    touched = _touched(rows, boxes, {head for head, name in ours.items() if name in REGISTRATION})
    joined, noticed = {}, []
    for name, choices in fields.items():
        meant = {folded(str(code)): meaning for code, meaning in (values.get(ours.get(name, "")) or {}).items()}
        unknown = {choice for choice in choices.values() if _is_unknown(choice, meant)}
        ticked = rows[list(choices)].apply(lambda cells: cells.str.casefold().isin(CHECKED)).rename(columns=choices)
        named = ticked[[choice for choice in ticked if choice not in unknown]]
        chosen = named.to_numpy(dtype=bool)
        cells = pd.Series([";".join(named.columns[row]) for row in chosen], rows.index, dtype=str)
        if _is_list(ours.get(name, "")):
            shown = (rows[list(choices)] != "").any(axis=1) & (cells == "")
            has_none = any(folded(str(meant.get(folded(one), one))) in NONE_OF_THESE for one in named)
            empty = shown & ~touched[next(iter(choices))]
            gap = empty | (shown & (ticked[list(unknown)].any(axis=1) | has_none))
            none = shown & ~gap & named.any(axis=None)
            cells = cells.mask(gap, UNKNOWN).mask(none, "none")
            known = rows.iloc[:, 0][~cells.isin(["", UNKNOWN])]  # perhaps by another visit
            untouched = rows.index[empty & ~rows.iloc[:, 0].isin(known)]
            if len(known) and len(untouched):
                noticed.append(_of_empty_forms(file, name, untouched))
        joined[name] = cells
        numbers = [one for one in unknown if NUMBER_FOR_UNKNOWN.fullmatch(one) and folded(one) not in meant]
        if numbers and ticked[numbers].any(axis=None):
            rule = f"has the choice {', '.join(numbers)}, which is read as unknown"
            advice = "If it means something else, give its meaning in mapping.yml under values."
            noticed.append(Fault(file, rule, advice, column=name, severity=WARNING))
    return rows.drop(columns=list(boxes)).assign(**joined), noticed


NONE_OF_THESE = {
    *map(folded, notation.NONE),
    "none of these",
    "none of the above",
    "no comorbidity",
    "no comorbidities",
}


def _is_list(name: str) -> bool:
    return any(name in columns(table) and columns(table)[name].type == "list" for table in ("patients", "courses"))


def _is_unknown(choice: str, meant: Mapping[str, str | None]) -> bool:
    """Whether a box is one for unknown: by the mapping, or by what its code or label says."""
    if folded(choice) in meant:
        return not meant[folded(choice)] or folded(str(meant[folded(choice)])) in notation.NOT_KNOWN
    words = folded(choice.replace("_", " "))
    if choice.upper() in MISSING_CODES or words in {*notation.NOT_KNOWN, *MISSING_LABELS}:
        return True
    return bool(SAYS_UNKNOWN.fullmatch(words) or NUMBER_FOR_UNKNOWN.fullmatch(choice))


def _of_empty_forms(file: str, name: str, rows: pd.Index) -> Fault:
    others = f", as in {len(rows) - 1} more" if len(rows) > 1 else ""
    rule = f"has no box ticked in a form that is otherwise empty{others}; this is read as unknown, not as none"
    advice = "If nothing applies, set the form to complete."
    return Fault(file, rule, advice, row=int(rows[0]), column=name, severity=WARNING)


def _touched(rows: pd.DataFrame, boxes: Mapping, registration: set[str]) -> dict[str, pd.Series]:
    """For each box, in which rows its form was filled in: another field, any box, or a status above incomplete.

    What is known since the registration of a patient does not count where the form has other fields.
    """
    ends = [bool(COMPLETE.fullmatch(re.sub(r" \(column \d+\)$", "", head))) for head in rows]
    forms = dict(zip(rows, accumulate([0, *ends[:-1]]), strict=True))
    system = {head for head in rows if head.startswith("redcap_")} | {rows.columns[0]}
    system |= {"Event Name", "Repeat Instrument", "Repeat Instance", "Data Access Group", "Survey Identifier"}
    filled = rows.apply(lambda cells: ~cells.str.casefold().isin(INCOMPLETE)) & ~rows.isin(["Unchecked", "unchecked"])
    plain = {*forms} - system - {head for head, end in zip(rows, ends, strict=True) if end} - set(boxes)
    touched = {}
    for form in {forms[head] for head in boxes}:
        fields = {head for head in forms if forms[head] == form and head not in system}
        counted = fields - registration if fields & plain - registration else fields
        touched[form] = filled[sorted(counted)].any(axis=1) | (not fields - set(boxes))
    return {head: touched[forms[head]] for head in boxes}
