"""The commands: `adreport report`, `adreport check`, ...; the same as the Makefile's, for every system."""

import argparse
import logging
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from adreport.study.commands import command
from adreport.study.faults import ParameterFault, Refusal, nearest
from adreport.study.filters import FILTERS
from adreport.study.languages import LANGUAGES
from adreport.study.paths import COHORT, DATA_VARIABLE, FOLDER_VARIABLE, REPORTS

IDLE_SECONDS = 600


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 0 when done, 1 for a fault in data or parameters, 2 for wrong usage, 130 when interrupted."""
    options = _parsed(arguments)
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
    from adreport.report.place import SHAREABLE
    from adreport.report.run import render

    _lock(options)
    given = {one.name: getattr(options, one.name) for one in FILTERS if getattr(options, one.name) is not None}
    given |= dict(map(_assignment, options.set))
    progress = _print_progress if options.progress else _bar()
    made = render(options.data, options.out, not options.without_explorer, options.shareable, progress, _warn, **given)
    index = options.out / "index.html"
    if options.shareable:
        print(f"To be shared: {options.out / SHAREABLE / 'index.html'}. All else is internal and tells of patients.")
    print(f"Made {', '.join(made)}: {index}" if made else f"Nothing has changed: {index}")


def _lock(options: argparse.Namespace) -> None:
    """Write the data lock where it was given, so that it need not be given again."""
    from adreport.reading.settings import write_data_lock
    from adreport.study.paths import located

    if options.data_lock and (file := write_data_lock(located(options.data), options.data_lock)):
        print(f"Wrote data_lock_date: {options.data_lock} to {file}")


def _bar() -> Callable[[int, int], None]:
    """A progress bar on a terminal, nothing elsewhere."""
    bar = None

    def advance(done: int, notebooks: int) -> None:
        from tqdm import tqdm

        nonlocal bar
        bar = bar or tqdm(total=notebooks, desc="Report", unit="notebook", disable=None)
        bar.update(done - bar.n)

    return advance


def _print_progress(done: int, notebooks: int) -> None:
    print(f"Ran {done} of {notebooks} notebooks.", flush=True)


def _warn(warning: object) -> None:
    print(f"Warning: {warning}", file=sys.stderr)


def check(options: argparse.Namespace) -> int:
    """Say whether a report can be made of the data, and every fault found."""
    from adreport.reading.checks import rule_book
    from adreport.reading.draft_file import proposed
    from adreport.reading.examine import examine
    from adreport.show.numbers import counted
    from adreport.study.faults import DataFault, in_words

    if options.rules:
        print(rule_book())
        return 0
    _lock(options)
    examination = examine(options.data)
    study = examination.study
    if study is None:
        print(DataFault(examination.errors), file=sys.stderr)
    for warning in in_words(examination.warnings):
        _warn(warning)
    if mapping := proposed(options.data, examination.faults):
        print(f"\n`adreport map` would draft this mapping.yml:\n\n{mapping}", file=sys.stderr)
    _write_findings(examination.faults, options)
    if study is None:
        return 1
    contents = [
        counted(len(study.patients), "patient"),
        counted(len(study.courses), "treatment course"),
        counted(len(study.rescue_courses), "rescue course"),
        counted(len(study.side_effects), "side effect") if study.side_effects_recorded else "no table of side effects",
    ]
    found = counted(len(examination.warnings), "warning") if examination.warnings else "No fault found"
    print(f"{found} in {options.data}: {', '.join(contents)}.")
    return 0


def _write_findings(faults: list, options: argparse.Namespace) -> None:
    """Write the findings where that is asked for; else say how to ask."""
    from adreport.reading.findings import write_page
    from adreport.reading.marked import write_marked

    if not options.data.exists():
        return
    page = partial(write_page, marked=options.xlsx)
    for write, file in ((write_marked, options.xlsx), (page, options.html)):
        try:
            if file:
                write(faults, options.data, file)
                print(f"Wrote {file}")
        except OSError as error:
            raise ParameterFault(f"The findings cannot be written to {file}: {error.strerror}.") from None
    if faults and not (options.html or options.xlsx):
        again = command("check", "--data", options.data, "--html", "findings.html", "--xlsx", "findings.xlsx")
        print(f"As a page, and marked in a copy of the data: {again}", file=sys.stderr)


def map_names(options: argparse.Namespace) -> None:
    """Draft a mapping.yml beside the data for names that are not ours."""
    from adreport.reading.draft_file import write_draft
    from adreport.show.numbers import counted

    file, draft = write_draft(options.data)
    if file is None:
        print(f"All names in {options.data} are adreport's own: no mapping.yml is needed.")
    else:
        names = sum(line.ours is not None for lines in draft.columns.values() for line in lines)
        values = sum(line.ours is not None for of in draft.values.values() for lines in of.values() for line in lines)
        found = [counted(len(draft.tables), "table"), counted(names, "column"), counted(values, "value")]
        asked = counted(draft.asked, "question") if draft.asked else "no question"
        print(f"Drafted {file} with {', '.join(found)} and {asked} in comments. Look it through, then:")
    print(command("check", "--data", options.data))


def template(options: argparse.Namespace) -> None:
    """Write the workbook, or the REDCap data dictionary, that data can be collected with."""
    from adreport.reading.redcap_form import write_redcap
    from adreport.reading.template import write_workbook

    if options.file.exists():
        raise ParameterFault(f"{options.file} exists and may hold data. Give another name.")
    try:
        write_redcap(options.file) if options.redcap else write_workbook(options.file, options.language)
    except OSError as error:
        raise ParameterFault(f"{options.file} cannot be written: {error.strerror}.") from None
    print(f"Wrote {options.file}")


def figures(options: argparse.Namespace) -> None:
    """Write every figure for print, at the widths of a journal."""
    from adreport.reading.examine import read_study
    from adreport.report.print_figures import write_figures
    from adreport.show.numbers import counted
    from adreport.study.filters import Filters

    study = read_study(options.data).select(Filters.among(vars(options)))
    written = write_figures(study, options.out)
    print(f"Wrote {counted(len(written), 'file')} to {options.out}: PDF, SVG and PNG, 175 and 85 mm wide.")


def start(options: argparse.Namespace) -> None:
    """Open the start page in the browser, for those who use no terminal."""
    from adreport.start.server import serve

    serve(options.out, partial(print, flush=True), options.browser)


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
    """Show the explorer without its code, by Voilà, to whoever starts it, on this machine only."""
    from adreport.study.paths import NOTEBOOKS, VOILA

    # A page that fetches no icons, without the extension by which JupyterLab would show such pages.
    page = ["--template=adreport", "--VoilaConfiguration.extension_denylist=@voila-dashboards/jupyterlab-preview"]
    # Only who has the token of the address gets in, by no other name than this machine's; an idle kernel is ended.
    door = ["--Voila.auto_token=True", "--Voila.tornado_settings=allow_remote_access="]  # that is: not allowed
    idle = [f"--MappingKernelManager.cull_idle_timeout={IDLE_SECONDS}", "--MappingKernelManager.cull_interval=60"]
    words = f"The explorer of {options.data or COHORT}, on this machine only, at the address below. Ctrl-C ends it."
    arguments = [str(NOTEBOOKS / "explore.ipynb"), *page, *door, *idle, *options.arguments]
    return _served("voila", *arguments, data=options.data, words=words, JUPYTER_PATH=str(VOILA))


def _served(module: str, *arguments: str, data: Path | None, words: str = "", **environment: str) -> int:
    """Run a server until it is stopped; its notebooks read the data that it was started for. `words`: said before.

    Raises Refusal, before the server starts, for data that cannot be read.
    """
    import subprocess

    from adreport.reading.examine import read_study

    environment[FOLDER_VARIABLE] = str(Path.cwd())
    if data:
        read_study(data)
        environment[DATA_VARIABLE] = str(data)
    if words:
        print(words, flush=True)
    try:
        return subprocess.run([sys.executable, "-m", module, *arguments], env=os.environ | environment).returncode
    except KeyboardInterrupt:
        return 0


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The options of a command; for an unknown one the process ends, and says which is nearest."""
    options, unknown = _parser().parse_known_args(arguments)
    if unknown:
        possible = re.findall(r"--[\w-]+", options.command.format_usage())
        words = nearest(unknown[0].partition("=")[0], possible)
        options.command.error(f"unrecognized arguments: {' '.join(unknown)}. {words}")
    return options


