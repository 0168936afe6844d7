"""The workbook of the results of a plan: a sheet a sector, in it a table a grouping, indicators by groups."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from saphan.analyse.indicators.plans.model import LEVEL, Analysis, Finding, PlanLine, Standing
from saphan.analyse.indicators.plans.wording import Words, people
from saphan.collect.rounds.assessments import Asked
from saphan.publish.formats import xlsx
from saphan.publish.formats.table import Labels

OTHERS = "questions"  # the sheet of what belongs to no sector
WHOLE: tuple[()] = ()
UNKNOWN = "not known"
NOT_SHOWN = "not shown"
TEXTS = ("indicator", "of", "answer")
CELLS = ("value", "interval", "n")
REASONS = {Standing.PROTECTED: "too few respondents", Standing.SUPPRESS: "too imprecise"}
PERCENT, PLAIN = "0.0%", "#,##0.00"

Group = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a table: what it is, and what is known of it in each group."""

    title: str
    people: str  # who has a value
    answer: str
    of: Mapping[Group, Finding]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of one sheet: its heading, the groups across with their words, and its rows."""

    sheet: str
    heading: str
    groups: Mapping[Group, str]
    rows: tuple[Row, ...]


def words(labels: Labels, language: str) -> Words:
    """What the codes of each column are called in a language."""
    told = {(name.removeprefix("answer:"), code): text.to(language) for (name, code), text in labels.items()}
    return {place: text for place, text in told.items() if text}


def tables(
    findings: Sequence[Finding],
    titles: Mapping[str, str],
    sectors: Mapping[str, str],
    asked: Asked,
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

    called = words(labels, language)
    places_of = {place: number for number, place in enumerate(called)}  # answers and groups in the order of their list

    def at(column: str, code: str | None) -> int:
        return len(places_of) if code is None else places_of.get((column, code), len(places_of))

    def word(column: str, code: str | None) -> str:
        return UNKNOWN if code is None else called.get((column, code), code)

    order = list(dict.fromkeys([*sectors.values(), OTHERS]))
    found = []
    for (sheet, by), unordered in sorted(made.items(), key=lambda one: order.index(one[0][0])):
        first = {line: number for number, (line, _) in reversed(list(enumerate(unordered)))}
        places = sorted(unordered, key=lambda one: (first[one[0]], at(one[0].of, one[1])))
        there = dict.fromkeys(group for place in places for group in by_row[place])
        across = [group for group in there if group and tuple(name for name, _ in group) == by]
        across.sort(key=lambda group: [at(*one) for one in group])
        groups = {WHOLE: "all"} | {group: ", ".join(word(*one) for one in group) for group in across}
        rows = tuple(
            Row(
                title=_titled(line, titles, word),
                people=people(next(iter(by_row[line, answer].values())).subject, asked),
                answer="" if answer is None else word(line.of, answer),
                of=by_row[line, answer],
            )
            for line, answer in places
        )
        heading = "By " + " and ".join(_quoted(name, titles) for name in by) if by else "All together"
        found.append(Table(sheet=sheet, heading=heading, groups=groups, rows=rows))
    return tuple(found)


def _quoted(name: str, titles: Mapping[str, str]) -> str:
    return f"“{titles[name]}”" if name in titles else name


def _titled(line: PlanLine, titles: Mapping[str, str], word: Callable[[str, str], str]) -> str:
    told = titles.get(line.of, line.of)
    if line.over is not None:
        told += f" / {titles.get(line.over, line.over)}"
    if line.analysis is not Analysis.SHARE:
        told += f" ({line.analysis})"
    among = " and ".join(
        f"{_quoted(name, titles)} is {' or '.join(word(name, code) for code in codes)}" for name, codes in line.among
    )
    told += f", among those for whom {among}" if among else ""
    return told if line.level == LEVEL else f"{told} (intervals at {line.level:.0%})"


def write(
    title: str, about: Sequence[Sequence[str]], marks: Sequence[str], made: Sequence[Table], tidy: xlsx.Sheet
) -> bytes:
    """The workbook: `about` on the first sheet, a sheet a sector with `marks` at its top, and the tidy table last."""
    buffer = io.BytesIO()
    book = xlsx.begun(buffer, title)
    bold = book.add_format({"bold": True})
    xlsx.read_me(book, about, bold)
    formats = _Formats(book)
    pages: dict[str, tuple[xlsxwriter.worksheet.Worksheet, int]] = {}
    for table in made:
        page, line = pages[table.sheet] if table.sheet in pages else _page(book, table.sheet, marks, bold)
        pages[table.sheet] = page, _write(page, line, table, formats) + 2
    xlsx.table(book.add_worksheet(tidy.name), tidy, bold)
    book.close()
    return buffer.getvalue()


def _page(
    book: xlsxwriter.Workbook, name: str, marks: Sequence[str], bold: xlsxwriter.format.Format
) -> tuple[xlsxwriter.worksheet.Worksheet, int]:
    """A new sheet, and the line after what stands at its top."""
    page = book.add_worksheet(name)
    for column, width in enumerate((52, 14, 24)):
        page.set_column(column, column, width)
    page.freeze_panes(0, len(TEXTS))
    for line, mark in enumerate(marks):
        page.write_string(line, 0, mark, bold)
    return page, len(marks) + 1 if marks else 0


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
        self.chance = book.add_format({"num_format": '[<0.001]"< 0.001";0.000', "valign": "top"})


def _write(page: xlsxwriter.worksheet.Worksheet, line: int, table: Table, formats: _Formats) -> int:
    """Write a table from a line on; the line after it."""
    page.write_string(line, 0, table.heading, formats.heading)
    before = len(TEXTS)
    last = before + len(CELLS) * len(table.groups)
    for column in range(last + 1):
        page.write_blank(line + 1, column, None, formats.group)
    for place, words in enumerate(table.groups.values()):
        page.write_string(line + 1, before + len(CELLS) * place, words, formats.group)
        for offset, name in enumerate(CELLS):
            column = before + len(CELLS) * place + offset
            page.write_string(line + 2, column, name, formats.quiet)
            page.set_column(column, column, (11, 22, 9)[offset])
    tested = any(one.p_value is not None for row in table.rows for one in row.of.values())
    if tested:
        page.write_string(line + 1, last, "groups differ", formats.group)
        page.write_string(line + 2, last, "p", formats.quiet)
    for column, name in enumerate(TEXTS):
        page.write_string(line + 2, column, name, formats.quiet)
    line += 3
    title = ""
    for row in table.rows:
        if row.title != title:
            page.write_string(line, 0, row.title, formats.text)
            page.write_string(line, 1, row.people, formats.quiet)
        page.write_string(line, 2, row.answer, formats.text)
        for place, group in enumerate(table.groups):
            if group in row.of:
                _cell(page, line, before + len(CELLS) * place, row.of[group], formats)
        found = next((row.of[group] for group in table.groups if group in row.of and row.of[group].test), None)
        if row.title != title and found is not None and found.p_value is not None:
            page.write_number(line, last, found.p_value, formats.chance)
        title = row.title
        line += 1
    return line


def _cell(page: xlsxwriter.worksheet.Worksheet, line: int, column: int, one: Finding, formats: _Formats) -> None:
    """Value, interval and n; in place of what is not shown, the reason."""
    if one.value is None or one.standing in (Standing.SUPPRESS, Standing.PROTECTED):
        page.write_string(line, column, NOT_SHOWN, formats.quiet)
        page.write_string(line, column + 1, REASONS.get(one.standing, "nobody has a value"), formats.quiet)
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
