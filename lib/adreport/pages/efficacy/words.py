"""Sentences of the efficacy page."""

from collections.abc import Callable

import pandas as pd

from adreport.pages.columns import RATES, by_treatment, interval_name, signed_two
from adreport.pages.contract import pick, value, wide
from adreport.pages.efficacy.results import DETECTABLE, EFFECTIVE_FAILURES, OUTCOMES
from adreport.show.numbers import counted, listing, number, p_phrase, p_value, percent, points, span, whole
from adreport.show.parts import Sentence
from adreport.study.dictionary import level_label, treatment_in_words, variable_label
from adreport.study.response import ResponseScale

SIGNIFICANT = 0.05
MOST_PAIRS = MOST_REASONS = 3


def outcomes(results: pd.DataFrame, scale: ResponseScale, min_courses: int) -> Sentence:
    """The range of response rates over the treatments with enough courses, and the overall test."""
    frame = by_treatment(results, "effective", RATES)
    overall = pick(results, output="table2", group1_level="", variable="effective")
    p, n = (value(overall, stat_name=name) for name in ("p.value", "N"))
    if not frame["N"].sum():
        return Sentence("No course has a recorded response.")
    known = frame[frame["N"] >= min_courses]
    known = known if len(known) else frame
    ends = [known[known["p"] == limit] for limit in (known["p"].max(), known["p"].min())]
    best, worst = (f"{percent(rows['p'].iloc[0])}% ({_named_rates(rows)})" for rows in ends)
    rare = len(known) < (frame["N"] > 0).sum()
    among = (
        f"among the {counted(len(known), 'treatment')} with at least {min_courses} courses"
        if rare
        else "between treatments"
    )
    span = f"was {best}" if len(ends[0]) == len(known) else f"ranged {among} from {worst} to {best}"
    tested = f"; {p_phrase(p)} ({overall['method'].iloc[0]}, {whole(n)} courses, not adjusted)" if p == p else ""
    return Sentence(f"Overall effectiveness, the share of courses rated {scale.effective_label}, {span}{tested}.")


def differences(results: pd.DataFrame) -> Sentence:
    """Of each outcome, whether it differed between the compared treatments."""
    own = pick(results, output="table2", group1_level="", variable=OUTCOMES, stat_name="p.value")
    if own.empty:
        return Sentence("No outcome can be compared: fewer than two treatments have enough courses, or nothing varies.")
    parts = {True: [], False: []}
    for row in own.itertuples():
        parts[row.stat < SIGNIFICANT].append(f"{variable_label(row.variable).lower()} ({p_phrase(row.stat)})")
    words = [f"differed between the treatments in {listing(parts[True])}" if parts[True] else ""]
    words += [f"are not shown to differ in {listing(parts[False])}" if parts[False] else ""]
    return Sentence(f"Courses {listing(filter(None, words))}; over all treatments compared, not adjusted.")


def endings(results: pd.DataFrame) -> Sentence:
    """The commonest recorded reasons, over all treatments."""
    own = pick(results, output="table2", variable="discontinuation_reason", stat_name="n")
    number_of = own.groupby("variable_level", sort=False)["stat"].sum().sort_values(ascending=False, kind="stable")
    ongoing = number_of.get("ongoing", 0)
    number_of = number_of[number_of > 0].drop("ongoing", errors="ignore")
    if number_of.empty:
        return Sentence("No course has ended." if ongoing else "No reason is recorded for any course.")
    words = [
        f"{level_label('discontinuation_reason', reason).lower()} ({whole(n)})"
        for reason, n in number_of[number_of >= number_of.head(MOST_REASONS).iloc[-1]].items()
    ]
    going = f"; {whole(ongoing)} still {_went(ongoing)} on" if ongoing else ""
    total = counted(number_of.sum(), "course that ended", "courses that ended")
    return Sentence(f"Recorded most often, of {total}: {listing(words)}{going}.{_left_for_failure(results)}")


def ordered(results: pd.DataFrame) -> Sentence:
    """The response levels compared as an ordered scale and as categories."""
    own = pick(results, output="figure1", group1_level="", variable="response")
    tests = wide(own, "method").dropna(subset="p.value") if "p.value" in set(own["stat_name"]) else pd.DataFrame()
    if tests.empty:
        return Sentence(
            "The levels are not compared: it takes two treatments with enough courses and more than one level."
        )
    parts = [f"{p_phrase(test['p.value'])} ({method}, {whole(test['N'])} courses)" for method, test in tests.iterrows()]
    kinds = ["taken as an ordered scale", "taken as unordered categories"]
    words = [f"{kind} {part}" for kind, part in zip(kinds, parts, strict=False)]
    strength = own[own["method"].str.startswith("Cramér's V")].set_index("stat_name")["stat"]
    if "conf.low" in strength:
        limits = span(strength["conf.low"], strength["conf.high"], signed_two)
        words[-1] += f", with Cramér's V {number(strength['estimate'], 2)} ({interval_name(results)} {limits})"
    return Sentence(f"All levels of the response compared between treatments, not adjusted: {'; '.join(words)}.")


