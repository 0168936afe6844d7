"""A form compiled for reading: where each element goes, what each text means, when each question is asked.

Compiled once a form version; reading a submission then takes a walk over its elements and a few look-ups a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from saphan.collect.forms.cells import Cells
from saphan.collect.forms.concepts import INTERVIEWS
from saphan.collect.forms.layout import IDENTITY, Layout, lay_out
from saphan.collect.forms.model import Choice, Datatype, Form, Question, Table, Value
from saphan.collect.forms.xform import Node, XForm, parse
from saphan.collect.forms.xpath import closures, document, scope, syntax
from saphan.collect.forms.xpath.closures import Decide
from saphan.collect.forms.xpath.document import Compiled

_ALWAYS = {"", "true()"}
_NEVER = {"false()"}


@dataclass(frozen=True)
class Steps:
    """Where the elements inside one lead, by name: to columns of the row at hand, into groups, into rows of repeats."""

    columns: dict[str, int]
    groups: dict[str, Steps]
    repeats: dict[str, tuple[int, Steps]]  # the block whose rows they are


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition and the columns it is about; decided by closure, else by document at a path under the row's element.

    With neither, the expression could not be compiled: it counts as holding, with a fault on each row.
    """

    columns: tuple[int, ...]
    decide: Decide | None = None
    compiled: Compiled | None = None
    path: str = "."
    bound: scope.Bound | None = None


