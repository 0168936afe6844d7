"""What products are made of and what they leave behind: prints of figures, and files that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from saphan.publish.figures.hedge import Hedge


@dataclass(frozen=True, kw_only=True)
class Printed:
    """One figure as a product prints it: enough to print it again from the figure alone and compare letter by letter.

    `hedge` says how: bare, its interval, or a claim ("more than 1,200,000"); `key` is the first eight characters of the
    figure's key; `text` is what stands there, letter by letter.
    """

    figure: str
    key: str
    hedge: Hedge
    language: str
    text: str
    place: str = ""  # where it was read: "page 2", or the block of a page


@dataclass(frozen=True, kw_only=True)
class Product:
    """A file that was made, its SHA-256, and every figure printed in it, in reading order."""

    path: Path
    language: str
    sha256: str
    printed: tuple[Printed, ...]
