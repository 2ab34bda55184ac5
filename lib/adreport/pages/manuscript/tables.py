"""Tables 1 to 4 as the published study prints them: one cell holds what belongs together."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from adreport.pages.cohort.results import CATEGORIES, NUMBERS
from adreport.pages.contract import n_of, pick, value, wide
from adreport.pages.exhibits import Results
from adreport.pages.layout import by_treatment, courses_by_treatment, overall_p, treatment_label
from adreport.pages.manuscript.printed import Key, Place, agreement, marked, printed_order
from adreport.pages.sequences.pathways import THEN, sampled
from adreport.show.numbers import NOT_RECORDED, NOTHING, n_percent, number, p_as_printed, whole
from adreport.show.parts import Absent, Column, Row, Table
from adreport.study.dictionary import abbreviations, columns, level_label, treatments, variable_label
from adreport.study.reasons import REASON, reason_label

# Shorter than this in the median, a treatment's durations are given in days.
SHORT_MONTHS = 2
MEDIAN = ["median", "iqr", "N"]
COUNT = ["n", "N"]
DAYS = "†"
# The variables whose numbers stand in each column of Table 2, and those that are compared.
VARIABLES = (
    ("courses", "patients"), ("sex",), ("age_at_start_years",), ("duration_months", "duration_days"), ("dose",),
    ("effective",), ("side_effect",), (REASON,),
)  # fmt: skip
# The columns whose cells hold a number of each of their variables.
PARTS = [names == ("courses", "patients") for names in VARIABLES]
TESTED = ("sex", "age_at_start_years", "effective", "side_effect")


def patients(results: Results) -> Table:
    """Table 1: the patients, in one column."""
    rows = results.pick(output="table1", group1="")
    body = {("", name, ""): _numbers(rows, name) for name in NUMBERS if value(rows, variable=name, stat_name="N") > 0}
    known = pick(rows, variable=CATEGORIES, variable_level="", stat_name="N")
    for name in known.loc[known["stat"] > 0, "variable"]:
        body |= _levels(pick(rows, variable=name), name)
    notes = [
        "Of those in whom it is known (n). IQR: interquartile range, by the (n+1)p rule. Listed diseases can overlap."
    ]
    heads, caption = [Column("Median (IQR) or n (%)")], "Table 1. Baseline characteristics"
    body = _in_order(body, printed_order(results, "Table 1"))
    table = Table(caption, "Characteristic (n)", heads, list(body.values()), notes, folded=False)
    return marked(results, table, "Table 1", {key: Place(at, 0) for at, key in enumerate(body)})


def _in_order(body: dict[Key, Row], printed: Sequence[tuple[str, str]]) -> dict[Key, Row]:
    """The rows in the order of print, where there is one; below them, under a head, those that are not in print."""
    variables, places = list(dict.fromkeys(name for name, _ in printed)), {one: at for at, one in enumerate(printed)}
    if not printed:
        return body
    in_print = {key: row for key, row in body.items() if key[1:] in places or (key[1] in variables and not key[2])}
    order = sorted(in_print, key=lambda key: (variables.index(key[1]), places.get(key[1:], -1) if key[2] else -1))
    others = {
        key: replace(row, label=f"{variable_label(key[1])}: {row.label.lower()}", kind="")
        if key[1] in variables
        else row
        for key, row in body.items()
        if key not in in_print
    }
    head = {("", "", ""): Row("Not in the published table", kind="group")} if others else {}
    return {key: in_print[key] for key in order} | head | others


def courses(results: Results) -> Table | Absent:
    """Table 2: the courses of each treatment and what came of them, the p-values of the comparisons last."""
    numbers = courses_by_treatment(results.rows)
    if numbers.empty:
        return Absent("There is no treatment course.")
    columns = {
        "Treatment course/ patient, n (%)": _courses_and_patients(results),
        "Female/ male (n)": _sexes(results),
        "Age at start, median (IQR) (years)": _medians(results, "age_at_start_years"),
        "Duration, median (IQR) (months)": _durations(results),
        "Dosage, median (IQR)": _doses(results),
        f"{variable_label('effective')}, n (%)": _outcome(results, "effective"),
        "Side effect, n (%)": _outcome(results, "affected_courses", "safety"),
        "Reason to terminate the treatment": _reasons(results),
    }
    order = list(numbers.index)
    body = [Row(treatment_label(code), [cells.get(code, NOT_RECORDED) for cells in columns.values()]) for code in order]
    tested = (name for name, *_ in VARIABLES)
    ps = [overall_p(results.rows, "table2", name, p_as_printed) if name in TESTED else "" for name in tested]
    heads = [Column(label, words=label.startswith(("Dosage", "Reason"))) for label in columns]
    caption = f"Table 2. Characteristics of the treatment courses (n = {whole(numbers['n'].sum())})"
    days = any(DAYS in cell for row in body for cell in row.cells)
    table = Table(caption, "Treatment", heads, [*body, Row("p", ps, "total")], _notes(results, days))
    places = {
        (code, name, ""): Place(at, column, part, variable_label(name).lower() if PARTS[column] else "")
        for at, code in enumerate([*order, ""])
        for column, names in enumerate(VARIABLES)
        for part, name in enumerate(names)
    }
    return marked(results, table, "Table 2", places)


def side_effects(results: Results) -> Table | Absent:
    """Table 3: the side effects of each treatment, how often where more than once, and their management."""
    events = results.pick(output="table3", variable="side_effect", stat_name="n")
    managed = results.pick(output="safety", variable="management", stat_name="n")
    if managed.empty and events.empty:
        return Absent("The data have no table of side effects.")
    managed = managed[managed["group2"] == "side_effect"].set_index(["group1_level", "group2_level"])["note"]
    body: list[Row] = []
    for code in courses_by_treatment(results.rows).index:
        rows = events[(events["group1_level"] == code) & (events["variable_level"] != "any")]
        body.append(Row(treatment_label(code), kind="group"))
        for row in rows.itertuples():
            times = f" ({whole(row.stat)})" if row.stat > 1 else ""
            term = f"{level_label('', row.variable_level)}{times}"
            body.append(Row(term, [managed.get((code, row.variable_level), NOT_RECORDED)], "level"))
        if rows.empty:
            body.append(Row("None recorded", [""], "level"))
    heads, notes = [Column("Management", words=True)], ["n: events, where more than one."]
    return Table("Table 3. Side effects and their management", "Side effect (n)", heads, body, notes, folded=False)


def sequences(results: Results) -> Table | Absent:
    """Table 4: each patient's treatments in order, abbreviated."""
    rows = results.pick(output="table4", variable="pathway")
    if rows.empty:
        return Absent("There is no treatment course.")
    order = [", ".join(treatments()[code].abbreviation for code in note.split(THEN)) for note in rows["note"]]
    body = [Row(patient, [text]) for patient, text in zip(rows["group1_level"], order, strict=True)]
    used = {code for note in rows["note"] for code in note.split(THEN)}
    listed, of = n_of(results.rows, output="listed", variable="patients")
    notes = [abbreviations(used)]
    notes += sampled(listed, of)
    notes += agreement(results, "Table 4", "orders")
    caption = "Table 4. Sequence of treatment for each patient"
    table = Table(caption, "Patient", [Column("Order of treatment", words=True)], body, notes, folded=False)
    return marked(results, table, "Table 4", {(row.label, "pathway", ""): Place(at, 0) for at, row in enumerate(body)})


