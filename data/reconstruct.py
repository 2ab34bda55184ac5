"""Reconstruct a patient-level cohort from the published figures.

Nobody outside the clinic has the records behind the paper. This program invents 30
patients and 81 treatment courses that have the published treatment sequences and, wherever
the published figures agree with each other, every published count, median and IQR. The
result is a worked example, not evidence.

    python data/reconstruct.py [--out DIR]
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from reconstruction.age_ranks import tune_age_ranks
from reconstruction.characteristics import assign_allergies, assign_diseases, assign_ige
from reconstruction.doses import assign_doses
from reconstruction.files import add_remission_months, write_cohort
from reconstruction.published import Published, read_sequences
from reconstruction.rescue import add_rescue_courses
from reconstruction.responses import assign_responses, assign_sex, assign_status
from reconstruction.side_effects import list_side_effects
from reconstruction.timeline import lay_out
from reconstruction.verification import report_faults

DATA = Path(__file__).resolve().parent


def reconstruct(published: Published) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Patients, courses and side effects of the reconstructed cohort."""
    with stage("responses, reasons, side effects, sex and status"):
        courses = assign_responses(read_sequences(published.folder), published)
        patients = pd.concat([assign_sex(courses, published), assign_status(courses, published)], axis=1)
    with stage("ages and durations"):
        courses, patients = lay_out(courses, patients, published)
    with stage("ranks of ages between treatments"):
        courses = tune_age_ranks(courses, patients, published)
    with stage("allergies, other diseases, IgE"):
        for assign in (assign_allergies, assign_diseases, assign_ige):
            patients = assign(patients, courses, published)
    with stage("doses, rescue courses, side effects"):
        courses = assign_doses(courses, published, DATA / "treatments.csv")
        courses = add_remission_months(add_rescue_courses(courses, published), patients)
        return patients, courses, list_side_effects(courses, published)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Print what is done and how long it took."""
    began = time.perf_counter()
    print(name, end=" ... ", flush=True)
    yield
    print(f"{time.perf_counter() - began:.1f} s")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=Path, default=DATA / "cohort", metavar="DIR")
    out = arguments.parse_args().out
    published = Published(DATA / "published")
    write_cohort(out, *reconstruct(published))
    with stage(f"check of the files in {out}"):
        faults = report_faults(out, published)
    print(*faults or ["every published figure that can be met is met"], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