def _parser() -> argparse.ArgumentParser:
    words = "From treatment courses to a checked report."
    parser = argparse.ArgumentParser(prog="adreport", description=words, allow_abbrev=False)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def subcommand(name: str, run: Callable, words: str) -> Callable:
        made = commands.add_parser(name, help=words, allow_abbrev=False)
        made.set_defaults(run=run, command=made)
        return made.add_argument

    data = {"type": _path, "help": "folder or file with the data (default: the published cohort)"}
    lock = {"type": _date, "metavar": "DATE", "help": "the day to which the data are complete; kept in study.yml"}
    add = subcommand("report", report, "make the HTML report")
    add("--data", default=COHORT, **data)
    add("--out", type=_path, default=REPORTS, help="folder for the report (default: reports)")
    add("--data-lock", **lock)
    _add_filters(add)
    _add_contents(add)
    add = subcommand("figures", figures, "write the figures for print: PDF, SVG, PNG with 600 dpi")
    add("--data", default=COHORT, **data)
    add("--out", type=_path, default=Path("figures"), help="folder for the figures (default: figures)")
    _add_filters(add)
    add = subcommand("check", check, "check data without making a report")
    add("--data", default=COHORT, **data)
    add("--data-lock", **lock)
    add("--rules", action="store_true", help="print the rules instead, and read no data")
    add("--html", type=_path, help="also write the findings as a page")
    add("--xlsx", type=_path, help="also write the workbook with the findings marked in it")
    add = subcommand("map", map_names, "draft a mapping.yml for other column names")
    add("data", type=_path, help="folder or file with the data")
    add = subcommand("template", template, "write a workbook to collect data with")
    add("file", type=_path, nargs="?", default=Path("clinic.xlsx"), help="its name (clinic.xlsx)")
    add("--language", choices=LANGUAGES, default="en", help="of its words: en (English) or tr (Turkish); both are read")
    add("--redcap", action="store_true", help="write a REDCap data dictionary (CSV) instead")
    add = subcommand("start", start, "open a page to choose a workbook, check it and make the report")
    add("--out", type=_path, default=REPORTS, help="folder for copies of the data and reports (default: reports)")
    add("--no-browser", dest="browser", action="store_false", help="print the address only")
    for run, words in ((lab, "open the notebooks in JupyterLab"), (app, "show the explorer without code, by Voilà")):
        add = subcommand(run.__name__, run, words)
        add("--data", **data)
        add("arguments", nargs="*", help="after --: options of the server")
    return parser


