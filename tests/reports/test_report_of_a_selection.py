"""The report that the panel makes of a selection."""

import time

from adreport.explorer import reporting

REPORT_SECONDS = 300
PAGES = ("cohort", "efficacy", "safety", "sequences")


def test_a_report_of_the_selection_is_made_aside(tmp_path, monkeypatch, cohort_study):
    monkeypatch.setattr(reporting, "FOLDER", tmp_path)
    part = reporting.Reporting(lambda: cohort_study.select("CSA,MTX", age_max=6))
    part.make.click()
    assert part.make.disabled  # while the panel stays in use
    end = time.monotonic() + REPORT_SECONDS
    while part.make.disabled and time.monotonic() < end:
        time.sleep(0.1)
    assert part.index == tmp_path / "treatments-CSA-MTX-age_max-6" / "index.html", part.said.value
    assert "Cyclosporine, Methotrexate; age at start of the course up to 6 years" in part.said.value
    assert (part.open.layout.display, part.progress.value) == ("", part.progress.max)
    for page in ("index", *PAGES):
        assert "up to 6 years" in (part.index.parent / f"{page}.html").read_text(encoding="utf-8"), page
