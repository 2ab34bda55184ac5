"""One cell cannot tell 1,234 from 1.234, nor 3 April from 4 March; the other cells of its table can."""

from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adreport.reading.examine import examine
from adreport.reading.notation import MONTHS, dates, excel_date, notation, numbers
from studies import as_workbook


def read_numbers(*texts):
    cells = pd.Series(texts, dtype=str)
    return numbers(cells, notation([cells], [])).tolist()


def read_dates(*texts):
    cells = pd.Series(texts, dtype=str)
    return [None if pd.isna(day) else day.date() for day in dates(cells, notation([], [cells]))]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["3.5", "1,234"], [3.5, 1234]),  # points are decimal, so the comma is not
        (["3,5", "1.234"], [3.5, 1234]),
        (["3,5", "1,234"], [3.5, 1.234]),
        (["3.5", "1.234"], [3.5, 1.234]),
        (["1,234.5"], [1234.5]),
        (["1.234,5"], [1234.5]),
        (["1,234,567"], [1234567]),
        (["0,125"], [0.125]),
        (["1234.500", "1.234"], [1234.5, 1.234]),
        (["1234,500", "1.234"], [1234.5, 1234]),
        (["-3,5", "+2"], [-3.5, 2]),
        (["1e3", "12"], [1000, 12]),
    ],
)
def test_a_separator_is_read_as_its_table_uses_it(texts, expected):
    assert read_numbers(*texts) == expected


@pytest.mark.parametrize("texts", [["1,234"], ["1,234", "12"], ["1,234", "3.5", "2,5"], ["1.234", "812"]])
def test_a_sign_that_could_be_either_is_no_number(texts):
    assert pd.isna(read_numbers(*texts)[0])


@pytest.mark.parametrize(
    ("texts", "dates", "maximum", "whole", "expected"),
    [
        (["1.234", "812"], ["31.12.2020"], 1e6, False, [1234, 812]),
        (["1.234", "3.5"], ["31.12.2020"], 1e6, False, [1.234, 3.5]),
        (["8.125", "9"], ["31.12.2020"], 120, False, [8.125, 9]),  # nobody is 8,125 years old
        (["8,125", "9"], [], 120, False, [8.125, 9]),
        (["1.234", "7"], [], 14610, True, [1234, 7]),  # a day is a whole number
        (["1.000", "2.000"], [], 200, True, [1, 2]),
    ],
)
def test_dates_and_the_range_of_a_column_tell_what_a_sign_is(texts, dates, maximum, whole, expected):
    cells = pd.Series(texts, dtype=str)
    shown = notation([cells], [pd.Series(dates, dtype=str)])
    assert numbers(cells, shown, maximum, whole).tolist() == expected


@given(st.lists(st.decimals(-10_000, 10_000, places=2), min_size=1))
def test_two_decimals_are_read_with_either_sign(values):
    points = [f"{value}" for value in values]
    commas = [text.replace(".", ",") for text in points]
    assert read_numbers(*points) == read_numbers(*commas) == [float(value) for value in values]


def test_slashes_are_day_first_unless_the_table_shows_the_other():
    assert read_dates("03/04/2020", "12/31/2019") == [date(2020, 3, 4), date(2019, 12, 31)]
    assert read_dates("03/04/2020", "31/12/2019") == [date(2020, 4, 3), date(2019, 12, 31)]
    assert read_dates("03/04/2020") == [date(2020, 4, 3)]


def test_a_table_with_both_orders_cannot_tell():
    assert read_dates("12/31/2019", "31/12/2019", "03/04/2020", "05/05/2020") == [
        date(2019, 12, 31), date(2019, 12, 31), None, date(2020, 5, 5),
    ]  # fmt: skip


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_dates_with_points_hyphens_and_iso_dates_are_read_in_one_way(day):
    texts = [day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d-%m-%Y}", f"{day.isoformat()} 00:00:00"]
    assert read_dates(*texts) == [day] * 4


def test_a_number_in_place_of_a_date_is_what_excel_counts():
    assert excel_date("44562") == "2022-01-01"  # in Excel =DATE(2022;1;1) shown as a number
    assert excel_date("2022") == ""


@pytest.mark.parametrize(
    "text",
    ["2021-07-05 08:30", "2021-07-05T00:00:00+03:00", "2021-07-05T23:30:00Z", "20210705", "2021/07/05", "2021-7-5",
     "05-Jul-2021", "5 July 2021", "July 5th, 2021", "5 Temmuz 2021", "5. Juli 2021", "05JUL2021", "5 TEM 2021",
     "05.07.2021 8:30 PM"],
)  # fmt: skip
def test_what_can_be_one_day_only_is_that_day(text):
    assert read_dates(text) == [date(2021, 7, 5)]


@pytest.mark.parametrize(
    "text", ["5.9.21", "2021-13-05", "31 Feb 2021", "5 Xyz 2021", "2021070", "0202-01-05", "05-Jul-21"]
)
def test_what_is_no_day_or_of_no_certain_century_is_none(text):
    assert read_dates(text) == [None]


@pytest.mark.parametrize("sign", "/-.")
def test_a_table_shows_the_order_of_its_dates_whatever_stands_between(sign):
    texts = [text.replace("/", sign) for text in ("03/04/2020", "12/31/2019", "31/12/2018")]
    assert read_dates(*texts[:2]) == [date(2020, 3, 4), date(2019, 12, 31)]
    assert read_dates(*texts) == [None, date(2019, 12, 31), date(2018, 12, 31)]


def test_a_decimal_that_only_a_thousand_would_fit_is_asked_about():
    assert pd.isna(read_numbers("2.900", "250", "1800.5", "90")[0])
    assert read_numbers("1.125", "3.5", "4") == [1.125, 3.5, 4]
    assert read_numbers("1,5e+01", "3,5") == [15, 3.5]


def test_words_of_months_are_prefixes_of_one_month_each():
    for number, names in enumerate(MONTHS, 1):
        for name in names.split():
            assert read_dates(f"7 {name[:3]} 2020") == [date(2020, number, 7)]


@pytest.mark.parametrize(
    ("cells", "from_numbers"),
    [(["3.561", "812", "450"], True), (["3.561", "12.400"], False), (["3,561", "12,400"], False)],
)
def test_thousands_are_not_read_as_decimals_for_the_sake_of_another_column(cells, from_numbers):
    elsewhere = "3.5" if "." in cells[0] else "3,5"
    shown = replace(notation([pd.Series([elsewhere])], []), from_numbers=from_numbers)
    assert numbers(pd.Series(cells, dtype=str), shown, 1e6).isna().sum() == sum(len(cell) > 3 for cell in cells)


def test_dates_that_excel_turned_round_are_asked_about(tmp_path):
    path = as_workbook(tmp_path / "clinic.xlsx")
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["patients"]
    sheet.cell(1, sheet.max_column + 1, "birth_date")
    for row, value in enumerate([datetime(2010, 3, 2), datetime(2011, 7, 5), datetime(2009, 1, 12), "07/25/2012"], 2):
        sheet.cell(row, sheet.max_column, value)
    workbook.save(path)
    asked = [fault for fault in examine(path).warnings if fault.rule.startswith("may be turned round")]
    assert [(fault.row, fault.column, fault.value) for fault in asked] == [(2, "birth_date", "2010-03-02")]
