"""CSV, one file a table: Central's with commas, Kobo's with semicolons and every cell in quotes."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8

from saphan.pipeline.exports.archive import Member
from saphan.pipeline.exports.choices import Dialect
from saphan.pipeline.exports.model import Options, Row, Sheet
from saphan.publish.formats.csv import guard

_FULL = 1 << 18
_END = "\r\n"
# Signed numbers and telephone numbers begin like formulas and are none; programs need them as they are.
_PLAIN = re.compile(r"[+-][0-9]+(?:[.][0-9]+)?|\+[0-9][0-9 ]*", re.ASCII)


class Writer:
    """One table as CSV, written in pieces."""

    def __init__(self, sheet: Sheet, member: Member, options: Options) -> None:
        self._member = member
        self._lines = _Lines()
        # Python 3.11 puts quotes only around what stands in the end of a line: with "\n" alone, a carriage return in an
        # answer would go bare, and what follows it would begin a row of its own.
        if options.dialect is Dialect.KOBO:
            self._csv = csv.writer(self._lines, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator=_END)
        else:
            self._csv = csv.writer(self._lines, lineterminator=_END)
        if options.mark:
            member.write(BOM_UTF8)
        self._csv.writerow([neutral(column.name) for column in sheet.columns])
        if options.label_row:
            self._csv.writerow([neutral(column.label) for column in sheet.columns])

    def write(self, row: Row) -> None:
        """Add one row."""
        self._csv.writerow([cell if type(cell) is not str or cell[:1].isalnum() else neutral(cell) for cell in row])
        if self._lines.size > _FULL:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()

    def _flush(self) -> None:
        self._member.write("".join(self._lines.kept).encode("utf-8", "replace"))
        self._lines.kept.clear()
        self._lines.size = 0


class _Lines:
    """What `csv.writer` writes its lines to, one a call: kept with the end that both dialects have, a line feed."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.size = 0

    def write(self, line: str) -> None:
        self.kept.append(line[: -len(_END)] + "\n")
        self.size += len(line)


def neutral(cell: str) -> str:
    """The text, with a quote before it where a spreadsheet would run it."""
    if cell[:1].isalnum() or _PLAIN.fullmatch(cell):
        return cell
    return guard(cell)
