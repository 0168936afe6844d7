"""How wide a line of text is: advance widths read from the fonts that print it.

Shaping only takes away (marks above and below have no advance of their own, stacked letters share one), so the sum of
the advances is never less than what is drawn by the same font: enough to keep labels apart.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parents[1] / "fonts"
_FILES = ("NotoSans", "NotoSansThai", "NotoSansMyanmar")
_UNKNOWN = 0.6  # of the size: a letter that no font of ours holds


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of `text` at `size`, in the unit of `size`; never too small for our own fonts."""
    advances = _advances(bold)
    return size * sum(advances.get(ord(letter), _UNKNOWN) for letter in text)


@cache
def _advances(bold: bool) -> Mapping[int, float]:
    """Character to advance width as a share of the size; the first font that has a character gives it."""
    found: dict[int, float] = {}
    for family in _FILES:
        for character, advance in _read(FONTS / f"{family}-{'Bold' if bold else 'Regular'}.ttf").items():
            found.setdefault(character, advance)
    return found


def _read(path: Path) -> dict[int, float]:
    """Advance widths of a TrueType font by character, from its tables head, hhea, hmtx and cmap (OpenType 1.9)."""
    data = path.read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {}
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        tables[tag] = offset
    (units,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
    (measured,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)

    def advance(glyph: int) -> float:
        (value,) = struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * min(glyph, measured - 1))
        return float(value) / float(units)

    return {character: advance(glyph) for character, glyph in _characters(data, tables[b"cmap"]).items()}


def _characters(data: bytes, table: int) -> dict[int, int]:
    """Character to glyph, from the Unicode subtable of format 4 that every TrueType font has."""
    (count,) = struct.unpack_from(">H", data, table + 2)
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, table + 4 + 8 * index)
        start = table + offset
        if (platform, encoding) in ((3, 1), (0, 3)) and struct.unpack_from(">H", data, start) == (4,):
            return _format_4(data, start)
    raise ValueError("the font has no Unicode character map of format 4")


def _format_4(data: bytes, start: int) -> dict[int, int]:
    (doubled,) = struct.unpack_from(">H", data, start + 6)
    segments = doubled // 2
    ends = struct.unpack_from(f">{segments}H", data, start + 14)
    starts = struct.unpack_from(f">{segments}H", data, start + 16 + doubled)
    deltas = struct.unpack_from(f">{segments}H", data, start + 16 + 2 * doubled)
    ranges_at = start + 16 + 3 * doubled
    ranges = struct.unpack_from(f">{segments}H", data, ranges_at)
    glyphs = {}
    for index, (first, last, delta, indirect) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for character in range(first, min(last, 0xFFFE) + 1):
            glyph = character
            if indirect:
                (glyph,) = struct.unpack_from(">H", data, ranges_at + 2 * index + indirect + 2 * (character - first))
            if glyph or not indirect:
                glyphs[character] = (glyph + delta) % 65536
    return glyphs
