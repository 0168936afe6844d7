"""One catalogue of everything that can go wrong, each with a number, a place, and a way out.

A problem is raised where it is known and caught at the way in (`cli`, `web`), nowhere between. To add one, add an
entry to `catalogue.CATALOGUE`; its rendering on every way in, and its page in the reference, follow by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from saphan.core.catalogue import CATALOGUE

__all__ = ["CATALOGUE", "At", "Finding", "Problem", "finding", "problem"]


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

    def __init__(self, findings: Iterable[Finding], facts: Mapping[str, object] | None = None) -> None:
        """`facts` are those of the first finding, for a way in that must say it in the words of a protocol."""
        self.findings: Sequence[Finding] = tuple(findings)
        self.facts: Mapping[str, object] = dict(facts or {})
        super().__init__("\n".join(str(finding) for finding in self.findings))

    @property
    def status(self) -> int:
        """The HTTP status of the first finding."""
        return CATALOGUE[self.findings[0].code].status


def finding(code: str, at: At | None = None, /, **facts: object) -> Finding:
    """Fill one entry of the catalogue with its facts; KeyError if the code or a fact is missing."""
    kind = CATALOGUE[code]
    return Finding(code=code, at=at or At(), what=kind.what.format(**facts), remedy=kind.remedy.format(**facts))


def problem(code: str, at: At | None = None, /, **facts: object) -> Problem:
    """The exception for one finding: `raise problem("file.missing", At(file="mission.toml"))`."""
    return Problem([finding(code, at, **facts)], facts)
