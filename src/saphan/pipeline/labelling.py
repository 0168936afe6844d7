"""What codes are called: the labels of the forms' choices, by the concept that their question is bound to."""

from __future__ import annotations

from collections.abc import Iterable

from saphan.collect.forms.model import Form
from saphan.collect.rounds.model import Round
from saphan.core.text import Text
from saphan.publish.products.words import Labels


def labels(forms: Iterable[Form], designs: Iterable[Round]) -> Labels:
    """Words for ("mode", "boat"), ("answer:main_reason", "work") and ("cordon", "north").

    Where forms or rounds differ, the first one's stand.
    """
    found: dict[tuple[str, str], Text] = {}
    for fielded in designs:
        found.setdefault(("cordon", fielded.cordon.id), fielded.cordon.name)
    for form in forms:
        for table in form.tables:
            for question in table.questions:
                if question.concept is None or question.choices is None:
                    continue
                for choice in form.choices[question.choices]:
                    found.setdefault((question.concept, choice.name), choice.label)
                    found.setdefault((f"answer:{question.concept}", choice.name), choice.label)
    return found
