"""How often tests find what is not there, in few replications; docs/sizes.md has many."""

import numpy as np
import pytest

import sizes


@pytest.fixture(scope="module")
def step_up():
    """40 patients who have another course in 90% after a failure and in 15% after a response."""
    return rejections(sizes.CONTINUATION["40 | 0 | 90%, 15%"], sizes.OUTCOME_TESTS, 150)


def rejections(situation, chosen, replications):
    return {name: below / run for name, (below, run) in sizes.sizes(situation, chosen, replications).items()}


def test_first_courses_and_the_model_keep_their_level_where_the_next_course_follows_on_failure(step_up):
    assert step_up["first courses"] <= 0.08
    assert step_up["model of repeated courses"] <= 0.08


def test_a_permutation_within_patients_does_not(step_up):
    assert step_up["within patients"] > 0.15


def test_where_patients_differ_too_only_counting_courses_as_independent_fails():
    chosen = {name: sizes.OUTCOME_TESTS[name] for name in ("all courses", "first courses", "model of repeated courses")}
    shares = rejections(sizes.CONTINUATION["150 | 1.5 | 90%, 15%"], chosen, 150)
    assert shares["all courses"] > 0.15
    assert max(shares["first courses"], shares["model of repeated courses"]) <= 0.08


def test_the_log_rank_test_of_small_groups_keeps_its_level_when_permuted():
    shares = rejections(sizes.GROUPS["25, 21, 12, 7, 6, 5 | 0%"], sizes.GROUP_TESTS, 300)
    assert shares["log-rank, permuted"] <= 0.08 < shares["log-rank, chi-square"] + 0.02


def test_a_clinic_is_as_described():
    rng = np.random.default_rng(0)
    courses = sizes.clinic(rng, 4000, after=sizes.STEP_UP)
    last = np.append(courses.patient[1:] != courses.patient[:-1], True)
    third = courses.line == sizes.TREATMENTS
    followed = [1 - last[~third & (courses.outcome == answer)].mean() for answer in (0, 1)]
    assert followed == pytest.approx(sizes.STEP_UP, abs=0.03)
    assert courses.outcome.mean() == pytest.approx(sizes.RATE, abs=0.02)
