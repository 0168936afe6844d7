"""A sheet as a PDF of standards PDF/UA-1 and PDF/A-3a, set by typst in our own fonts, with the register inside it."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import msgspec
import typst
from pypdf import PdfReader

from saphan.core.problem import At, problem
from saphan.publish.figures.hedge import Form
from saphan.publish.figures.wording import Printed
from saphan.publish.products import links, typography
from saphan.publish.products.charts import native
from saphan.publish.products.charts.marks import Ink
from saphan.publish.products.charts.palette import COLOURS
from saphan.publish.products.charts.type import FONTS
from saphan.publish.products.citations import Citation
from saphan.publish.products.drawn import PRINT_SIZE
from saphan.publish.products.sheet import Chart, Fact, Panel, Runs, Sheet, Stack
from saphan.publish.products.words import say

_TYPST = Path(__file__).parent / "typst"
_WIDTH = 521.5  # points between the margins of the sheet in sheet.typ
_GUTTER = 16.0
_SHARES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)  # of the charts' heights, tried until the pages hold everything

Plain = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that travels inside the PDF: text, with its MIME type."""

    name: str
    text: str
    type: str
    description: str


class _Writer:
    """Turns a sheet into plain data and numbers the prints in reading order as it goes."""

    def __init__(self, sheet: Sheet, first: str, share: float) -> None:
        self.sheet = sheet
        self.first = first
        self.share = share
        self.type = typography.of(sheet.language)
        self.printed: list[Printed] = []

    def link(self, printed: Printed) -> str:
        self.printed.append(printed)
        page = links.page(printed.figure, self.sheet.language, self.first)
        return f"{self.sheet.address}{page}#{links.fragment(printed, len(self.printed))}"

    def stack(self, stack: Stack, stacks: int) -> Plain:
        width = (_WIDTH - _GUTTER * (stacks - 1)) * stack.width / 12
        return {"width": width, "panels": [self.panel(panel, width) for panel in stack.panels]}

    def panel(self, panel: Panel, width: float) -> Plain:
        return {
            "heading": panel.heading,
            "facts": [self.fact(fact) for fact in panel.facts],
            "chart": self.chart(panel.chart, width) if panel.chart else None,
            "paragraphs": [self.runs(paragraph) for paragraph in panel.paragraphs],
            "statements": [{"label": line.label, "text": self.runs(line.text)} for line in panel.statements],
            "note": self.runs(panel.note),
        }

    def chart(self, chart: Chart, width: float) -> Plain:
        drawing = chart.draw(width, PRINT_SIZE * self.type.scale, self.share)
        return {"alternative": chart.alternative, "drawing": native.write(drawing, self.link)}

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

    `first` is the language whose figure pages have the plain names. Equal input gives equal bytes. Where the text is
    longer than the layout allows for, charts become lower, in steps down to three quarters; Problem if even so it does
    not fit the pages of the template.
    """
    count = 0
    for share in _SHARES:
        writer = _Writer(sheet, first, share)
        made = _set(_data(writer, attachments), sheet, attachments)
        count = len(PdfReader(io.BytesIO(made)).pages)
        if count <= len(sheet.pages):
            return made, tuple(writer.printed)
    at = At(file=f"{sheet.id}.toml")
    raise problem("template.pages", at, language=sheet.language, pages=count, wanted=len(sheet.pages))


def _set(data: Plain, sheet: Sheet, attachments: Sequence[Attachment]) -> bytes:
    inputs = {"sheet": msgspec.json.encode(data).decode(), **{attached.name: attached.text for attached in attachments}}
    midnight = datetime.datetime.combine(sheet.made_on, datetime.time(), datetime.UTC)
    compiler = typst.Compiler(input=_TYPST / "sheet.typ", root=_TYPST, font_paths=fonts(), sys_inputs=inputs)
    made = compiler.compile(format="pdf", pdf_standards=["ua-1", "a-3a"], timestamp=midnight)
    assert isinstance(made, bytes)
    return made


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
        "ink": {ink: COLOURS[ink] for ink in (Ink.TEXT, Ink.MUTED, Ink.FIRST, Ink.AXIS)},
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
