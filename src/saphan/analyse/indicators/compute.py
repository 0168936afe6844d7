"""Every indicator of every round, from one snapshot."""

from __future__ import annotations

from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators import fieldwork, flows, profiles, trial
from saphan.analyse.indicators.flows import Flows
from saphan.analyse.indicators.interviews import interviews, selected
from saphan.analyse.indicators.model import Results
from saphan.analyse.indicators.observed import observe
from saphan.analyse.indicators.sample import sample
from saphan.analyse.indicators.weighting import weigh
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.rounds.model import Draw, Round
from saphan.core.problem import problem
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.flow import fit
from saphan.mission.model import Mission

SURVEYED = {FormConcept.SCREENER, FormConcept.FLOW_SURVEY}


def compute(snapshot: Snapshot, mission: Mission, fielded: Round) -> Results:
    """The results of one round; Problem "frame.empty" if nothing was counted in it."""
    engine = DuckDB(snapshot.data)
    rows = {table.name: table.rows for table in snapshot.manifest.tables}
    frames = frozenset(rows)
    if not any(rows.get(name) for name in (FormConcept.COUNTER, FormConcept.HOURLY_COUNT)):
        raise problem("frame.empty", what="count")
    observed = observe(engine, frames, fielded)
    if not observed.minutes.any():
        raise problem("frame.empty", what="count on a fielded day")
    sampled = sample(engine, frames, mission, fielded, observed)
    found = Flows(mission=mission, fielded=fielded, sampled=sampled, fit=fit(sampled.sample))
    results = flows.compute(found) + fieldwork.compute(found)
    if FormConcept.COUNTER not in frames and fielded.draw is not Draw.CENSUS:
        results += trial.compute(engine, frames, found)
    if fielded.screening is not None and all(rows.get(name) for name in SURVEYED):
        columns = frozenset(
            name
            for table in snapshot.manifest.tables
            if table.name == FormConcept.FLOW_SURVEY
            for name, _ in table.columns
        )
        chosen = selected(engine, fielded)
        surveyed = []
        for direction in observed.directions:
            asked = interviews(engine, columns, fielded, chosen, direction)
            if asked.size >= profiles.SMALLEST:
                surveyed.append(weigh(found, fielded.screening, chosen, asked, direction))
                results += profiles.compute(found, surveyed[-1])
        if surveyed:
            results += profiles.fieldwork(found, surveyed)
    return results
