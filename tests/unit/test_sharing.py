"""A report that may leave the house: what is kept back, and what a last look at its files finds."""

import base64
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from adreport.pages.cohort.results import baseline, treatments_used
from adreport.pages.contract import KEYS, statistics, table
from adreport.pages.efficacy.results import outcome_rates
from adreport.pages.exhibits import Exhibit, Results, Settings
from adreport.sharing.cells import cells
from adreport.sharing.contributions import contributions
from adreport.sharing.gate import refuse_what_tells
from adreport.sharing.policy import CONFIDENTIAL, OFF, Policy, policy
from adreport.sharing.redaction import Redaction, same_sentences
from adreport.sharing.release import Release
from adreport.sharing.suppression import suppression
from adreport.show.parts import Absent, Column, Row, Sentence, Table
from adreport.study.faults import ParameterFault
from adreport.study.response import response_scale

TREATED, EFFECTIVE = ("table2", "treatment"), "effective"


def key(output="table", level="", name="n", group="", group_level=""):
    return (output, group, group_level, "", "", "response", level, name)


def shares(**counts):
    """Counts of as many patients each, one a patient, the levels one after the other."""
    total, first, made = sum(counts.values()), 0, {}
    for level, number in counts.items():
        share = np.zeros(total)
        share[first : first + number] = 1
        made[key(level=level)], made[key(level=level, name="N")] = share, np.ones(total)
        first += number
    return made


def kept_back(made, threshold=5, rounding=OFF):
    found = cells(made, threshold)
    hidden = suppression(found, Policy(threshold, rounding)).kept_back
    return {each[6] for each, number in found.unknown.items() if number in hidden and each[-1] == "n"}


def test_policy_is_read_and_what_it_may_not_set_is_refused():
    assert policy({}) == Policy(5, 5)
    assert policy({"threshold": 8, "rounding": "off"}) == Policy(8, OFF)
    for wrong in ({"threshold": 3}, {"threshold": 11}, {"threshold": True}, {"rounding": 7}, {"treshold": 8}):
        with pytest.raises(ParameterFault, match="sharing"):
            policy(wrong)


