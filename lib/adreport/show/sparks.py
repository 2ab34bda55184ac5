"""Small drawings within the cells of a table: the text below them says the same."""

import math

from markupsafe import Markup

SPARK = Markup(
    '<svg class="spark" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
    '<path class="axis" d="M0 5H100"/><path d="M{low:.1f} 5H{high:.1f}" stroke="{colour}" stroke-width="2"/>'
    '<path d="M{middle:.1f} 0V10" stroke="{colour}" stroke-width="3"/></svg>'
)


def point(middle: float, low: float = math.nan, high: float = math.nan, colour: str = "#222") -> Markup:
    """An estimate with its interval on an axis from 0 to 1; without limits the estimate alone."""
    ends = (middle if math.isnan(end) else end for end in (low, high))
    return SPARK.format(
        middle=100 * middle, colour=colour, **dict(zip(("low", "high"), (100 * end for end in ends), strict=True))
    )
