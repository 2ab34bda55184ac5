"""Figures of the sequences page."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from adreport.pages.contract import pick, wide
from adreport.pages.sequences.results import END_LABELS, OTHERS, RARE_SHARE
from adreport.pages.sequences.swimmer_bars import SHORT_ENDS
from adreport.show import colours
from adreport.show.colours import END_STYLES, INK, ink_on, treatment_colour
from adreport.show.drawing import panels, titled
from adreport.show.numbers import counted, listing, percent, whole
from adreport.show.parts import Absent, Figure
from adreport.study import dictionary
from adreport.study.eras import ADD_ON

NODE_WIDTH = 0.5
GAP_SHARE = 0.02
ADDED = (
    "An add-on is the next line although an earlier treatment went on; the box at the end is how the whole history of "
    "the patient ended."
)
SHOWN_LINES = 4  # later lines are few in any cohort, and Table 4 has them all


def lines(results: pd.DataFrame, mark: str = "") -> Figure | Absent:
    """The flow of patients from line to line: nodes are treatments or ends, bands are patients."""
    flows = pick(results, output="flow_between_lines", stat_name=["n", "N"])
    keys = ["group1", "group1_level", "group2_level"]
    steps = wide(flows[flows["group2"] != ""], keys).reset_index()
    steps = steps.assign(line=steps["group1"].str.removeprefix("line ").astype(int))
    rare = flows[flows["group2"] == ""]
    later = steps.loc[(steps["line"] == SHOWN_LINES + 1) & ~steps["group2_level"].isin(END_LABELS), "n"].sum()
    steps = steps[steps["line"] <= SHOWN_LINES]
    if steps.empty:
        return Absent(f"None of these courses was one of the first {SHOWN_LINES} lines.")
    nodes = _nodes(steps)
    added = len(pick(results, output="steps", variable="step", variable_level=ADD_ON)) > 0

    def paint(axes: list[Axes], narrow: bool) -> None:
        _draw_bands(axes[0], steps, nodes)
        for node in nodes.itertuples():
            _draw_node(axes[0], node, narrow)
        columns = sorted(nodes["line"].unique())
        axes[0].set(xlim=(min(columns) - 0.27, max(columns) + 0.27), ylim=(1.02, -0.02), yticks=[])
        reached = nodes[~nodes["code"].isin(END_LABELS)].groupby("line")["n"].sum()
        axes[0].set_xticks(columns, [_column_label(column, reached, narrow) for column in columns])
        axes[0].spines[:].set_visible(False)

    caption = "From line to line"
    words = [
        f"after line {row.line} {_name(row.group1_level)} to {_name(row.group2_level)} {whole(row.n)} of {whole(row.N)}"
        for row in steps.itertuples()
    ]
    return panels(
        paint, 1, 6.2, caption, f"{caption}: {'; '.join(words)}.", _notes(nodes, rare, later, added), mark, inline=True
    )


def _notes(nodes: pd.DataFrame, rare: pd.DataFrame, later: float, added: bool) -> list[str]:
    drawn = [code for code in dictionary.treatments() if code in set(nodes["code"])]
    beyond = f"{counted(later, 'patient')} went beyond line {SHOWN_LINES + 1}, which is not drawn; Table 4 has it all."
    return [
        "Height: patients. A band under the pointer tells how many of how many went there; under a column stands how "
        "many had this line.",
        "Boxes in grey and white: no further treatment. on: ongoing (white); rem: remission (grey); stop: stopped for "
        "another reason (striped); lost: lost to follow-up (upright lines); ?: not recorded (crossed).",
        f"{'; '.join(f'{_short(code)}: {dictionary.treatment_in_words(code)}' for code in drawn)}.",
        *([ADDED] if added else []),
        *_rare_note(rare),
        *([beyond] if later else []),
    ]


def _nodes(steps: pd.DataFrame) -> pd.DataFrame:
    """Each node's place: line, code, top and bottom (0 to 1, from above), patients."""
    sources = steps.rename(columns={"group1_level": "code"}).groupby(["line", "code"])["n"].sum()
    targets = (
        steps.assign(line=steps["line"] + 1)
        .rename(columns={"group2_level": "code"})
        .groupby(["line", "code"])["n"]
        .sum()
    )
    sizes = sources.combine(targets, max, fill_value=0).reset_index()
    order = {code: position for position, code in enumerate([*dictionary.treatments(), OTHERS, *END_LABELS])}
    sizes = sizes.sort_values(["line", "code"], key=lambda keys: keys.map(order) if keys.name == "code" else keys)
    most = sizes.groupby("line").size().max()
    scale = (1 - GAP_SHARE * most) / sizes.groupby("line")["n"].sum().max()
    height, place = sizes["n"] * scale, sizes.groupby("line").cumcount()
    bottom = height.groupby(sizes["line"]).cumsum() + GAP_SHARE * place
    return sizes.assign(top=bottom - height, bottom=bottom, scale=scale)


