"""The scale on which response is judged: its levels from worst to best, and which count as a response."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adreport.study import dictionary
from adreport.study.faults import ParameterFault, nearest
from adreport.study.filters import SIGNIFICANT

# The published definition: PGA 1 and 2 together are overall effectiveness, PGA 2 is a significant response.
PUBLISHED_EFFECTIVE = ("1", "2")
PUBLISHED_SIGNIFICANT = ("2",)
PUBLISHED_MEANINGS = {
    "0": "no reduction of signs and symptoms", "1": "moderate reduction", "2": "complete or almost complete clearance",
}  # fmt: skip
# Other scales in use, by the name that study.yml can give instead of the levels. vIGA-AD: success is clear or almost
# clear (Simpson et al., J Am Acad Dermatol 2020;83:839-846).
SCALES = {
    "PGA": None,  # the published one
    "vIGA-AD": {
        "levels": {4: "Severe", 3: "Moderate", 2: "Mild", 1: "Almost clear", 0: "Clear"},
        "effective": [0, 1], "significant": [0],
    }
}  # fmt: skip


# Words by which a label tells which end of a scale it is, unless one of the others stands beside it.
BEST = frozenset({"clear", "cleared", "clearance", "excellent", "complete", "significant", "best", "abgeheilt"})
WORST = frozenset({"poor", "severe", "bad", "none", "worse", "worsening", "failure", "schlecht", "kötü", "şiddetli"})
NEGATED = frozenset({"no", "not", "non", "without", "kein", "keine", "nicht", "yok", "almost", "insufficient"})


@dataclass(frozen=True)
class ResponseScale:
    """Levels (code to label, from worst to best) and the codes that count as effective and as significant.

    `meanings`: what a level stands for, where that is said.
    """

    labels: dict[str, str]
    effective: tuple[str, ...]
    significant: tuple[str, ...]
    meanings: dict[str, str] = field(default_factory=dict)

    @property
    def effective_label(self) -> str:
        """The effective levels in words: "PGA 1 (good) or PGA 2 (significant)"."""
        return " or ".join(self.labels[code] for code in self.effective)

    @property
    def legend(self) -> list[str]:
        """The levels with what they stand for, as one footnote: "PGA 0 (poor): …"; none where that is not said."""
        said = [f"{label}: {self.meanings[code]}" for code, label in self.labels.items() if self.meanings.get(code)]
        return [f"{'; '.join(said)}."] if said else []

    @property
    def significant_label(self) -> str:
        """The significant levels in words."""
        return " or ".join(self.labels[code] for code in self.significant)

    @property
    def definitions(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """What can count as a response, the study's own definition ("") first: the label and the levels of each."""
        own = {"": (self.effective_label, self.effective)}
        strict = {SIGNIFICANT: (self.significant_label, self.significant)}
        return own | (strict if set(self.significant) != set(self.effective) else {})


def response_scale(settings: Mapping | str | None = None) -> ResponseScale:
    """The scale of `study.yml` (`levels`, `effective`, `significant`, maybe `meanings`; or a name): else the PGA.

    Raises ParameterFault for a scale that is not known, and when `effective`, `significant` or `meanings` names a
    level that is not one.
    """
    if isinstance(settings, str):
        settings = _named(settings)
    if not settings:
        levels = dictionary.columns("courses")["response"].levels
        return ResponseScale(levels, PUBLISHED_EFFECTIVE, PUBLISHED_SIGNIFICANT, PUBLISHED_MEANINGS)
    names = {"levels", "effective", "significant"}
    if set(settings) - {"meanings"} != names or not isinstance(settings["levels"], dict) or not settings["levels"]:
        raise ParameterFault(
            "study.yml: response needs levels from worst to best as {0: poor, 1: good, 2: clear}, and which codes of "
            "them are effective: [1, 2] and significant: [2]."
        )
    labels = {as_written(code): str(label) for code, label in settings["levels"].items()}
    chosen = {name: tuple(map(as_written, _several(settings[name]))) for name in ("effective", "significant")}
    meanings = _meanings(settings.get("meanings", {}))
    for name, codes in (chosen | {"meanings": tuple(meanings)}).items():
        if unknown := set(codes) - set(labels):
            raise ParameterFault(f"study.yml: {name} names {', '.join(sorted(unknown))}, which levels does not list.")
    if not chosen["effective"] or set(chosen["significant"]) - set(chosen["effective"]):
        raise ParameterFault("study.yml: response needs effective levels, and significant ones that are among them.")
    for name, codes in chosen.items():
        if set(list(labels)[len(labels) - len(set(codes)) :]) != set(codes):
            raise ParameterFault(
                f"study.yml: levels must go from worst to best, so that the {name} ones are the last of them. "
                f"Is {labels[next(iter(labels))]} the worst, and {labels[list(labels)[-1]]} the best?"
            )
    _judged_by_words(labels)
    return ResponseScale(labels, **chosen, meanings=meanings)


def _judged_by_words(labels: Mapping[str, str]) -> None:
    """Raise ParameterFault where the labels say that the worst level is the best, or the best the worst."""
    worst, best = list(labels.values())[0], list(labels.values())[-1]
    first, last = (set(re.findall(r"[^\W\d_]+", dictionary.folded(label))) for label in (worst, best))
    if (first & BEST and not first & (WORST | NEGATED)) or (last & WORST and not last & (BEST | NEGATED)):
        raise ParameterFault(
            f"study.yml: levels must go from worst to best, but {worst} is the first, and {best} the last. "
            "Turn them round, and correct which codes are effective and significant."
        )


def _named(name: str) -> Mapping | None:
    """The settings of a scale by its name."""
    names = {known.casefold(): known for known in SCALES}
    plain = "-".join(name.split()).casefold()
    if plain not in names:
        raise ParameterFault(
            f"“{name}” is not a response scale. {nearest(name, list(SCALES))} study.yml can give levels."
        )
    return SCALES[names[plain]]


def _meanings(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise ParameterFault("study.yml: response, meanings must hold lines of level: what it stands for.")
    return {as_written(code): str(words) for code, words in given.items()}


def _several(codes) -> list:
    return codes if isinstance(codes, list) else [codes]


def as_written(value: Any) -> str:
    """A level as it stands in the data: YAML reads an unquoted yes as true, and nothing as None."""
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
