"""Whether keys are unique and stand in the tables they refer to; identifiers that look the same and are not."""

import re
import unicodedata
from collections.abc import Mapping

import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.formats.raw import RawTable
from adreport.study.dictionary import DASHES, folded, is_invisible
from adreport.study.faults import WARNING

KEYS = {"patients": ["patient_id"], "courses": ["patient_id", "course"]}
PARENTS = {"courses": "patients", "side_effects": "courses"}

CYRILLIC, AS_LATIN = "АВЕКМНОРСТУХІЈЅабекмнорстухіјѕ", "ABEKMHOPCTYXIJSabekmhopctyxijs"
GREEK, AS_LATIN_TOO = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"
LATIN = str.maketrans(CYRILLIC + GREEK, AS_LATIN + AS_LATIN_TOO)
DIGITS = str.maketrans("oil", "011")


def with_keys(tables: Mapping[str, pd.DataFrame], raw: Mapping[str, RawTable]) -> dict[str, pd.DataFrame]:
    """The tables with what is wrong with their keys.

    `first_row`: of a key that occurs twice, the row where it stands first. `orphan`: whether no row of the parent
    table has the key; `parent`, where that is, and `spelling`, a hint if the patient is there in another spelling.
    patients: `other`, an earlier patient that looks the same, in row `other_row`, and the `difference` in words.
    """
    judged = dict(tables)
    for name, key in KEYS.items():
        judged[name] = tables[name].assign(first_row=_first_rows(tables[name][key].dropna()))
    for name, parent in PARENTS.items():
        place = raw[parent].place if raw[parent].place != raw[name].place else parent
        keys = tables[name][KEYS[parent]].dropna()
        known = tables[parent][KEYS[parent]].dropna()
        orphans = keys[~pd.MultiIndex.from_frame(keys).isin(pd.MultiIndex.from_frame(known))]
        by_look = {nearly(patient): patient for patient in sorted(known["patient_id"], reverse=True)}
        spelling = orphans["patient_id"].map(lambda patient, by_look=by_look: _other_spelling(patient, by_look))
        orphan = judged[name].index.isin(orphans.index)
        judged[name] = judged[name].assign(orphan=orphan, parent=place, spelling=spelling)
    return judged | {"patients": judged["patients"].join(_lookalikes(tables["patients"]["patient_id"]))}


def alike(identifier: str) -> str:
    """An identifier as it looks: in Latin letters of one case, with plain hyphens and spaces, without leading zeros."""
    return re.sub(r"\.0+$", "", folded(identifier.translate(LATIN))).lstrip("0 ")


def nearly(identifier: str) -> str:
    """An identifier without what is easily mistyped: signs, zeros before a number, O and 0, I, l and 1."""
    bare = re.sub(r"[\W_]", "", alike(identifier)).translate(DIGITS)
    return re.sub(r"(?<!\d)0+(?=\d)", "", bare)


def odd_letters(identifier: str, other: str = "") -> str:
    """The characters of an identifier, and not of the other, that cannot be told by eye, in words; "" without any."""
    is_latin = any("LATIN" in _name(letter) for letter in identifier + other)
    letters = dict.fromkeys(letter for letter in identifier if letter not in other)
    return " and ".join(words for letter in letters if (words := _oddity(letter, is_latin)))


def _first_rows(keys: pd.DataFrame) -> pd.Series:
    """The row where a key stands first, for the rows where it stands again."""
    first = pd.Series(keys.index, keys.index).groupby([keys[name] for name in keys]).transform("first")
    return first[first != keys.index]


def _other_spelling(patient: str, by_look: Mapping[str, str]) -> str:
    """A hint where another spelling of the patient is there: 1, 1.0 and 001 are three patients."""
    first = nearly(re.split(r"[\s,;]", patient.strip())[0])  # "P15 A. Yilmaz"
    close = by_look.get(nearly(patient)) or by_look.get(first, patient)
    here, there = odd_letters(patient, close if close != patient else ""), odd_letters(close, patient)
    odd = f" This one has {here}." if here else f" That one has {there}." if there else ""
    return f" There is {close}: is that the same patient?{odd}" if close != patient else odd


def _lookalikes(patients: pd.Series) -> pd.DataFrame:
    """Patients whose identifiers differ from that of an earlier row only in case, zeros or what cannot be seen."""
    patients = patients.dropna().drop_duplicates()
    looks = patients.map(alike)
    rows = pd.Series(looks.index, looks.index).groupby(looks).transform("first")[looks.duplicated()]
    others = rows.map(patients)
    pairs = zip(patients[rows.index], others, strict=True)
    odd = [odd_letters(one, other) or odd_letters(other, one) for one, other in pairs]
    differences = [f", but one has {words}" if words else "" for words in odd]
    return pd.DataFrame(
        {"other": others, "other_row": rows, "difference": pd.Series(differences, rows.index, dtype=str)}
    )


def _oddity(letter: str, is_latin: bool) -> str:
    if is_invisible(letter):
        return f"an invisible character ({_name(letter).lower()})"
    if letter in DASHES:
        return f"a dash {letter} in place of a hyphen -"
    if is_latin and ord(letter) in LATIN:
        return f"a {_name(letter).split()[0].capitalize()} letter {letter}"
    return ""


def _name(letter: str) -> str:
    return unicodedata.name(letter, "unnamed")


TWICE = "It stands in row {first_row:.0f} already; remove or renumber one of the two."
ORPHAN = "Add it to {parent}, or correct it here.{spelling}"
RULES = [
    Rule("patients", "patient_id", lambda p: p.first_row.notna(), "occurs twice", TWICE,
         example={"3.patient_id": "B", "3.sex": "female"}),
    Rule("courses", "patient_id, course", lambda c: c.first_row.notna(), "occurs twice", TWICE,
         example={"3.course": "1"}),
    Rule("courses", "patient_id", lambda c: c.orphan, "is not in {parent}", ORPHAN,
         example={"4.patient_id": "C", "4.course": "1", "4.treatment": "CSA", "4.response": "1"}),
    Rule("side_effects", "patient_id, course", lambda e: e.orphan, "is not in {parent}", ORPHAN,
         example={"course": "2"}),
    Rule("patients", "patient_id", lambda p: p.other.notna(), "looks like {other} in row {other_row:.0f}{difference}",
         "Write one patient in one way; leave it if they are two.", WARNING,
         example={"3.patient_id": "b", "3.sex": "female", "courses.4.patient_id": "b", "courses.4.course": "1",
                  "courses.4.treatment": "CSA", "courses.4.response": "1"}),
]  # fmt: skip
