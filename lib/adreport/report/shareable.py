"""The files of a report that may leave the house, in a folder of their own beside the internal ones."""

from dataclasses import replace
from itertools import groupby
from pathlib import Path

from markupsafe import Markup

from adreport.pages import MANUSCRIPT, OVERVIEW
from adreport.pages.contract import as_csv
from adreport.pages.exhibits import Results
from adreport.report import methods, shell
from adreport.report.place import SHAREABLE
from adreport.report.word import manuscript as word_file
from adreport.report.workbook import workbook
from adreport.sharing.build import Shareable, SharedExhibit, shareable
from adreport.sharing.gate import refuse_what_tells
from adreport.sharing.redaction import same_sentences
from adreport.study.description import Description
from adreport.study.model import Study

NOTICE = "Shareable: small numbers are kept confidential"


def write(folder: Path, study: Study, results: Results) -> None:
    """Write the shareable report into its folder within `folder`, after looking through all of it.

    Raises ParameterFault, and leaves nothing, where a file would tell of few patients.
    """
    made = shareable(study, results)
    target = folder / SHAREABLE
    target.mkdir()
    pages = {name: list(each) for name, each in groupby(made.exhibits, lambda shared: shared.page)}
    frame = _frame(study, made, [name for name in pages if name != OVERVIEW.name])
    for name, exhibits in pages.items():
        _write(target / f"{name}.html", _page(name, exhibits, made, study, frame))
    section = _methods(made, study)
    _write(
        target / "methods.html", frame.filled("shareable_methods.html.j2", "methods", title="Methods", section=section)
    )
    _write(target / "results.csv", as_csv(made.release.stated))
    tables = [
        (shared.page, {"key": shared.exhibit.key, "parts": [part.data for part in shared.parts]})
        for shared in made.exhibits
    ]
    (target / "tables.xlsx").write_bytes(workbook(tables, shell.made_on()))
    parts = [part for shared in pages[MANUSCRIPT.name] for part in shared.parts]
    word = word_file(study.title or shell.TITLE, made.policy.in_words, parts, section, shell.made_on())
    (target / "report.docx").write_bytes(word)
    refuse_what_tells(target, study, made.policy)


def _methods(made: Shareable, study: Study) -> methods.Section:
    """The methods section, of what it says whatever stands in place of what is kept back."""
    undescribed = replace(study, description=Description())
    sections = [methods.section(rows, undescribed) for rows in made.redaction.rows]
    first = sections[0]
    texts = {topic: same_sentences([section.topics.get(topic, "") for section in sections]) for topic in first.topics}
    return methods.Section({topic: text for topic, text in texts.items() if text}, first.references)


def _frame(study: Study, made: Shareable, pages: list[str]) -> shell.Shell:
    given = {"Policy": made.policy.in_words, **shell.made_with()}
    return shell.Shell([*pages, "methods"], given, study.title, NOTICE, internal=False)


def _page(name: str, exhibits: list[SharedExhibit], made: Shareable, study: Study, frame: shell.Shell) -> str:
    sections = [
        (question, list(dict.fromkeys(Markup(part._repr_html_()) for shared in several for part in shared.parts)))
        for question, several in groupby(exhibits, lambda shared: shared.exhibit.question)
    ]
    title = study.title or shell.TITLE if name == OVERVIEW.name else shell.LABELS[name]
    shown = {"title": title, "study": study.title, "policy": made.policy.in_words, "sections": sections}
    shown["fewest"] = made.policy.fewest_for_estimates
    return frame.filled("shareable.html.j2", name, **shown)


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")
