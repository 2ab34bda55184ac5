"""What matplotlib writes as SVG, made fit for a page: small, in the page's colours, its marks with words."""

import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

from adreport.show.colours import OF_THE_PAGE

TITLE = "title: "  # begins the id of what says so much under the pointer
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
WITH_WORDS = {f"{{{SVG}}}{name}" for name in ("text", "tspan", "title")}
# The page's own fonts; the drawing is laid out in DejaVu Sans, which is wider than any of them.
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
ROOT = {"font-family": FONTS, "stroke-linejoin": "round", "style": "background:#fff"}
PER_POINT = 100  # the drawing is exact to a hundredth of a point
NO_ROTATION = re.compile(r"rotate\(-?0 ")
COMMAND = re.compile(r"([MLCQz])([^MLCQz]*)")
REFERENCE = re.compile(r"#([\w-]+)")
TAG = re.compile("<[^<>]*>")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # in XML
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def slim(written: str) -> str:
    """The same drawing in a third of the letters, as a file of its own."""
    root = ElementTree.fromstring(FORBIDDEN.sub("", written))
    used = set(REFERENCE.findall(written))
    for element in root.iter():
        _slim(element, used)
    _without_wrappers(root)
    for name in ("version", "id"):
        root.attrib.pop(name, None)
    root.attrib.update(ROOT)
    return ElementTree.tostring(root, encoding="unicode")


def inline(svg: str) -> str:
    """A slim drawing as part of a page: its identifiers its own, its greys those of the page, dark or light."""
    own = hashlib.sha256(svg.encode()).hexdigest()[:8]
    for of_a_file in (f' style="{ROOT["style"]}"', f' xmlns="{SVG}"', f' xmlns:xlink="{XLINK}"'):
        svg = svg.replace(of_a_file, "", 1)
    return TAG.sub(lambda tag: _tag_of_the_page(tag[0], own), svg)  # what data write stands between tags


def _tag_of_the_page(tag: str, own: str) -> str:
    tag = tag.replace("xlink:href", "href")
    if not tag.startswith("<a "):  # which leads to another part of the page
        tag = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{own}-", tag)
    return COLOUR.sub(lambda colour: OF_THE_PAGE.get(colour[0], colour[0]), tag)


def _slim(element: ElementTree.Element, used: set[str]) -> None:
    """Make an element's attributes short; what is a mark gets its words as its first child."""
    if element.tag not in WITH_WORDS or not (element.text or "").strip():
        element.text = None
    element.tail = None
    attributes = element.attrib
    name = attributes.get("id", "")
    if name.startswith(TITLE):
        _tell(element, name.removeprefix(TITLE))
    attributes.pop("target", None)  # a link leads to another part of the same page
    if name not in used:
        attributes.pop("id", None)
    if NO_ROTATION.match(attributes.get("transform", "")):
        del attributes["transform"]
    for place in {"x", "y"} & attributes.keys():
        attributes[place] = " ".join(_short(round(PER_POINT * float(one))) for one in attributes[place].split())
    if "d" in attributes:
        attributes["d"] = short_path(attributes["d"])
    if "style" in attributes:
        attributes["style"] = ";".join(_declarations(attributes["style"]))


def _tell(mark: ElementTree.Element, words: str) -> None:
    """Words of a mark; what is only there to be pointed at is not painted."""
    mark.set("class", "mark")
    for shape in mark.iter():
        if shape.get("style", "").endswith("opacity: 0"):
            del shape.attrib["style"]
            shape.attrib |= {"class": "hit", "fill-opacity": "0"}
    title = ElementTree.Element(f"{{{SVG}}}title")
    mark.insert(0, title)
    title.text = words


def _declarations(style: str) -> Iterator[str]:
    for declaration in style.split("; "):
        name, _, value = declaration.strip("; ").partition(": ")
        if name and name != "font-family":
            yield f"{name}:{value}"


def _without_wrappers(parent: ElementTree.Element) -> None:
    """Take out groups that say nothing, and shapes that paint nothing."""
    for element in list(parent):
        _without_wrappers(element)
    kept: list[ElementTree.Element] = []
    for element in parent:
        kind = element.tag.rpartition("}")[2]
        empty = kind in ("g", "defs") and not len(element)
        if kind == "metadata" or kind == "style" or empty or element.attrib.get("style") == "fill:none":
            continue
        kept += list(element) if kind == "g" and not element.attrib else [element]
    parent[:] = kept


def short_path(path: str) -> str:
    """A path in steps from point to point instead of places, each to a hundredth."""
    here, start, written = (0, 0), (0, 0), []
    for command, numbers in COMMAND.findall(path):
        places = [round(PER_POINT * float(number)) for number in numbers.split()]
        points = list(zip(places[::2], places[1::2], strict=True))
        if command == "z":
            here = start
        if command == "M":
            start = points[0]
        written.append(_step(command, here, points))
        here = points[-1] if points else here
    return "".join(written) or path


def _step(command: str, here: tuple[int, int], points: list[tuple[int, int]]) -> str:
    if command == "z":
        return "z"
    if command == "M":
        return f"M{_joined(points[0])}"
    if command == "L":
        return "".join(_line(*step) for step in pairwise([here, *points]))
    return command.lower() + _joined([at - from_ for point in points for at, from_ in zip(point, here, strict=True)])


def _line(here: tuple[int, int], there: tuple[int, int]) -> str:
    across, down = there[0] - here[0], there[1] - here[1]
    if down == 0:
        return f"h{_short(across)}"
    return f"v{_short(down)}" if across == 0 else f"l{_joined((across, down))}"


def _joined(numbers) -> str:
    return " ".join(map(_short, numbers)).replace(" -", "-")


def _short(hundredths: int) -> str:
    return f"{hundredths / PER_POINT:g}"
