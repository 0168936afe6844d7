"""CSV, one file a table: Central's with commas, Kobo's with semicolons and every cell in quotes."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8

from saphan.pipeline.exports.archive import Member
from saphan.pipeline.exports.choices import Dialect
from saphan.pipeline.exports.model import Options, Row, Sheet
from saphan.publish.formats.csv import guard

_FULL = 1 << 18
# Signed numbers and telephone numbers begin like formulas and are none; programs need them as they are.
_PLAIN = re.compile(r"[+-][0-9]+(?:[.][0-9]+)?|\+[0-9][0-9 ]*", re.ASCII)


class Writer:
    """One table as CSV, written in pieces."""

    def __init__(self, sheet: Sheet, member: Member, options: Options) -> None:
        self._member = member
        self._text = io.StringIO(newline="")
        if options.dialect is Dialect.KOBO:
            self._csv = csv.writer(self._text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        else:
            self._csv = csv.writer(self._text, lineterminator="\n")
        if options.mark:
            member.write(BOM_UTF8)
        self._csv.writerow([neutral(column.name) for column in sheet.columns])
        if options.label_row:
            self._csv.writerow([neutral(column.label) for column in sheet.columns])

    def write(self, row: Row) -> None:
        """Add one row."""
        self._csv.writerow([neutral(cell) if type(cell) is str else cell for cell in row])
        if self._text.tell() > _FULL:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        self._flush()

    def _flush(self) -> None:
        self._member.write(self._text.getvalue().encode("utf-8", "replace"))
        self._text.seek(0)
        self._text.truncate()


def neutral(cell: str) -> str:
    """The text, with a quote before it where a spreadsheet would run it."""
    if cell[:1].isalnum() or _PLAIN.fullmatch(cell):
        return cell
    return guard(cell)
