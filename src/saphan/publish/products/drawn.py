"""Chart blocks of a template, filled: which figures each shows, in which order, under which names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from saphan.core.problem import problem
from saphan.mission.model import Mission
from saphan.publish.figures.model import Figure
from saphan.publish.products.charts.bars import bars
from saphan.publish.products.charts.data import Datum
from saphan.publish.products.charts.mirror import Pair, mirror
from saphan.publish.products.charts.places import Spot, View, map_of
from saphan.publish.products.charts.sankey import Link, sankey
from saphan.publish.products.charts.trend import Series, trend
from saphan.publish.products.filling import Filler, Members
from saphan.publish.products.sheet import Chart, Draw, Entry, Stretch
from saphan.publish.products.template import Bars, Map, Mirror, Sankey, Trend
from saphan.publish.products.words import say

PRINT_SIZE = 7.0  # points: the size of chart text in print, for which a template gives the heights of its charts

_FREE = Stretch(least=0.7, most=1.8, fills=True)  # a chart that has no height of its own
_ROWS = Stretch(
    least=0.85, most=1.3, fills=False
)  # rows as far apart as elsewhere on the page, also beside longer lists
_SIDES = Stretch(least=0.85, most=1.3, fills=True)

Drawn = Trend | Bars | Mirror | Map | Sankey


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A chart, or None where all its figures are withheld; and what of its family it does not draw."""

    chart: Chart | None
    withheld: bool
    imprecise: bool
    left_out: int = 0  # how many of its figures stand in its table only


