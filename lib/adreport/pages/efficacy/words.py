"""The answers of the efficacy page in words."""

from collections.abc import Callable

import pandas as pd

from adreport.pages.contract import pick, value, wide
from adreport.pages.counting import PAIR
from adreport.pages.efficacy.results import DETECTABLE, EFFECTIVE_FAILURES, OUTCOMES
from adreport.pages.exhibits import Results
from adreport.pages.layout import RATES, by_treatment, signed_two
from adreport.show.numbers import counted, listing, number, p_phrase, p_value, percent, points, span, whole
from adreport.show.parts import Sentence
from adreport.stats.tests import SIGNIFICANT
from adreport.study.dictionary import treatment_in_words, variable_label
from adreport.study.reasons import ONGOING, REASON, reason_label

MOST_PAIRS = MOST_REASONS = 3


def outcomes(results: Results) -> Sentence:
    """The range of response rates over the treatments with enough courses, and the overall test."""
    rates = by_treatment(results.rows, "effective", RATES)
    if not rates["N"].sum():
        return Sentence("No course has a recorded response.")
    least = results.settings.min_courses
    enough = rates[rates["N"] >= least]
    enough = enough if len(enough) else rates
    highest, lowest = (enough[enough["p"] == limit] for limit in (enough["p"].max(), enough["p"].min()))
    best, worst = (f"{percent(some['p'].iloc[0])}% ({_named_rates(some)})" for some in (highest, lowest))
    some_left_out = len(enough) < (rates["N"] > 0).sum()
    among = f"among the {counted(len(enough), 'treatment')} with at least {least} courses"
    between = among if some_left_out else "between treatments"
    range_ = f"was {best}" if len(highest) == len(enough) else f"ranged {between} from {worst} to {best}"
    definition = f"the share of courses rated {results.scale.effective_label}"
    return Sentence(f"Overall effectiveness, {definition}, {range_}{_overall_test(results)}.")


def differences(results: Results) -> Sentence:
    """Of each outcome, whether it differed between the compared treatments."""
    tests = results.pick(output="table2", group1_level="", variable=OUTCOMES, stat_name="p.value")
    if tests.empty:
        return Sentence("No outcome can be compared: fewer than two treatments have enough courses, or nothing varies.")
    parts = {True: [], False: []}
    for test in tests.itertuples():
        parts[test.stat < SIGNIFICANT].append(f"{variable_label(test.variable).lower()} ({p_phrase(test.stat)})")
    words = [f"outcomes differed between treatments for {listing(parts[True])}" if parts[True] else ""]
    words += [f"no difference was shown for {listing(parts[False])}" if parts[False] else ""]
    return Sentence(f"{'; '.join(filter(None, words))} (over all treatments compared, not adjusted).")


def endings(results: Results) -> Sentence:
    """The commonest recorded reasons, over all treatments."""
    counts = results.pick(output="table2", variable=REASON, stat_name="n")
    number_of = counts.groupby("variable_level", sort=False)["stat"].sum().sort_values(ascending=False, kind="stable")
    ongoing = number_of.get(ONGOING, 0)
    number_of = number_of[number_of > 0].drop(ONGOING, errors="ignore")
    if number_of.empty:
        return Sentence("No course has ended." if ongoing else "No reason is recorded for any course.")
    commonest = number_of[number_of >= number_of.head(MOST_REASONS).iloc[-1]]
    words = listing([f"{reason_label(reason).lower()} ({whole(n)})" for reason, n in commonest.items()])
    still = f"; {whole(ongoing)} {'is' if ongoing == 1 else 'are'} ongoing" if ongoing else ""
    total = counted(number_of.sum(), "course that ended", "courses that ended")
    return Sentence(f"The reasons recorded most often, in {total}: {words}{still}.{_stopped_for_failure(results)}")


def ordered(results: Results) -> Sentence:
    """The response levels compared as an ordered scale and as categories."""
    overall = results.pick(output="figure1", group1_level="", variable="response")
    tested = pick(overall, stat_name="p.value")
    if tested.empty:
        return Sentence(
            "The levels are not compared: it takes two treatments with enough courses and more than one level."
        )
    tests = wide(pick(overall, method=tested["method"]), "method")
    parts = [f"{p_phrase(test['p.value'])} ({method}, {whole(test['N'])} courses)" for method, test in tests.iterrows()]
    kinds = ["taken as an ordered scale", "taken as unordered categories"]
    words = [f"{kind} {part}" for kind, part in zip(kinds, parts, strict=False)]
    strength = pick(overall, unit="Cramér's V").set_index("stat_name")["stat"]
    if "conf.low" in strength:
        limits = span(strength["conf.low"], strength["conf.high"], signed_two)
        interval = f"{results.settings.interval_name} {limits}"
        words[-1] += f", with Cramér's V {number(strength['estimate'], 2)} ({interval})"
    return Sentence(f"All levels of the response compared between treatments, not adjusted: {'; '.join(words)}.")


