"""Binding: the paths of an expression to the columns they name, seen from the question the expression stands at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saphan.collect.forms.layout import Layout
from saphan.collect.forms.xform import Item, Node
from saphan.collect.forms.xpath import syntax

_DATED_TYPES = {"date", "dateTime", "time"}
_DATED_CALLS = {"today", "now", "date", "date-time"}
_PASSES_DATES_ON = {"if", "coalesce", "once", "min", "max"}
# Over several nodes at once: a path in them means all rows of the innermost repeat, not the row at hand.
_OVER_NODES = {"count", "sum", "min", "max", "join", "count-non-empty", "indexed-repeat"}


@dataclass(frozen=True)
class Constant:
    """A value written in the expression."""

    value: str | float


@dataclass(frozen=True)
class Answer:
    """One answer of this row or of one above it: `depth` rows down from the root, at `column`."""

    depth: int
    column: int
    numeric: bool
    dated: bool
    path: str  # from the context node


@dataclass(frozen=True)
class Moment:
    """When the form was filled in: today() if `whole`, now() otherwise."""

    whole: bool


@dataclass(frozen=True)
class Step:
    """One step of `Nodes`, with its predicates bound."""

    name: str
    predicates: tuple[Bound, ...]


@dataclass(frozen=True)
class Nodes:
    """Nodes that are not one answer of this chain of rows: other rows, predicates, secondary instances."""

    steps: tuple[Step, ...]
    absolute: bool
    origin: Bound | None


@dataclass(frozen=True)
class Call:
    """A function call over bound arguments."""

    name: str
    arguments: tuple[Bound, ...]


@dataclass(frozen=True)
class Label:
    """The label of a choice, for jr:choice-name: the choice's name, and the labels of its list."""

    operand: Bound
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Operation:
    """Two bound operands."""

    operator: str
    left: Bound
    right: Bound


@dataclass(frozen=True)
class Negation:
    """The unary minus."""

    operand: Bound


Bound = Constant | Answer | Moment | Nodes | Call | Label | Operation | Negation


def bind(
    expression: syntax.Expression, context: Node, layout: Layout, lists: Mapping[str, tuple[Item, ...]] | None = None
) -> Bound:
    """Bind an expression that stands at `context` (a leaf, group or repeat); `lists` are the form's choice lists."""
    return _Binder(context, layout, lists or {}).bind(expression)


def dated(bound: Bound) -> bool:
    """Whether a value is a date or a moment, so that comparing or reckoning with it means days."""
    match bound:
        case Answer():
            return bound.dated
        case Moment():
            return True
        case Call():
            return bound.name in _DATED_CALLS or (
                bound.name in _PASSES_DATES_ON and any(dated(argument) for argument in bound.arguments)
            )
        case _:
            return False


def answers(bound: Bound) -> frozenset[tuple[int, int]] | None:
    """The (depth, column) of every answer the value depends on; None if it depends on anything else."""
    match bound:
        case Constant():
            return frozenset()
        case Answer():
            return frozenset({(bound.depth, bound.column)})
        case Call():
            return _union(bound.arguments)
        case Operation():
            return _union((bound.left, bound.right))
        case Negation() | Label():
            return answers(bound.operand)
        case _:
            return None


def _union(parts: tuple[Bound, ...]) -> frozenset[tuple[int, int]] | None:
    found: frozenset[tuple[int, int]] = frozenset()
    for part in parts:
        more = answers(part)
        if more is None:
            return None
        found |= more
    return found


