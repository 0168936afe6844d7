"""Options that a caller may give as a member or as its text; anything else is refused with what there is."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

Option = TypeVar("Option", bound=StrEnum)


def option(kind: type[Option], given: Option | str) -> Option:
    """The member of a kind. ValueError for text that names none."""
    try:
        return kind(given)
    except ValueError:
        raise ValueError(f"{given!r} is none of {', '.join(kind)}") from None
