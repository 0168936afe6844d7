"""How long the plan of a needs assessment takes, and how much memory: a hundred indicators by ten groupings.

    python -m benchmarks.needs_plan                    10,000 households and their members
    python -m benchmarks.needs_plan --rows 1000000     as many as one likes
    python -m benchmarks.needs_plan --profile          where the time goes

The answers are drawn for whatever concepts the definitions read, so the benchmark follows the catalogue. Households lie
in areas in strata; 1 to 7 members each. The time is from the frozen frames to the last number: columns made, sums,
errors and intervals, each class of each indicator in the whole sample and in each group.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import cProfile
import pstats
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.survey_peers import Conventions, Numbers, apart, measured
from saphan.analyse.indicators.needs.catalogue import NEEDS
from saphan.analyse.indicators.needs.model import Kind
from saphan.analyse.indicators.plans.model import Analysis, PlanLine
from saphan.analyse.indicators.plans.running import MEMBER, Assessment, run
from saphan.collect.forms.concepts import CONCEPTS, Concept
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.survey.plan import Columns

INDICATORS = 100
AREAS, AREAS_OF_STRATUM = 300, 30
SLICE = 100_000
HOUSEHOLDS, MEMBERS, SAMPLE = "household-assessment", f"household-assessment.{MEMBER}", "sample"
GROUPS = {"province": 5, "sex_head": 2, "status": 4, "urban": 2, "age_head": 5, "size": 3, "language": 6}
BY: tuple[tuple[str, ...], ...] = (
    *((name,) for name in GROUPS),
    ("province", "sex_head"),
    ("province", "status"),
    ("status", "sex_head"),
)
UNFIXED = ("a", "b", "c", "other")  # choices that every mission names itself
DESIGN = Columns(weight="weight", strata=("stratum",), clusters=("cluster",))


def lines() -> tuple[PlanLine, ...]:
    """The plan: the first hundred indicators of the catalogue, each by every grouping."""
    chosen = list(NEEDS.values())[:INDICATORS]
    analysis = {Kind.NUMBER: Analysis.MEAN, Kind.CLASS: Analysis.SHARE, Kind.YES_NO: Analysis.SHARE}
    return tuple(
        PlanLine(row=row, of=one.name, analysis=analysis[one.kind], by=BY) for row, one in enumerate(chosen, start=2)
    )


def write_frames(folder: Path, households: int, *, seed: int = 2023) -> None:
    """The frames of an assessment as Parquet files, in slices so that memory stays flat."""
    rng = np.random.default_rng(seed)
    writers: dict[str, pq.ParquetWriter] = {}
    for start in range(0, households, SLICE):
        for name, table in _slice(rng, start, min(SLICE, households - start)).items():
            if name not in writers:
                writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema, compression="zstd")
            writers[name].write_table(table, row_group_size=SLICE)
    for writer in writers.values():
        writer.close()


def _slice(rng: np.random.Generator, start: int, households: int) -> dict[str, pa.Table]:
    own, of_members = _read()
    submission = np.array([f"{place:032x}" for place in range(start, start + households)])
    area = np.sort(rng.integers(0, AREAS, households))
    size = rng.integers(1, 8, households)
    of = np.repeat(np.arange(households), size)
    labels = {name: tuple(f"{name}{one}" for one in range(kinds)) for name, kinds in GROUPS.items()}
    groups = {name: _codes(rng, kinds, households) for name, kinds in labels.items()}
    return {
        HOUSEHOLDS: pa.table({"submission": submission} | groups | _answers(rng, own, households)),
        MEMBERS: pa.table({"submission": submission[of]} | _answers(rng, of_members, of.size)),
        SAMPLE: pa.table(
            {
                "submission": submission,
                "weight": rng.gamma(4.0, 25.0, households) + 1.0,
                "stratum": _codes_of(area // AREAS_OF_STRATUM, "h"),
                "cluster": _codes_of(area, "a"),
            }
        ),
    }


def _read() -> tuple[list[Concept], list[Concept]]:
    """The concepts that the catalogue reads of households, and of their members."""
    members = {name for one in NEEDS.values() for name in one.members.get(MEMBER, ())}
    members |= {name for one in NEEDS.values() if one.subject == "person" for name in one.reads}
    own = {name for one in NEEDS.values() if one.subject == "household" for name in one.reads}
    return [CONCEPTS[name] for name in sorted(own)], [CONCEPTS[name] for name in sorted(members - own)]


def _answers(rng: np.random.Generator, concepts: list[Concept], rows: int) -> dict[str, pa.Array]:
    """Answers of the type of each concept, one in twenty missing, with their states."""
    found: dict[str, pa.Array] = {}
    for one in concepts:
        missing = rng.uniform(size=rows) < 0.05
        if "select_multiple" in one.types:
            kinds = pa.array(one.codes)
            ends = np.concatenate([[0], np.cumsum(rng.integers(0, 4, rows))])
            picked = kinds.take(pa.array(rng.integers(0, len(one.codes), ends[-1])))
            found[one.name] = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), picked)
        elif "select_one" in one.types:
            found[one.name] = _codes(rng, one.codes or UNFIXED, rows, missing)
        else:
            found[one.name] = pa.array(rng.integers(0, 8, rows), mask=missing)
        found[f"{one.name}.state"] = pa.array(missing.astype(np.uint8))
    return found


def _codes(rng: np.random.Generator, codes: tuple[str, ...], rows: int, missing: np.ndarray | None = None) -> pa.Array:
    picked = pa.array(rng.integers(0, len(codes), rows), pa.int32(), mask=missing)
    return pa.array(codes).take(picked)


def _codes_of(numbers: np.ndarray, prefix: str) -> pa.Array:
    return pa.array([f"{prefix}{one}" for one in range(int(numbers.max()) + 1)]).take(pa.array(numbers))


def plan(folder: Path, _: Conventions) -> Numbers:
    """The whole plan, by line, answer and group."""
    paths = {name: folder / f"{name}.parquet" for name in (HOUSEHOLDS, MEMBERS, SAMPLE)}
    assessment = Assessment(
        engine=DuckDB(paths),
        households=HOUSEHOLDS,
        members=MEMBERS,
        sample=SAMPLE,
        design=DESIGN,
        columns_of={name: pq.read_schema(path).names for name, path in paths.items()},
    )
    with tempfile.TemporaryDirectory(dir=folder) as store:
        found = run(assessment, lines(), NEEDS, Path(store))
    return {
        (str(dict(one.group)), f"{one.line.of} {one.answer}"): (one.value or 0.0, one.standard_error or 0.0)
        for one in found
    }


def main() -> None:
    """Write the frames, run the plan in a process of its own, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000, help="households")
    parser.add_argument("--profile", action="store_true", help="print the functions that take longest, in this process")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        # Written by a process of its own: the peak of this one would be taken for that of those it starts.
        apart(write_frames, folder, given.rows)
        members = pq.read_metadata(folder / f"{MEMBERS}.parquet").num_rows
        print(f"{given.rows:,} households with {members:,} members; {len(lines())} indicators by {len(BY)} groupings")
        if given.profile:
            profile = cProfile.Profile()
            profile.runcall(partial(plan, folder, Conventions()))
            pstats.Stats(profile).sort_stats("tottime").print_stats(30)
            return
        found = measured(plan, folder, Conventions())
        print(f"{len(found.numbers):,} numbers in {found.wall:.1f} s ({found.processor:.1f} s of processor), ", end="")
        print(f"{found.memory:.0f} MB at the peak")


if __name__ == "__main__":
    main()
