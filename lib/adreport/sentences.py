"""The answers in words: sentences whose every number comes from the results."""

import pandas as pd

from adreport import inference
from adreport.contradictions import Contradiction
from adreport.dictionary import level_label, treatments, variable_label
from adreport.display import Masthead, Sentence
from adreport.formatting import counted, interval, listing, n_percent, number, p_phrase, p_value, percent, whole
from adreport.reproduction import AGREES, DIFFERS, ROUNDED, TRUNCATED, UNKNOWN, VERDICTS, Comparison
from adreport.response import ResponseScale
from adreport.results import pick, value, wide
from adreport.study import Study
from adreport.tables.columns import RATES, by_treatment

SIGNIFICANT = 0.05


def masthead(study: Study) -> Masthead:
    """The head of a page: the study's title and notice, the filters set, patients and courses left."""
    contents = f"{counted(len(study.patients), 'patient')}, {counted(len(study.courses), 'treatment course')}"
    return Masthead(study.title, study.notice, str(study.selection), contents)


def flow(results: pd.DataFrame) -> Sentence:
    """Patients, courses and how many of them are compared."""
    n = wide(pick(results, output="flow"), "variable")["n"]
    return Sentence(
        f"{counted(n.patients, 'patient')} had {counted(n.courses, 'treatment course')}; "
        f"{whole(n.courses_compared)} of these belong to the {counted(n.treatments_compared, 'treatment')} with at "
        f"least {whole(n.treatments_compared_min_courses)} courses and are compared with one another."
    )


def baseline(results: pd.DataFrame) -> Sentence:
    """Sex, age and onset of the patients."""
    own = pick(results, output="table1", group1="")
    patients = value(pick(results, output="flow", variable="patients"), stat_name="n")
    female, known = (value(own, variable="sex", variable_level="female", stat_name=name) for name in ("n", "N"))
    parts = [f"Of {counted(patients, 'patient')}, {n_percent(female, known)[:-1]}%) were female"]
    for variable, words in (
        ("age_at_data_lock_years", "{} years old at data lock"),
        ("onset_age_months", "{} months old at onset"),
    ):
        middle, low, high, n = (value(own, variable=variable, stat_name=name) for name in ("median", "p25", "p75", "N"))
        if n:
            quartiles = interval(low, high, as_percent=False)
            parts.append(f"they were {words.format(number(middle))} (median; quartiles {quartiles}; n = {whole(n)})")
    return Sentence("; ".join(parts) + ".")


def treatments_used(results: pd.DataFrame) -> Sentence:
    """The commonest treatment and how many there were."""
    frame = by_treatment(results, "patients", ["n", "N", "p"])
    first = frame["n"].idxmax()
    return Sentence(
        f"{level_label('treatment', first)} was the most frequent of {counted(len(frame), 'treatment')}: "
        f"{whole(frame.loc[first, 'n'])} of {counted(frame.loc[first, 'N'], 'patient')} "
        f"({percent(frame.loc[first, 'p'])}%) received it."
    )


def comorbidities(results: pd.DataFrame) -> Sentence:
    """How many patients had another disease."""
    own = pick(results, output="table1", group1="", variable_level="any")
    parts = []
    for variable, words in (
        ("atopic_comorbidities", "another atopic disease"),
        ("comorbidities", "a non-atopic disease"),
    ):
        n, known = (value(own, variable=variable, stat_name=name) for name in ("n", "N"))
        if known:
            parts.append(f"{whole(n)} of {whole(known)} patients ({percent(n / known)}%) had {words}")
    return Sentence(f"{listing(parts)}." if parts else "No comorbidities are recorded.")


def outcomes(results: pd.DataFrame, scale: ResponseScale, min_courses: int) -> Sentence:
    """The range of response rates over the treatments with enough courses, and the overall test."""
    frame = by_treatment(results, "effective", RATES)
    overall = pick(results, output="table2", group1_level="", variable="effective")
    p, n = (value(overall, stat_name=name) for name in ("p.value", "N"))
    known = frame[frame["N"] >= min_courses]
    known = known if len(known) else frame
    ends = [known[known["p"] == limit] for limit in (known["p"].max(), known["p"].min())]
    best, worst = (f"{percent(rows['p'].iloc[0])}% ({_named_rates(rows)})" for rows in ends)
    span = f"was {best}" if len(ends[0]) == len(known) else f"ranged from {worst} to {best}"
    tested = f"; {p_phrase(p)} ({overall['method'].iloc[0]}, {whole(n)} courses, not adjusted)" if p == p else ""
    return Sentence(f"The share of courses with {scale.effective_label} {span} between treatments{tested}.")


