"""A reading as bytes: compact MessagePack, what the register encrypts as the typed answers."""

from __future__ import annotations

from typing import Any

import msgspec

from saphan.collect.forms.model import Reading, Rows

# First in every encoding, so that what was stored by an older program is known for what it is.
VERSION = 1

_ENCODER = msgspec.msgpack.Encoder()


class _Packed(msgspec.Struct, array_like=True, frozen=True):
    """The parts in the order they are written; each table as name, values, states (a byte each), parents."""

    version: int
    form: str
    form_version: str
    instance: str
    deprecates: str | None
    consented: bool | None
    tables: list[tuple[str, list[list[Any]], bytes, list[int]]]
    faults: tuple[tuple[str, str], ...]
    unread: tuple[tuple[str, str], ...]


_DECODER = msgspec.msgpack.Decoder(_Packed)


def encode(reading: Reading) -> bytes:
    """A reading as MessagePack."""
    tables = [(rows.table, rows.values, b"".join(map(bytes, rows.states)), rows.parent) for rows in reading.tables]
    return _ENCODER.encode(
        (
            VERSION,
            reading.form,
            reading.version,
            reading.instance,
            reading.deprecates,
            reading.consented,
            tables,
            reading.faults,
            reading.unread,
        )
    )


def decode(data: bytes) -> Reading:
    """The reading that `encode` wrote; msgspec.DecodeError or ValidationError if it is none."""
    packed = _DECODER.decode(data)
    if packed.version != VERSION:
        raise msgspec.ValidationError(f"written in encoding {packed.version}; this program reads {VERSION}")
    return Reading(
        form=packed.form,
        version=packed.form_version,
        instance=packed.instance,
        deprecates=packed.deprecates,
        tables=tuple(_rows(*table) for table in packed.tables),
        faults=packed.faults,
        unread=packed.unread,
        consented=packed.consented,
    )


def _rows(table: str, values: list[list[Any]], states: bytes, parent: list[int]) -> Rows:
    width = len(values[0]) if values else 0
    rows = [list(states[start : start + width]) for start in range(0, len(states), width)] if width else []
    return Rows(table=table, values=values, states=rows or [[] for _ in values], parent=parent)
