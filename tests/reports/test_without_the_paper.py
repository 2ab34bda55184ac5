"""The page on the one published paper can be taken out: nothing else knows of it."""

import ast
import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adreport.study.paths import LIBRARY, ROOT

PAPER = LIBRARY / "pages" / "paper"
LINE = '    Page("reproduction", "Published numbers", "paper", filtered=False, further=True),\n'


def imported(file: Path) -> set[str]:
    """Every module of which a file imports something, and what it imports of it, dotted."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
    return names


def test_nothing_outside_the_page_imports_it():
    files = [file for file in LIBRARY.rglob("*.py") if PAPER not in file.parents]
    assert len(files) > 50
    assert [file for file in files if any(name.startswith("adreport.pages.paper") for name in imported(file))] == []


@pytest.fixture(scope="module")
def without_paper(tmp_path_factory):
    """A copy of the repository without the page's package, its notebook and its line."""
    root = tmp_path_factory.mktemp("without") / "adreport"
    for folder in ("lib", "data", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", root)
    shutil.rmtree(root / PAPER.relative_to(ROOT))
    (root / "notebooks" / "reproduction.ipynb").unlink()
    pages = root / "lib" / "adreport" / "pages" / "__init__.py"
    text = pages.read_text(encoding="utf-8")
    assert text.count(LINE) == 1
    pages.write_text(text.replace(LINE, ""), encoding="utf-8")
    return root


def test_the_report_is_made_without_it(without_paper):
    out = without_paper / "out"
    command = [sys.executable, "-m", "adreport.cli", "report", "--out", out]
    environment = os.environ | {"PYTHONPATH": str(without_paper / "lib")}
    done = subprocess.run(command, cwd=without_paper, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {file.stem for file in out.glob("*.html")} >= {"index", "efficacy", "methods"}
    assert not (out / "reproduction.html").exists()
    assert "reproduction.html" not in (out / "index.html").read_text(encoding="utf-8")
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        found = {row["output"] for row in csv.DictReader(file)}
    assert "table2" in found
    assert not found & {"reproduction", "contradictions"}
