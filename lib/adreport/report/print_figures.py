"""Every figure of the pages as files for print, at the widths of a journal's page and column."""

from collections.abc import Iterator
from pathlib import Path

from adreport.pages import PAGES
from adreport.pages.exhibits import Results, analyse
from adreport.show.drawing import JOURNAL_MM, PRINT_DPI
from adreport.show.parts import Figure, FigurePages
from adreport.study.model import Study

FORMATS = ("pdf", "svg", "png")


def write_figures(study: Study, folder: Path, **settings: object) -> list[Path]:
    """Write each figure in each format and width into a folder; files of the same names are replaced.

    `settings`: those of `adreport.pages.exhibits.Settings`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for page in PAGES:
        results = analyse(page.exhibits, study, **settings)
        for name, figure in _figures(page.exhibits.EXHIBITS, results):
            for narrow, width in enumerate(JOURNAL_MM):
                for file_format in FORMATS:
                    file = folder / f"{page.name}_{name}_{width}mm.{file_format}"
                    file.write_bytes(figure.saved(file_format, bool(narrow), PRINT_DPI))
                    written.append(file)
    return written


def _figures(exhibits, results: Results) -> Iterator[tuple[str, Figure]]:
    """The key of each exhibit with a figure, and the figure; numbered where there are several."""
    for exhibit in exhibits:
        part = exhibit.figure(results) if exhibit.figure else None
        if isinstance(part, Figure):
            yield exhibit.key, part
        if isinstance(part, FigurePages):
            yield from ((f"{exhibit.key}_{number}", figure) for number, figure in enumerate(part.figures, 1))
