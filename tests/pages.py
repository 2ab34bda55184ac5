"""Report notebooks run in this process: what their cells show, without a kernel."""

import ast
import json

from adreport.pages import PAGE_NAMES as PAGES
from adreport.reading import examine
from adreport.study.paths import COHORT, NOTEBOOKS, located


def code_cells(name: str) -> list[tuple[list[str], str]]:
    """Tags and source of each code cell of a notebook."""
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return [
        (cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"
    ]


def shown(name: str, **parameters) -> list[str]:
    """The HTML of everything that a notebook shows when it runs with these parameters."""
    outputs: list[str] = []
    names = {"display": lambda *things: outputs.extend(map(html, things))}
    for tags, source in code_cells(name):
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)
            outputs.extend([html(value)] if value is not None else [])
        if "parameters" in tags:
            names |= {"data": str(COHORT), **parameters}
    return outputs


def html(thing) -> str:
    """A displayed object as the page shows it."""
    if hasattr(thing, "_repr_mimebundle_"):
        return thing._repr_mimebundle_()["text/html"]
    return thing._repr_html_()


def report_of(**parameters) -> dict[str, list[str]]:
    """What every page of a report shows; the data are read once, as a report reads them."""
    data = located(parameters.get("data", COHORT))
    examine.hand_over(data, examine.read_study(data))
    try:
        return {page: shown(page, **parameters) for page in PAGES}
    finally:
        examine._HANDED_OVER.clear()
