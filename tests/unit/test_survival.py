"""The survival page: its numbers against R 4.2.2 (survival 3.5-3), its rows, words, tables and figures."""

import re
import shutil
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from adreport import analyse, read_study
from adreport.pages import survival as page
from adreport.pages.contract import pick, statistics, table, value
from adreport.pages.counting import FIRST_COURSE, compared_courses, first_courses
from adreport.pages.exhibits import Results, Settings, counted
from adreport.pages.survival import curves, figures, horizons, remission, tables, words
from adreport.pages.survival import results as survival
from adreport.pages.survival.horizons import Horizon
from adreport.show.parts import Absent, Figure, Table
from adreport.stats.curves import life_table
from adreport.study import dictionary, paths, reasons
from adreport.study.courses import ended
from adreport.study.model import RECONSTRUCTED
from adreport.study.paths import COHORT, DATA
from studies import cohort, written

REASON = "discontinuation_reason"
THREE_YEARS = (*horizons.HORIZONS, Horizon(1095, "3 years", 36))


@pytest.fixture(scope="module")
def study():
    return read_study(COHORT)


@pytest.fixture(scope="module")
def results(study):
    return analyse(page, study)


def of_courses(study, **columns):
    """The study with these columns of its courses changed."""
    return replace(study, courses=study.courses.assign(**columns))


def html(part):
    """A part as HTML, of a figure its words and wide drawing."""
    return f"{part.data}" if isinstance(part, Figure) else part._repr_html_()


def parts(results):
    """Everything that the page shows."""
    return [part for exhibit in page.EXHIBITS for part in exhibit.parts(results)]


def test_the_cohort_has_the_drug_survival_of_r(results):
    # > c <- read.csv("data/cohort/courses.csv")      # less the 12 rescue courses of corticosteroids
    # > c$event <- !(c$discontinuation_reason %in% c("ongoing", "lost_to_follow_up"))
    # > summary(survfit(Surv(duration_days, event) ~ 1, subset(c, treatment == "cyclosporine")), times=365)
    rows = results.pick(output="survival", group1_level="cyclosporine", variable="drug_survival")
    year = [value(rows, variable_level="365", stat_name=name) for name in ("estimate", "conf.low", "conf.high", "N")]
    assert year == pytest.approx([0.463794871794872, 0.293072325413022, 0.733967913210763, 9])
    assert [value(rows, variable_level="", stat_name=name) for name in ("median", "conf.low", "N")] == [335, 305, 25]
    assert np.isnan(value(rows, variable_level="", stat_name="conf.high"))
    # > k <- c$treatment %in% names(which(table(c$treatment) >= 5))
    # > survdiff(Surv(duration_days, event) ~ treatment, c[k,])
    overall = results.pick(group1_level="", variable="drug_survival")
    assert value(overall, stat_name="statistic") == pytest.approx(81.7969062353805)
    assert (value(overall, stat_name="parameter"), value(overall, stat_name="N")) == (5, 76)


def test_the_cohort_has_the_cumulative_incidence_of_r(results):
    # > x <- subset(c, treatment == "cyclosporine")
    # > fa <- relevel(factor(ifelse(x$event, x$discontinuation_reason, "cens")), "cens")
    # > summary(survfit(Surv(duration_days, fa) ~ 1, x), times=730)     # remission
    rows = results.pick(group1_level="cyclosporine", variable="cumulative_incidence", variable_level="730")
    remission = pick(rows, group2=REASON, group2_level="remission")
    found = [value(remission, stat_name=name) for name in ("estimate", "conf.low", "conf.high", "N")]
    assert found == pytest.approx([0.242203988603989, 0.102414712241446, 0.572796337672476, 2])


def shares_add_up(results):
    """Whether the shares of reasons, and of groups of reasons, add up to one with survival on every horizon."""
    estimates = results.pick(output="survival", stat_name="estimate")
    lasting = pick(estimates, variable="drug_survival").set_index(["group1_level", "variable_level"])["stat"]
    for group2 in (REASON, survival.GROUP):
        ended = pick(estimates, group2=group2).groupby(["group1_level", "variable_level"])["stat"].sum()
        assert (ended + lasting).to_numpy() == pytest.approx(np.ones(len(lasting)))
    return len(lasting) > 0


def test_reasons_groups_and_survival_add_up_to_one(results):
    assert shares_add_up(results)


def test_each_reason_stands_in_one_group_or_censors():
    in_groups = [reason for members in reasons.competing().values() for reason in members]
    assert sorted([*in_groups, *reasons.censored()]) == sorted([*reasons.reasons(), reasons.NOT_RECORDED])


def forget_dictionary():
    for remembered in (dictionary.columns, dictionary.treatments, reasons.reasons, reasons.letters):
        remembered.cache_clear()


