"""The answers of the safety page in words."""

import math

from adreport.pages.contract import value
from adreport.pages.exhibits import Results
from adreport.show.numbers import agreeing, counted, in_percent, interval, listing, number, share_in_words, whole
from adreport.show.parts import Sentence
from adreport.stats.tests import FEWEST
from adreport.study.dictionary import level_label, treatment_in_words

MOST_TERMS = 3
UNRECORDED = "Side effects were not recorded in these data."


def side_effects(results: Results) -> Sentence:
    """Events, courses and patients with a side effect."""
    if not _recorded(results):
        return Sentence(f"{UNRECORDED} Whether any occurred is not known.")
    events = results.pick(output="table3", variable="side_effect", variable_level="any", stat_name="n")["stat"].sum()
    courses, patients = (
        share_in_words(*_statistics(results, f"affected_{unit}s", "n", "N"), unit) for unit in ("course", "patient")
    )
    (rescue,) = _statistics(results, "side_effects_of_rescue_courses", "n")
    verb = agreeing(rescue, "is", "are")
    more = f" {counted(rescue, 'more side effect')} in rescue courses {verb} not counted." if rescue else ""
    return Sentence(f"{counted(events, 'side effect')} occurred, in {courses} and in {patients}.{more}")


def terms(results: Results) -> Sentence:
    """The side effects that most patients had, and for how many events it is recorded what was done."""
    patients = results.pick(
        output="exposure", group1="", group2="side_effect", variable="affected_patients", stat_name="n"
    ).sort_values("stat", ascending=False, kind="stable")
    if patients.empty:
        return _none(results)
    most = patients[patients["stat"] >= patients["stat"].head(MOST_TERMS).iloc[-1]]
    most = most if len(most) <= 2 * MOST_TERMS else patients[patients["stat"] > most["stat"].min()]
    most = most[most["stat"] > 1] if most["stat"].max() > 1 else most
    if most.empty:
        each = counted(patients["stat"].max(), "patient")
        return Sentence(f"{counted(len(patients), 'side effect')}, each in {each}.")
    words = [
        f"{level_label('', row.group2_level).lower()} ({counted(row.stat, 'patient')})" for row in most.itertuples()
    ]
    n, events = _statistics(results, "management", "n", "N")
    done = f"what was done is recorded for {whole(n)} of {counted(events, 'event')}"
    lead = "Most frequent" if patients["stat"].max() > 1 else "Recorded"
    return Sentence(f"{lead}: {listing(words)}; {done}.")


def discontinued(results: Results) -> Sentence:
    """Courses stopped for a side effect, of those whose reason is recorded."""
    n, total = _statistics(results, "discontinued", "n", "N")
    if not total:
        return Sentence("Why courses ended is not recorded.")
    stopped = results.pick(output="safety", group1="treatment", variable="discontinued", stat_name="n")
    stopped = stopped[stopped["stat"] > 0].sort_values("stat", ascending=False, kind="stable")
    drugs = [f"{whole(row.stat)} of {treatment_in_words(row.group1_level)}" for row in stopped.itertuples()]
    which = f": {listing(drugs)}" if drugs else ""
    share = in_percent(n, total) if n else ""
    courses = f"{whole(n) if n else 'None'} of {counted(total, 'course')} with a recorded reason{share}"
    return Sentence(f"{courses} {agreeing(n, 'was', 'were')} stopped for a side effect{which}.{_led_to_stop(results)}")


def exposure(results: Results) -> Sentence:
    """All events, and first events, per 100 patient-years over all treatments."""
    every = _rate(results, "side_effects", "side effect")
    first = _rate(results, "first_side_effect", "course")
    untimed, years = _statistics(results, "side_effects", "n_missing", "patient_years", output="exposure")
    if not every and untimed > 0 and years > 0:
        return Sentence("All side effects were in courses of unknown duration: there is no rate.")
    if not every:
        without = "Without the duration of a course there is no rate."
        return Sentence(without if _recorded(results) else f"{UNRECORDED} There is no rate.")
    alone = f" First event of each course alone, over the time until it: {first}." if first else ""
    left_out = f" Left out: {counted(untimed, 'side effect')} in courses of unknown duration." if untimed > 0 else ""
    if value(results.pick(output="safety", group1="", variable="affected_courses"), stat_name="N") < FEWEST:
        n = _statistics(results, "side_effects", "n", output="exposure")[0]
        few = f"of fewer than {FEWEST} courses no rate is given"
        return Sentence(f"{counted(n, 'side effect')} in {number(years)} patient-years; {few}.{left_out}")
    return Sentence(f"Over all treatments {every}.{alone}{left_out}")