@dataclass(frozen=True, kw_only=True)
class BlockPlan:
    """How the rows of one table are read."""

    table: str
    parent: int
    width: int
    paths: tuple[str, ...]  # of each column, under the row's element
    path: str  # of the repeat's element under its parent row's; empty for the root
    cells: tuple[Cells, ...]
    lists: tuple[int, ...]  # columns whose values are lists: copied, since cells are shared between submissions
    relevance: tuple[Condition, ...]  # in document order
    constraints: tuple[Condition, ...]  # those that look beyond the answer
    required: tuple[Condition, ...]  # those required only under a condition
    # Rows without fault by their texts, where a row's meaning follows from them alone; None where it does not.
    known: dict[tuple[str, ...], tuple[tuple[Value, ...], tuple[int, ...]]] | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a submission of one form version is read."""

    form: str
    version: str
    root: str  # the name of the instance's outermost element
    steps: Steps
    blocks: tuple[BlockPlan, ...]
    moments: tuple[int, ...]  # root columns that say when it was filled in, the best first
    consent: int | None
    needs_consent: bool  # an interview: without recorded consent there is none
    source: int | None  # the question that may say that nobody was asked


def compile_form(form: Form) -> Plan:
    """The plan of a form version; problem `form.xform` if its XForm cannot be parsed."""
    xform = parse(form.xform)
    layout = lay_out(xform)
    compiler = _Compiler(form, xform, layout)
    root = form.root
    by_type = {question.type: column for column, question in enumerate(root.questions)}
    return Plan(
        form=form.id,
        version=form.version,
        root=xform.root.name,
        steps=compiler.steps(xform.root),
        blocks=tuple(compiler.block(index) for index in range(len(layout.blocks))),
        moments=tuple(by_type[kind] for kind in ("end", "start", "today") if kind in by_type),
        consent=next((c for c, question in enumerate(root.questions) if question.concept == "consent"), None),
        needs_consent=form.concept in INTERVIEWS,
        source=next((c for c, question in enumerate(root.questions) if question.concept == "source_role"), None),
    )


class _Compiler:
    def __init__(self, form: Form, xform: XForm, layout: Layout) -> None:
        self.form, self.xform, self.layout = form, xform, layout

    def steps(self, node: Node) -> Steps:
        found = Steps(columns={}, groups={}, repeats={})
        for name, child in node.children.items():
            if child in self.layout.places:
                found.columns[name] = self.layout.places[child][1]
            elif child.repeat:
                found.repeats[name] = (self.layout.block_of(child), self.steps(child))
            elif child.children:
                found.groups[name] = self.steps(child)
        if node is self.xform.root:
            # Kept in the root's row after its columns; present in every instance, whatever the form lists.
            meta = found.groups.setdefault("meta", Steps(columns={}, groups={}, repeats={}))
            width = len(self.layout.blocks[0].leaves)
            meta.columns.update({name: width + offset for offset, name in enumerate(IDENTITY)})
        return found

    def block(self, index: int) -> BlockPlan:
        block, table = self.layout.blocks[index], self.form.tables[index]
        above = block.node.path
        own = [self._constraint(leaf, index, column) for column, leaf in enumerate(block.leaves)]
        cells = tuple(
            Cells(question, self._choices(question), alone)
            for question, (alone, _) in zip(table.questions, own, strict=True)
        )
        relevance, required = self._relevance(index), self._required(index, table)
        constraints = tuple(wider for _, wider in own if wider is not None)
        within = all(self._within(condition, block.depth) for condition in (*relevance, *constraints, *required))
        repeats_itself = index > 0 and within and all(each.remembers for each in cells)
        return BlockPlan(
            table=table.name,
            parent=block.parent,
            width=len(block.leaves),
            paths=tuple(leaf.path.removeprefix(f"{above}/") if above else leaf.path for leaf in block.leaves),
            path=above.removeprefix(f"{self.layout.blocks[block.parent].node.path}/") if index else "",
            cells=cells,
            lists=tuple(
                column
                for column, question in enumerate(table.questions)
                if question.datatype in {Datatype.TEXTS, Datatype.NUMBERS}
            ),
            relevance=relevance,
            constraints=constraints,
            required=required,
            known={} if repeats_itself else None,
        )

    def _within(self, condition: Condition, depth: int) -> bool:
        """Whether a condition looks at nothing but the row at hand."""
        seen = scope.answers(condition.bound) if condition.bound is not None else None
        return seen is not None and all(place[0] == depth for place in seen)

    def _choices(self, question: Question) -> tuple[Choice, ...] | None:
        """The names a select may have; None where the list lies in another file or in the answers themselves."""
        found = self.form.choices.get(question.choices) if question.choices else None
        return found or None

    def _relevance(self, index: int) -> tuple[Condition, ...]:
        """Conditions over the block's columns: those of the nodes above the row, then of each group and leaf in it."""
        block = self.layout.blocks[index]
        found = [(node, tuple(range(len(block.leaves)))) for node in block.node.ancestors]
        for node in block.node.walk():
            if node is not block.node and self.layout.block_of(node) == index:
                columns = tuple(place[1] for leaf in node.walk() if (place := self._place(leaf))[0] == index)
                found.append((node, columns))
        conditions = (self._condition(node, "relevant", index, columns) for node, columns in found if columns)
        return _merged([condition for condition in conditions if condition is not None])

    def _place(self, node: Node) -> tuple[int, int]:
        return self.layout.places.get(node, (-1, -1))

    def _required(self, index: int, table: Table) -> tuple[Condition, ...]:
        leaves = zip(self.layout.blocks[index].leaves, table.questions, strict=True)
        conditions = (
            self._condition(leaf, "required", index, (column,))
            for column, (leaf, question) in enumerate(leaves)
            if not question.required
        )
        return tuple(condition for condition in conditions if condition is not None)

    def _constraint(self, leaf: Node, index: int, column: int) -> tuple[Callable[[str], bool] | None, Condition | None]:
        """A leaf's constraint: as a function of its text where it looks at no more than that, else as a condition."""
        condition = self._condition(leaf, "constraint", index, (column,))
        if condition is None or condition.decide is None or condition.bound is None:
            return None, condition
        depth = self.layout.blocks[index].depth
        if scope.answers(condition.bound) != frozenset({(depth, column)}):
            return None, condition
        decide = condition.decide
        # Rows in which only this one answer stands: the constraint looks at no other.
        chain = [[""] * (column + 1) for _ in range(depth + 1)]
        cell = chain[depth]

        def holds(text: str) -> bool:
            cell[column] = text
            return decide(chain)

        return holds, None

    def _condition(self, node: Node, name: str, index: int, columns: tuple[int, ...]) -> Condition | None:
        source = node.bind.get(name, "").strip()
        if source in _ALWAYS:
            return None
        if source in _NEVER:
            return Condition(columns=columns, decide=lambda _: False)
        try:
            bound = scope.bind(syntax.parse(source), node, self.layout, self.xform.lists)
        except syntax.NotXPath:
            return Condition(columns=columns)
        try:
            return Condition(columns=columns, decide=closures.decide(bound), bound=bound)
        except closures.Uncovered:
            pass
        try:
            compiled = document.compile_condition(bound, self.xform.instances)
        except closures.Uncovered:
            return Condition(columns=columns)
        path = scope.relative(self.layout.blocks[index].node, node)
        return Condition(columns=columns, compiled=compiled, path=path)


def _merged(conditions: list[Condition]) -> tuple[Condition, ...]:
    """The same condition of several questions in a row, decided once: a screen's questions often share theirs."""
    found: list[Condition] = []
    for condition in conditions:
        last = found[-1] if found else None
        if last is not None and condition.bound is not None and condition.bound == last.bound:
            found[-1] = replace(last, columns=(*last.columns, *condition.columns))
        else:
            found.append(condition)
    return tuple(found)