def pairwise(results: pd.DataFrame) -> Sentence:
    """Which pairs differ by which test after adjustment."""
    adjusted = pick(results, output="pairwise", stat_name="p.value.adjusted")
    pairs = len(adjusted[["group1_level", "group2_level"]].drop_duplicates())
    if not pairs:
        return Sentence("Fewer than two treatments have enough courses to be compared.")
    tests = adjusted["method"].str.rsplit(", ", n=1).str[0]
    parts = [f"by {test}, {_pairs_of_test(own)}" for test, own in adjusted.groupby(tests, sort=False)]
    return Sentence(f"Of {counted(pairs, 'pair')} of treatments, p adjusted over all of them: {'; '.join(parts)}.")


def power(results: pd.DataFrame) -> Sentence:
    """The smallest differences that these courses could have shown."""
    own = pick(results, output="pairwise", variable_level=DETECTABLE)
    pairs, found = own[own["stat_name"] == "N"], own.loc[own["stat_name"] == "estimate", "stat"]
    if pairs.empty:
        return Sentence("Without two treatments with enough courses there is no difference to size.")
    none = len(pairs) - len(found)
    parts = [
        "what a test would have found with 80% power begins, pair by pair, at differences of "
        f"{_from_to(found, points)} percentage points" if len(found) else "",
        f"in {whole(none)} of {counted(len(pairs), 'pair')} not even a rate of 0 or 100% in the treatment with fewer "
        "courses would have been found" if none else "",
    ]  # fmt: skip
    words = "; ".join(filter(None, parts))
    return Sentence(
        f"{words[:1].upper()}{words[1:]} (Fisher's exact test, two-sided 5%, not adjusted; "
        f"{_from_to(pairs['stat'], whole)} courses a pair). "
        "That two treatments are not shown to differ is no sign that they are alike."
    )


def predictors(results: pd.DataFrame) -> Sentence:
    """Whether anything known at the start went with the response."""
    own = pick(results, output="predictors", stat_name="p.value")
    if own.empty:
        return Sentence("No predictor of response can be tested in these data.")
    least = own.loc[own["stat"].idxmin()]
    below = own[own["stat"] < SIGNIFICANT]
    found = listing(below["variable"].map(variable_label).str.lower().unique()) or "none"
    expected = number(SIGNIFICANT * len(own), 1)
    return Sentence(
        f"Of {counted(own['variable'].nunique(), 'predictor')} in {counted(len(own), 'unadjusted test')}, {found} had "
        f"p < {SIGNIFICANT} ({expected} such tests are expected by chance); the smallest p, {p_value(least['stat'])}, "
        f"is that of {variable_label(least['variable']).lower()} ({least['method']})."
    )


def _went(n: float) -> str:
    return "goes" if n == 1 else "go"


def _left_for_failure(results: pd.DataFrame) -> str:
    """The courses that were rated effective and left for lack of effect all the same."""
    own = pick(results, output="table2", variable=EFFECTIVE_FAILURES)
    n, total = (pick(own, stat_name=name).set_index("group1_level")["stat"] for name in ("n", "N"))
    if not n.sum():
        return ""
    parts = [f"{treatment_in_words(code)} {whole(n[code])} of {whole(total[code])}" for code in n.index[n > 0]]
    return f" Rated effective, yet left for lack of effect: {listing(parts)} effective courses."


def _pairs_of_test(adjusted: pd.DataFrame) -> str:
    """What a test finds with each adjustment, said once where both find the same pairs."""
    below = adjusted[adjusted["stat"] < SIGNIFICANT].sort_values("stat")
    if below.empty:
        return f"no pair has an adjusted p below {SIGNIFICANT} (the smallest is {p_value(adjusted['stat'].min())})"
    found = {method.rsplit(", ", 1)[1]: rows for method, rows in below.groupby("method", sort=True)}
    sizes = {len(rows) for rows in found.values()}
    if len(found) == len(set(adjusted["method"])) and len(sizes) == 1:
        first, *others = found
        return f"{_pairs(found[first])} differ (p after {first}; {listing(others)} finds the same)"
    return listing([f"{_pairs(rows)} differ after {name}" for name, rows in found.items()])


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
