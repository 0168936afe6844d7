"""What codes and rounds are called: by the forms' labels, the words of indicators, the periods of mobility tracking."""

from __future__ import annotations

from collections.abc import Sequence

from saphan.analyse.indicators.plans.results import ASSESSMENT
from saphan.analyse.indicators.plans.results import labels as of_assessment
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.collect.rounds.mobility import MobilityExercise, home
from saphan.collect.rounds.model import Round
from saphan.core.text import Text
from saphan.mission.model import Mission
from saphan.publish.formats import Rounds, Tracked
from saphan.publish.products.words import Labels


def labels(forms: Sequence[Form], designs: Sequence[Round], assessments: Sequence[HouseholdAssessment]) -> Labels:
    """Words for ("mode", "boat"), ("answer:main_reason", "work"), ("cordon", "north") and ("assessment", "needs").

    Where forms or rounds differ, the first one's stand.
    """
    found: dict[tuple[str, str], Text] = {}
    for fielded in designs:
        found.setdefault(("cordon", fielded.cordon.id), fielded.cordon.name)
    asked = {one.form for one in assessments}
    found |= {(ASSESSMENT, one.id): one.title for one in assessments}
    for form in forms:
        if form.id in asked:
            found |= of_assessment(form)
        for table in form.tables:
            for question in table.questions:
                if question.concept is None or question.choices is None:
                    continue
                for choice in form.choices[question.choices]:
                    found.setdefault((question.concept, choice.name), choice.label)
                    found.setdefault((f"answer:{question.concept}", choice.name), choice.label)
    return found


def numbered(exercises: Sequence[MobilityExercise], mission: Mission) -> Rounds:
    """The rounds of mobility tracking by the label of their period, as datasets number them."""
    found: dict[str, tuple[Tracked, ...]] = {}
    for exercise in exercises:
        provinces = frozenset(home(mission.places, site)[1] for site in exercise.sites(mission.places).values())
        for one in exercise.rounds:
            told = Tracked(exercise=exercise.title.to("en"), number=one.number, provinces=provinces)
            found[one.period.label] = (*found.get(one.period.label, ()), told)
    return found
