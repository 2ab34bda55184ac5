"""What data write in a figure is drawn as it is written."""

import re
import warnings

import pytest

from adreport.show.drawing import figure


def drawn(paint) -> str:
    return figure(paint, 2, "Caption", "Described").drawn(False)


@pytest.mark.parametrize("name", [r"$\frac$", "$P1$", "a $ b $", r"$\alpha_1$"])
def test_signs_of_formulas_are_drawn_as_signs(name):
    def paint(axes, _):
        axes.plot([0, 1], [0, 1], label=name)
        axes.set_yticks([0, 1], [name, "other"])
        axes.annotate(name, (0, 0))
        axes.set_title(name)
        axes.legend()

    assert drawn(paint).count(f">{name}</text>") == 4


def test_a_logarithmic_axis_keeps_its_powers_of_ten():
    def paint(axes, _):
        axes.plot([10, 10_000], [0, 1])
        axes.set_xscale("log")

    assert "mathdefault" not in re.sub("<!--.*?-->", "", drawn(paint))


def test_a_glyph_that_the_font_lacks_is_text_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ">日本</text>" in drawn(lambda axes, _: axes.set_yticks([0], ["日本"]))
