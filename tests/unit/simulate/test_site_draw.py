"""The sites that the seed mission counts are those that its command draws from the simulated reports."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from saphan import mission as missions
from saphan.analyse.frames.tables import build
from saphan.analyse.indicators.site_reports import answers
from saphan.analyse.indicators.stocks import assess
from saphan.collect import forms, rounds, simulate
from saphan.collect.forms.model import Form
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.stock import draw_subset


@pytest.mark.slow
def test_the_seed_draws_the_sites_of_round_one_again(
    thailand: Path, mission_forms: Mapping[str, Form], settings: simulate.Settings
) -> None:
    mission = missions.open(thailand)
    exercise = rounds.load_exercise(mission, "border-districts")
    parameters = simulate.load_sites(mission, {exercise.id: exercise})
    assert parameters is not None
    people = simulate.site_people(mission, parameters, exercise, seed=2023)
    form = mission_forms["key_informant"]
    reader = forms.Reader([form])
    sent = simulate.SiteVisits(mission, people, mission_forms, settings.fieldwork, seed=2023)
    readings = (reader.read(one.xml) for one in sent if b'id="key_informant"' in one.xml)
    tables: Mapping[str, pa.Table] = build(
        [form], ((f"{number:06d}", one) for number, one in enumerate(readings) if one.consented is not False)
    )
    found = answers(DuckDB(dict(tables)), {name: frozenset(table.column_names) for name, table in tables.items()})
    first = assess(found, mission, exercise)[0]
    assert first.said.fielded.number == 1
    drawn = draw_subset(first.present, 10, seed=exercise.seed + 1)
    with (thailand / "samples" / "border-districts-1.csv").open(encoding="utf-8", newline="") as file:
        written = {row["site"]: float(row["chance"]) for row in csv.DictReader(file)}
    assert dict(drawn.chances) == pytest.approx(written, rel=1e-9)
