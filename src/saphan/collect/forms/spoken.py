"""When a question is asked, in words: an XPath condition with questions and choices by their labels."""

from __future__ import annotations

from collections.abc import Mapping

from saphan.collect.forms.model import Form, Question
from saphan.collect.forms.xpath import syntax
from saphan.collect.forms.xpath.syntax import Call, Expression, Literal, Negation, Number, Operation, Path

_SIGNS: Mapping[str, str] = {
    "=": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "and": "and",
    "or": "or",
    "+": "+",
    "-": "-",
    "*": "x",
    "div": "/",
    "mod": "modulo",
}


def spoken(form: Form, question: Question, language: str) -> str:
    """When a question is asked, in English words with the labels of `language`; empty where it always is.

    What has no words (rarer functions, paths that are no question) stands as the form has it.
    """
    if not question.relevant:
        return ""
    try:
        return _Speaker(form, language).say(syntax.parse(question.relevant))
    except ValueError:
        return question.relevant


class _Speaker:
    """Says the parts of a condition; ValueError where one has no words."""

    def __init__(self, form: Form, language: str) -> None:
        self.form, self.language = form, language
        self.questions = {
            tuple(part for part in f"{table.path}/{one.path}".split("/") if part): one
            for table in form.tables
            for one in table.questions
        }

    def say(self, node: Expression) -> str:
        match node:
            case Operation(operator="=", left=Path() as left, right=Literal(text="")):
                return f"{self.say(left)} has no answer"
            case Operation(operator="!=", left=Path() as left, right=Literal(text="")):
                return f"{self.say(left)} has an answer"
            case Operation(operator=sign, left=Path() as left, right=Literal(text=text)):
                return f"{self.say(left)} {_SIGNS[sign]} {self._choice(left, text)}"
            case Operation(operator=sign):
                return f"{self._part(node.left, sign)} {_SIGNS[sign]} {self._part(node.right, sign)}"
            case Call(name="selected", arguments=(Path() as of, Literal(text=text))):
                return f"{self.say(of)} includes {self._choice(of, text)}"
            case Call(name="not", arguments=(inside,)):
                return f"not ({self.say(inside)})"
            case Path():
                return f"“{self._asked(node).label.to(self.language)}”"
            case Number():
                return f"{node.value:g}"
            case Literal():
                return f"“{node.text}”"
            case Negation():
                return f"-{self.say(node.operand)}"
        raise ValueError("it has no words")

    def _part(self, node: Expression, above: str) -> str:
        """A part in brackets where it joins conditions in another way than what is around it."""
        said = self.say(node)
        joins = isinstance(node, Operation) and node.operator in ("and", "or") and node.operator != above
        return f"({said})" if joins else said

    def _asked(self, path: Path) -> Question:
        names = tuple(step.name for step in path.steps)
        # The first name of an absolute path is that of the instance itself.
        found = self.questions.get(names[1:]) if path.absolute and path.origin is None else None
        if found is None or any(step.predicates for step in path.steps):
            raise ValueError("it is no question")
        return found

    def _choice(self, path: Path, name: str) -> str:
        choices = self.form.choices.get(self._asked(path).choices or "", ())
        label = next((one.label.to(self.language) for one in choices if one.name == name), name)
        return f"“{label}”"
