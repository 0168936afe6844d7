"""Fills a form's questions: by concept from what is true of a traveller, otherwise by plausible invention.

What the form does not ask is found by reading the filled instance as any reader would, and blanked until nothing
changes; so a form may be rewritten freely, and the simulated answers follow its own relevance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape

import numpy as np

from saphan.collect.forms.model import Form, Question, Reading, State, Table
from saphan.collect.simulate.settings import Fieldwork
from saphan.collect.sources.instance import Template

Facts = Mapping[str, str]  # by concept, or by type for what the phone itself fills in (start, end, today, deviceid)
Values = list[str]
_BOUND = re.compile(r"\.\s*(>=|<=|>|<)\s*(-?\d+)(?!\d*\s*[-+*])")
_ROUNDS = 6  # of blanking; each deeper level of relevance needs one
_NEVER_MISSING = {  # known without asking, or the form makes no sense without them
    "point", "enumerator", "observed_date", "observed_hour", "direction", "mode", "outcome", "observed_sex",
    "observed_age_band", "consent", "unaccompanied_child", "point_status", "sex",
}  # fmt: skip


class Filler:
    """One table of a form, compiled: `row` gives the values of its columns, escaped for XML."""

    def __init__(self, form: Form, table: Table, work: Fieldwork, rng: np.random.Generator) -> None:
        self._rng = rng
        self._work = work
        self._answer = [self._compile(form, question) for question in table.questions]
        self._concepts = [question.concept for question in table.questions]

    def row(self, facts: Facts) -> Values:
        """Values by column, in order."""
        return [answer(facts) for answer in self._answer]

    def has_invention(self, values: Values, facts: Facts) -> bool:
        """Whether a row holds an answer that the facts do not give, which another time may be another."""
        return any(value and concept not in facts for value, concept in zip(values, self._concepts, strict=True))

    def _compile(self, form: Form, question: Question) -> Callable[[Facts], str]:
        choices = form.choices.get(question.choices or "", ())
        invent = self._invent(form, question)
        concept = question.concept
        if concept is None:
            name = question.type if question.type not in ("text", "calculate", "hidden") else question.column
            return lambda facts: facts[name] if name in facts else invent(facts)
        unsaid: dict[State, str] = {
            choice.state: choice.name for choice in choices if choice.state is not State.ANSWERED
        }
        by_number = {int(choice.name): choice.name for choice in choices if choice.name.isdecimal()}
        may_miss = bool(unsaid) and concept not in _NEVER_MISSING

        def answer(facts: Facts) -> str:
            value = facts.get(concept)
            if value is None:
                return invent(facts)
            if may_miss:
                value = self._unsaid(unsaid) or value
            if by_number and value.isdecimal():
                return by_number.get(int(value), value)
            return escape(value)

        return answer

    def _unsaid(self, unsaid: Mapping[State, str]) -> str | None:
        chance = self._rng.random()
        if chance < self._work.item_unknown:
            return unsaid.get(State.DONT_KNOW)
        if chance < self._work.item_unknown + self._work.item_refused:
            return unsaid.get(State.REFUSED)
        return None

    def _weighted(self, names: set[str]) -> Callable[[Facts], str] | None:
        """An answer by the weights that world.toml gives for a column or concept, alone or given a fact."""
        rng = self._rng
        tables = [
            (given.partition("="), list(weights), np.cumsum(list(weights.values())))
            for key, weights in self._work.answers.items()
            for name, _, given in [key.partition("@")]
            if name in names
        ]
        if not tables:
            return None
        tables.sort(key=lambda table: table[0][0] == "")  # those with a condition first

        def answer(facts: Facts) -> str:
            for (concept, _, code), codes, chance in tables:
                if not concept or facts.get(concept) == code:
                    return codes[int(np.searchsorted(chance / chance[-1], rng.random(), side="right"))]
            return ""

        return answer

    def _invent(self, form: Form, question: Question) -> Callable[[Facts], str]:
        """Something that could have been answered, for a question whose meaning nobody bound."""
        rng = self._rng
        weighted = self._weighted({question.column, question.concept or question.column})
        if weighted is not None:
            return weighted
        names = [
            choice.name for choice in form.choices.get(question.choices or "", ()) if choice.state is State.ANSWERED
        ]
        match question.type:
            case "select_one" | "select_multiple" if names:
                return lambda _: names[int(rng.integers(len(names)))]
            case "rank" if names:
                return lambda _: " ".join(rng.permutation(names))
            case "integer" | "decimal" | "range":
                low, high = _bounds(question.constraint)
                return lambda _: str(int(rng.integers(low, high + 1)))
            case "text" if self._work.texts and (question.required or question.relevant):
                texts = [escape(text) for text in self._work.texts]
                return lambda _: texts[int(rng.integers(len(texts)))]
            case "date":
                return lambda facts: (
                    date.fromisoformat(facts["today"]) - timedelta(days=int(rng.integers(0, 30)))
                ).isoformat()
            case "time" | "dateTime":
                return lambda facts: facts["start"] if question.type == "dateTime" else facts["start"][11:]
            case "geopoint":
                return lambda facts: facts["location"]
            case "acknowledge":
                return lambda _: "OK"
            case _:
                return lambda _: ""


@dataclass
class _Row:
    """A row being filled: values by column, escaped, and the rows of each repeat inside it."""

    values: Values
    inside: dict[str, list[_Row]]

    def of(self, table: str) -> Iterator[_Row]:
        """The rows of a table at any depth below this one, in document order."""
        for name, rows in self.inside.items():
            for row in rows:
                if name == table:
                    yield row
                else:
                    yield from row.of(table)


class Writer:
    """Writes submissions of one form: fills every table, then blanks what is not asked."""

    def __init__(self, form: Form, read: Callable[[bytes], Reading], work: Fieldwork, rng: np.random.Generator) -> None:
        self.form = form
        self._template = Template(form)
        self._read = read
        self._fillers = {table.name: Filler(form, table, work, rng) for table in form.tables}
        self._inside = {
            table.name: [inner.name for inner in form.tables if inner.parent == table.name] for table in form.tables
        }
        self._cached: dict[tuple[str, ...], str] = {}
        self._root_conditional = any(question.relevant for question in form.root.questions)

    def write(self, identifier: str, facts: Facts, repeats: Mapping[str, Sequence[Facts]] | None = None) -> bytes:
        """One submission; `repeats` gives, by table, the facts of each row of the repeats directly in the form.

        Repeats inside repeats get one row each, which stays where the form asks for it.
        """
        return self._settle(identifier, self._fill(self.form.root.name, facts, repeats or {}))

    def write_cached(self, identifier: str, facts: Facts, table: Table, several: Sequence[Facts]) -> bytes:
        """As `write`, for a repeat with few kinds of rows: those in which nothing is invented are written once.

        Relevance outside the repeat must not depend on its rows, nor that of a row on anything outside it.
        """
        rows = []
        for own in several:
            key = tuple(own.values())
            row = self._cached.get(key)
            if row is None:
                example = self._fill(self.form.root.name, facts, {table.name: [own]})
                self._settle(identifier, example)
                settled = example.inside[table.name][0]
                row = self._render(table.name, settled)
                if not self._fillers[table.name].has_invention(settled.values, own):
                    self._cached[key] = row
            rows.append(row)
        root = self._fill(self.form.root.name, facts, {})
        if self._root_conditional:
            self._settle(identifier, root)
        return self._template.instance(identifier, root.values, {table.name: "".join(rows)})

    def _fill(self, table: str, facts: Facts, repeats: Mapping[str, Sequence[Facts]]) -> _Row:
        inside = {name: [self._fill_inner(name, {**facts, **own}) for own in rows] for name, rows in repeats.items()}
        return _Row(self._fillers[table].row(facts), inside)

    def _fill_inner(self, table: str, facts: Facts) -> _Row:
        inside = {name: [self._fill_inner(name, facts)] for name in self._inside[table]}
        return _Row(self._fillers[table].row(facts), inside)

    def _settle(self, identifier: str, root: _Row) -> bytes:
        """Blank until nothing is left that is not asked; the instance as it is then."""
        xml = self._instance(identifier, root)
        for _ in range(_ROUNDS):
            if not self._blank(self._read(xml), root):
                break
            xml = self._instance(identifier, root)
        return xml

    def _instance(self, identifier: str, root: _Row) -> bytes:
        inside = {name: "".join(self._render(name, row) for row in rows) for name, rows in root.inside.items()}
        return self._template.instance(identifier, root.values, inside)

    def _render(self, table: str, row: _Row) -> str:
        inside = {name: "".join(self._render(name, inner) for inner in rows) for name, rows in row.inside.items()}
        return self._template.segments[table].row(row.values, inside)

    def _blank(self, reading: Reading, root: _Row) -> bool:
        """Empty every value that stands where nothing was asked, and drop rows that are not asked at all."""
        changed = False
        unasked: set[int] = set()
        for table in reading.tables:
            held = [root] if table.table == self.form.root.name else list(root.of(table.table))
            for row, states in zip(held, table.states, strict=True):
                wanted = [state != State.NOT_ASKED for state in states]
                if not any(wanted):
                    unasked.add(id(row))
                for column, asked in enumerate(wanted):
                    if not asked and row.values[column]:
                        row.values[column] = ""
                        changed = True
        return _drop(root, unasked) or changed


def _drop(row: _Row, unasked: set[int]) -> bool:
    changed = False
    for name, rows in row.inside.items():
        kept = [inner for inner in rows if id(inner) not in unasked]
        changed |= len(kept) < len(rows)
        row.inside[name] = kept
        for inner in kept:
            changed |= _drop(inner, unasked)
    return changed


def _bounds(constraint: str | None) -> tuple[int, int]:
    """The whole numbers that a plain constraint on one's own value allows; 0 to 10 where it says nothing."""
    low, high = 0, None
    for sign, number in _BOUND.findall(constraint or ""):
        bound = int(number)
        match sign:
            case ">=":
                low = bound
            case ">":
                low = bound + 1
            case "<=":
                high = bound
            case _:
                high = bound - 1
    return low, max(low, min(high, low + 10) if high is not None else low + 10)
