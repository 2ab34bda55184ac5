"""What a reader sees of a number."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adreport.show import numbers as formatting
from adreport.show.numbers import FIGURE_SPACE
from adreport.show.parts import Column, Row, Table


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (9.25, 1, "9.3"),
        (55.25, 1, "55.3"),
        (0.5, 0, "1"),
        (2.675, 2, "2.68"),
        (1234.5, 1, "1,234.5"),
        (-0.04, 1, "-0.0"),
    ],
)
def test_numbers_are_rounded_half_up_as_spss_prints_them(value, decimals, shown):
    assert formatting.number(value, decimals) == shown


def test_a_half_that_arithmetic_has_shaved_is_still_a_half():
    assert formatting.number(0.1 * 3 + 0.05 - 0.1, 2) == "0.25"
    assert formatting.number(18.5 / 2 - 1e-15, 1) == "9.3"


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (0.0004, "<0.001"),
        (0.0014031, "0.001"),
        (0.00883, "0.009"),
        (0.0116, "0.012"),
        (0.7453, "0.75"),
        (1.0, ">0.99"),
    ],
)
def test_p_values_are_rounded_not_cut_and_never_zero(p, shown):
    assert formatting.p_value(p) == shown


def test_an_unknown_number_is_a_dash():
    assert {formatting.number(float("nan")), formatting.percent(float("nan")), formatting.p_value(float("nan"))} == {
        "–"
    }


def test_one_course_and_two_courses():
    assert [formatting.counted(n, "course") for n in (0, 1, 2)] == ["0 courses", "1 course", "2 courses"]


def test_a_list_in_prose():
    assert [formatting.listing("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_counts_and_brackets_stand_below_each_other():
    assert formatting.aligned(["23 (92.0)", "3 (50.0)", "1 (4.0)"]) == [
        "23 (92.0)", f"{FIGURE_SPACE}3 (50.0)", f"{FIGURE_SPACE}1{FIGURE_SPACE} (4.0)",
    ]  # fmt: skip


def test_slashes_stand_below_each_other():
    assert formatting.aligned(["9/12", "11/7"]) == [f"{FIGURE_SPACE}9/12", f"11/7{FIGURE_SPACE}"]


@given(st.lists(st.from_regex(r"\d{1,3} \(\d{1,2}\.\d\)", fullmatch=True), min_size=1))
def test_alignment_adds_only_space_and_makes_equal_lengths(texts):
    shown = formatting.aligned(texts)
    assert [text.replace(FIGURE_SPACE, "") for text in shown] == texts
    assert len(set(map(len, shown))) == 1


@pytest.mark.parametrize(
    ("p", "shown"), [(0.04977376, "0.0498"), (0.0504, "0.0504"), (0.05, "0.050"), (0.049999, "0.049999")]
)
def test_a_p_value_never_reads_as_the_limit_that_its_sentence_denies(p, shown):
    assert formatting.p_value(p) == shown  # 0.04977376: R 4.2.2, fisher.test(matrix(c(8, 3, 1, 5), 2))


@pytest.mark.parametrize(
    ("n", "total", "decimals", "shown"),
    [
        (199, 200, 0, ">99"),
        (2, 842, 0, "<1"),
        (0, 842, 0, "0"),
        (5, 5, 0, "100"),
        (483, 484, 1, "99.8"),
        (1, 3000, 1, "<0.1"),
    ],
)
def test_a_share_is_none_or_all_only_where_the_count_is(n, total, decimals, shown):
    assert formatting.percent(n / total, decimals) == shown


def test_of_few_there_are_counts_and_no_percentages():
    assert [formatting.n_percent(n, total) for n, total in ((1, 1), (3, 4), (4, 5))] == ["1/1", "3/4", "4 (80.0)"]
    assert formatting.share_in_words(1, 4, "patient") == "1 of 4 patients"


def test_a_table_says_what_its_signs_mean_once_and_only_where_it_shows_them():
    columns, rows = [Column("n"), Column("%")], [Row("A", ["?\u2007", "–"]), Row("B", ["0", "12.0"])]
    assert Table("", "", columns, rows).footnotes == ["–: not estimable, or does not apply; ?: not recorded."]
    few = ["–: fewer than 5 courses, counts only."]
    assert replace(Table("", "", columns, rows, few), caption="A").footnotes == [*few, "?: not recorded."]
    assert Table("", "", columns, rows[1:]).footnotes == []
