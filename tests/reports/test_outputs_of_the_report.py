"""results.csv of a whole report holds what docs/results.md says, all of it and nothing else."""

import pandas as pd
import pytest

from adreport.pages import outputs


@pytest.fixture(scope="module")
def rows(report):
    return pd.read_csv(report / "results.csv", dtype=str, keep_default_na=False)


def test_every_output_of_the_report_is_explained_and_the_other_way_round(rows):
    assert set(rows["output"]) == {row["output"] for row in outputs.outputs()}


def test_every_statistic_of_an_output_is_named_there(rows):
    explained = set(outputs.names(outputs.STATISTICS))
    of_the_paper = rows["output"] == "reproduction"
    for output, names in rows[~of_the_paper].groupby("output")["stat_name"]:
        (row,) = [row for row in outputs.outputs() if row["output"] == output]
        assert set(names) <= set(row["statistics"].split()), output
        assert set(names) <= explained, output
    numbers = rows[of_the_paper & (rows["group2"] == "place")]["stat_name"]
    endings = "published|printed|recomputed|difference|conf.low|conf.high"
    # A published value that is no statistic of the contract (a year, a dose of a definition) is a `value`.
    assert set(numbers.str.extract(rf"^(.+?)\.(?:{endings})$")[0]) <= explained
