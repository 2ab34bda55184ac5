"""Figures of the sequences page."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from adreport import dictionary
from adreport.display import Figure
from adreport.figures.drawing import ink_on, panels, treatment_colour
from adreport.formatting import counted, whole
from adreport.results import pick
from adreport.sequences import END_LABELS

NODE_WIDTH = 0.5
GAP_SHARE = 0.02
SHOWN_LINES = 4  # later lines are few in any cohort, and Table 4 has them all


def lines(results: pd.DataFrame, mark: str = "") -> Figure:
    """The flow of patients from line to line: nodes are treatments or ends, bands are patients."""
    steps = pick(results, output="between_lines", stat_name="n")
    steps = steps.assign(line=steps["group1"].str.removeprefix("line ").astype(int), n=steps["stat"])
    later = steps.loc[(steps["line"] == SHOWN_LINES + 1) & ~steps["group2_level"].isin(END_LABELS), "n"].sum()
    steps = steps[steps["line"] <= SHOWN_LINES]
    nodes = _nodes(steps)

    def paint(axes: list[Axes], narrow: bool) -> None:
        _draw_bands(axes[0], steps, nodes)
        for node in nodes.itertuples():
            _draw_node(axes[0], node, narrow)
        columns = sorted(nodes["line"].unique())
        axes[0].set(xlim=(min(columns) - 0.27, max(columns) + 0.27), ylim=(1.02, -0.02), yticks=[])
        axes[0].set_xticks(columns, [_column_label(column, narrow) for column in columns])
        axes[0].spines[:].set_visible(False)

    caption = "From line to line"
    words = [
        f"after line {row.line} {_name(row.group1_level)} to {_name(row.group2_level)} {whole(row.n)}"
        for row in steps.itertuples()
    ]
    drawn = [code for code in dictionary.treatments() if code in set(nodes["code"])]
    notes = [
        "Height: patients. Grey: no further treatment. on: ongoing; rem: remission; stop: stopped for another reason; "
        "lost: lost to follow-up; ?: not recorded.",
        "; ".join(f"{_short(code)}: {dictionary.treatment_in_words(code)}" for code in drawn) + ".",
    ]
    if later:
        notes += [
            f"{counted(later, 'patient')} went beyond line {SHOWN_LINES + 1}, which is not drawn; Table 4 has it all."
        ]
    return panels(paint, 1, 6.2, caption, f"{caption}: {'; '.join(words)}.", notes, mark)


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
    order = {code: position for position, code in enumerate([*dictionary.treatments(), *END_LABELS])}
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
        axes.add_patch(_band(step.line, leaving[source], entering[target], height, treatment_colour(step.group1_level)))
        leaving[source] += height
        entering[target] += height


def _band(line: int, start: float, end: float, height: float, colour: str) -> PathPatch:
    left, right, middle = line + NODE_WIDTH / 2, line + 1 - NODE_WIDTH / 2, line + 0.5
    points = [(left, start), (middle, start), (middle, end), (right, end), (right, end + height),
              (middle, end + height), (middle, start + height), (left, start + height), (left, start)]  # fmt: skip
    curve = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(points, curve), facecolor=colour, alpha=0.35, linewidth=0)


def _draw_node(axes: Axes, node, narrow: bool) -> None:
    colour, height = treatment_colour(node.code), node.bottom - node.top
    axes.add_patch(Rectangle((node.line - NODE_WIDTH / 2, node.top), NODE_WIDTH, height, color=colour, linewidth=0))
    place = {"ha": "center", "va": "center", "fontsize": 7 if narrow else 8, "color": ink_on(colour)}
    axes.text(node.line, (node.top + node.bottom) / 2, f"{_short(node.code)} {whole(node.n)}", **place)


def _short(code: str) -> str:
    if code in END_LABELS:
        return {
            "ongoing": "on",
            "remission": "rem",
            "stopped": "stop",
            "lost_to_follow_up": "lost",
            "not_recorded": "?",
        }[code]
    return dictionary.treatments()[code].abbreviation


def _name(code: str) -> str:
    return END_LABELS.get(code) or dictionary.treatments()[code].label


def _column_label(column: int, narrow: bool) -> str:
    return str(column) if narrow else f"Line {column}"
