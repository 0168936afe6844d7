"""SPSS system files: numbers with value labels, and reasons for no answer as user-missing values.

Written row by row, which `pyreadstat` cannot: it takes a whole table as a data frame. It reads what is written here in
the tests. Format: the GNU PSPP developers' guide, "System File Format".
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable

from saphan.collect.forms.model import State
from saphan.pipeline.exports.archive import Member
from saphan.pipeline.exports.model import Cell, Column, Kind, Row, Sheet
from saphan.pipeline.exports.statistics import ChangedError, Coding, Measured, coding, cut, names

MISSING = {State.NOT_ASKED: -9999997.0, State.DONT_KNOW: -9999998.0, State.REFUSED: -9999999.0}
_LONGEST = 32_767  # bytes of a text; SPSS has no longer ones
_SYSMIS = -sys.float_info.max
_LOWEST = struct.unpack("<d", struct.pack("<Q", 0xFFEFFFFFFFFFFFFE))[0]
_FULL = 1 << 18
_LABEL, _VALUE_LABEL, _NAME = 255, 120, 64
_NUMBERS = struct.Struct("<d").pack


class Writer:
    """One table as a system file."""

    def __init__(self, sheet: Sheet, member: Member, measured: Measured, language: str) -> None:
        self._member = member
        self._measured = measured
        self._rows = 0
        self._parts: list[bytes] = []
        self._size = 0
        codings = [coding(c, others, language) for c, others in zip(sheet.columns, measured.others, strict=True)]
        widths = [
            0 if coded else min(max(width, 1), _LONGEST) for coded, width in zip(codings, measured.widths, strict=True)
        ]
        self._cells = [_number(coded) if coded else _text(width) for coded, width in zip(codings, widths, strict=True)]
        self._head(sheet.columns, codings, widths)

    def write(self, row: Row) -> None:
        """Add one row."""
        self._rows += 1
        data = b"".join([write(cell) for write, cell in zip(self._cells, row, strict=True)])
        self._parts.append(data)
        self._size += len(data)
        if self._size > _FULL:
            self._flush()

    def close(self) -> None:
        """Write what is left; ChangedError if there were not as many rows as the header says."""
        self._flush()
        if self._rows != self._measured.rows:
            raise ChangedError

    def _flush(self) -> None:
        self._member.write(b"".join(self._parts))
        self._parts.clear()
        self._size = 0

    def _head(self, columns: tuple[Column, ...], codings: list[Coding | None], widths: list[int]) -> None:
        records: list[bytes] = []
        labels: list[bytes] = []
        long_names: list[str] = []
        very_long: list[str] = []
        index = 1
        segment = 0
        for column, name, coded, width in zip(columns, names(columns, _NAME), codings, widths, strict=True):
            pieces = _segments(width)
            for number, piece in enumerate(pieces):
                short = f"V{segment:07d}"
                segment += 1
                if number == 0:
                    long_names.append(f"{short}={name}")
                    if len(pieces) > 1:
                        very_long.append(f"{short}={width:05d}\0\t")
                    if coded:
                        labels.append(_value_labels(coded, index))
                records.append(_variable(short, piece, column, coded, first=number == 0))
                more = max(-(-piece // 8) - 1, 0)
                records.extend([struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, b" " * 8)] * more)
                index += 1 + more
        head = struct.pack(
            "<4s60siiiiid9s8s64s3s", b"$FL2", b"@(#) SPSS DATA FILE".ljust(60), 2, index - 1, 0, 0,
            self._measured.rows, 100.0, b"01 Jan 80", b"00:00:00", b" " * 64, b"\0" * 3,
        )  # fmt: skip
        parts = [head, *records, *labels]
        parts.append(struct.pack("<iiii8i", 7, 3, 4, 8, 27, 0, 0, -1, 1, 1, 2, 65001))
        parts.append(struct.pack("<iiii3d", 7, 4, 8, 3, _SYSMIS, sys.float_info.max, _LOWEST))
        for kind, text in ((13, "\t".join(long_names)), (14, "".join(very_long)), (20, "UTF-8")):
            if text:
                data = text.encode()
                parts.append(struct.pack("<iiii", 7, kind, 1, len(data)) + data)
        parts.append(struct.pack("<ii", 999, 0))
        self._member.write(b"".join(parts))


def _segments(width: int) -> list[int]:
    """The widths under which a text is declared: texts beyond 255 bytes come as several variables; 0 is a number."""
    if width <= 255:
        return [width]
    count = -(-width // 252)
    return [255] * (count - 1) + [width - 252 * (count - 1)]


def _variable(short: str, width: int, column: Column, coded: Coding | None, *, first: bool) -> bytes:
    label = cut(column.label, _LABEL) if first else b""
    decimals = 4 if column.kind is Kind.DECIMAL else 0
    shown = 1 << 16 | width << 8 if coded is None else 5 << 16 | 12 << 8 | decimals
    missing = list(MISSING.values()) if coded else []
    record = struct.pack("<iiiiii8s", 2, width, 1 if label else 0, len(missing), shown, shown, short.encode().ljust(8))
    if label:
        record += struct.pack("<i", len(label)) + label + b" " * (-len(label) % 4)
    return record + struct.pack(f"<{len(missing)}d", *missing)


def _value_labels(coded: Coding, index: int) -> bytes:
    words = {float(code): label for code, label in coded.words.items()}
    words |= {MISSING[state]: label for state, label in coded.reasons.items()}
    parts = [struct.pack("<ii", 3, len(words))]
    for value, label in words.items():
        data = cut(label, _VALUE_LABEL)
        parts.append(struct.pack("<dB", value, len(data)) + data + b" " * (-(len(data) + 1) % 8))
    parts.append(struct.pack("<iii", 4, 1, index))
    return b"".join(parts)


def _number(coded: Coding) -> Callable[[Cell], bytes]:
    known = {None: _NUMBERS(_SYSMIS)}
    known |= {name: _NUMBERS(code) for name, code in coded.codes.items()}  # type: ignore[misc]
    missing = {state: _NUMBERS(value) for state, value in MISSING.items()}

    def write(cell: Cell) -> bytes:
        if type(cell) is State:
            return missing[cell]
        if cell is None or type(cell) is str:
            try:
                return known[cell]
            except KeyError:
                raise ChangedError from None
        return _NUMBERS(cell)

    return write


def _text(width: int) -> Callable[[Cell], bytes]:
    pieces = _segments(width)
    room = [-(-piece // 8) * 8 for piece in pieces]

    def write(cell: Cell) -> bytes:
        data = cut(str(cell), _LONGEST) if cell is not None and type(cell) is not State else b""
        if len(data) > width:
            raise ChangedError
        if len(pieces) == 1:
            return data.ljust(room[0])
        return b"".join(data[255 * number : 255 * (number + 1)].ljust(size) for number, size in enumerate(room))

    return write
