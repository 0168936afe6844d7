"""Instance XML to typed rows: what was sent becomes values and states, and what does not fit becomes faults."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from operator import getitem

from lxml import etree

from saphan.collect.forms.canonical import Canonical, Raw
from saphan.collect.forms.cells import UNASKED
from saphan.collect.forms.instances import DEFAULT_LIMIT, make_parser, parse
from saphan.collect.forms.model import Fault, Form, Reading, Rows, State, Value
from saphan.collect.forms.plan import BlockPlan, Condition, Plan, Steps, compile_form
from saphan.collect.forms.vocabulary.mobility import NOBODY_ASKED
from saphan.collect.forms.xform import local
from saphan.collect.forms.xpath.values import truth
from saphan.core import nearest
from saphan.core.problem import At, problem

_NOT_ASKED = int(State.NOT_ASKED)
_EMPTY = int(State.EMPTY)
_ROWS_KNOWN = 8_192
_ENCRYPTED = "http://opendatakit.org/submissions"

Odd = tuple[int, int, str, Fault, str | None]  # block, row, path under the row's element, code, text to keep
Chain = tuple[list[str], ...]


class Reader:
    """Reads submissions of the forms it was given; make one a process and keep it, since forms are compiled once."""

    def __init__(self, forms: Iterable[Form], *, limit: int = DEFAULT_LIMIT) -> None:
        """`forms` may hold several versions of a form; `limit` is the largest submission read, in bytes."""
        self._forms = {(form.id, form.version): form for form in forms}
        self._plans: dict[tuple[str, str], Plan] = {}
        self._limit = limit
        self._parser = make_parser()

    def read(self, xml: bytes, at: At | None = None, *, instance: str = "") -> Reading:
        """Read one submission by the form and version it names.

        Never refused for an answer. Raises a problem `submission.*` for what is not an instance of a known form: too
        large, not XML, with a DOCTYPE, encrypted, without form id or instanceID, of an unknown form or version. `at`
        says in it where the submission came from. `instance` is its id where it has none of its own.
        """
        root = parse(xml, self._parser, limit=self._limit, at=at)
        plan = self._plan(root, at)
        return _Pass(plan, root, at, instance).reading()

    def require(self, form: str, version: str, at: At | None = None) -> None:
        """Problem "submission.form" or "submission.version" unless the form version is among those given."""
        if (form, version) not in self._forms:
            raise self._unknown(form, version, at)

    def _plan(self, root: etree._Element, at: At | None) -> Plan:
        form, version = root.get("id"), root.get("version") or ""
        if form is None or root.get("encrypted") == "yes":
            if etree.QName(root).namespace == _ENCRYPTED or root.get("encrypted") == "yes":
                raise problem("submission.encrypted", at)
            raise problem("submission.no-form", at)
        plan = self._plans.get((form, version))
        if plan is None:
            found = self._forms.get((form, version))
            if found is None:
                raise self._unknown(form, version, at)
            plan = self._plans[form, version] = compile_form(found)
        return plan

    def _unknown(self, form: str, version: str, at: At | None) -> Exception:
        versions = sorted(known for name, known in self._forms if name == form)
        if versions:
            return problem("submission.version", at, form=form, version=version, known=", ".join(versions))
        known = {name for name, _ in self._forms}
        return problem("submission.form", at, form=form, nearest=nearest.remedy(form, known, what="forms"))


def read(form: Form, xml: bytes) -> Reading:
    """Read one submission of one form; for many, keep a `Reader`."""
    return Reader([form]).read(xml)


class _Pass:
    """One submission on its way through its plan."""

    def __init__(self, plan: Plan, root: etree._Element, at: At | None, instance: str) -> None:
        self.plan = plan
        top = [""] * (plan.blocks[0].width + 3)  # the columns, the two ids, the moment
        self.raw: Raw = [[top], *([] for _ in plan.blocks[1:])]
        self.parents: list[list[int]] = [[], *([] for _ in plan.blocks[1:])]
        self.odd: list[Odd] = []
        self.tree: Canonical | None = None
        self._fill(root, plan.steps, top, 0, 0, "")
        width = plan.blocks[0].width
        self.instance = top[width] or root.get("instanceID") or instance
        if not self.instance:
            raise problem("submission.no-instance", at)
        self.deprecates = top[width + 1] or None
        for column in plan.moments:
            if top[column]:
                top[-1] = top[column]
                break

    def reading(self) -> Reading:
        plan = self.plan
        chains: list[list[Chain]] = []
        tables = []
        for index, block in enumerate(plan.blocks):
            rows = self.raw[index]
            if index == 0:
                chains.append([(rows[0],)])
            else:
                above = chains[block.parent]
                chains.append([(*above[parent], row) for parent, row in zip(self.parents[index], rows, strict=True)])
            values, states = self._cells(index, block, rows, chains[index])
            tables.append(Rows(table=block.table, values=values, states=states, parent=self.parents[index]))
        return Reading(
            form=plan.form,
            version=plan.version,
            instance=self.instance,
            deprecates=self.deprecates,
            tables=tuple(tables),
            faults=tuple((self._path(odd), odd[3].value) for odd in self.odd) if self.odd else (),
            unread=tuple((self._path(odd), odd[4]) for odd in self.odd if odd[4] is not None) if self.odd else (),
            consented=self._consented(tables[0]),
        )

    def _fill(self, element: etree._Element, steps: Steps, row: list[str], block: int, index: int, path: str) -> None:
        """Put the texts of an element's children where its steps lead; whatever leads nowhere is kept as a fault."""
        columns = steps.columns
        for child in element:
            column = columns.get(child.tag)
            if column is None:
                self._enter(child, steps, row, block, index, path)
            elif len(child) or row[column]:
                self._misplaced(child, column, row, block, index, path)
            elif text := child.text:
                row[column] = text

    def _enter(self, child: etree._Element, steps: Steps, row: list[str], block: int, index: int, path: str) -> None:
        """One element that is no answer by its full name: a group, a repeat's row, one in a namespace, or unknown."""
        name = local(child)
        if name in steps.repeats:
            into, inside = steps.repeats[name]
            below = [""] * self.plan.blocks[into].width
            self.raw[into].append(below)
            self.parents[into].append(index)
            self._fill(child, inside, below, into, len(self.raw[into]) - 1, "")
        elif name in steps.groups:
            self._fill(child, steps.groups[name], row, block, index, f"{path}{name}/")
        elif name in steps.columns:
            column = steps.columns[name]
            if len(child) or row[column]:
                self._misplaced(child, column, row, block, index, path)
            else:
                row[column] = child.text or ""
        else:
            self.odd.append((block, index, path + name, Fault.UNKNOWN, _kept(child)))

    def _cells(
        self, index: int, block: BlockPlan, rows: list[list[str]], chains: list[Chain]
    ) -> tuple[list[list[Value]], list[list[int]]]:
        """The values and states of a table's rows; the rows' raw texts are emptied where nothing is asked."""
        if not block.width:
            return [[] for _ in rows], [[] for _ in rows]
        all_values: list[list[Value]] = []
        all_states: list[list[int]] = []
        cells, lists, known = block.cells, block.lists, block.known
        for number, row in enumerate(rows):
            if known is not None:
                seen = known.get(tuple(row))
                if seen is not None:
                    all_values.append(_fresh(seen[0], lists))
                    all_states.append(list(seen[1]))
                    continue
            chain, sent, odd = chains[number], tuple(row) if known is not None else (), len(self.odd)
            answers = self._asked(index, block, number, chain) if block.relevance else row
            # The row may be longer than the table: the root's carries the ids and the moment after its columns.
            value_row, state_row, faults = zip(*map(getitem, cells, answers), strict=True)
            values, states = _fresh(value_row, lists), list(state_row)
            if faults.count(None) != block.width:
                self._record(index, block, number, row, faults)
            for condition in block.constraints:
                if row[condition.columns[0]] and not self._decide(condition, index, block, number, chain):
                    self.odd.append((index, number, block.paths[condition.columns[0]], Fault.CONSTRAINT, None))
            for condition in block.required:
                if states[condition.columns[0]] == _EMPTY and self._decide(condition, index, block, number, chain):
                    self.odd.append((index, number, block.paths[condition.columns[0]], Fault.REQUIRED, None))
            all_values.append(values)
            all_states.append(states)
            if known is not None and len(self.odd) == odd and len(known) < _ROWS_KNOWN:
                known[sent] = (value_row, state_row)
        return all_values, all_states

    def _asked(self, index: int, block: BlockPlan, number: int, chain: Chain) -> list[str]:
        """A row's texts with a mark where its form asks nothing; what was sent there is taken out and kept aside."""
        row = answers = chain[-1]
        for condition in block.relevance:
            if self._decide(condition, index, block, number, chain):
                continue
            if answers is row:
                answers = row.copy()
            for column in condition.columns:
                answers[column] = UNASKED
                if row[column]:
                    self.odd.append((index, number, block.paths[column], Fault.NOT_RELEVANT, row[column]))
                    row[column] = ""
                    if self.tree is not None:
                        self.tree.empty(index, number, column)
        return answers

    def _decide(self, condition: Condition, index: int, block: BlockPlan, number: int, chain: Chain) -> bool:
        """Whether a condition holds; one that cannot be decided does, with a fault."""
        try:
            if condition.decide is not None:
                return condition.decide(chain)
            if condition.compiled is not None:
                if self.tree is None:
                    self.tree = Canonical(self.plan, self.raw, self.parents)
                context = self.tree.row(index, number).find(condition.path)
                if context is not None:
                    return truth(condition.compiled.value(context, chain))
        except (ValueError, ArithmeticError, etree.XPathError):
            pass
        self.odd.append((index, number, block.paths[condition.columns[0]], Fault.EXPRESSION, None))
        return True

    def _record(
        self, index: int, block: BlockPlan, number: int, row: list[str], faults: tuple[Fault | None, ...]
    ) -> None:
        for column, fault in enumerate(faults):
            if fault is not None:
                kept = row[column] if fault is Fault.TYPE else None
                self.odd.append((index, number, block.paths[column], fault, kept))

    def _misplaced(self, child: etree._Element, step: int, row: list[str], block: int, index: int, path: str) -> None:
        """A leaf that is there a second time, or that has elements inside."""
        if row[step]:
            self.odd.append((block, index, path + local(child), Fault.REPEATED, _kept(child)))
            return
        row[step] = child.text or ""
        for inside in child:
            self.odd.append((block, index, f"{path}{local(child)}/{local(inside)}", Fault.UNKNOWN, _kept(inside)))

    def _consented(self, root: Rows) -> bool | None:
        column = self.plan.consent
        if column is None:
            return False if self.plan.needs_consent else None
        if root.states[0][column] == _NOT_ASKED:
            source = self.plan.source
            if not self.plan.needs_consent or (source is not None and root.values[0][source] in NOBODY_ASKED):
                return None
        return root.values[0][column] == "yes"

    def _path(self, odd: Odd) -> str:
        """The path of a fault from the root: `household[1]/member[2]/age`."""
        block, number, path = odd[:3]
        while block:
            plan = self.plan.blocks[block]
            parents = self.parents[block]
            # Rows under one parent stand together, in the order sent.
            place = number - bisect_left(parents, parents[number]) + 1
            path = f"{plan.path}[{place}]/{path}"
            block, number = plan.parent, parents[number]
        return path


def _fresh(values: tuple[Value, ...], lists: tuple[int, ...]) -> list[Value]:
    """The values as a row of its own: lists are copied, since cells are shared between submissions."""
    row = list(values)
    for column in lists:
        value = row[column]
        if isinstance(value, list):
            row[column] = value.copy()
    return row


def _kept(element: etree._Element) -> str:
    """What an element that leads nowhere holds: its text, or all of it as XML if there is more inside."""
    if not len(element):
        return element.text or ""
    return etree.tostring(element, encoding="unicode", with_tail=False)
