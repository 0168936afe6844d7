"""Do the intervals of persons per month and of shares cover? Invented years on the seed mission, weeks drawn anew.

    python -m benchmarks.persons            20 years of 12 months, a minute and a half on two cores
    python -m benchmarks.persons --years 8

World, fieldwork and estimator are the program's own; only the writing and reading of forms is left out. The round as
it is is held against the truth, and against what would be true if in the hours without interviews people crossed as
often as in those with; then with crossings told otherwise than they were, and with each month standing alone. Shares
are of those who cross in the hours asked, as they are and with a twelfth of the interviews.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: two processes of one thread each

import argparse
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.measures import HEADER, line, measure
from saphan import mission as missions
from saphan.analyse.indicators import profiles
from saphan.analyse.indicators.flows import Flows
from saphan.analyse.indicators.interviews import interviews, selected
from saphan.analyse.indicators.model import Result
from saphan.analyse.indicators.observed import observe, within
from saphan.analyse.indicators.sample import open_hours, sample
from saphan.analyse.indicators.weighting import Weighted, weigh
from saphan.collect import rounds, simulate
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import State
from saphan.collect.rounds.model import Round
from saphan.collect.simulate.crossings import HOURS, IN
from saphan.collect.simulate.planning import Planner
from saphan.collect.simulate.selection import select
from saphan.collect.simulate.tellings import Tellings
from saphan.collect.simulate.visits import visit
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.flow import fit
from saphan.mission.model import Mission

FloatArray = npt.NDArray[np.float64]
Rows = dict[str, list[tuple[float, ...]]]
MISSION = Path(__file__).parents[1] / "missions" / "thailand-2023"
DIRECTION = "in"  # only those who come in are interviewed
AS_IS, ASKED = "the round as it is", "the same, were all hours as those asked"
ROUNDED, ELSEWHERE, ALONE = "crossings told in fives from 5 on", "a fifth of crossings elsewhere", "a month alone"
COLUMNS = frozenset({"screening", "point", "observed_date", "direction", "sex", "age", "crossings_in_reference_period"})
QUESTIONS = {"nationality": "nationality", "main_reason": "reason", "intended_stay": "stay"}  # and the world's name
WITH_ANSWERS = COLUMNS | {*QUESTIONS, *(f"{question}.state" for question in QUESTIONS)}
SIZES = {"shares over 5 per cent": 0.05, "shares of 1 to 5 per cent": 0.01, "shares under 1 per cent": 0.0}
THINNED = 12  # of so many interviews, one
NUMBERS = frozenset(
    {"observed_hour", "minutes_observed", "men", "women", "boys", "girls", "group_size", "eligible_in_group", "age"}
    | {"crossings_in_reference_period"}
)
PROCESSES = 2


def year(seed: int) -> Rows:
    """One invented year: persons of each month as estimated, and in truth."""
    mission = missions.open(MISSION)
    fielded = rounds.load(mission)[0]
    fielded = replace(fielded, weeks=rounds.draw(fielded.draw, fielded.period, seed))
    world = simulate.world(mission, simulate.load(mission), period=fielded.period, seed=seed)
    truth = persons(world, fielded, range(HOURS))
    data = frames(world, fielded, seed)
    flows, weighted = surveyed(mission, fielded, data)
    crossings, month = weighted.interviews.crossings, weighted.interviews.month

    def told(numbers: FloatArray) -> tuple[Result, ...]:
        return profiles.compute(
            flows, replace(weighted, interviews=replace(weighted.interviews, crossings=numbers))
        ).results

    as_is = told(crossings)
    alone = [result for index in range(len(truth)) for result in told(np.where(month == index, crossings, np.nan))]
    rows = {
        AS_IS: against(as_is, truth),
        ASKED: against(as_is, persons(world, fielded, asked(fielded))),
        ROUNDED: against(told(np.where(crossings < 5, crossings, 5 * np.round(crossings / 5))), truth),
        ELSEWHERE: against(told(np.round(1 + (crossings - 1) / 0.8)), truth),
        ALONE: against(alone, truth),
    }
    rows |= {f"  {result.period}": against([result], truth) for result in as_is}
    survey = data[FormConcept.FLOW_SURVEY]
    few = survey.take(pa.array(np.arange(seed % THINNED, survey.num_rows, THINNED)))
    for words, answers in (("", survey), (f", 1 in {THINNED} asked", few)):
        found = surveyed(mission, fielded, data | {FormConcept.FLOW_SURVEY: answers}, WITH_ANSWERS)
        for name, drawn in of_shares(profiles.compute(*found).results, shares(world, fielded)).items():
            rows[name + words] = drawn
    return rows


def of_shares(results: Iterable[Result], truth: Mapping[tuple[str, str], float]) -> Rows:
    """Shares that have an interval beside their truth, by size."""
    found: Rows = {}
    for one in results:
        true = truth.get((one.cell.get("question", ""), one.cell.get("answer", "")), 0.0)
        if one.indicator == profiles.SHARE and one.low is not None and true > 0:
            assert one.high is not None and one.standard_error is not None
            size = next(name for name, least in SIZES.items() if true >= least)
            numbers = (one.value, one.low, one.high, one.standard_error, true, float("nan"))
            found.setdefault(size, []).append(numbers)
    return found


def shares(world: simulate.World, fielded: Round) -> dict[tuple[str, str], float]:
    """The share of each answer among movements of the minimum age in the hours asked."""
    crossings, parties = world.crossings, world.parties
    here = np.isin(crossings.hour, asked(fielded)) & np.logical_or.reduce(
        [inside for _, inside in in_months(world, fielded)]
    )
    party = crossings.party[here]
    weight = of_age(world, fielded)[party]
    found = {}
    for question, name in QUESTIONS.items():
        codes = getattr(world.codes, name)
        number = np.bincount(getattr(parties, name)[party], weights=weight, minlength=len(codes))
        found |= {(question, code): float(one / weight.sum()) for code, one in zip(codes, number, strict=True)}
    return found


def frames(world: simulate.World, fielded: Round, seed: int) -> dict[str, pa.Table]:
    """What a fieldwork sends, as the tables that the figures are made from."""
    rng = np.random.default_rng([seed, 2])
    visits = visit(world, fielded, rng)
    tellings = Tellings(world, fielded)
    planner = Planner(world, tellings, rng)
    planner.plan(fielded, visits, select(world, fielded, visits.sessions, rng))
    rows: dict[str, list[Mapping[str, str]]] = {}
    for task in planner.tasks:
        if task.concept is FormConcept.FLOW_SURVEY and task.facts["consent"] != "yes":
            continue  # without consent, answers reach no table
        rows.setdefault(task.concept, []).append({"submission": task.instance, **task.facts})
        if task.crossings is not None:
            groups = ({"submission": task.instance, **group} for group in tellings.groups(task.crossings))
            rows.setdefault(f"{FormConcept.COUNTER}.group", []).extend(groups)
    found = {name: table(of) for name, of in rows.items()}
    survey = found[FormConcept.FLOW_SURVEY]
    for question in QUESTIONS:
        told = [int(State.ANSWERED if answer else State.NOT_ASKED) for answer in survey[question].to_pylist()]
        survey = survey.append_column(f"{question}.state", pa.array(told))
    return found | {FormConcept.FLOW_SURVEY: survey}


def table(rows: list[Mapping[str, str]]) -> pa.Table:
    """Facts as a frame holds them: numbers as numbers, every row the first of its table."""
    whole = pa.table({name: [row.get(name) for row in rows] for name in rows[0]})
    for index, name in enumerate(whole.column_names):
        if name in NUMBERS:
            whole = whole.set_column(index, name, whole[name].cast(pa.int64()))
    place = pa.array(np.zeros(len(rows), dtype=np.int32))
    return whole.append_column("row", place).append_column("parent", place)


def surveyed(
    mission: Mission, fielded: Round, data: dict[str, pa.Table], told: frozenset[str] = COLUMNS
) -> tuple[Flows, Weighted]:
    """The movements of a round, and its interviews weighted to them; `told` are the columns of the survey."""
    engine = DuckDB(data)
    columns = {name: frozenset(rows.column_names) for name, rows in data.items()}
    observed = observe(engine, columns, fielded)
    observed = within(observed, {point: open_hours(mission, point) for point in observed.points})
    sampled = sample(engine, columns, mission, fielded, observed)
    flows = Flows(mission=mission, fielded=fielded, sampled=sampled, fit=fit(sampled.sample))
    chosen = selected(engine, fielded)
    rows = interviews(engine, told, fielded, chosen, DIRECTION)
    assert fielded.screening is not None
    weighted = weigh(flows, fielded.screening, chosen, rows, DIRECTION, several=False)
    assert weighted is not None
    return flows, weighted


def asked(fielded: Round) -> list[int]:
    """The hours of the day in which people are interviewed."""
    screening = fielded.screening
    assert screening is not None
    start, end = screening.hours or (0, HOURS)
    shifts = {hour for shift in fielded.shifts if shift.id in screening.shifts for hour in shift.clock_hours}
    return [hour for hour in sorted(shifts) if start <= hour < end]


def persons(world: simulate.World, fielded: Round, hours: Sequence[int]) -> dict[str, float]:
    """Different persons of the minimum age by month, if to each movement belonged as many as to those in `hours`."""
    crossings, old_enough = world.crossings, of_age(world, fielded)
    found = {}
    for month, inside in in_months(world, fielded):
        party, hour = crossings.party[inside], crossings.hour[inside]
        times = np.bincount(party)[party]
        chosen = np.isin(hour, hours)
        each = (old_enough[party] / times)[chosen].sum() / old_enough[party][chosen].sum()
        found[month] = float(each * old_enough[party].sum())
    return found


def of_age(world: simulate.World, fielded: Round) -> FloatArray:
    """How many of each party are of the minimum age."""
    assert fielded.screening is not None
    parties = world.parties
    return np.add.reduceat((parties.age >= fielded.screening.minimum_age).astype(float), parties.first)


def in_months(world: simulate.World, fielded: Round) -> Iterable[tuple[str, npt.NDArray[np.bool_]]]:
    """Each month, and which crossings are inwards at the points that belong to the round in it."""
    crossings = world.crossings
    for month in fielded.period.months():
        first, after = ((day - fielded.period.start).days for day in (month.start, month.end))
        here = [world.codes.point.index(panel.point) for panel in fielded.panels if month.start in panel.period]
        inside = (crossings.direction == IN) & (crossings.day >= first) & (crossings.day < after)
        yield month.label, inside & np.isin(crossings.point, here)


def against(results: Iterable[Result], truth: Mapping[str, float]) -> list[tuple[float, ...]]:
    """Estimates beside their truth, as `measure` reads them."""
    found: list[tuple[float, ...]] = []
    for one in results:
        assert one.low is not None and one.high is not None and one.standard_error is not None
        found.append((one.value, one.low, one.high, one.standard_error, truth[one.period], float("nan")))
    return found


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    given = parser.parse_args()
    start = time.perf_counter()
    found: Rows = {}
    with get_context("fork").Pool(given.processes) as pool:
        for rows in pool.imap(year, range(1, given.years + 1)):
            for name, drawn in rows.items():
                found.setdefault(name, []).extend(drawn)
    print(HEADER)
    for name, drawn in found.items():
        print(line(measure(name, np.array(drawn))))
    print(f"\n{time.perf_counter() - start:.0f} s on {given.processes} processes")


if __name__ == "__main__":
    main()
