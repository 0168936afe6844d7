"""The meanings a question may be bound to: what later stages look for instead of a question's name.

A mission names its questions as it likes; the `concept` cell says which of these a question measures. A concept with
`codes` fixes the choice names that carry meaning in the estimates; a mission's list may hold these and no others. A
concept without codes takes whatever choices the mission's form offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from saphan.collect.forms.vocabulary import Row, household
from saphan.collect.forms.vocabulary.education import EDUCATION
from saphan.collect.forms.vocabulary.food import FOOD
from saphan.collect.forms.vocabulary.health import HEALTH
from saphan.collect.forms.vocabulary.livelihoods import LIVELIHOODS
from saphan.collect.forms.vocabulary.mobility import MOBILITY
from saphan.collect.forms.vocabulary.protection import PROTECTION
from saphan.collect.forms.vocabulary.shelter import SHELTER
from saphan.collect.forms.vocabulary.studies import STUDIES
from saphan.collect.forms.vocabulary.water import WATER


class FormConcept(StrEnum):
    """What kind of form it is, written in the `concept` cell of its settings sheet."""

    COUNTER = "counter"  # one submission an observation hour, with a repeat for each group seen
    HOURLY_COUNT = "hourly-count"  # one submission an hour with a plain total, as automatic counters give
    HOUSEHOLD_ASSESSMENT = "household-assessment"  # one submission a household, with a repeat for its members
    KEY_INFORMANT = "key-informant"  # one submission an informant, or an observation, of one site
    SCREENER = "screener"  # one submission a selected traveller, interviewed or not
    FLOW_SURVEY = "flow-survey"  # one submission an interview
    POINT_LOG = "point-log"  # one submission a spell of days: open, closed, unobserved
    SITE_COUNT = "site-count"  # one submission a site that was drawn to be counted
    STUDY = "study"  # one submission a person or household drawn for a study


# Someone is asked: without recorded consent there is no answer.
INTERVIEWS = frozenset(
    {FormConcept.FLOW_SURVEY, FormConcept.HOUSEHOLD_ASSESSMENT, FormConcept.KEY_INFORMANT, FormConcept.STUDY}
)


@dataclass(frozen=True, kw_only=True)
class Concept:
    """One meaning: the base types a question may have to carry it, and the codes that its choices must come from."""

    name: str
    types: tuple[str, ...]
    meaning: str
    codes: tuple[str, ...] = ()


_WHOLE = ("integer",)
_ONE = ("select_one",)
_DAY = ("date",)

SEX = household.SEX
AGE_BAND = ("under-5", "5-14", "15-17", "18-29", "30-44", "45-59", "60-plus")
DIRECTION = ("in", "out", "transit")
INTENDED_STAY = ("under-3-months", "3-12-months", "1-2-years", "2-5-years", "over-5-years", "dont-know", "refused")
OUTCOME = ("interviewed", "not-stopped", "refused", "language", "under-age", "prevented", "busy")
POINT_STATUS = ("open", "closed", "unobserved")


def _concepts(*rows: Row) -> dict[str, Concept]:
    return {
        row[0]: Concept(name=row[0], types=row[1], meaning=row[2], codes=row[3] if len(row) == 4 else ())
        for row in rows
    }


CONCEPTS: dict[str, Concept] = _concepts(
    # every form
    ("point", (*_ONE, "text"), "the monitoring point, by its id"),
    ("enumerator", (*_ONE, "text"), "who collected it, by code"),
    ("started_at", ("start",), "when the form was opened on the phone"),
    ("ended_at", ("end",), "when the form was closed on the phone"),
    ("observed_date", _DAY, "the day that was observed"),
    ("observed_hour", (*_WHOLE, "select_one"), "the clock hour observed, 0 to 23"),
    ("location", ("geopoint",), "where it was collected"),
    # counter
    ("minutes_observed", _WHOLE, "minutes of the hour in which somebody counted, 1 to 60"),
    ("group", ("repeat",), "one group of travellers seen crossing"),
    ("direction", _ONE, "towards (in) or away from (out) the mission's country", DIRECTION),
    ("mode", _ONE, "mode of transport"),
    ("men", _WHOLE, "men and boys of 18 or older, as seen"),
    ("women", _WHOLE, "women of 18 or older, as seen"),
    ("boys", _WHOLE, "boys under 18, as seen"),
    ("girls", _WHOLE, "girls under 18, as seen"),
    ("total", (*_WHOLE, "calculate"), "travellers in all"),
    ("unaccompanied_child", _ONE, "a child seen alone: prompts a referral", ("yes", "no")),
    ("referral", _ONE, "whether the child seen alone was referred", ("yes", "no")),
    # screener
    ("outcome", _ONE, "what came of approaching a selected traveller", OUTCOME),
    ("observed_sex", _ONE, "sex as the screener saw it", SEX),
    ("observed_age_band", _ONE, "age band as the screener saw it", AGE_BAND),
    ("group_size", _WHOLE, "travellers in the selected traveller's group"),
    ("eligible_in_group", _WHOLE, "travellers of the minimum age or older in the group"),
    ("screening", ("text", "calculate", "barcode"), "the code that joins a screened traveller to the interview"),
    # screener and survey
    ("consent", _ONE, "whether the traveller agreed; without it no answer reaches a frame", ("yes", "no")),
    ("nationality", _ONE, "nationality, ISO 3166-1 alpha-3 in lower case, or stateless, other"),
    ("commuter", _ONE, "crosses daily or nearly so for work, school or market", ("yes", "no", "dont-know", "refused")),
    # survey
    ("sex", _ONE, "sex as told", SEX),
    ("age", _WHOLE, "age in completed years"),
    ("origin", _ONE, "admin 1 of departure, by P-code"),
    ("destination", _ONE, "admin 1 of intended destination, by P-code"),
    ("main_reason", _ONE, "main reason for moving"),
    ("other_reasons", ("select_multiple",), "further reasons for moving"),
    ("intended_stay", _ONE, "how long the traveller means to stay", INTENDED_STAY),
    ("crossings_in_reference_period", _WHOLE, "crossings in this direction in the reference days, this one included"),
    ("work_sector", _ONE, "the sector in which the traveller means to work"),
    ("companions", _WHOLE, "people travelling along"),
    ("needs", ("select_multiple",), "what the traveller says is needed"),
    # point log
    ("from_date", _DAY, "first day of the spell"),
    ("to_date", _DAY, "last day of the spell"),
    ("point_status", _ONE, "whether the point was open, closed, or nobody was there to know", POINT_STATUS),
    # needs assessment
    *household.HOUSEHOLD,
    *FOOD,
    *LIVELIHOODS,
    *WATER,
    *SHELTER,
    *HEALTH,
    *EDUCATION,
    *PROTECTION,
    # mobility tracking
    *MOBILITY,
    # thematic studies
    *STUDIES,
)
