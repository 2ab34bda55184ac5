"""The answers of the efficacy page in words."""

from collections.abc import Callable

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.counting import FIRST_COURSE, PAIR
from adreport.pages.efficacy.comparisons import pairs_of_enough
from adreport.pages.efficacy.results import ADJUSTMENTS, EFFECTIVE_FAILURES, OUTCOMES, PRIMARY
from adreport.pages.exhibits import Results
from adreport.pages.layout import RATES, by_treatment, named_counts
from adreport.show.numbers import (
    agreeing,
    counted,
    in_percent,
    listing,
    number,
    p_phrase,
    p_value,
    percent,
    points,
    share_in_words,
    span,
    whole,
)
from adreport.show.parts import Sentence
from adreport.stats.tests import FEWEST, SIGNIFICANT
from adreport.study.dictionary import treatment_in_words, variable_label
from adreport.study.reasons import REASON, censored, reason_label

MOST_PAIRS = MOST_REASONS = 3
AS_ABOVE = "Nothing can be compared, as said above."


def primary(results: Results) -> Sentence:
    """The primary analysis: the two treatments used most with their difference, and the test over all treatments."""
    outcome, interval_name = results.settings.primary, results.settings.interval_name
    rows = results.pick(output=PRIMARY)
    test = pick(rows, group1_level="")
    sizes = pick(test, stat_name="N")
    p, label = value(test, stat_name="p.value"), variable_label(outcome).lower()
    which = "each patient's first course" if results.settings.primary_courses == "first" else "all courses"
    if not p >= 0:
        reason = "; ".join(sizes["note"])
        return Sentence(f"Primary analysis, {label} over all treatments, {which}: no test is possible ({reason}).")
    tested = f"{p_phrase(p)}, {sizes['method'].iloc[0]}, {counted(sizes['stat'].iloc[0], 'course')}"
    differed = "differed" if p < SIGNIFICANT else "was not shown to differ"
    return Sentence(
        f"{_definition(results, outcome)} {differed} between treatments in {which} ({tested}): the primary analysis; "
        f"all other tests are exploratory.{_two_most_used(rows, interval_name)}"
    )


def _two_most_used(rows: pd.DataFrame, interval_name: str) -> str:
    """The rates of the two treatments used most in the primary analysis, and their difference."""
    shown = [
        f"{treatment_in_words(code)} {whole(rate['n'])} of {whole(rate['N'])}{in_percent(rate['n'], rate['N'], 0)}"
        for code, rate in _in_order_of_the_pair(rows).iterrows()
    ]
    return f" Most used: {listing(shown)}{_difference(rows, interval_name)}." if shown else ""


def _in_order_of_the_pair(rows: pd.DataFrame) -> pd.DataFrame:
    """The outcome of each treatment of the primary analysis, so that the difference is the first less the second."""
    rates = wide(pick(rows[rows["group1_level"] != ""], group2=""), "group1_level")
    pair = pick(rows, group2="treatment").head(1)
    return rates.reindex([*pair["group1_level"], *pair["group2_level"]]) if len(pair) else rates


def outcomes(results: Results) -> Sentence:
    """The range of response rates over the treatments with enough courses, and those without a response."""
    rates = by_treatment(results.rows, "effective", RATES)
    if not rates["N"].sum():
        return Sentence("No course has a recorded response.")
    least = max(FEWEST, results.settings.min_courses)
    enough = rates[rates["N"] >= least]
    if enough.empty:
        counts = named_counts(rates[rates["N"] > 0])
        return Sentence(f"No treatment has {least} courses with a recorded response. Effective courses: {counts}.")
    highest, lowest = (enough[enough["p"] == limit] for limit in (enough["p"].max(), enough["p"].min()))
    best, worst = (f"{percent(some['p'].iloc[0], 0)}% ({named_counts(some)})" for some in (highest, lowest))
    some_left_out = len(enough) < (rates["N"] > 0).sum()
    among = f" among treatments with at least {least} rated courses" if some_left_out else ""
    range_ = best if len(highest) == len(enough) else f"from {worst} to {best}{among}"
    unrated = listing(map(treatment_in_words, rates.index[~(rates["N"] > 0)]))
    without = f" No response is recorded of any course of {unrated}." if unrated else ""
    n, total = rates["n"].sum(), rates["N"].sum()
    effective = f"{share_in_words(n, total, 'course', 0)} {agreeing(n, 'was', 'were')} effective, rated"
    text = f"{effective} {results.scale.effective_label}: {range_}."
    return Sentence(text + without)


