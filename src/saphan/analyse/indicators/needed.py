"""What the figures need of a form of each kind: the concepts without which there is nothing to estimate from."""

from __future__ import annotations

from collections.abc import Mapping

from saphan.analyse.indicators.interviews import SCREENED
from saphan.analyse.indicators.observed import PLAIN, WATCHED, WHO
from saphan.analyse.indicators.sample import SPELLS
from saphan.analyse.indicators.site_reports import COUNTED, SAID, VISITED
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form

NEEDED: Mapping[FormConcept, tuple[str, ...]] = {
    FormConcept.COUNTER: (*WATCHED.columns, "ended_at", "group", "direction", "mode", *WHO),
    FormConcept.HOURLY_COUNT: (*PLAIN.by, "total"),
    FormConcept.SCREENER: (*SCREENED.columns, "ended_at"),
    # Without the question for consent nobody could have refused it.
    FormConcept.FLOW_SURVEY: ("screening", "point", "observed_date", "ended_at", "consent"),
    FormConcept.POINT_LOG: SPELLS.columns,
    FormConcept.KEY_INFORMANT: (*VISITED[1:], *SAID, "consent"),
    FormConcept.SITE_COUNT: COUNTED[1:],
}


def lacking(form: Form, *, surveyed: bool = False) -> tuple[str, ...]:
    """The concepts that a form of its kind needs and no question or repeat of it carries.

    In a round with interviews (`surveyed`) plain counts need their direction: interviews stand for movements of theirs.
    """
    if form.concept not in set(NEEDED):
        return ()
    bound = {question.concept for table in form.tables for question in table.questions}
    bound |= {table.concept for table in form.tables}
    needed = NEEDED[FormConcept(form.concept)]
    if surveyed and form.concept == FormConcept.HOURLY_COUNT:
        needed = (*needed, "direction")
    return tuple(name for name in needed if name not in bound)
