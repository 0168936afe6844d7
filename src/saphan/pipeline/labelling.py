"""What codes and rounds are called: labels of the forms' choices by concept, rounds of mobility tracking by period."""

from __future__ import annotations

from collections.abc import Iterable

from saphan.collect.forms.model import Form
from saphan.collect.rounds.mobility import MobilityExercise, home
from saphan.collect.rounds.model import Round
from saphan.core.text import Text
from saphan.mission.model import Mission
from saphan.publish.formats import Rounds, Tracked
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


def numbered(exercises: Iterable[MobilityExercise], mission: Mission) -> Rounds:
    """The rounds of mobility tracking by the label of their period, as datasets number them."""
    found: dict[str, tuple[Tracked, ...]] = {}
    for exercise in exercises:
        provinces = frozenset(home(mission.places, site)[1] for site in exercise.sites(mission.places).values())
        for one in exercise.rounds:
            told = Tracked(exercise=exercise.title.to("en"), number=one.number, provinces=provinces)
            found[one.period.label] = (*found.get(one.period.label, ()), told)
    return found
