"""The filters of a study, stated once.

`Study.select`, the command line, the notebooks' parameters, the explorer's controls and explore.html are all made
from the fields of `Filters`: a filter added here is a filter everywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from adreport.study import dictionary
from adreport.study.faults import ParameterFault, nearest

if TYPE_CHECKING:  # the command line reads this module before it may need pandas
    import pandas as pd

SIGNIFICANT = "significant"


class Bound(StrEnum):
    """How a filter restricts its column."""

    ANY_OF = "any of"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    EQUALS = "equals"
    DEFINITION = "definition"  # restricts nothing: it changes what counts as a response


@dataclass(frozen=True)
class Filter:
    """One filter: its name, what it restricts and how, and its words for help texts and controls.

    `column`: of the courses joined to their patients. `whole`: whether its limits are whole numbers.
    """

    name: str
    column: str
    bound: Bound
    title: str
    help: str
    comment: str
    unit: str = ""
    whole: bool = False

    @property
    def is_number(self) -> bool:
        """Whether the filter is a limit of a number."""
        return self.bound in (Bound.AT_LEAST, Bound.AT_MOST)

    @property
    def type(self) -> type:
        """What its values are read as on the command line."""
        return (int if self.whole else float) if self.is_number else str

    @property
    def default(self) -> Any:
        """The value that filters nothing."""
        return None if self.is_number else () if self.bound == Bound.ANY_OF else ""

    def meets(self, courses: "pd.DataFrame", value: Any) -> "pd.Series":
        """Which courses meet the filter; those whose value is unknown, or that lack the column, do not."""
        if self.column not in courses:
            return courses["patient_id"].isna()  # never
        values = courses[self.column]
        if self.is_number:
            met = values >= value if self.bound == Bound.AT_LEAST else values <= value
            return met.fillna(False).astype(bool)
        return values.isin(value if self.bound == Bound.ANY_OF else [value])


def _filter(column: str, bound: Bound, title: str, help: str, comment: str, unit: str = "", whole: bool = False) -> Any:
    spec = (column, bound, title, help, comment, unit, whole)
    return field(default=Filter("", *spec).default, metadata={"filter": spec})


@dataclass(frozen=True)
class Filters:
    """A restriction of a study; what is empty or None restricts nothing.

    Ages are those at the start of a course. All limits are inclusive. Lines of therapy are counted over a patient's
    whole history. Raises ParameterFault for a treatment, sex or definition of response that does not exist.
    """

    treatments: tuple[str, ...] = _filter(
        "treatment", Bound.ANY_OF, "Treatment",
        "only these treatments: names or abbreviations, separated by commas",
        "names or abbreviations, separated by commas; empty: all",
    )  # fmt: skip
    age_min: float | None = _filter(
        "age_at_start_years", Bound.AT_LEAST, "Age at start of the course",
        "only courses started at this age or above (years)", "years at the start of the course, inclusive", "years",
    )  # fmt: skip
    age_max: float | None = _filter(
        "age_at_start_years", Bound.AT_MOST, "Age at start of the course",
        "only courses started at this age or below (years)", "years at the start of the course, inclusive", "years",
    )  # fmt: skip
    sex: str = _filter(
        "sex", Bound.EQUALS, "Sex", "only female or only male patients", "female or male; empty: both",
    )  # fmt: skip
    line_min: int | None = _filter(
        "line", Bound.AT_LEAST, "Line of therapy",
        "only courses from this line of therapy onwards", "line of therapy, inclusive", whole=True,
    )  # fmt: skip
    line_max: int | None = _filter(
        "line", Bound.AT_MOST, "Line of therapy",
        "only courses up to this line of therapy", "line of therapy, inclusive", whole=True,
    )  # fmt: skip
    response: str = _filter(
        "response", Bound.DEFINITION, "What counts as a response",
        "significant: only a significant response counts as effective",
        "significant: only a significant response counts as effective",
    )  # fmt: skip

    def __post_init__(self) -> None:
        for one in FILTERS:
            object.__setattr__(self, one.name, _understood(one, getattr(self, one.name)))

    @classmethod
    def among(cls, names: Mapping[str, Any]) -> "Filters":
        """The filters that a namespace, such as a notebook's `globals()`, sets; its other names are ignored."""
        return cls(**{one.name: names[one.name] for one in FILTERS if names.get(one.name) is not None})

    def __bool__(self) -> bool:
        return bool(self.arguments)

    def __str__(self) -> str:
        """The filters in words: "treatment Cyclosporine; age at start of the course up to 6 years"."""
        return "; ".join(filter(None, [self.restriction, self.definition]))

    @property
    def restriction(self) -> str:
        """Which courses are selected, in words."""
        groups = (_in_words(specs, self) for specs in grouped() if specs[0].bound != Bound.DEFINITION)
        return "; ".join(filter(None, groups))

    @property
    def definition(self) -> str:
        """What counts as effective, in words, where it is not what the study says; else ""."""
        return "only a significant response counts as effective" if self.response == SIGNIFICANT else ""

    @property
    def given(self) -> list[tuple[Filter, Any]]:
        """The filters that are set, each with its value."""
        pairs = ((one, getattr(self, one.name)) for one in FILTERS)
        return [(one, value) for one, value in pairs if value != one.default]

    @property
    def arguments(self) -> dict[str, Any]:
        """What is set, by the names of `Study.select`; treatments as one string of abbreviations."""
        return {one.name: typed(one, value) for one, value in self.given}


