"""The flow of patients from line to line of therapy."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path

from adreport.pages.contract import wide
from adreport.pages.exhibits import Results
from adreport.pages.sequences.ends import ENDS
from adreport.pages.sequences.results import OTHERS, RARE_SHARE
from adreport.show.colours import END_STYLES, INK, LINE, PAPER, SEVERAL, ink_on, treatment_colour
from adreport.show.drawing import panels, titled
from adreport.show.numbers import counted, listing, percent, share_in_words, whole
from adreport.show.parts import Absent, Figure
from adreport.study.dictionary import treatment_in_words, treatments
from adreport.study.eras import ADD_ON

NODE_WIDTH = 0.5
STUB_WIDTH = 0.14
GAP_SHARE = 0.02
LABEL_SHARE = 0.02  # of the height, which a label needs
HEIGHT_INCHES = 6.2
FEW, MANY = 5, 60  # bands of fewer patients are too thin to be followed where a study has so many
SHOWN_LINES = 4  # later lines are few in any cohort, and Table 4 has them all
KEY = (
    "Height: patients. Point at a band to read how many of how many went there; n: who had this line.",
    "Boxes without a colour: no further treatment. on: ongoing (empty); rem: remission (grey); stop: stopped for "
    "another reason (striped); lost: lost to follow-up (upright lines); ?: not recorded (crossed).",
)
ADDED = "An add-on counts as the next line; the last box is how the patient’s whole history ended."


def lines(results: Results) -> Figure | Absent:
    """The flow of patients from line to line: nodes are treatments or ends, bands are patients."""
    flows = results.pick(output="flow_between_lines", stat_name=["n", "N"])
    flows = flows.assign(line=flows["group1"].str.removeprefix("line "))
    steps = wide(flows[flows["group2"] != ""], ["line", "group1_level", "group2_level"]).reset_index()
    steps = steps.rename(columns={"group1_level": "before", "group2_level": "after"}).astype({"line": int})
    beyond = steps.loc[(steps["line"] == SHOWN_LINES + 1) & ~steps["after"].isin(list(ENDS)), "n"].sum()
    steps = steps[steps["line"] <= SHOWN_LINES]
    if steps.empty:
        return Absent(f"None of these courses was one of the first {SHOWN_LINES} lines.")
    least = _least(steps)
    steps, nodes = steps.assign(thin=steps["n"] < least), _nodes(steps)
    reached = nodes[~nodes["code"].isin(list(ENDS))].groupby("line")["n"].sum()

    def paint(axes: list[Axes], narrow: bool) -> None:
        _draw_bands(axes[0], steps, nodes)
        for node in nodes.itertuples():
            _draw_node(axes[0], node, narrow)
        columns = sorted(nodes["line"].unique())
        axes[0].set(xlim=(columns[0] - 0.27, columns[-1] + 0.27), ylim=(1.02, -0.02), yticks=[])
        axes[0].set_xticks(columns, [_column_label(column, reached, narrow) for column in columns])
        axes[0].spines[:].set_visible(False)

    caption = "From line to line"
    words = [
        f"after line {step.line} {_name(step.before)} to {_name(step.after)} {whole(step.n)} of {whole(step.N)}"
        for step in steps.itertuples()
    ]
    shown = [f"{one.abbreviation}: {treatment_in_words(code)}" for code, one in treatments().items()
             if code in set(nodes["code"])]  # fmt: skip
    notes = [
        *KEY,
        f"{'; '.join(shown)}.",
        *([f"Grey points: steps of fewer than {whole(math.ceil(least))} patients, without a band; the pointer tells "
           "where they went."] if steps["thin"].any() else []),
        *([ADDED] if len(results.pick(output="steps", variable="step", variable_level=ADD_ON)) else []),
        *_rare_note(flows[flows["group2"] == ""]),
        *([f"{counted(beyond, 'patient')} went beyond line {SHOWN_LINES + 1}: see Table 4."]
          if beyond else []),
    ]  # fmt: skip
    return panels(paint, 1, HEIGHT_INCHES, caption, f"{caption}: {'; '.join(words)}.", notes, detailed=True)


def _least(steps: pd.DataFrame) -> float:
    """How many patients a band of its own stands for at least."""
    patients = steps.loc[steps["line"] == steps["line"].min(), "n"].sum()
    return max(FEW, RARE_SHARE * patients) if patients >= MANY else 0


def _nodes(steps: pd.DataFrame) -> pd.DataFrame:
    """Each node's place: line, code, top and bottom (0 to 1, from above), patients, and the height of a patient."""
    sources = steps.groupby(["line", "before"])["n"].sum()
    targets = steps.assign(line=steps["line"] + 1).groupby(["line", "after"])["n"].sum()
    sizes = sources.rename_axis(["line", "code"]).combine(targets.rename_axis(["line", "code"]), max, fill_value=0)
    order = {code: place for place, code in enumerate([*treatments(), OTHERS, *ENDS])}
    sizes = sizes.reset_index()
    sizes = sizes.sort_values(["line", "code"], key=lambda keys: keys.map(order) if keys.name == "code" else keys)
    columns = sizes.groupby("line")
    scale = (1 - GAP_SHARE * columns.size().max()) / columns["n"].sum().max()
    height = sizes["n"] * scale
    bottom = height.groupby(sizes["line"]).cumsum() + GAP_SHARE * columns.cumcount()
    return sizes.assign(top=bottom - height, bottom=bottom, scale=scale)


