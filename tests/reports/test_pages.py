"""Any data that can be read make whole pages: absent parts say why, words from data are escaped."""

import re

import pytest

from pages import PAGES, report_of
from studies import cohort, of_patients, written

BARE = {
    "patients": cohort()["patients"][["patient_id", "sex"]],
    "courses": cohort()["courses"][["patient_id", "course", "treatment", "response"]],
    "side_effects": None,
}
COURSES = cohort()["courses"]


def visible(pages: dict[str, list[str]]) -> str:
    """The words of all pages, without pictures and downloads."""
    return re.sub(r"base64,[\w+/=]+", "", " ".join(output for outputs in pages.values() for output in outputs))


NEW_TREATMENT = COURSES["treatment"].replace("azathioprine", "upadacitinib")


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        pytest.param(of_patients("P04"), [], id="one patient, one course"),
        pytest.param(of_patients("P29"), [], id="one patient, seven courses"),
        pytest.param(BARE, [], id="nothing but required columns"),
        pytest.param({"side_effects": None}, [], id="no side effects"),
        pytest.param({"courses": COURSES.assign(response="1")}, [], id="all responses equal"),
        pytest.param(
            {"courses": COURSES.assign(response="")},
            [
                "No course has a recorded response.",
                "no test is possible (fewer than two treatments have 5 patients).",
            ],
            id="no responses",
        ),
        pytest.param({"patients": cohort()["patients"].assign(sex="female")}, [], id="one sex"),
        pytest.param(
            {"courses": COURSES.assign(treatment=NEW_TREATMENT)}, ["Upadacitinib"],
            id="a treatment that the paper never saw",
        ),
    ],
)  # fmt: skip
def test_pages_are_whole_and_show_no_unknown_number(tables, said, tmp_path):
    words = visible(report_of(data=str(written(tmp_path, **tables))))
    assert not re.search(r"\bnan\b|NaN|\binf\b|<NA>", words)
    assert [text for text in said if text not in words] == []


@pytest.mark.parametrize(
    "filters",
    [{"treatments": "CSA"}, {"treatments": "MMF"}, {"age_max": 3}, {"sex": "male", "treatments": "PT"}],
)
def test_a_filtered_page_says_so_at_its_top(filters):
    pages = report_of(**filters)
    assert all("<strong>Filtered.</strong> Only courses with" in outputs[0] for outputs in pages.values())


def test_words_from_data_are_escaped(tmp_path):
    events = cohort()["side_effects"].assign(side_effect="<script>alert(1)</script>", management='=cmd|"<i>😀')
    patients = cohort()["patients"].assign(comorbidities='<b>ill</b> & "well"')
    words = visible(report_of(data=str(written(tmp_path, side_effects=events, patients=patients))))
    assert "<script" not in words
    assert "<b>ill" not in words
    assert (
        "&lt;b&gt;ill&lt;/b&gt; &amp; &#34;well&#34;</th>" in words
    )  # the head of a row, not a warning that quotes it
    assert "&lt;i&gt;😀" in words


def test_intervals_are_named_by_their_level():
    words = visible(report_of(confidence_level=0.9))
    assert "90% CI" in words
    assert "95% CI</th>" not in words


def test_figures_have_a_true_text_alternative_with_their_numbers(report):
    page = (report / "efficacy.html").read_text(encoding="utf-8")
    alternatives = re.findall(r'<div aria-label="([^"]+)" class="drawing[^>]*role="img"', page)
    assert len(alternatives) == 4
    assert "Cyclosporine 23 of 25 courses 92% (75–98)" in alternatives[0]
    assert "Azathioprine: 1.25 (usual 1–3) mg/kg/day" in alternatives[3]
    assert "Cyclosporine PGA 0 (poor) 2, PGA 1 (good) 19, PGA 2 (significant) 4" in alternatives[1]


@pytest.mark.parametrize("page", PAGES)
def test_every_table_names_its_rows_and_columns(report, page):
    tables = re.findall("<table .*?</table>", (report / f"{page}.html").read_text(encoding="utf-8"), re.DOTALL)
    assert tables
    for table in tables:
        assert not re.search(r"<th(?=[ >])(?![^>]*scope=)", table)
        body = table.split("<tbody>")[1]
        assert body.count("<tr") == len(re.findall(r'scope="row(?:group)?"', body))
