"""The methods section: what was run, found in the results, in words and with references ready to paste.

`data/methods.csv` says what a manuscript says of each method and whom it cites. `pattern` fits the name of a method in
the results; `where` ("variable=first_side_effect") and `note` (a pattern) restrict it to some of the rows that have it.
The named groups of the patterns fill the gaps of `words`. `data/references.csv` holds the references.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import pandas as pd

from adreport.pages.contract import pick
from adreport.pages.counting import FIRST_COURSE
from adreport.pages.efficacy.results import PRIMARY
from adreport.show.numbers import counted, listing
from adreport.stats.tests import FEWEST
from adreport.study.courses import RESCUE_BELOW_DAYS, RESCUE_UP_TO_MG_PER_DAY, RESCUE_UP_TO_MG_PER_KG
from adreport.study.description import Description
from adreport.study.dictionary import variable_label
from adreport.study.eras import Rules
from adreport.study.model import Study
from adreport.study.paths import table_rows

RUN = ["output", "variable", "method", "note"]
A_DESIGN, A_STUDY = re.compile(r"\b(study|series|survey|registry|trial)\b", re.IGNORECASE), "This was {article} {}"
STUDY_SENTENCES = {
    "design": "The study was {}",
    "setting": "Patients were treated in this setting: {}",
    "period": "The study covers {}",
    "data_source": "The data were taken from {}",
    "eligibility": "Patients were eligible under these conditions: {}",
    "rating": "Response was rated as follows: {}",
    "ethics": "It was approved by: {}",
}
PACKAGES = {"numpy": "NumPy", "scipy": "SciPy", "pandas": "pandas", "matplotlib": "Matplotlib"}


@dataclass(frozen=True)
class Method:
    """What a manuscript says of a method, and whom it cites; no words where there is nothing to say.

    `pattern` fits its whole name, `note` a part of what is noted beside it; `where`: a column and what it must hold.
    """

    pattern: re.Pattern
    where: tuple[str, str]
    note: re.Pattern
    topic: str
    words: str
    references: tuple[str, ...]

    def gaps(self, run: Mapping[str, str]) -> dict[str, str] | None:
        """What fills the gaps of the words, from one row's RUN columns; None where the method is another."""
        name, note = self.pattern.fullmatch(run["method"]), self.note.search(run["note"])
        column, value = self.where
        return name.groupdict() | note.groupdict() if name and note and run.get(column, "") == value else None


@dataclass(frozen=True)
class Section:
    """The methods section: a title with sentences for each topic, and the references in order of citation."""

    topics: dict[str, str]
    references: list[str]


@cache
def catalogue() -> tuple[Method, ...]:
    """Every method that adreport can run, in the order of a methods section."""
    return tuple(map(_method, table_rows("methods.csv")))


@cache
def references() -> dict[str, str]:
    """Every reference by its key."""
    return {row["key"]: row["citation"] for row in table_rows("references.csv")}


def names(results: pd.DataFrame) -> list[str]:
    """The distinct names of methods in results."""
    return list(dict.fromkeys(results.loc[results["method"] != "", "method"]))


def uncovered(results: pd.DataFrame) -> list[str]:
    """Names of methods that the catalogue does not know."""
    return [name for name in names(results) if not any(method.pattern.fullmatch(name) for method in catalogue())]


def section(results: pd.DataFrame, study: Study | None = None, rules: Rules | None = None) -> Section:
    """The methods section of a report: only what its results say was run is described and cited.

    With the study, it defines response and rescue courses as the study does; lines and steps by the `rules` of the
    sequences page (None: the study's own).
    """
    cited: list[str] = []
    topics: dict[str, list[str]] = {}
    if study is not None and study.description:
        topics["Study"] = _study(study.description)
    topics["Data"] = [_data(results)]
    if study is not None:
        topics["Definitions"] = [_definitions(study), _sequences(rules or study.rules)]
    for method, sentence in _said(results):
        cited += [key for key in method.references if key not in cited]
        numbers = ", ".join(str(cited.index(key) + 1) for key in method.references)
        topics.setdefault(method.topic, []).append(f"{sentence[:-1]} [{numbers}]." if numbers else sentence)
    if unknown := uncovered(results):
        topics["Other methods"] = [f"Also run: {listing(unknown)}."]
    topics["Software"] = [_software()]
    return Section(
        {topic: " ".join(sentences) for topic, sentences in topics.items()}, [references()[key] for key in cited]
    )


def _method(row: dict[str, str]) -> Method:
    column, _, value = row["where"].partition("=")
    keys = tuple(filter(None, row["references"].split(";")))
    note = re.compile(row["note"])
    return Method(re.compile(row["pattern"]), (column, value), note, row["topic"], row["words"], keys)


