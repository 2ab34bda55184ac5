"""The scale on which response is judged: its levels from worst to best, and which count as a response."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adreport.study import dictionary
from adreport.study.faults import ParameterFault
from adreport.study.filters import SIGNIFICANT

# The published definition: PGA 1 and 2 together are overall effectiveness, PGA 2 is a significant response.
PUBLISHED_EFFECTIVE = ("1", "2")
PUBLISHED_SIGNIFICANT = ("2",)


@dataclass(frozen=True)
class ResponseScale:
    """Levels (code to label, from worst to best) and the codes that count as effective and as significant."""

    labels: dict[str, str]
    effective: tuple[str, ...]
    significant: tuple[str, ...]

    @property
    def effective_label(self) -> str:
        """The effective levels in words: "PGA 1 (good) or PGA 2 (significant)"."""
        return " or ".join(self.labels[code] for code in self.effective)

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


def response_scale(settings: Mapping | None = None) -> ResponseScale:
    """The scale of `study.yml` (`levels`, `effective`, `significant`), or the dictionary's PGA.

    Raises ParameterFault when `effective` or `significant` names a level that is not one.
    """
    if not settings:
        levels = dictionary.columns("courses")["response"].levels
        return ResponseScale(levels, PUBLISHED_EFFECTIVE, PUBLISHED_SIGNIFICANT)
    names = {"levels", "effective", "significant"}
    if set(settings) != names or not isinstance(settings["levels"], dict) or not settings["levels"]:
        raise ParameterFault(
            "study.yml: response needs levels from worst to best as {0: poor, 1: good, 2: clear}, and which codes of "
            "them are effective: [1, 2] and significant: [2]."
        )
    labels = {as_written(code): str(label) for code, label in settings["levels"].items()}
    chosen = {name: tuple(map(as_written, _several(settings[name]))) for name in ("effective", "significant")}
    for name, codes in chosen.items():
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
    return ResponseScale(labels, **chosen)


def _several(codes) -> list:
    return codes if isinstance(codes, list) else [codes]


def as_written(value: Any) -> str:
    """A level as it stands in the data: YAML reads an unquoted yes as true, and nothing as None."""
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
