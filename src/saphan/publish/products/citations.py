"""Numbers and works of others, as the mission cites them: `citations.csv`, one row each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from saphan.core.problem import At, problem

_COLUMNS = ("id", "text", "producer", "title", "date", "licence", "address")


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What is cited: `text` is what stands in the sentence, the rest is how to find it."""

    id: str
    text: str
    producer: str
    title: str
    date: str
    licence: str
    address: str


def load(folder: Path) -> Mapping[str, Citation]:
    """The citations of a mission folder by id, none if it has no such file; Problem for a missing column."""
    path = folder / "citations.csv"
    if not path.is_file():
        return {}
    at = At(file=path.name)
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except UnicodeDecodeError as error:
        raise problem("file.encoding", at, byte=error.start) from None
    for column in _COLUMNS:
        if rows and column not in rows[0]:
            raise problem("csv.column", at, column=column, needed=", ".join(_COLUMNS))
    return {row["id"]: Citation(**{column: row[column] or "" for column in _COLUMNS}) for row in rows}
