"""From counter records to totals, on a small round whose every movement is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from saphan import mission as missions
from saphan.analyse.indicators.flows import Flows, compute
from saphan.analyse.indicators.observed import Observed, observe
from saphan.analyse.indicators.sample import Sampled, sample
from saphan.collect import rounds
from saphan.collect.rounds.model import Draw, Panel, Round
from saphan.core.period import Period
from saphan.estimate.engines.duckdb import DuckDB
from saphan.estimate.flow import fit
from saphan.mission.model import Mission

POINT = "TAK-03"  # open day and night
Hour = tuple[date, int, int, dict[str, int]]  # day, hour, minutes, people inwards by who


@pytest.fixture(scope="module")
def mission(thailand) -> Mission:
    return missions.open(thailand)


@pytest.fixture(scope="module")
def fielded(mission: Mission) -> Round:
    whole = rounds.load(mission)[0]
    return replace(whole, panels=(Panel(point=POINT, period=whole.period),))


def tables(hours: Iterable[Hour], log: Iterable[tuple[str, str, str]] = ()) -> dict[str, pa.Table]:
    counter: dict[str, list] = {name: [] for name in ("submission", "point", "observed_date", "observed_hour")}
    counter |= {"minutes_observed": [], "ended_at": []}
    group: dict[str, list] = {name: [] for name in ("submission", "direction", "mode", "men", "women", "boys", "girls")}
    for number, (day, hour, minutes, people) in enumerate(hours):
        for name, value in (
            ("submission", f"s{number:06}"),
            ("point", POINT),
            ("observed_date", day.isoformat()),
            ("observed_hour", hour),
            ("minutes_observed", minutes),
            ("ended_at", f"{day}T{hour:02}:59:{number % 60:02}"),
        ):
            counter[name].append(value)
        if people:
            group["submission"].append(f"s{number:06}")
            group["direction"].append("in")
            group["mode"].append("foot")
            for who in ("men", "women", "boys", "girls"):
                group[who].append(people.get(who, 0))
    spells = list(log)
    whole, words = pa.int64(), pa.string()

    def table(columns: dict[str, list], types: dict[str, pa.DataType]) -> pa.Table:
        rows = len(next(iter(columns.values())))
        places = {"row": pa.array([0] * rows, pa.int32()), "parent": pa.array([0] * rows, pa.int32())}
        return pa.table(places | {name: pa.array(values, types.get(name, words)) for name, values in columns.items()})

    return {
        "counter": table(counter, {"observed_hour": whole, "minutes_observed": whole}),
        "counter.group": table(group, dict.fromkeys(("men", "women", "boys", "girls"), whole)),
        "point-log": table(
            {
                "submission": [f"log{index}" for index in range(len(spells))],
                "point": [POINT] * len(spells),
                "from_date": [spell[0] for spell in spells],
                "to_date": [spell[1] for spell in spells],
                "point_status": [spell[2] for spell in spells],
            },
            {},
        ),
    }


def seen(mission: Mission, fielded: Round, given: dict[str, pa.Table]) -> tuple[Observed, Sampled]:
    engine = DuckDB(given)
    columns = {name: frozenset(table.column_names) for name, table in given.items()}
    observed = observe(engine, columns, fielded)
    return observed, sample(engine, columns, mission, fielded, observed)


def week(fielded: Round, index: int = 0) -> tuple[date, ...]:
    return fielded.weeks[index].days


def day_hours(day: date, people: dict[str, int]) -> list[Hour]:
    return [(day, hour, 60, people) for hour in range(6, 22)]


def test_of_two_records_of_an_hour_the_one_finished_last_stands(mission: Mission, fielded: Round) -> None:
    day = week(fielded)[0]
    observed, _ = seen(mission, fielded, tables([(day, 8, 60, {"men": 5}), (day, 8, 60, {"men": 50})]))
    assert observed.count.sum() == 50


def test_hours_off_the_drawn_days_are_left_out_and_counted(mission: Mission, fielded: Round) -> None:
    drawn = {day for one in fielded.weeks for day in one.days}
    away = next(day for day in fielded.period if day not in drawn and day - timedelta(days=1) not in drawn)
    observed, _ = seen(mission, fielded, tables([(away, 8, 60, {"men": 5}), (week(fielded)[0], 8, 60, {"men": 7})]))
    assert observed.count.sum() == 7
    assert observed.left_out["day not drawn"] == 1


def test_nobody_seen_is_zero_and_nobody_there_is_missing(mission: Mission, fielded: Round) -> None:
    empty, absent = week(fielded)[0], week(fielded)[1]
    _, sampled = seen(mission, fielded, tables([*day_hours(empty, {}), *day_hours(week(fielded)[2], {"men": 1})]))
    place = (empty - fielded.period.start).days
    assert sampled.sample.count[0, 0, place] == 0
    assert sampled.sample.effort[0, 0, place] == pytest.approx(1.0)
    assert np.isnan(sampled.sample.count[0, 0, place + (absent - empty).days])


def test_a_closed_point_adds_nothing_and_a_day_nobody_watched_is_estimated(mission: Mission, fielded: Round) -> None:
    hours = [hour for one in fielded.weeks for day in one.days for hour in day_hours(day, {"men": 1})]
    _, open_all_year = seen(mission, fielded, tables(hours))
    drawn = {day for one in fielded.weeks for day in one.days}
    last = max(day for day in fielded.period if day not in drawn)
    first = max(day for day in drawn if day < last) + timedelta(days=1)
    closed_log = [(first.isoformat(), last.isoformat(), "closed")]
    _, closed = seen(mission, fielded, tables(hours, closed_log))
    _, unobserved = seen(mission, fielded, tables(hours, [(*closed_log[0][:2], "unobserved")]))
    days = (last - first).days + 1
    whole = fit(open_all_year.sample).total(open_all_year.weights(direction="in")).value
    without = fit(closed.sample).total(closed.weights(direction="in")).value
    assert fit(unobserved.sample).total(unobserved.weights(direction="in")).value == pytest.approx(whole)
    assert without < whole - 0.5 * 16 * days


def test_hours_after_midnight_belong_to_the_evening_before(mission: Mission, fielded: Round) -> None:
    night = fielded.weeks[0].night
    assert night is not None
    hours = [(night, 23, 60, {"men": 3}), (night + timedelta(days=1), 2, 60, {"men": 4})]
    _, sampled = seen(mission, fielded, tables(hours))
    window = sampled.sample.windows.index("night")
    assert sampled.sample.count[0, window, (night - fielded.period.start).days] == 7


def test_a_point_outside_its_panel_is_not_extrapolated(mission: Mission, fielded: Round) -> None:
    panel = Panel(point=POINT, period=Period(start=date(2023, 9, 1), end=date(2024, 1, 1)))
    short = replace(fielded, panels=(panel,))
    hours = [hour for one in fielded.weeks for day in one.days for hour in day_hours(day, {"men": 1})]
    _, sampled = seen(mission, short, tables(hours))
    assert not sampled.sample.open[:, :, : (date(2023, 9, 1) - fielded.period.start).days].any()


def test_parts_add_up_to_their_totals(mission: Mission, fielded: Round) -> None:
    generator = np.random.default_rng(5)
    hours = [
        (day, hour, 60, {who: int(generator.poisson(2)) for who in ("men", "women", "boys", "girls")})
        for one in fielded.weeks
        for day in one.days
        for hour in range(6, 22)
    ]
    _, sampled = seen(mission, fielded, tables(hours))
    flows = Flows(mission=mission, fielded=fielded, sampled=sampled, fit=fit(sampled.sample))
    found = compute(flows)
    value = {result.name: result.value for result in found.results}
    assert len(found.totals) > 4
    for total in found.totals:
        assert sum(value[part] for part in total.parts) == pytest.approx(value[total.total], rel=1e-9)
    for result in found.results:
        assert result.low is not None
        assert result.high is not None
        assert result.low <= result.value <= result.high


def test_a_census_is_exact(mission: Mission, fielded: Round) -> None:
    month = Period(start=date(2023, 1, 1), end=date(2023, 2, 1))
    whole = replace(
        fielded,
        period=month,
        draw=Draw.CENSUS,
        weeks=(),
        shifts=fielded.shifts[:2],
        panels=(Panel(point=POINT, period=month),),
    )
    hours = [hour for day in month for hour in day_hours(day, {"men": 2, "girls": 1})]
    _, sampled = seen(mission, whole, tables(hours))
    estimate = fit(sampled.sample).total(sampled.weights(direction="in"))
    assert estimate.value == pytest.approx(31 * 16 * 3)
    assert estimate.high - estimate.low == pytest.approx(0.0, abs=1e-6)
