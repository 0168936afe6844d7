"""CSV: UTF-8, one header row, no byte order mark, and no cell that a spreadsheet would run.

Without a mark, because every reader but Excel takes it for part of the first column's name. The figures are all ASCII
codes, which Excel opens rightly; the names in other scripts are in the XLSX too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

# What spreadsheets take for the start of a formula, also behind blanks, control characters and a byte order mark, and
# in its full-width forms (a formula trigger hidden so was found in a case management system in 2026).
_FORMULA = re.compile("[\\s\\x00-\\x1f\\x7f\ufeff]*[=+\\-@|%\uff1d\uff0b\uff0d\uff20]")
_GUARD = "'"


def write(header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[bool] = ()) -> str:
    """The text of a CSV file; cells of columns not marked as `numbers` are guarded against being run."""
    numeric = tuple(numbers) or (False,) * len(header)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell if plain else guard(cell) for cell, plain in zip(row, numeric, strict=True)])
    return text.getvalue()


def read(text: str) -> list[Mapping[str, str]]:
    """The rows of a CSV file by column, its guards taken off; `NA` stays what it is."""
    rows = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
    return [{str(name): unguard(str(cell)) for name, cell in row.items()} for row in rows]


def guard(cell: str) -> str:
    """A text that no spreadsheet runs: a quote goes before what looks like a formula (or like a guarded one)."""
    return _GUARD + cell if _FORMULA.match(cell.lstrip(_GUARD)) else cell


def unguard(cell: str) -> str:
    """The text that was guarded."""
    return cell[1:] if cell.startswith(_GUARD) and _FORMULA.match(cell.lstrip(_GUARD)) else cell
