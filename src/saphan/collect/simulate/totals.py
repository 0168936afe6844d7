"""What is true in an invented world: exact totals that estimates can be held against, labelled as simulated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
from numpy.typing import NDArray

from saphan.collect.forms.concepts import AGE_BAND, DIRECTION, SEX
from saphan.collect.simulate.crossings import HOURS, IN, World
from saphan.collect.simulate.parties import AGE_FROM, OLDEST

Integers = NDArray[np.int64]
Key = tuple[NDArray[np.integer[Any]], Sequence[str]]  # a code's place for each row, and the codes
Keys = Mapping[str, Key]


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The exact totals of one world, as Arrow tables whose schema metadata say that they are simulated.

    - `movements`: point, direction, month, nationality, mode, sex, age_band, movements. Every total is a sum over it.
    - `hours`: point, direction, date, hour, groups, movements; hours without crossings are left out.
    - `profiles`: point, direction, month, concept, code, of_age, movements; each concept's codes sum to the movements.
      `of_age` counts those of the minimum age for an interview, whom a survey can speak for.
    - `persons`: point, direction, month, persons: different people of the minimum age who crossed in the month. Nobody
      crosses at two points, so those of any points add up; those of months do not.
    - `open`: point, date, open.
    """

    mark: str
    world: str  # the world's key
    tables: Mapping[str, pa.Table]

    def total(self, table: str = "movements", measure: str | None = None, **where: str | Sequence[str]) -> int:
        """Sum one measure (the last column) of a table over the rows whose columns have the values given.

        KeyError if there is no such table or column.
        """
        rows = self.tables[table]
        keep = np.ones(len(rows), dtype=bool)
        for column, wanted in where.items():
            values = [wanted] if isinstance(wanted, str) else list(wanted)
            keep &= np.isin(rows[column].to_pylist(), values)
        return int(rows[measure or rows.column_names[-1]].to_numpy()[keep].sum())


def truth(world: World, *, minimum_age: int = 15) -> Truth:
    """Count everything in the period of a world; `minimum_age` is that of the interviews."""
    crossings, parties, codes = world.crossings, world.parties, world.codes
    chosen = np.flatnonzero(crossings.day >= 0)  # not those of the history before the period
    party = crossings.party[chosen].astype(np.int64)
    size = parties.size[party].astype(np.int64)
    months = [month.label for month in world.period.months()]
    of_month = [index for index, month in enumerate(world.period.months()) for _ in month]
    keys: Keys = {
        "point": (crossings.point[chosen], codes.point),
        "direction": (crossings.direction[chosen], DIRECTION[:2]),
        "month": (np.array(of_month, dtype=np.uint8)[crossings.day[chosen]], months),
    }
    of_party: Keys = {
        **keys,
        "nationality": (parties.nationality[party], codes.nationality),
        "mode": (parties.mode[party], codes.mode),
    }
    member = _members(parties.first[party], size)
    band_of_age = np.searchsorted(AGE_FROM, np.arange(OLDEST + 1), side="right").astype(np.uint8) - 1
    of_member: Keys = {
        **{name: (np.repeat(index, size), names) for name, (index, names) in of_party.items()},
        "sex": (parties.sex[member], SEX),
        "age_band": (band_of_age[parties.age[member]], AGE_BAND),
    }
    old_enough = np.add.reduceat((parties.age >= minimum_age).astype(np.int64), parties.first)
    of_age = old_enough[party]
    tables = {
        "movements": _cube(of_member, {"movements": None}),
        "hours": _hours(world, chosen, size),
        "profiles": _profiles(world, party, size, of_age, keys),
        "persons": _persons(world, party, of_age, keys),
        "open": _open(world),
    }
    metadata = {"simulated": "true", "mark": world.mark, "world": world.key}
    return Truth(
        mark=world.mark,
        world=world.key,
        tables={name: table.replace_schema_metadata(metadata) for name, table in tables.items()},
    )


