"""Whether a product that was read back says what the figures say: letter by letter, hedge by hedge."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, replace

from saphan.core.problem import At, Problem
from saphan.mission.model import Mission
from saphan.publish import formats
from saphan.publish.figures.agreement import Disagreement, Fault
from saphan.publish.figures.model import Figure, Register, Release
from saphan.publish.figures.register import decode, public
from saphan.publish.figures.wording import Printed, printed
from saphan.publish.products.build import REGISTER
from saphan.publish.products.model import Reading


def disagreements(reading: Reading, register: Register, mission: Mission) -> tuple[Disagreement, ...]:
    """Hold a product against the figures computed again; empty if every print and every carried figure agrees."""
    wrong = [Disagreement(fault=Fault.LINK, figure="", where="", expected="", found=fault) for fault in reading.faults]
    wrong += _carried(reading.register, register, mission)
    wrong += _dataset(reading.dataset, register, mission)
    for found in reading.found:
        fault = _fault(found.printed, register)
        if fault is not None:
            kind, expected = fault
            wrong.append(
                Disagreement(
                    fault=kind,
                    figure=found.printed.figure,
                    where=found.where,
                    expected=expected,
                    found=found.printed.key if kind is Fault.KEY else found.printed.text.strip(),
                )
            )
    return tuple(wrong)


def _carried(data: bytes, register: Register, mission: Mission) -> list[Disagreement]:
    """Hold the register a product carries against what may be public of the one computed again, field by field."""
    try:
        carried = decode(data)
    except Problem as broken:
        return [_in_register("", "a register", str(broken))]
    computed = public(register, mission)
    wrong = [
        _in_register("", f"{name} {getattr(computed, name)}", f"{name} {getattr(carried, name)}")
        for name in ("mission", "simulated", "frame", "sums", "facts")
        if getattr(computed, name) != getattr(carried, name)
    ]
    for name in sorted(carried.figures.keys() | computed.figures.keys()):
        inside, outside = carried.figures.get(name), computed.figures.get(name)
        if inside is None or outside is None:
            wrong.append(
                _in_register(
                    name, "absent" if outside is None else "present", "absent" if inside is None else "present"
                )
            )
            continue
        for one in fields(Figure):
            expected, found = getattr(outside, one.name), getattr(inside, one.name)
            if not _equal(expected, found):
                wrong.append(_in_register(name, f"{one.name} {expected}", f"{one.name} {found}"))
    return wrong


def _dataset(data: bytes | None, register: Register, mission: Mission) -> list[Disagreement]:
    """Hold the dataset a product carries, if it does, against the figures computed again, cell by cell."""
    if data is None:
        return []
    try:
        dataset = formats.decode_dataset(data, At(file=formats.FIGURES))
    except Problem as broken:
        found = str(broken)
        return [Disagreement(fault=Fault.REGISTER, figure="", where=formats.FIGURES, expected="a dataset", found=found)]
    wrong = formats.disagreements(dataset, register, mission)
    return [replace(one, where=f"{formats.FIGURES}, {one.where}") for one in wrong]


def _in_register(figure: str, expected: str, found: str) -> Disagreement:
    return Disagreement(fault=Fault.REGISTER, figure=figure, where=REGISTER, expected=expected, found=found)


def _equal(one: object, other: object) -> bool:
    """Whether two fields agree; numbers to nine digits, since the last bits depend on the processor."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return one == other


def _fault(found: Printed, register: Register) -> tuple[Fault, str] | None:
    figure = register.figures.get(found.figure)
    if figure is None or figure.release is not Release.PUBLIC:
        return Fault.UNKNOWN, ""
    try:
        expected = printed(figure, found.language, found.hedge)
    except Problem as false:
        return Fault.HEDGE, str(false)
    if not same_letters(expected.text, found.text):
        return Fault.TEXT, expected.text
    return (Fault.KEY, expected.key) if expected.key != found.key else None


def same_letters(one: str, other: str) -> bool:
    """Whether two texts agree as far as a PDF keeps them.

    Digits and their signs must stand in the same order. Of the other letters only the number of each must agree: what
    is read from a PDF holds the marks of Thai and Burmese in the order they were drawn, and spaces of its own.
    """
    return _parts(one) == _parts(other)


def _parts(text: str) -> tuple[list[str], list[str]]:
    letters = [
        letter for letter in unicodedata.normalize("NFKD", text) if letter.isprintable() and not letter.isspace()
    ]
    numeric = [letter for letter in letters if letter.isdecimal() or letter in ",.%-–"]
    return numeric, sorted(letters)
