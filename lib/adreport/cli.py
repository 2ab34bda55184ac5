"""The commands: `adreport report`, `adreport check`, ...; the same as the Makefile's, for every system."""

import argparse
import os
import signal
import sys
import traceback
from pathlib import Path

from adreport.report.parameters import FILTERS
from adreport.study.faults import ParameterFault, Refusal
from adreport.study.paths import COHORT, REPORTS

MAPPING_HEAD = """\
# What this clinic calls the columns, and the values of some of them: theirs on the left, adreport's on the right.
# A draft by likeness of names: correct it once. Names: data/dictionary.csv; treatments: data/treatments.csv.
"""


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
    from adreport.report.run import render

    given = {name: getattr(options, name) for name in FILTERS if getattr(options, name) is not None}
    made = render(
        options.data, options.out, not options.without_explorer, **given, **dict(map(_assignment, options.set))
    )
    index = options.out / "index.html"
    print(f"Made {', '.join(made)}: {index}" if made else f"Nothing has changed: {index}")


def check(options: argparse.Namespace) -> int:
    """Say whether a report can be made of the data, and every fault found."""
    from adreport.reading.checks import rule_book
    from adreport.reading.examine import examine
    from adreport.show.numbers import counted
    from adreport.study.faults import DataFault

    if options.rules:
        print(rule_book())
        return 0
    examination = examine(options.data)
    for warning in examination.warnings:
        print(f"Warning: {warning}", file=sys.stderr)
    if examination.study is None:
        print(DataFault(examination.errors), file=sys.stderr)
    _write_findings(examination.faults, options)
    if examination.study is None:
        return 1
    study = examination.study
    contents = [
        counted(len(study.patients), "patient"),
        counted(len(study.courses), "treatment course"),
        counted(len(study.rescue_courses), "rescue course"),
        counted(len(study.side_effects), "side effect") if study.side_effects_recorded else "no table of side effects",
    ]
    found = counted(len(examination.warnings), "warning") if examination.warnings else "No fault found"
    print(f"{found} in {options.data}: {', '.join(contents)}.")
    if examination.unread:
        print(f"Columns that are not read: {', '.join(examination.unread)}.")
    return 0


def _write_findings(faults: list, options: argparse.Namespace) -> None:
    from adreport.reading.findings import write_marked, write_page

    if not options.data.exists():
        return
    try:
        if options.html:
            write_page(faults, options.data, options.html)
        if options.xlsx:
            write_marked(faults, options.data, options.xlsx)
    except OSError as error:
        raise ParameterFault(f"The findings cannot be written to {error.filename}: {error.strerror}.") from None


def map_names(options: argparse.Namespace) -> None:
    """Draft a mapping.yml beside the data for names that are not ours."""
    import yaml

    from adreport.reading.formats import read_everything
    from adreport.reading.mapping import draft
    from adreport.reading.settings import beside
    from adreport.show.numbers import counted

    file = beside(options.data, "mapping.yml")
    if file.exists():
        raise ParameterFault(f"{file} exists. Correct it, or move it away for a new draft.")
    found = draft(read_everything(options.data))
    file.write_text(
        MAPPING_HEAD + yaml.safe_dump(found, allow_unicode=True, sort_keys=False), encoding="utf-8", newline="\n"
    )
    names = sum(len(columns) for columns in found.get("columns", {}).values())
    tables = len(found.get("tables", {}))
    print(f"Drafted {file} with {counted(tables, 'table')} and {counted(names, 'column')}. Look it through, then:")
    print(f"adreport check --data {options.data}")


def template(options: argparse.Namespace) -> None:
    """Write the workbook, or the REDCap data dictionary, that data can be collected with."""
    from adreport.reading.forms import write_redcap, write_workbook

    if options.file.exists():
        raise ParameterFault(f"{options.file} exists and may hold data. Give another name.")
    try:
        (write_redcap if options.redcap else write_workbook)(options.file)
    except OSError as error:
        raise ParameterFault(f"{options.file} cannot be written: {error.strerror}.") from None
    print(f"Wrote {options.file}")


