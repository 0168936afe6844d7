"""A sheet as a workbook: its tables to be read and reused, every number of them a reference to one list of prints.

The sheet `tables` holds words and formulas, never a number: each points to a row of `numbers`, which names the figure,
prints it as the page does, and has value, limits and respondents as numbers. So nobody can alter a number in one place
only, and `reading` finds one that was altered.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from saphan.core.unit import Unit
from saphan.publish.figures.model import Figure, Register
from saphan.publish.figures.rounding import limits
from saphan.publish.figures.wording import Printed
from saphan.publish.formats import xlsx
from saphan.publish.products.sheet import Chart, Grid, Panel, Runs, Sheet
from saphan.publish.products.words import say

NUMBERS, TABLES = "numbers", "tables"
HEADER = (
    *("language", "figure", "printed", "value", "interval as", "interval printed", "low", "high"),
    *("respondents printed", "n"),
)
_VALUE, _INTERVAL, _N = HEADER.index("value"), HEADER.index("interval printed"), HEADER.index("n")
_MOST_BARS = 15  # of a native chart


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A number in the list: its row, and the figure it is of."""

    row: int
    figure: Figure
    value: Printed
    interval: Printed | None
    respondents: Printed | None


@dataclass(kw_only=True)
class _Book:
    """The workbook while it is written: the tables grow downwards, and every number is listed once it is needed."""

    book: xlsxwriter.Workbook
    register: Register
    page: xlsxwriter.worksheet.Worksheet
    line: int = 0
    places: list[_Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        add = self.book.add_format
        self.heading = add({"bold": True, "font_size": 13, "top": 1})
        self.head = add({"bold": True, "font_color": "#566573", "text_wrap": True, "bottom": 1})
        self.text = add({"text_wrap": True, "valign": "top"})
        self.bold = add({"bold": True, "text_wrap": True, "valign": "top"})
        self.quiet = add({"font_color": "#566573", "text_wrap": True, "valign": "top"})
        self.count = add({"num_format": "#,##0", "valign": "top", "font_color": "#566573"})
        self._formats: dict[str, xlsxwriter.format.Format] = {}

    def number(self, figure: Figure) -> xlsxwriter.format.Format:
        """The look of a figure's value: its decimals, and per cent for a share."""
        decimals = max(0, -figure.places)
        style = f"#,##0{'.' if decimals else ''}{'0' * decimals}{'%' if figure.unit is Unit.SHARE else ''}"
        if style not in self._formats:
            self._formats[style] = self.book.add_format(
                {"num_format": style, "bold": True, "font_color": "#0b5394", "valign": "top"}
            )
        return self._formats[style]

    def put(self, column: int, value: Printed, interval: Printed | None, respondents: Printed | None = None) -> None:
        """A value, its interval and how many answered in three cells of the line."""
        figure = self.register.figures[value.figure]
        place = _Place(row=len(self.places) + 1, figure=figure, value=value, interval=interval, respondents=respondents)
        self.places.append(place)
        self._refer(column, place.row, _VALUE, self.number(figure), figure.rounded or 0.0)
        if interval is not None:
            self._refer(column + 1, place.row, _INTERVAL, self.quiet, interval.text)
        if respondents is not None:
            self._refer(column + 2, place.row, _N, self.count, _respondents(figure))

    def _refer(self, column: int, row: int, listed: int, look: xlsxwriter.format.Format, now: float | str) -> None:
        formula = f"={NUMBERS}!{xl_rowcol_to_cell(row, listed, row_abs=True, col_abs=True)}"
        self.page.write_formula(self.line, column, formula, look, now)


def write(sheet: Sheet, register: Register) -> tuple[bytes, tuple[Printed, ...]]:
    """The workbook, and the figures it prints in the order of its list; equal input gives equal bytes."""
    buffer = io.BytesIO()
    book = xlsx.begun(buffer, sheet.name)
    xlsx.read_me(book, _about(sheet), book.add_format({"bold": True}))
    page = book.add_worksheet(TABLES)
    page.set_column(0, 0, 44)
    page.set_column(1, 12, 16)
    made = _Book(book=book, register=register, page=page)
    for panel in (panel for rows in sheet.pages for row in rows for stack in row for panel in stack.panels):
        _panel(made, panel, sheet.language)
    _numbers(book, made.places)
    book.close()
    told = [one for place in made.places for one in (place.value, place.interval, place.respondents)]
    return buffer.getvalue(), tuple(one for one in told if one is not None)


def _about(sheet: Sheet) -> list[list[str]]:
    """What it is, how it was made and whose it is, in words; numbers of the method stand in the tables."""
    language = sheet.language
    simulated = [f"{say('simulated', language)}. {say('simulated-meaning', language)}"] if sheet.simulated else []
    return [
        [sheet.title, sheet.subtitle, sheet.summary, *simulated, say("provisional", language)],
        [
            sheet.mission,
            f"{say('snapshot', language)} {sheet.frame}",
            sheet.made_on.isoformat(),
            sheet.contact,
            sheet.licence,
            say("workbook", language),
        ],
    ]


def _panel(made: _Book, panel: Panel, language: str) -> None:
    if panel.heading:
        made.page.merge_range(made.line, 0, made.line, 6, panel.heading, made.heading)
        made.line += 1
    for fact in panel.facts:
        made.page.write_string(made.line, 0, fact.label, made.text)
        made.put(1, fact.value, fact.interval)
        made.line += 1
    if panel.chart is not None:
        _chart(made, panel.chart, panel.heading, language)
    if panel.grid is not None:
        _grid(made, panel.grid, language)
    for statement in panel.statements:
        made.page.write_string(made.line, 0, statement.label, made.bold)
        _words(made, statement.text, 1)
    for paragraph in panel.paragraphs:
        _words(made, paragraph, 0)
    if panel.note:
        _words(made, panel.note, 0)
    made.line += 1


def _words(made: _Book, runs: Runs, column: int) -> None:
    """A sentence in one cell, and below it the figures that it prints, each by itself."""
    told = [run if isinstance(run, str) else run.text for run in runs]
    made.page.merge_range(made.line, column, made.line, 6, "".join(told), made.quiet if column == 0 else made.text)
    made.page.set_row(made.line, 15.0 * (1 + len("".join(told)) // 110))
    made.line += 1


def _chart(made: _Book, chart: Chart, heading: str, language: str) -> None:
    labels = len(chart.columns)
    sampled = any(entry.respondents for entry in chart.entries)
    head = [*chart.columns, say("value", language), say("interval", language), *(["n"] if sampled else [])]
    for column, name in enumerate(head):
        made.page.write_string(made.line, column, name, made.head)
    first = made.line + 1
    for entry in chart.entries:
        made.line += 1
        for column, label in enumerate(entry.labels):
            made.page.write_string(made.line, column, label, made.text)
        made.put(labels, entry.value, entry.interval, entry.respondents)
    made.line += 1
    if labels == 1 and 1 < len(chart.entries) <= _MOST_BARS:
        drawn = made.book.add_chart({"type": "bar"})
        drawn.add_series(
            {
                "categories": [TABLES, first, 0, made.line - 1, 0],
                "values": [TABLES, first, 1, made.line - 1, 1],
                "fill": {"color": "#0b5394"},
                "gap": 60,
            }
        )
        drawn.set_title({"name": heading, "name_font": {"size": 10}, "overlay": False})
        drawn.set_legend({"none": True})
        drawn.set_y_axis({"reverse": True})
        drawn.set_size({"width": 420, "height": 60 + 22 * len(chart.entries)})
        made.page.insert_chart(first - 1, 8, drawn)


def _grid(made: _Book, grid: Grid, language: str) -> None:
    for place, name in enumerate(grid.columns):
        for offset, word in enumerate((name, say("interval", language), "n")):
            made.page.write_string(made.line, 1 + 3 * place + offset, word, made.head)
    made.line += 1
    for group in grid.groups:
        made.page.write_string(made.line, 0, group.title, made.bold)
        if group.of:
            made.page.write_string(made.line + 1, 0, group.of, made.quiet)
            made.line += 1
        for row in group.rows:
            made.line += 1
            made.page.write_string(made.line, 0, f"  {row.label}", made.text)
            for place, cell in enumerate(row.cells):
                if cell is None:
                    made.page.write_string(made.line, 1 + 3 * place, "–", made.quiet)
                else:
                    made.put(1 + 3 * place, cell.value, cell.interval, group.respondents[place])
        made.line += 1


def _numbers(book: xlsxwriter.Workbook, places: Sequence[_Place]) -> None:
    rows = []
    for place in places:
        figure, value, interval = place.figure, place.value, place.interval
        low, high = (limits(figure) or (None, None)) if interval is not None else (None, None)
        rows.append(
            (
                value.language,
                f"{value.figure}@{value.key}",
                value.text,
                _plain(figure.rounded),
                str(interval.hedge) if interval is not None else "",
                interval.text if interval is not None else "",
                _plain(low),
                _plain(high),
                place.respondents.text if place.respondents is not None else "",
                str(_respondents(figure)) if place.respondents is not None else "",
            )
        )
    listed = xlsx.Sheet(name=NUMBERS, header=HEADER, rows=rows, numbers=frozenset({"value", "low", "high", "n"}))
    xlsx.table(book.add_worksheet(NUMBERS), listed, book.add_format({"bold": True}))


def _respondents(figure: Figure) -> int:
    return figure.rests_on if figure.base is None else figure.base


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:.12f}".rstrip("0").rstrip(".")
