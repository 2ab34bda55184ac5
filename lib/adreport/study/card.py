"""A study as a notebook shows it: a card with what it holds and how it was selected."""

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from adreport.study.model import Study

ROWS = 3
COLUMNS = ("patient_id", "course", "treatment", "age_at_start_years", "duration_days", "response", "line")


def card(study: "Study") -> str:
    """The card of a study as HTML: its size, its span of time, its filters and rules, and its first courses."""
    facts = {
        "Data": study.given or study.source,
        "Patients": len(study.patients),
        "Treatment courses": len(study.courses),
        "Rescue courses": len(study.rescue_courses),
        "Side effects": len(study.side_effects) if study.side_effects_recorded else "not recorded",
        "Span": _span(study.courses),
        "Response": study.response.effective_label,
        "Filters": str(study.selection) or "none",
        "Rules": str(study.rules) if study.rules else "the defaults",
        "Warnings": len(study.warnings),
    }
    left = "style='text-align: left'"
    lines = (f"<tr><th {left}>{name}</th><td {left}>{escape(str(value))}</td></tr>" for name, value in facts.items())
    notice = f"<p>{escape(study.notice)}</p>" if study.notice else ""
    first = study.courses[[name for name in COLUMNS if name in study.courses]].head(ROWS)
    listed = first.to_html(index=False, border=0, na_rep="", float_format="{:g}".format)
    return f"<div><h4>{escape(study.title or 'Study')}</h4>{notice}<table>{''.join(lines)}</table>{listed}</div>"


def _span(courses: pd.DataFrame) -> str:
    """The dates between which courses started or, where there are none, the ages."""
    dates, ages = courses["start_date"].dropna(), courses["age_at_start_years"].dropna()
    if len(dates):
        return f"courses started from {dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}"
    return f"courses started at ages {ages.min():g} to {ages.max():g} years" if len(ages) else "not recorded"
