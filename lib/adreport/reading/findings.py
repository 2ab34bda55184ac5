"""The findings of a check to hand on: as a page, or in a copy of the workbook with the cells marked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from markupsafe import Markup

from adreport.reading.draft_file import proposed
from adreport.reading.formats import FORMATS
from adreport.show.numbers import counted
from adreport.show.parts import page_templates
from adreport.study.faults import ERROR, MOST_ALIKE, ROWS_NAMED, Fault, ParameterFault, alike, shortened, visible

SIGNATURE = "adreport check"
MOST_VALUES = 3  # different ones that a finding about several rows shows
HEADINGS = {ERROR: "To be corrected before a report can be made", "warning": "To be looked at"}


@dataclass(frozen=True)
class Finding:
    """Equal faults as a page shows them: the rows and the column, the values, what is wrong and what to do."""

    place: str
    values: str
    rule: str
    advice: str


def write_page(faults: Sequence[Fault], data: Path, file: Path, marked: Path | None = None) -> None:
    """The findings as one HTML page that asks for nothing of any network; `marked`: the marked copy it points to."""
    spare(data, file)
    page = page_templates().get_template("findings.html.j2")
    link = marked.name if marked and marked.parent.resolve() == file.parent.resolve() else ""
    content = Markup(findings_html(faults, proposed(data, faults)))
    html = page.render(
        name=data.name, generator=SIGNATURE, summary=summary(faults), marked=marked, link=link, content=content
    )
    file.write_text(html, encoding="utf-8", newline="\n")


def findings_html(faults: Sequence[Fault], mapping: str = "") -> str:
    """The findings by severity and place, equal ones once, and the mapping.yml that would be drafted."""
    template = page_templates().get_template("findings_list.html.j2")
    return template.render(sections=list(_sections(faults)), mapping=mapping, nothing=not faults)


def summary(faults: Sequence[Fault]) -> str:
    """How much was found, in words."""
    errors = sum(fault.severity == ERROR for fault in faults)
    warnings = counted(len(faults) - errors, "warning") if len(faults) > errors else ""
    if errors:
        also = f", and {warnings}" if warnings else ""
        return f"{counted(errors, 'error')} to be corrected before a report can be made{also}."
    return f"A report can be made, with {warnings}." if warnings else "Nothing was found."


def spare(data: Path, file: Path) -> None:
    """Raise ParameterFault where a finding would be written over the data, or over what stands beside them."""
    own = [data, *(data.iterdir() if data.is_dir() else data.parent.glob("*.yml"))] if data.exists() else []
    kept = [one for one in own if one.suffix.lower() in (*FORMATS, ".yml")]
    if file.resolve() in [one.resolve() for one in kept]:
        raise ParameterFault(f"{file} is of the data. Give the findings another name.")
    if file.is_file() and not as_written(file):
        raise ParameterFault(
            f"{file} was not written by `adreport check`, or has been changed since. Give the findings another name."
        )


def as_written(file: Path) -> bool:
    """Whether a file is one of findings that nobody has saved again; Excel then signs it with its user's name."""
    try:
        with ZipFile(file) as parts:
            return f"lastModifiedBy>{SIGNATURE}<".encode() in parts.read("docProps/core.xml")
    except (BadZipFile, KeyError):
        return f'"generator" content="{SIGNATURE}"'.encode() in file.read_bytes()


def _sections(faults: Sequence[Fault]) -> Iterator[tuple[str, str, list[tuple[str, list[Finding]]]]]:
    """For errors, then warnings: severity, heading, and by file and sheet its findings."""
    for severity, kinds in groupby(alike(faults), lambda kind: kind[0].severity):
        by_place: dict[str, list[Finding]] = {}
        in_column: Counter[tuple[str, str]] = Counter()
        for kind in kinds:
            place, column = _where(kind[0]), kind[0].column
            in_column[place, column] += 1
            if in_column[place, column] <= MOST_ALIKE:
                by_place.setdefault(place, []).append(_finding(kind))
        for (place, column), number in in_column.items():
            if number > MOST_ALIKE:
                rule = f"… and {number - MOST_ALIKE:,} more like these"
                by_place[place].append(Finding(visible(column), "", rule, "The marked copy shows all."))
        yield severity, HEADINGS[severity], list(by_place.items())


def _where(fault: Fault) -> str:
    return visible(f"{fault.file}, sheet {fault.sheet}" if fault.sheet else fault.file)


def _finding(kind: Sequence[Fault]) -> Finding:
    first = kind[0]
    rows = [str(fault.row) for fault in kind if fault.row]
    more = f" … {len(rows) - ROWS_NAMED} more" if len(rows) > ROWS_NAMED else ""
    place = [
        f"{'Row' if len(rows) == 1 else 'Rows'} {', '.join(rows[:ROWS_NAMED])}{more}" if rows else "",
        first.column,
    ]
    values = list(dict.fromkeys(fault.value for fault in kind if fault.value))
    shown = ", ".join(f"“{visible(shortened(value))}”" for value in values[:MOST_VALUES])
    rest = " …" if len(values) > MOST_VALUES else ""
    rule = first.rule if shown else f"{first.rule[:1].upper()}{first.rule[1:]}"
    return Finding(visible(" · ".join(filter(None, place))), shown + rest, visible(rule), visible(first.advice))