def _said(results: pd.DataFrame) -> Iterator[tuple[Method, str]]:
    """One sentence a method, in the order of the catalogue; its gaps hold what all runs of it give, joined."""
    runs = results.loc[results["method"] != "", RUN].drop_duplicates().to_dict("records")
    for method in catalogue():
        gaps = [gaps for gaps in map(method.gaps, runs) if gaps is not None]
        if gaps and method.words:
            words = {name: listing(dict.fromkeys(gap[name] for gap in gaps if gap[name])) for name in gaps[0]}
            yield method, method.words.format(**words)


def _study(description: Description) -> list[str]:
    """What is stated of the study, a sentence each."""
    sentences = STUDY_SENTENCES | ({"design": A_STUDY} if A_DESIGN.search(description.design) else {})
    return [
        f"{sentence.format(_within(words), article=_article(words)).rstrip('.')}."
        for name, sentence in sentences.items()
        if (words := getattr(description, name))
    ]


def _within(words: str) -> str:
    """Words as they go on within a sentence: names such as PGA or Marmara University keep their capitals."""
    first, *others = words.split()
    is_name = not first[1:].islower() or (others and others[0][:1].isupper())
    return words if is_name else words[:1].lower() + words[1:]


def _article(words: str) -> str:
    return "an" if words[:1].lower() in "aeiou" else "a"


def _definitions(study: Study) -> str:
    """What counted as a response, and which corticosteroid courses were set apart as rescue."""
    scale = study.response
    rescue = (
        f"Systemic corticosteroids for less than {RESCUE_BELOW_DAYS} days, at up to {RESCUE_UP_TO_MG_PER_KG} mg/kg and "
        f"{RESCUE_UP_TO_MG_PER_DAY} mg of prednisolone equivalent a day where a dose is recorded, were taken as rescue "
        "courses."
    )
    strict = f"; a significant response is {scale.significant_label}" if scale.significant else ""
    levels = " ".join([f"Response was rated on {counted(len(scale.labels), 'level')}.", *scale.legend])
    return f"{levels} A course was effective overall with the response {scale.effective_label}{strict}. {rescue}"


def _sequences(rules: Rules) -> str:
    """What a line and a step between two courses are, and which rules the sequences page follows."""
    taken = f"under other rules than the other pages: {rules}" if rules else "as recorded"
    return (
        "A line of therapy is the place of a course in the order of starts. A change to a treatment not had before is "
        "a switch, to an earlier one a switch back, to the same one a restart; a treatment started while another "
        f"continues for at least {rules.combination_days:g} days, or for its whole duration, is an add-on. Treatment "
        f"sequences take courses {taken}."
    )


def _data(results: pd.DataFrame) -> str:
    flow = pick(results, output="flow").drop_duplicates("variable").set_index("variable")["stat"].astype(float)
    rescue = f"; {counted(flow['rescue_courses'], 'rescue course')} of systemic corticosteroids were set apart"
    compared = f"{counted(flow['courses_compared'], 'course')} with a recorded response of "
    compared += counted(flow["treatments_compared"], "treatment")
    left = compared if flow["treatments_compared"] > 1 else "nothing to compare"
    return (
        f"The report covers {counted(flow['courses'], 'treatment course')} of "
        f"{counted(flow['patients_treated'], 'patient')}{rescue if flow['rescue_courses'] else ''}. Treatments with "
        f"fewer than {flow['treatments_compared_min_courses']:.0f} courses were described but not compared, which "
        f"left {left}. Of fewer than {FEWEST} courses or patients, counts alone are given. No value was imputed: each "
        "number rests on those in which it is known. All tests are two-sided; p-values are not adjusted "
        "unless stated. The allocation of treatments was not at random, and comparisons are descriptive."
        f"{_primary(results)}"
    )


def _primary(results: pd.DataFrame) -> str:
    """Which analysis was primary."""
    rows = pick(results, output=PRIMARY, group1_level="", stat_name="N")
    if rows.empty:
        return ""
    row = rows.iloc[0]
    courses = "each patient's first course" if row["variable_level"] == FIRST_COURSE else "all courses"
    outcome = variable_label(row["variable"]).lower()
    return (
        f" The primary analysis is the test of {outcome} over all treatments in {courses}; all others are exploratory."
    )


def _software() -> str:
    packages = [f"{label} {version(package)}" for package, label in PACKAGES.items()]
    return (
        f"All analyses were run with adreport {version('adreport')} in Python {sys.version.split()[0]} with "
        f"{listing(packages)}. Exact tests of larger tables and of tied ranks, permutation within patients, the "
        "bootstrap of patients and the regressions with Firth's penalty are adreport's own code, tested against R."
    )
