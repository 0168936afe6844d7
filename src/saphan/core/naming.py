"""Names that never change: how a figure is called, from the indicator that makes it to the page that prints it."""

from __future__ import annotations

from collections.abc import Mapping


def name_of(indicator: str, cell: Mapping[str, str], period: str) -> str:
    """The name of a figure: indicator, cell in key order, period, joined by slashes; safe in a path and in a shell."""
    return "/".join([indicator, *(f"{key}={cell[key]}" for key in sorted(cell)), period])