FILTERS: tuple[Filter, ...] = tuple(Filter(one.name, *one.metadata["filter"]) for one in fields(Filters))


def grouped() -> list[tuple[Filter, ...]]:
    """The filters in order, the two limits of a number together: one control each."""
    groups: dict[str, tuple[Filter, ...]] = {}
    for one in FILTERS:
        groups[one.title] = (*groups.get(one.title, ()), one)
    return list(groups.values())


def _understood(one: Filter, value: Any) -> Any:
    if value is None:
        return one.default
    if one.bound == Bound.ANY_OF:
        return _treatment_codes(value)
    if one.bound == Bound.DEFINITION:
        return _definition(value)
    return _level(one, value) if one.bound == Bound.EQUALS else value


def _treatment_codes(treatments: str | Iterable[str]) -> tuple[str, ...]:
    words = treatments.split(",") if isinstance(treatments, str) else treatments
    codes = {_treatment_code(word.strip()) for word in words if word.strip()}
    return tuple(code for code in dictionary.treatments() if code in codes)


def _treatment_code(word: str) -> str:
    code = dictionary.treatment_code(word)
    if code is None:
        abbreviations = [treatment.abbreviation for treatment in dictionary.treatments().values()]
        close = nearest(word, dictionary.treatment_names())
        raise ParameterFault(f"“{word}” is not a treatment. {close} Abbreviations: {', '.join(abbreviations)}.")
    return code


def _level(one: Filter, word: str) -> str:
    levels = dictionary.levels(one.column)
    word = word.strip().casefold()
    if word and word not in levels:
        raise ParameterFault(f"“{word}” is not a {one.name} in this data model. {nearest(word, list(levels))}")
    return word


def _definition(word: str) -> str:
    """The definition of response, "" for the study's own."""
    word, definitions = word.strip().casefold(), ("effective", SIGNIFICANT)
    if word and word not in definitions:
        raise ParameterFault(f"“{word}” is not a definition of response. {nearest(word, definitions)}")
    return word if word == SIGNIFICANT else ""


def _in_words(specs: tuple[Filter, ...], filters: Filters) -> str:
    """One restriction in words, "" where nothing is set: "age at start of the course from 2 up to 6 years"."""
    values = {one.bound: getattr(filters, one.name) for one in specs}
    if not any(value not in (None, "", ()) for value in values.values()):
        return ""
    if Bound.ANY_OF in values:
        words = [", ".join(dictionary.level_label("treatment", code) for code in values[Bound.ANY_OF])]
    elif Bound.EQUALS in values:
        words = [values[Bound.EQUALS]]
    else:
        named = ((Bound.AT_LEAST, "from"), (Bound.AT_MOST, "up to"))
        words = [f"{word} {values[bound]:g}" for bound, word in named if values.get(bound) is not None]
    return " ".join(filter(None, [specs[0].title.lower(), *words, specs[0].unit]))


def typed(one: Filter, value: Any) -> Any:
    """A value as one would type it: abbreviations, and whole numbers without a decimal point."""
    if one.bound == Bound.ANY_OF:
        codes = [value] if isinstance(value, str) else value
        return ",".join(dictionary.treatments()[code].abbreviation for code in codes)
    return int(value) if isinstance(value, float) and value.is_integer() else value
