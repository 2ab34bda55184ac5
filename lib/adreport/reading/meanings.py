"""What a word of a clinic, or the label of its code, most likely means in a column of ours."""

import re
from collections.abc import Iterator, Mapping

from adreport.reading import notation
from adreport.reading.formats.redcap_boxes import MISSING_LABELS, NONE_OF_THESE, SAYS_UNKNOWN
from adreport.reading.other import OTHER, WITH_TEXT, says_other
from adreport.study import dictionary
from adreport.study.dictionary import Column, folded
from adreport.study.terms import key

WORDS_BESIDE = re.compile(r"['’]s\b|\b(?:the|a|an|of|to|pga|iga|response|ansprechen|reason|due|because)\b|[^\w\s-]")
IN_BRACKETS = re.compile(r"(.*?)\s*[(\[](.*?)[)\]]\s*(.*)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def meaning(label: str, column: Column, levels: Mapping[str, str]) -> str | None:
    """Our value for a label; "" for what is not known, None where it cannot be told.

    `levels`: of a level or a response, code to label.
    """
    if _is_unknown(label) and not (label == "-" and label in column.level_synonyms):
        return ""
    if says_other(label) and (column.type in WITH_TEXT or column.name == "discontinuation_reason"):
        return OTHER
    match column.type:
        case "treatment":
            return next(filter(None, map(dictionary.treatment_code, _shorter(label))), None)
        case "level" | "ordered":
            return _level(label, column, levels)
        case "integer" | "number":
            found = NUMBER.findall(label)
            return found[0] if len(found) == 1 else None
        case "list" if key(label) in map(key, NONE_OF_THESE):
            return "none"
        case _:
            return dictionary.dose_unit(label) if column.name == "dose_unit" else label


def is_understood(word: str, ours: str | None, column: Column, levels: Mapping[str, str]) -> bool:
    """Whether reading takes a word for this value of ours without a mapping."""
    if column.type == "treatment":
        return bool(ours) and dictionary.treatment_code(word) == ours
    if ours == "":
        return folded(word) in notation.NOT_KNOWN
    if column.type in ("level", "ordered"):
        return ours is not None and folded(word) in (folded(ours), folded(levels.get(ours, "")))
    return word == ours


def matched(labels: Mapping[str, str], column: Column, levels: Mapping[str, str]) -> list[str]:
    """Those of some labels that name a value of ours, for finding out which column they are of."""
    found = {word: meaning(label, column, levels) for word, label in labels.items()}
    return [labels[word] for word, ours in found.items() if ours and ours != OTHER and not labels[word].isdecimal()]


def _is_unknown(label: str) -> bool:
    word = folded(label)
    return word in {*notation.NOT_KNOWN, *MISSING_LABELS} or bool(SAYS_UNKNOWN.fullmatch(word))


def _level(label: str, column: Column, levels: Mapping[str, str]) -> str | None:
    """The level of which a label is the code, the label or a synonym; words that tell nothing do not matter."""
    ours = {folded(text): code for code, text in levels.items()} | {folded(code): code for code in levels}
    synonyms = {word: code for word, code in column.level_synonyms.items() if code in levels}
    if column.type == "ordered" and list(levels) != list(column.levels):
        synonyms = {}  # of another scale than the dictionary's
    names = synonyms | {word: code for word, code in ours.items() if not synonyms.get(word)}
    plain = {_plain(word): code for word, code in names.items()}
    for text in _shorter(label):
        if code := names.get(folded(text)) or plain.get(_plain(text)):
            return code
    return None


def _plain(text: str) -> str:
    """A label without what tells nothing, and several as one."""
    words = WORDS_BESIDE.sub(" ", folded(text)).replace("_", " ").split()
    return " ".join(word if len(word) < 4 else word.rstrip("s") for word in words)


def _shorter(label: str) -> Iterator[str]:
    """A label, what it says before brackets, and in them."""
    yield label
    if apart := IN_BRACKETS.fullmatch(label):
        yield f"{apart[1]} {apart[3]}".strip()
        yield apart[2]
