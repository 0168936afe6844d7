"""Health care needed and obtained, and distress of the mind; disability has a file of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from saphan.analyse.frames.expression import Expression, How, Members, answer, bands, cases, plus
from saphan.analyse.indicators.needs.answers import one_or_zero
from saphan.analyse.indicators.needs.disability import DISABILITY
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject
from saphan.analyse.indicators.needs.severity import sector

NOT_NEEDED, OBTAINED, UNMET = "not-needed", "obtained", "unmet"
_HUMIND = "IMPACT Initiatives, humind 2025.1, add_loop_healthcare_needed_cat and add_comp_health"
_RECALL = "3 months"  # the form's question names it
_NEEDED, _OBTAINED = answer("health_care_needed"), answer("health_care_obtained")

# Don't know and refused tell neither need nor care: the person is missing.
_CARE = cases(
    (_NEEDED.equals("no"), NOT_NEEDED),
    (_NEEDED.equals("yes") & _OBTAINED.equals("yes"), OBTAINED),
    (_NEEDED.equals("yes") & _OBTAINED.equals("no"), UNMET),
    otherwise=None,
)


def _care(needed: str | None, obtained: str | None = None) -> dict[str, Cell]:
    return {"health_care_needed": needed, "health_care_obtained": obtained}


HEALTH_CARE_NEED = Indicator(
    id="health-care-need",
    profile=Profile.IMPACT_2025,
    title="Health care that the person needed, and whether it was obtained",
    subject=Subject.PERSON,
    kind=Kind.CLASS,
    value=_CARE,
    classes=(NOT_NEEDED, OBTAINED, UNMET),
    in_need=(UNMET,),
    recall=_RECALL,
    source=_HUMIND,
    examples=(
        Example(answers=_care("yes", "no"), gives=UNMET),
        Example(answers=_care("no", "yes"), gives=NOT_NEEDED),
        Example(answers=_care("dont-know", "dont-know"), gives=None),
        Example(answers=_care("refused", "refused"), gives=None),
        Example(answers=_care("yes", "yes"), gives=OBTAINED),
        Example(answers=_care("no"), gives=NOT_NEEDED),
        Example(answers=_care("yes", "dont-know"), gives=None),
        Example(answers=_care("yes"), gives=None),
        Example(answers=_care(None, "no"), gives=None),
    ),
)


def _any(condition: Expression) -> Expression:
    """Whether it is known to hold of a member; members of whom it is not known do not hold it up."""
    return Members(repeat="member", how=How.COUNT, of=condition) >= 1


# One member who went without makes the household's. Failing that, a member who needed care without it being known
# whether it was obtained leaves the household missing (humind 2025.1.2); one of whom no need is known is left out.
HEALTH_SEVERITY: Expression = cases(
    (_any(_CARE.equals(UNMET)), 3),
    (_any(_NEEDED.equals("yes") & ~_CARE.known), None),
    (_any(_CARE.equals(OBTAINED)), 2),
    (_any(_CARE.equals(NOT_NEEDED)), 1),
    otherwise=None,
)


def _members(*members: dict[str, Cell], gives: str | None) -> Example:
    return Example(members={"member": members}, gives=gives)


HEALTH_COMPOSITE = sector(
    "health-severity",
    "Health severity of the household",
    HEALTH_SEVERITY,
    worst=3,
    source=_HUMIND,
    recall=_RECALL,
    examples=(
        _members(_care("no"), _care("no"), gives="1"),
        _members(_care("no"), _care("yes", "yes"), gives="2"),
        _members(_care("yes", "yes"), _care("yes", "no"), gives="3"),
        _members(_care("yes", "dont-know"), _care("yes", "no"), gives="3"),
        _members(_care("yes", "dont-know"), _care("yes", "yes"), gives=None),
        _members(_care("dont-know"), _care("no"), gives="1"),
        _members(_care("refused"), _care(None), gives=None),
        _members(gives=None),
    ),
)

# Distress is asked of the respondent, in the form's own row: one person of the household, who answers for no other.
_DAYS = {"not-at-all": 0, "several-days": 1, "more-than-half-the-days": 2, "nearly-every-day": 3}
_TIME = {
    "none-of-the-time": 0,
    "a-little-of-the-time": 1,
    "some-of-the-time": 2,
    "most-of-the-time": 3,
    "all-of-the-time": 4,
}
_ANXIETY = ("days_nervous", "days_worrying")
_DEPRESSION = ("days_without_interest", "days_feeling_down")
_PATIENT_HEALTH = (*_ANXIETY, *_DEPRESSION)
_KESSLER = ("time_nervous", "time_hopeless", "time_restless", "time_depressed", "time_effort", "time_worthless")
_PHQ = "Kroenke, Spitzer, Williams and Lowe 2009, PHQ-4, Psychosomatics 50: 613-621"
_K6 = "Kessler and others 2003, Screening for serious mental illness, Archives of General Psychiatry 60: 184-189"
_K6_BANDS = "Prochaska and others 2012, Validity study of the K6, Int. J. Methods in Psychiatric Research 21: 88-97"


def _score(questions: Sequence[str], points: Mapping[str, int]) -> Expression:
    """The sum of points; an item not answered, don't know or refused leaves the score missing, as no rule fills it."""
    return plus(
        [
            cases(*((answer(question).equals(said), points[said]) for said in points), otherwise=None)
            for question in questions
        ]
    )


def _said(questions: Sequence[str], points: Mapping[str, int], *scores: int | str | None) -> dict[str, Cell]:
    """Answers with these points; a text stands for itself, and what is left out scores 0."""
    names = {number: name for name, number in points.items()}
    told = [one if one is None or isinstance(one, str) else names[one] for one in scores]
    return {**dict.fromkeys(questions, names[0]), **dict(zip(questions, told, strict=False))}


