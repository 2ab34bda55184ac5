"""Response, discontinuation reason and side effects of each course; sex and status of each patient.

The counts per treatment are Table 2's. Two regularities of that table are kept as
rules: as many courses end in remission as reach PGA 2, and as many end for
unresponsiveness as stay at PGA 0, in every treatment but three, listed below.
"""

from functools import partial

import numpy as np
import pandas as pd
from ortools.sat.python import cp_model

from reconstruction.published import Published

SEED = 2024
LAST_COURSE_ONLY = {"ongoing", "lost_to_follow_up", "remission"}
FOLLOWED_COURSE_ONLY = {"insufficient_response", "side_effect", "patient_decision", "financial"}
STATUS_OF_REASON = {
    "ongoing": "on_treatment",
    # The paper has one omalizumab course replaced with dupilumab and one patient on
    # dupilumab at data lock; Table 4 has neither. They are taken for the same patient.
    "switched": "on_treatment",
    "lost_to_follow_up": "lost_to_follow_up",
}


def assign_responses(courses: pd.DataFrame, published: Published) -> pd.DataFrame:
    """Add `response`, `discontinuation_reason` and `has_side_effect` to each course."""
    model = cp_model.CpModel()
    reason = _one_level_each(
        model, courses, lambda treatment: list(published.levels("table2", "discontinuation_reason", treatment))
    )
    response = _one_level_each(model, courses, lambda treatment: [0, 1, 2])
    affected = [model.new_bool_var("") for _ in courses.index]
    _match_table2(model, courses, published, reason, response, affected)
    _keep_reasons_plausible(model, courses, reason)
    _link_response_to_reason(model, courses, reason, response)
    _link_side_effects(model, courses, reason, response, affected)
    _prefer_at_random(model, affected + [flag for levels in reason for flag in levels.values()])
    solver = solve(model)
    return courses.assign(
        response=[_chosen(solver, levels) for levels in response],
        discontinuation_reason=[_chosen(solver, levels) for levels in reason],
        has_side_effect=[bool(solver.value(flag)) for flag in affected],
    )


def _prefer_at_random(model, flags) -> None:
    """Take one of the many assignments at random instead of the first in order of patients."""
    draw = np.random.default_rng(SEED)
    model.maximize(sum(int(draw.integers(100)) * flag for flag in flags))


def solve(model: cp_model.CpModel, **parameters) -> cp_model.CpSolver:
    """Solve with one worker and a fixed seed, so that every run gives the same solution."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    for name, setting in parameters.items():
        setattr(solver.parameters, name, setting)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise RuntimeError(f"no reconstruction found: {solver.status_name(status)}")
    return solver


def _one_level_each(model, courses, levels_of) -> list[dict]:
    """One Boolean a level for each course, of which exactly one holds."""
    choices = []
    for treatment in courses["treatment"]:
        choices.append({level: model.new_bool_var("") for level in levels_of(treatment)})
        model.add_exactly_one(choices[-1].values())
    return choices


def _chosen(solver, levels: dict):
    return next(level for level, flag in levels.items() if solver.value(flag))


def _match_table2(model, courses, published, reason, response, affected) -> None:
    for treatment, group in courses.groupby("treatment"):
        count = partial(published.count, "table2", treatment=treatment)
        for level in reason[group.index[0]]:
            model.add(sum(reason[i][level] for i in group.index) == count("discontinuation_reason", level))
        model.add(sum(response[i][0] for i in group.index) == len(group) - count("effective"))
        model.add(sum(response[i][2] for i in group.index) == count("significant"))
        model.add(sum(affected[i] for i in group.index) == count("side_effect"))


def _keep_reasons_plausible(model, courses, reason) -> None:
    """Which reasons may end a patient's last course, and which only an earlier one."""
    for i, is_last in courses["is_last"].items():
        for level, flag in reason[i].items():
            joined = courses["treatment"][i] == "immunoglobulin" and level == "ongoing"
            if level in LAST_COURSE_ONLY and not is_last and not joined:
                model.add(flag == 0)
            if level in FOLLOWED_COURSE_ONLY and is_last:
                model.add(flag == 0)
            if joined:
                _join_methotrexate(model, courses, reason, i)


