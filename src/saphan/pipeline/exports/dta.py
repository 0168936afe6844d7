"""Stata files (release 118): numbers with value labels, and reasons for no answer as extended missing values.

Written row by row, which `pyreadstat` cannot; it reads what is written here in the tests. Format: Stata, "Description
of .dta file format 118".
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Callable
from typing import BinaryIO, cast

from saphan.collect.forms.model import State
from saphan.pipeline.exports.archive import Member
from saphan.pipeline.exports.model import Cell, Column, Kind, Row, Sheet
from saphan.pipeline.exports.statistics import ChangedError, Coding, Measured, coding, cut, names

MISSING = {State.NOT_ASKED: 1, State.DONT_KNOW: 2, State.REFUSED: 3}  # .a .b .c
_LONG_MISSING = 2_147_483_621  # "."
_DOUBLE_MISSING = 0x7FE0000000000000
_STEP = 0x0000010000000000
_TEXT, _STRL, _DOUBLE, _LONG = 2045, 32768, 65526, 65528
_GSO = 20  # bytes of a long text's head, and one that ends it
_FULL = 1 << 18


class Writer:
    """One table as a Stata file."""

    def __init__(self, sheet: Sheet, member: Member, measured: Measured, language: str) -> None:
        self._member = member
        self._measured = measured
        self._rows = 0
        self._parts: list[bytes] = []
        self._size = 0
        # Long texts stand behind all rows; until then in a file without a name, as everything else.
        self._long = cast(BinaryIO, tempfile.TemporaryFile(dir=member.folder))  # noqa: SIM115 - closed by `close`
        self._codings = [
            coding(column, others, language) for column, others in zip(sheet.columns, measured.others, strict=True)
        ]
        self._kinds = [
            _kind(column, coded, width)
            for column, coded, width in zip(sheet.columns, self._codings, measured.widths, strict=True)
        ]
        self._cells = [self._cell(place) for place in range(len(sheet.columns))]
        self._names = names(sheet.columns, 32)
        self._head(sheet.columns)

    def write(self, row: Row) -> None:
        """Add one row."""
        self._rows += 1
        data = b"".join([write(cell) for write, cell in zip(self._cells, row, strict=True)])
        self._parts.append(data)
        self._size += len(data)
        if self._size > _FULL:
            self._flush()

    def close(self) -> None:
        """Write what is left and the end; ChangedError if the rows were not those that the header says."""
        self._parts.append(b"</data><strls>")
        self._flush()
        wanted = sum(
            self._measured.bytes[place] + (_GSO + 1) * self._measured.filled[place]
            for place, kind in enumerate(self._kinds)
            if kind == _STRL
        )
        if self._rows != self._measured.rows or self._long.tell() != wanted:
            self._long.close()
            raise ChangedError
        self._long.seek(0)
        shutil.copyfileobj(self._long, cast(BinaryIO, self._member), _FULL)
        self._long.close()
        self._member.write(b"</strls>" + self._labels() + b"</stata_dta>")

    def _flush(self) -> None:
        self._member.write(b"".join(self._parts))
        self._parts.clear()
        self._size = 0

    def _head(self, columns: tuple[Column, ...]) -> None:
        count, rows = len(columns), self._measured.rows
        head = (
            b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>"
            + struct.pack("<H", count)
            + b"</K><N>"
            + struct.pack("<Q", rows)
            + b"</N><label>\0\0</label><timestamp>\0</timestamp></header>"
        )
        labelled = [name if coded else "" for name, coded in zip(self._names, self._codings, strict=True)]
        sections = [
            _section("variable_types", struct.pack(f"<{count}H", *self._kinds)),
            _section("varnames", _fixed(self._names, 129)),
            _section("sortlist", b"\0\0" * (count + 1)),
            _section("formats", _fixed([_format(kind) for kind in self._kinds], 57)),
            _section("value_label_names", _fixed(labelled, 129)),
            _section("variable_labels", b"".join(cut(column.label, 320).ljust(321, b"\0") for column in columns)),
            b"<characteristics></characteristics>",
        ]
        width = sum(kind if kind <= _TEXT else 4 if kind == _LONG else 8 for kind in self._kinds)
        strls = sum(
            self._measured.bytes[place] + (_GSO + 1) * self._measured.filled[place]
            for place, kind in enumerate(self._kinds)
            if kind == _STRL
        )
        offsets = [0, len(head)]
        offsets.append(len(head) + len(b"<map></map>") + 14 * 8)
        for section in sections:
            offsets.append(offsets[-1] + len(section))
        offsets.append(offsets[-1] + len(b"<data></data>") + width * rows)
        offsets.append(offsets[-1] + len(b"<strls></strls>") + strls)
        offsets.append(offsets[-1] + len(self._labels()))
        offsets.append(offsets[-1] + len(b"</stata_dta>"))
        self._member.write(head + _section("map", struct.pack("<14Q", *offsets)) + b"".join(sections) + b"<data>")

    def _labels(self) -> bytes:
        parts = []
        for name, coded in zip(self._names, self._codings, strict=True):
            if coded is None:
                continue
            words = dict(coded.words)
            words |= {_LONG_MISSING + MISSING[state]: label for state, label in coded.reasons.items()}
            texts = [cut(label, 32_000) + b"\0" for label in words.values()]
            places, end = [], 0
            for text in texts:
                places.append(end)
                end += len(text)
            table = struct.pack(f"<ii{2 * len(words)}i", len(words), end, *places, *words) + b"".join(texts)
            parts.append(
                b"<lbl>"
                + struct.pack("<i", len(table))
                + name.encode().ljust(129, b"\0")
                + b"\0" * 3
                + table
                + b"</lbl>"
            )
        return _section("value_labels", b"".join(parts))

    def _cell(self, place: int) -> Callable[[Cell], bytes]:
        kind, coded = self._kinds[place], self._codings[place]
        if coded is None:
            return self._long_text(place) if kind == _STRL else _text(kind)
        if kind == _LONG:
            pack = struct.Struct("<i").pack
            gone = {state: pack(_LONG_MISSING + number) for state, number in MISSING.items()}
            nothing = pack(_LONG_MISSING)
        else:
            pack = struct.Struct("<d").pack
            gone = {state: struct.pack("<Q", _DOUBLE_MISSING + _STEP * number) for state, number in MISSING.items()}
            nothing = struct.pack("<Q", _DOUBLE_MISSING)
        codes = {name: pack(code) for name, code in coded.codes.items()}

        def write(cell: Cell) -> bytes:
            if cell is None:
                return nothing
            if type(cell) is State:
                return gone[cell]
            if type(cell) is str:
                try:
                    return codes[cell]
                except KeyError:
                    raise ChangedError from None
            return pack(cell)

        return write

    def _long_text(self, place: int) -> Callable[[Cell], bytes]:
        variable = place + 1

        def write(cell: Cell) -> bytes:
            if cell is None or type(cell) is State or cell == "":
                return b"\0" * 8
            data = str(cell).encode("utf-8", "replace")
            self._long.write(b"GSO" + struct.pack("<IQBI", variable, self._rows, 130, len(data) + 1) + data + b"\0")
            return struct.pack("<HIH", variable, self._rows & 0xFFFFFFFF, self._rows >> 32)

        return write


def _kind(column: Column, coded: Coding | None, width: int) -> int:
    if coded is None:
        return max(width, 1) if width <= _TEXT else _STRL
    return _LONG if column.kind in (Kind.TEXT, Kind.FLAG) else _DOUBLE


def _format(kind: int) -> str:
    if kind <= _STRL:
        return f"%{min(kind, 80)}s" if kind <= _TEXT else "%9s"
    return "%12.0g" if kind == _LONG else "%14.0g"


def _section(name: str, content: bytes) -> bytes:
    return b"<%s>%s</%s>" % (name.encode(), content, name.encode())


def _fixed(texts: list[str], width: int) -> bytes:
    return b"".join(text.encode().ljust(width, b"\0") for text in texts)


def _text(width: int) -> Callable[[Cell], bytes]:
    def write(cell: Cell) -> bytes:
        data = str(cell).encode("utf-8", "replace") if cell is not None and type(cell) is not State else b""
        if len(data) > width:
            raise ChangedError
        return data.ljust(width, b"\0")

    return write
