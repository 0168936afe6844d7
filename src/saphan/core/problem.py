"""One catalogue of everything that can go wrong, each with a number, a place, and a way out.

A problem is raised where it is known and caught at the way in (`cli`, `web`), nowhere between. To add one, add an
entry to `CATALOGUE`; its rendering on every way in, and its page in the reference, follow by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class At:
    """Where a problem was found: a file, and what is known of sheet, row (from 1), column and instance."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    instance: str | None = None

    def __str__(self) -> str:
        parts = [
            self.file,
            f"sheet {self.sheet}" if self.sheet else None,
            f"row {self.row}" if self.row is not None else None,
            f"column {self.column}" if self.column else None,
            f"submission {self.instance}" if self.instance else None,
        ]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One entry of the catalogue: `what` and `remedy` are templates filled from the facts given to `problem`."""

    code: str
    status: int  # the HTTP status a web way in answers with
    what: str
    remedy: str


def _catalogue(*rows: tuple[str, int, str, str]) -> dict[str, Kind]:
    return {code: Kind(code=code, status=status, what=what, remedy=remedy) for code, status, what, remedy in rows}


CATALOGUE: dict[str, Kind] = _catalogue(
    # mission: the country folder
    (
        "mission.missing",
        404,
        "There is no mission folder here.",
        "Give the path of a folder that holds mission.toml, or make one with `saphan new`.",
    ),
    ("mission.exists", 409, "{what} already exists and is not empty.", "Choose another folder; nothing was written."),
    ("file.missing", 404, "The file is missing.", "Add it, or take out the line that names it."),
    (
        "file.encoding",
        400,
        "The file is not UTF-8: byte {byte} cannot be read.",
        "Save it again as UTF-8 (in Excel: CSV UTF-8).",
    ),
    (
        "file.broken",
        400,
        "The file cannot be read: {detail}",
        "Open it in the program that made it, repair it and save it again.",
    ),
    ("toml.syntax", 400, "This is not valid TOML: {detail}", "Correct the line."),
    ("toml.value", 400, "{detail}", "Correct the value; docs/reference/mission-folder.md lists every key."),
    (
        "csv.column",
        400,
        "The column {column} is missing.",
        "Add it to the header row; the columns needed are {needed}.",
    ),
    ("csv.value", 400, "{value!r} is not {expected}.", "Correct the cell."),
    ("place.unknown", 400, "There is no place with P-code {pcode}.", "{nearest}"),
    (
        "place.nesting",
        400,
        "{pcode} does not lie in {parent}.",
        "A P-code starts with the P-code of the area it lies in; correct one of the two.",
    ),
    ("place.duplicate", 400, "{pcode} stands here twice.", "Keep one of the rows."),
    (
        "place.outside",
        400,
        "The point {point} lies at {longitude}, {latitude}, outside {pcode}.",
        "Check the coordinates (longitude first) or the P-code.",
    ),
    ("point.unknown", 400, "There is no monitoring point {point!r}.", "{nearest}"),
    (
        "dates.order",
        400,
        "{later} comes before {earlier}.",
        "Put the earlier date first; an end is the first day that no longer counts.",
    ),
    ("dates.outside", 400, "{date} lies outside {period}.", "Move the date, or widen the round's period."),
    # frames
    (
        "frame.missing",
        404,
        "There is no frozen snapshot here.",
        "Make one with `saphan build`, or give the path of a folder that holds manifest.json.",
    ),
    (
        "frame.altered",
        409,
        "This file is not the one that was frozen.",
        "Freeze again with `saphan build`; a snapshot is never edited.",
    ),
    (
        "frame.empty",
        409,
        "There is nothing to estimate: no {what} has been received.",
        "Import submissions first: `saphan import <mission> <file>`.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found wrong: its kind, where, what, and what to do about it."""

    code: str
    at: At
    what: str
    remedy: str

    def __str__(self) -> str:
        where = str(self.at)
        return f"{where}: {self.what} {self.remedy}" if where else f"{self.what} {self.remedy}"


class Problem(Exception):  # noqa: N818 - the field's word; it is shown to people, not only raised
    """What stops a verb: one or more findings. Catch it only at a way in."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: Sequence[Finding] = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))

    @property
    def status(self) -> int:
        """The HTTP status of the first finding."""
        return CATALOGUE[self.findings[0].code].status


def finding(code: str, at: At | None = None, **facts: object) -> Finding:
    """Fill one entry of the catalogue with its facts; KeyError if the code or a fact is missing."""
    kind = CATALOGUE[code]
    return Finding(code=code, at=at or At(), what=kind.what.format(**facts), remedy=kind.remedy.format(**facts))


def problem(code: str, at: At | None = None, **facts: object) -> Problem:
    """The exception for one finding: `raise problem("file.missing", At(file="mission.toml"))`."""
    return Problem([finding(code, at, **facts)])
