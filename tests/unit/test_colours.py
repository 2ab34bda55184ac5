"""Treatments are told apart by their colours, on white and on the dark page."""

import re
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

import pytest
from matplotlib.colors import to_rgb

from adreport.show.colours import contrast, ink_on
from adreport.study.dictionary import treatments
from adreport.study.paths import TEMPLATE

DARK_PAGE = re.findall(r"--page: (#\w{6})", (TEMPLATE / "page.css").read_text(encoding="utf-8"))[-1]
COLOURS = {treatment.abbreviation: treatment.colour for treatment in treatments().values()}


@pytest.mark.parametrize(("one", "other"), combinations(COLOURS, 2))
def test_any_two_treatments_are_20_apart(one, other):
    assert ciede2000(lab(COLOURS[one]), lab(COLOURS[other])) >= 20


@pytest.mark.parametrize("name", COLOURS)
def test_every_treatment_stands_out_from_both_pages_and_carries_text(name):
    """WCAG 2.2, 1.4.11: 3 to 1 for what is needed to understand a graphic."""
    assert contrast(COLOURS[name], "#ffffff") >= 3
    assert contrast(COLOURS[name], DARK_PAGE) >= 3
    assert contrast(COLOURS[name], ink_on(COLOURS[name])) >= 4


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)  # the lightest grey for text


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, 2.5, 0), (73, 25, -18), 27.1492),
     ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082), ((50, -1, 2), (50, 0, 0), 2.3669)],
)  # fmt: skip
def test_the_difference_of_two_colours_is_the_published_one(one, other, difference):
    """Golden values: Sharma, Wu, Dalal. Color Res Appl 2005;30:21-30, table 1."""
    assert ciede2000(one, other) == pytest.approx(difference, abs=5e-5)


def lab(colour: str) -> tuple[float, float, float]:
    """A colour in CIELAB, of D65."""
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour))
    x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
    y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
    z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
    x, y, z = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The difference of two colours as Sharma, Wu and Dalal (2005) write it."""
    chroma = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * sqrt(chroma**7 / (chroma**7 + 25**7))
    (l1, c1, h1), (l2, c2, h2) = (
        (light, hypot(stretch * a, b), degrees(atan2(b, stretch * a)) % 360) for light, a, b in (one, other)
    )
    turn = ((h2 - h1 + 180) % 360 - 180) if c1 * c2 else 0.0
    hue = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (1 - 0.17 * cos(radians(hue - 30)) + 0.24 * cos(radians(2 * hue)) + 0.32 * cos(radians(3 * hue + 6))
         - 0.20 * cos(radians(4 * hue - 63)))  # fmt: skip
    by_light = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2))
    by_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    by_hue = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * t)
    rotation = -2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt(by_light**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue)
