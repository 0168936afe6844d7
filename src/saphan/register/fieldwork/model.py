"""What the register answers about fieldwork."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a study said that it would do: canonical JSON and its SHA-256, when, by whom, and its place in the chain."""

    digest: str
    protocol: str
    at: datetime
    by: str
    sequence: int
