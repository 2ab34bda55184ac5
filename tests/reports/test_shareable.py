"""The report that may leave the house, beside the internal one of the published cohort."""

import re

import pandas as pd

from adreport.report.run import render
from adreport.sharing.policy import CONFIDENTIAL, COUNTS


def test_the_shareable_report_tells_of_no_patient(report_copy, cohort_study):
    """One test for all of it, since the report is made for it."""
    render(out=report_copy, shared=True)
    folder = report_copy / "shareable"
    names = {file.name for file in folder.iterdir()}
    assert names >= {
        "index.html",
        "paper.html",
        "efficacy.html",
        "explore.html",
        "results.csv",
        "report.docx",
        "tables.xlsx",
    }
    assert not names & {"reproduction.html", "checklist.html"}

    internal, shared = (pd.read_csv(at / "results.csv", keep_default_na=False) for at in (report_copy, folder))
    counts = shared[shared["stat_name"].isin(COUNTS) & ~shared["output"].isin(["study"])]
    counts = counts[~counts["variable"].str.startswith("treatments")]
    assert len(counts) > 500
    assert ((counts["stat"] == 0) | (counts["stat"] >= 5)).all()
    assert (counts["stat"] % 5 == 0).all()
    assert not shared["stat_name"].isin(["min", "max", "value", "p25.published"]).any()
    # A count of few patients is not there under its key, nor one that lacks few of its total.
    keys = list(internal.columns[:8])
    wide = internal.drop_duplicates(keys).pivot(index=keys[:7], columns="stat_name", values="stat")
    few = wide[wide["n"].astype(float).between(1, 4) | (wide["N"] - wide["n"]).astype(float).between(1, 4)].index
    stated = counts[(counts["stat_name"] == "n") & (counts["stat"] > 0)].set_index(keys[:7]).index
    assert not stated.isin(few).any()

    pages = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.html")}
    patient = re.compile(rf"\b(?:{'|'.join(cohort_study.patients['patient_id'])})\b")
    assert not any(patient.search(page) for page in pages.values())
    assert all("Shareable." in page or name == "methods.html" for name, page in pages.items())
    assert all('class="internal"' not in page for page in pages.values())
    assert CONFIDENTIAL in pages["index.html"]
    assert "application/json" not in pages["explore.html"]  # no row a course
    assert "src=" not in "".join(pages.values())
    for file in report_copy.glob("*.html"):
        assert 'class="internal"' in file.read_text(encoding="utf-8"), file.name
