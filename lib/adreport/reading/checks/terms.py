"""Free text that is no term, several terms or a term misspelt; lists that contradict themselves."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import pandas as pd

from adreport.reading import notation
from adreport.reading.checks.privacy import looks_personal
from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.show.numbers import counted
from adreport.study.dictionary import TABLES, columns, folded, treatment_code
from adreport.study.faults import ERROR, WARNING
from adreport.study.side_effects import listed_terms, organ_class
from adreport.study.terms import items, key

LISTS = tuple(name for name, column in columns("patients").items() if column.type == "list")
# The columns of terms, each with what one of its terms is.
TERMS = {
    "patients": dict.fromkeys(LISTS, "disease"),
    "side_effects": {name: name.replace("_", " ") for name in ("side_effect", "management", "outcome", "organ_class")},
}
CODE_LISTS = r"(?:(?:icd(?:[ -]?(?:9|1[01]))?(?:[ -]?[cg]m)?|meddra|snomed(?: ct)?|ctcae|code|kod)[\W_]*)?"
CODE = re.compile(rf"{CODE_LISTS}[a-z]?[\W_\d]*\d[a-z]?[\W_]*")
YES = frozenset({"yes", "y", "true", "evet", "var", "ja", "+", "x", "positive", "present"})
IN_BRACKETS = re.compile(r"\([^)]*\)")
SEVERAL = re.compile(
    r"(?<!\d),|,(?!\d)|[;|&\n\t]|\s[/+]\s|(?<=[^\W\d])\+(?=[^\W\d])|\s(?:and|ve|und|u\.|et|plus)\s", re.IGNORECASE
)
WITH = re.compile(r"/|\s(?:with|mit|ile|w/)\s", re.IGNORECASE)
ENDED = re.compile(
    r"(?:(?:now |has |have |is |completely |fully )*(?:resolved|recover(?:ed|ing)|improved|vanished|subsided|gone)"
    r"|no (?:longer|more)|cured|better|abgeklungen|geheilt|gebessert|erholt|geçti|düzeldi|iyileşti)"
    r"(?: (?:since|after|on|in|with|without|by|completely|seit|nach)\b.*)?|(?:none|nil|nothing|keine)\W+\w.*"
)
LONGEST_TERM = 80  # letters
LONG_WORD = 5  # letters: shorter words that differ in one are often other words (LDL, HDL)


def with_terms(rows: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with what is odd in their columns of terms, of each row the first odd item.

    `<column>_code`: one that is a number, a code or a bare yes; `_several`: one that may be several; `_meant`: the
    frequent or listed term that one is a letter away from; `_strange`: the label of the other column whose level one
    is. Of side effects also `_end`: one that says that there is none any more.
    Of lists also `_no`: an item that says none or not known beside others; and `_gaps`: in the first row that says
    none, how many cells that makes not known, in words.
    """
    judged = dict(rows)
    for table, names in TERMS.items():
        added = {f"{name}_{kind}": odd for name in names for kind, odd in _odd_terms(rows[table][name])}
        judged[table] = rows[table].assign(**added)
    gaps = {f"{name}_gaps": _gaps(raw["patients"], name) for name in LISTS}
    return {**judged, "patients": judged["patients"].assign(**gaps)}


def misspelt(terms: Iterable[str], listed: Iterable[str] = ()) -> dict[str, str]:
    """Terms that are in no list, each with the one that it may mean, which differs in a letter of a word.

    That is a `listed` one, or of a term that occurs once one that occurs more often.
    """
    numbers, listed = Counter(terms), set(listed)
    near: dict[str, list[str]] = defaultdict(list)
    for term in {*numbers, *listed}:
        for variant in _variants(term):
            near[variant].append(term)
    found = {}
    for term, number in numbers.items():
        others = {other for variant in _variants(term) for other in near[variant] if other != term}
        known = [other for other in others if other in listed or number == 1 and numbers[other] > 1]
        known = [other for other in known if term not in listed and _slip_in_a_word(term, other)]
        if known:
            found[term] = max(known, key=lambda other: (numbers[other], other))
    return found


