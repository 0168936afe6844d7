"""A sheet as a PDF of standards PDF/UA-1 and PDF/A-3a, set by typst in our own fonts, with the register inside it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import msgspec
import typst

from saphan.core.problem import At, problem
from saphan.publish.figures.hedge import Form
from saphan.publish.figures.wording import Printed
from saphan.publish.products import layout, links, typography
from saphan.publish.products.charts import native
from saphan.publish.products.charts.marks import Drawing, Ink
from saphan.publish.products.charts.palette import COLOURS
from saphan.publish.products.charts.type import FONTS
from saphan.publish.products.citations import Citation
from saphan.publish.products.drawn import PRINT_SIZE
from saphan.publish.products.grids import bar
from saphan.publish.products.sheet import Cell, Chart, Fact, Grid, Panel, Runs, Sheet, Stack
from saphan.publish.products.words import say

_TYPST = Path(__file__).parent / "typst"
_WIDTH = 521.5  # points between the margins of the sheet in sheet.typ
_GUTTER = 15.0  # between columns, and between what stands on each other
_BAR = 46.0  # points: a share in a table
_SLACK = 0.5  # points of every page that are left to rounding

Plain = dict[str, object]
Page = tuple[tuple[Stack, ...], ...]
Shares = Iterator[float]  # of the charts' heights, in the order in which they stand on the pages


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that travels inside the PDF: text, with its MIME type."""

    name: str
    text: str
    type: str
    description: str


@dataclass(frozen=True, kw_only=True)
class _Heights:
    """What `heights.typ` measures, in points; `rows` holds for each page and row the height of each stack."""

    page: float
    head: float
    foot: float | None
    rows: list[list[list[float]]]


class _Writer:
    """Turns a sheet into plain data and numbers the prints in reading order as it goes.

    Where no shares are given, charts are left out: what is set then is as tall as everything else.
    """

    def __init__(self, sheet: Sheet, first: str, shares: Shares | None = None) -> None:
        self.sheet = sheet
        self.first = first
        self.shares = shares
        self.type = typography.of(sheet.language)
        self.printed: list[Printed] = []

    def link(self, printed: Printed) -> str:
        self.printed.append(printed)
        page = links.page(printed.figure, self.sheet.language, self.first)
        return f"{self.sheet.address}{page}#{links.fragment(printed, len(self.printed))}"

    def stack(self, stack: Stack, stacks: int) -> Plain:
        width = _width(stack, stacks)
        return {"width": width, "panels": [self.panel(panel, width) for panel in stack.panels]}

    def panel(self, panel: Panel, width: float) -> Plain:
        return {
            "heading": panel.heading,
            "facts": [self.fact(fact) for fact in panel.facts],
            "chart": self.chart(panel.chart, width) if panel.chart else None,
            "grid": self.grid(panel.grid) if panel.grid else None,
            "paragraphs": [self.runs(paragraph) for paragraph in panel.paragraphs],
            "statements": [{"label": line.label, "text": self.runs(line.text)} for line in panel.statements],
            "note": self.runs(panel.note),
        }

    def chart(self, chart: Chart, width: float) -> Plain:
        if self.shares is None:
            drawing = Drawing(width=width, height=0.0, marks=())
        else:
            drawing = chart.draw(width, PRINT_SIZE * self.type.scale, next(self.shares))
        return {"alternative": chart.alternative, "drawing": native.write(drawing, self.link)}

    def grid(self, grid: Grid) -> Plain:
        size = PRINT_SIZE * self.type.scale
        return {
            "columns": grid.columns,
            "groups": [
                {
                    "title": group.title,
                    "of": group.of,
                    "respondents": [self.number(one) if one else None for one in group.respondents],
                    "rows": [
                        {"label": row.label, "cells": [self.cell(cell, size) for cell in row.cells]}
                        for row in group.rows
                    ],
                }
                for group in grid.groups
            ],
        }

    def cell(self, cell: Cell | None, size: float) -> Plain | None:
        if cell is None:
            return None
        drawing = bar(cell, width=_BAR, size=size)
        return {
            "value": self.number(cell.value),
            "interval": self.number(cell.interval) if cell.interval else None,
            "bar": native.write(drawing, self.link) if drawing is not None else None,
        }

    def fact(self, fact: Fact) -> Plain:
        return {
            "label": fact.label,
            "value": self.number(fact.value),
            "interval": self.number(fact.interval) if fact.interval else None,
        }

    def number(self, printed: Printed) -> Plain:
        interval = printed.hedge.form is Form.INTERVAL
        return {"is": "figure", "text": printed.text, "link": self.link(printed), "interval": interval}

    def runs(self, runs: Runs) -> list[Plain]:
        parts: list[Plain] = []
        for run in runs:
            match run:
                case Printed():
                    parts.append(self.number(run))
                case Citation():
                    parts.append({"is": "citation", "text": run.text, "link": run.address})
                case str():
                    parts.append({"is": "words", "text": run})
        return parts


