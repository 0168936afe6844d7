"""The workbook of an assessment's results: a sheet a sector, in it a table a grouping, indicators by groups."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from saphan.analyse.indicators.plans.model import Analysis, Finding, PlanLine, Standing
from saphan.publish.formats import xlsx
from saphan.publish.formats.table import Labels

OTHERS = "questions"  # the sheet of what belongs to no sector
WHOLE: tuple[()] = ()
UNKNOWN = "not known"
NOT_SHOWN = "not shown"
CELLS = ("value", "interval", "n")
PERCENT, PLAIN = "0.0%", "#,##0.00"

Group = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a table: what it is, and what is known of it in each group."""

    title: str
    answer: str
    of: Mapping[Group, Finding]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of one sheet: its heading, the groups across with their words, and its rows."""

    sheet: str
    heading: str
    groups: Mapping[Group, str]
    rows: tuple[Row, ...]


def tables(
    findings: Sequence[Finding],
    titles: Mapping[str, str],
    sectors: Mapping[str, str],
    labels: Labels,
    language: str,
) -> tuple[Table, ...]:
    """The tables of the findings, sector by sector and grouping by grouping, the whole first in each."""
    by_row: dict[tuple[PlanLine, str | None], dict[Group, Finding]] = {}
    for one in findings:
        by_row.setdefault((one.line, one.answer), {})[tuple(one.group.items())] = one
    made: dict[tuple[str, tuple[str, ...]], list[tuple[PlanLine, str | None]]] = {}
    for line, answer in by_row:
        for by in line.by or ((),):
            made.setdefault((sectors.get(line.of, OTHERS), by), []).append((line, answer))

    def word(column: str, code: str | None) -> str:
        found = labels.get((f"answer:{column}", code or "")) or labels.get((column, code or ""))
        return UNKNOWN if code is None else code if found is None else found.to(language)

    order = list(dict.fromkeys([*sectors.values(), OTHERS]))
    found = []
    for (sheet, by), places in sorted(made.items(), key=lambda one: order.index(one[0][0])):
        groups: dict[Group, str] = {WHOLE: "all"}
        for place in places:
            for group in by_row[place]:
                if tuple(name for name, _ in group) == by:
                    groups.setdefault(group, ", ".join(word(name, label) for name, label in group) or "all")
        rows = tuple(
            Row(
                title=_titled(line, titles),
                answer="" if answer is None else word(line.of, answer),
                of=by_row[line, answer],
            )
            for line, answer in places
        )
        heading = "By " + " and ".join(titles.get(name, name) for name in by) if by else "All together"
        found.append(Table(sheet=sheet, heading=heading, groups=groups, rows=rows))
    return tuple(found)


def _titled(line: PlanLine, titles: Mapping[str, str]) -> str:
    told = titles.get(line.of, line.of)
    if line.over is not None:
        told += f" / {titles.get(line.over, line.over)}"
    if line.analysis is not Analysis.SHARE:
        told += f" ({line.analysis})"
    among = "; ".join(f"{titles.get(name, name)} = {' or '.join(answers)}" for name, answers in line.among)
    return f"{told}, among {among}" if among else told


def write(title: str, about: Sequence[Sequence[str]], made: Sequence[Table], tidy: xlsx.Sheet) -> bytes:
    """The workbook: `about` on the first sheet, a sheet a sector, and the tidy table last."""
    buffer = io.BytesIO()
    book = xlsx.begun(buffer, title)
    bold = book.add_format({"bold": True})
    xlsx.read_me(book, about, bold)
    formats = _Formats(book)
    pages: dict[str, tuple[xlsxwriter.worksheet.Worksheet, int]] = {}
    for table in made:
        page, line = pages[table.sheet] if table.sheet in pages else (_page(book, table.sheet), 0)
        pages[table.sheet] = page, _write(page, line, table, formats) + 2
    xlsx.table(book.add_worksheet(tidy.name), tidy, bold)
    book.close()
    return buffer.getvalue()


def _page(book: xlsxwriter.Workbook, name: str) -> xlsxwriter.worksheet.Worksheet:
    page = book.add_worksheet(name)
    page.set_column(0, 0, 52)
    page.set_column(1, 1, 24)
    page.freeze_panes(0, 2)
    return page


class _Formats:
    """The looks of cells."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.heading = book.add_format({"bold": True, "font_size": 13})
        self.group = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.quiet = book.add_format({"font_color": "#595959", "text_wrap": True, "valign": "top"})
        self.number = book.add_format({"num_format": PLAIN, "valign": "top"})
        self.share = book.add_format({"num_format": PERCENT, "valign": "top"})
        self.count = book.add_format({"num_format": "#,##0", "valign": "top"})
        self.chance = book.add_format({"num_format": "0.000", "valign": "top"})


def _write(page: xlsxwriter.worksheet.Worksheet, line: int, table: Table, formats: _Formats) -> int:
    """Write a table from a line on; the line after it."""
    page.write_string(line, 0, table.heading, formats.heading)
    last = 2 + len(CELLS) * len(table.groups)
    for column in range(last + 2):
        page.write_blank(line + 1, column, None, formats.group)
    for place, words in enumerate(table.groups.values()):
        page.write_string(line + 1, 2 + len(CELLS) * place, words, formats.group)
        for offset, name in enumerate(CELLS):
            page.write_string(line + 2, 2 + len(CELLS) * place + offset, name, formats.quiet)
            page.set_column(2 + len(CELLS) * place + offset, 2 + len(CELLS) * place + offset, (11, 22, 9)[offset])
    tested = any(one.p_value is not None for row in table.rows for one in row.of.values())
    if tested:
        page.write_string(line + 1, last, "test of the groups", formats.group)
        page.write_string(line + 2, last + 1, "p", formats.quiet)
    page.write_string(line + 2, 0, "indicator", formats.quiet)
    page.write_string(line + 2, 1, "answer", formats.quiet)
    line += 3
    before = ""
    for row in table.rows:
        page.write_string(line, 0, row.title if row.title != before else "", formats.text)
        page.write_string(line, 1, row.answer, formats.text)
        before = row.title
        for place, group in enumerate(table.groups):
            if group in row.of:
                _cell(page, line, 2 + len(CELLS) * place, row.of[group], formats)
        found = next((row.of[group] for group in table.groups if group in row.of and row.of[group].test), None)
        if tested and found is not None and found.p_value is not None:
            page.write_string(line, last, found.test, formats.quiet)
            page.write_number(line, last + 1, found.p_value, formats.chance)
        line += 1
    return line


def _cell(page: xlsxwriter.worksheet.Worksheet, line: int, column: int, one: Finding, formats: _Formats) -> None:
    """Value, interval and n; in place of what is not shown, the reason."""
    if one.value is None or one.standing in (Standing.SUPPRESS, Standing.PROTECTED):
        page.write_string(line, column, NOT_SHOWN, formats.quiet)
        page.write_string(line, column + 1, one.note or "nobody has a value", formats.quiet)
    else:
        share = one.line.analysis is Analysis.SHARE
        page.write_number(line, column, one.value, formats.share if share else formats.number)
        page.write_string(line, column + 1, interval(one), formats.quiet)
    if one.n is not None:
        page.write_number(line, column + 2, one.n, formats.count)


def interval(one: Finding) -> str:
    """The interval in words: with the reason to look at it again, or why there is none."""
    if one.low is None or one.high is None:
        return one.note or one.method
    spec = ".1%" if one.line.analysis is Analysis.SHARE else ",.2f"
    told = f"{one.low:{spec}} to {one.high:{spec}}"
    return f"{told} (review: {one.note})" if one.standing is Standing.REVIEW else told
