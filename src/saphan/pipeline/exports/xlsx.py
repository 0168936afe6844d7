"""XLSX, one sheet a table, more where Excel's rows end; every text is a text cell, so that nothing is run or changed.

Written here because `xlsxwriter`, told to keep memory constant, leaves its rows readable in named files while it works.
Format: ECMA-376, transitional.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape, quoteattr

from saphan.pipeline.exports.archive import Member
from saphan.pipeline.exports.model import Cell, Options, Row, Sheet

ROWS = 1_048_576  # of a sheet, the names included
COLUMNS = 16_384
_CELL = 32_767  # characters
_NAME = 31  # characters of a sheet's name
_EXACT = 1 << 53  # larger whole numbers lose digits in Excel
_FULL = 1 << 18
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Book:
    """A workbook under way: `sheets` as the export has them; `open_member` makes a file of the archive."""

    def __init__(
        self, sheets: Sequence[Sheet], options: Options, open_member: Callable[[str], Member], *, rows: int = ROWS
    ) -> None:
        self._open = open_member
        self._limit = rows
        self._names: list[str] = []
        self._pages: list[_Page] = []
        self._current = [self._page(sheet, options) for sheet in sheets]
        self._sheets, self._options = sheets, options

    def write(self, place: int, row: Row) -> None:
        """Add a row to a sheet, to another of its name where it is full."""
        page = self._current[place]
        if page.rows >= self._limit:
            page = self._current[place] = self._page(self._sheets[place], self._options)
        page.write(row)

    def close(self) -> None:
        """Write what is left, and what holds the sheets together."""
        for page in self._pages:
            page.close()
        numbers = range(1, len(self._pages) + 1)
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(numbers, self._names, strict=True)
        )
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>' for n in numbers
        )
        self._part(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{parts}</Types>',
        )
        self._part(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        self._part(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
        )
        self._part(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
        )

    def _part(self, name: str, text: str) -> None:
        self._open(name).write((_HEAD + text).encode())

    def _page(self, sheet: Sheet, options: Options) -> _Page:
        self._names.append(self._name(sheet.name))
        member = self._open(f"xl/worksheets/sheet{len(self._names)}.xml")
        page = _Page(member)
        self._pages.append(page)
        page.write([column.name for column in sheet.columns])
        if options.label_row:
            page.write([column.label for column in sheet.columns])
        return page

    def _name(self, wanted: str) -> str:
        """A sheet's name as Excel takes it: 31 characters, some of them not, and no two alike."""
        plain = _NOT_IN_NAMES.sub("_", _NOT_XML.sub("_", wanted)).strip("'") or "answers"
        taken = {name.casefold() for name in self._names}
        name, count = plain[:_NAME], 1
        while name.casefold() in taken:
            count += 1
            end = f" {count}"
            name = plain[: _NAME - len(end)] + end
        return name


class _Page:
    """One sheet of the workbook."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self.rows = 0
        self._parts = [
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            "<sheetData>"
        ]
        self._size = 0

    def write(self, row: Sequence[Cell]) -> None:
        self.rows += 1
        text = "<row>" + "".join(map(_cell, row)) + "</row>"
        self._parts.append(text)
        self._size += len(text)
        if self._size > _FULL:
            self._flush()

    def close(self) -> None:
        self._parts.append("</sheetData></worksheet>")
        self._flush()

    def _flush(self) -> None:
        self._member.write("".join(self._parts).encode())
        self._parts.clear()
        self._size = 0


def _cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if type(cell) is str or (isinstance(cell, int) and abs(cell) > _EXACT):
        clean = escape(_NOT_XML.sub("\ufffd", str(cell)[:_CELL])).replace("\r", "&#13;")
        return f'<c t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'
    return f"<c><v>{cell!r}</v></c>"