def _numbers(rows: pd.DataFrame, name: str) -> Row:
    found = wide(pick(rows, variable=name), "variable").iloc[0]
    label = f"{columns('patients')[name].axis_label} (n = {whole(found['N'])})"
    return Row(label, [f"{_plain(found['median'])} ({_plain(found['iqr'])})"])


def _levels(rows: pd.DataFrame, name: str) -> dict[tuple[str, str, str], Row]:
    """A yes-or-no in one row; of any other variable a row a level."""
    label = f"{variable_label(name)} (n = {whole(value(rows, variable_level='', stat_name='N'))})"
    counts = wide(rows[rows["variable_level"] != ""], "variable_level")
    if list(counts.index) == ["yes", "no"]:
        return {("", name, "yes"): Row(label, [n_percent(*counts.loc["yes", COUNT], fewest=1)])}
    levels = {
        ("", name, level): Row(level_label(name, level), [n_percent(row["n"], row["N"], fewest=1)], "level")
        for level, row in counts.iterrows()
    }
    return {("", name, ""): Row(label, kind="group"), **levels}


def _courses_and_patients(results: Results) -> dict[str, str]:
    both = [by_treatment(results.rows, name, COUNT) for name in ("courses", "patients")]
    return {code: "/".join(n_percent(*frame.loc[code, COUNT], fewest=1) for frame in both) for code in both[0].index}


