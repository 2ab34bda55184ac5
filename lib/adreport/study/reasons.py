"""Why courses end: what each discontinuation reason says of the treatment, and its letter in pictures.

The reasons, their group and their letter stand in the row `discontinuation_reason` of `data/dictionary.csv`. A reason
that is listed there without a group counts as another reason, and takes a free letter.
"""

from dataclasses import dataclass
from functools import cache
from string import ascii_letters

from adreport.study.dictionary import columns, level_label
from adreport.study.faults import ParameterFault

REASON = "discontinuation_reason"
NOT_RECORDED = "not_recorded"
NOT_RECORDED_LABEL = "Not recorded"
ONGOING = "ongoing"
OTHER = "decision"
CENSORED_GROUP = "censored"


@dataclass(frozen=True)
class ReasonGroup:
    """Reasons that say the same of a treatment: a label for tables, and words for "courses ended ..."."""

    code: str
    label: str
    words: str


FAVOURABLE = "good_end"
# The order is that of tables and of stacked areas, from the bottom to the top.
REASON_GROUPS = {
    group.code: group
    for group in (
        ReasonGroup("failure", "Not effective enough", "for lack of effect"),
        ReasonGroup("side_effect", "Side effect", "for a side effect"),
        ReasonGroup("precaution", "To prevent side effects", "to prevent side effects"),
        ReasonGroup(OTHER, "Other reason", "for another reason"),
        ReasonGroup(NOT_RECORDED, "Reason not recorded", "for a reason that is not recorded"),
        ReasonGroup(FAVOURABLE, "Good end", "with remission or the best possible response"),
    )
}


@cache
def reasons() -> tuple[str, ...]:
    """Every reason of the dictionary, those that censor a course included, in order."""
    return tuple(columns("courses")[REASON].levels)


def group_of(reason: str) -> str:
    """The code of the group that a reason belongs to; CENSORED_GROUP for one that does not end a course.

    Raises ParameterFault where the dictionary names a group that does not exist.
    """
    group = NOT_RECORDED if reason == NOT_RECORDED else columns("courses")[REASON].groups.get(reason, OTHER)
    if group not in REASON_GROUPS and group != CENSORED_GROUP:
        possible = ", ".join([*REASON_GROUPS, CENSORED_GROUP])
        raise ParameterFault(f"dictionary.csv: “{group}”, the group of {reason}, is not a group. Possible: {possible}.")
    return group


def members(group: str) -> tuple[str, ...]:
    """The reasons of a group, in the order of the dictionary."""
    return tuple(reason for reason in (*reasons(), NOT_RECORDED) if group_of(reason) == group)


def competing() -> dict[str, tuple[str, ...]]:
    """The groups of ends that compete with one another, each with its reasons."""
    return {code: members(code) for code in REASON_GROUPS}


def censored() -> tuple[str, ...]:
    """The reasons after which it is not known how long a course would have lasted: ongoing, lost to follow-up."""
    return members(CENSORED_GROUP)


@cache
def letters() -> dict[str, str]:
    """A letter for each reason, all of them different."""
    stated = columns("courses")[REASON].letters
    free = (letter for letter in ascii_letters if letter not in stated.values())
    return {reason: stated.get(reason) or next(free) for reason in reasons()}


def reason_label(reason: str) -> str:
    """The label of a reason, or that none is recorded."""
    return REASON_GROUPS[NOT_RECORDED].label if reason == NOT_RECORDED else level_label(REASON, reason)