def _draw_bands(axes: Axes, steps: pd.DataFrame, nodes: pd.DataFrame) -> None:
    """A band for each step, leaving its node from above in the order of where it goes; below, a stub for thin ones."""
    tops = nodes.set_index(["line", "code"])["top"].to_dict()
    leaving, entering, scale = dict(tops), dict(tops), nodes["scale"].iloc[0]
    ends = {step: ((step.line, step.before), (step.line + 1, step.after)) for step in steps.itertuples()}
    for step, (source, target) in sorted(ends.items(), key=lambda one: (one[0].line, *(tops[node] for node in one[1]))):
        if step.thin:
            continue
        height = step.n * scale
        band = _band(step.line, leaving[source], entering[target], height, treatment_colour(step.before))
        share = f"{share_in_words(step.n, step.N, 'patient')}"
        axes.add_patch(titled(band, f"Line {step.line} {_name(step.before)} to {_name(step.after)}: {share}"))
        leaving[source] += height
        entering[target] += height
    thin = steps[steps["thin"]]
    for (line, code), these in thin.groupby(["line", "before"]):
        words = f"Line {line} {_name(code)} to several: {_one_by_one(these, 'after')}"
        axes.add_patch(titled(_stub(line, leaving[line, code], these["n"].sum() * scale, 1), words))
    for (line, code), these in thin.groupby(["line", "after"]):
        words = f"To {_name(code)} from several of line {line}: {_one_by_one(these, 'before')}"
        axes.add_patch(titled(_stub(line + 1, entering[line + 1, code], these["n"].sum() * scale, -1), words))


def _one_by_one(steps: pd.DataFrame, place: str) -> str:
    each = [f"{_name(code)} {whole(n)}" for code, n in steps.sort_values("n", ascending=False)[[place, "n"]].to_numpy()]
    return f"{counted(steps['n'].sum(), 'patient')} ({', '.join(each)})"


def _stub(line: int, top: float, height: float, side: int) -> Polygon:
    """What leaves (`side` 1) or enters (-1) a node in bands too thin to be followed, ending in the open."""
    edge, end = line + side * NODE_WIDTH / 2, line + side * (NODE_WIDTH / 2 + STUB_WIDTH)
    corners = [(edge, top), (end, top + height / 2), (edge, top + height)]
    return Polygon(corners, facecolor=SEVERAL, alpha=0.4, linewidth=0)


def _band(line: int, start: float, end: float, height: float, colour: str) -> PathPatch:
    left, right, middle = line + NODE_WIDTH / 2, line + 1 - NODE_WIDTH / 2, line + 0.5
    points = [(left, start), (middle, start), (middle, end), (right, end), (right, end + height),
              (middle, end + height), (middle, start + height), (left, start + height), (left, start)]  # fmt: skip
    curve = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(points, curve), facecolor=colour, alpha=0.35, linewidth=0)


def _draw_node(axes: Axes, node, narrow: bool) -> None:
    colour = treatment_colour(node.code)
    face, hatch = END_STYLES.get(node.code, (colour, ""))
    corner, edge = (node.line - NODE_WIDTH / 2, node.top), LINE if node.code in END_STYLES else colour
    box = Rectangle(corner, NODE_WIDTH, node.bottom - node.top, fc=face, ec=edge, hatch=hatch, linewidth=0.7)
    axes.add_patch(titled(box, f"{_name(node.code)}: {counted(node.n, 'patient')}"))
    place = {"ha": "center", "va": "center", "fontsize": 7 if narrow else 8, "color": ink_on(face)}
    if node.bottom - node.top < LABEL_SHARE:
        return
    words = axes.text(node.line, (node.top + node.bottom) / 2, f"{_short(node.code)} {whole(node.n)}", **place)
    if hatch:
        words.set(bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}, color=INK)


def _rare_note(rare: pd.DataFrame) -> list[str]:
    """Which treatments are drawn as one, and how many patients had each."""
    parts = [
        f"{line}: {listing([f'{_short(row.variable_level)} {whole(row.stat)}' for row in rows.itertuples()])}"
        for line, rows in rare.groupby("group1")
    ]
    words = "; ".join(parts)
    return [
        f"Others: treatments that fewer than {percent(RARE_SHARE, 0)}% of the patients had at the line, "
        f"where there are two or more such. {words[:1].upper()}{words[1:]}."
    ] if parts else []  # fmt: skip


def _short(code: str) -> str:
    return "Others" if code == OTHERS else ENDS[code].short if code in ENDS else treatments()[code].abbreviation


def _name(code: str) -> str:
    return "Other treatments" if code == OTHERS else ENDS[code].label if code in ENDS else treatments()[code].label


def _column_label(column: int, reached: pd.Series, narrow: bool) -> str:
    return f"{'' if narrow else 'Line '}{column}\n" + (f"n = {whole(reached[column])}" if column in reached else "")
