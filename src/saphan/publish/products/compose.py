"""From a template and a register to a sheet: every number a figure, every sentence filled, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from saphan.core.problem import Finding, Problem
from saphan.core.text import Text
from saphan.mission.model import Mission
from saphan.publish.figures.model import Figure, Kind
from saphan.publish.figures.wording import Printed
from saphan.publish.products import family, grids, sums
from saphan.publish.products.citations import Citation
from saphan.publish.products.drawn import Drawer
from saphan.publish.products.filling import Filler
from saphan.publish.products.sheet import Entry, Fact, Panel, Runs, Sheet, Stack, Statement
from saphan.publish.products.template import Block, Box, Headline, Item, Prose, Table, Template, Words
from saphan.publish.products.words import say


@dataclass(frozen=True, kw_only=True)
class Composer:
    """What it takes to fill a template in one language."""

    template: Template
    filler: Filler
    mission: Mission

    def sheet(self, made_on: date) -> Sheet:
        """Fill the whole template; Problem with every finding of every block."""
        template, filler, language = self.template, self.filler, self.filler.language
        panels = self._panels()
        pages = tuple(
            tuple(
                tuple(
                    Stack(width=column.width, panels=tuple(panels[name] for name in column.blocks if name in panels))
                    for column in row
                )
                for row in page
                if any(name in panels for column in row for name in column.blocks)
            )
            for page in template.pages
        )
        used = {run.id: run for panel in panels.values() for run in runs_of(panel) if isinstance(run, Citation)}
        return Sheet(
            id=template.id,
            file=template.file,
            language=language,
            title=filler.words(template.title, "title"),
            subtitle=filler.words(template.subtitle, "subtitle"),
            summary=filler.words(template.summary, "summary"),
            address=template.address,
            pages=pages,
            sources=tuple(used.values()),
            simulated=filler.register.simulated,
            mission=self.mission.name.to(language),
            contact=self.mission.contact.to(language),
            licence=self.mission.licence,
            frame=filler.register.frame,
            made_on=made_on,
        )

    def _panels(self) -> dict[str, Panel]:
        """The blocks that stand on a page and wait for no figure, filled, in the order in which they stand there."""
        findings: list[Finding] = []
        panels: dict[str, Panel] = {}
        for name in (name for page in self.template.pages for row in page for column in row for name in column.blocks):
            after = self.template.waits.get(name)
            if after is not None and not family.members(after, self.filler.register):
                continue
            try:
                panels[name] = self._panel(name, self.template.blocks[name])
            except Problem as found:
                findings.extend(found.findings)
        if findings:
            raise Problem(findings)
        return self._founded(panels)

    def _founded(self, panels: Mapping[str, Panel]) -> dict[str, Panel]:
        """The panels; each method box says, whatever its own words are, what the intervals of all of them rest on."""
        register, language = self.filler.register, self.filler.language
        printed = [register.figures[name] for panel in panels.values() for name in printed_in(panel)]
        found = {figure.basis: None for figure in printed if figure.kind is Kind.ESTIMATE}
        if not found:
            return dict(panels)
        bases = "; ".join(say(f"basis-{basis}", language) for basis in found)
        line = Statement(label=say("basis", language), text=(bases,))
        return {
            name: replace(panel, statements=(*panel.statements, line)) if panel.statements else panel
            for name, panel in panels.items()
        }

    def _panel(self, name: str, block: Block) -> Panel:
        key = f"blocks.{name}"
        filler = self.filler
        heading = filler.words(block.heading, f"{key}.heading") if block.heading else ""
        panel = partial(Panel, id=name, heading=heading)
        match block:
            case Headline():
                facts = tuple(self._fact(item, key) for item in block.items)
                return panel(facts=facts, note=self._rounding(fact.value.figure for fact in facts))
            case Prose():
                texts = enumerate(block.paragraphs)
                return panel(paragraphs=tuple(filler.runs(text, f"{key}.paragraphs.{index}") for index, text in texts))
            case Box():
                rows = enumerate(block.rows)
                return panel(
                    statements=tuple(
                        Statement(
                            label=filler.words(row.label, f"{key}.rows.{index}.label"),
                            text=filler.runs(row.text, f"{key}.rows.{index}.text"),
                        )
                        for index, row in rows
                    )
                )
            case Table():
                table = grids.fill(filler, block, key)
                if table.grid is None:
                    return panel(paragraphs=((say("withheld-all", filler.language),),))
                remarks = self._remarks(block.note, key, withheld=table.withheld, imprecise=table.imprecise)
                notes = [*remarks, *self._bases(table.figures)]
                return panel(grid=table.grid, note=_joined(notes))
        filled = Drawer(filler=filler, mission=self.mission).fill(block, heading, key)
        if filled.chart is None:
            return panel(paragraphs=((say("withheld-all", filler.language),),))
        entries = filled.chart.entries
        remarks = self._remarks(block.note, key, withheld=filled.withheld, imprecise=filled.imprecise)
        notes = [*self._sampled(entries), *remarks]
        if filled.left_out:
            notes.append((say("left-out", filler.language, count=filled.left_out),))
        rounding = self._rounding(entry.value.figure for entry in entries)
        notes += [rounding] if rounding else []
        return panel(chart=filled.chart, note=_joined(notes))

    def _remarks(self, note: Words | None, key: str, *, withheld: bool, imprecise: bool) -> list[Runs]:
        """The block's own note, and why some of its figures are not there."""
        own = [self.filler.runs(note, f"{key}.note")] if note else []
        why = {"withheld": withheld, "imprecise": imprecise}
        return [*own, *((say(name, self.filler.language),) for name, holds in why.items() if holds)]

    def _sampled(self, entries: Sequence[Entry]) -> Iterator[Runs]:
        """Of whom the numbers of a chart are: how many answered, in words who, and how they were sampled."""
        register, language = self.filler.register, self.filler.language
        of: dict[Text, list[Entry]] = {}
        for entry in entries:
            denominator = register.figures[entry.value.figure].denominator
            if denominator is not None and entry.respondents is not None:
                of.setdefault(denominator, []).append(entry)
        for denominator, sampled in of.items():
            counts = {entry.respondents.text: entry for entry in sampled if entry.respondents is not None}
            told: list[str | Printed | Citation] = []
            for entry in counts.values():
                assert entry.respondents is not None
                told += [", " if told else "", *([f"{entry.labels[0]} "] if len(counts) > 1 else []), entry.respondents]
            yield ("n = ", *told, ": ", f"{denominator.to(language)}.")
        yield from self._bases(register.figures[entry.value.figure] for entry in entries)

    def _bases(self, figures: Iterable[Figure]) -> Iterator[Runs]:
        """How those were sampled of whom figures are, in words."""
        for basis in dict.fromkeys(figure.basis for figure in figures if figure.denominator is not None):
            yield (say(f"sampled-{basis}", self.filler.language),)

    def _rounding(self, printed: Iterable[str]) -> Runs:
        """The note that parts do not add up, for a block that prints all parts of a sum that rounding broke."""
        broken = sums.seen(sums.broken(self.filler.register), set(printed))
        return (say("rounding", self.filler.language),) if broken else ()

    def _fact(self, item: Item, key: str) -> Fact:
        figure = self.filler.figure(item.figure, key)
        label = self.filler.words(item.label, f"{key}.items")
        return Fact(label=label, value=self.filler.value(figure), interval=self.filler.interval(figure))


def printed_in(panel: Panel) -> Iterable[str]:
    """The names of the figures that a panel prints, in its table too."""
    yield from (fact.value.figure for fact in panel.facts)
    yield from (run.figure for run in runs_of(panel) if isinstance(run, Printed))
    if panel.chart:
        yield from (entry.value.figure for entry in panel.chart.entries)
    if panel.grid:
        cells = (cell for group in panel.grid.groups for row in group.rows for cell in row.cells)
        yield from (cell.value.figure for cell in cells if cell is not None)


def _joined(notes: Iterable[Runs]) -> Runs:
    """Notes after each other, a space between."""
    return tuple(run for note in notes for run in (*note, " "))[:-1]


def runs_of(panel: Panel) -> Runs:
    """Every run of a panel's sentences."""
    texts = (*panel.paragraphs, *(statement.text for statement in panel.statements), panel.note)
    return tuple(run for text in texts for run in text)
