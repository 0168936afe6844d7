"""Education: children of school age who do not attend, why, and what disrupts those who do.

A form asks these questions of members of school age only; who is not asked is not of school age.
"""

from __future__ import annotations

from collections.abc import Mapping

from saphan.analyse.frames.expression import Expression, How, Members, answer, bands, cases, worst
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject
from saphan.collect.forms.vocabulary.education import PROTECTION_BARRIER

MEMBER = "member"
_SOURCE = "IMPACT Initiatives, humind 2025.1.4: add_loop_edu_* and add_comp_edu"
_RECALL = "this school year"
_OUT = answer("attends_school").equals("no")
_UNPROTECTED = _OUT & answer("education_barrier").one_of(*PROTECTION_BARRIER)


def _child(column: str) -> Expression:
    """1 or 0 of a child by one question; don't know, refused and silence are no answer (humind: NA)."""
    return cases((answer(column).equals("yes"), 1), (answer(column).equals("no"), 0), otherwise=None)


def _anybody(what: Expression) -> Expression:
    """Whether it is so of any child; don't know, refused and silence count as no (humind sums with na.rm)."""
    return Members(repeat=MEMBER, how=How.COUNT, of=what) >= 1


OUT_OF_SCHOOL = Indicator(
    id="out-of-school",
    profile=Profile.IMPACT_2025,
    title="Child of school age who does not attend school",
    subject=Subject.PERSON,
    kind=Kind.YES_NO,
    value=cases((_OUT, 1), (answer("attends_school").equals("yes"), 0), otherwise=None),
    recall=_RECALL,
    source=_SOURCE,
    examples=(
        Example(answers={"attends_school": "no"}, gives=1),
        Example(answers={"attends_school": "yes"}, gives=0),
        Example(answers={"attends_school": "dont-know"}, gives=None),
        Example(answers={"attends_school": "refused"}, gives=None),
        Example(gives=None),  # not of school age, or no answer
    ),
)
PROTECTION_BARRIER_TO_EDUCATION = Indicator(
    id="protection-barrier-to-education",
    profile=Profile.IMPACT_2025,
    title="Child of school age whom a failure of protection keeps out of school",
    subject=Subject.PERSON,
    kind=Kind.YES_NO,
    # humind counts every child of school age, whatever else is unknown of it; a child never asked is not one here.
    value=cases((_UNPROTECTED, 1), (answer("attends_school").known, 0), otherwise=None),
    recall=_RECALL,
    source=_SOURCE,
    examples=(
        *(
            Example(answers={"attends_school": "no", "education_barrier": barrier}, gives=1)
            for barrier in PROTECTION_BARRIER
        ),
        Example(answers={"attends_school": "no", "education_barrier": "cost"}, gives=0),
        Example(answers={"attends_school": "no", "education_barrier": "pregnancy"}, gives=0),  # a barrier from 2026 on
        Example(answers={"attends_school": "no", "education_barrier": "dont-know"}, gives=0),
        Example(answers={"attends_school": "no"}, gives=0),
        Example(answers={"attends_school": "yes"}, gives=0),
        Example(answers={"attends_school": "dont-know"}, gives=0),
        Example(gives=None),
    ),
)


def _disrupted(by: str, title: str) -> Indicator:
    column = f"school_disrupted_by_{by.replace('-', '_')}"
    return Indicator(
        id=f"education-disrupted-by-{by}",
        profile=Profile.IMPACT_2025,
        title=title,
        subject=Subject.PERSON,
        kind=Kind.YES_NO,
        value=_child(column),
        recall=_RECALL,
        source=_SOURCE,
        examples=(
            Example(answers={column: "yes"}, gives=1),
            Example(answers={column: "no"}, gives=0),
            Example(answers={column: "dont-know"}, gives=None),
            Example(answers={column: "refused"}, gives=None),
            Example(gives=None),
        ),
    )


DISRUPTED = (
    _disrupted("attack", "Child whose school was attacked or occupied"),
    _disrupted("hazard", "Child whose school a natural hazard disrupted"),
    _disrupted("displacement", "Child whose school sheltered displaced people"),
    _disrupted("teacher-absence", "Child whose teachers were absent"),
)