@dataclass(frozen=True, kw_only=True)
class Drawer:
    """Fills chart blocks of one language."""

    filler: Filler
    mission: Mission

    def fill(self, block: Drawn, heading: str, key: str) -> Filled:
        """The chart of a block; Problem for a family that the register does not have."""
        match block:
            case Trend():
                return self._trend(block, heading, key)
            case Bars():
                return self._bars(block, heading, key)
            case Mirror():
                return self._mirror(block, heading, key)
            case Map():
                return self._map(block, heading, key)
            case Sankey():
                return self._sankey(block, heading, key)

    def _trend(self, block: Trend, heading: str, key: str) -> Filled:
        named = [
            (self.filler.words(line.label, f"{key}.series"), self.filler.members(line.figures, key))
            for line in block.series
        ]
        shown = [figure for _, members in named for figure in members.figures]
        steps = sorted({figure.period for figure in shown})
        months = [self.filler.namer.month(step) for step in steps]
        series = []
        entries = []
        for name, members in named:
            data = self._by_period(members)
            series.append(Series(name=name, data=[data.get(step) for step in steps]))
            entries += [_entry((datum.label, name), datum) for _, datum in sorted(data.items())]
        return self._filled(
            heading,
            (say("month", self.filler.language), say("direction", self.filler.language)),
            entries,
            withheld=any(members.withheld for _, members in named),
            imprecise=any(members.imprecise for _, members in named),
            stretch=_FREE,
            draw=lambda width, size, share: trend(
                series,
                months,
                self.filler.axis(shown[0].unit),
                width=width,
                height=block.height * share * size / PRINT_SIZE,
                size=size,
            ),
        )

    def _by_period(self, members: Members) -> Mapping[str, Datum]:
        return {
            figure.period: self.filler.datum(figure, self.filler.namer.month(figure.period))
            for figure in members.figures
        }

    def _bars(self, block: Bars, heading: str, key: str) -> Filled:
        varied = self.filler.varied(block.figures, key)
        members = self.filler.members(block.figures, key)
        figures = _largest_first(members)
        if block.codes:
            figures = [figure for code in block.codes for figure in figures if figure.cell[varied] == code]
        data = [self.filler.datum(figure, self.filler.label(figure, varied)) for figure in figures]
        return self._filled(
            heading,
            (say("category", self.filler.language),),
            [_entry((datum.label,), datum) for datum in data],
            withheld=members.withheld,
            imprecise=members.imprecise,
            drawn=block.limit,
            stretch=_ROWS,
            draw=lambda width, size, share: bars(data[: block.limit], width=width, size=size, pace=share),
        )

    def _mirror(self, block: Mirror, heading: str, key: str) -> Filled:
        found = [tuple(self.filler.members(name, key) for name in row) for row in block.rows]
        rows = [Pair(left=self._side(left, block.by), right=self._side(right, block.by)) for left, right in found]
        return self._filled(
            heading,
            (say("category", self.filler.language),),
            [_entry((datum.label,), datum) for row in rows for datum in (row.left, row.right) if datum is not None],
            withheld=any(members.withheld for row in found for members in row),
            imprecise=any(members.imprecise for row in found for members in row),
            stretch=_SIDES,
            draw=lambda width, size, share: mirror(rows, width=width, size=size, pace=share),
        )

    def _side(self, members: Members, key: str) -> Datum | None:
        return next((self.filler.datum(figure, self.filler.label(figure, key)) for figure in members.figures), None)

    def _map(self, block: Map, heading: str, key: str) -> Filled:
        varied = self.filler.varied(block.figures, key)
        members = self.filler.members(block.figures, key)
        areas = self.mission.places.areas
        spots = []
        for figure in _largest_first(members):
            code = figure.cell[varied]
            if code not in block.positions:
                raise problem("template.position", self.filler.at(key), code=code)
            datum = self.filler.datum(figure, self.filler.label(figure, varied))
            spots.append(Spot(at=block.positions[code], datum=datum))
        return self._filled(
            heading,
            (say("place", self.filler.language),),
            [_entry((spot.datum.label,), spot.datum) for spot in spots],
            withheld=members.withheld,
            imprecise=members.imprecise,
            stretch=_FREE,
            draw=lambda width, size, share: map_of(
                spots,
                self.mission.places.outlines,
                view=View(west=block.west, south=block.south, east=block.east, north=block.north),
                home=self.mission.country,
                areas={code: area.name.to(self.filler.language) for code, area in areas.items()},
                countries={code: area.name.to(self.filler.language) for code, area in areas.items() if area.level == 0},
                number=self.filler.axis(members.figures[0].unit),
                width=width,
                height=block.height * share * size / PRINT_SIZE,
                size=size,
            ),
        )

    def _sankey(self, block: Sankey, heading: str, key: str) -> Filled:
        members = self.filler.members(block.figures, key)
        links = []
        for figure in _largest_first(members):
            origin, destination = (self.filler.label(figure, end) for end in ("origin", "destination"))
            datum = self.filler.datum(figure, f"{origin} → {destination}")
            links.append(Link(origin=origin, destination=destination, datum=datum))
        drawn = links[: block.limit]
        every = say("all", self.filler.language)
        origins = self._ends(block.origins, key, {link.origin for link in drawn})
        destinations = self._ends(block.destinations, key, {link.destination for link in drawn})
        return self._filled(
            heading,
            (say("origin", self.filler.language), say("destination", self.filler.language)),
            [_entry((link.origin, link.destination), link.datum) for link in links],
            totals=[
                *(_entry((place, every), datum) for place, datum in origins.items()),
                *(_entry((every, place), datum) for place, datum in destinations.items()),
            ],
            withheld=members.withheld,
            imprecise=members.imprecise,
            drawn=block.limit,
            stretch=_FREE,
            draw=lambda width, size, share: sankey(
                drawn,
                origins,
                destinations,
                width=width,
                height=block.height * share * size / PRINT_SIZE,
                size=size,
            ),
        )

    def _ends(self, family: str, key: str, places: Collection[str]) -> Mapping[str, Datum]:
        """The whole of what leaves or reaches each of the places, by name; nothing where no family is given."""
        if not family:
            return {}
        varied = self.filler.varied(family, key)
        data = [
            self.filler.datum(figure, self.filler.label(figure, varied))
            for figure in _largest_first(self.filler.members(family, key))
        ]
        return {datum.label: datum for datum in data if datum.label in places}

    def _filled(
        self,
        heading: str,
        columns: tuple[str, ...],
        entries: list[Entry],
        *,
        withheld: bool,
        imprecise: bool,
        stretch: Stretch,
        draw: Draw,
        drawn: int | None = None,
        totals: Sequence[Entry] = (),
    ) -> Filled:
        """The chart that draws the first `drawn` entries (all, if None) and has them all in its table, then totals."""
        if not entries:
            return Filled(chart=None, withheld=withheld, imprecise=imprecise)
        values = "; ".join(f"{', '.join(entry.labels)} {entry.value.text}" for entry in entries[:drawn])
        chart = Chart(
            draw=draw,
            stretch=stretch,
            alternative=f"{heading}: {values}",
            columns=columns,
            entries=(*entries, *totals),
        )
        return Filled(chart=chart, withheld=withheld, imprecise=imprecise, left_out=len(entries) - len(entries[:drawn]))


def _largest_first(members: Members) -> list[Figure]:
    return sorted(members.figures, key=lambda figure: (-figure.value, figure.name))


def _entry(labels: tuple[str, ...], datum: Datum) -> Entry:
    return Entry(labels=labels, value=datum.printed, interval=datum.interval, respondents=datum.respondents)
