"""What holds of eras and lines for any courses and any rules."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from adreport.study.eras import ADD_ON, joined, long_enough, with_lines
from pictures import NO_EVENTS, TREATMENTS, courses


@st.composite
def histories(draw):
    """Courses of some patients: any treatments, times known or not, none overlapping another of its treatment."""
    frames = []
    for patient in range(draw(st.integers(1, 4))):
        rows = []
        for treatment in TREATMENTS.values():
            at = draw(st.integers(0, 300))
            for _ in range(draw(st.integers(0, 3))):
                days = draw(st.integers(1, 200))
                rows.append((treatment, at, days))
                at += days + draw(st.integers(0, 100))
        if rows:
            frames.append(courses(*rows, patient=f"P{patient}"))
    return pd.concat(frames, ignore_index=True) if frames else courses(("cyclosporine", 0, 10))


gaps = st.one_of(st.none(), st.integers(0, 150))


@given(histories(), gaps)
def test_joining_conserves_the_days_treated(frame, gap):
    assert joined(frame, NO_EVENTS, gap)[0]["duration_days"].sum() == frame["duration_days"].sum()


@given(histories(), st.integers(0, 150))
def test_eras_of_a_treatment_lie_further_apart_than_the_gap_or_another_began_between(frame, gap):
    eras, _ = joined(frame, NO_EVENTS, gap)
    eras = eras.sort_values(["patient_id", "treatment", "start_days"])
    eras = eras.assign(stopped=eras.groupby(["patient_id", "treatment"], observed=True)["end_days"].shift())
    for era in eras.dropna(subset="stopped").itertuples():
        others = frame[(frame["patient_id"] == era.patient_id) & (frame["treatment"] != era.treatment)]["start_days"]
        between = ((others >= era.stopped) & (others < era.start_days)).any()
        assert between or era.start_days - era.stopped > gap


@given(histories(), gaps, st.randoms())
def test_the_order_of_the_rows_is_irrelevant(frame, gap, random):
    shuffled = frame.sample(frac=1, random_state=random.randint(0, 2**31))
    first, second = (with_lines(joined(rows, NO_EVENTS, gap)[0]) for rows in (frame, shuffled))
    pd.testing.assert_frame_equal(first, second)


@given(histories(), gaps, st.integers(0, 100), st.integers(1, 100))
def test_lines_count_from_one_and_each_but_the_last_has_a_step(frame, gap, shortest, combination):
    eras = with_lines(long_enough(joined(frame, NO_EVENTS, gap)[0], shortest), combination)
    for _, own in eras.groupby("patient_id"):
        assert own["line"].tolist() == [*range(1, len(own) + 1)]
        assert own["step"].notna().tolist() == [True] * (len(own) - 1) + [False]
        assert own["next_treatment"].iloc[:-1].tolist() == own["treatment"].iloc[1:].tolist()


@given(histories(), st.integers(0, 100), st.integers(0, 50))
def test_a_wider_gap_never_gives_more_eras(frame, gap, more):
    sizes = [len(joined(frame, NO_EVENTS, days)[0]) for days in (None, gap, gap + more)]
    assert sizes == sorted(sizes, reverse=True)


@given(histories(), st.integers(1, 100))
def test_each_course_but_firsts_and_add_ons_follows_exactly_one_before_it(frame, combination):
    eras = with_lines(joined(frame, NO_EVENTS, None)[0], combination)
    added = (eras["step"] == ADD_ON).sum()
    assert eras["followed_by"].notna().sum() == len(eras) - eras["patient_id"].nunique() - added
    kinds = (eras[name][eras[name] != ADD_ON].value_counts().to_dict() for name in ("step", "followed_how"))
    assert next(kinds) == next(kinds)