@pytest.fixture
def pregnancy(tmp_path, monkeypatch, request):
    """A dictionary with the reason "pregnancy", in the group that a test names, or in none."""
    for name in ("dictionary.csv", "treatments.csv"):
        shutil.copy(DATA / name, tmp_path / name)
    path = tmp_path / "dictionary.csv"
    text = path.read_text(encoding="utf-8").replace(
        "lost_to_follow_up=Lost", "pregnancy=Pregnancy;lost_to_follow_up=Lost"
    )
    if request.param:
        text = text.replace(f"{request.param}=", f"{request.param}=pregnancy|", 2).replace(
            "side_effect=pregnancy|Side", "side_effect=Side"
        )
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(paths, "DATA", tmp_path)
    forget_dictionary()
    yield request.param
    monkeypatch.undo()
    forget_dictionary()


@pytest.mark.parametrize("pregnancy", ["", "decision", "precaution", "good_end"], indirect=True)
def test_a_reason_that_a_clinic_adds_keeps_every_course_in_the_risk_set(pregnancy, results, tmp_path):
    courses = cohort()["courses"]
    ended = courses[REASON].isin(["prevent_side_effects", "unresponsiveness"])
    folder = written(tmp_path / "clinic", courses=courses.assign(**{REASON: courses[REASON].mask(ended, "pregnancy")}))
    assert reasons.group_of("pregnancy") == (pregnancy or reasons.OTHER)
    changed = analyse(page, read_study(folder))
    assert shares_add_up(changed)
    lasting = {"output": "survival", "variable": "drug_survival", "stat_name": ["N", "estimate"]}
    assert changed.pick(**lasting)["stat"].tolist() == results.pick(**lasting)["stat"].tolist()
    assert "pregnancy" in str([row.label for row in tables.reasons(changed).rows]).lower()


@pytest.mark.parametrize("pregnancy", ["censored"], indirect=True)
def test_a_reason_that_censors_has_its_column_and_its_place_in_the_sentence(pregnancy, tmp_path):
    courses = cohort()["courses"]
    moved = courses[REASON].replace("remission", "pregnancy")
    changed = analyse(page, read_study(written(tmp_path / "clinic", courses=courses.assign(**{REASON: moved}))))
    assert shares_add_up(changed)
    assert [column.label for column in tables.medians(changed).columns][5:8] == [
        "Pregnancy",
        "Lost to follow-up",
        "Ongoing",
    ]
    assert re.search(r"are censored: \d+ pregnancy, 5 lost to follow-up and 13 ongoing", str(words.followed(changed)))


def test_beyond_the_longest_course_there_is_an_estimate_only_if_it_ended(results):
    # The longest course of methotrexate (528 days) is ongoing; that of omalizumab (304 days) ended, after two shorter
    # ones were censored; all of phototherapy ended.
    at_end = results.pick(output="survival", variable="drug_survival", variable_level="730")
    known = {"methotrexate": [0, np.nan], "phototherapy": [0, 0], "omalizumab": [0, 0]}
    for code, expected in known.items():
        rows = pick(at_end, group1_level=code)
        assert [value(rows, stat_name=name) for name in ("N", "estimate")] == pytest.approx(expected, nan_ok=True)
        assert pick(rows, stat_name=["conf.low", "conf.high"]).empty
    cells = {row.label: [cell.strip("\u2007") for cell in row.cells[-3:]] for row in tables.fixed_times(results).rows}
    assert (cells["Phototherapy"], cells["Methotrexate"]) == (["0", "–", "0"], ["–", "–", "0"])
    assert cells["Omalizumab"] == ["–", "–", "0"]  # of three courses


def test_a_treatment_whose_longest_course_ended_was_followed_for_a_year(study):
    only = analyse(page, study.select("phototherapy"), min_courses=1)
    assert str(words.still_on_treatment(only)) == "No course of phototherapy lasted one year."
    lost = of_courses(study.select("phototherapy"), discontinuation_reason="ongoing")
    assert str(words.still_on_treatment(analyse(page, lost))) == "No course of phototherapy was followed for one year."


def test_of_few_courses_nothing_is_estimated(study, results):
    few = analyse(page, study.select("omalizumab"), min_courses=1)
    sentence = "No treatment has enough courses of known duration (at least 5)."
    assert {str(say(few)) for say in (words.still_on_treatment, words.medians, words.reasons)} == {sentence}
    assert isinstance(figures.drug_survival(few), Absent)
    named = "omalizumab (3), dupilumab (1) and mycophenolate mofetil (1)"
    note = f"Not drawn, with fewer than 5 courses of known duration: {named}."
    for draw in (figures.drug_survival, figures.cumulative_incidence):
        assert draw(results).footnotes[-1] == note


