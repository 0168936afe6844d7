"""XLSX for people: a read-me, the figures, the dictionary, the codes, and the monthly trend with a native chart."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter

from saphan.publish.figures.model import Figure, Register, Release
from saphan.publish.figures.rounding import limits

MONTH = len("2023-05")
SERIES = 4  # lines that one chart can carry
LEAST = 3  # months that make a trend
WIDEST = 60
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)  # equal figures give equal bytes; when they were made is on the products


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its rows, the first of them the header; `numbers` are columns to be written as numbers."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[str] = frozenset()


def write(about: Sequence[Sequence[str]], sheets: Sequence[Sheet], register: Register, trend: str) -> bytes:
    """The workbook: `about` on the first sheet (a block a language, a line a row, no blank row), then the sheets.

    The monthly trend comes last, with a native chart titled `trend`, where there are monthly figures.
    """
    buffer = io.BytesIO()
    book = begun(buffer, trend)
    bold = book.add_format({"bold": True})
    read_me(book, about, bold)
    for sheet in sheets:
        table(book.add_worksheet(sheet.name), sheet, bold)
    _trend(book, register, trend, bold)
    book.close()
    return buffer.getvalue()


def begun(buffer: io.BytesIO, title: str) -> xlsxwriter.Workbook:
    """A workbook in which no text is run as a formula or made a link; equal content gives equal bytes."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": EPOCH.replace(tzinfo=None), "title": title})
    return book


def read_me(
    book: xlsxwriter.Workbook, about: Sequence[Sequence[str]], bold: xlsxwriter.format.Format
) -> xlsxwriter.worksheet.Worksheet:
    """The first sheet: blocks of lines, the first of each a heading."""
    page = book.add_worksheet("read me")
    page.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    lines = [(text, number == 0) for block in about for number, text in enumerate(block)]
    for line, (text, first) in enumerate(lines):
        page.write_string(line, 0, text, *([bold] if first else []))
    return page


def table(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, bold: xlsxwriter.format.Format) -> None:
    """A tidy table, its header frozen and with filters."""
    page.freeze_panes(1, 0)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.header) - 1)
    for column, name in enumerate(sheet.header):
        longest = max((len(row[column]) for row in sheet.rows), default=0)
        page.set_column(column, column, min(WIDEST, max(len(name), longest) + 2))
        page.write_string(0, column, name, bold)
        for line, row in enumerate(sheet.rows, start=1):
            cell = row[column]
            if name in sheet.numbers and _is_number(cell):
                page.write_number(line, column, float(cell))
            elif cell:
                page.write_string(line, column, cell)


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("-", "", 1).isdecimal()


def _trend(book: xlsxwriter.Workbook, register: Register, title: str, bold: xlsxwriter.format.Format) -> None:
    """The months of the least divided figures, with the limits of their intervals as error bars."""
    lines = monthly(register)
    if not lines:
        return
    page = book.add_worksheet("trend")
    months = sorted({figure.period for line in lines for figure in line})
    chart = book.add_chart({"type": "line"})
    page.write_string(0, 0, "month", bold)
    page.set_column(0, 0, 10)
    for row, month in enumerate(months, start=1):
        page.write_string(row, 0, month)
    last = len(months)
    for number, line in enumerate(lines):
        first = 1 + 3 * number
        name = " ".join(line[0].cell.values()) or line[0].indicator
        page.set_column(first, first + 2, 14)
        for offset, suffix in enumerate(("", ", below", ", above")):
            page.write_string(0, first + offset, name + suffix, bold)
        for figure in line:
            row = 1 + months.index(figure.period)
            value = figure.rounded if figure.rounded is not None else figure.value
            low, high = limits(figure) or (value, value)
            for offset, cell in enumerate((value, value - low, high - value)):
                page.write_number(row, first + offset, cell)
        chart.add_series(
            {
                "name": ["trend", 0, first],
                "categories": ["trend", 1, 0, last, 0],
                "values": ["trend", 1, first, last, first],
                "marker": {"type": "circle", "size": 5},
                "y_error_bars": {
                    "type": "custom",
                    "minus_values": _column(first + 1, last),
                    "plus_values": _column(first + 2, last),
                },
            }
        )
    chart.set_title({"name": title, "name_font": {"size": 12}})
    gridlines = {"visible": True, "line": {"color": "#DDDDDD"}}
    chart.set_y_axis({"num_format": "#,##0", "min": 0, "major_gridlines": gridlines})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 420})
    page.insert_chart(last + 2, 0, chart)


def monthly(register: Register) -> list[list[Figure]]:
    """The public monthly series of the first indicator that has one, with as few conditions as there are."""
    lines: dict[tuple[str, tuple[tuple[str, str], ...]], list[Figure]] = {}
    for figure in register:
        if figure.release is Release.PUBLIC and len(figure.period) == MONTH:
            lines.setdefault((figure.indicator, tuple(sorted(figure.cell.items()))), []).append(figure)
    long = {place: line for place, line in lines.items() if len(line) >= LEAST}
    if not long:
        return []
    indicator = next(iter(long))[0]
    fewest = min(len(cell) for name, cell in long if name == indicator)
    return [line for (name, cell), line in long.items() if name == indicator and len(cell) == fewest][:SERIES]


def _column(column: int, last: int) -> str:
    letter = xlsxwriter.utility.xl_col_to_name(column, True)
    return f"=trend!{letter}$2:{letter}${last + 1}"
