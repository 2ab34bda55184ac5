"""Finished pages: no line end divides an estimate, one kind of apostrophe, and nothing else is touched."""

import pytest

from adreport.report.typography import typeset


@pytest.mark.parametrize(
    "estimate",
    ["p = 0.023", "p &lt; 0.001", "95% CI −12.3 to 43.5", "95% CI 77–100", "(6.0–18.4)", "(1.6–NR)", "0.34 to ∞"],
)
def test_an_estimate_stays_on_its_line(estimate):
    assert typeset(f"<p>It was {estimate}, said they.</p>") == (
        f'<p>It was <span class="whole">{estimate}</span>, said they.</p>'
    )


def test_words_and_dates_are_no_estimates():
    text = "<p>Kaplan–Meier, 5 to treat; step 3 to do, 2024-01-02.</p>"
    assert typeset(text) == text


def test_apostrophes_are_curly_in_words_only():
    page = "<p title=\"Fisher's\">Fisher's test, patients' courses</p><pre>it's</pre><script>a = \"b's\"</script>"
    curly = page.replace(">Fisher's", ">Fisher’s").replace("patients'", "patients’")
    assert typeset(page) == curly


def test_drawings_keep_their_text():
    drawing = "<svg><text>10 (1.2–3.4), p = 0.02</text></svg>"
    assert typeset(f"<div>{drawing}</div>") == f"<div>{drawing}</div>"