def test_a_course_without_a_reason_ended_if_something_shows_it(tmp_path):
    # P01 has cyclosporine (315 days), then azathioprine (45 days), the last.
    courses = cohort()["courses"]
    blank = courses.assign(**{REASON: courses[REASON].mask(courses["patient_id"] == "P01", "")})
    changed = read_study(written(tmp_path, courses=blank))
    followed = survival.followed(changed)
    assert followed.loc[followed["patient_id"] == "P01", "end"].tolist() == ["not_recorded", "ongoing"]
    results = analyse(page, changed)
    rows = results.pick(group1_level="cyclosporine", variable="reason_unknown")
    assert (value(rows, stat_name="n"), value(rows, stat_name="N")) == (1, 25)
    assert "In 2 courses no reason is recorded" in str(words.followed(results))


def test_courses_of_unknown_duration_are_left_out_and_counted(tmp_path):
    courses = cohort()["courses"]
    unknown = courses["duration_days"].mask(courses["patient_id"] == "P01", "")
    results = analyse(page, read_study(written(tmp_path, courses=courses.assign(duration_days=unknown))))
    rows = results.pick(group1_level="cyclosporine", output="survival")
    assert value(rows, variable="duration_unknown", stat_name="n") == 1
    assert value(rows, variable="drug_survival", variable_level="", stat_name="N") == 24
    # P01's cyclosporine had ended, its azathioprine was lost to follow-up.
    assert "2 courses of unknown duration, 1 of which had ended, had to be left out." in str(words.followed(results))


DEGENERATE = {
    "one course": lambda courses: courses.head(1),
    "one patient": lambda courses: courses[courses["patient_id"] == "P29"],
    "nobody stopped": lambda courses: courses.assign(discontinuation_reason="ongoing"),
    "all stopped for one reason": lambda courses: courses.assign(discontinuation_reason="remission"),
    "all on one day": lambda courses: courses.assign(duration_days=100.0),
    "all on the first day": lambda courses: courses.assign(duration_days=0.0),
    "all after the last horizon": lambda courses: courses.assign(duration_days=5000.0),
    "no durations": lambda courses: courses.assign(duration_days=np.nan),
    "no reasons": lambda courses: courses.assign(discontinuation_reason=None),
    "one treatment": lambda courses: courses[courses["treatment"] == "methotrexate"],
    "one course a patient": lambda courses: courses.drop_duplicates("patient_id"),
}


