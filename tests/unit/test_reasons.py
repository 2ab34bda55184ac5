"""Discontinuation reasons: their groups and letters."""

from dataclasses import replace

import pytest

from adreport.study import dictionary, reasons
from adreport.study.faults import ParameterFault


def test_a_group_that_does_not_exist_is_named_with_those_that_do(monkeypatch):
    courses = dict(dictionary.columns("courses"))
    courses[reasons.REASON] = replace(courses[reasons.REASON], groups={"financial": "money"})
    monkeypatch.setattr(reasons, "columns", lambda table: courses)
    with pytest.raises(ParameterFault, match="“money”, the group of financial, is not a group. Possible: failure, "):
        reasons.group_of("financial")


def test_every_reason_has_one_letter():
    letters = reasons.letters()
    assert list(letters) == list(reasons.reasons())
    assert len(set(letters.values())) == len(letters)
