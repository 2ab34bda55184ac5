"""Numbers that many files write for what is not known: 99, 999, 9999, again and again."""

from collections.abc import Mapping
from functools import partial

import pandas as pd

from adreport.reading.checks.rules import Rule
from adreport.reading.values import MAY_BE_A_GAP
from adreport.study.faults import WARNING

OFTEN = 3
FAR = 2  # times the largest of all other numbers


def _may_be_codes(column: str, rows: pd.DataFrame) -> pd.Series:
    """Which cells of a column hold a number that may be a code.

    Such a number stands at least twice and is far above all others, or at least three times and is made of nines
    and above all others; or, from 777 and of one digit, is more frequent than any.
    """
    numbers = rows[column].dropna()
    times = numbers.value_counts()
    alike = [number for number in times.index if MAY_BE_A_GAP.fullmatch(f"{number:.10g}") and times[number] > 1]
    others = times.drop(alike)
    largest, most = (others.index.max(), others.max()) if len(others) else (0, 0)
    codes = [
        number for number in alike
        if (number > FAR * largest and (number > 9 or times[number] >= OFTEN))
        or (times[number] >= OFTEN and set(f"{number:.10g}") == {"9"} and number > max(9, largest))
        or (times[number] >= OFTEN and number >= 777 and len(set(f"{number:.10g}")) == 1 and times[number] > most)
    ]  # fmt: skip
    return rows[column].isin(codes)


def _rule(place: str, example: Mapping[str, str]) -> Rule:
    table, column = place.split(".")
    words = "stands more than once, and such a number is often a code for what is not known"
    advice = f"If it is one, leave these cells empty, or name it in mapping.yml: missing: [{{{column}:.0f}}]."
    return Rule(table, column, partial(_may_be_codes, column), words, advice, WARNING, example, each=1)


UNDATED = {f"{row}.{column}": "" for row in (1, 2, 3) for column in ("start_date", "stop_date")}
EXAMPLES: Mapping[str, Mapping[str, str]] = {  # ages and doses of this kind break rules of their own
    "patients.onset_age_months": {"1.onset_age_months": "88", "2.onset_age_months": "88"},
    "patients.delay_to_systemic_months": {"1.delay_to_systemic_months": "99", "2.delay_to_systemic_months": "99"},
    "patients.total_ige_iu_per_ml": {"1.total_ige_iu_per_ml": "9999", "2.total_ige_iu_per_ml": "9999"},
    "courses.duration_days": {**UNDATED, "1.duration_days": "999", "2.duration_days": "999"},
    "courses.remission_months": {**UNDATED, "1.remission_months": "99", "2.remission_months": "99"},
    "courses.prednisolone_mg_per_day": {
        **UNDATED, **{f"{row}.{name}": text for row in (1, 2) for name, text in {
            "treatment": "SCS", "prednisolone_mg_per_day": "99"}.items()},
    },
    "courses.weight_kg": {**UNDATED, "1.weight_kg": "99", "2.weight_kg": "99"},
    "side_effects.onset_day": {
        "1.onset_day": "99", "2.onset_day": "99", "2.patient_id": "B", "2.course": "1", "2.side_effect": "headache",
    },
}  # fmt: skip
RULES = [_rule(place, example) for place, example in EXAMPLES.items()]