def _draw_bands(axes: Axes, steps: pd.DataFrame, nodes: pd.DataFrame) -> None:
    """A band for each step, leaving its node from above in the order of where it goes."""
    places = nodes.set_index(["line", "code"])
    leaving, entering = places["top"].to_dict(), places["top"].to_dict()
    rank = {(node.line, node.code): node.top for node in nodes.itertuples()}
    ordered = sorted(
        steps.itertuples(),
        key=lambda step: (step.line, rank[step.line, step.group1_level], rank[step.line + 1, step.group2_level]),
    )
    for step in ordered:
        source, target = (step.line, step.group1_level), (step.line + 1, step.group2_level)
        height = step.n * nodes["scale"].iloc[0]
        colour = treatment_colour(step.group1_level)
        band = _band(step.line, leaving[source], entering[target], height, colour)
        axes.add_patch(titled(band, _told(step)))
        leaving[source] += height
        entering[target] += height


def _band(line: int, start: float, end: float, height: float, colour: str) -> PathPatch:
    left, right, middle = line + NODE_WIDTH / 2, line + 1 - NODE_WIDTH / 2, line + 0.5
    points = [(left, start), (middle, start), (middle, end), (right, end), (right, end + height),
              (middle, end + height), (middle, start + height), (left, start + height), (left, start)]  # fmt: skip
    curve = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(points, curve), facecolor=colour, alpha=0.35, linewidth=0)


def _draw_node(axes: Axes, node, narrow: bool) -> None:
    face, hatch = END_STYLES.get(node.code, (treatment_colour(node.code), ""))
    edge = colours.LINE if node.code in END_STYLES else face
    corner, height = (node.line - NODE_WIDTH / 2, node.top), node.bottom - node.top
    box = Rectangle(corner, NODE_WIDTH, height, facecolor=face, edgecolor=edge, hatch=hatch, linewidth=0.7)
    axes.add_patch(titled(box, f"{_name(node.code)}: {counted(node.n, 'patient')}"))
    place = {"ha": "center", "va": "center", "fontsize": 7 if narrow else 8, "color": ink_on(face)}
    words = axes.text(node.line, (node.top + node.bottom) / 2, f"{_short(node.code)} {whole(node.n)}", **place)
    if hatch:
        words.set(bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6}, color=INK)


def _told(step) -> str:
    before, after = (_name(code) for code in (step.group1_level, step.group2_level))
    share = f"{whole(step.n)} of {counted(step.N, 'patient')} ({percent(step.n / step.N)}%)"
    return f"Line {step.line} {before} to {after}: {share}"


def _rare_note(rare: pd.DataFrame) -> list[str]:
    if rare.empty:
        return []
    told = [
        f"{line}: {listing([f'{_short(row.variable_level)} {whole(row.stat)}' for row in own.itertuples()])}"
        for line, own in rare.groupby("group1")
    ]
    return [
        f"Others: treatments that fewer than {percent(RARE_SHARE, 0)}% of the patients had at the line, "
        f"where there are two or more such. {_capital('; '.join(told))}."
    ]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _short(code: str) -> str:
    if code == OTHERS:
        return "Others"
    return SHORT_ENDS.get(code) or dictionary.treatments()[code].abbreviation


def _name(code: str) -> str:
    if code == OTHERS:
        return "Other treatments"
    return END_LABELS.get(code) or dictionary.treatments()[code].label


def _column_label(column: int, reached: pd.Series, narrow: bool) -> str:
    name = str(column) if narrow else f"Line {column}"
    return f"{name}\nn = {whole(reached[column])}" if column in reached else f"{name}\n"
