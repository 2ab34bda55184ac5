"""The commands: `adreport report`, `adreport check`, ...; the same as the Makefile's, for every system."""

import argparse
import signal
import sys
from pathlib import Path

from adreport.faults import ParameterFault, Refusal
from adreport.paths import COHORT, REPORTS

FILTERS = ("treatments", "age_min", "age_max", "sex")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 when done, 1 for a fault in data or parameters, 2 for wrong usage, 130 when interrupted."""
    options = _parser().parse_args(arguments)
    for name in ("SIGTERM", "SIGHUP"):  # a closed window ends a run as Ctrl-C does
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    try:
        return options.run(options) or 0
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the report is as it was.", file=sys.stderr)
        return 130


def report(options: argparse.Namespace) -> None:
    """Bring a report up to date."""
    from adreport.render import render

    given = {name: getattr(options, name) for name in FILTERS if getattr(options, name) is not None}
    made = render(options.data, options.out, **given, **dict(map(_assignment, options.set)))
    index = options.out / "index.html"
    print(f"Made {', '.join(made)}: {index}" if made else f"Nothing has changed: {index}")


def check(options: argparse.Namespace) -> int:
    """Say whether a report can be made of the data, and every fault found."""
    from adreport.faults import DataFault
    from adreport.formatting import counted
    from adreport.reading import examine

    examination = examine(options.data)
    for warning in examination.warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    if examination.study is None:
        raise DataFault(examination.errors)
    study = examination.study
    contents = [
        counted(len(study.patients), "patient"),
        counted(len(study.courses), "treatment course"),
        counted(len(study.rescue_courses), "rescue course"),
        counted(len(study.side_effects), "side effect") if study.side_effects_recorded else "no table of side effects",
    ]
    found = counted(len(examination.warnings), "warning") if examination.warnings else "No fault found"
    print(f"{found} in {options.data}: {', '.join(contents)}.")
    return 0


def lab(options: argparse.Namespace) -> int:
    """Open the notebooks in JupyterLab; its exit status is ours."""
    import subprocess

    from adreport.paths import NOTEBOOKS

    return subprocess.run([sys.executable, "-m", "jupyterlab", "--ServerApp.root_dir", str(NOTEBOOKS)]).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adreport", description=__doc__.splitlines()[0], allow_abbrev=False)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    making = commands.add_parser("report", help="make the HTML report", allow_abbrev=False)
    making.add_argument(
        "--data", type=_path, default=COHORT, help="folder with the data (default: the published cohort)"
    )
    making.add_argument("--out", type=_path, default=REPORTS, help="folder for the report (default: reports)")
    making.add_argument("--treatments", help="only these treatments: names or abbreviations, with commas between")
    making.add_argument("--age-min", type=float, help="only courses started at this age or above (years)")
    making.add_argument("--age-max", type=float, help="only courses started at this age or below (years)")
    making.add_argument("--sex", help="only female or only male patients")
    making.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="any other notebook parameter")
    making.set_defaults(run=report)
    checking = commands.add_parser("check", help="check data without making a report", allow_abbrev=False)
    checking.add_argument("--data", type=_path, default=COHORT, help="folder with the data")
    checking.set_defaults(run=check)
    commands.add_parser("lab", help="open the notebooks in JupyterLab").set_defaults(run=lab)
    return parser


def _assignment(text: str) -> tuple[str, object]:
    """A NAME=VALUE as a pair, numbers read as numbers; raises ParameterFault for anything else."""
    import yaml

    name, equals, value = text.partition("=")
    if not equals or name.strip() in ("data", *FILTERS):
        raise ParameterFault(f"--set {text}: write it as NAME=VALUE; data and filters have options of their own.")
    try:
        return name.strip(), yaml.safe_load(value)
    except yaml.YAMLError:
        raise ParameterFault(f"--set {text}: the value cannot be read.") from None


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty")
    return Path(text)


def _interrupt(signal_number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
