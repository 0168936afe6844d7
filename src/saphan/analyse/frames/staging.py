"""What definitions share is made once: expressions are cut where a part is used more than once.

A phase is made of scores that are indicators themselves. Written out in full, a query repeats them for every case, and
an engine computes what it is told. Here equal parts are found, whoever wrote them, and made as columns of earlier
stages, which later ones take as answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from saphan.analyse.frames.expression import Answer, Constant, Expression, Holds, Members, StateOf

_PLAIN = (Answer, Constant, Holds, StateOf)  # cheaper to read again than to keep


@dataclass(frozen=True, kw_only=True)
class Staged:
    """What is made of `members` for each row, then columns stage by stage, each of those before, then the `columns`.

    Names of what is made on the way begin with a space, which those of no question do.
    """

    members: Mapping[str, Members]
    stages: tuple[Mapping[str, Expression], ...]
    columns: Mapping[str, Expression]


def staged(columns: Mapping[str, Expression]) -> Staged:
    """Columns cut into stages."""
    parts = _Parts()
    roots = {name: parts.number(one) for name, one in columns.items()}
    uses = [0] * len(parts.nodes)
    for used in (*roots.values(), *(one for below in parts.below for one in below)):
        uses[used] += 1
    members: dict[str, Members] = {}
    stages: list[dict[str, Expression]] = []
    short: list[Expression] = []  # of each part, with names for what was made before
    stage: list[int] = []  # the first in which each part can be made
    # Parts come before what is made of them.
    for number, node in enumerate(parts.nodes):
        below = parts.below[number]
        stage.append(max((stage[one] for one in below), default=0))
        if isinstance(node, Members):
            members[f" member {number}"] = node
            short.append(Answer(column=f" member {number}"))
            continue
        told = _with(node, iter([short[one] for one in below]))
        if uses[number] > 1 and not isinstance(node, _PLAIN):
            while len(stages) <= stage[number]:
                stages.append({})
            stages[stage[number]][f" part {number}"] = told
            stage[number] += 1
            told = Answer(column=f" part {number}")
        short.append(told)
    made = {name: short[root] for name, root in roots.items()}
    return Staged(members=members, stages=tuple(stages), columns=made)


class _Parts:
    """Numbers the parts of expressions, equal ones alike; what is inside members is theirs."""

    def __init__(self) -> None:
        self.nodes: list[Expression] = []
        self.below: list[tuple[int, ...]] = []
        self._known: dict[tuple[object, ...], int] = {}
        self._seen: dict[int, int] = {}  # by identity: the nodes are kept alive by the expressions

    def number(self, node: Expression) -> int:
        """The number of a part, which comes after those it is made of."""
        if id(node) in self._seen:
            return self._seen[id(node)]
        below = () if isinstance(node, Members) else tuple(self.number(one) for one in _children(node))
        # By its words where it stands alone: to Python 1, 1.0 and True are one value, to an engine they are three.
        own: tuple[object, ...] = (type(node), below, *_plain(node)) if below else (repr(node),)
        found = self._known.setdefault(own, len(self.nodes))
        if found == len(self.nodes):
            self.nodes.append(node)
            self.below.append(below)
        self._seen[id(node)] = found
        return found


def _children(held: object) -> list[Expression]:
    """The expressions that a node holds, in order."""
    inside = [getattr(held, field.name) for field in fields(held)] if isinstance(held, Expression) else held  # type: ignore[arg-type]
    found: list[Expression] = []
    for one in inside if isinstance(inside, (list, tuple)) else ():
        found += [one] if isinstance(one, Expression) else _children(one) if isinstance(one, tuple) else []
    return found


def _plain(held: object) -> list[object]:
    """What else it holds, in order, and where expressions stand in it."""
    inside = [getattr(held, field.name) for field in fields(held)] if isinstance(held, Expression) else held  # type: ignore[arg-type]
    found: list[object] = []
    for one in inside if isinstance(inside, (list, tuple)) else ():
        found.append(
            None if isinstance(one, Expression) else tuple(_plain(one)) if isinstance(one, tuple) else (type(one), one)
        )
    return found


def _with(held: Expression, parts: object) -> Expression:
    """A node with other expressions in the places of its own."""
    changed = {field.name: _filled(getattr(held, field.name), parts) for field in fields(held)}  # type: ignore[arg-type]
    return replace(held, **changed)  # type: ignore[type-var]


def _filled(held: object, parts: object) -> object:
    if isinstance(held, Expression):
        return next(parts)  # type: ignore[call-overload]
    return tuple(_filled(one, parts) for one in held) if isinstance(held, tuple) else held
