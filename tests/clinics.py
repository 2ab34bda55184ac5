"""A clinic that has filled in the template, in English or Turkish, rightly or with typical mistakes."""

from datetime import date, timedelta

import openpyxl

from adreport.reading.template import ordered, write_workbook
from adreport.study import dictionary
from adreport.study.languages import said

LOCK = date(2025, 6, 30)
REASONS = ("side_effect", "insufficient_response", "remission", "ongoing", "patient_decision")
DRUGS = ("cyclosporine", "dupilumab", "methotrexate", "phototherapy", "upadacitinib")


def clinic():
    """25 patients with 25 first courses, 12 second ones that go on, and 6 side effects; codes and dates."""
    patients, courses, events = [], [], []
    for number in range(1, 26):
        born, name = date(2010, 1, 10) + timedelta(days=60 * number), f"H{number:02}"
        patients.append({"patient_id": name, "sex": ("female", "male")[number % 2], "birth_date": born,
                         "onset_age_months": 3 + number, "food_allergy": ("yes", "no")[number % 2],
                         "status_at_data_lock": ("on_treatment", "topical_remission")[number % 2]})  # fmt: skip
        start = date(2022, 1, 5) + timedelta(days=11 * number)
        reason = REASONS[number % 5] if number % 5 != 3 else "remission"
        courses.append({"patient_id": name, "course": 1, "treatment": DRUGS[number % 5], "start_date": start,
                        "stop_date": start + timedelta(days=120 + number), "response": str(number % 3),
                        "discontinuation_reason": reason})  # fmt: skip
        if number % 2 == 0:
            courses.append({"patient_id": name, "course": 2, "treatment": "dupilumab", "response": "2",
                            "start_date": start + timedelta(days=300), "discontinuation_reason": "ongoing",
                            "dose": 300, "dose_unit": "mg/2 weeks"})  # fmt: skip
        if number % 4 == 0:
            term = ("rash", "headache")[number % 8 == 0]
            events.append({"patient_id": name, "course": 1, "side_effect": term, "serious": "no",
                           "onset_date": start + timedelta(days=5 + number), "organ_class": "Skin"})  # fmt: skip
    return {"patients": patients, "courses": courses, "side_effects": events}


def in_words_of(column, value, language):
    """A value as a clinic chooses it from the list."""
    if column.type == "treatment":
        return said(dictionary.treatments()[value].label, language)
    return said(column.levels.get(value, value), language) if isinstance(value, str) else value


def filled(path, rows, language, lock=LOCK, edit=lambda workbook: None):
    """The template of a language, its sheets filled in its words."""
    write_workbook(path, language)
    workbook = openpyxl.load_workbook(path)
    for table, lines in rows.items():
        columns = ordered(table)
        for line in lines:
            workbook[said(table, language)].append(
                [in_words_of(columns[name], line.get(name), language) for name in columns]
            )
    workbook[said("study", language)]["B4"] = lock
    workbook[said("study", language)]["B6"] = said("Prospective, one centre", language)
    edit(workbook)
    workbook.save(path)
    return path


MISTAKES = {  # table, row of the sheet, column, what is written there, and what the check says of it
    ("patients", 3, "sex", "Kdın"): "is not one of the choices",
    ("patients", 5, "onset_age_months", "two"): "is not a number",
    ("patients", 7, "birth_date", "31.02.2012"): "is not a date",
    ("patients", 9, "patient_id", "H07"): "occurs twice",
    ("courses", 4, "treatment", "Siklosporn"): "is not a treatment",
    ("courses", 6, "stop_date", date(2021, 1, 1)): "is before the start of the course",
    ("courses", 9, "course", None): "is empty",
    ("courses", 12, "start_date", date(2026, 1, 1)): "is after",
    ("side_effects", 3, "patient_id", "H99"): "is not in",
    ("side_effects", 4, "side_effect", "1"): "is a number, a code",
}


def with_mistakes(language):
    """An edit that puts the mistakes into a filled workbook."""

    def edit(workbook):
        for table, row, name, value in MISTAKES:
            workbook[said(table, language)].cell(row, list(ordered(table)).index(name) + 1).value = value

    return edit