def _odd_terms(cells: pd.Series) -> Iterator[tuple[str, pd.Series]]:
    """Each kind of oddity with what is odd in each cell; every item is judged once, however often it stands."""
    is_list = cells.name in LISTS
    found = cells.dropna().map(items).explode().dropna() if is_list else cells.dropna()
    keys = {item: key(item) for item in found.unique()}
    near, known = (
        misspelt(found.map(keys), listed_terms() if is_list or cells.name == "side_effect" else ()),
        set(keys.values()),
    )
    judges: dict[str, Callable[[str], str | None]] = {
        "code": lambda item: item if _is_code(item) else None,
        "several": lambda item: " ".join(item.split()) if _is_several(item, known) else None,
        "meant": lambda item: near.get(keys[item]),
        "end": lambda item: item if ENDED.fullmatch(folded(item).strip(" .!")) else None,
        "strange": _of_another_column,
    }
    for kind, judge in judges.items():
        yield kind, _first(found.map({item: judge(item) for item in keys}), cells.index)
    if is_list:
        nothing = pd.Series(list(keys), list(keys), dtype=object)
        nothing = nothing[notation.says_no_event(nothing).astype(bool) | notation.not_known(nothing)]
        beside = found.groupby(level=0).nunique() > 1
        yield (
            "no",
            _first(found.map(nothing.to_dict()), cells.index).where(beside.reindex(cells.index, fill_value=False)),
        )


def _first(odd: pd.Series, rows: pd.Index) -> pd.Series:
    """The first item of each row that is odd; missing where none is."""
    return odd.astype(object).dropna().groupby(level=0).first().reindex(rows).astype(object)


def _variants(term: str) -> set[str]:
    """A term and what is left of it without any one letter: alike terms share one; of a text there are none."""
    return {term, *(term[:place] + term[place + 1 :] for place in range(len(term) if len(term) <= LONGEST_TERM else 0))}


def _slip_in_a_word(one: str, other: str) -> bool:
    """Whether terms differ in one word: a long one, or a short one by a letter more or less (LD for LDL)."""
    pairs = list(zip(one.split(), other.split(), strict=False))
    if len(one.split()) != len(other.split()):
        return False
    unlike = [pair for pair in pairs if pair[0] != pair[1]]
    if len(unlike) != 1 or not all(word.isalpha() for word in unlike[0]):
        return False
    shorter, longer = sorted(map(len, unlike[0]))
    return shorter >= LONG_WORD or (len(pairs) > 1 and 1 < shorter < longer)


def _is_code(item: str) -> bool:
    plain = folded(item)
    return plain in YES or bool(CODE.fullmatch(plain)) and not looks_personal(item)


def _is_several(item: str, known: set[str]) -> bool:
    """Whether an item may be several: it lists some, or both sides of a slash (AST/ALT) or of with are terms."""
    plain = IN_BRACKETS.sub("", item).strip(" ,;+&.\n\t")
    parts = [key(part) for part in WITH.split(plain)]
    return bool(SEVERAL.search(plain)) or len(parts) > 1 and all(part in known or organ_class(part) for part in parts)


def _of_another_column(item: str) -> str | None:
    return "Treatment" if treatment_code(item) else _levels().get(folded(item))


@cache
def _levels() -> dict[str, str]:
    """The levels of all columns but yes and no, by code and label, each with the label of its column."""
    return {
        folded(word): column.label
        for table in reversed(TABLES) for column in columns(table).values()
        for level in column.levels.items() if level[0] not in ("yes", "no") for word in level
    }  # fmt: skip


def _gaps(table: RawTable, name: str) -> pd.Series:
    """In the first row whose list is none: how many cells are empty, if these are no fewer than say none."""
    cells = table.column(name)
    none, empty = notation.says_no_event(cells).astype(bool) & ~notation.not_known(cells), cells == ""
    gaps = pd.Series(None, cells.index, dtype=object)
    if none.any() and none.sum() <= empty.sum():
        gaps[cells.index[none][0]] = counted(int(empty.sum()), "empty cell")
    return gaps


