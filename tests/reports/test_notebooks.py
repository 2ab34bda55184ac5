"""Notebooks read like a paper: words, then one short cell; no logic, no outputs."""

import ast
import json
import re

import pytest
import yaml

from adreport.pages import PAGE_NAMES as PAGES
from adreport.report.parameters import notebook_parameters, page_parameters, shared_lines
from adreport.study.faults import ParameterFault
from adreport.study.filters import FILTERS
from adreport.study.paths import NOTEBOOKS, ROOT
from pages import code_cells

LONGEST_CELL = 8
LOGIC = (
    ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.IfExp, ast.Try, ast.With,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip


def cells(page):
    return json.loads((NOTEBOOKS / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]


@pytest.mark.parametrize("page", [*PAGES, "explore"])
def test_no_outputs_are_committed(page):
    code = [cell for cell in cells(page) if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"]] == []


@pytest.mark.parametrize("page", PAGES)
def test_cells_are_short_and_hold_no_logic(page):
    for tags, source in code_cells(page):
        assert "parameters" in tags or source.count("\n") < LONGEST_CELL, source
        found = [type(node).__name__ for node in ast.walk(ast.parse(source)) if isinstance(node, LOGIC)]
        assert found == [], source


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_is_preceded_by_its_question(page):
    kinds = [
        "words" if cell["cell_type"] == "markdown" else (cell["metadata"].get("tags") or ["answer"])[0]
        for cell in cells(page)
    ]
    assert kinds[:4] == ["words", "parameters", "setup", "masthead"]
    assert kinds[4] == "words"
    assert cells(page)[0]["source"][0].startswith("# ")


@pytest.mark.parametrize("page", PAGES)
def test_numbers_in_the_words_are_none_that_data_could_change(page):
    words = "".join("".join(cell["source"]) for cell in cells(page) if cell["cell_type"] == "markdown")
    assert re.findall(r"\d", words.replace("Table 4", "")) == []  # a table of the paper, which no data change


@pytest.mark.parametrize("page", PAGES)
def test_each_notebook_has_the_parameters_of_the_contract(page):
    assert {"data", "treatments", "age_min", "age_max", "sex", "confidence_level"} <= set(
        notebook_parameters(NOTEBOOKS / f"{page}.ipynb")
    )


@pytest.mark.parametrize("page", PAGES)
def test_parameters_begin_with_those_that_every_page_shares(page):
    (source,) = (source for tags, source in code_cells(page) if "parameters" in tags)
    assert source.splitlines()[: len(shared_lines())] == shared_lines()


@pytest.mark.parametrize("page", PAGES)
def test_every_parameter_of_a_notebook_is_used_in_it(page):
    trees = [ast.parse(source) for tags, source in code_cells(page) if "parameters" not in tags]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    calls = {ast.unparse(node) for node in nodes if isinstance(node, ast.Call)}
    used |= {one.name for one in FILTERS} if "Filters.among(globals())" in calls else set()
    assert set(notebook_parameters(NOTEBOOKS / f"{page}.ipynb")) - used == set()


def test_a_misspelt_parameter_is_refused_and_the_nearest_named():
    with pytest.raises(ParameterFault, match="treatment is not a parameter of any notebook. Did you mean treatments?"):
        page_parameters({"treatment": "CSA"})


def test_a_value_of_the_wrong_kind_is_refused():
    with pytest.raises(ParameterFault, match="age_min must be a number, not 'six'"):
        page_parameters({"age_min": "six"})


def test_a_lost_parameters_tag_is_refused(tmp_path):
    notebook = json.loads((NOTEBOOKS / "safety.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    (tmp_path / "safety.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(ParameterFault, match="has 0 cells tagged parameters"):
        notebook_parameters(tmp_path / "safety.ipynb")


def test_conda_users_get_the_same_dependencies():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert [name for name in environment if not name.startswith(("python>", "pip"))] == project["dependencies"]
    assert f"python{project['requires-python']}" in environment


def test_the_lock_names_no_place_to_fetch_from():
    for name in ("requirements.lock", "requirements-data.lock", "requirements-uv.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"--(extra-)?index-url|--find-links|https?:", text)
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)


def test_the_data_page_says_of_each_column_what_study_yml_says():
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    provenance = yaml.safe_load((ROOT / "data" / "cohort" / "study.yml").read_text(encoding="utf-8"))["provenance"]
    for table in ("patients", "courses", "side_effects"):
        (line,) = (line for line in page.splitlines() if line.startswith(f"| {table} |"))
        told = [re.findall(r"`(\w+)`", cell) for cell in line.split("|")[2:5]]
        kinds = ("published", "constrained", "synthetic")
        assert told == [
            [name.split(".")[1] for name in provenance[kind] if name.startswith(f"{table}.")] for kind in kinds
        ]
