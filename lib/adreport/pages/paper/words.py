"""The answers of the reproduction page in words."""

from adreport.pages.contract import pick, value
from adreport.pages.exhibits import Results
from adreport.pages.paper import contradictions as paper
from adreport.pages.paper.results import INSIDE, OUTPUT
from adreport.pages.paper.verdicts import AGREES, DIFFERS, ROUNDED, TRUNCATED, UNKNOWN
from adreport.show.numbers import agreeing, counted, listing, whole
from adreport.show.parts import Sentence


def reproduces(results: Results) -> bool:
    """Whether the data are the published cohort, so that each number has a verdict."""
    return not results.pick(output=OUTPUT, variable="verdict", variable_level=AGREES).empty


def agreement(results: Results) -> Sentence:
    """How many printed numbers agree; of other data, how many shares lie inside the intervals."""
    if not reproduces(results):
        return _other_data(results)
    verdicts = results.pick(output=OUTPUT, group1_level="", variable="verdict")
    n = pick(verdicts, stat_name="n").set_index("variable_level")["stat"]
    total = value(verdicts, stat_name="N", variable_level=AGREES)
    agreeing, derived = (value(results.rows, output=OUTPUT, variable="derived", stat_name=name) for name in ("n", "N"))
    built = whole(value(results.rows, output=OUTPUT, variable="built_in"))
    return Sentence(
        f"Of {counted(total, 'printed number')} {whole(n[AGREES] + n[ROUNDED])} agree with these data, "
        f"{whole(n[TRUNCATED])} if cut off instead of rounded, {whole(n[DIFFERS])} differ and {whole(n[UNKNOWN])} "
        f"cannot be recomputed. {built} were built to match and test nothing; of the {whole(derived)} that follow from "
        f"published counts or sequences, {whole(agreeing)} agree."
    )


def explanations(results: Results) -> Sentence:
    """The one denominator that explains a whole column of percentages, if there is one."""
    if not reproduces(results):
        return Sentence("Shares whose published value lies outside the interval of these data. This is not a test.")
    totals = results.pick(output=OUTPUT, variable="common_denominator")
    parts = [
        f"with {' or '.join(map(whole, rows['stat']))} as the total of {variable}, every share of {variable} that "
        "differs comes out as printed"
        for variable, rows in totals.groupby("variable_level")
    ]
    return Sentence(f"{'; '.join(parts)}." if parts else "No single denominator explains the differences.")


def contradictions(results: Results) -> Sentence:
    """How many contradictions of each kind there are."""
    n = results.pick(output=paper.OUTPUT, stat_name="n").set_index("group1_level")["stat"]
    kinds = [f"{whole(n[kind])} {words}" for kind, words in paper.KINDS.items()]
    return Sentence(f"Of the paper's statements, {listing(kinds)}.")


def _other_data(results: Results) -> Sentence:
    inside = results.pick(output=OUTPUT, variable="verdict", variable_level=INSIDE)
    n, total = (value(inside, stat_name=name) for name in ("n", "N"))
    if not total:
        return Sentence("These are not the data of the published cohort.")
    return Sentence(
        f"These are not the data of the published cohort: {whole(n)} of {counted(total, 'published share')} of courses "
        f"{agreeing(n, 'lies', 'lie')} inside the interval of these data. This is not a test."
    )
