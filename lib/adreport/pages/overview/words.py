"""The answers of the overview, in four sentences."""

import pandas as pd

from adreport.pages.contract import n_of, pick, value
from adreport.pages.exhibits import MIN_COURSES, Results
from adreport.pages.layout import by_treatment, courses_by_treatment, named_counts
from adreport.pages.survival import horizons
from adreport.show.numbers import agreeing, counted, listing, number, percent, share_in_words, whole
from adreport.show.parts import Sentence
from adreport.study.dictionary import treatment_in_words
from adreport.study.reasons import ONGOING
from adreport.study.times import DAYS_PER_MONTH

MOST = 3


def used(results: Results) -> Sentence:
    """Courses and patients, and of how many the treatments of most courses were."""
    courses, patients = (value(pick(results.rows, output="flow", variable=name)) for name in ("courses", "patients"))
    counts = {unit: by_treatment(results.rows, f"{unit}s", ["n"])["n"] for unit in ("course", "patient")}
    most = [
        f"{treatment_in_words(code)} ({', '.join(counted(counts[unit][code], unit) for unit in counts)})"
        for code in most_used(results)
    ]
    were = f"{counted(courses, 'treatment course')} {agreeing(courses, 'was', 'were')} given to"
    if len(counts["course"]) == 1:
        return Sentence(f"{were} {counted(patients, 'patient')}: {most[0]}.")
    treatments = counted(len(counts["course"]), "treatment")
    return Sentence(f"{were} {counted(patients, 'patient')}, with {treatments}; most often {listing(most)}.")


def worked(results: Results) -> Sentence:
    """How many courses were effective: of all, and of the most used treatments."""
    n, total = n_of(results.rows, output="overview", variable="effective")
    if not total > 0:
        return Sentence("Response is not recorded.")
    significant, _ = n_of(results.rows, output="overview", variable="significant")
    best = f", {whole(significant)} of them {results.scale.significant_label}" if significant != n else ""
    each = _each(results, by_treatment(results.rows, "effective", ["n", "N"]))
    judged = share_in_words(n, total, "course", 0)
    return Sentence(f"{judged} reached {results.scale.effective_label}{best}: {each}.")


def kept(results: Results) -> Sentence:
    """How long the most used treatments were kept (Kaplan-Meier medians), and how many courses are ongoing."""
    frame = by_treatment(results.rows, "drug_survival", ["median", "N"], "survival")
    if frame.empty:
        return Sentence("How long courses lasted is not recorded.")
    reached = frame.index[frame["median"].notna()]
    enough = [code for code in most_used(results) if code in reached and frame.loc[code, "N"] >= MIN_COURSES]
    medians = [f"{_months(frame.loc[code, 'median'])} on {treatment_in_words(code)}" for code in enough]
    beyond, none = _beyond(results, frame), "not reached" if medians else "no median is reached"
    said = [
        f"courses lasted a median of {listing(medians)}" if medians else "",
        f"{none} on {beyond}" if beyond else "",
    ]
    stayed = f"{'; '.join(filter(None, said))}. " if any(said) else ""
    n, total = n_of(results.rows, output="overview", variable=ONGOING)
    courses = share_in_words(n, total, "course", 0)
    return Sentence(f"{stayed}{courses} {agreeing(n, 'was', 'were')} ongoing at data lock.")


def harm(results: Results) -> Sentence:
    """Courses and patients with a recorded side effect, courses stopped for one, serious ones."""
    n, total = n_of(results.rows, output="safety", group1="", variable="affected_courses")
    if not total > 0:
        return Sentence("Side effects were not recorded in these data.")
    patients, of = n_of(results.rows, output="safety", group1="", variable="affected_patients")
    each = _each(results, by_treatment(results.rows, "affected_courses", ["n", "N"], "safety"))
    courses = share_in_words(n, total, "course", 0)
    return Sentence(
        f"{courses}, in {whole(patients)} of {counted(of, 'patient')}, had a recorded side effect: {each}. "
        f"{_stopped(results.rows)}{_serious(results.rows)}"
    )


def most_used(results: Results) -> list[str]:
    """The treatments of most courses, with at least as many as the settings ask for; the first in any case."""
    courses = courses_by_treatment(results.rows)["n"]
    enough = courses.index[courses >= results.settings.min_courses]
    return list((enough if len(enough) else courses.index[:1])[:MOST])


def _each(results: Results, frame: pd.DataFrame) -> str:
    known = [code for code in most_used(results) if code in frame.index and frame.loc[code, "N"] > 0]
    return named_counts(frame.loc[known])


def _months(days: float) -> str:
    return f"{number(days / DAYS_PER_MONTH)} months"


def _beyond(results: Results, frame: pd.DataFrame) -> str:
    """The treatments of whose courses fewer than half have ended, and the share still on them after a year."""
    horizon = horizons.spoken()
    shares = pick(results.rows, output="survival", variable="drug_survival", variable_level=horizon.level)
    shares = pick(shares, stat_name="estimate").set_index("group1_level")["stat"]
    unreached = frame.index[frame["median"].isna() & (frame["N"] >= results.settings.min_courses)]
    lasting = {code: f" ({percent(share, 0)}% still on it after {horizon.in_words})" for code, share in shares.items()}
    named = [f"{treatment_in_words(code)}{lasting.get(code, '')}" for code in unreached[:MOST]]
    return listing(named)


def _stopped(rows: pd.DataFrame) -> str:
    n, total = n_of(rows, output="safety", group1="", variable="discontinued")
    if not total > 0:
        return "Why courses ended is not recorded."
    return f"{whole(n)} of {counted(total, 'course')} {agreeing(n, 'was', 'were')} stopped for one."


def _serious(rows: pd.DataFrame) -> str:
    n, recorded = n_of(rows, output="safety", group1="", variable="serious")
    if not recorded > 0:
        return " Whether any was serious is not recorded."
    return f" {whole(n)} of {counted(recorded, 'side effect')} {agreeing(n, 'was', 'were')} serious."
