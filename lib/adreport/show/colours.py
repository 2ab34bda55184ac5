"""Every colour of the figures but those of treatments, which stand in `data/treatments.csv`.

The colours of the pages themselves are the variables at the top of `templates/page.css`.
"""

from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

from adreport.study.dictionary import treatments

INK = "#222222"
PAPER = "#ffffff"
POINT = "#0b4f8a"  # where points are not of one treatment
MEDIAN_LINE = "#333333"
QUIET = "#595959"
LINE = "#777777"
SEVERAL = "#8a8a8a"  # several treatments together
TRACK = "#bdbdbd"
OTHER_CURVES = "#d0d0d0"
BAND = "#eef3f7"
STILL_ON_TREATMENT = "#dbe8f3"
RESPONSE = ("#b9b9b9", "#8fb8d8", "#0b4f8a")  # from the worst to the best level, and between
# By the group of discontinuation reasons.
REASON_GROUPS = {
    "failure": "#8c2d04",
    "side_effect": "#e6550d",
    "precaution": "#fdae6b",
    "decision": "#969696",
    "not_recorded": "#d9d9d9",
    "good_end": "#238b45",
}
# The ends of a pathway, told apart in print too: face and hatch.
END_STYLES = {
    "ongoing": (PAPER, ""),
    "remission": ("#d9d9d9", ""),
    "stopped": ("#d9d9d9", "////"),
    "lost_to_follow_up": (PAPER, "||||"),
    "not_recorded": (PAPER, "xxxx"),
}
FEW_HATCH = "////"
LIGHT = 0.4  # luma above which dark text reads better than white


def treatment_colour(code: str) -> str:
    """The colour of a treatment on every page; grey for several together."""
    treatment = treatments().get(code)
    return treatment.colour if treatment else SEVERAL


def response_colours(levels: int) -> list[str]:
    """Ordered colours from grey (worst) to a saturated hue (best)."""
    scale = LinearSegmentedColormap.from_list("response", RESPONSE)
    return [to_hex(scale(position / max(levels - 1, 1))) for position in range(levels)]


def ink_on(colour: str) -> str:
    """Dark or white, whichever reads better on a colour."""
    red, green, blue = to_rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > LIGHT else PAPER
