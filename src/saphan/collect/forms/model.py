"""What a form asks, what was sent, and what was read from it.

A form is a tree of questions in groups and repeats; reading flattens it into tables: the form's own (one row a
submission) and one for each repeat (one row a repetition, linked to its parent's row).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from saphan.core.text import Text
from saphan.mission.model import Dissemination

Value = str | int | float | bool | None | list[str] | list[float]


class State(IntEnum):
    """What stands in an answer's place; the five are never merged, since each has another denominator."""

    ANSWERED = 0
    EMPTY = 1  # asked, left blank
    NOT_ASKED = 2  # not relevant
    DONT_KNOW = 3
    REFUSED = 4


class Datatype(StrEnum):
    """What kind of value a column holds; None stands for no answer in every one."""

    TEXT = "text"  # str; dates, times and moments too, as sent with their offset
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # float
    TEXTS = "texts"  # list[str]: the choices of a select_multiple or a ranking, in the order sent
    NUMBERS = "numbers"  # list[float]: latitude, longitude, altitude, accuracy


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One option of a choice list; `state` is DONT_KNOW or REFUSED where choosing it says so."""

    name: str
    label: Text
    state: State = State.ANSWERED


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question: `path` is its place in the instance (`group/name`), `column` its name in its table."""

    path: str
    column: str
    type: str  # the XLSForm type's base: text, integer, decimal, date, time, dateTime, select_one, select_multiple, ...
    label: Text
    hint: Text
    concept: str | None = None
    dissemination: Dissemination = Dissemination.RESTRICTED
    choices: str | None = None  # the name of its list
    other: str | None = None  # the column where "other, specify" is written
    relevant: str | None = None
    constraint: str | None = None
    required: bool = False
    datatype: Datatype = Datatype.TEXT


@dataclass(frozen=True, kw_only=True)
class Table:
    """The form itself (`path` empty) or one repeat of it: its questions in order, and the table it hangs under."""

    name: str  # the form's id, or the repeat's path joined by "."
    path: str
    parent: str | None
    concept: str | None
    questions: tuple[Question, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in order."""
        return tuple(question.column for question in self.questions)


@dataclass(frozen=True, kw_only=True)
class Form:
    """One version of a form: its schema, and the XForm that phones run; `key` is the hash of it and its meanings."""

    id: str
    version: str
    concept: str | None  # what kind of form it is: counter, screener, flow-survey, point-log, ...
    title: Text
    languages: tuple[str, ...]
    tables: tuple[Table, ...]  # the form's own first, parents before children
    choices: Mapping[str, tuple[Choice, ...]]
    xform: str
    key: str

    @property
    def root(self) -> Table:
        """The form's own table."""
        return self.tables[0]


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file sent with a submission, byte-exact."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What was sent, as it was sent: instance XML byte-exact. `source` says from where, never from whom.

    `file` is the name it had there, by which whoever sent it finds it again.
    """

    xml: bytes
    source: str
    received: datetime
    file: str | None = None
    submitter: str | None = None
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one table of one submission; values and states are row-major, in the order of `Table.columns`.

    `parent` holds, for each row, the index of its row in the parent table (0 for children of the root).
    """

    table: str
    values: list[list[Value]]
    states: list[list[int]]
    parent: list[int] = field(default_factory=list)


class Fault(StrEnum):
    """What may be wrong with an answer; none of them refuses a submission."""

    TYPE = "type"  # not of the question's type; kept in `unread`
    CHOICE = "choice"  # not one of the list's names; kept as the value
    CONSTRAINT = "constraint"  # the form's own constraint does not hold; kept as the value
    REQUIRED = "required"  # asked, required, and empty
    NOT_RELEVANT = "not-relevant"  # answered where the form does not ask; kept in `unread`
    UNKNOWN = "unknown"  # an element the form does not have; kept in `unread`
    REPEATED = "repeated"  # a question's element a second time; kept in `unread`
    EXPRESSION = "expression"  # relevance or constraint that could not be evaluated, taken as holding


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One submission, typed: every table of its form (empty repeats as zero rows), and what did not fit, by path.

    A value that is not of its question's type, or that stands where the form says nothing is asked, is no value: the
    cell is None (EMPTY or NOT_ASKED), a fault says so, and `unread` keeps the text. Nothing that was sent is lost.
    """

    form: str
    version: str
    instance: str  # instanceID as sent
    deprecates: str | None
    tables: tuple[Rows, ...]
    faults: tuple[tuple[str, str], ...] = ()  # (path, one of the codes of `Fault`); a repeat's rows as `group[2]/men`
    unread: tuple[tuple[str, str], ...] = ()  # (path, text as sent)
    consented: bool | None = None  # None: the form does not ask for consent, or did not come to it
