"""Draws a sample from a frame, stage by stage, so that anybody can draw it again and tell that it is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from saphan.core import digest, nearest
from saphan.estimate.sampling import chance, frame, selection
from saphan.estimate.sampling.frame import Frame
from saphan.estimate.sampling.model import ACTIVE, VERSION, Method, Record, Role, Sample, Stage, Substitution
from saphan.estimate.sampling.selection import FloatArray, IntArray

Group = tuple[tuple[str, ...], tuple[str, ...]]  # the unit of the stage before, and the stratum


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """Positions in the frame, main units in the order of the draw and then the reserve, with probabilities."""

    rows: IntArray
    main: int
    probability: FloatArray


def draw(table: pa.Table, stage: Stage, *, seed: int, parent: Sample | None = None) -> Sample:
    """The sample that `seed` draws from a frame, an Arrow table with a row for each unit.

    A later stage gives the sample of the stage before as `parent`; its frame carries the columns that name those units,
    and it is drawn inside each active one. The draw does not depend on the order of rows. Each unit has its own
    permanent random number: a frame that gains or loses a few units yields nearly the same sample, except by the
    systematic methods.
    A replacement has the probability that its own main draw would have had; the reserve is in the order of permanent
    random numbers, for PPS draws with the larger units earlier in proportion to size.

    ValueError for a frame that does not fit the stage (`frame.read`), a size that is missing, not positive or above the
    number of units, or a unit of the stage before without units.
    """
    path = (*(parent.record.path if parent else ()), stage.unit)
    if len(set(path)) < len(path) or set(path[:-1]) & set(stage.stratum):
        raise ValueError(f"stage {stage.unit}: an earlier stage has a column of this name; rename it in the frame")
    given = frame.read(table, stage, path)
    groups = dict(_groups(given, parent))
    _fits(stage.size, groups, stage, "size", smallest=1)
    _fits(stage.replacements, groups, stage, "replacements", smallest=0)
    drawn = {group: _draw(given, rows, group, stage, seed) for group, rows in groups.items()}
    units = _table(given, drawn, stage, parent)
    record = Record(
        version=VERSION,
        seed=seed,
        stage=stage,
        frame=given.hash,
        rows=given.table.num_rows,
        sizes={_label(group): one.main for group, one in drawn.items()},
        units=_hash(units, path),
        parent=parent.record if parent else None,
    )
    return Sample(units=units, record=record)


def substitute(sample: Sample, *unit: str, why: str) -> Sample:
    """The sample with an active unit, named by its ids from the first stage on, replaced by the next of its reserve.

    A substitute saves the workload, not the chance: who cannot be reached differs from who can, and the lost unit
    counts as non-response. ValueError if the unit is not active, or its stratum or cluster has no reserve left.
    """
    path = sample.record.path
    ids = list(zip(*([str(value) for value in sample.units[column].to_pylist()] for column in path), strict=True))
    role = sample.units["role"].to_pylist()
    lost = next((row for row, one in enumerate(ids) if one == unit and role[row] in ACTIVE), None)
    name = " / ".join(unit)
    if lost is None:
        raise ValueError(f"substitute: {name} is not an active unit of the sample; name one by its {', '.join(path)}")
    within = [*path[:-1], *sample.record.stage.stratum]
    group = list(zip(*(sample.units[column].to_pylist() for column in within), strict=True)) or [()] * len(ids)
    waiting = [row for row, one in enumerate(group) if one == group[lost] and role[row] == Role.RESERVE]
    if not waiting:
        raise ValueError(
            f"substitute: no replacement is left for {name}; draw with more replacements, or leave it lost"
        )
    by = waiting[0]  # rows of a group stand in their order
    role[lost], role[by] = Role.LOST, Role.SUBSTITUTE
    column = sample.units.column_names.index("role")
    made = (*sample.record.substitutions, Substitution(lost=ids[lost], by=ids[by], why=why))
    return Sample(
        units=sample.units.set_column(column, "role", pa.array([str(one) for one in role])),
        record=replace(sample.record, substitutions=made),
    )


def draw_again(record: Record, tables: Sequence[pa.Table]) -> Sample:
    """The sample of a record, drawn again from its frames, one for each stage, with its substitutions.

    ValueError if a frame is not the one that was drawn from, or what is drawn is not what the record says.
    """
    if record.version != VERSION:
        raise ValueError(f"record: it was drawn by {record.version}, this is {VERSION}; verify it with that version")
    if len(tables) != len(record.path):
        raise ValueError(f"record: {len(tables)} frames for {len(record.path)} stages; give one for each, in order")
    parent = draw_again(record.parent, tables[:-1]) if record.parent else None
    sample = draw(tables[-1], record.stage, seed=record.seed, parent=parent)
    where = f"stage {record.stage.unit}"
    if sample.record.frame != record.frame:
        raise ValueError(f"{where}: the frame is not the one that was drawn from; find that of hash {record.frame}")
    for one in record.substitutions:
        sample = substitute(sample, *one.lost, why=one.why)
    if sample.record != record:
        raise ValueError(f"{where}: what is drawn is not what the record says; one of the two has been changed")
    return sample


def _groups(given: Frame, parent: Sample | None) -> Iterator[tuple[Group, IntArray]]:
    """Rows of each stratum, or of each stratum within each active unit of the stage before."""
    rows: dict[Group, list[int]] = {}
    for row, (ids, stratum) in enumerate(zip(given.ids, given.strata, strict=True)):
        rows.setdefault((ids[:-1], stratum), []).append(row)
    active = {()} if parent is None else set(_probabilities(parent))
    empty = sorted(active - {above for above, _ in rows})
    if empty:
        name = " / ".join(empty[0])
        raise ValueError(f"frame: {name} was drawn and has no units in it; list them, or substitute {name}")
    for group in sorted(rows):
        if group[0] in active:
            yield group, np.array(rows[group], dtype=np.int64)


def _fits(
    given: int | dict[str, int], groups: dict[Group, IntArray], stage: Stage, what: str, *, smallest: int
) -> None:
    names = {_key(group, stage): _label(group) for group in groups}
    if isinstance(given, dict):
        for name in names.keys() - given.keys():
            raise ValueError(f"{what} of {stage.unit}: none is given for {names[name]}; add it, or drop its rows")
        for name in given.keys() - names.keys():
            raise ValueError(f"{what} of {stage.unit}: the frame has no {name!r}. {nearest.remedy(name, names)}")
    for group, rows in groups.items():
        size = _of(given, group, stage)
        if size < smallest:
            raise ValueError(f"{what} of {stage.unit}: {size} in {_label(group)}; give {smallest} or more")
        if size > rows.size and smallest:
            where = f"{what} of {stage.unit}: {size} of {rows.size} units in {_label(group)}"
            raise ValueError(f"{where}; take fewer, or join it with others")


def _draw(given: Frame, rows: IntArray, group: Group, stage: Stage, seed: int) -> _Drawn:
    size = _of(stage.size, group, stage)
    measure = given.measure[rows]
    probability = selection.inclusion(measure, size)
    ids = [given.ids[row] for row in rows]
    number = chance.numbers(seed, stage.unit, ids)
    if stage.method is Method.SIMPLE:
        ranked = np.argsort(number, kind="stable")
        main, rest, spare = ranked[:size], ranked[size:], number
    else:
        main = _chosen(given, rows, group, stage, probability, number, seed)
        rest = np.setdiff1d(np.arange(rows.size), main)
        # Those left out are known by their numbers, where these decided: a fresh number ranks them fairly.
        spare = -np.log1p(-chance.numbers(seed, f"{stage.unit} reserve", ids)) / measure
    reserve = rest[np.argsort(spare[rest], kind="stable")][: _of(stage.replacements, group, stage)]
    taken = np.concatenate([main, reserve])
    return _Drawn(rows=rows[taken], main=main.size, probability=probability[taken])


def _chosen(
    given: Frame, rows: IntArray, group: Group, stage: Stage, probability: FloatArray, number: FloatArray, seed: int
) -> IntArray:
    """Positions of the main units of a stratum or cluster, those taken with certainty first."""
    certain, loose = np.flatnonzero(probability >= 1), np.flatnonzero(probability < 1)
    if not loose.size:
        return certain
    if stage.method is Method.PPS:
        found = loose[selection.conditional_poisson(probability[loose], number[loose])]
        return np.concatenate([certain, found])
    if stage.order_by:
        loose = np.array(sorted(loose, key=lambda one: given.order[rows[one]]), dtype=np.int64)
    else:
        loose = loose[np.argsort(number[loose], kind="stable")]
    above, stratum = group
    start = chance.numbers(seed, f"{stage.unit} start", [(*above, *stratum)])[0]
    return np.concatenate([certain, loose[selection.systematic(probability[loose], float(start))]])


def _table(given: Frame, drawn: dict[Group, _Drawn], stage: Stage, parent: Sample | None) -> pa.Table:
    rows = np.concatenate([one.rows for one in drawn.values()])
    path = [column for column in given.table.column_names if column not in (stage.measure, *stage.order_by)]
    kept = list(dict.fromkeys([*path, *stage.stratum]))
    table = given.table.select(kept).take(rows)
    above = _probabilities(parent) if parent else {}
    inherited = [above.get(group[0], ()) for group, one in drawn.items() for _ in range(one.rows.size)]
    own = np.concatenate([one.probability for one in drawn.values()])
    overall = own.copy()
    for level, column in enumerate(parent.record.path if parent else ()):
        earlier = np.array([one[level] for one in inherited])
        table = table.append_column(f"probability.{column}", pa.array(earlier))
        overall = overall * earlier
    order = [place + 1 for one in drawn.values() for place in range(one.rows.size)]
    main = [place < one.main for one in drawn.values() for place in range(one.rows.size)]
    for name, values in (
        (f"probability.{stage.unit}", own),
        ("probability", overall),
        ("weight", 1 / overall),
        ("order", order),
        ("role", [str(Role.MAIN if one else Role.RESERVE) for one in main]),
        ("certain", own >= 1),
    ):
        table = table.append_column(name, pa.array(values))
    return table


def _probabilities(parent: Sample) -> dict[tuple[str, ...], tuple[float, ...]]:
    """Of each active unit of a sample, its inclusion probability at every stage."""
    path, active = parent.record.path, parent.active
    ids = zip(*([str(value) for value in active[column].to_pylist()] for column in path), strict=True)
    chances = zip(*(active[f"probability.{column}"].to_pylist() for column in path), strict=True)
    return dict(zip(ids, chances, strict=True))


def _key(group: Group, stage: Stage) -> str:
    """What a size is given by: the stratum, else the unit of the stage before."""
    above, stratum = group
    return " / ".join(stratum if stage.stratum else above)


def _of(given: int | dict[str, int], group: Group, stage: Stage) -> int:
    return given[_key(group, stage)] if isinstance(given, dict) else given


def _label(group: Group) -> str:
    return " / ".join([*group[0], *group[1]]) or "all"


def _hash(units: pa.Table, path: Sequence[str]) -> str:
    """Of who was drawn, in which order and role: probabilities follow from the frame."""
    columns = [[str(value) for value in units[column].to_pylist()] for column in (*path, "order", "role")]
    return digest.of_value(list(zip(*columns, strict=True)))