def _rule(table: str, name: str, kind: str, words: str, advice: str, severity: str, **example: str) -> Rule:
    """A rule about what is odd in a column of terms; one message for every row with the same oddity."""
    odd = f"{name}_{kind}"
    in_cell = f"holds “{{{odd}}}”, which " if name in LISTS and kind in ("code", "several", "no") else ""
    words = in_cell + words.replace("<odd>", f"{{{odd}}}")
    return Rule(table, name, lambda rows: rows[odd].notna(), words, advice, severity, example, each=1, by=(odd,))


def _term_rules(table: str, name: str, term: str) -> Iterator[Rule]:
    error = ERROR if name == "side_effect" else WARNING
    yield _rule(table, name, "code", f"is a number, a code or a bare yes, and no {term}",
                f"Write the {term} in words, or say in mapping.yml what it stands for.", error,
                **{name: "ICD L20.9"})  # fmt: skip
    yield _rule(table, name, "meant", "is one letter from “<odd>”",
                "Did you mean that? If so, correct it.", WARNING,
                **_three(table, name, "blistering", "blistring", "blistering"))  # fmt: skip
    if name == "side_effect":
        yield _rule(table, name, "end", "names no side effect",
                    "Name it, and give how it ended under outcome; if there was none, write none.", ERROR,
                    **{name: "resolved"})  # fmt: skip
    if name == "side_effect" or name in LISTS:
        apart = "Write ; between them" if name in LISTS else "Give each a row of its own"
        yield _rule(table, name, "several", f"may be several {term}s in one cell", f"{apart}; leave it if it is one.",
                    WARNING, **{name: "cough, vomiting"})  # fmt: skip
        yield _rule(table, name, "strange", "holds a level of another column (<odd>)",
                    "Look whether the cells of this row stand too far left or right.", WARNING,
                    **{name: "on_treatment"})  # fmt: skip


def _list_rules(name: str) -> Iterator[Rule]:
    label = columns("patients")[name].label.lower()
    yield _rule("patients", name, "no", "cannot stand beside something else",
                "Take out one of the two.", ERROR, **{name: "yok; epilepsy"})  # fmt: skip
    yield _rule("patients", name, "gaps", f"says none, which makes <odd> of {label} not known",
                "If empty means none too, write none in each.", WARNING,
                **_three("patients", name, "none", "", ""))  # fmt: skip


def _three(table: str, name: str, *terms: str) -> dict[str, str]:
    """Cells of three rows with these terms, in the data set of the tests."""
    third = {"3.patient_id": "C", "3.sex": "male", "courses.4.patient_id": "C", "courses.4.course": "1",
             "courses.4.treatment": "AZA", "courses.4.response": "1"}  # fmt: skip
    events = {"2.patient_id": "B", "2.course": "1", "2.side_effect": "rash",
              "3.patient_id": "B", "3.course": "2", "3.side_effect": "rash"}  # fmt: skip
    return (third if table == "patients" else events) | {f"{row}.{name}": term for row, term in enumerate(terms, 1)}


EGG = "Egg is a food: correct one of the two."
RULES = [
    *(rule for table, names in TERMS.items() for name in names for rule in _term_rules(table, name, names[name])),
    *(rule for name in LISTS for rule in _list_rules(name)),
    Rule("patients", "egg_allergy", lambda p: p.egg_allergy.eq("yes") & p.food_allergy.eq("no"),
         "is yes, but food_allergy is no", EGG, WARNING,
         example={"egg_allergy": "yes", "food_allergy": "no", "2.egg_allergy": "no"}),
    Rule("patients", "egg_allergy",
         lambda p: p.egg_allergy.eq("yes") & p.food_allergy.isna() & p.food_allergy.notna().any(),
         "is yes, but food_allergy is not known", EGG, WARNING, each=1,
         example={"egg_allergy": "yes", "food_allergy": "", "2.egg_allergy": "no", "2.food_allergy": "no"}),
]  # fmt: skip