# A household without children of school age lacks nothing: 1, as one whose children all attend undisturbed.
ATTENDANCE_SEVERITY = cases((_anybody(_UNPROTECTED), 4), (_anybody(_OUT), 3), otherwise=1)
DISRUPTION_SEVERITY = cases(
    (_anybody(answer("school_disrupted_by_attack").equals("yes")), 4),
    (_anybody(answer("school_disrupted_by_hazard").equals("yes")), 3),
    (_anybody(answer("school_disrupted_by_displacement").equals("yes")), 3),
    (_anybody(answer("school_disrupted_by_teacher_absence").equals("yes")), 2),
    otherwise=1,
)
EDUCATION_SEVERITY = worst(ATTENDANCE_SEVERITY, DISRUPTION_SEVERITY)


def _severity(name: str, title: str, value: Expression, levels: tuple[int, ...], *worked: Example) -> Indicator:
    return Indicator(
        id=name,
        profile=Profile.IMPACT_2025,
        title=title,
        subject=Subject.HOUSEHOLD,
        kind=Kind.CLASS,
        value=bands(value, *((level, str(level)) for level in levels[:-1]), above=str(levels[-1])),
        classes=tuple(str(level) for level in levels),
        in_need=tuple(str(level) for level in levels if level >= 3),
        recall=_RECALL,
        source=_SOURCE,
        examples=worked,
    )


def _household(gives: int, *children: Mapping[str, Cell]) -> Example:
    return Example(members={MEMBER: children}, gives=str(gives))


_PUPIL = {
    "attends_school": "yes",
    "school_disrupted_by_attack": "no",
    "school_disrupted_by_hazard": "no",
    "school_disrupted_by_displacement": "no",
    "school_disrupted_by_teacher_absence": "no",
}
_ADULT: Mapping[str, Cell] = {}
_AT_WORK = {"attends_school": "no", "education_barrier": "work-outside"}
_TOO_DEAR = {"attends_school": "no", "education_barrier": "cost"}

ATTENDANCE = _severity(
    "education-attendance-severity",
    "Severity of children not attending school",
    ATTENDANCE_SEVERITY,
    (1, 3, 4),
    _household(1),
    _household(1, _ADULT),
    _household(1, _ADULT, _PUPIL),
    _household(3, _PUPIL, _TOO_DEAR),
    _household(3, {"attends_school": "no"}),
    _household(4, _TOO_DEAR, _AT_WORK),
    _household(1, {"attends_school": "dont-know"}),
    _household(1, {"attends_school": "yes", "education_barrier": "work-outside"}),  # 4 only where out of school
)
DISRUPTION = _severity(
    "education-disruption-severity",
    "Severity of schooling disrupted",
    DISRUPTION_SEVERITY,
    (1, 2, 3, 4),
    _household(1),
    _household(1, _PUPIL),
    _household(2, _PUPIL, _PUPIL | {"school_disrupted_by_teacher_absence": "yes"}),
    _household(3, _PUPIL | {"school_disrupted_by_displacement": "yes"}),  # of one child; before 2024.1.4 of two
    _household(3, _PUPIL | {"school_disrupted_by_hazard": "yes", "school_disrupted_by_teacher_absence": "yes"}),
    _household(4, _PUPIL | {"school_disrupted_by_hazard": "yes"}, _PUPIL | {"school_disrupted_by_attack": "yes"}),
    _household(1, _PUPIL | {"school_disrupted_by_attack": "dont-know"}),
    _household(1, {"attends_school": "yes"}),
)
# The first six are the cases of humind's own test, whose counts stand here as that many children.
SEVERITY = _severity(
    "education-severity",
    "Severity of needs in education",
    EDUCATION_SEVERITY,
    (1, 2, 3, 4),
    _household(1),
    _household(
        4,
        _AT_WORK,
        *[_PUPIL] * 7,
        _PUPIL | {"school_disrupted_by_hazard": "yes"},
        _PUPIL | {"school_disrupted_by_displacement": "yes"},
    ),
    _household(4, *[_PUPIL] * 4, _PUPIL | {"school_disrupted_by_attack": "yes"}),
    _household(3, *[_TOO_DEAR] * 2, *[_PUPIL] * 3, *[_PUPIL | {"school_disrupted_by_displacement": "yes"}] * 2),
    _household(1, _ADULT, _ADULT),
    _household(2, _PUPIL, _PUPIL | {"school_disrupted_by_teacher_absence": "yes"}),
    _household(4, _AT_WORK | {"school_disrupted_by_teacher_absence": "yes"}),
    _household(3, _TOO_DEAR),
)

EDUCATION = (OUT_OF_SCHOOL, PROTECTION_BARRIER_TO_EDUCATION, *DISRUPTED, ATTENDANCE, DISRUPTION, SEVERITY)
