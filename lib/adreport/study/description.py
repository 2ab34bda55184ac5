"""How a study was done, as its authors state it: what a reader asks before any number."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

# What can be stated in words, each with its label and what it should tell.
STATED = {
    "design": ("Design", "retrospective or prospective, one centre or several"),
    "setting": ("Setting", "the unit, and which patients come to it"),
    "period": ("Period", "from when to when patients were treated"),
    "data_source": ("Source of data", "what the data were taken from"),
    "eligibility": ("Eligibility", "who was included"),
    "rating": ("Rating of response", "who rated the response, and when"),
    "ethics": ("Ethics", "committee, number and date of approval"),
}


@dataclass(frozen=True)
class Description:
    """What is stated about a study, in words; "" for what is not.

    `assessed`: how many patients were assessed for eligibility, None where that is not stated. `excluded`: how many of
    them each criterion left out, with 0 where it left out nobody.
    """

    design: str = ""
    setting: str = ""
    period: str = ""
    data_source: str = ""
    eligibility: str = ""
    rating: str = ""
    ethics: str = ""
    assessed: int | None = None
    excluded: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self != Description()

    @property
    def stated(self) -> dict[str, str]:
        """What is stated in words, by its label, in the order in which a paper states it."""
        return {label: getattr(self, name) for name, (label, _) in STATED.items() if getattr(self, name)}

    @property
    def left(self) -> int | None:
        """How many patients were assessed and not excluded; None where it is not stated how many were assessed."""
        return None if self.assessed is None else self.assessed - sum(self.excluded.values())


DESCRIBED = tuple(each.name for each in fields(Description))
