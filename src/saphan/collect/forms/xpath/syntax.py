"""XPath 1.0 as ODK forms write it: text to a tree of frozen nodes."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Every letter of every script, and the marks that stand on them: \w leaves out the vowels of Thai and Burmese.
_NAME = r"[A-Za-z_\u00C0-\U0010FFFF][A-Za-z0-9_.\-\u00B7\u00C0-\U0010FFFF]*"
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    | (?P<literal>"[^"]*"|'[^']*')
    | (?P<operator>::|\.\.|//|!=|<=|>=|[()\[\].,@/|+\-=<>*])
    | (?P<name>NAME(?::(?!:)(?:NAME|\*))?)
    )""".replace("NAME", _NAME),
    re.VERBOSE,
)
_OPERATOR_NAMES = {"and", "or", "div", "mod"}
# After one of these, or at the start, a `*` or a name is an operand, not an operator (XPath 1.0, section 3.7).
_BEFORE_OPERAND = {"::", "(", "[", ",", "@", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">=", "*"}
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_DEEPEST = 60  # nested brackets; beyond it an expression is a mistake or an attack


@dataclass(frozen=True)
class Number:
    """A number written in the expression."""

    value: float


@dataclass(frozen=True)
class Literal:
    """A text written in the expression."""

    text: str


@dataclass(frozen=True)
class Step:
    """One step of a path: a name, `.`, `..`, `*`, or a name with its axis; with its predicates."""

    name: str
    predicates: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Path:
    """A path: from the document's root (`absolute`), from `origin` (a function's nodes), or from the context node."""

    steps: tuple[Step, ...]
    absolute: bool = False
    origin: Expression | None = None


@dataclass(frozen=True)
class Call:
    """A function call."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Operation:
    """Two operands and the operator between them."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Negation:
    """The unary minus."""

    operand: Expression


Expression = Number | Literal | Path | Call | Operation | Negation


class NotXPath(ValueError):  # noqa: N818 - says what the text is not
    """The text is not an XPath expression; the message says at which character."""


def parse(text: str) -> Expression:
    """The tree of an expression; NotXPath if it is not one."""
    parser = _Parser(text)
    found = parser.expression(0, 0)
    if parser.kind:
        raise NotXPath(f"unexpected {parser.value!r} at character {parser.start + 1}")
    return found


class _Parser:
    """A recursive-descent reader with one token of look-ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.kind = ""  # number, literal, operator, name; empty at the end
        self.value = ""
        self.start = 0
        self._operand_next = True
        self._advance()

    def _advance(self) -> str:
        """Step to the next token; the value of the one left behind."""
        left = self.value
        if not self.text[self.position :].strip():
            self.kind = self.value = ""
            return left
        match = _TOKEN.match(self.text, self.position)
        if match is None or match.lastgroup is None:
            raise NotXPath(f"unexpected {self.text[self.position :].strip()[0]!r} at character {self.position + 1}")
        self.start, self.position = match.start(match.lastgroup), match.end()
        self.kind, self.value = match.lastgroup, match.group(match.lastgroup)
        if not self._operand_next and self.kind == "name":
            # "a div-1" cannot occur: names take the hyphen, as XPath has it; only whole operator names count here.
            if self.value not in _OPERATOR_NAMES:
                raise NotXPath(f"unexpected {self.value!r} at character {self.start + 1}")
            self.kind = "operator"
            self._operand_next = True
        else:
            self._operand_next = self.kind == "operator" and self.value in _BEFORE_OPERAND
        return left

    def _at(self, *operators: str) -> bool:
        return self.kind == "operator" and self.value in operators

    def _expect(self, operator: str) -> None:
        if not self._at(operator):
            found = repr(self.value) if self.kind else "the end"
            raise NotXPath(f"expected {operator!r} but found {found} at character {self.start + 1}")
        self._advance()

    def expression(self, level: int, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise NotXPath("nested too deeply")
        if level == len(_LEVELS):
            return self._unary(depth)
        left = self.expression(level + 1, depth)
        while self._at(*_LEVELS[level]):
            operator = self._advance()
            left = Operation(operator, left, self.expression(level + 1, depth))
        return left

    def _unary(self, depth: int) -> Expression:
        if self._at("-"):
            self._advance()
            if depth > _DEEPEST:
                raise NotXPath("nested too deeply")
            return Negation(self._unary(depth + 1))
        left = self._path(depth)
        while self._at("|"):
            self._advance()
            left = Operation("|", left, self._path(depth))
        return left

    def _path(self, depth: int) -> Expression:
        if self.kind == "number":
            return Number(float(self._advance()))
        if self.kind == "literal":
            return Literal(self._advance()[1:-1])
        origin: Expression | None = None
        absolute = False
        steps: list[Step] = []
        if self._at("("):
            self._advance()
            origin = self.expression(0, depth + 1)
            self._expect(")")
        elif self.kind == "name" and self.text[self.position :].lstrip().startswith("("):
            origin = self._call(depth)
        elif self._at("/", "//"):
            absolute = True
        else:
            steps.append(self._step(depth))
        if origin is not None and not self._at("/", "//", "["):
            return origin
        predicates = self._predicates(depth) if origin is not None else ()
        if predicates:
            steps.append(Step(".", predicates))
        while self._at("/", "//"):
            if self._advance() == "//":
                steps.append(Step("descendant-or-self::node()"))
            steps.append(self._step(depth))
        return Path(tuple(steps), absolute, origin)

    def _call(self, depth: int) -> Call:
        name = self._advance()
        self._expect("(")
        arguments: list[Expression] = []
        while not self._at(")"):
            arguments.append(self.expression(0, depth + 1))
            if not self._at(")"):
                self._expect(",")
        self._expect(")")
        return Call(name, tuple(arguments))

    def _step(self, depth: int) -> Step:
        if self._at(".", ".."):
            return Step(self._advance(), self._predicates(depth))
        prefix = ""
        if self._at("@"):
            prefix = self._advance()
        name = self._name()
        if self._at("::"):
            prefix = f"{name}{self._advance()}"
            name = self._name()
        if self._at("(") and name in {"node", "text"}:
            self._advance()
            self._expect(")")
            name += "()"
        return Step(prefix + name, self._predicates(depth))

    def _name(self) -> str:
        if self.kind != "name" and not self._at("*"):
            found = repr(self.value) if self.kind else "the end"
            raise NotXPath(f"expected a name but found {found} at character {self.start + 1}")
        # The star of a path is an operand: what follows it is an operator.
        self._operand_next = False
        return self._advance()

    def _predicates(self, depth: int) -> tuple[Expression, ...]:
        found = []
        while self._at("["):
            self._advance()
            found.append(self.expression(0, depth + 1))
            self._expect("]")
        return tuple(found)
