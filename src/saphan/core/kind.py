"""What one entry of the catalogue of problems is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One entry of the catalogue: `what` and `remedy` are templates filled from the facts given to `problem`."""

    code: str
    status: int  # the HTTP status a web way in answers with
    what: str
    remedy: str


def catalogue(*rows: tuple[str, int, str, str]) -> dict[str, Kind]:
    """The entries by their code, from rows of code, status, what and remedy."""
    return {code: Kind(code=code, status=status, what=what, remedy=remedy) for code, status, what, remedy in rows}
