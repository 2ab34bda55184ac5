"""Identifiers that look the same and are not: letters of another alphabet, dashes, what cannot be seen."""

import re
import unicodedata

DASHES = "‐‑‒–—−"
CYRILLIC, AS_LATIN = "АВЕКМНОРСТУХІЈЅабекмнорстухіјѕ", "ABEKMHOPCTYXIJSabekmhopctyxijs"
GREEK, AS_LATIN_TOO = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"
LATIN = str.maketrans(CYRILLIC + GREEK + DASHES, AS_LATIN + AS_LATIN_TOO + "-" * len(DASHES))
DIGITS = str.maketrans("oil", "011")


def alike(identifier: str) -> str:
    """An identifier as it looks: in Latin letters of one case, with plain hyphens and spaces, without leading zeros."""
    seen = "".join(letter for letter in unicodedata.normalize("NFKC", identifier) if not _is_invisible(letter))
    plain = " ".join(seen.translate(LATIN).casefold().split())
    return re.sub(r"\.0+$", "", plain).lstrip("0 ")


def nearly(identifier: str) -> str:
    """An identifier without what is easily mistyped: spaces and hyphens, O and 0, I, l and 1."""
    return re.sub("[ -]", "", alike(identifier)).translate(DIGITS).lstrip("0")


def odd_letters(identifier: str, other: str = "") -> str:
    """What in an identifier, and not in the other, cannot be told by looking at it, in words; "" without such."""
    is_latin = any("LATIN" in _name(letter) for letter in identifier + other)
    letters = dict.fromkeys(letter for letter in identifier if letter not in other)
    return " and ".join(words for letter in letters if (words := _oddity(letter, is_latin)))


def _oddity(letter: str, is_latin: bool) -> str:
    if _is_invisible(letter):
        return f"an invisible character ({_name(letter).lower()})"
    if letter in DASHES:
        return f"a dash {letter} in place of a hyphen -"
    if is_latin and ord(letter) in LATIN:
        return f"a {_name(letter).split()[0].capitalize()} letter {letter}"
    return ""


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf"


def _name(letter: str) -> str:
    return unicodedata.name(letter, "unnamed")
