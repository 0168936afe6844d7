"""What products leave behind: files, and the figures found printed in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from saphan.publish.figures.wording import Printed


@dataclass(frozen=True, kw_only=True)
class Product:
    """A file that was made, its SHA-256, and every figure printed in it, in reading order."""

    path: Path
    language: str
    sha256: str
    printed: tuple[Printed, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A figure as it stands in a product that was read back; `where` is a page ("page 2") or a block of one."""

    printed: Printed
    where: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a product says of itself: the register and dataset it carries, its figures as printed, faults in its links.

    `faults` names prints that were taken out, doubled, or stand under a link that leads to no figure.
    """

    register: bytes
    dataset: bytes | None
    found: tuple[Found, ...]
    faults: tuple[str, ...]
