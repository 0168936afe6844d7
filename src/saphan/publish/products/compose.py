"""From a template and a register to a sheet: every number taken from a figure, every sentence filled, in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from saphan.core import nearest
from saphan.core.problem import At, Finding, Problem, problem
from saphan.core.unit import Unit
from saphan.mission.model import Mission
from saphan.publish.figures.model import Figure, Register, Release
from saphan.publish.products import family
from saphan.publish.products import sentence as sentences
from saphan.publish.products.charts.bars import bars
from saphan.publish.products.charts.data import Datum
from saphan.publish.products.charts.mirror import Pair, mirror
from saphan.publish.products.charts.places import Spot, View, map_of
from saphan.publish.products.charts.sankey import Link, sankey
from saphan.publish.products.charts.trend import Series, trend
from saphan.publish.products.citations import Citation
from saphan.publish.figures.wording import Printed, number, printed
from saphan.publish.figures.wording import say as say_number
from saphan.publish.figures.hedge import Form, Hedge
from saphan.publish.figures.hedge import parse as parse_hedge
from saphan.publish.products.sheet import Chart, Entry, Fact, Panel, Runs, Sheet, Stack, Statement
from saphan.publish.products.template import (
    Bars,
    Block,
    Box,
    Headline,
    Map,
    Mirror,
    Prose,
    Sankey,
    Template,
    Trend,
    Words,
)
from saphan.publish.products.words import Namer, say


PRINT_SIZE = 7.0  # points: the size of chart text in print, for which a template gives the heights of its charts
_INTERVAL = Hedge(form=Form.INTERVAL)


@dataclass(frozen=True, kw_only=True)
class Composer:
    """What it takes to fill a template in one language."""

    template: Template
    register: Register
    mission: Mission
    namer: Namer
    citations: Mapping[str, Citation]
    language: str

    def sheet(self, made_on: date) -> Sheet:
        """Fill the whole template; Problem with every finding of every block."""
        findings: list[Finding] = []
        panels: dict[str, Panel] = {}
        for name in dict.fromkeys(
            name for page in self.template.pages for row in page for column in row for name in column.blocks
        ):
            try:
                panels[name] = self._panel(name, self.template.blocks[name])
            except Problem as found:
                findings.extend(found.findings)
        if findings:
            raise Problem(findings)
        pages = tuple(
            tuple(
                tuple(Stack(width=column.width, panels=tuple(panels[name] for name in column.blocks)) for column in row)
                for row in page
            )
            for page in self.template.pages
        )
        used = {run.id: run for panel in panels.values() for run in runs_of(panel) if isinstance(run, Citation)}
        return Sheet(
            id=self.template.id,
            language=self.language,
            title=self._words(self.template.title, "title"),
            subtitle=self._words(self.template.subtitle, "subtitle"),
            summary=self._words(self.template.summary, "summary"),
            address=self.template.address,
            pages=pages,
            sources=tuple(used.values()),
            simulated=self.register.simulated,
            mission=self.mission.name.to(self.language),
            contact=self.mission.contact.to(self.language),
            licence=self.mission.licence,
            frame=self.register.frame,
            made_on=made_on,
        )

    def _panel(self, name: str, block: Block) -> Panel:
        key = f"blocks.{name}"
        heading = self._words(block.heading, f"{key}.heading") if block.heading else ""
        panel = partial(Panel, id=name, heading=heading)
        match block:
            case Headline():
                facts = tuple(self._fact(item.figure, item.label, key) for item in block.items)
                return panel(facts=facts)
            case Prose():
                texts = enumerate(block.paragraphs)
                return panel(paragraphs=tuple(self._runs(text, f"{key}.paragraphs.{index}") for index, text in texts))
            case Box():
                rows = enumerate(block.rows)
                return panel(
                    statements=tuple(
                        Statement(
                            label=self._words(row.label, f"{key}.rows.{index}.label"),
                            text=self._runs(row.text, f"{key}.rows.{index}.text"),
                        )
                        for index, row in rows
                    )
                )
        note = self._runs(block.note, f"{key}.note") if block.note else ()
        return panel(chart=self._chart(block, heading, key), note=note)

    def _chart(self, block: Trend | Bars | Mirror | Map | Sankey, heading: str, key: str) -> Chart:
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

    def _trend(self, block: Trend, heading: str, key: str) -> Chart:
        lines = [(self._words(line.label, key), self._family(line.figures, key)) for line in block.series]
        months = sorted({figure.period for _, figures in lines for figure in figures})
        series = []
        entries = []
        for name, figures in lines:
            found = {figure.period: self._datum(figure, self.namer.month(figure.period)) for figure in figures}
            series.append(Series(name=name, data=[found.get(month) for month in months]))
            entries += [_entry((datum.label, name), datum) for _, datum in sorted(found.items())]
        return Chart(
            draw=lambda width, size: trend(
                series,
                [self.namer.month(month) for month in months],
                self._axis(lines[0][1][0].unit),
                width=width,
                height=block.height * size / PRINT_SIZE,
                size=size,
            ),
            alternative=alternative(heading, entries),
            columns=(say("month", self.language), say("direction", self.language)),
            entries=tuple(entries),
        )

    def _bars(self, block: Bars, heading: str, key: str) -> Chart:
        name = family.parse(block.figures)
        (varied,) = name.varied
        figures = list(self._family(block.figures, key))
        if block.codes:
            figures = [figure for code in block.codes for figure in figures if figure.cell[varied] == code]
        else:
            figures.sort(key=lambda figure: (-figure.value, figure.name))
        data = [self._datum(figure, self._label(figure, varied)) for figure in figures[: block.limit]]
        entries = [_entry((datum.label,), datum) for datum in data]
        return Chart(
            draw=lambda width, size: bars(data, width=width, size=size),
            alternative=alternative(heading, entries),
            columns=(say("category", self.language),),
            entries=tuple(entries),
        )

    def _mirror(self, block: Mirror, heading: str, key: str) -> Chart:
        rows = []
        for pair in block.rows:
            names = [family.parse(name).full for name in pair]
            found = [self.register.figures.get(name) for name in names]
            data = [
                self._datum(figure, self._label(figure, "who")) if _public(figure) else None for figure in found
            ]
            rows.append(Pair(left=data[0], right=data[1]))
        entries = [_entry((datum.label,), datum) for row in rows for datum in (row.left, row.right) if datum is not None]
        return Chart(
            draw=lambda width, size: mirror(rows, width=width, size=size),
            alternative=alternative(heading, entries),
            columns=(say("category", self.language),),
            entries=tuple(entries),
        )

    def _map(self, block: Map, heading: str, key: str) -> Chart:
        (varied,) = family.parse(block.figures).varied
        figures = sorted(self._family(block.figures, key), key=lambda figure: (-figure.value, figure.name))
        spots = []
        for figure in figures:
            code = figure.cell[varied]
            if code not in block.positions:
                raise problem("template.position", self._at(key), code=code)
            spots.append(Spot(at=block.positions[code], datum=self._datum(figure, self.namer(varied, code))))
        entries = [_entry((spot.datum.label,), spot.datum) for spot in spots]
        view = View(west=block.west, south=block.south, east=block.east, north=block.north)
        return Chart(
            draw=lambda width, size: map_of(
                spots,
                self.mission.places.outlines,
                view=view,
                home=self.mission.country,
                number=self._axis(figures[0].unit),
                width=width,
                height=block.height * size / PRINT_SIZE,
                size=size,
            ),
            alternative=alternative(heading, entries),
            columns=(say("place", self.language),),
            entries=tuple(entries),
        )

    def _sankey(self, block: Sankey, heading: str, key: str) -> Chart:
        figures = sorted(self._family(block.figures, key), key=lambda figure: (-figure.value, figure.name))
        links = []
        for figure in figures[: block.limit]:
            origin, destination = (self.namer(end, figure.cell[end]) for end in ("origin", "destination"))
            label = f"{origin} → {destination}"
            links.append(Link(origin=origin, destination=destination, datum=self._datum(figure, label)))
        entries = [_entry((link.origin, link.destination), link.datum) for link in links]
        return Chart(
            draw=lambda width, size: sankey(links, width=width, height=block.height * size / PRINT_SIZE, size=size),
            alternative=alternative(heading, entries),
            columns=(say("origin", self.language), say("destination", self.language)),
            entries=tuple(entries),
        )

    def _datum(self, figure: Figure, label: str) -> Datum:
        bounds = (figure.low, figure.high)
        low, high = (figure.value if bound is None else bound for bound in bounds)
        return Datum(
            label=label,
            value=figure.value,
            low=low,
            high=high,
            printed=printed(figure, self.language),
            interval=printed(figure, self.language, _INTERVAL) if None not in bounds else None,
        )

    def _fact(self, name: str, label: Words, key: str) -> Fact:
        figure = self._figure(name, self._at(key))
        interval = printed(figure, self.language, _INTERVAL) if figure.low is not None else None
        return Fact(
            label=self._words(label, key), value=printed(figure, self.language), interval=interval
        )

    def _axis(self, unit: Unit) -> Callable[[float], str]:
        """How numbers along an axis are written: they belong to the scale, not to a figure."""
        if unit is Unit.SHARE:
            return lambda value: say_number("share-bare", self.language, number=number(value * 100, 0, self.language))
        return lambda value: number(value, 0, self.language)

    def _label(self, figure: Figure, varied: str) -> str:
        return self.namer(varied, figure.cell[varied], figure.cell.get("question", ""))

    def _family(self, pattern: str, key: str) -> tuple[Figure, ...]:
        """The public figures of a family; Problem if the register has none, public or not."""
        found = family.members(pattern, self.register)
        public = tuple(figure for figure in found if _public(figure))
        if not public:
            self._missing(pattern, bool(found), self._at(key))
        return public

    def _figure(self, name: str, at: At) -> Figure:
        full = family.parse(name).full
        figure = self.register.figures.get(full)
        if figure is None or not _public(figure):
            self._missing(full, figure is not None, at)
        assert figure is not None
        return figure

    def _missing(self, name: str, withheld: bool, at: At) -> None:
        if withheld:
            raise problem("template.withheld", at, name=name)
        raise problem("template.figure", at, name=name, nearest=nearest.remedy(name, self.register.figures, what="figures"))

    def _runs(self, words: Words, key: str) -> Runs:
        at = self._at(f"{key}.{self.language}")
        return tuple(
            part.text if isinstance(part, sentences.Said) else self._fill(part, at)
            for part in sentences.parse(words[self.language], at)
        )

    def _words(self, words: Words, key: str) -> str:
        """A text that may hold literals, but no figures: they would not be links there."""
        runs = self._runs(words, key)
        for run in runs:
            if not isinstance(run, str):
                raise problem("template.words", self._at(f"{key}.{self.language}"), text=run.text)
        return "".join(run for run in runs if isinstance(run, str))

    def _fill(self, place: sentences.Placeholder, at: At) -> str | Printed | Citation:
        if place.how == "cite":
            if place.what not in self.citations:
                remedy = nearest.remedy(place.what, self.citations, what="citations")
                raise problem("template.citation", at, id=place.what, nearest=remedy)
            return self.citations[place.what]
        if place.how in ("largest", "label-of-largest"):
            (varied,) = family.parse(place.what).varied
            figure = max(self._family(place.what, at.column or ""), key=lambda one: (one.value, one.name))
            if place.how == "label-of-largest":
                return self._label(figure, varied)
            hedge = parse_hedge(place.argument, at)
        else:
            figure = self._figure(place.what, at)
            hedge = parse_hedge(f"{place.how} {place.argument}", at)
        return printed(figure, self.language, hedge, at, prose=True)

    def _at(self, key: str) -> At:
        return At(file=self.template.file, column=key)


def _public(figure: Figure | None) -> bool:
    return figure is not None and figure.release is Release.PUBLIC


def _entry(labels: tuple[str, ...], datum: Datum) -> Entry:
    return Entry(labels=labels, value=datum.printed, interval=datum.interval)


def alternative(heading: str, entries: list[Entry]) -> str:
    """What a chart says in words: its heading and every value."""
    return f"{heading}: " + "; ".join(f"{', '.join(entry.labels)} {entry.value.text}" for entry in entries)


def runs_of(panel: Panel) -> Runs:
    """Every run of a panel's sentences."""
    texts = (*panel.paragraphs, *(statement.text for statement in panel.statements), panel.note)
    return tuple(run for text in texts for run in text)

