"""The remedy "did you mean ...": the name nearest to one that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def remedy(name: str, known: Iterable[str], *, what: str = "names") -> str:
    """A sentence that proposes the closest known name, or lists a few of them."""
    names = sorted(str(each) for each in known)  # members of an enumeration by their words
    close = difflib.get_close_matches(name, names, n=10, cutoff=0.6)
    if close:
        return f"Did you mean {max(close, key=lambda known: _likeness(name, known))!r}?"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"The known {what} are: {shown}." if names else f"No {what} are known yet."


def _likeness(name: str, known: str) -> tuple[float, int]:
    # Of names equally close, the one that begins alike: a P-code's first digits say where it lies.
    alike = difflib.SequenceMatcher(None, known, name).ratio()
    begins = next(
        (index for index, pair in enumerate(zip(name, known, strict=False)) if pair[0] != pair[1]), len(known)
    )
    return alike, begins
