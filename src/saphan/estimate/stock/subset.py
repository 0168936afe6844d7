"""Which sites to count: a draw by chance in each district, larger ones by report more likely, the largest certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from saphan.estimate.sampling import Method, Record, Stage, draw
from saphan.estimate.stock.model import Assessed

# Errors of reports grow with size, though less than in proportion: chances do the same (Brewer 2002, ch. 5).
POWER = 0.75
SMALLEST = 5.0  # people: a site that is said to hold fewer has the chance of one that holds so many
EMPTY = 2  # sites said to be empty to look at in each district, as far as there are


@dataclass(frozen=True, kw_only=True)
class Subset:
    """The chance with which each drawn site was drawn, and the records by which the draws can be repeated."""

    chances: Mapping[str, float]
    records: tuple[Record, ...] = field(repr=False)


def draw_subset(assessed: Assessed, size: int | Mapping[str, int], *, seed: int, empty: int = EMPTY) -> Subset:
    """Draw `size` sites to be counted, in each district alike or by its name, among those accessible and assessed.

    Conditional Poisson sampling with chances in proportion to the number reported to the power of `POWER`; sites whose
    chance reaches 1 are bound to be counted. Sites said to be empty are drawn apart, `empty` of each district, by
    simple random sampling. A district with fewer sites has all of them. ValueError for a district without a size, a
    size below 1, or nobody to draw from.
    """
    said = {one.site: one.value for one in assessed.reconciled}
    rows = [(one.id, one.district, said[one.id]) for one in assessed.sites if one.accessible and one.id in said]
    if not rows:
        raise ValueError("no accessible site has a report: there is nothing to draw from")
    chances: dict[str, float] = {}
    records: list[Record] = []
    for name, group in (
        ("site", [row for row in rows if row[2] > 0]),
        ("empty site", [row for row in rows if row[2] == 0 and empty > 0]),
    ):
        if not group:
            continue
        table = pa.table(
            {
                name: [one for one, _, _ in group],
                "district": [district for _, district, _ in group],
                "measure": [max(value, SMALLEST) ** POWER for _, _, value in group],
            }
        )
        there = {one: sum(district == one for _, district, _ in group) for _, one, _ in group}
        wanted = {one: empty if name != "site" else _wanted(size, one) for one in there}
        by_size = name == "site"
        stage = Stage(
            unit=name,
            size={one: min(wanted[one], there[one]) for one in there},
            method=Method.PPS if by_size else Method.SIMPLE,
            measure="measure" if by_size else None,
            stratum=("district",),
        )
        drawn = draw(table, stage, seed=seed)
        units = drawn.units
        chances |= dict(zip(units[name].to_pylist(), units["probability"].to_pylist(), strict=True))
        records.append(drawn.record)
    return Subset(chances=chances, records=tuple(records))


def _wanted(size: int | Mapping[str, int], district: str) -> int:
    if isinstance(size, int):
        return size
    if district not in size:
        raise ValueError(f"district {district} has no number of sites to count: give one to each")
    return size[district]