def _days(*scores: int | str | None) -> dict[str, Cell]:
    return _said(_PATIENT_HEALTH, _DAYS, *scores)


def _time(*scores: int | str | None) -> dict[str, Cell]:
    return _said(_KESSLER, _TIME, *scores)


PATIENT_HEALTH_SCORE = Indicator(
    id="patient-health-questionnaire-4",
    profile=Profile.INSTRUMENT,
    title="Distress of the respondent, Patient Health Questionnaire of 4 items, 0 to 12",
    subject=Subject.HOUSEHOLD,
    kind=Kind.NUMBER,
    value=_score(_PATIENT_HEALTH, _DAYS),
    recall="2 weeks",
    source=_PHQ,
    examples=(
        Example(answers=_days(), gives=0),
        Example(answers=_days(1, 2, 3, 0), gives=6),
        Example(answers=_days(3, 3, 3, 3), gives=12),
        Example(answers=_days(3, 3, 3, None), gives=None),
        Example(answers=_days(3, "dont-know"), gives=None),
        Example(answers=_days(3, 3, "refused"), gives=None),
    ),
)
PATIENT_HEALTH_BAND = Indicator(
    id="patient-health-questionnaire-4-band",
    profile=Profile.INSTRUMENT,
    title="Distress of the respondent by PHQ-4: none to 2, mild to 5, moderate to 8, severe above",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    value=bands(_score(_PATIENT_HEALTH, _DAYS), (2, "none"), (5, "mild"), (8, "moderate"), above="severe"),
    classes=("none", "mild", "moderate", "severe"),
    in_need=("moderate", "severe"),
    recall="2 weeks",
    source=_PHQ,
    examples=(
        Example(answers=_days(), gives="none"),
        Example(answers=_days(2), gives="none"),
        Example(answers=_days(3), gives="mild"),
        Example(answers=_days(3, 2), gives="mild"),
        Example(answers=_days(3, 3), gives="moderate"),
        Example(answers=_days(3, 3, 2), gives="moderate"),
        Example(answers=_days(3, 3, 3), gives="severe"),
        Example(answers=_days(3, 3, 3, 3), gives="severe"),
        Example(answers=_days(3, 3, 3, "dont-know"), gives=None),
    ),
)


def _screen(name: str, words: str, questions: Sequence[str]) -> Indicator:
    other = _DEPRESSION if questions is _ANXIETY else _ANXIETY

    def said(first: int | str | None, second: int | str | None = 0) -> dict[str, Cell]:
        return _said(questions, _DAYS, first, second)

    return Indicator(
        id=f"{name}-screen",
        profile=Profile.INSTRUMENT,
        title=f"Respondent with signs of {words}: 3 or more of 6 on the subscale of PHQ-4",
        subject=Subject.HOUSEHOLD,
        kind=Kind.YES_NO,
        value=one_or_zero(_score(questions, _DAYS) >= 3),
        recall="2 weeks",
        source=_PHQ,
        examples=(
            Example(answers=said(2), gives=0),
            Example(answers=said(2, 1), gives=1),
            Example(answers=said(3, 3), gives=1),
            Example(answers=said(3, "refused"), gives=None),
            Example(answers={**said(1, 1), **_said(other, _DAYS, 3, 3)}, gives=0),
        ),
    )


KESSLER_BAND = Indicator(
    id="kessler-6-band",
    profile=Profile.INSTRUMENT,
    title="Distress of the respondent by K6: low to 4, moderate to 12, serious from 13 of 24",
    subject=Subject.HOUSEHOLD,
    kind=Kind.CLASS,
    value=bands(_score(_KESSLER, _TIME), (4, "low"), (12, "moderate"), above="serious"),
    classes=("low", "moderate", "serious"),
    in_need=("serious",),
    recall="30 days",
    source=f"{_K6}; the lower edge: {_K6_BANDS}",
    examples=(
        Example(answers=_time(), gives="low"),
        Example(answers=_time(4), gives="low"),
        Example(answers=_time(4, 1), gives="moderate"),
        Example(answers=_time(4, 4, 4), gives="moderate"),
        Example(answers=_time(4, 4, 4, 1), gives="serious"),
        Example(answers=_time(4, 4, 4, 4, 4, 4), gives="serious"),
        Example(answers=_time(4, 4, 4, 4, "dont-know"), gives=None),
        Example(answers=_time(None), gives=None),
    ),
)
KESSLER_SCORE = Indicator(
    id="kessler-6",
    profile=Profile.INSTRUMENT,
    title="Distress of the respondent, Kessler's scale of 6 items, 0 to 24",
    subject=Subject.HOUSEHOLD,
    kind=Kind.NUMBER,
    value=_score(_KESSLER, _TIME),
    recall="30 days",
    source=_K6,
    examples=(
        Example(answers=_time(), gives=0),
        Example(answers=_time(1, 2, 3, 4), gives=10),
        Example(answers=_time(4, 4, 4, 4, 4, 4), gives=24),
        Example(answers=_time("refused"), gives=None),
    ),
)

HEALTH: tuple[Indicator, ...] = (
    HEALTH_CARE_NEED,
    HEALTH_COMPOSITE,
    *DISABILITY,
    PATIENT_HEALTH_SCORE,
    PATIENT_HEALTH_BAND,
    _screen("anxiety", "anxiety", _ANXIETY),
    _screen("depression", "depression", _DEPRESSION),
    KESSLER_SCORE,
    KESSLER_BAND,
)
