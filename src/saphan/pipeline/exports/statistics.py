"""What files of SPSS and Stata need to know before their first row: widths, numbers of rows, codes, names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saphan.collect.forms.model import State
from saphan.pipeline.exports.model import Column, Kind, Row, Sheet

REASONS = {State.NOT_ASKED: "not asked", State.DONT_KNOW: "don't know", State.REFUSED: "refused"}
_WORDS = 10_000  # answers outside their list that are given codes too; with more, the column is text
_NUMBER = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]+")
_RESERVED = frozenset(
    (
        "all",
        "and",
        "by",
        "eq",
        "ge",
        "gt",
        "le",
        "lt",
        "ne",
        "not",
        "or",
        "to",
        "with",
        "_all",
        "_b",
        "byte",
        "_coef",
        "_cons",
        "double",
        "float",
        "if",
        "in",
        "int",
        "long",
        "_n",
        "_pi",
        "_pred",
        "_rc",
        "_skip",
        "strl",
        "using",
    )
)


class ChangedError(Exception):
    """The answers are not those that were measured: some came in between."""


class Measured:
    """One table as it was read a first time: how many rows, how wide each text, which answers outside their list."""

    def __init__(self, sheet: Sheet) -> None:
        self.rows = 0
        self.widths = [0] * len(sheet.columns)  # bytes
        self.bytes = [0] * len(sheet.columns)  # of all texts of a column
        self.filled = [0] * len(sheet.columns)  # texts that are not empty
        self.others: list[dict[str, None]] = [{} for _ in sheet.columns]
        self._text = [place for place, column in enumerate(sheet.columns) if column.kind is Kind.TEXT]
        self._names = [{choice.name for choice in column.choices} for column in sheet.columns]

    def add(self, row: Row) -> None:
        """Look at one row."""
        self.rows += 1
        for place in self._text:
            cell = row[place]
            if type(cell) is not str or not cell:
                continue
            width = len(cell) if cell.isascii() else len(cell.encode("utf-8", "replace"))
            self.bytes[place] += width
            self.filled[place] += 1
            self.widths[place] = max(width, self.widths[place])
            if self._names[place] and cell not in self._names[place] and len(self.others[place]) <= _WORDS:
                self.others[place][cell] = None


@dataclass(frozen=True, kw_only=True)
class Coding:
    """The numbers that stand for a column's choices, their words, and those of the reasons for no answer."""

    codes: Mapping[str, int]
    words: Mapping[int, str]
    reasons: Mapping[State, str]


def coding(column: Column, others: Mapping[str, None], language: str) -> Coding | None:
    """How a column is written as numbers; None for a text.

    Names of choices that are all numbers keep them; else choices are numbered from 1 in the order of their list.
    """
    reasons = dict(REASONS)
    if column.kind is not Kind.TEXT:
        words = {0: "no", 1: "yes"} if column.kind is Kind.FLAG else {}
        return Coding(codes={}, words=words, reasons=reasons)
    if not column.choices or len(others) > _WORDS:
        return None
    answers = []
    for choice in column.choices:
        if choice.state in REASONS:
            reasons[choice.state] = choice.label.to(language) or choice.name
        else:
            answers.append((choice.name, choice.label.to(language) or choice.name))
    answers += [(name, name) for name in others]
    if all(_NUMBER.fullmatch(name) for name, _ in answers) and len({int(name) for name, _ in answers}) == len(answers):
        codes = {name: int(name) for name, _ in answers}
    else:
        codes = {name: number for number, (name, _) in enumerate(answers, start=1)}
    return Coding(codes=codes, words={codes[name]: label for name, label in answers}, reasons=reasons)


def names(columns: Sequence[Column], longest: int) -> list[str]:
    """Names that the program takes: ASCII letters, digits and _, a letter first, `longest` characters, no two alike."""
    taken: set[str] = set()
    given = []
    for column in columns:
        plain = _NOT_IN_NAMES.sub("_", column.name).strip("_") or "v"
        if not plain[0].isalpha() or plain.casefold() in _RESERVED:
            plain = f"v_{plain}"
        name, count = plain[:longest].rstrip("_"), 1
        while name.casefold() in taken:
            count += 1
            end = f"_{count}"
            name = plain[: longest - len(end)] + end
        taken.add(name.casefold())
        given.append(name)
    return given


def cut(text: str, longest: int) -> bytes:
    """The text in UTF-8, cut to `longest` bytes between characters."""
    data = text.encode("utf-8", "replace")
    return data if len(data) <= longest else data[:longest].decode("utf-8", "ignore").encode()
