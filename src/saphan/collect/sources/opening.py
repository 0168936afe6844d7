"""Opens whatever is to be imported: a folder, a zip, or a CSV of counts."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from saphan.collect.forms.model import Submission
from saphan.collect.sources.archive import Folder, Zip
from saphan.collect.sources.counts import Counts, Mapping
from saphan.core.problem import At, Finding, problem

_TABLES = (".csv", ".csv.gz", ".tsv", ".txt")


class Source(Protocol):
    """Submissions, one by one, and about how many there are."""

    @property
    def total(self) -> int | None:
        """How many submissions may come, for showing progress; None if nobody can know before reading."""
        ...

    def __iter__(self) -> Iterator[Submission]: ...


def open(  # noqa: A001 - the verb; read as `sources.open(path)`
    path: Path,
    *,
    received: datetime,
    report: Callable[[Finding], None],
    mapping: Mapping | None = None,
) -> Source:
    """The submissions in a folder or zip of XML, or in a CSV of counts (then `mapping` says what its columns are).

    `received` is when they reached us (with time zone), where the archive does not say it itself; `report` is told of
    every file or row that was left out, while reading goes on. Nothing is held but the submission at hand. Problem if
    there is nothing here that could be read.
    """
    if path.is_dir():
        return Folder(path, received=received, report=report)
    if not path.is_file():
        raise problem("file.missing", At(file=str(path)))
    if zipfile.is_zipfile(path):
        return Zip(path, received=received, report=report)
    if path.name.lower().endswith(_TABLES):
        if mapping is None:
            raise problem("source.mapping", At(file=path.name))
        return Counts(path, mapping, received=received, report=report)
    raise problem("source.unreadable", At(file=path.name), detail=_what_it_is(path))


def _what_it_is(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] == b"PK":
        return "the zip is cut short or damaged; its list of contents at the end is missing."
    if start[:2] == b"\x1f\x8b":
        return "it is compressed with gzip, and its name does not end in .csv.gz."
    return "it is neither a folder, a zip nor a CSV."