def differences(results: Results) -> Sentence:
    """Of each outcome, whether it differed between the compared treatments."""
    tests = results.pick(output="table2", group1_level="", variable=OUTCOMES, stat_name="p.value")
    if tests.empty:
        return Sentence(AS_ABOVE)
    parts = {True: [], False: []}
    for test in tests.itertuples():
        parts[test.stat < SIGNIFICANT].append(f"{variable_label(test.variable).lower()} ({p_phrase(test.stat)})")
    words = [f"outcomes differed between treatments for {listing(parts[True])}" if parts[True] else ""]
    words += [f"no difference was shown for {listing(parts[False])}" if parts[False] else ""]
    return Sentence(f"Over all courses, {'; '.join(filter(None, words))}.")


def endings(results: Results) -> Sentence:
    """The commonest recorded reasons, over all treatments."""
    counts = results.pick(output="table2", variable=REASON, stat_name="n")
    number_of = counts.groupby("variable_level", sort=False)["stat"].sum().sort_values(ascending=False, kind="stable")
    still = number_of.reindex([reason for reason in censored() if reason in number_of])
    still = still[still > 0]
    number_of = number_of[number_of > 0].drop(still.index)
    if number_of.empty:
        return Sentence("No course has ended." if len(still) else "No reason is recorded for any course.")
    commonest = number_of[number_of >= number_of.head(MOST_REASONS).iloc[-1]]
    words = listing([f"{reason_label(reason).lower()} ({whole(n)})" for reason, n in commonest.items()])
    others = listing(
        [f"{whole(n)} {agreeing(n, 'is', 'are')} {reason_label(reason).lower()}" for reason, n in still.items()]
    )
    others = f"; {others}" if others else ""
    total = counted(number_of.sum(), "course that ended", "courses that ended")
    return Sentence(f"The reasons recorded most often, in {total}: {words}{others}.{_stopped_for_failure(results)}")


def ordered(results: Results) -> Sentence:
    """The response levels compared as an ordered scale and as categories."""
    overall = results.pick(output="figure1", group1_level="", variable="response")
    tested = pick(overall, stat_name="p.value")
    if tested.empty:
        return Sentence(AS_ABOVE)
    test, courses = tested.iloc[0], value(overall, method=tested["method"].iloc[0], stat_name="N")
    return Sentence(
        f"{_best(results)}Over all levels in their order, treatments "
        f"{'differ' if test['stat'] < SIGNIFICANT else 'are not shown to differ'} ({p_phrase(test['stat'])}, "
        f"{test['method']}, {whole(courses)} courses)."
    )


def _best(results: Results) -> str:
    """How many courses reached the best response, and of which treatment most."""
    rates = by_treatment(results.rows, "significant", ["n", "N"])
    n, total = rates["n"].sum(), rates["N"].sum()
    if not n:
        return ""
    most = rates["n"].idxmax()
    of_most = f", {whole(rates.loc[most, 'n'])} of them on {treatment_in_words(most)}" if len(rates) > 1 else ""
    return f"{share_in_words(n, total, 'course', 0)} reached {results.scale.significant_label}{of_most}. "


def pairwise(results: Results) -> Sentence:
    """Which pairs differ by both tests after adjustment, and which by the z-test only."""
    adjusted = results.pick(output="pairwise", stat_name="p.value.adjusted")
    adjusted = adjusted[adjusted["method"].str.endswith(ADJUSTMENTS[-1])]
    if adjusted.empty:
        return Sentence(AS_ABOVE)
    p = wide(adjusted, PAIR, "method").set_axis(["z", "exact"], axis=1)
    both, z_only = (p[(p["exact"] < SIGNIFICANT) == exact] for exact in (True, False))
    z_only = z_only[z_only["z"] < SIGNIFICANT]
    smallest = f" (the smallest is {p_value(p['exact'].min())})" if both.empty else f": {_pairs(both['exact'])}"
    approximate = f" By the z-test, which needs larger counts, so {_have(z_only)}: {_pairs(z_only['z'])}."
    if len(p) == 1:
        return Sentence(f"By Fisher's exact test of the one pair of treatments, {p_phrase(p['exact'].iloc[0])}.")
    return Sentence(
        f"Of {counted(len(p), 'pair')} of treatments, {_number(both)} {_have(both)} p < {SIGNIFICANT} by Fisher's "
        f"exact test after {ADJUSTMENTS[-1]}{smallest}.{approximate if len(z_only) else ''}"
    )


