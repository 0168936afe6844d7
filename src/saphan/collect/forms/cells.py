"""What each text of a column means: its value, its state, and what is wrong with it, worked out once a text.

Most answers of a column are the same few texts, and most constraints look at the answer alone: then value, state and
fault follow from the text, and a second submission with the same answer costs one look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from saphan.collect.forms.model import Choice, Datatype, Fault, Question, State, Value
from saphan.collect.forms.typed import converter

Cell = tuple[Value, int, Fault | None]

ANSWERED, EMPTY = int(State.ANSWERED), int(State.EMPTY)
# Stands in a row for an answer that is not asked; no XML can hold this character.
UNASKED = "\0"
# Bounds on what is remembered: short texts only, so that free text about a person is not kept in memory.
_REMEMBERED, _SHORT = 4_096, 32
_FREE_TEXT = {"text", "barcode", "file", "image", "audio", "video", "dateTime", "start", "end", "geopoint"}


class Cells(dict[str, Cell]):
    """The cells of one column by text; reading one that is not yet known works it out."""

    def __init__(self, question: Question, choices: tuple[Choice, ...] | None, holds: Callable[[str], bool] | None):
        """`choices` is None where any name is possible; `holds` is a constraint on the answer alone."""
        super().__init__()
        self._convert = converter(question)
        self._states: Mapping[str, int] | None = None
        if choices is not None:
            self._states = {choice.name: int(choice.state) for choice in choices}
        self._several = question.datatype is Datatype.TEXTS
        self._holds = holds
        self._blank: Cell = (None, EMPTY, Fault.REQUIRED if question.required else None)
        self.remembers = question.type not in _FREE_TEXT or choices is not None
        self[""] = self._blank
        self[UNASKED] = (None, int(State.NOT_ASKED), None)

    def __missing__(self, text: str) -> Cell:
        cell = self._work_out(text)
        if self.remembers and len(text) <= _SHORT and len(self) < _REMEMBERED:
            self[text] = cell
        return cell

    def _work_out(self, text: str) -> Cell:
        plain = text.strip()
        if not plain:
            return self._blank
        try:
            value = self._convert(plain)
        except ValueError:
            return None, EMPTY, Fault.TYPE
        state, fault = ANSWERED, None
        if self._states is not None:
            names = value if isinstance(value, list) else [value]
            unknown = [name for name in names if name not in self._states]
            fault = Fault.CHOICE if unknown else None
            # Of several choices, only one that stands alone can say that there is no answer.
            if len(names) == 1 and not unknown:
                state = self._states[plain]
        if fault is None and self._holds is not None:
            try:
                fault = None if self._holds(text) else Fault.CONSTRAINT
            except (ValueError, ArithmeticError):
                fault = Fault.EXPRESSION
        return value, state, fault
