"""What can be wrong with a published file that is held against the figures computed again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with one print, or with the register a product carries."""

    UNKNOWN = "unknown"  # the figure is not among those computed, or may not go outside
    KEY = "key"  # it stands under the key of another content
    TEXT = "text"  # other letters stand there than the figure is printed with
    HEDGE = "hedge"  # the claim is not true of the figure
    REGISTER = "register"  # the register inside says something else of the figure
    LINK = "link"  # a print was taken out, doubled or redirected


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """One thing that does not agree: which figure, where, what should stand there and what stands there."""

    fault: Fault
    figure: str
    where: str
    expected: str
    found: str
