"""The head of every page: which study it is about, and what of it."""

from adreport.show.numbers import counted
from adreport.show.parts import Masthead
from adreport.study.model import Study


def masthead(study: Study, contents: bool = True) -> Masthead:
    """The study's title, notice and source, the filters set, the patients and courses left, and changed rules.

    `contents`: whether to count them; a page with filters of its own counts what these leave.
    """
    left = f"{counted(len(study.patients), 'patient')}, {counted(len(study.courses), 'treatment course')}"
    return Masthead(
        study.title, study.notice, study.source, study.selection.restriction, left if contents else "",
        study.selection.definition, str(study.rules) if study.rules else "",
    )  # fmt: skip