def _join_methotrexate(model, courses, reason, i) -> None:
    """Ongoing immunoglobulin is combined with an ongoing methotrexate that follows it directly."""
    follows = i + 1 in courses.index and courses["patient_id"][i + 1] == courses["patient_id"][i]
    if follows and courses["treatment"][i + 1] == "methotrexate" and courses["is_last"][i + 1]:
        model.add_implication(reason[i]["ongoing"], reason[i + 1]["ongoing"])
    else:
        model.add(reason[i]["ongoing"] == 0)


def _link_response_to_reason(model, courses, reason, response) -> None:
    """Remission is PGA 2, unresponsiveness is PGA 0, and the reverse.

    Exceptions: omalizumab's PGA 2 has no remission (it goes on), one more
    methotrexate course than ended for unresponsiveness stayed at PGA 0 (it was
    lost to follow-up), and dupilumab at PGA 0 was stopped for its cost.
    """
    for i, treatment in courses["treatment"].items():
        never = model.new_constant(0)
        if treatment == "omalizumab":
            model.add_implication(response[i][2], reason[i]["ongoing"])
        else:
            model.add(response[i][2] == reason[i].get("remission", never))
        failed = reason[i].get("unresponsiveness", never)
        if treatment == "methotrexate":
            model.add(response[i][0] == failed + reason[i]["lost_to_follow_up"])
        elif treatment == "dupilumab":
            model.add(response[i][0] == reason[i]["financial"])
        else:
            model.add(response[i][0] == failed)


def _link_side_effects(model, courses, reason, response, affected) -> None:
    """Courses stopped for a side effect have one; phototherapy aggravated a course without effect.

    One of the two cyclosporine courses stopped for side effects is that of a child of
    3 years, so it is a patient's first; the other is not.
    """
    stopped_first = []
    for i, levels in enumerate(reason):
        if "side_effect" in levels:
            model.add_implication(levels["side_effect"], affected[i])
            if courses["is_first"][i]:
                stopped_first.append(levels["side_effect"])
    model.add(sum(stopped_first) == 1)
    phototherapy = courses.index[courses["treatment"] == "phototherapy"]
    aggravated = []
    for i in phototherapy:
        aggravated.append(model.new_bool_var(""))
        model.add_implication(aggravated[-1], affected[i])
        model.add_implication(aggravated[-1], response[i][0])
    model.add(sum(aggravated) == 1)


def assign_status(courses: pd.DataFrame, published: Published) -> pd.Series:
    """Status at data lock of each patient, from the reason that ended the last course.

    The text has one patient more lost than courses ended for loss: a patient whose
    last course ended for unresponsiveness fits best. Those left are in remission.
    """
    last = courses[courses["is_last"]].set_index("patient_id")["discontinuation_reason"]
    status = last.map(STATUS_OF_REASON)
    missing = (
        published.count("table1", "status_at_data_lock", "lost_to_follow_up") - (status == "lost_to_follow_up").sum()
    )
    unresponsive = last.index[last == "unresponsiveness"]
    status[unresponsive[:missing]] = "lost_to_follow_up"
    return status.fillna("topical_remission").rename("status_at_data_lock")


def assign_sex(courses: pd.DataFrame, published: Published) -> pd.Series:
    """Sex of each patient, so that every treatment has Table 2's girls and boys.

    Poor and significant responses are shared out between the sexes as evenly as these
    counts allow, because the paper found no relation of response and sex.
    """
    model = cp_model.CpModel()
    female = {patient: model.new_bool_var("") for patient in courses["patient_id"].unique()}
    model.add(sum(female.values()) == published.count("table1", "sex", "female"))
    for treatment, group in courses.groupby("treatment"):
        model.add(
            sum(female[patient] for patient in group["patient_id"])
            == published.count("table2", "sex", "female", treatment)
        )
    model.minimize(sum(_unevenness(model, courses, female, response) for response in (0, 2)))
    solver = solve(model)
    return pd.Series(
        {patient: "female" if solver.value(flag) else "male" for patient, flag in female.items()}, name="sex"
    )


def _unevenness(model, courses, female, response):
    """Distance of the girls' number of such responses from half of them."""
    patients = courses.loc[courses["response"] == response, "patient_id"]
    distance = model.new_int_var(0, 2 * len(patients), "")
    model.add_abs_equality(distance, 2 * sum(female[p] for p in patients) - len(patients))
    return distance