def _sexes(results: Results) -> dict[str, str]:
    rows = results.pick(output="table2", group1="treatment", variable="sex", stat_name="n")
    counts = wide(rows[rows["group1_level"] != ""], "group1_level", "variable_level").fillna(0)
    return {code: "/".join(map(whole, row[["female", "male"]])) for code, row in counts.iterrows()}


def _medians(results: Results, variable: str, decimals: int = 1) -> dict[str, str]:
    frame = by_treatment(results.rows, variable, MEDIAN)
    few = results.settings.min_courses
    return {code: _median(row, few, decimals) for code, row in frame.iterrows() if row["N"] > 0}


def _durations(results: Results) -> dict[str, str]:
    months, days = (by_treatment(results.rows, f"duration_{unit}", MEDIAN) for unit in ("months", "days"))
    few = results.settings.min_courses
    return {
        code: f"{_median(days.loc[code], few)}{DAYS}" if row["median"] < SHORT_MONTHS else _median(row, few)
        for code, row in months.iterrows() if row["N"] > 0
    }  # fmt: skip


def _doses(results: Results) -> dict[str, str]:
    """Median and IQR with their unit; of at most `min_courses` courses the range."""
    rows = results.pick(output="table2", group1="treatment", variable="dose")
    units = rows.drop_duplicates("group1_level").set_index("group1_level")["unit"]
    frame = by_treatment(results.rows, "dose", [*MEDIAN, "min", "max"])
    loading = _loading_doses(results)
    cells = {code: NOTHING for code in frame.index if not treatments()[code].dose_unit}
    for code, row in frame[frame["N"] > 0].iterrows():
        low, high = _plain(row["min"], 2), _plain(row["max"], 2)
        few = row["N"] <= results.settings.min_courses
        given = (low if low == high else f"{low}–{high}") if few else _median(row, 0, 2)
        cells[code] = f"{loading.get(code, '')}{given} {units[code]}".replace("m2", "m²")
    return cells


def _loading_doses(results: Results) -> dict[str, str]:
    """What stands before the dose of treatments that begin with a larger one."""
    rows = results.pick(output="table2", group1="treatment", variable="loading_dose", stat_name="median")
    return {
        code: f"{_plain(median, 2)} {unit} loading, then "
        for code, median, unit in zip(rows["group1_level"], rows["stat"], rows["unit"], strict=True)
    }


def _outcome(results: Results, variable: str, output: str = "table2") -> dict[str, str]:
    frame = by_treatment(results.rows, variable, COUNT, output)
    return {code: n_percent(*row, fewest=1) for code, row in frame.iterrows() if row["N"] > 0}


def _reasons(results: Results) -> dict[str, str]:
    rows = results.pick(output="table2", group1="treatment", variable=REASON, stat_name="n")
    rows = rows[rows["stat"] > 0].sort_values("stat", ascending=False, kind="stable")
    said = rows["stat"].map(whole) + " " + rows["variable_level"].map(lambda reason: reason_label(reason).lower())
    return {str(code): "; ".join(words) for code, words in said.groupby(rows["group1_level"])}


def _median(row: pd.Series, few: int, decimals: int = 1) -> str:
    middle = _plain(row["median"], decimals)
    return middle if row["N"] < few or math.isnan(row["iqr"]) else f"{middle} ({_plain(row['iqr'], decimals)})"


def _plain(number_: float, decimals: int = 1) -> str:
    """A number without the zeros at its end: 12, 8.7."""
    text = number(number_, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _notes(results: Results, days: bool) -> Sequence[str]:
    few = results.settings.min_courses
    tests = "; ".join(_methods(results))
    in_days = [f"{DAYS} In days: the median is below {SHORT_MONTHS} months."] if days else []
    return [
        *in_days,
        f"IQR: interquartile range, by the (n+1)p rule; not given for fewer than {few} courses. Doses of at most {few} "
        "courses: the range.",
        *results.scale.legend,
        *([f"p: treatments with at least {few} courses, courses as independent: {tests}."] if tests else []),
    ]


def _methods(results: Results) -> list[str]:
    names = {"sex": "sex", "age_at_start_years": "age", "effective": "effectiveness", "side_effect": "side effects"}
    rows = results.pick(output="table2", group1_level="", variable=list(names), stat_name="p.value")
    return [f"{names[row.variable]}, {row.method}" for row in rows.itertuples()]