def save(facts: Truth, folder: Path) -> None:
    """Write each table as Parquet and a summary as truth.json into a folder, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in facts.tables.items():
        parquet.write_table(table, folder / f"{name}.parquet", compression="zstd")
    movements = facts.tables["movements"].group_by(["direction"]).aggregate([("movements", "sum")])
    summary = {
        "simulated": True,
        "mark": facts.mark,
        "world": facts.world,
        "movements": dict(
            sorted(zip(movements["direction"].to_pylist(), movements["movements_sum"].to_pylist(), strict=True))
        ),
        "tables": {name: {"rows": len(table), "columns": table.column_names} for name, table in facts.tables.items()},
    }
    (folder / "truth.json").write_text(json.dumps(summary, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def load(folder: Path) -> Truth:
    """The truth that `save` wrote."""
    summary = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    tables = {name: parquet.read_table(folder / f"{name}.parquet") for name in summary["tables"]}
    return Truth(mark=summary["mark"], world=summary["world"], tables=tables)


def _members(first: Integers, size: Integers) -> Integers:
    """The places of all members of parties, party by party."""
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(size)[:-1]]), size)
    places: Integers = starts + np.arange(int(size.sum()))
    return places


def _cube(keys: Keys, sums: Mapping[str, Integers | None]) -> pa.Table:
    """Sum measures (None counts rows) over every combination of keys that occurs; rows in the order of the keys."""
    shape = tuple(len(names) for _, names in keys.values())
    cell = np.zeros(len(next(iter(keys.values()))[0]), dtype=np.int64)
    for index, names in keys.values():
        cell *= len(names)
        cell += index
    counts = np.bincount(cell, minlength=int(np.prod(shape)))
    present = np.flatnonzero(counts)
    columns: dict[str, pa.Array] = {}
    for (name, (_, names)), place in zip(keys.items(), np.unravel_index(present, shape), strict=True):
        columns[name] = pa.array(names).take(pa.array(place))
    for name, values in sums.items():
        found = counts if values is None else np.bincount(cell, weights=values, minlength=len(counts))
        columns[name] = pa.array(found[present].astype(np.int64))
    return pa.table(columns)


def _hours(world: World, chosen: Integers, size: Integers) -> pa.Table:
    crossings = world.crossings
    dates = [world.day(index).isoformat() for index in range(world.period.days)]
    table = _cube(
        {
            "point": (crossings.point[chosen], world.codes.point),
            "direction": (crossings.direction[chosen], DIRECTION[:2]),
            "date": (crossings.day[chosen], dates),
            "hour": (crossings.hour[chosen], [str(hour) for hour in range(HOURS)]),
        },
        {"groups": None, "movements": size},
    )
    table = table.set_column(2, "date", table["date"].cast(pa.date32()))
    return table.set_column(3, "hour", table["hour"].cast(pa.int8()))


def _profiles(world: World, party: Integers, size: Integers, of_age: Integers, keys: Keys) -> pa.Table:
    parties, codes = world.parties, world.codes
    abroad, inside, inward = parties.abroad[party], parties.inside[party], keys["direction"][0] == IN
    commuter = np.array([world.settings.traveller[kind].commuter for kind in codes.kind])[parties.kind[party]]
    concepts: Keys = {
        "nationality": (parties.nationality[party], codes.nationality),
        "main_reason": (parties.reason[party], codes.reason),
        "intended_stay": (parties.stay[party], codes.stay),
        "work_sector": (parties.sector[party], codes.sector),
        "origin": (np.where(inward, abroad, inside), codes.area),
        "destination": (np.where(inward, inside, abroad), codes.area),
        "commuter": (commuter.astype(np.uint8), ("no", "yes")),
    }
    parts = []
    for concept, coded in concepts.items():
        table = _cube({**keys, "code": coded}, {"of_age": of_age, "movements": size})
        parts.append(table.add_column(3, "concept", pa.array([concept] * len(table), pa.string())))
    return pa.concat_tables(parts)


def _persons(world: World, party: Integers, of_age: Integers, keys: Keys) -> pa.Table:
    """Each party is counted once in a month and direction, with its members of the minimum age, who cross together."""
    direction, month = keys["direction"][0], keys["month"][0]
    shape = (world.parties.count, 2, len(keys["month"][1]))
    _, once = np.unique(np.ravel_multi_index((party, direction, month), shape), return_index=True)
    return _cube({name: (index[once], names) for name, (index, names) in keys.items()}, {"persons": of_age[once]})


def _open(world: World) -> pa.Table:
    dates = [world.day(index) for index in range(world.period.days)]
    return pa.table(
        {
            "point": pa.array([point for point in world.codes.point for _ in dates]),
            "date": pa.array(dates * len(world.codes.point)),
            "open": pa.array(world.open.ravel()),
        }
    )
