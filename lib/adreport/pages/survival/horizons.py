"""The times after the start of a course for which the page gives numbers, stated once."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Horizon:
    """So many days after the start: their label in tables, and the months written at their tick in figures.

    `in_words`: what sentences call it; only the horizon that sentences are about has words.
    """

    days: int
    label: str
    months: int
    in_words: str = ""

    @property
    def level(self) -> str:
        """The days as the results write them (`variable_level`)."""
        return str(self.days)


HORIZONS = (
    Horizon(90, "90 days", 3),
    Horizon(180, "180 days", 6),
    Horizon(365, "1 year", 12, "one year"),
    Horizon(730, "2 years", 24),
)


def last() -> Horizon:
    """The latest horizon, at which curves end."""
    return max(HORIZONS, key=lambda horizon: horizon.days)


def spoken() -> Horizon:
    """The horizon that sentences are about."""
    return next(horizon for horizon in HORIZONS if horizon.in_words)
