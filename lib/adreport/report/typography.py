"""The type of finished pages: estimates that no line end divides, and one kind of apostrophe."""

import re
from collections.abc import Iterator

TAG = re.compile(r"(<!--.*?-->|<[^>]*>)", re.DOTALL)
LEFT_ALONE = ("script", "style", "svg", "pre", "code", "title")
NUMBER = r"−?\d+(?:,\d{3})*(?:\.\d+)?|∞|NR"
# What is set on one line: "p = 0.023", "95% CI −12.3 to 43.5", "(6.0–18.4)".
ESTIMATE = re.compile(
    rf"p [=<>≥]+ [\d.]+|p &[lg]t; [\d.]+|(?:[\d.]+% CI )?(?:{NUMBER}) to (?:{NUMBER})|"
    rf"[\d.]+% CI (?:{NUMBER})–(?:{NUMBER})|\(?(?<![\w.])(?:{NUMBER})–(?:{NUMBER})\)?"
)
APOSTROPHE = re.compile(r"(?<=\w)(?:'|&#39;)(?=\w|\s|$)")


def typeset(html: str) -> str:
    """A page with its words in typographer's form; drawings, code and whatever stands within tags stay as they are."""
    return "".join(_pieces(html))


def apostrophes(text: str) -> str:
    """A text with curly apostrophes."""
    return APOSTROPHE.sub("’", text)


def _pieces(html: str) -> Iterator[str]:
    within = ""  # the element whose words are left alone
    for piece in TAG.split(html):
        if piece.startswith("<"):
            name = re.match(r"</?([a-z]*)", piece)[1]
            if not within and name in LEFT_ALONE and piece[1] != "/":
                within = name
            elif piece.startswith(f"</{within}>"):
                within = ""
            yield piece
        elif within or not piece.strip():
            yield piece
        else:
            yield ESTIMATE.sub(r'<span class="whole">\g<0></span>', apostrophes(piece))
