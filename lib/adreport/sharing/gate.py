"""The last look at a report that may leave the house: every file is opened, and one that tells of a patient is refused.

It trusts nothing that was done before: it reads the finished files, what is packed or encoded in them included.
"""

import base64
import binascii
import csv
import re
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pandas as pd

from adreport.sharing.policy import COUNTS, Policy
from adreport.study.faults import ParameterFault
from adreport.study.model import Study
from adreport.study.terms import items

PACKED = (".docx", ".xlsx", ".zip")
ENCODED = re.compile(r"data:[\w/+.-]*(?:;[\w=-]+)*?(;base64)?,([^\"'\s)>]+)")
PLACES = re.compile(r"(?:/home/|/Users/|/root/|/tmp/|\\\\Users\\\\|[A-Z]:\\[A-Za-z]|file://)[\w./\\-]*")
CELL = re.compile(r"<td[^>]*>\s*(?:<[^>]+>\s*)*([1-9]\d*)(?!\s*(?:<span[^>]*>)?\([^)]*–)(?=\s*(?:\(|/|<|$))")
AUTHOR = re.compile(r"<(?:dc:creator|cp:lastModifiedBy)>([^<]+)<")
# Of cells in a workbook, which look like identifiers: D11.
ADDRESSES = re.compile(r'\b(?:r|ref|sqref|activeCell|topLeftCell)="[^"]*"|![A-Z]{1,3}\d+')
PROGRAMS = {"openpyxl", "python-docx"}
DEEPEST = 4  # something encoded within something encoded
SHORTEST = 4  # a number that is an identifier would be found as any other number
# What names a rare patient. How an event was managed and ended is said in words that a page has anyway ("stopped").
TERMS = {"patients": ("comorbidities", "atopic_comorbidities"), "side_effects": ("side_effect",)}


def refuse_what_tells(folder: Path, study: Study, policy: Policy) -> None:
    """Raises ParameterFault, with all that was found, where a file in the folder tells of few patients."""
    looks = list(_looks(study, policy))
    found = [
        f"{file.relative_to(folder).as_posix()}: {what}"
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for text in texts(file.name, file.read_bytes())
        for look in looks
        for what in look(text)
    ]
    if found:
        listed = "\n".join(dict.fromkeys(found[:20]))
        raise ParameterFault(f"No shareable report is made, since it would tell of single patients:\n{listed}")


def texts(name: str, content: bytes, depth: int = 0) -> Iterator[str]:
    """The text of a file, and of whatever is packed or encoded in it."""
    if Path(name).suffix in PACKED:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            for member in packed.namelist():
                yield from texts(member, packed.read(member), depth + 1)
        return
    text = content.decode("utf-8", errors="replace")
    text = ADDRESSES.sub("", text) if name.endswith(".xml") else text
    yield text
    yield unescape(text)
    if depth < DEEPEST:
        for is_base64, encoded in ENCODED.findall(text):
            if inner := _decoded(encoded, bool(is_base64)):
                yield from texts("encoded.csv" if b"stat_name" in inner else "encoded", inner, depth + 1)


def _decoded(encoded: str, is_base64: bool) -> bytes:
    try:
        return base64.b64decode(unescape(encoded)) if is_base64 else unquote_to_bytes(unescape(encoded))
    except (binascii.Error, ValueError):
        return b""


def _looks(study: Study, policy: Policy) -> Iterator[Callable[[str], Iterator[str]]]:
    yield _words("an identifier of a patient", _identifiers(study))
    yield _words("a date of the data", _dates(study))
    yield _words("a term of few patients", _rare_terms(study, policy.threshold), re.IGNORECASE)
    yield lambda text: (f"a path of a machine ({path})" for path in PLACES.findall(text))
    yield lambda text: (f"the name of a person ({name})" for name in AUTHOR.findall(text) if name not in PROGRAMS)
    yield lambda text: _small_rows(text, policy)
    yield lambda text: (f"a table with the count {n}" for n in CELL.findall(text) if int(n) < policy.threshold)


def _words(what: str, words: set[str], flags: re.RegexFlag = re.NOFLAG) -> Callable[[str], Iterator[str]]:
    """A look for whole words."""
    if not words:
        return lambda text: iter(())
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(words)))})(?!\w)", flags)
    return lambda text: (f"{what} ({word})" for word in dict.fromkeys(pattern.findall(text)))


def _identifiers(study: Study) -> set[str]:
    known = study.patients["patient_id"].astype(str)
    return {name for name in known if len(name) >= SHORTEST or not name.isdigit() and len(name) > 1}


def _dates(study: Study) -> set[str]:
    tables = (study.patients, study.courses, study.side_effects)
    columns = [rows[name] for rows in tables for name in rows if name.endswith("_date")]
    days = {day for column in columns for day in pd.to_datetime(column, errors="coerce").dropna()}
    lock = pd.Timestamp(study.data_lock_date) if study.data_lock_date else None
    return {day.strftime(form) for day in days if day != lock for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")}


def _rare_terms(study: Study, threshold: int) -> set[str]:
    """What somebody typed of fewer patients than the threshold, and did not also say of the study as a whole."""
    said = " ".join([study.title, *study.description.stated.values()]).casefold()
    rare: set[str] = set()
    for table, columns in TERMS.items():
        rows = getattr(study, table)
        for name in columns:
            if name in rows:
                terms = rows[["patient_id", name]].dropna().astype(str)
                terms[name] = terms[name].map(items)
                numbers = terms.explode(name).groupby(name)["patient_id"].nunique()
                rare |= set(numbers.index[numbers < threshold])
    return {term for term in rare if len(term) > SHORTEST and term.casefold() not in said}


def _small_rows(text: str, policy: Policy) -> Iterator[str]:
    """Rows of results whose count is below the threshold or not rounded."""
    if "stat_name" not in text[:1000]:
        return
    for row in csv.DictReader(StringIO(text)):
        if row["stat_name"] in COUNTS and row["output"] != "study" and not row["variable"].startswith("treatments"):
            n = float(row["stat"])
            if 0 < n < policy.threshold or n % policy.rounding:
                yield f"the count {n:g} in {row['output']}, {row['variable']}"
