"""How languages are set: fonts, line spacing and size, read from `typography.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

_FILE = Path(__file__).parent / "typography.toml"


@dataclass(frozen=True, kw_only=True)
class Typography:
    """Fonts in the order they are looked up; `above`, `below`, `leading` in em; `scale` against the layout's sizes."""

    fonts: tuple[str, ...]
    above: float
    below: float
    leading: float
    scale: float


@cache
def of(language: str) -> Typography:
    """How one language is set."""
    languages = msgspec.convert(tomllib.loads(_FILE.read_text("utf-8")), dict[str, Typography])
    return languages.get(language, languages["default"])