def organ_classes(results: Results) -> Sentence:
    """How many organ classes were affected, and the one with the most events."""
    patients = results.pick(
        output="exposure", group1="", group2="organ_class", variable="affected_patients", variable_level=""
    )
    if patients.empty:
        return _none(results)
    names = patients["group2_level"].unique()
    n, total = (value(patients, group2_level=names[0], stat_name=name) for name in ("n", "N"))
    classes = counted(len(names), "organ class", "organ classes")
    return Sentence(
        f"{classes} {agreeing(len(names), 'was', 'were')} affected; the one with the most events was “{names[0]}”, in "
        f"{share_in_words(n, total, 'patient')}."
    )


def serious(results: Results) -> Sentence:
    """Serious events, of those for which it is recorded; severe ones for which it is not."""
    (n, recorded), (severe, missing) = (
        _statistics(results, "serious", "n", "N"), _statistics(results, "severe", "n", "n_missing")
    )  # fmt: skip
    if not recorded > 0 and not missing > 0:
        return _none(results)
    if recorded:
        text = f"{whole(n)} of {counted(recorded, 'side effect')} {agreeing(n, 'was', 'were')} serious"
        text += f"; for {counted(missing, 'other')} this is not recorded" if missing else ""
    elif missing == 1:
        text = "whether the one side effect was serious is not recorded"
    else:
        text = f"whether a side effect was serious is not recorded for any of the {whole(missing)}"
    graded = f"; {whole(severe)} of those had grade 3 or more and {agreeing(severe, 'is', 'are')} listed too"
    return Sentence(f"{text}{graded if severe else ''}.")


def attribution(results: Results) -> Sentence:
    """How many events occurred while another treatment was being given."""
    n, known, missing = _statistics(results, "other_treatment", "n", "N", "n_missing")
    if not known > 0 and not missing > 0:
        return _none(results)
    if not known > 0:
        return Sentence("Whether another treatment was being given at the time of a side effect is not known.")
    events = f"{whole(n) if n else 'None'} of {counted(known, 'side effect')}"
    text = f"{events} occurred on a day when another treatment was also being given"
    cause = ", so that either may have caused it; each is counted under the course for which it is recorded"
    unknown = f" For {counted(missing, 'other')} this cannot be determined: the day or a start is not recorded."
    return Sentence(f"{text}{cause if n else ''}.{unknown if missing else ''}")


def _led_to_stop(results: Results) -> str:
    """What is recorded of the events themselves, and where it disagrees with the reasons of the courses."""
    events, recorded = _statistics(results, "events_led_to_discontinuation", "n", "N")
    if not recorded > 0:
        return ""
    courses, other, without = (
        _statistics(results, variable, "n")[0]
        for variable in ("courses_led_to_discontinuation", "led_with_another_reason", "stopped_without_event")
    )
    number_of, verb = counted(events, "side effect"), agreeing(events, "is", "are")
    text = f" {number_of}, in {counted(courses, 'course')}, {verb} recorded as having led to discontinuation"
    which = f"{'all' if other == courses else whole(other)} of these courses" if courses > 1 else "this course"
    parts = [f"for {which} another reason is recorded"] if other else []
    verb = agreeing(without, "has", "have")
    parts += [f"{counted(without, 'course')} stopped for a side effect {verb} no such event"] if without else []
    return f"{'; '.join(filter(None, [text, listing(parts)]))}."


def _none(results: Results) -> Sentence:
    """That there is no side effect: none recorded, or no record of any."""
    return Sentence("No side effect is recorded." if _recorded(results) else UNRECORDED)


def _recorded(results: Results) -> bool:
    """Whether the data have a table of side effects."""
    return len(results.pick(output="safety", variable="affected_courses")) > 0


def _rate(results: Results, variable: str, noun: str) -> str:
    names = ("n", "patient_years", "rate", "conf.low", "conf.high")
    n, years, rate, low, high = _statistics(results, variable, *names, output="exposure")
    if math.isnan(rate):
        return ""
    limits = f"{results.settings.interval_name} {interval(low, high, as_percent=False)}"
    return f"{counted(n, noun)} in {number(years)} patient-years, {number(rate)} per 100 ({limits})"


def _statistics(results: Results, variable: str, *names: str, output: str = "safety") -> list[float]:
    """Statistics of a variable over all treatments; NaN for one that does not exist."""
    rows = results.pick(output=output, group1="", group2="", variable=variable, variable_level="")
    return [value(rows, stat_name=name) for name in names]
