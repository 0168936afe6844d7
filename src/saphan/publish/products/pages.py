"""A sheet as a static page for the web: no script, its charts as inline SVG, its numbers as links and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from saphan.publish.figures.wording import Printed
from saphan.publish.products import links
from saphan.publish.products.charts import svg
from saphan.publish.products.citations import Citation
from saphan.publish.products.grids import bar
from saphan.publish.products.pdf import source_line
from saphan.publish.products.sheet import Cell, Chart, Grid, Panel, Runs, Sheet
from saphan.publish.products.words import say

_TEMPLATES = Path(__file__).parent / "templates"
_NARROW = 328.0  # CSS pixels: a phone of 360, less its margins
_WIDE = 1120.0  # what the style sheet lets a page grow to, and the space between two columns
_GAP = 36.0
_TEXT = 12.0
_BAR = 72.0  # a share in a table


@dataclass(kw_only=True)
class Numbering:
    """Writes figures as links from one page and remembers them in the order they stand there."""

    root: str  # from the page to the products' folder: "" or "../../"
    first: str
    printed: list[Printed] = field(default_factory=list)

    def __call__(self, printed: Printed, content: Markup | None = None) -> Markup:
        """The link of one print, around `content` where that is more than its text."""
        self.printed.append(printed)
        address = f"{self.root}{links.page(printed.figure, printed.language, self.first)}"
        return Markup('<a class="n" data-figure="{0}@{1}" title="{0}@{1}" href="{2}#{3}">{4}</a>').format(
            printed.figure,
            printed.key,
            address,
            links.fragment(printed, len(self.printed)),
            printed.text if content is None else content,
        )


@cache
def environment() -> Environment:
    """The templates, with escaping on and undefined names refused."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def style(with_charts: bool) -> Markup:
    """The style sheet, with the inks of charts where a page has charts."""
    return Markup((_TEMPLATES / "style.css").read_text("utf-8") + (svg.STYLE if with_charts else ""))


def frame(sheet: Sheet, root: str, languages: Sequence[Mapping[str, str]]) -> dict[str, object]:
    """What every page needs from the product it belongs to."""
    return {
        "language": sheet.language,
        "languages": languages,
        "root": root,
        "simulated": sheet.simulated,
        "mission": sheet.mission,
        "frame": sheet.frame,
        "made_on": sheet.made_on.isoformat(),
        "contact": sheet.contact,
        "licence": sheet.licence,
        "say": partial(_say, language=sheet.language),
    }


def _say(message: str, language: str, **facts: object) -> str:
    return say(message, language, **facts)


def write(sheet: Sheet, languages: Sequence[str], beside: Sequence[str]) -> tuple[str, tuple[Printed, ...]]:
    """The page and the figures it prints, in the order of their links.

    `languages` are those it is written in, `beside` the dataset's files, to link to.
    """
    number = Numbering(root="", first=languages[0])
    rows = [
        [
            {"width": stack.width, "panels": [_panel(panel, stack.width, number) for panel in stack.panels]}
            for stack in row
        ]
        for page in sheet.pages
        for row in page
    ]
    others = [
        {"code": language, "name": say("own-name", language), "href": f"{sheet.id}.{language}.html"}
        for language in languages
    ]
    index = f"{links.FOLDER}/{links.index(sheet.language, languages[0])}"
    text = (
        environment()
        .get_template("sheet.html")
        .render(
            **frame(sheet, "", others),
            style=style(True),
            sheet=sheet,
            rows=rows,
            sources="; ".join(source_line(source) for source in sheet.sources),
            links=[
                {"href": f"{sheet.id}.{sheet.language}.pdf", "name": say("print-version", sheet.language)},
                {"href": f"{sheet.id}.{sheet.language}.xlsx", "name": "XLSX"},
                *({"href": path, "name": Path(path).name} for path in beside),
                {"href": index, "name": say("all-figures", sheet.language)},
            ],
        )
    )
    return text, tuple(number.printed)


def _panel(panel: Panel, width: int, number: Numbering) -> dict[str, object]:
    return {
        "id": panel.id,
        "heading": panel.heading,
        "facts": [
            {"label": fact.label, "value": number(fact.value), "interval": fact.interval and number(fact.interval)}
            for fact in panel.facts
        ],
        "chart": _chart(panel.chart, panel.heading, width, number) if panel.chart else None,
        "grid": _grid(panel.grid, panel.heading, number) if panel.grid else None,
        "paragraphs": [_runs(paragraph, number) for paragraph in panel.paragraphs],
        "statements": [{"label": line.label, "text": _runs(line.text, number)} for line in panel.statements],
        "note": _runs(panel.note, number),
    }


def _chart(chart: Chart, heading: str, width: int, number: Numbering) -> dict[str, object]:
    """The chart at the width of a phone and, in a wide column, at the column's own; the style sheet shows one."""
    column = (_WIDE - _GAP * 11) * width / 12 + _GAP * (width - 1)
    sizes = {"narrow-only": _NARROW, "wide-only": column} if column > _NARROW * 1.3 else {"": _NARROW}
    return {
        "drawings": [
            {"shown": shown, "svg": svg.write(chart.draw(points, _TEXT, 1.0), heading, number)}
            for shown, points in sizes.items()
        ],
        "columns": chart.columns,
        "entries": [
            {
                "labels": entry.labels,
                "value": number(entry.value),
                "interval": number(entry.interval) if entry.interval else "",
                "respondents": number(entry.respondents) if entry.respondents else "",
            }
            for entry in chart.entries
        ],
        "sampled": any(entry.respondents for entry in chart.entries),
    }


def _grid(grid: Grid, heading: str, number: Numbering) -> dict[str, object]:
    return {
        "columns": grid.columns,
        "groups": [
            {
                "title": group.title,
                "of": group.of,
                "respondents": [number(one) if one else "" for one in group.respondents],
                "rows": [
                    {"label": row.label, "cells": [_cell(cell, heading, number) for cell in row.cells]}
                    for row in group.rows
                ],
            }
            for group in grid.groups
        ],
    }


def _cell(cell: Cell | None, heading: str, number: Numbering) -> dict[str, object] | None:
    if cell is None:
        return None
    drawing = bar(cell, width=_BAR, size=_TEXT)
    return {
        "value": number(cell.value),
        "interval": number(cell.interval) if cell.interval else "",
        "bar": svg.write(drawing, heading, number) if drawing is not None else "",
    }


def _runs(runs: Runs, number: Numbering) -> Markup:
    parts = []
    for run in runs:
        match run:
            case Printed():
                parts.append(number(run))
            case Citation():
                parts.append(
                    Markup('<a href="{}">{}</a>').format(run.address, run.text)
                    if run.address
                    else Markup.escape(run.text)
                )
            case str():
                parts.append(Markup.escape(run))
    return Markup("").join(parts)
