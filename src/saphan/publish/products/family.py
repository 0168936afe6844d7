"""Families of figures by a name with stars: `flow.movements/direction=in/mode=*/2023`, `flow.movements/2023-*`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from saphan.publish.figures.model import Figure, name_of


@dataclass(frozen=True, kw_only=True)
class Name:
    """A figure's name in its parts; a value or the period may hold stars."""

    indicator: str
    cell: Mapping[str, str]
    period: str

    @property
    def full(self) -> str:
        """The name as figures bear it, its cell in key order."""
        return name_of(self.indicator, self.cell, self.period)

    @property
    def varied(self) -> tuple[str, ...]:
        """The keys of the cell whose values differ within the family."""
        return tuple(sorted(key for key, value in self.cell.items() if "*" in value))

    def matches(self, figure: Figure) -> bool:
        """Whether a figure is of this family: the same indicator, exactly these keys, values and period that fit."""
        return (
            figure.indicator == self.indicator
            and figure.cell.keys() == self.cell.keys()
            and fnmatchcase(figure.period, self.period)
            and all(fnmatchcase(figure.cell[key], value) for key, value in self.cell.items())
        )


def parse(name: str) -> Name:
    """Take a name apart; its keys may stand in any order."""
    indicator, *pairs, period = name.split("/") if "/" in name else (name, "")
    return Name(indicator=indicator, cell=dict(pair.partition("=")[::2] for pair in pairs), period=period)


def members(pattern: str, figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures of a family, in the order they come."""
    name = parse(pattern)
    return tuple(figure for figure in figures if name.matches(figure))