def write(sheet: Sheet, attachments: Sequence[Attachment], first: str) -> tuple[bytes, tuple[Printed, ...]]:
    """Set a sheet; the bytes of the PDF, and the figures it prints in the order of their links.

    `first` is the language whose figure pages have the plain names. Equal input gives equal bytes. Charts are drawn as
    tall as the words of the language leave room for, and rows that a page does not hold go on to another (see
    `layout`); Problem if a row is taller than a page even with the lowest charts.
    """
    sheet, shares = _laid_out(sheet, first)
    writer = _Writer(sheet, first, iter(shares))
    inputs = {attached.name: attached.text for attached in attachments}
    compiler = _compiler("sheet.typ", _data(writer, attachments), inputs)
    midnight = datetime.datetime.combine(sheet.made_on, datetime.time(), datetime.UTC)
    made = compiler.compile(format="pdf", pdf_standards=["ua-1", "a-3a"], timestamp=midnight)
    assert isinstance(made, bytes)
    return made, tuple(writer.printed)


def _compiler(file: str, data: Plain, inputs: Mapping[str, str]) -> typst.Compiler:
    given = {"sheet": msgspec.json.encode(data).decode(), **inputs}
    return typst.Compiler(input=_TYPST / file, root=_TYPST, font_paths=fonts(), sys_inputs=given)


def _laid_out(sheet: Sheet, first: str) -> tuple[Sheet, list[float]]:
    """The sheet on as many pages as its rows need, and by how much each chart is stretched, in reading order."""
    compiler = _compiler("heights.typ", _data(_Writer(sheet, first), ()), {})
    heights = msgspec.json.decode(compiler.query("<heights>", field="value", one=True), type=_Heights)
    size = PRINT_SIZE * typography.of(sheet.language).scale
    foot = 0.0 if heights.foot is None else heights.foot + _GUTTER
    pages: list[Page] = []
    shares: list[float] = []
    for number, (page, fixed) in enumerate(zip(sheet.pages, heights.rows, strict=True), 1):
        room = heights.page - _SLACK - (foot if number == len(sheet.pages) else 0.0)
        begun = room - (heights.head + _GUTTER if number == 1 else 0.0)
        rows = [
            [_pillar(stack, len(row), height, size) for stack, height in zip(row, tall, strict=True)]
            for row, tall in zip(page, fixed, strict=True)
        ]
        counts = layout.broken(rows, first=begun, room=room, gutter=_GUTTER)
        if counts is None:
            raise problem("template.pages", At(file=sheet.file), language=sheet.language, page=number)
        start = 0
        for place, count in enumerate(counts):
            mine = slice(start, start + count)
            found = layout.stretched(rows[mine], room=room if place else begun, gutter=_GUTTER)
            assert found is not None
            shares += [share for row in found for stack in row for share in stack]
            pages.append(page[mine])
            start += count
    return replace(sheet, pages=tuple(pages)), shares


def _pillar(stack: Stack, stacks: int, fixed: float, size: float) -> layout.Pillar:
    charts = [panel.chart for panel in stack.panels if panel.chart is not None]
    width = _width(stack, stacks)
    return layout.Pillar(
        fixed=fixed,
        charts=tuple(
            layout.Elastic(height=chart.draw(width, size, 1.0).height, stretch=chart.stretch) for chart in charts
        ),
    )


def _width(stack: Stack, stacks: int) -> float:
    return (_WIDTH - _GUTTER * (stacks - 1)) * stack.width / 12


def _data(writer: _Writer, attachments: Sequence[Attachment]) -> Plain:
    """Everything that sheet.typ reads, as JSON-ready data."""
    sheet, language = writer.sheet, writer.sheet.language
    return {
        "language": language,
        "title": sheet.title,
        "name": sheet.name,
        "subtitle": sheet.subtitle,
        "summary": sheet.summary,
        "mission": sheet.mission,
        "simulated": sheet.simulated,
        "made": [sheet.made_on.year, sheet.made_on.month, sheet.made_on.day],
        "type": asdict(writer.type),
        "ink": {ink: COLOURS[ink] for ink in (Ink.TEXT, Ink.MUTED, Ink.FIRST, Ink.AXIS, Ink.GRID)},
        "words": {
            "provisional": say("provisional", language),
            "sources": say("sources", language),
            "simulated": {"mark": say("simulated", language), "meaning": say("simulated-meaning", language)},
        },
        "footer": say(
            "footer",
            language,
            frame=sheet.frame[:8],
            date=sheet.made_on.isoformat(),
            contact=sheet.contact,
            licence=sheet.licence,
        ),
        "gutter": _GUTTER,
        "pages": [[[writer.stack(stack, len(row)) for stack in row] for row in page] for page in sheet.pages],
        "sources": [source_line(source) for source in sheet.sources],
        "attached": [
            {"name": attached.name, "type": attached.type, "description": attached.description}
            for attached in attachments
        ],
    }


def source_line(source: Citation) -> str:
    """A source as it is listed: producer, title, date and licence."""
    return ", ".join(part for part in (source.producer, source.title, source.date, source.licence) if part)


@cache
def fonts() -> typst.Fonts:
    """Our own fonts and no others, so that every machine draws the same page."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
