"""The remedy "did you mean ...": the name nearest to one that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def remedy(name: str, known: Iterable[str], *, what: str = "names") -> str:
    """A sentence that proposes the closest known name, or lists a few of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"The known {what} are: {shown}." if names else f"No {what} are known yet."
