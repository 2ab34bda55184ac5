"""The commands: `adreport report`, `adreport check`, ...; the same as the Makefile's, for every system."""

import argparse
import os
import sys
from pathlib import Path

from adreport.faults import ParameterFault, Refusal
from adreport.paths import COHORT, REPORTS

FILTERS = ("treatments", "age_min", "age_max", "sex")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 when done, 1 for a fault in data or parameters, 2 for wrong usage, 130 when interrupted."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the report is as it was.", file=sys.stderr)
        # A worker thread may still wait for its kernel, which is gone; leave without waiting for it.
        sys.stderr.flush()
        os._exit(130)
    return 0


def report(options: argparse.Namespace) -> None:
    """Bring a report up to date."""
    from adreport.render import render

    given = {name: getattr(options, name) for name in FILTERS if getattr(options, name) is not None}
    made = render(options.data, options.out, **given, **dict(map(_assignment, options.set)))
    index = options.out / "index.html"
    print(f"Made {', '.join(made)}: {index}" if made else f"Nothing has changed: {index}")


def check(options: argparse.Namespace) -> None:
    """Read the data and say whether a report can be made."""
    from adreport.formatting import counted
    from adreport.study import read_study

    study = read_study(options.data)
    contents = [
        counted(len(study.patients), "patient"),
        counted(len(study.courses), "treatment course"),
        counted(len(study.rescue_courses), "rescue course"),
        counted(len(study.side_effects), "side effect"),
    ]
    print(f"No fault found in {options.data}: {', '.join(contents)}.")


def lab(options: argparse.Namespace) -> None:
    """Open the notebooks in JupyterLab."""
    import subprocess

    from adreport.paths import NOTEBOOKS

    subprocess.run([sys.executable, "-m", "jupyterlab", "--ServerApp.root_dir", str(NOTEBOOKS)], check=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adreport", description=__doc__.splitlines()[0], allow_abbrev=False)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    making = commands.add_parser("report", help="make the HTML report", allow_abbrev=False)
    making.add_argument(
        "--data", type=Path, default=COHORT, help="folder with the data (default: the published cohort)"
    )
    making.add_argument("--out", type=Path, default=REPORTS, help="folder for the report (default: reports)")
    making.add_argument("--treatments", help="only these treatments: names or abbreviations, with commas between")
    making.add_argument("--age-min", type=float, help="only courses started at this age or above (years)")
    making.add_argument("--age-max", type=float, help="only courses started at this age or below (years)")
    making.add_argument("--sex", help="only female or only male patients")
    making.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="any other notebook parameter")
    making.set_defaults(run=report)
    checking = commands.add_parser("check", help="check data without making a report", allow_abbrev=False)
    checking.add_argument("--data", type=Path, default=COHORT, help="folder with the data")
    checking.set_defaults(run=check)
    commands.add_parser("lab", help="open the notebooks in JupyterLab").set_defaults(run=lab)
    return parser


def _assignment(text: str) -> tuple[str, object]:
    """A NAME=VALUE as a pair, numbers read as numbers; raises ParameterFault for anything else."""
    import yaml

    name, equals, value = text.partition("=")
    if not equals:
        raise ParameterFault(f"--set {text}: write it as NAME=VALUE.")
    return name.strip(), yaml.safe_load(value)


if __name__ == "__main__":
    sys.exit(main())