def ordered(results: pd.DataFrame) -> Sentence:
    """The response levels compared as an ordered scale and as categories."""
    own = pick(results, output="figure1", group1_level="", variable="response")
    tests = wide(own, "method").dropna(subset="p.value") if "p.value" in set(own["stat_name"]) else pd.DataFrame()
    if tests.empty:
        return Sentence(
            "The response levels cannot be compared between treatments: " + listing(own["method"].unique()) + "."
        )
    parts = [f"{p_phrase(test['p.value'])} ({method}, {whole(test['N'])} courses)" for method, test in tests.iterrows()]
    kinds = ["taken as an ordered scale", "taken as unordered categories"]
    words = [f"{kind} {part}" for kind, part in zip(kinds, parts, strict=False)]
    return Sentence(f"All levels of the response compared between treatments, not adjusted: {'; '.join(words)}.")


def pairwise(results: pd.DataFrame) -> Sentence:
    """Which pairs differ by which test after adjustment."""
    adjusted = pick(results, output="pairwise", stat_name="p.value.adjusted")
    pairs = len(adjusted[["group1_level", "group2_level"]].drop_duplicates())
    if not pairs:
        return Sentence("There are not two treatments with enough courses to compare.")
    parts = [f"by {method}, {_pairs_below(own)}" for method, own in adjusted.groupby("method", sort=False)]
    return Sentence(f"Of {counted(pairs, 'pair')} of treatments, p adjusted over all of them: {'; '.join(parts)}.")


def predictors(results: pd.DataFrame) -> Sentence:
    """Whether anything known at the start went with the response."""
    own = pick(results, output="predictors", stat_name="p.value")
    if own.empty:
        return Sentence("No predictor of response can be tested in these data.")
    least = own.loc[own["stat"].idxmin()]
    below = own[own["stat"] < SIGNIFICANT]
    words = "none" if below.empty else listing(below["variable"].map(variable_label).str.lower().unique())
    return Sentence(
        f"Of {counted(own['variable'].nunique(), 'predictor')} in {counted(len(own), 'test')}, {words} went with the "
        f"response at p < {SIGNIFICANT}; the smallest unadjusted p is {p_value(least['stat'])} "
        f"({variable_label(least['variable']).lower()}, {least['method']})."
    )


def side_effects(results: pd.DataFrame) -> Sentence:
    """Events, courses and patients with a side effect."""
    events = pick(results, output="table3", variable="side_effect", variable_level="any", stat_name="n")["stat"].sum()
    own = pick(results, output="safety", group1="")
    courses, patients = (_fraction(own, f"affected_{unit}", unit) for unit in ("courses", "patients"))
    return Sentence(f"{counted(events, 'side effect')} occurred in {courses} and in {patients}.")


def discontinued(results: pd.DataFrame, study: Study) -> Sentence:
    """Courses stopped for a side effect."""
    stopped = _fraction(pick(results, output="safety", group1=""), "discontinued", "courses")
    reasons = study.courses["discontinuation_reason"].eq("side_effect")
    drugs = study.courses.loc[reasons, "treatment"].value_counts()
    which = [f"{level_label('treatment', code)} {whole(n)}" for code, n in drugs[drugs > 0].items()]
    return Sentence(f"{stopped} were stopped for a side effect{': ' + listing(which) if which else ''}.")


def pathways(results: pd.DataFrame) -> Sentence:
    """How many different sequences there are and which is the commonest."""
    own = pick(results, output="table4")
    numbers = own["method"].value_counts()
    commonest = numbers.index[0].replace(" > ", " → ")
    words = " → ".join(level_label("treatment", code).lower() for code in commonest.split(" → "))
    return Sentence(
        f"{counted(len(own), 'patient')} went through {counted(len(numbers), 'different sequence')} "
        f"of up to {whole(own['stat'].max())} courses; the commonest, {words}, was that of "
        f"{counted(numbers.iloc[0], 'patient')}."
    )


