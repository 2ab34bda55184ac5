"""What the overview counts beyond the other pages: all courses together."""

from collections.abc import Iterator

from adreport.pages.contract import statistics
from adreport.pages.counting import outcome_rate
from adreport.pages.exhibits import Settings
from adreport.stats.counts import share
from adreport.study.model import Study
from adreport.study.reasons import ONGOING, REASON


def totals(study: Study, settings: Settings) -> Iterator[dict]:
    """Over all courses: the outcomes of those with a recorded response, and how many are ongoing."""
    for outcome in ("effective", "significant"):
        yield from outcome_rate("overview", study.courses[outcome], settings, variable=outcome)
    ongoing = share(int(study.courses[REASON].eq(ONGOING).sum()), len(study.courses))
    yield from statistics("overview", ongoing, variable=ONGOING)
