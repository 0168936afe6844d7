"""Whether the forms offer what an invented world would answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saphan.collect.forms.model import Form, Question
from saphan.collect.simulate.settings import NAME, Settings
from saphan.collect.simulate.tellings import told_codes
from saphan.core.nearest import remedy
from saphan.core.problem import At, Finding, finding

_SELECTS = ("select_one", "select_multiple")


def find_codes(settings: Settings, forms: Iterable[Form]) -> list[Finding]:
    """Every code in world.toml that a form does not offer, and every answer to a question that no form asks."""
    told = told_codes(settings)
    weighted: dict[str, dict[str, None]] = {}
    for key, weights in settings.fieldwork.answers.items():
        weighted.setdefault(key.partition("@")[0], {}).update(dict.fromkeys(weights))
    found: list[Finding] = []
    asked: set[str] = set()
    for form, question in _questions(forms):
        concept = question.concept or ""
        if concept in told:
            found.extend(_missing(form, question, concept, told[concept]))
        else:
            for name in {concept, question.column} & weighted.keys():
                asked.add(name)
                found.extend(_missing(form, question, name, weighted[name]))
    for column in weighted:
        if column not in asked:
            at = At(file=NAME, column=f"fieldwork.answers.{column}")
            found.append(finding("toml.value", at, detail=f"No form asks {column!r}, or the traveller tells it."))
    return found


def _questions(forms: Iterable[Form]) -> Iterator[tuple[Form, Question]]:
    return ((form, question) for form in forms for table in form.tables for question in table.questions)


def _missing(form: Form, question: Question, asked: str, codes: Iterable[str]) -> Iterator[Finding]:
    offered = [choice.name for choice in form.choices.get(question.choices or "", ())]
    if question.type not in _SELECTS or not offered:
        return
    for code in dict.fromkeys(codes):
        if code not in offered:
            nearest = remedy(code, offered, what="choices")
            yield finding("world.code", At(file=NAME), form=form.id, asked=asked, choice=code, nearest=nearest)