class _Binder:
    def __init__(self, context: Node, layout: Layout, lists: Mapping[str, tuple[Item, ...]]) -> None:
        self.context, self.layout, self.lists = context, layout, lists
        self.chain = layout.chain(layout.block_of(context))

    def bind(self, expression: syntax.Expression, *, over_nodes: bool = False, filtering: bool = False) -> Bound:
        match expression:
            case syntax.Number():
                return Constant(expression.value)
            case syntax.Literal():
                return Constant(expression.text)
            case syntax.Negation():
                return Negation(self.bind(expression.operand, filtering=filtering))
            case syntax.Operation():
                return Operation(
                    expression.operator,
                    self.bind(expression.left, over_nodes=over_nodes, filtering=filtering),
                    self.bind(expression.right, over_nodes=over_nodes, filtering=filtering),
                )
            case syntax.Call(name, arguments):
                if name in {"today", "now"} and not arguments:
                    return Moment(whole=name == "today")
                if name == "jr:choice-name" and len(arguments) == 2 and isinstance(arguments[1], syntax.Literal):
                    return Label(self.bind(arguments[0], filtering=filtering), self._labels(arguments[1].text))
                inside = name in _OVER_NODES
                return Call(name, tuple(self.bind(each, over_nodes=inside, filtering=filtering) for each in arguments))
            case syntax.Path():
                return self._path(expression, over_nodes=over_nodes, filtering=filtering)

    def _labels(self, path: str) -> tuple[tuple[str, str], ...]:
        """The choices of the question at a path, with their labels in the form's first language."""
        try:
            expression = syntax.parse(path)
        except syntax.NotXPath:
            return ()
        target = self._resolve(expression, filtering=False) if isinstance(expression, syntax.Path) else None
        items = self.lists.get(target.choices, ()) if target is not None and target.choices else ()
        return tuple((item.name, next(iter(item.label.values()), "")) for item in items)

    def _path(self, path: syntax.Path, *, over_nodes: bool, filtering: bool) -> Bound:
        target = self._resolve(path, filtering=filtering)
        if target is not None and not over_nodes:
            answer = self._answer(target)
            if answer is not None:
                return answer
        if target is not None and path.absolute and not filtering:
            return self._from_context(target)
        current = isinstance(path.origin, syntax.Call) and path.origin.name == "current" and not filtering
        origin = self.bind(path.origin, filtering=filtering) if path.origin is not None and not current else None
        steps = tuple(
            Step(step.name, tuple(self.bind(each, filtering=True) for each in step.predicates)) for step in path.steps
        )
        return Nodes(steps=steps, absolute=path.absolute, origin=origin)

    def _resolve(self, path: syntax.Path, *, filtering: bool) -> Node | None:
        """The node a plain path leads to; None if it has predicates, or leads nowhere we know."""
        if any(step.predicates for step in path.steps):
            return None
        if path.absolute:
            first, *rest = path.steps
            if first.name != self.layout.blocks[0].node.name:
                return None
            return _follow(self.layout.blocks[0].node, rest)
        if path.origin is None:
            # Inside a predicate a relative path starts at the node that is being filtered, not here.
            return None if filtering else _follow(self.context, path.steps)
        if isinstance(path.origin, syntax.Call) and path.origin.name == "current":
            return _follow(self.context, path.steps)
        return None

    def _answer(self, target: Node) -> Answer | None:
        place = self.layout.places.get(target)
        if place is None or place[0] not in self.chain:
            return None
        kind = target.bind.get("type", "")
        return Answer(
            depth=self.chain.index(place[0]),
            column=place[1],
            numeric=kind in {"int", "decimal", "integer"},
            dated=kind in _DATED_TYPES,
            path=relative(self.context, target),
        )

    def _from_context(self, target: Node) -> Nodes:
        """Nodes by absolute path: from the row at hand where a repeat other than the innermost is shared with it."""
        repeats = [node for node in target.ancestors if node.repeat][:-1]
        shared = [node for node in repeats if node in self.context.ancestors]
        names = [node.name for node in target.ancestors]
        if not shared:
            return Nodes(steps=tuple(Step(name, ()) for name in names), absolute=True, origin=None)
        ups = len(self.context.ancestors) - len(shared[-1].ancestors)
        down = names[len(shared[-1].ancestors) :]
        return Nodes(steps=tuple(Step(name, ()) for name in [*[".."] * ups, *down]), absolute=False, origin=None)


def _follow(node: Node | None, steps: list[syntax.Step] | tuple[syntax.Step, ...]) -> Node | None:
    for step in steps:
        if node is None:
            return None
        if step.name == "..":
            node = node.parent
        elif step.name != ".":
            node = node.children.get(step.name.rpartition(":")[2])
    return node


def relative(context: Node, target: Node) -> str:
    """The path from one node of a form to another: `../age`; `.` from a node to itself."""
    above, below = context.ancestors, target.ancestors
    shared = sum(1 for left, right in zip(above, below, strict=False) if left is right)
    steps = [".."] * (len(above) - shared) + [node.name for node in below[shared:]]
    return "/".join(steps) or "."