def lines(results: pd.DataFrame) -> Sentence:
    """What was used first, and how many patients needed a second line."""
    first = pick(results, output="lines", group1="line", group1_level="1")
    counts = wide(first, "variable_level")
    top = counts["n"].idxmax()
    second = pick(results, output="lines", group1="line", group1_level="2", stat_name="N")["stat"].max()
    second = 0 if pd.isna(second) else second
    total = counts["N"].iloc[0]
    return Sentence(
        f"The first treatment was most often {level_label('treatment', top).lower()} ({whole(counts.loc[top, 'n'])} of "
        f"{counted(total, 'patient')}); {n_percent(second, total)[:-1]}%) went on to a second."
    )


def transitions(results: pd.DataFrame) -> Sentence:
    """The commonest change of treatment."""
    own = pick(results, output="transitions", stat_name="n")
    switches = own[own["group2_level"].isin(treatments())]
    if switches.empty:
        return Sentence("No patient changed treatment.")
    top = switches.loc[switches["stat"].idxmax()]
    total = value(
        results, output="transitions", group1_level=top["group1_level"], group2_level=top["group2_level"], stat_name="N"
    )
    return Sentence(
        f"{counted(switches['stat'].sum(), 'course')} were followed by another; the commonest step was from "
        f"{_treatment(top['group1_level'])} to {_treatment(top['group2_level'])} ({whole(top['stat'])} of {counted(total, 'course')})."
    )


def agreement(comparison: Comparison) -> Sentence:
    """How many printed numbers agree; of other data, how many shares lie inside the intervals."""
    rows = comparison.rows
    if not comparison.reproduces:
        known = rows.dropna(subset="low")
        inside = known["stat"].between(known["low"], known["high"])
        return Sentence(
            f"These are other data than the published cohort: {whole(inside.sum())} of "
            f"{counted(len(known), 'published share')} of courses lie inside the interval that these data give."
        )
    n = {name: int((rows["verdict"] == name).sum()) for name in VERDICTS}
    return Sentence(
        f"Of {counted(len(rows), 'printed number')}, {whole(len(rows) - n[UNKNOWN])} can be recomputed: "
        f"{whole(n[AGREES] + n[ROUNDED])} agree, {whole(n[TRUNCATED])} agree if cut off instead of rounded, "
        f"{whole(n[DIFFERS])} differ."
    )


def contradictions(found: list[Contradiction]) -> Sentence:
    """How many contradictions stand."""
    return Sentence(
        f"{counted(len(found), 'statement')} of the paper cannot be true together with another or stand unexplained."
    )


def _named_rates(rates: pd.DataFrame) -> str:
    """Treatments with the counts behind their rates: "phototherapy 3 of 6"."""
    return listing([
        f"{_treatment(code)} {whole(rate['n'])} of {whole(rate['N'])}" for code, rate in rates.iterrows()
    ])  # fmt: skip


def _treatment(code: str) -> str:
    return level_label("treatment", code).lower()


def _pairs_below(adjusted: pd.DataFrame) -> str:
    """The pairs below the significance level with their p, or the smallest p if there is none."""
    below = adjusted[adjusted["stat"] < SIGNIFICANT].sort_values("stat")
    if below.empty:
        return f"no pair differs (smallest p = {p_value(adjusted['stat'].min())})"
    pairs = [
        f"{_treatment(row.group1_level)} and {_treatment(row.group2_level)} ({p_phrase(row.stat)})"
        for row in below.itertuples()
    ]
    return f"{listing(pairs)} differ"


def _fraction(results: pd.DataFrame, variable: str, noun: str) -> str:
    n, total, p = (value(results, variable=variable, stat_name=name) for name in ("n", "N", "p"))
    return f"{whole(n)} of {whole(total)} {noun} ({percent(p)}%)"


def test_rule() -> Sentence:
    """The rule by which a test is chosen, as the code follows it."""
    return Sentence(inference.RULE)
