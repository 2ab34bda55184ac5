"""Tables of the models of outcome on treatment, line, age and sex."""

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.layout import interval_name, rows, texts
from adreport.pages.sensitivity.models import ADJUSTED, COVARIATES, UNADJUSTED
from adreport.pages.sensitivity.patients import OUTPUT, compared_outcomes
from adreport.show.numbers import listing, p_value, ratio, span, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study.dictionary import level_label, variable_label

LEVELS = {UNADJUSTED: "treatment alone", ADJUSTED: "adjusted"}


def odds_ratios(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """Odds ratios of treatments, line, age and sex, alone and adjusted."""
    own = pick(results, output=OUTPUT, variable_level=[UNADJUSTED, ADJUSTED])
    body: list[Row] = []
    for outcome in compared_outcomes(results):
        terms = pick(own, variable=outcome, stat_name=["estimate", "conf.low", "conf.high", "p.value"])
        terms = terms[~((terms["group1"] == "treatment") & (terms["group1_level"] == ""))]
        frame = wide(terms, ["group1", "group1_level", "group2_level", "variable_level"])
        if len(frame):
            body += [Row(variable_label(outcome), kind="group"), *_term_rows(frame)]
    if not body:
        reasons = own.loc[own["method"].str.startswith("not fitted"), "method"].unique()
        return Absent(f"No model could be fitted: {'; '.join(word.removeprefix('not fitted: ') for word in reasons)}.")
    ci = interval_name(results)
    spans = ("Treatment alone", "Adjusted")
    heads = [Column(head, spanner) for spanner in spans for head in ("Odds ratio", ci, "p")]
    return Table("Odds ratios by Firth's logistic regression", "Term", heads, body, _model_notes(own), mark)


def _term_rows(frame: pd.DataFrame) -> list[Row]:
    """A line a term; the columns of its own model and of the adjusted one."""
    terms = frame.index.droplevel("variable_level").drop_duplicates()
    cells = []
    for level in (UNADJUSTED, ADJUSTED):
        known = frame.index.get_level_values("variable_level") == level
        own = frame[known].droplevel("variable_level").reindex(terms)
        limits = [span(low, high, ratio) for low, high in zip(own["conf.low"], own["conf.high"], strict=True)]
        cells += [texts(own["estimate"], ratio), limits, texts(own["p.value"], p_value)]
    return rows(map(_term_label, terms), *cells, kinds=["level"] * len(terms))


def _term_label(term: tuple[str, str, str]) -> str:
    variable, level, reference = term
    if not reference:
        units = {"line": "each further line", "age_at_start_years": "each year older at start"}
        return units[variable].capitalize()
    return f"{level_label(variable, level)} against {level_label(variable, reference).lower()}"


def _model_notes(own: pd.DataFrame) -> list[str]:
    sized = own[own["stat_name"].isin(["courses", "n_missing"]) & (own["group1_level"] == "")]
    sizes = wide(sized, ["variable", "variable_level"])
    spans = [f"{whole(size['courses'])} complete, {whole(size['n_missing'])} left out" for _, size in sizes.iterrows()]
    named = [f"{variable_label(outcome).lower()}, {LEVELS[level]}: " for outcome, level in sizes.index]
    words = [name + text for name, text in zip(named, spans, strict=True)] if len(set(spans)) > 1 else spans[:1]
    reasons = own.loc[own["method"].str.startswith("not fitted") & (own["stat_name"] == "N"), ["variable", "method"]]
    unfit = [f"{variable_label(row.variable)}: {row.method}." for row in reasons.drop_duplicates().itertuples()]
    covariates = listing([variable_label(name).lower() for name in COVARIATES])
    return [
        "Odds ratio above 1: the outcome is likelier. Reference: the treatment with most courses. Intervals and p by "
        "profile penalised likelihood, as R's logistf gives them; not adjusted for the number of terms. Adjusted for "
        f"{covariates}, as far as they vary. Very wide intervals come of few courses.",
        "The model takes the courses as independent: it answers whether line, age and sex explain the difference, not "
        "whether repeated courses of a patient do.",
        f"Courses: {'; '.join(words)}.",
        *unfit,
    ]  # fmt: skip
