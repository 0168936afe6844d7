"""Where an answer stands, what may stand there instead, and how corrections are laid over what was sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import TypeVar

from saphan.collect.forms.model import Form, Question, Reading, Rows, State, Table, Value
from saphan.collect.forms.vocabulary.mobility import NOBODY_ASKED
from saphan.core.problem import At, problem
from saphan.register.intake.model import Correction

Cell = TypeVar("Cell")

_PLACE = re.compile(r"(?:(?P<table>.+)\[(?P<row>[1-9][0-9]*)\]\.)?(?P<column>[^\[\]]+)")


def place(form: Form, reading: Reading, written: str) -> tuple[str, int, str]:
    """Table, row (from 1) and column of an answer written `column` or `table[row].column`; Problem "intake.place"."""
    match = _PLACE.fullmatch(written)
    if match:
        table = match["table"] or form.root.name
        row, column = int(match["row"] or 1), match["column"]
        rows = next((rows for rows in reading.tables if rows.table == table), None)
        if rows is not None and row <= len(rows.values) and column in _table(form, table).columns:
            return table, row, column
    raise problem("intake.place", At(instance=reading.instance), place=written, form=form.id)


def value(form: Form, reading: Reading, table: str, row: int, column: str) -> Value:
    """What stands at a place that `place` has found."""
    rows = next(rows for rows in reading.tables if rows.table == table)
    return rows.values[row - 1][_table(form, table).columns.index(column)]


def require_fit(form: Form, table: str, column: str, new: Value) -> None:
    """Problem "intake.value" unless a value fits its question; None, for blank, always does."""
    question = _question(form, table, column)
    if new is None:
        return
    if question.choices is not None:
        names = {choice.name for choice in form.choices[question.choices]}
        fits = set(new) <= names if isinstance(new, list) else new in names
        fits = fits and isinstance(new, list) == (question.type in ("select_multiple", "rank"))
    else:
        fits = _FITS.get(question.type, _text)(new)
    if not fits:
        raise problem("intake.value", column=column, type=question.type)


def corrected(form: Form, reading: Reading, corrections: Iterable[Correction]) -> Reading:
    """The reading with corrections laid over it, in order; consent is read again from what then stands there."""
    tables: dict[str, Rows] = {rows.table: rows for rows in reading.tables}
    for correction in corrections:
        rows = tables[correction.table]
        index = _table(form, correction.table).columns.index(correction.column)
        state = _state(form, _question(form, correction.table, correction.column), correction.new)
        tables[correction.table] = replace(
            rows,
            values=_with(rows.values, correction.row - 1, index, correction.new),
            states=_with(rows.states, correction.row - 1, index, int(state)),
        )
    after = replace(reading, tables=tuple(tables[rows.table] for rows in reading.tables))
    return replace(after, consented=_consented(form, after))


def _table(form: Form, name: str) -> Table:
    return next(table for table in form.tables if table.name == name)


def _question(form: Form, table: str, column: str) -> Question:
    return next(question for question in _table(form, table).questions if question.column == column)


def _state(form: Form, question: Question, new: Value) -> State:
    if new is None or new == []:
        return State.EMPTY
    if question.choices is not None and isinstance(new, str):
        return next((choice.state for choice in form.choices[question.choices] if choice.name == new), State.ANSWERED)
    return State.ANSWERED


def _consented(form: Form, reading: Reading) -> bool | None:
    told = {
        question.concept: value(form, reading, form.root.name, 1, question.column)
        for question in form.root.questions
        if question.concept in ("consent", "source_role")
    }
    if "consent" not in told:
        return reading.consented
    if told["consent"] is None and told.get("source_role") in NOBODY_ASKED:
        return None
    return told["consent"] == "yes"


def _with(matrix: list[list[Cell]], row: int, column: int, new: Cell) -> list[list[Cell]]:
    changed = [list(cells) for cells in matrix]
    changed[row][column] = new
    return changed


def _parses(parse: Callable[[str], object]) -> Callable[[Value], bool]:
    def fits(new: Value) -> bool:
        try:
            parse(new if isinstance(new, str) else "")
        except ValueError:
            return False
        return True

    return fits


def _text(new: Value) -> bool:
    return isinstance(new, str)


def _whole(new: Value) -> bool:
    return isinstance(new, int) and not isinstance(new, bool)


def _number(new: Value) -> bool:
    return _whole(new) or isinstance(new, float)


def _coordinates(new: Value) -> bool:
    return isinstance(new, list) and len(new) in (2, 3, 4) and all(_number(part) for part in new)


_FITS: Mapping[str, Callable[[Value], bool]] = {
    "integer": _whole,
    "decimal": _number,
    "range": _number,
    "calculate": lambda new: _text(new) or _number(new),
    "geopoint": _coordinates,
    "date": _parses(date.fromisoformat),
    "today": _parses(date.fromisoformat),
    "time": _parses(time.fromisoformat),
    "dateTime": _parses(datetime.fromisoformat),
    "start": _parses(datetime.fromisoformat),
    "end": _parses(datetime.fromisoformat),
}
