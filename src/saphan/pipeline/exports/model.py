"""What an export is asked to be, and the columns it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from saphan.collect.forms.model import Choice, State
from saphan.pipeline.exports.choices import Dialect, Format

Cell = str | int | float | State | None  # a State stands for the reason why there is no answer, where a format keeps it
Row = list[Cell]


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"  # 1 chosen, 0 not chosen


@dataclass(frozen=True, kw_only=True)
class Options:
    """How answers are written: `labels` is the language of labels in place of codes, None for codes."""

    format: Format = Format.CSV
    dialect: Dialect = Dialect.CENTRAL
    labels: str | None = None
    split: bool = False  # select_multiple over all choices of its list
    mark: bool = False  # a byte order mark before CSV, for Excel
    label_row: bool = False  # the questions' words below the names
    all_versions: bool = False  # those too that were edited since
    quarantined: bool = False  # those too without consent
    confidential: bool = False  # questions of the class confidential too; secret ones never leave
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its `name` as written, the question's words, and the choices where it holds one of a list."""

    name: str
    label: str = ""
    kind: Kind = Kind.TEXT
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table to write: `name` as the dialect calls it."""

    name: str
    columns: tuple[Column, ...]


Rows = Iterator[tuple[int, Row]]  # the number of the sheet, and a row of it, parents before children
