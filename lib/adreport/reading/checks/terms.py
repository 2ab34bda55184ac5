"""Free text that is no term, several terms or a term misspelt; lists that contradict themselves."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from adreport.reading import notation
from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.study.dictionary import columns, folded
from adreport.study.faults import WARNING
from adreport.study.side_effects import organ_class
from adreport.study.terms import items, key

LISTS = tuple(name for name, column in columns("patients").items() if column.type == "list")
CODE = re.compile(r"[\W_]*[a-z]?[\W_]*\d{1,5}([.,]\d{1,3})?[\W_]*", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\([^)]*\)")
SEVERAL = re.compile(r"[,;+&\n]|\s(?:and|ve|und|et)\s", re.IGNORECASE)
LONG_WORD = 5  # letters: shorter words that differ in one are often other words (LDL, HDL)


def with_terms(rows: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with what is odd in their terms.

    side_effects: `meant`, the frequent term that a rare one is one letter away from, and in how many rows that stands,
    `meant_rows`. patients, of each list: `<column>_meant` likewise; `<column>_gaps`, in the first row that says none
    where fewer rows say so than are empty, how many these are; `<column>_strange`, an item that is the level of
    another column.
    """
    events, patients = rows["side_effects"], rows["patients"]
    meant = misspelt(events["side_effect"].dropna().map(key))
    events = events.assign(meant=events["side_effect"].map(lambda term: meant.get(key(term)), na_action="ignore"))
    added = {}
    for name in LISTS:
        lists = patients[name].dropna().map(items)
        near = misspelt(key(item) for found in lists for item in found)
        added[f"{name}_meant"] = _first(lists, lambda item, near=near: near.get(key(item)))
        added[f"{name}_strange"] = _first(lists, _of_another_column)
        added[f"{name}_gaps"] = _gaps(raw["patients"], name)
    return {**rows, "side_effects": events, "patients": patients.assign(**added)}


def misspelt(terms: Iterable[str]) -> dict[str, str]:
    """Terms that occur once, each with one that occurs more often (or is listed) and differs in a letter of a word."""
    numbers = Counter(terms)
    near: dict[str, list[str]] = defaultdict(list)
    for term in numbers:
        for variant in _variants(term):
            near[variant].append(term)
    found = {}
    for term, number in numbers.items():
        others = {other for variant in _variants(term) for other in near[variant] if other != term}
        known = [other for other in others if number == 1 and (numbers[other] > 1 or organ_class(other))]
        known = [other for other in known if not organ_class(term) and _differ_in_a_long_word(term, other)]
        if known:
            found[term] = max(known, key=lambda other: numbers[other])
    return found


def _variants(term: str) -> set[str]:
    """A term and what is left of it without any one letter: alike terms share one."""
    return {term, *(term[:place] + term[place + 1 :] for place in range(len(term)))}


def _differ_in_a_long_word(one: str, other: str) -> bool:
    pairs = list(zip(one.split(), other.split(), strict=False))
    if len(one.split()) != len(other.split()):
        return False
    unlike = [pair for pair in pairs if pair[0] != pair[1]]
    return len(unlike) == 1 and all(len(word) >= LONG_WORD and word.isalpha() for word in unlike[0])


def _first(lists: pd.Series, found) -> pd.Series:
    """Of each list, what is found of its items first; missing where nothing is."""
    return lists.map(lambda items_: next(filter(None, map(found, items_)), None)).astype(object)


def _of_another_column(item: str) -> str | None:
    return _levels().get(folded(item))


def _levels() -> dict[str, str]:
    """The levels of the patients' columns, by code and label, each with the label of its column."""
    return {
        folded(word): column.label
        for column in columns("patients").values()
        for level in column.levels.items() for word in level if word not in ("yes", "no", "Yes", "No")
    }  # fmt: skip


def _gaps(table: RawTable, name: str) -> pd.Series:
    """In the first row whose list is none: how many rows are empty, if these are more than say none."""
    cells = table.cells.get(name, pd.Series("", table.cells.index, dtype=str))
    none, empty = notation.says_none(cells), cells == ""
    gaps = pd.Series(float("nan"), cells.index)
    if none.any() and none.sum() <= empty.sum():
        gaps[cells.index[none][0]] = empty.sum()
    return gaps