def precision(results: Results) -> Sentence:
    """How wide the intervals of the differences are."""
    differences = wide(pick(pairs_of_enough(results), output="pairwise", unit="risk difference"), PAIR)
    if differences.empty:
        return Sentence(AS_ABOVE)
    widths = differences["conf.high"] - differences["conf.low"]
    return Sentence(
        f"The {results.settings.interval_name} of a difference is {_from_to(widths, points)} percentage points wide: "
        "what is not shown to differ is not shown to be alike."
    )


def predictors(results: Results) -> Sentence:
    """Whether anything known at the start went with an effective course."""
    tests = results.pick(output="predictors", group1="effective", variable_level=FIRST_COURSE, stat_name="p.value")
    if tests.empty:
        return Sentence("No predictor of response can be tested in these data.")
    smallest = tests.loc[tests["stat"].idxmin()]
    below = tests[tests["stat"] < SIGNIFICANT]
    least = f"{variable_label(smallest['variable']).lower()} ({smallest['method']})"
    if len(tests) == 1:
        p = p_phrase(smallest["stat"])
        return Sentence(f"One predictor of an effective first course could be tested, {least[:-1]}, {p}).")
    names = listing(below["variable"].map(variable_label).str.lower().unique()) or "none"
    expected = number(SIGNIFICANT * len(tests), 1)
    return Sentence(
        f"Of {counted(len(tests), 'predictor')} of an effective first course, {names} had p < {SIGNIFICANT} "
        f"({expected} expected by chance); the smallest, {p_value(smallest['stat'])}, is that of {least}."
    )


def _stopped_for_failure(results: Results) -> str:
    """The courses that were rated effective and stopped for lack of effect all the same."""
    failures = results.pick(output="table2", variable=EFFECTIVE_FAILURES)
    n, total = (pick(failures, stat_name=name).set_index("group1_level")["stat"] for name in ("n", "N"))
    if not n.sum():
        return ""
    parts = [f"{treatment_in_words(code)} {whole(n[code])} of {whole(total[code])}" for code in n.index[n > 0]]
    return f" Rated effective, yet stopped for lack of effect: {listing(parts)} effective courses."


def _pairs(p: pd.Series) -> str:
    """The pairs with the smallest p, and how many more there are."""
    words = [
        f"{treatment_in_words(first)} and {treatment_in_words(second)} ({p_phrase(smallest)})"
        for (first, second), smallest in p.sort_values().head(MOST_PAIRS).items()
    ]
    more = len(p) - len(words)
    return listing([*words, *([f"{more} more"] if more > 0 else [])])


def _number(rows: pd.DataFrame) -> str:
    return whole(len(rows)) if len(rows) else "none"


def _have(rows: pd.DataFrame) -> str:
    return "have" if len(rows) > 1 else "has"


def _from_to(values: pd.Series, show: Callable[[float], str]) -> str:
    """The range of some numbers, or the number that they all are."""
    low, high = show(values.min()), show(values.max())
    return low if low == high else f"{low} to {high}"


def _definition(results: Results, outcome: str) -> str:
    """What an outcome is: "overall effectiveness, courses rated good or significant,"."""
    label = variable_label(outcome).lower()
    return f"{label}, courses rated {results.scale.effective_label}," if outcome == "effective" else label


def _difference(rows: pd.DataFrame, interval_name: str) -> str:
    """The difference of the two treatments used most, with its limits."""
    difference = pick(rows, group2="treatment").set_index("stat_name")["stat"]
    if difference.empty:
        return ""
    limits = span(difference["conf.low"], difference["conf.high"], points)
    return f", a difference of {points(difference['estimate'])} percentage points ({interval_name} {limits})"
