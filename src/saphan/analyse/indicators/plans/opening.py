"""Opens a snapshot as an assessment or a study: its frames, the weighted sample, and the columns a plan may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from saphan.analyse.frames.model import FrameTable, Snapshot
from saphan.analyse.frames.tables import name_of
from saphan.analyse.indicators.plans.running import MEMBER, Assessment
from saphan.analyse.indicators.plans.weighting import CLUSTER, SAMPLE, SUBMISSION, WEIGHT, Weighed, weigh
from saphan.collect.forms.model import Form, State
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.estimate.engines.duckdb import DuckDB
from saphan.mission.model import Places

NUMBER = "household_number"
PLUMBING = frozenset({SUBMISSION, "row", "parent"})


@dataclass(frozen=True, kw_only=True)
class Opened:
    """An assessment that a plan can be run on; `columns` are those that a plan may name, true for numbers."""

    assessment: Assessment
    weighed: Weighed
    columns: Mapping[str, bool]


def opened(snapshot: Snapshot, assessment: HouseholdAssessment, form: Form, places: Places) -> Opened:
    """The answers to `form` in a snapshot, weighted. ValueError where no household has a weight."""
    frame = name_of(form, form.root)
    members = f"{frame}.{MEMBER}"
    tables = {one.name: one for one in snapshot.manifest.tables if one.name in (frame, members)}
    # A frame holds the forms of its kind, and a form from before areas were asked for tells none.
    named = [name for name, _ in tables[frame].columns if name in (SUBMISSION, CLUSTER, NUMBER)]
    answers = pq.read_table(snapshot.data[frame], columns=named)
    if CLUSTER not in named:
        raise ValueError(f"the form {form.id} does not ask for the drawn area: bind a question to the concept cluster")
    above = {one.place: _areas(places, one.place) for one in assessment.areas}
    weighed = weigh(assessment, answers, above)
    data: dict[str, Path | pa.Table] = {name: snapshot.data[name] for name in tables}
    names = {name: [column for column, _ in table.columns] for name, table in tables.items()}
    return Opened(
        assessment=Assessment(
            engine=DuckDB(data | {SAMPLE: weighed.sample}),
            households=frame,
            members=members if members in tables else None,
            sample=SAMPLE,
            design=weighed.design,
            columns_of=names | {SAMPLE: weighed.sample.column_names},
            choices=_several(form),
        ),
        weighed=weighed,
        columns=_columns(tables, weighed.sample.schema),
    )


def _areas(places: Places, pcode: str) -> tuple[str | None, ...]:
    """The areas of each level that a place lies in, from level 1 down to its own."""
    own = places.areas.get(pcode)
    levels = range(1, (own.level if own is not None else 0) + 1)
    found = (places.ancestor(pcode, level) for level in levels)
    return tuple(None if area is None else area.pcode for area in found)


def _several(form: Form) -> dict[str, tuple[str, ...]]:
    """The choices of each question where several can be chosen, those left out that say nothing."""
    return {
        question.concept or question.column: tuple(
            one.name for one in form.choices.get(question.choices, ()) if one.state is State.ANSWERED
        )
        for table in form.tables
        for question in table.questions
        if question.type == "select_multiple" and question.choices is not None
    }


def _columns(tables: Mapping[str, FrameTable], sample: pa.Schema) -> dict[str, bool]:
    told = [column for table in tables.values() for column in table.columns]
    found = {
        name: kind.startswith(("int", "uint", "float", "double"))
        for name, kind in told
        if name not in PLUMBING and not name.endswith(".state")
    }
    return {name: False for name in sample.names if name not in (SUBMISSION, WEIGHT)} | found