def _several(cells: pd.Series) -> pd.Series:
    plain = cells.astype("str").str.replace(IN_BRACKETS, "", regex=True).str.strip(" ,;+&.")
    return cells.notna() & plain.str.contains(SEVERAL)


def _code(cells: pd.Series) -> pd.Series:
    return cells.notna() & cells.astype("str").str.fullmatch(CODE)


def _any_item(cells: pd.Series, test) -> pd.Series:
    return cells.notna() & cells.fillna("").map(lambda cell: any(map(test, items(cell)))).astype(bool)


def _list_rules(name: str) -> Iterator[Rule]:
    label = columns("patients")[name].label.lower()
    yield Rule(
        "patients",
        name,
        lambda p: _any_item(p[name], CODE.fullmatch),
        "holds a code, and no disease",
        "Write the name of the disease, or say in mapping.yml what it stands for.",
        WARNING,
        each=1,
        example={name: "7"},
    )
    yield Rule(
        "patients",
        name,
        lambda p: _any_item(p[name], lambda item: "," in IN_BRACKETS.sub("", item)),
        "holds a comma: items of a list stand apart by a semicolon",
        "If these are several diseases, write ; between them.",
        WARNING,
        each=1,
        example={name: "asthma, rhinitis"},
    )
    yield Rule(
        "patients",
        name,
        lambda p: _any_item(p[name], lambda item: item == "none") & p[name].fillna("").map(lambda c: len(items(c)) > 1),
        "says none beside something else",
        "Take out one of the two.",
        example={name: "none; epilepsy"},
    )
    yield Rule(
        "patients",
        name,
        lambda p: p[f"{name}_strange"].notna(),
        f"holds a level of another column ({{{name}_strange}})",
        "Look whether the cells of this row stand too far left or right.",
        WARNING,
        example={name: "on_treatment"},
    )
    yield Rule(
        "patients",
        name,
        lambda p: p[f"{name}_gaps"].notna(),
        f"says none, so that empty cells of {label} ({{{name}_gaps:.0f}}) were taken as not known",
        "If empty means none too, write none in each.",
        WARNING,
        example={
            name: "none",
            "2." + name: "",
            "3.patient_id": "C",
            "3.sex": "male",
            f"3.{name}": "",
            "courses.4.patient_id": "C",
            "courses.4.course": "1",
            "courses.4.treatment": "AZA",
            "courses.4.response": "1",
        },
    )
    yield Rule(
        "patients",
        name,
        lambda p: p[f"{name}_meant"].notna(),
        f"is one letter from “{{{name}_meant}}”, which stands more often",
        "Correct it if that is what is meant.",
        WARNING,
        example={
            name: "asthma; epilepsia",
            "2." + name: "asthma; epilepsie",
            "3.patient_id": "C",
            "3.sex": "male",
            f"3.{name}": "epilepsie",
            "courses.4.patient_id": "C",
            "courses.4.course": "1",
            "courses.4.treatment": "AZA",
            "courses.4.response": "1",
        },
    )


RULES = [
    Rule("side_effects", "side_effect", lambda e: _code(e.side_effect), "is a number or a code, and no side effect",
         "Write what happened, or say in mapping.yml what the code stands for.", example={"side_effect": "7"}),
    Rule("side_effects", "side_effect", lambda e: _several(e.side_effect), "may be several side effects in one cell",
         "Give each a row of its own; leave it if it is one.", WARNING, example={"side_effect": "nausea, vomiting"}),
    Rule("side_effects", "side_effect", lambda e: e.meant.notna(),
         "is one letter from “{meant}”, which stands more often", "Correct it if that is what is meant.", WARNING,
         example={"side_effect": "nausae", "2.patient_id": "B", "2.course": "1", "2.side_effect": "nausea",
                  "3.patient_id": "B", "3.course": "2", "3.side_effect": "nausea"}),
    Rule("patients", "egg_allergy", lambda p: p.egg_allergy.eq("yes") & p.food_allergy.eq("no"),
         "is yes, but food_allergy is no", "Egg is a food: correct one of the two.", WARNING,
         example={"egg_allergy": "yes", "food_allergy": "no"}),
    *(rule for name in LISTS for rule in _list_rules(name)),
]  # fmt: skip
