"""Every colour of the figures but those of treatments, which stand in `data/treatments.csv`.

The colours of the pages themselves are the variables at the top of `templates/page.css`.
"""

from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

from adreport.study.dictionary import treatments

INK = "#222222"
PAPER = "#ffffff"
POINT = "#1a6ab0"  # where points are not of one treatment
MEDIAN_LINE = "#333333"
QUIET = "#595959"
LINE = "#777777"
PALE = "#d9d9d9"
SEVERAL = "#8a8a8a"  # several treatments together
TRACK = "#bdbdbd"
OTHER_CURVES = "#d0d0d0"
BAND = "#eef3f7"
STILL_ON_TREATMENT = "#dbe8f3"
RESPONSE = ("#b9b9b9", "#8fb8d8", "#1a6ab0")  # from the worst to the best level, and between
# By the group of discontinuation reasons.
REASON_GROUPS = {
    "failure": "#a33b0b",
    "side_effect": "#e6550d",
    "precaution": "#fdae6b",
    "decision": "#969696",
    "not_recorded": PALE,
    "good_end": "#238b45",
}
# The ends of a pathway, told apart in print too: face and hatch.
END_STYLES = {
    "ongoing": (PAPER, ""),
    "remission": (PALE, ""),
    "stopped": (PALE, "////"),
    "lost_to_follow_up": (PAPER, "||||"),
    "not_recorded": (PAPER, "xxxx"),
}
# Within a page, these are colours of the page (page.css), which differ in the dark; in files they are as above.
OF_THE_PAGE = {
    INK: "currentColor",
    MEDIAN_LINE: "currentColor",
    PAPER: "var(--page,#fff)",
    QUIET: f"var(--quiet,{QUIET})",
    OTHER_CURVES: f"var(--others,{OTHER_CURVES})",
    BAND: f"var(--band,{BAND})",
    STILL_ON_TREATMENT: f"var(--still,{STILL_ON_TREATMENT})",
    PALE: f"var(--pale,{PALE})",
}
ON_COLOUR = ("#1b1b1b", "#fefefe")  # text on a colour that is the same on every page


def treatment_colour(code: str) -> str:
    """The colour of a treatment on every page; grey for several together."""
    treatment = treatments().get(code)
    return treatment.colour if treatment else SEVERAL


def response_colours(levels: int) -> list[str]:
    """Ordered colours from grey (worst) to a saturated hue (best)."""
    scale = LinearSegmentedColormap.from_list("response", RESPONSE)
    return [to_hex(scale(position / max(levels - 1, 1))) for position in range(levels)]


def ink_on(colour: str) -> str:
    """Dark or white, whichever reads better on a colour; on one of the page, its own ink."""
    if colour in OF_THE_PAGE:
        return INK
    return max(ON_COLOUR, key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21.

    Source: WCAG 2.2, definitions of relative luminance and contrast ratio.
    """
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
