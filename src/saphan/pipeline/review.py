"""The list of issues between submissions, as a table to review: pseudonyms, checks and columns, never an answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from saphan.collect.checks import Issue

HEADER = ("submission", "check", "severity", "table", "row", "column")


def encode(issues: Iterable[Issue]) -> bytes:
    """The issues as CSV, sorted, so that equal issues give equal bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(sorted((one.instance, one.check, one.severity, one.table, one.row, one.column) for one in issues))
    return text.getvalue().encode()