def lab(options: argparse.Namespace) -> int:
    """Open the notebooks in JupyterLab, the explorer first; its exit status is ours."""
    from adreport.study.paths import LAB, NOTEBOOKS

    address = ["--ServerApp.root_dir", str(NOTEBOOKS), "--LabApp.default_url", "/lab/tree/explore.ipynb"]
    # JupyterLab's own settings ask whether to fetch news; nothing is fetched here.
    silent = ["--LabApp.app_settings_dir", str(LAB / "settings")]
    running = ["--LabApp.extra_labextensions_path", str(LAB / "extensions")]
    saving = ["--FileContentsManager.pre_save_hook", "adreport.explorer.serve.saving.without_outputs"]
    return _served("jupyterlab", *address, *silent, *running, *saving, *options.arguments, data=options.data)


def app(options: argparse.Namespace) -> int:
    """Show the explorer without its code, by Voila, to this machine only."""
    from adreport.study.paths import NOTEBOOKS, VOILA

    # A page that fetches no icons, without the extension by which JupyterLab would show such pages.
    page = ["--template=adreport", "--VoilaConfiguration.extension_denylist=@voila-dashboards/jupyterlab-preview"]
    notebook = str(NOTEBOOKS / "explore.ipynb")
    return _served("voila", notebook, *page, *options.arguments, data=options.data, JUPYTER_PATH=str(VOILA))


def _served(module: str, *arguments: str, data: Path | None, **environment: str) -> int:
    """Run a server until it is stopped; its notebooks read the data that it was started for."""
    import subprocess

    from adreport.reading.examine import DATA_VARIABLE

    given = environment | ({DATA_VARIABLE: str(data.resolve())} if data else {})
    try:
        return subprocess.run([sys.executable, "-m", module, *arguments], env=os.environ | given).returncode
    except KeyboardInterrupt:
        return 0


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
    making.add_argument("--line-min", type=int, help="only courses from this line of therapy on")
    making.add_argument("--line-max", type=int, help="only courses up to this line of therapy")
    making.add_argument("--response", help="significant: only a significant response counts as effective")
    making.add_argument("--without-explorer", action="store_true", help="no page with filters (it has a row a course)")
    making.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="any other notebook parameter")
    making.set_defaults(run=report)
    checking = commands.add_parser("check", help="check data without making a report", allow_abbrev=False)
    checking.add_argument("--data", type=_path, default=COHORT, help="folder with the data")
    checking.set_defaults(run=check)
    checking.add_argument("--rules", action="store_true", help="print the rules instead, and read no data")
    checking.add_argument("--html", type=_path, help="also write the findings as a page")
    checking.add_argument("--xlsx", type=_path, help="also write the workbook with the findings marked in it")
    mapping = commands.add_parser("map", help="draft a mapping.yml for other column names", allow_abbrev=False)
    mapping.add_argument("data", type=_path, help="folder or file with the data")
    mapping.set_defaults(run=map_names)
    collecting = commands.add_parser("template", help="write a workbook to collect data with", allow_abbrev=False)
    collecting.add_argument("file", type=_path, nargs="?", default=Path("clinic.xlsx"), help="its name (clinic.xlsx)")
    collecting.add_argument("--redcap", action="store_true", help="write a REDCap data dictionary (CSV) instead")
    collecting.set_defaults(run=template)
    for run, words in ((lab, "open the notebooks in JupyterLab"), (app, "show the explorer without code, by Voila")):
        serving = commands.add_parser(run.__name__, help=words, allow_abbrev=False)
        serving.add_argument("--data", type=_path, help="folder or file with the data (default: the published cohort)")
        serving.add_argument("arguments", nargs="*", help="after --: options of the server")
        serving.set_defaults(run=run)
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


def run() -> None:
    """Run a command and leave with its status, without waiting for threads whose kernels never answered."""
    try:
        status = main()
    except SystemExit as leaving:  # argparse: help, or wrong usage
        status = leaving.code if isinstance(leaving.code, int) else 2
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
