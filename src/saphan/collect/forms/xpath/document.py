"""A bound expression as lxml XPath over a canonical tree: the way for what `closures` does not cover.

The canonical tree holds every node of the form (those not sent as empty ones) and every row of its repeats, without
namespaces. Operators, paths and predicates are libxml2's own; ODK's functions are those the closures call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from saphan.collect.forms.xpath import functions
from saphan.collect.forms.xpath.closures import Chain, Evaluate, Uncovered, equal, evaluate
from saphan.collect.forms.xpath.scope import (
    Answer,
    Bound,
    Call,
    Constant,
    Label,
    Moment,
    Negation,
    Nodes,
    Operation,
    dated,
)
from saphan.collect.forms.xpath.values import Result, days, text, truth

_ODK = "urn:odk"
_NATIVE = {*functions.CORE, "sum", "count", "position", "last", "name", "local-name"}
_COMPARED = {"=", "!=", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class Compiled:
    """An expression ready to be evaluated at an element of a canonical tree."""

    source: str
    run: etree.XPath
    variables: Mapping[str, Evaluate]
    instances: Mapping[str, Any]  # elements, given to lxml as variables

    def value(self, context: etree._Element, rows: Chain) -> Result:
        """The value at a context node; `rows` gives today(), now() and the answers used inside predicates."""
        given: dict[str, Any] = {name: get(rows) for name, get in self.variables.items()}
        return _plain(self.run(context, **given, **self.instances))


def compile_value(bound: Bound, instances: Mapping[str, etree._Element]) -> Compiled:
    """Compile for its value; Uncovered if it calls a function that is not known."""
    return _compile(bound, instances, _Writer.value)


def compile_condition(bound: Bound, instances: Mapping[str, etree._Element]) -> Compiled:
    """Compile as a condition: its value is a truth; Uncovered if it calls a function that is not known."""
    return _compile(bound, instances, _Writer.condition)


def _compile(bound: Bound, instances: Mapping[str, etree._Element], write: Callable[[_Writer, Bound], str]) -> Compiled:
    writer = _Writer(instances)
    source = write(writer, bound)
    try:
        run = etree.XPath(source, namespaces={"odk": _ODK}, extensions=_EXTENSIONS, smart_strings=False)
    except etree.XPathSyntaxError as error:
        raise Uncovered from error
    return Compiled(source=source, run=run, variables=writer.variables, instances=writer.used)


class _Writer:
    """Writes one bound expression as XPath 1.0, gathering the variables it uses."""

    def __init__(self, instances: Mapping[str, etree._Element]) -> None:
        self.instances = instances
        self.variables: dict[str, Evaluate] = {}
        self.used: dict[str, etree._Element] = {}
        self.filtering = 0

    def condition(self, bound: Bound) -> str:
        match bound:
            case Operation(operator="and" | "or" as word):
                return f"({self.condition(bound.left)} {word} {self.condition(bound.right)})"
            case Operation(operator=sign) if sign in _COMPARED:
                return self.value(bound)
            case Call(name="not", arguments=(only,)):
                return f"not({self.condition(only)})"
            case Answer(numeric=True):
                return f"odk:boolean(number({self.value(bound)}))"
            case _:
                return f"odk:boolean({self.value(bound)})"

    def value(self, bound: Bound) -> str:
        match bound:
            case Constant(value=str() as literal):
                return f"'{literal}'" if "'" not in literal else f'"{literal}"'
            case Constant(value=amount):
                return f"{amount:f}".rstrip("0").rstrip(".")
            case Answer() if not self.filtering:
                return bound.path
            case Answer() | Moment() | Label():
                return self._variable(bound)
            case Nodes():
                return self._nodes(bound)
            case Negation(operand):
                return f"-{self._number(operand, dated(operand))}"
            case Operation():
                return self._operation(bound)
            case Call():
                return self._call(bound)

    def _variable(self, bound: Bound) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = evaluate(bound)
        return f"${name}"

    def _number(self, bound: Bound, by_day: bool) -> str:
        return f"odk:number({self.value(bound)})" if by_day else self.value(bound)

    def _operation(self, bound: Operation) -> str:
        sign, by_day = bound.operator, dated(bound.left) or dated(bound.right)
        if sign in {"and", "or"}:
            return self.condition(bound)
        if sign == "|":
            return f"({self.value(bound.left)} | {self.value(bound.right)})"
        if sign in {"=", "!="} and not isinstance(bound.left, Nodes) and not isinstance(bound.right, Nodes):
            same = "odk:same" if by_day else "odk:equal"
            if by_day or any(isinstance(side, Call | Operation) for side in (bound.left, bound.right)):
                written = f"{same}({self.value(bound.left)}, {self.value(bound.right)})"
                return written if sign == "=" else f"not({written})"
        return f"({self._number(bound.left, by_day)} {sign} {self._number(bound.right, by_day)})"

    def _nodes(self, bound: Nodes) -> str:
        start = "/" if bound.absolute else ""
        if bound.origin is not None:
            start = f"{self._origin(bound.origin)}/"
        return start + "/".join(self._step(step.name, step.predicates) for step in bound.steps)

    def _origin(self, origin: Bound) -> str:
        match origin:
            case Call(name="instance", arguments=(Constant(value=str() as name),)) if name in self.instances:
                variable = f"i{list(self.instances).index(name)}"
                self.used[variable] = self.instances[name]
                return f"${variable}"
            case _:
                return f"({self.value(origin)})"

    def _step(self, name: str, predicates: Sequence[Bound]) -> str:
        self.filtering += 1
        written = "".join(f"[{self._predicate(predicate)}]" for predicate in predicates)
        self.filtering -= 1
        if name == "." and written:
            return f"self::node(){written}"
        # Names in the canonical tree carry no prefix.
        axis, colons, plain = name.rpartition("::")
        return f"{axis}{colons}{plain if plain.startswith('@') else plain.rpartition(':')[2]}{written}"

    def _predicate(self, bound: Bound) -> str:
        match bound:
            case Operation() | Call(name="not"):
                return self.condition(bound)
            case _:
                return self.value(bound)  # a number is a place

    def _call(self, bound: Call) -> str:
        name, arguments = bound.name, bound.arguments
        if name == "if" and len(arguments) == 3:
            parts = [self.condition(arguments[0]), self.value(arguments[1]), self.value(arguments[2])]
        elif name in {"not", "boolean"} and len(arguments) == 1:
            return f"not({self.condition(arguments[0])})" if name == "not" else self.condition(arguments[0])
        else:
            parts = [self.value(argument) for argument in arguments]
        native = (
            name in _NATIVE and not (name == "position" and arguments) and not (name == "concat" and len(parts) < 2)
        )
        if not native and (_ODK, name) not in _EXTENSIONS:
            raise Uncovered
        return f"{'' if native else 'odk:'}{name}({', '.join(parts)})"


def _plain(value: object) -> Result:
    """What lxml gives, as a plain value; nodes as their texts."""
    if isinstance(value, list):
        return [_text_of(each) for each in value]
    if isinstance(value, str | bool):
        return value
    return float(value) if isinstance(value, int | float) else ""


def _text_of(node: object) -> str:
    return "".join(str(part) for part in node.itertext()) if isinstance(node, etree._Element) else str(node)


def _extension(function: Callable[..., Result]) -> Callable[..., Result]:
    def call(_context: object, *arguments: object) -> Result:
        return function(*(_plain(argument) for argument in arguments))

    return call


def _position(_context: object, nodes: list[etree._Element]) -> float:
    """ODK's position(node): its place among its siblings of the same name, from 1."""
    if not nodes:
        return 0.0
    return 1.0 + sum(1 for _ in nodes[0].itersiblings(nodes[0].tag, preceding=True))


def _indexed_repeat(_context: object, targets: list[etree._Element], *places: object) -> str:
    """ODK's indexed-repeat(target, repeat, index, ...): the target's text in the rows at the places named."""
    found = list(targets)
    for repeats, index in zip(places[::2], places[1::2], strict=True):
        rows = repeats if isinstance(repeats, list) else []
        place = days(_plain(index))
        row = rows[int(place) - 1] if 1 <= place <= len(rows) else None
        found = [each for each in found if row in each.iterancestors()] if row is not None else []
    return _text_of(found[0]) if found else ""


_EXTENSIONS: dict[tuple[str | None, str], Callable[..., Result]] = {
    **{(_ODK, name): _extension(function) for name, function in {**functions.CORE, **functions.ODK}.items()},
    (_ODK, "equal"): _extension(equal),
    (_ODK, "same"): _extension(functions.same_moment),
    (_ODK, "boolean"): _extension(truth),
    (_ODK, "string"): _extension(text),
    (_ODK, "position"): _position,
    (_ODK, "indexed-repeat"): _indexed_repeat,
}
