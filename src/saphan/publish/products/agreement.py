"""Whether a product that was read back says what the figures say: letter by letter, hedge by hedge."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

from saphan.core.problem import At, Problem
from saphan.mission.model import Mission
from saphan.publish import formats
from saphan.publish.figures.agreement import Disagreement, Fault
from saphan.publish.figures.model import Figure, Register, Release
from saphan.publish.figures.register import adopted, decode, public, same
from saphan.publish.figures.wording import Printed, printed
from saphan.publish.products.build import REGISTER
from saphan.publish.products.model import Reading


def disagreements(reading: Reading, register: Register, mission: Mission) -> tuple[Disagreement, ...]:
    """Hold a product against the figures computed again; empty if every print and every carried figure agrees."""
    return Judge(register=register, mission=mission).disagreements(reading)


@dataclass(kw_only=True)
class Judge:
    """Holds products against the figures computed again; what several of them carry alike is looked at once."""

    register: Register
    mission: Mission
    _carried: dict[bytes, tuple[Register, tuple[Disagreement, ...]]] = field(default_factory=dict)
    _datasets: dict[bytes, tuple[Disagreement, ...]] = field(default_factory=dict)

    def disagreements(self, reading: Reading) -> tuple[Disagreement, ...]:
        """Everything in which a product does not say what the figures say."""
        wrong = [Disagreement(fault=Fault.LINK, figure="", where="", expected="", found=one) for one in reading.faults]
        register, of_register = self.carried(reading.register)
        wrong += [*of_register, *self._dataset(reading, register)]
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

    def carried(self, data: bytes) -> tuple[Register, tuple[Disagreement, ...]]:
        """The figures with the last digits of a register that a product carries, and in what the two differ."""
        if data not in self._carried:
            try:
                carried = decode(data)
            except Problem as broken:
                self._carried[data] = self.register, (_in_register("", "a register", str(broken)),)
            else:
                register = adopted(self.register, carried)
                self._carried[data] = register, tuple(_differences(carried, public(register, self.mission)))
        return self._carried[data]

    def _dataset(self, reading: Reading, register: Register) -> tuple[Disagreement, ...]:
        """Hold the dataset a product carries, if it does, against the figures, cell by cell."""
        data = reading.dataset
        if data is None:
            return ()
        if data not in self._datasets:
            try:
                wrong = formats.disagreements(
                    formats.decode_dataset(data, At(file=formats.FIGURES)), register, self.mission
                )
            except Problem as broken:
                wrong = (
                    Disagreement(
                        fault=Fault.REGISTER,
                        figure="",
                        where=formats.FIGURES,
                        expected="a dataset",
                        found=str(broken),
                    ),
                )
            self._datasets[data] = tuple(
                one if one.where == formats.FIGURES else replace(one, where=f"{formats.FIGURES}, {one.where}")
                for one in wrong
            )
        return self._datasets[data]


def _differences(carried: Register, computed: Register) -> Iterator[Disagreement]:
    """In what a carried register differs from what may be public of the one computed again, field by field."""
    for name in ("mission", "simulated", "frame", "sums", "facts"):
        if getattr(computed, name) != getattr(carried, name):
            yield _in_register("", f"{name} {getattr(computed, name)}", f"{name} {getattr(carried, name)}")
    for name in sorted(carried.figures.keys() | computed.figures.keys()):
        inside, outside = carried.figures.get(name), computed.figures.get(name)
        if inside is None or outside is None:
            there = {True: "absent", False: "present"}
            yield _in_register(name, there[outside is None], there[inside is None])
        elif inside != outside:
            for one in fields(Figure):
                expected, found = getattr(outside, one.name), getattr(inside, one.name)
                if not same(expected, found):
                    yield _in_register(name, f"{one.name} {expected}", f"{one.name} {found}")


def _in_register(figure: str, expected: str, found: str) -> Disagreement:
    return Disagreement(fault=Fault.REGISTER, figure=figure, where=REGISTER, expected=expected, found=found)


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
