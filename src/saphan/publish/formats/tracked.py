"""What the formats of mobility tracking share: the public stocks of districts, with the round they are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from saphan.core import period as periods
from saphan.mission.model import AdminArea, Mission
from saphan.publish.figures.model import Figure, Register

PRESENT, SITES = "stock.present", "stock.sites"
DISTRICT = "district"
TRACE = {
    "figure": "Name of the figure that the row is of, as in figures.csv",
    "key": "The first eight characters of that figure's key",
    "snapshot": "Hash of the frozen data that the figures were computed from",
}


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """One round of mobility tracking: the exercise it belongs to, in words, its number, and its provinces (P-codes)."""

    exercise: str
    number: int
    provinces: frozenset[str]


Rounds = Mapping[str, tuple[Tracked, ...]]  # by the label of their period


def stocks(register: Register) -> Iterator[Figure]:
    """The figures of those present in districts, all of them and then by who, of a register of public figures."""
    for figure in register:
        if figure.indicator == PRESENT and figure.cell.keys() in ({DISTRICT}, {DISTRICT, "who"}):
            yield figure


def above(mission: Mission, figure: Figure) -> tuple[AdminArea | None, ...]:
    """The country, province and district of a figure."""
    return tuple(mission.places.ancestor(figure.cell[DISTRICT], level) for level in range(3))


def days(figure: Figure) -> tuple[date, date]:
    """The first and the last day of a figure's period."""
    period = periods.parse(figure.period)
    return period.start, period.end - timedelta(days=1)


def round_of(mission: Mission, figure: Figure, rounds: Rounds) -> Tracked | None:
    """The round that a figure is of."""
    province = mission.places.ancestor(figure.cell[DISTRICT], 1)
    here = province.pcode if province else ""
    return next((one for one in rounds.get(figure.period, ()) if here in one.provinces), None)


def trace(figure: Figure, register: Register) -> dict[str, str]:
    """The last columns of every row."""
    return {"figure": figure.name, "key": figure.key[:8], "snapshot": register.frame}


def plain(number: float | None) -> str:
    """A rounded number of people."""
    return "" if number is None else f"{number:.0f}"
