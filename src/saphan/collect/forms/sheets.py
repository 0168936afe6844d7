"""The sheets of an XLSForm, with their row numbers, so that a finding can name the row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from saphan.core.problem import At, problem

_LONGEST = 50_000_000  # bytes an XLSX may take unpacked; more is not a form


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row that is not empty: its number in the sheet (the header is 1), and its cells by column as text."""

    number: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        """The cell's text without the space around it; empty if the column or the cell is."""
        return self.cells.get(column, "")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its columns in order, and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read(data: bytes, file: str) -> Mapping[str, Sheet]:
    """The sheets of an XLSX by name in lower case; the problem `form.broken` if it is none, or is cut short."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LONGEST:
                raise problem("form.broken", At(file=file), detail=f"it unpacks to more than {_LONGEST:,} bytes")
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [_sheet(worksheet.title, list(worksheet.iter_rows(values_only=True))) for worksheet in workbook]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, EOFError, OSError, SyntaxError) as error:
        # openpyxl lets through whatever its reading of the parts raises; a parse error is a SyntaxError.
        raise problem("form.broken", At(file=file), detail=_first_line(error)) from error
    return {sheet.name.strip().lower(): sheet for sheet in sheets}


def _sheet(name: str, values: list[tuple[object, ...]]) -> Sheet:
    columns = tuple(" ".join(_text(cell).split()) for cell in (values[0] if values else ()))
    rows = []
    for number, cells in enumerate(values[1:], start=2):
        filled = {column: _text(cell) for column, cell in zip(columns, cells, strict=False) if column and _text(cell)}
        if filled:
            rows.append(Row(number=number, cells=filled))
    return Sheet(name=name, columns=tuple(column for column in columns if column), rows=tuple(rows))


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip("'\" ") or type(error).__name__