def pairwise(results: Results) -> Sentence:
    """Which pairs differ by which test after adjustment."""
    adjusted = results.pick(output="pairwise", stat_name="p.value.adjusted")
    pairs = len(adjusted[PAIR].drop_duplicates())
    if not pairs:
        return Sentence("Fewer than two treatments have enough courses to be compared.")
    tests = adjusted["method"].str.rsplit(", ", n=1).str[0]
    parts = [f"by {test}, {_pairs_of_test(rows)}" for test, rows in adjusted.groupby(tests, sort=False)]
    return Sentence(f"Of {counted(pairs, 'pair')} of treatments, p adjusted over all of them: {'; '.join(parts)}.")


def power(results: Results) -> Sentence:
    """The smallest differences that these courses could have shown."""
    detectable = results.pick(output="pairwise", variable_level=DETECTABLE)
    courses, differences = (pick(detectable, stat_name=name)["stat"] for name in ("N", "estimate"))
    if courses.empty:
        return Sentence("Without two treatments with enough courses there is no difference to size.")
    none = len(courses) - len(differences)
    parts = [
        "The smallest difference that a test would have detected with 80% power is, pair by pair, "
        f"{_from_to(differences, points)} percentage points" if len(differences) else "",
        f"in {whole(none)} of {counted(len(courses), 'pair')} not even a rate of 0 or 100% in the treatment with fewer "
        "courses would have been detected" if none else "",
    ]  # fmt: skip
    test = f"Fisher's exact test, two-sided 5%, not adjusted; {_from_to(courses, whole)} courses a pair"
    caution = "Absence of a demonstrated difference is not evidence of equivalence."
    return Sentence(f"{Sentence('; '.join(filter(None, parts)))} ({test}). {caution}")


def predictors(results: Results) -> Sentence:
    """Whether anything known at the start went with the response."""
    tests = results.pick(output="predictors", stat_name="p.value")
    if tests.empty:
        return Sentence("No predictor of response can be tested in these data.")
    smallest = tests.loc[tests["stat"].idxmin()]
    below = tests[tests["stat"] < SIGNIFICANT]
    names = listing(below["variable"].map(variable_label).str.lower().unique()) or "none"
    expected = number(SIGNIFICANT * len(tests), 1)
    return Sentence(
        f"Of {counted(tests['variable'].nunique(), 'predictor')} in {counted(len(tests), 'unadjusted test')}, {names} "
        f"had p < {SIGNIFICANT} ({expected} such tests are expected by chance); the smallest p, "
        f"{p_value(smallest['stat'])}, is that of {variable_label(smallest['variable']).lower()} "
        f"({smallest['method']})."
    )


def _overall_test(results: Results) -> str:
    """The comparison over all treatments, "" where nothing could be tested."""
    overall = results.pick(output="table2", group1_level="", variable="effective")
    test = pick(overall, stat_name="p.value")
    if test.empty:
        return ""
    courses = value(overall, stat_name="N")
    return f"; {p_phrase(test['stat'].iloc[0])} ({test['method'].iloc[0]}, {whole(courses)} courses, not adjusted)"


def _stopped_for_failure(results: Results) -> str:
    """The courses that were rated effective and stopped for lack of effect all the same."""
    failures = results.pick(output="table2", variable=EFFECTIVE_FAILURES)
    n, total = (pick(failures, stat_name=name).set_index("group1_level")["stat"] for name in ("n", "N"))
    if not n.sum():
        return ""
    parts = [f"{treatment_in_words(code)} {whole(n[code])} of {whole(total[code])}" for code in n.index[n > 0]]
    return f" Rated effective, yet stopped for lack of effect: {listing(parts)} effective courses."


def _pairs_of_test(adjusted: pd.DataFrame) -> str:
    """What a test finds with each adjustment, said once where both find the same pairs."""
    below = adjusted[adjusted["stat"] < SIGNIFICANT].sort_values("stat")
    if below.empty:
        return f"no pair has an adjusted p below {SIGNIFICANT} (the smallest is {p_value(adjusted['stat'].min())})"
    by_adjustment = {method.rsplit(", ", 1)[1]: rows for method, rows in below.groupby("method", sort=True)}
    sizes = {len(rows) for rows in by_adjustment.values()}
    if len(by_adjustment) == len(set(adjusted["method"])) and len(sizes) == 1:
        first, *others = by_adjustment
        return f"{_pairs(by_adjustment[first])} differ (p after {first}; {listing(others)} gives the same)"
    return listing([f"{_pairs(rows)} differ after {name}" for name, rows in by_adjustment.items()])


def _pairs(rows: pd.DataFrame) -> str:
    """The pairs with the smallest p, and how many more there are."""
    words = [
        f"{treatment_in_words(row.group1_level)} and {treatment_in_words(row.group2_level)} ({p_phrase(row.stat)})"
        for row in rows.head(MOST_PAIRS).itertuples()
    ]
    more = len(rows) - len(words)
    return listing([*words, *([f"{more} more pairs"] if more > 0 else [])])


def _from_to(values: pd.Series, show: Callable[[float], str]) -> str:
    """The range of some numbers, or the number that they all are."""
    low, high = show(values.min()), show(values.max())
    return low if low == high else f"{low} to {high}"


def _named_rates(rates: pd.DataFrame) -> str:
    """Treatments with the counts behind their rates: "phototherapy 3 of 6"."""
    return listing([
        f"{treatment_in_words(code)} {whole(rate['n'])} of {whole(rate['N'])}" for code, rate in rates.iterrows()
    ])  # fmt: skip