def _add_contents(add: Callable) -> None:
    """What a report consists of, besides what it is about."""
    add("--without-explorer", action="store_true", help="no page with filters (it has a row for each course)")
    add("--shareable", action="store_true", help="also make a report that may leave the house, in OUT/shareable")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="any other notebook parameter")
    add("--progress", action="store_true", help="print a line for each notebook that has run")


def _add_filters(add: Callable) -> None:
    for one in FILTERS:
        add(f"--{one.name.replace('_', '-')}", type=one.type, help=one.help)


def _assignment(text: str) -> tuple[str, object]:
    """A NAME=VALUE as a pair, numbers read as numbers; raises ParameterFault for anything else."""
    from adreport.reading.yaml_files import read_value

    name, equals, value = text.partition("=")
    if not equals or name.strip() in ("data", *(one.name for one in FILTERS)):
        raise ParameterFault(f"--set {text}: write it as NAME=VALUE; data and filters have options of their own.")
    try:
        return name.strip(), read_value(value)
    except ValueError:
        raise ParameterFault(f"--set {text}: the value cannot be read.") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write it as 2022-12-31") from None


def _path(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty")
    return Path(text)


def _set_up_process() -> None:
    """What is set for the whole process, which is the command's alone; as a library adreport sets none of it."""
    for name in ("SIGTERM", "SIGHUP"):  # a closed window ends a run as Ctrl-C does
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    for stream in (sys.stdout, sys.stderr):  # a pipe of Windows may not take every letter of a clinic
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    logging.disable(logging.CRITICAL)  # what is worth saying comes as an exception
    # jsonschema, which every notebook library imports, would parse a grammar of international
    # addresses for two seconds; no notebook holds any, and without the module it does without.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    os.environ.pop(FOLDER_VARIABLE, None)  # paths on a command line start in the working folder


def _interrupt(signal_number: int, frame: object) -> None:
    raise KeyboardInterrupt


def run() -> None:
    """Run a command and leave with its status, without waiting for threads whose kernels never answered."""
    _set_up_process()
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # `adreport check --rules | head`
        os._exit(0)
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
