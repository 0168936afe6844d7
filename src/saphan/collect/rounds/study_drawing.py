"""Draws the clusters of a study from its frame, and writes them as the sample of an assessment."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

import msgspec
import pyarrow as pa

from saphan.collect.rounds.assessment_reading import COLUMNS
from saphan.collect.rounds.assessments import Area
from saphan.collect.rounds.studies import Study
from saphan.core.problem import At, problem
from saphan.estimate.sampling import Method, Record, Stage, draw

_SIZED = (Method.PPS, Method.PPS_SYSTEMATIC)


def draw_study(study: Study, clusters: Mapping[str, int]) -> tuple[tuple[Area, ...], Record]:
    """The areas that the study's seed draws, in the order of the draw within strata, and the record of the draw.

    Drawn in proportion to size, areas have no count of their stratum's clusters: errors are then those of a draw with
    replacement. Problem "study.size" if the frame cannot give the clusters.
    """
    units = {unit.cluster: unit for unit in study.units}
    design = study.design
    sized = design.method in _SIZED
    frame = pa.table(
        {
            "cluster": list(units),
            "stratum": [unit.stratum for unit in units.values()],
            "measure": [unit.measure for unit in units.values()],
        }
    )
    stage = Stage(
        unit="cluster",
        stratum=("stratum",),
        method=design.method,
        measure="measure" if sized else None,
        size=dict(clusters),
    )
    try:
        sample = draw(frame, stage, seed=design.seed)
    except ValueError as error:
        raise problem("study.size", At(file=study.frame), detail=str(error)) from error
    available = {name: sum(unit.stratum == name for unit in units.values()) for name in clusters}
    areas = tuple(
        Area(
            id=row["cluster"],
            stratum=row["stratum"],
            place=units[row["cluster"]].place,
            chance=row["probability"],
            clusters=None if sized else available[row["stratum"]],
            households=units[row["cluster"]].households,
            interviews=min(design.interviews, units[row["cluster"]].households),
        )
        for row in sample.active.to_pylist()
    )
    return areas, sample.record


def encode_sample(areas: Iterable[Area]) -> bytes:
    """The areas as a sample's CSV file; chances with all their digits, since weights rest on them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for area in areas:
        clusters = "" if area.clusters is None else area.clusters
        writer.writerow(
            [area.id, area.stratum, area.place, repr(area.chance), clusters, area.households, area.interviews]
        )
    return text.getvalue().encode()


def encode_record(record: Record) -> bytes:
    """The record of a draw as JSON, to be kept beside the frame."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"
