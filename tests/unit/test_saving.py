"""Notebooks of the report are saved without outputs, which hold patients."""

from adreport.explorer.serve.saving import without_outputs


def test_a_notebook_of_ones_own_keeps_its_outputs():
    cell = {"cell_type": "code", "outputs": ["a table"], "execution_count": 3}
    for path, kept in (("mine.ipynb", True), ("folder/safety.ipynb", True), ("/safety.ipynb", False)):
        model = {"type": "notebook", "content": {"cells": [dict(cell)], "metadata": {}}}
        without_outputs(model=model, path=path, contents_manager=None)
        assert bool(model["content"]["cells"][0]["outputs"]) == kept, path
