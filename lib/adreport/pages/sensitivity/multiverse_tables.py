"""Table of the test over all treatments by every combination of choices."""

import math

import pandas as pd

from adreport.pages.contract import pick, wide
from adreport.pages.layout import methods, rows
from adreport.pages.sensitivity.multiverse import DEFINITIONS, FEW, OUTPUT, PUBLISHED, SPECIFICATIONS
from adreport.show.numbers import p_value, whole
from adreport.show.parts import Absent, Column, Table
from adreport.study.dictionary import variable_label

COUNTED = {"all": "All", "first": "First", "last": "Last"}


def specifications(results: pd.DataFrame, mark: str = "") -> Table | Absent:
    """The test over all treatments by every combination of choices."""
    own = pick(results, output=OUTPUT, group1_level="", stat_name=["N", "p.value"])
    if not (own["stat_name"] == "p.value").any():
        return Absent()
    frame = wide(own, "variable_level", ["variable", "stat_name"])
    labels, words, kinds = [], [], []
    published = set(own.loc[own["method"].str.endswith(PUBLISHED), "variable_level"])
    for specification in SPECIFICATIONS:
        for few in FEW:
            code = f"{specification.code}, few {few}"
            missing = {"excluded": "excluded", "failure": "no response"}[specification.missing]
            labels.append(f"{COUNTED[specification.courses]}{' (as published)' if code in published else ''}")
            numbers = [frame.get((DEFINITIONS[0], "N"), {}).get(code, math.nan)]
            numbers += [frame.get((name, "p.value"), {}).get(code, math.nan) for name in DEFINITIONS]
            words.append([missing, specification.rescue, few, whole(numbers[0]), *map(p_value, numbers[1:])])
            kinds.append("notable" if code in published else "")
    heads = [
        Column("Missing response", words=True), Column("Rescue courses"), Column("Treatments with few courses"),
        Column("Courses"), *(Column(variable_label(name), "p") for name in DEFINITIONS),
    ]  # fmt: skip
    notes = [f"Each p two-sided, over all treatments counted, not adjusted; {methods(own)}. "
             "Bold: the published choice, with its p for overall effectiveness."]  # fmt: skip
    body = rows(labels, *zip(*words, strict=True), kinds=kinds)
    return Table("p of every combination", "Courses of each patient", heads, body, notes, mark)
