"""A product with its numbers in, before it is drawn: what the PDF and the page both print, in one language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from saphan.publish.figures.wording import Printed
from saphan.publish.products.charts.marks import Drawing
from saphan.publish.products.citations import Citation
from saphan.publish.products.words import say

Run = str | Printed | Citation
Runs = tuple[Run, ...]
Draw = Callable[[float, float, float], Drawing]  # width and text size in points, share of the height laid out


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """By which shares of its height a chart may be drawn; `fills`: also so as to end where its neighbour ends."""

    least: float
    most: float
    fills: bool

    def within(self, share: float) -> float:
        """The share, or the nearest that is allowed."""
        return min(max(share, self.least), self.most)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the table behind a chart; `respondents` is how many answered, of a sample."""

    labels: tuple[str, ...]
    value: Printed
    interval: Printed | None
    respondents: Printed | None = None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart that can be drawn at any width, what it says to those who do not see it, and its numbers as a table."""

    draw: Draw
    stretch: Stretch
    alternative: str
    columns: tuple[str, ...]  # what the labels of an entry are
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One number of a table with its interval; `span` is a share with its limits, to be drawn as a bar."""

    value: Printed
    interval: Printed | None
    span: tuple[float, float | None, float | None] | None = None


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """One row of a table: what it is, and a cell for each column, None where the figure is not shown."""

    label: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, kw_only=True)
class GridGroup:
    """Rows of one thing asked: `of` whom in words, and how many answered in each column."""

    title: str
    of: str
    respondents: tuple[Printed | None, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table as it is printed."""

    columns: tuple[str, ...]
    groups: tuple[GridGroup, ...]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One headline number."""

    label: str
    value: Printed
    interval: Printed | None


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One line of a method box."""

    label: str
    text: Runs


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One block with its content; exactly one of chart, grid, paragraphs, facts and statements holds something."""

    id: str
    heading: str
    chart: Chart | None = None
    grid: Grid | None = None
    paragraphs: tuple[Runs, ...] = ()
    facts: tuple[Fact, ...] = ()
    statements: tuple[Statement, ...] = ()
    note: Runs = ()


@dataclass(frozen=True, kw_only=True)
class Stack:
    """Panels standing on each other, `width` twelfths of the page wide."""

    width: int
    panels: tuple[Panel, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything that one product prints in one language; pages hold rows of stacks. `file` is its template's."""

    id: str
    file: str
    language: str
    title: str
    subtitle: str
    summary: str
    address: str
    pages: tuple[tuple[tuple[Stack, ...], ...], ...]
    sources: tuple[Citation, ...]
    simulated: bool
    mission: str
    contact: str
    licence: str
    frame: str
    made_on: date

    @property
    def name(self) -> str:
        """The title as it stands in lists of documents, where no band says that the data are simulated."""
        return f"{self.title} [{say('simulated', self.language)}]" if self.simulated else self.title
