"""What a chart shows: values that come from figures, each with its label and its print, and nothing typed by hand."""

from __future__ import annotations

from dataclasses import dataclass

from saphan.publish.figures.wording import Printed


@dataclass(frozen=True, kw_only=True)
class Datum:
    """One figure in a chart, in its unit; `low` and `high` equal `value` where it has no interval."""

    label: str
    value: float
    low: float
    high: float
    printed: Printed
    interval: Printed | None  # the interval in words, for the table beside the chart
    respondents: Printed | None = None  # how many answered, of a sample