@pytest.mark.parametrize("change", DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_data_give_finite_numbers_and_no_warning(study, change):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = analyse(page, replace(study, courses=change(study.courses)))
        shown = parts(results)
    assert np.isfinite(results.rows["stat"]).all()
    assert not results.rows.duplicated(["output", "group1_level", "group2", "group2_level", "variable",
                                        "variable_level", "stat_name"]).any()  # fmt: skip
    shares = results.pick(stat_name=["estimate", "conf.low", "conf.high"], variable_level=["0", "365", "730"])
    assert shares["stat"].between(0, 1).all()
    for part in shown:
        assert not re.search(r"\bnan\b", html(part), re.IGNORECASE)


@pytest.mark.parametrize("change", ["one treatment", "nobody stopped"])
def test_treatments_that_cannot_differ_are_not_tested_and_say_why(study, change):
    results = analyse(page, replace(study, courses=DEGENERATE[change](study.courses)))
    overall = results.pick(group1_level="", variable=["drug_survival", "drug_survival_within_patients"])
    assert set(overall["stat_name"]) == {"N"}
    assert set(overall["method"]) == {"not tested"}
    assert overall["note"].ne("").all()


def test_methods_are_names_and_what_is_said_of_them_is_a_note(results):
    tested = results.pick(group1_level="", stat_name="p.value").set_index("variable")
    first, permuted = ", first course of each patient only", "log-rank scores, treatments permuted"
    assert tested["method"].to_dict() == {
        "drug_survival_within_patients": f"{permuted} within patients",
        "drug_survival": "log-rank",
        "drug_survival_permuted": permuted,
        "drug_survival_first_courses": f"log-rank{first}",
        "drug_survival_first_courses_permuted": f"{permuted}{first}",
    }
    assert tested.loc["drug_survival_within_patients", "note"].startswith("22 patients carry the information; 20,000 ")
    assert results.pick(stat_name="median", variable="drug_survival")["unit"].eq("days").all()
    assert results.pick(variable="remission_months")["unit"].eq("months").all()


def test_log_log_limits_stand_beside_those_of_r_s_default(results):
    # > s <- survfit(Surv(duration_days, event) ~ 1, subset(c, treatment == "cyclosporine"), conf.type="log-log")
    # > summary(s, times=365)[c("lower","upper")]; summary(s)$table[c("0.95LCL","0.95UCL")]
    rows = results.pick(output="survival", group1_level="cyclosporine", variable="drug_survival_log_log")
    year, median = (pick(rows, variable_level=level).set_index("stat_name")["stat"] for level in ("365", ""))
    assert year.to_dict() == pytest.approx({"conf.low": 0.2474907994945, "conf.high": 0.6552497935429})
    assert median.to_dict() == {"conf.low": 182, "conf.high": 560}
    assert set(rows["method"]) == {"Kaplan-Meier, Greenwood, log-log, 95%"}
    cells = {row.label: [cell.strip("\u2007") for cell in row.cells] for row in tables.fixed_times(results).rows}
    assert cells["Cyclosporine"][6:9] == ["46", "25–66", "9"]
    assert cells["Dupilumab"] == ["–", "–", "1"] + ["–", "–", "0"] * 3  # one course
    shown = {row.label: [cell.strip("\u2007") for cell in row.cells] for row in tables.medians(results).rows}
    assert shown["Cyclosporine"][1:4] == ["11.0", "6.0", "18.4"]
    assert shown["Phototherapy"][1:4] == ["3.0", "1.6", "NR"]  # c(48, NA)
    assert shown["Dupilumab"][1:4] == ["–", "–", "–"]


def test_the_band_of_the_figure_has_the_limits_of_the_table(results):
    curve = figures._curves(survival.printed(results, output="curves"), "stat_name", pd.Series({"cyclosporine": 25}))
    curve = curve["cyclosporine"]
    at_year = curve[curve.index <= 365].iloc[-1]
    assert at_year[["conf.low", "conf.high"]].tolist() == pytest.approx([0.2474907994945, 0.6552497935429])


def test_follow_up_is_that_of_r(results):
    # > summary(survfit(Surv(duration_days, !event) ~ 1, c, conf.type="log-log"))$table     # 581, 401, NA
    rows = results.pick(variable="follow_up", group1="")
    assert dict(zip(rows["stat_name"], rows["stat"], strict=True)) == {"N": 81, "median": 581, "conf.low": 401}
    assert set(rows["method"]) == {"reverse Kaplan-Meier, Greenwood, log-log, 95%"}
    assert results.pick(variable="start_year").empty  # the cohort has no dates


def test_years_of_start_are_said_where_there_are_dates(study):
    dates = pd.to_datetime(["2014-05-01"] * 80 + ["2021-03-01"])
    dated = analyse(page, of_courses(study, start_date=dates))
    assert str(words.followed(dated)).endswith("Courses started in 2014 to 2021.")
    one_year = analyse(page, of_courses(study, start_date=dates[0]))
    assert str(words.followed(one_year)).endswith("Courses started in 2014.")


def test_courses_lost_to_follow_up_may_be_taken_as_ended(study, results):
    # > c$end2 <- c$discontinuation_reason != "ongoing"; s <- survfit(Surv(duration_days, end2) ~ treatment, c)
    # > summary(s)$table[,"median"]; summary(s, times=365, extend=TRUE)$surv      # of azathioprine 152, 5/12
    rows = results.pick(variable="drug_survival_lost_as_ended")
    found = {code: value(rows, group1_level=code, stat_name="median") for code in ("azathioprine", "cyclosporine")}
    assert found == {"azathioprine": 152, "cyclosporine": 315}
    share = pick(rows, variable_level="365", stat_name="estimate").set_index("group1_level")["stat"]
    assert share[["azathioprine", "cyclosporine"]].tolist() == pytest.approx([0.4166666666667, 0.4365128205128])
    assert str(words.other_choices(results)) == (
        "If the 5 courses lost to follow-up had ended when last seen, medians would be: cyclosporine 10.3 instead of "
        "11.0 and azathioprine 5.0 instead of 5.4."
    )
    nobody = analyse(page, of_courses(study, discontinuation_reason="remission"))
    assert str(words.other_choices(nobody)) == "No course of known duration was lost to follow-up."


def test_first_courses_have_curves(study, results):
    first = study.courses.drop_duplicates("patient_id")
    rows = results.pick(variable="drug_survival_first_courses", group1="treatment", variable_level="", stat_name="N")
    rows = rows[rows["group1_level"] != ""].set_index("group1_level")["stat"]
    assert rows.to_dict() == first["treatment"].value_counts().loc[lambda n: n > 0].to_dict()


def test_the_p_of_small_groups_is_by_permutation_and_chi_square_stays_a_row(study, results):
    # > f: first courses of cyclosporine (9) and systemic corticosteroid (14)
    # > logrank_test(Surv(duration_days, event) ~ factor(treatment), f, distribution="exact")  # 14.92051388; 1.2237e-06
    first = results.pick(variable="drug_survival_first_courses_permuted")
    assert value(first, stat_name="statistic") == pytest.approx(14.92051388357)
    assert value(first, stat_name="p.value") == pytest.approx(1 / 20_001)
    # > logrank_test(Surv(duration_days, event) ~ factor(treatment), k)      # 36.35284134469
    every = results.pick(variable="drug_survival_permuted")
    assert value(every, stat_name="statistic") == pytest.approx(36.35284134469)
    assert value(every, stat_name="parameter") == 5
    assert words.log_rank(results, "drug_survival").way == "permutation"
    many = pd.concat([study.courses.assign(patient_id=study.courses["patient_id"] + f"-{k}") for k in range(60)])
    many = many[many["treatment"].isin(["methotrexate", "phototherapy"])]
    assert not results.pick(variable="drug_survival_permuted").empty
    large = analyse(page, replace(study, courses=many), min_courses=5)
    assert large.pick(variable="drug_survival_permuted").empty
    assert words.log_rank(large, "drug_survival").way == "chi-square"


def test_the_test_within_patients_rests_on_patients(results):
    # Of 30 patients 22 had treatments of different length to exchange; the other 54 courses say nothing.
    assert value(results.rows, variable="drug_survival_within_patients", stat_name="N") == 22
    assert [row.cells[0] for row in tables.tests(results).rows] == ["23 courses", "76 courses", "22 patients"]


def test_nothing_is_tested_with_fewer_than_five_patients_on_a_treatment(study):
    four = study.courses["patient_id"].drop_duplicates().head(4)
    courses = pd.concat([study.courses[study.courses["patient_id"].isin(four)]] * 4)
    courses = courses.assign(course=range(len(courses)), treatment=courses["treatment"])
    few = analyse(page, replace(study, courses=courses))
    assert few.pick(stat_name="p.value").empty
    assert str(words.comparison(few)).startswith("Durations are not compared")


# Without treatment


def test_the_time_without_treatment_ends_with_the_next_course_or_the_data_lock(tmp_path):
    """By hand: A ends on day 100 and is followed on day 130; B on day 0 of its stop; C never, until the data lock."""
    patients = cohort()["patients"].head(4).assign(patient_id=["A", "B", "C", "D"], status_at_data_lock="on_treatment")
    lines = [
        ("A", 1, "CSA", "2020-01-01", "2020-04-10", "remission"), ("A", 2, "MTX", "2020-05-10", "", "ongoing"),
        ("B", 1, "CSA", "2020-01-01", "2020-04-10", "unresponsiveness"), ("B", 2, "MTX", "2020-04-10", "", "ongoing"),
        ("C", 1, "CSA", "2020-01-01", "2020-04-10", "remission"),
        ("D", 1, "MTX", "2020-01-01", "", "ongoing"), ("D", 2, "CSA", "2020-02-01", "2020-04-10", "side_effect"),
    ]  # fmt: skip
    names = ["patient_id", "course", "treatment", "start_date", "stop_date", REASON]
    courses = pd.DataFrame(lines, columns=names).assign(response="1").astype(str)
    folder = written(tmp_path, patients=patients, courses=courses, side_effects=None)
    (folder / "study.yml").write_text("data_lock_date: 2020-12-31\n", encoding="utf-8")
    results = analyse(page, read_study(folder), min_courses=1)
    found = remission.intervals(read_study(folder)).set_index("patient_id")
    assert found["days"].tolist()[:3] == [30, 0, 265]
    assert found["again"].tolist()[:3] == [True, True, False]
    assert found["still_treated"].to_dict() == {"A": False, "B": False, "C": False, "D": True}
    # > survfit(Surv(c(30, 0, 265), c(1, 1, 0)) ~ 1)      # median 30
    rows = results.pick(variable="time_without_treatment", group1="", variable_level="")
    assert {name: value(rows, stat_name=name) for name in ("N", "n", "n_missing", "median")} == {
        "N": 3, "n": 2, "n_missing": 0, "median": 30,
    }  # fmt: skip
    assert "Left out: 1 during which another treatment continued." in str(words.remission(results))
    left = patients.assign(status_at_data_lock="lost_to_follow_up")
    lost = written(tmp_path / "lost", patients=left, courses=courses, side_effects=None)
    (lost / "study.yml").write_text("data_lock_date: 2020-12-31\n", encoding="utf-8")
    assert np.isnan(remission.intervals(read_study(lost)).set_index("patient_id").loc["C", "days"])


def test_the_time_without_treatment_of_the_cohort_is_told_by_kaplan_meier(study, results):
    found = remission.intervals(study)
    assert len(found) == 63  # as many as the curves have ends
    table = life_table(found.dropna()["days"].to_numpy(), found.dropna()["again"], [True])
    median = table.median(0.95, "log-log")
    rows = results.pick(variable="time_without_treatment", group1="", variable_level="")
    assert value(rows, stat_name="median") == median.estimate > 30.4 * 3
    assert str(words.remission(results)).startswith(
        "After 62 of the 63 courses that ended it is known how long the patient did without systemic treatment; "
        "another course followed 50. The median time until the next course was 4.0 months (95% CI 2.5 to 5.8); 27%"
    )


def test_courses_that_ended_are_counted_one_way(tmp_path):
    # P01: cyclosporine, then azathioprine, the last; without reasons the first has ended, of the last nothing is known.
    courses = cohort()["courses"]
    blank = courses.assign(**{REASON: courses[REASON].mask(courses["patient_id"] == "P01", "")})
    changed = read_study(written(tmp_path, courses=blank))
    over = ended(changed.courses)[changed.courses["patient_id"] == "P01"]
    assert over.tolist()[0] is True and over.isna().tolist() == [False, True]
    results = analyse(page, changed)
    number = results.pick(output="survival", variable="discontinued", group2="", stat_name="n")["stat"].sum()
    recorded = results.pick(variable="remission_months", group1="").set_index("stat_name")["stat"]
    assert number == ended(changed.courses).sum() == recorded["N"] + recorded["n_missing"]


# Horizons


def test_a_horizon_that_is_added_to_the_table_is_on_the_whole_page(study, monkeypatch):
    monkeypatch.setattr(horizons, "HORIZONS", THREE_YEARS)
    results = analyse(page, study)
    assert shares_add_up(results)
    assert {"1095"} == set(results.pick(variable="cumulative_incidence", variable_level="1095")["variable_level"])
    for made, width in ((tables.fixed_times(results), 3), (tables.reasons(results), 2)):
        assert [label for label, _ in made.spanners][-1] == "3 years"
        assert len(made.columns) == 5 * width
        assert {len(row.cells) for row in made.rows} == {len(made.columns)}
        assert "3 years" in made._repr_html_()
    for figure in (figures.drug_survival(results), figures.cumulative_incidence(results)):
        assert months(figure.drawn(False), 5) == ["0", "6", "12", "24", "36"]  # 3 would touch 6
    assert figures.drug_survival(results).caption == "Courses still on treatment over 3 years"
    assert all(map(html, parts(results)))


def months(svg, number):
    """The months below the first panel."""
    return re.findall(r"<text[^>]*>(\d+)</text>", svg)[: 2 * number : 2]  # between them the numbers at risk


def test_sentences_are_about_the_horizon_that_has_words(study, monkeypatch):
    others = [replace(horizon, in_words="") for horizon in horizons.HORIZONS]
    monkeypatch.setattr(horizons, "HORIZONS", (*others, Horizon(1095, "3 years", 36, "three years")))
    results = analyse(page, study)
    assert str(words.still_on_treatment(results)).startswith("Courses still on treatment after three years: ")
    assert "ended within three years: cyclosporine" in str(words.reasons(results))
    assert "three years" in figures.drug_survival(results).alternative


def test_without_a_longer_follow_up_a_later_horizon_has_no_estimate(study, monkeypatch):
    monkeypatch.setattr(horizons, "HORIZONS", THREE_YEARS)
    shares = analyse(page, study).pick(output="survival", variable="drug_survival", variable_level="1095")
    assert value(shares, group1_level="methotrexate", stat_name="N") == 0
    assert pick(shares, group1_level="methotrexate", stat_name="estimate").empty


# Curves


def steps_of(rows, code, stat_name="estimate", **keys):
    chosen = pick(rows, output="curves", group1_level=code, stat_name=stat_name, **keys)
    return chosen.set_index(chosen["variable_level"].astype(float))["stat"]


def test_curves_are_rows_from_day_0_to_the_last_horizon(results):
    share, at_risk, censored = (steps_of(results.rows, "cyclosporine", name, variable="drug_survival")
                                for name in ("estimate", "N", "n_censored"))  # fmt: skip
    assert (share.index[0], share.iloc[0], at_risk.iloc[0], censored.iloc[0]) == (0, 1, 25, 0)
    assert (share.index[-1], at_risk.iloc[-1]) == (730, 2)
    assert share[share.index <= 365].iloc[-1] == pytest.approx(0.463794871794872)
    assert share.is_monotonic_decreasing and censored.is_monotonic_increasing
    methotrexate = steps_of(results.rows, "methotrexate", variable="drug_survival")
    assert methotrexate.index[-1] == 528  # its longest course is ongoing
    omalizumab = steps_of(results.rows, "omalizumab", variable="drug_survival")
    assert (omalizumab.index[-1], omalizumab.iloc[-1]) == (730, 0)  # its longest course ended


def test_curves_of_groups_add_up_to_one_with_survival_on_every_day(results):
    lasting = results.pick(output="curves", variable="drug_survival", stat_name="estimate")
    ended = results.pick(output="curves", variable="cumulative_incidence").groupby(["group1_level", "variable_level"])
    lasting = lasting.set_index(["group1_level", "variable_level"])["stat"]
    assert (ended["stat"].sum() + lasting).to_numpy() == pytest.approx(np.ones(len(lasting)))


def test_curves_end_where_the_table_of_fixed_times_does(results):
    keys = ["group1_level", "variable_level", "stat_name"]
    curve, fixed = (results.pick(output=output, variable="drug_survival", variable_level="730").set_index(keys)["stat"]
                    for output in ("curves", "survival"))  # fmt: skip
    shared = curve.index.intersection(fixed.index)
    assert len(shared) > 10
    assert curve[shared].tolist() == fixed[shared].tolist()


def test_a_curve_of_many_days_is_thinned_and_says_so(study):
    many = pd.concat([study.courses.assign(patient_id=study.courses["patient_id"] + f"-{k}") for k in range(20)])
    rng = np.random.default_rng(1953)
    many = many.assign(treatment=study.courses["treatment"].iloc[0], duration_days=rng.integers(0, 900, len(many)))
    rows = table([*curves.survival_curves(replace(study, courses=many), Settings()),
                  *curves.incidence_curves(replace(study, courses=many), Settings())])  # fmt: skip
    share = steps_of(rows, many["treatment"].iloc[0], variable="drug_survival")
    assert 350 < len(share) <= curves.MOST_STEPS + 2
    assert set(rows["note"]) == {curves.THINNED}
    [(_, counts)] = survival.life_tables(replace(study, courses=many))
    assert len(counts.days) > curves.MOST_STEPS
    whole = [counts.survival_on(day, 0.95).estimate for day in share.index]
    assert share.tolist() == pytest.approx(whole)  # what is left of the curve lies on it
    censored = steps_of(rows, many["treatment"].iloc[0], "n_censored", variable="drug_survival")
    assert censored.iloc[-1] == counts.censored[counts.days <= 730].sum()


def test_a_curve_of_few_days_is_not_thinned(results):
    assert set(results.pick(output="curves")["note"]) == {""}


def test_drawing_a_figure_changes_neither_it_nor_the_rows(results):
    figure, before = figures.cumulative_incidence(results), results.rows.copy()
    assert figure.drawn(True) == figure.drawn(True)
    pd.testing.assert_frame_equal(results.rows, before)


def test_numbers_at_risk_are_named_at_the_left_of_each_row_of_panels(study, results):
    drawn = figures.drug_survival(results).drawn
    panels = (study.courses["treatment"].value_counts() >= 5).sum()
    assert [drawn(narrow).count("At risk<") for narrow in (False, True)] == [-(-panels // 3), -(-panels // 2)]


def test_the_last_step_of_a_curve_can_be_seen(study):
    # A course ends on the day up to which the longest was followed: a sixtieth of the axis is drawn of what is left.
    last = study.courses.iloc[:6].assign(treatment=study.courses["treatment"].array[:1].repeat(6), duration_days=300.0,
                                         discontinuation_reason=3 * ["remission", "ongoing"])  # fmt: skip
    results = analyse(page, replace(study, courses=last))
    figure = figures.cumulative_incidence(results)
    areas = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            Axes,
            "fill_between",
            lambda axes, days, low, high, **look: areas.append((list(days), np.subtract(high, low))),
        )
        figure.drawn(False)
    days, remission = areas[-1]
    assert days == pytest.approx([0, 300, 300 + 730 / 60])
    assert remission.tolist() == [0, 0.5, 0.5]


# Words and marks


def three_tests(p, p_within, p_first):
    ways = {"": p, "_within_patients": p_within, "_first_courses": p_first}
    rows = [statistics("survival", {"p.value": p_value, "N": 30, "parameter": 1}, "log-rank", group1="treatment",
                       variable=f"drug_survival{way}") for way, p_value in ways.items()]  # fmt: skip
    shared = statistics("survival", {"n": 9}, variable="informative_patients")
    return Results(table([row for way in (*rows, shared) for row in way]), None)


def test_the_sentence_names_the_primary_test_and_what_is_exploratory():
    both = str(words.comparison(three_tests(0.01, 0.4, 0.02)))
    assert both.startswith(
        "Primary analysis, the first course of each patient: durations differ between 2 treatments (log-rank, "
        "chi-square, p = 0.020; 30 courses)."
    )
    assert (
        "Exploratory: all 30 courses as independent (log-rank, chi-square, p = 0.010) and within 30 patients "
        "(chi-square, p = 0.40)."
    ) in both
    assert "that test can find a difference where there is none" in both
    assert "no difference in duration is shown between 2 treatments" in str(
        words.comparison(three_tests(0.01, 0.02, 0.4))
    )
    untested = str(words.comparison(three_tests(0.3, np.nan, np.nan)))
    assert "no test is possible" in untested
    assert "within" not in untested.lower().replace("no test is possible", "")
    assert str(words.comparison(three_tests(np.nan, np.nan, np.nan))).startswith("Durations are not compared")


def test_the_headline_of_the_comparison_gives_effects_with_their_limits(results):
    assert (
        "Medians of the two used most: systemic corticosteroid 1.6 months (95% CI 0.7 to 2.3; 14 courses) and "
        "cyclosporine 16.0 months (95% CI from 4.9, no upper limit; 9 courses)."
    ) in str(words.comparison(results))


def test_lasting_courses_and_medians_are_said_in_words(study, results):
    year = str(words.still_on_treatment(results))
    assert year.startswith("Courses still on treatment after one year: methotrexate 60% of 7, intravenous")
    assert year.endswith("No course of systemic corticosteroid or phototherapy lasted one year.")
    medians = str(words.medians(results))
    assert "cyclosporine 11.0" in medians  # 335 days
    assert "systemic corticosteroid 1.6" in medians  # 50 days
    assert medians.endswith("The median was not reached for methotrexate (7 courses).")
    none_ended = analyse(page, of_courses(study, discontinuation_reason="ongoing", duration_days=400.0))
    assert "cyclosporine 100% of 25" in str(words.still_on_treatment(none_ended))


def test_courses_that_ended_and_that_are_censored_are_said_in_words(results):
    assert str(words.followed(results)) == (
        "Of 81 courses of known duration, 63 ended. The others are censored: 5 lost to follow-up and 13 "
        "ongoing. Median follow-up of a course (reverse Kaplan-Meier): 19.1 months (95% CI "
        "from 13.2, no upper limit)."
    )


def test_another_confidence_level_is_named_at_all_of_its_digits(study):
    results = analyse(page, study, confidence_level=0.975)
    assert "(97.5% CI" in str(words.comparison(results))
    assert "97.5% CI from" in [column.label for column in tables.medians(results).columns]
    assert "97.5% CI" in [column.label for column in tables.fixed_times(results).columns]
    assert "% (97.5% CI)" in [column.label for column in tables.reasons(results).columns]
    assert results.pick(output="curves", stat_name="conf.low")["method"].str.endswith(", 97.5%").all()


def test_first_courses_of_a_selection_are_those_of_the_sensitivity_page(study):
    selected = study.select("CSA,SCS")
    tested = analyse(page, selected, min_courses=1)
    alone = value(tested.rows, group1_level="", variable="drug_survival_first_courses", stat_name="N")
    assert alone == len(first_courses(selected, compared_courses(selected, 1))[FIRST_COURSE]) == len(selected.patients)


def test_each_line_of_the_log_rank_table_says_where_its_p_is_from(results):
    lines = {row.label: row.cells[-1] for row in tables.tests(results).rows}
    assert set(lines) == {"First courses (primary)", "All courses", "Within patients"}
    assert set(lines.values()) == {"permutation"}


def test_a_share_of_all_courses_has_no_interval_in_the_table_of_reasons(study):
    of_one_end = analyse(page, of_courses(study.select("phototherapy"), discontinuation_reason="financial"))
    rows = {row.label: row.cells for row in tables.reasons(of_one_end).rows}
    assert [cells[-1] for label, cells in rows.items() if label.startswith("Other reason: financial")] == ["100"]


def test_each_exhibit_counts_all_that_it_shows(study):
    for exhibit in page.EXHIBITS:
        alone, together = (
            exhibit.parts(counted(exhibits, study, Settings())) for exhibits in ([exhibit], page.EXHIBITS)
        )
        assert [*map(html, alone)] == [*map(html, together)]


def test_what_rests_on_reconstructed_columns_is_marked(results):
    marked = {exhibit.key: {part.mark for part in exhibit.parts(results) if isinstance(part, Figure | Table)}
              for exhibit in page.EXHIBITS}  # fmt: skip
    assert marked == {"followed": set()} | dict.fromkeys(
        ("lasting", "medians", "other_choices", "comparison", "reasons", "remission"), {RECONSTRUCTED}
    )
    unmarked = replace(results, reconstructed=frozenset())
    assert not any(part.mark for part in parts(unmarked) if isinstance(part, Figure | Table))
    remission_only = replace(results, reconstructed=frozenset({"courses.remission_months"}))
    assert [part.mark != "" for part in page.REMISSION.parts(remission_only)[1:]] == [True]
    assert not any(part.mark for part in page.MEDIANS.parts(remission_only)[1:])
