"""Every indicator of every round, from one snapshot."""

from __future__ import annotations

from dataclasses import replace

from saphan.analyse.disclosure import Ratio
from saphan.analyse.frames.model import Snapshot
from saphan.analyse.indicators import fieldwork, flows, profiles, trial
from saphan.analyse.indicators.flows import Flows
from saphan.analyse.indicators.interviews import interviews, selected
from saphan.analyse.indicators.model import Results
from saphan.analyse.indicators.observed import observe, within
from saphan.analyse.indicators.sample import open_hours, sample
from saphan.analyse.indicators.weighting import weigh
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.rounds.model import Cordon, Draw, Round, Screening
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.flow import fit
from saphan.mission.model import Mission

CORDON = "cordon"  # the key of a cell, where cordons are told apart
SURVEYED = {FormConcept.SCREENER, FormConcept.FLOW_SURVEY}


def compute(snapshot: Snapshot, mission: Mission, fielded: Round) -> Results:
    """The results of one round; only a note where nothing was counted in it yet."""
    engine = DuckDB(snapshot.data)
    rows = {table.name: table.rows for table in snapshot.manifest.tables}
    frames = {table.name: frozenset(name for name, _ in table.columns) for table in snapshot.manifest.tables}
    nothing = Results(results=(), notes=(f"Nothing has been counted in the round {fielded.id}.",))
    if not any(rows.get(name) for name in (FormConcept.COUNTER, FormConcept.HOURLY_COUNT)):
        return nothing
    observed = observe(engine, frames, fielded)
    observed = within(observed, {point: open_hours(mission, point) for point in observed.points})
    if not observed.minutes.any():
        return nothing
    sampled = sample(engine, frames, mission, fielded, observed)
    found = Flows(mission=mission, fielded=fielded, sampled=sampled, fit=fit(sampled.sample))
    results = flows.compute(found) + fieldwork.compute(found)
    if FormConcept.COUNTER not in frames and fielded.draw is not Draw.CENSUS:
        results += trial.compute(engine, frames, found)
    if fielded.screening is not None and all(rows.get(name) for name in SURVEYED):
        results += _survey(engine, frames[FormConcept.FLOW_SURVEY], found, fielded.screening)
    return results


def of_cordon(results: Results, cordon: Cordon) -> Results:
    """The results of one of several cordons counted at a time: cells, names and notes say which.

    Nothing is added over cordons: the points of one are a declared line, those of two are none.
    """
    placed = [replace(result, cell={**result.cell, CORDON: cordon.id}) for result in results.results]
    name = {before.name: after.name for before, after in zip(results.results, placed, strict=True)}

    def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name.get(one, one) for one in names)

    counted = [int(result.value) for result in placed if result.indicator == "flow.points"]
    known = [f"Totals are of {number} of the {cordon.known_points} known points." for number in counted]
    return Results(
        results=tuple(replace(result, parents=renamed(result.parents)) for result in placed),
        totals=tuple(
            replace(one, total=name.get(one.total, one.total), parts=renamed(one.parts)) for one in results.totals
        ),
        ratios=tuple(
            Ratio(share=name[one.share], part=name[one.part], total=name[one.total]) for one in results.ratios
        ),
        notes=tuple(f"{cordon.name.to('en')}: {note}" for note in (*known, *results.notes)),
    )


def _survey(engine: DuckDB, columns: frozenset[str], found: Flows, screening: Screening) -> Results:
    """What the interviews tell, direction by direction; `columns` are the survey frame's."""
    chosen = selected(engine, found.fielded)
    asked = {direction: interviews(engine, columns, found.fielded, chosen, direction) for direction in found.directions}
    enough = {direction: rows for direction, rows in asked.items() if rows.size >= profiles.SMALLEST}
    results = Results(results=())
    surveyed = []
    for direction, rows in enough.items():
        weighted = weigh(found, screening, chosen, rows, direction, several=len(enough) > 1)
        if weighted is None:
            results += Results(results=(), notes=("No interview carries the code of a screening record.",))
            continue
        surveyed.append(weighted)
        results += profiles.compute(found, weighted) + Results(results=(), notes=weighted.notes)
    return results + profiles.fieldwork(found, surveyed) if surveyed else results
