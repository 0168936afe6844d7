"""Alters a PDF as somebody would who wants a number to read otherwise: in the drawn text, leaving all else as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject, ContentStream, DecodedStreamObject, NameObject, StreamObject


def redraw(source: Path, target: Path, drawn: str, instead: str) -> None:
    """Draw `instead` where `drawn` first stands; letters must be as many, and stand somewhere else in the same font."""
    assert len(drawn) == len(instead)
    writer = PdfWriter(clone_from=str(source))
    for page in writer.pages:
        content = ContentStream(page["/Contents"], writer)
        fonts = {name: _letters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
        current: dict[int, str] = {}
        for operands, operator in content.operations:
            if operator in (b"Tj", b"TJ"):
                _keep_bytes(operands)
            if operator == b"Tf":
                current = fonts[operands[0]]
            elif drawn and operator in (b"Tj", b"TJ") and _redrawn(operands, current, drawn, instead):
                drawn = ""
        if not drawn:
            stream = DecodedStreamObject()
            content.operations = list(content.operations)
            stream.set_data(content.get_data())
            page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
            writer.write(str(target))
            return
    raise AssertionError(f"{drawn} is drawn nowhere in one piece")


def _keep_bytes(operands: list[Any]) -> None:
    """Make every shown string a byte string, so that writing it again changes nothing."""
    array = operands[0] if isinstance(operands[0], ArrayObject) else operands
    for index, part in enumerate(array):
        if not isinstance(part, (int, float)):
            array[index] = ByteStringObject(_bytes(part))


def _redrawn(operands: list[Any], letters: dict[int, str], drawn: str, instead: str) -> bool:
    """Exchange the glyphs in one showing of text, if it holds `drawn`."""
    array = operands[0] if isinstance(operands[0], ArrayObject) else operands
    places = [
        (index, start, int.from_bytes(_bytes(part)[start : start + 2], "big"))
        for index, part in enumerate(array)
        if not isinstance(part, (int, float))
        for start in range(0, len(_bytes(part)), 2)
    ]
    text = "".join(letters.get(glyph, "?")[:1] for _, _, glyph in places)
    at = text.find(drawn)
    if at < 0:
        return False
    glyphs = {letter: glyph for glyph, letter in letters.items()}
    for offset, letter in enumerate(instead):
        index, start, _ = places[at + offset]
        data = _bytes(array[index])
        array[index] = ByteStringObject(data[:start] + glyphs[letter].to_bytes(2, "big") + data[start + 2 :])
    return True


def _bytes(part: Any) -> bytes:
    """The glyph codes of a string, two bytes each, which the library may have taken for UTF-16."""
    if isinstance(part, bytes):
        return bytes(part)
    return part.encode("utf-16-be") if part.autodetect_utf16 else part.original_bytes


def _letters(font: Any) -> dict[int, str]:
    """Glyph to letter, from a font's ToUnicode map."""
    table: StreamObject = font["/ToUnicode"].get_object()
    text = table.get_data().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.S):
        for glyph, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.S):
        for first, last, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            start = bytes.fromhex(letters).decode("utf-16-be")
            for glyph in range(int(first, 16), int(last, 16) + 1):
                found[glyph] = chr(ord(start[-1]) + glyph - int(first, 16))
    return found


def reattach(source: Path, target: Path, before: bytes, after: bytes) -> None:
    """Exchange bytes in the register inside a PDF, wherever its stream lies."""
    writer = PdfWriter(clone_from=str(source))
    changed = 0
    for thing in writer._objects:
        stream = thing.get_object() if thing is not None else None
        if isinstance(stream, StreamObject) and stream.get("/Type") == "/EmbeddedFile":
            data = stream.get_data()
            if before in data:
                stream.set_data(data.replace(before, after, 1))
                changed += 1
    assert changed, "the bytes stand in no attachment"
    writer.write(str(target))