@pytest.mark.parametrize(("count", "stated"), [(0, 0), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_counts_are_rounded_to_five(count, stated):
    assert Policy().rounded(count) == stated
    assert Policy(rounding=OFF).rounded(count) == count


def test_shares_of_patients_add_up_to_the_counts_of_the_whole(cohort_study):
    found = contributions(cohort_study, [treatments_used, outcome_rates, baseline], Settings())
    courses = found[(*TREATED, "cyclosporine", "", "", "courses", "", "n")]
    assert (courses.sum(), (courses > 0).sum()) == (25, 25)  # Table 2 of the paper: 25 courses, 25 patients
    corticosteroid = found[(*TREATED, "systemic_corticosteroid", "", "", "courses", "", "n")]
    assert (corticosteroid.sum(), (corticosteroid > 0).sum()) == (21, 18)
    assert found[(*TREATED, "dupilumab", "", "", "courses", "", "N")].sum() == 81  # where most patients have no row


def test_few_patients_are_kept_back_and_what_they_follow_from():
    assert kept_back(shares(a=3, b=27)) == {"a", "b"}  # 30 − 27
    assert kept_back(shares(a=3, b=7, c=20)) >= {"a", "b"}  # 30 − 7 − 20: another one has to go
    assert "c" not in kept_back(shares(a=3, b=7, c=20))
    assert kept_back(shares(a=6, b=24)) == set()


def test_courses_are_judged_by_their_patients():
    made = shares(a=10, b=20)
    made[key(level="a")] = np.where(np.arange(30) < 2, 5.0, 0.0)  # ten courses of two patients
    made[key(level="b")] = np.ones(30) - (np.arange(30) < 2)
    assert "a" in kept_back(made)


def test_rounding_spares_what_exact_counts_give_away():
    assert kept_back(shares(a=6, b=7, c=8), rounding=5) == set()
    assert kept_back(shares(a=3, b=12, c=15), rounding=5) == {"a"}  # 30 ± 2 less 10 ± 2 less 15 ± 2


def an_exhibit(words, make):
    return Exhibit("key", "Question?", (), words=words, table=make)


@pytest.fixture
def redaction():
    rows = table([
        *statistics("table", {"n": 20.0, "N": 30.0, "p": 2 / 3}, variable="known"),
        *statistics("table", {"n": 3.0, "N": 30.0, "p": 0.1}, variable="hidden"),
    ])  # fmt: skip
    hidden = (rows["variable"] == "hidden") & (rows["stat_name"] != "N")
    return Redaction(Results(rows, response_scale(None)), Release(rows[~hidden], rows[hidden]))


def n(results, variable):
    return f"{results.pick(variable=variable, stat_name='n')['stat'].iloc[0]:.0f}"


def test_only_what_does_not_hang_on_hidden_numbers_is_shown(redaction):
    def words(results):
        few = "Few were hidden." if float(n(results, "hidden")) < 5 else "Many were hidden."
        return Sentence(f"There were {n(results, 'known')} of 30. There were {n(results, 'hidden')} more. {few}")

    def make(results):
        rows = [Row(name, [n(results, name), "30"]) for name in ("known", "hidden")]
        return Table("Caption", "Stub", [Column("n"), Column("N")], rows)

    sentence, shown = redaction.parts(an_exhibit(words, make))
    assert sentence.text == "There were 20 of 30."
    assert [row.cells for row in shown.rows] == [["20", "30"], [CONFIDENTIAL, "30"]]
    assert CONFIDENTIAL in shown.footnotes[-1]


def test_an_order_by_hidden_numbers_is_not_shown(redaction):
    def make(results):
        heads = [Column(name) for name in sorted(("known", "hidden"), key=lambda name: float(n(results, name)))]
        return Table("Caption", "Stub", heads, [Row("n", ["1", "2"])])

    (absent,) = redaction.parts(an_exhibit(None, make))
    assert isinstance(absent, Absent)


def test_hidden_values_differ_in_each_filling_and_stated_ones_do_not(redaction):
    values = [rows.set_index(KEYS)["stat"] for rows in redaction.rows]
    hidden = [each.xs("hidden", level="variable").xs("n", level="stat_name").iloc[0] for each in values]
    assert len(set(hidden)) > 4
    assert {each.xs("known", level="variable").xs("n", level="stat_name").iloc[0] for each in values} == {20.0}


def test_sentences_common_to_all_texts():
    assert same_sentences(["One is 5. Two is 6.", "One is 5. Two is 7."]) == "One is 5."


PLANTED = {
    "an identifier": ("page.html", "<p>P14 was treated</p>", "P14"),
    "an identifier in a drawing": ("page.html", "<svg><title>Patient P14</title></svg>", "P14"),
    "a small count": ("page.html", "<table><tr><td> 3 (12.0)</td></tr></table>", "count 3"),
    "a small count in bold": ("page.html", "<table><tr><td class='x'><strong>2</strong></td></tr></table>", "count 2"),
    "a row with a small count": ("results.csv", "output,variable,stat_name,stat\ntable2,courses,n,4.0\n", "count 4"),
    "a row that is not rounded": ("results.csv", "output,variable,stat_name,stat\ntable2,courses,n,23.0\n", "count 23"),
    "a path": ("page.html", "<p>/home/somebody/clinic.xlsx</p>", "path"),
    "a rare disease": ("page.html", "<p>Coffin-Siris syndrome</p>", "Coffin-Siris"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_gate_finds_what_is_planted(cohort_study, tmp_path, planted):
    name, text, found = PLANTED[planted]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ParameterFault, match=found):
        refuse_what_tells(tmp_path, cohort_study, Policy())


def test_gate_looks_into_what_is_packed_or_encoded(cohort_study, tmp_path):
    encoded = base64.b64encode(b"patient_id,sex\nP14,female\n").decode()
    (tmp_path / "page.html").write_text(f'<a href="data:text/csv;base64,{encoded}">csv</a>', encoding="utf-8")
    with pytest.raises(ParameterFault, match="P14"):
        refuse_what_tells(tmp_path, cohort_study, Policy())
    (tmp_path / "page.html").unlink()
    with zipfile.ZipFile(tmp_path / "report.docx", "w") as packed:
        packed.writestr("docProps/core.xml", "<dc:creator>A. Somebody</dc:creator>")
    with pytest.raises(ParameterFault, match="A. Somebody"):
        refuse_what_tells(tmp_path, cohort_study, Policy())


def test_gate_lets_pass_what_tells_of_nobody(cohort_study, tmp_path):
    text = "<p>25 of 30</p><table><tr><td>25 (80.0)</td><td>3.5</td><td>0</td></tr></table><code>p25</code>"
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    refuse_what_tells(tmp_path, cohort_study, Policy())


def test_gate_looks_for_exact_dates(cohort_study, tmp_path):
    (tmp_path / "page.html").write_text("<p>2021-03-14</p>", encoding="utf-8")
    courses = cohort_study.courses.assign(start_date="2021-03-14")
    with pytest.raises(ParameterFault, match="2021-03-14"):
        refuse_what_tells(tmp_path, replace(cohort_study, courses=courses), Policy())


def test_gate_takes_no_address_of_a_cell_for_an_identifier(cohort_study, tmp_path):
    with zipfile.ZipFile(tmp_path / "tables.xlsx", "w") as packed:
        packed.writestr("xl/worksheets/sheet1.xml", '<c r="P14"><v>25</v></c><hyperlink location="#a!P14"/>')
    refuse_what_tells(tmp_path, cohort_study, Policy())
    with zipfile.ZipFile(tmp_path / "tables.xlsx", "w") as packed:
        packed.writestr("xl/sharedStrings.xml", "<si><t>P14</t></si>")
    with pytest.raises(ParameterFault, match="P14"):
        refuse_what_tells(tmp_path, cohort_study, Policy())
