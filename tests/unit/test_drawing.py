"""What data write in a figure is drawn as it is written."""

import re
import warnings

import pytest

from adreport.show.drawing import figure, titled
from adreport.show.svg import short_path


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

    made = drawn(paint)
    assert "mathdefault" not in made
    labels = re.findall("<text>(.*?)</text>", made)
    assert "102" in [re.sub("<.*?>", "", label) for label in labels]


def test_a_glyph_that_the_font_lacks_is_text_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ">日本</text>" in drawn(lambda axes, _: axes.set_yticks([0], ["日本"]))


def test_nothing_that_data_write_becomes_markup_within_a_page():
    name = '<b onclick="x">&" id="#222222\x0b'
    made = figure(lambda axes, _: titled(axes.barh(0, 1)[0], name), 2, "Caption", "Described")
    page = made.html(narrow_too=True)
    assert page.count('<title>&lt;b onclick="x"&gt;&amp;" id="#222222</title>') == 2
    assert "<b " not in page


def test_no_two_drawings_of_a_page_share_an_identifier():
    html = "".join(figure(lambda axes, _, n=n: axes.plot([0, n]), 2, "Caption", "Described").html(True) for n in (1, 2))
    own = re.findall(r'\bid="([^"]+)"', html)
    assert own and len(set(own)) == len(own)
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', html)) == set(own)


def test_a_drawing_on_a_page_takes_the_pages_ink_and_a_file_has_its_own():
    made = figure(lambda axes, _: axes.set_title("Title"), 2, "Caption", "Described")
    assert "fill:currentColor" in made.html(narrow_too=False)
    assert "currentColor" not in made.data["svg"]
    assert "fill:#222222" in made.data["svg"]


def test_a_path_in_steps_leads_to_the_same_places():
    path = "M 10.126 20 \nL 30 20 \nL 30.004 25.5 \nC 31 26 32 27 33 28 \nz\nM 1 2 \nL 3 4"
    assert short_path(path) == "M10.13 20h19.87v5.5c1 0.5 2 1.5 3 2.5zM1 2l2 2"
