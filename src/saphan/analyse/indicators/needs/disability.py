"""Disability by the Washington Group's short set on functioning, of each person of 5 or older, at four cut-offs."""

from __future__ import annotations

from saphan.analyse.frames.expression import Expression, How, HowMany, Members, Some, answer, cases
from saphan.analyse.indicators.needs.answers import one_or_zero
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject

DOMAINS = (
    "difficulty_seeing",
    "difficulty_hearing",
    "difficulty_walking",
    "difficulty_remembering",
    "difficulty_self_care",
    "difficulty_communicating",
)
NONE, SOME, A_LOT, CANNOT = "no-difficulty", "some-difficulty", "a-lot-of-difficulty", "cannot-do-at-all"
YOUNGEST = 5
RECOMMENDED = 3  # the Group's cut-off for international comparison
_FROM = {1: (SOME, A_LOT, CANNOT), 3: (A_LOT, CANNOT), 4: (CANNOT,)}  # in at least one domain
_TWO = (SOME, A_LOT, CANNOT)  # cut-off 2: in two domains, or else as at cut-off 3 in one
_WORDS = {
    1: "some difficulty in one domain, or worse",
    2: "some difficulty in two domains, or a lot in one",
    3: "a lot of difficulty in one domain, or worse",
    4: "unable in one domain",
}
_OF_AGE = answer("age") >= YOUNGEST
_SOURCES = {
    Profile.WASHINGTON_GROUP: "Washington Group on Disability Statistics, Analytic guidelines WG-SS (SPSS syntax)",
    Profile.IMPACT_2025: "IMPACT Initiatives, humind 2025.1, add_loop_wgq_ss and its tests",
}


def _at(levels: tuple[str, ...]) -> tuple[Expression, ...]:
    return tuple(answer(domain).one_of(*levels) for domain in DOMAINS)


def _met(cut_off: int, *, lenient: bool) -> Expression:
    """Whether the cut-off is met; `lenient` takes a domain without answer for one without difficulty."""

    def at_least(number: int, levels: tuple[str, ...]) -> Expression:
        if number == 1 and not lenient:
            return Some(parts=_at(levels))  # one domain settles it, whatever the others are
        return HowMany(parts=_at(levels), lenient=lenient) >= number

    if cut_off == 2:
        return at_least(2, _TWO) | at_least(1, _FROM[3])
    return at_least(1, _FROM[cut_off])


def disabled(cut_off: int, profile: Profile) -> Expression:
    """1 or 0 for a member of 5 or older, null for a younger one and where nothing is known.

    The Washington Group takes don't know, refused and silence for missing, and a missing domain for one without
    difficulty as long as another of the six is answered; where none is, the person is missing. IMPACT codes don't know
    and refused as no difficulty even in all six, and leaves a person missing for whom a domain was not asked, unless
    another settles it.
    """
    if profile is Profile.WASHINGTON_GROUP:
        answered = HowMany(parts=_at((NONE, SOME, A_LOT, CANNOT)), lenient=True) >= 1
        return cases((_OF_AGE & _met(cut_off, lenient=True), 1), (_OF_AGE & answered, 0), otherwise=None)
    met = _met(cut_off, lenient=False)
    return cases((_OF_AGE & met, 1), (_OF_AGE & ~met, 0), otherwise=None)


def _person(*levels: str | None, age: int | None = 30) -> dict[str, Cell]:
    """Answers in the order of the domains; those left out have no difficulty."""
    return {"age": age, **dict.fromkeys(DOMAINS, NONE), **dict(zip(DOMAINS, levels, strict=False))}


def _silent(said: str | None) -> dict[str, Cell]:
    return _person(*(said,) * len(DOMAINS))


# Who meets which cut-off: the first four persons are those of humind's tests.
_PERSONS: tuple[tuple[dict[str, Cell], tuple[int, int, int, int]], ...] = (
    (_person(CANNOT, A_LOT, NONE, SOME, CANNOT, A_LOT, age=10), (1, 1, 1, 1)),
    (_person(SOME, NONE, A_LOT, CANNOT, SOME, NONE, age=12), (1, 1, 1, 1)),
    (_person(NONE, CANNOT, SOME, A_LOT, NONE, CANNOT, age=7), (1, 1, 1, 1)),
    (_person(A_LOT, SOME, CANNOT, NONE, A_LOT, SOME, age=6), (1, 1, 1, 1)),
    (_person("refused", "dont-know", NONE, NONE, "refused", "dont-know", age=20), (0, 0, 0, 0)),
    (_person(), (0, 0, 0, 0)),
    (_person(SOME), (1, 0, 0, 0)),
    (_person(SOME, NONE, SOME), (1, 1, 0, 0)),
    (_person(A_LOT), (1, 1, 1, 0)),
    (_person(A_LOT, A_LOT), (1, 1, 1, 0)),
    (_person(CANNOT, age=5), (1, 1, 1, 1)),
    (_person(CANNOT, None, "dont-know"), (1, 1, 1, 1)),
)


def _examples(cut_off: int, profile: Profile) -> tuple[Example, ...]:
    washington = profile is Profile.WASHINGTON_GROUP
    return (
        *(Example(answers=answers, gives=met[cut_off - 1]) for answers, met in _PERSONS),
        Example(answers=_person(CANNOT, age=4), gives=None),
        Example(answers=_person(CANNOT, age=None), gives=None),
        Example(answers=_silent("refused"), gives=None if washington else 0),
        Example(answers=_silent("dont-know"), gives=None if washington else 0),
        Example(answers=_silent(None), gives=None),
        Example(answers=_person(None), gives=0 if washington else None),
    )


def _indicator(cut_off: int, profile: Profile) -> Indicator:
    return Indicator(
        id=f"disability-cut-off-{cut_off}",
        profile=profile,
        title=f"Person with a disability, cut-off {cut_off}: {_WORDS[cut_off]}",
        subject=Subject.PERSON,
        kind=Kind.YES_NO,
        value=disabled(cut_off, profile),
        source=_SOURCES[profile],
        examples=_examples(cut_off, profile),
    )


def _household(profile: Profile) -> Indicator:
    person = disabled(RECOMMENDED, profile)
    washington = profile is Profile.WASHINGTON_GROUP
    # IMPACT leaves out members of whom nothing is known; with the Group's they leave the household open, as everywhere
    # here, unless another member settles it. A member without an age is left out of both.
    value = (
        one_or_zero(Members(repeat="member", how=How.ANY, of=person.equals(1), among=_OF_AGE))
        if washington
        else one_or_zero(Members(repeat="member", how=How.COUNT, of=person.equals(1)) >= 1)
    )

    def of(*members: dict[str, Cell], gives: int | None) -> Example:
        return Example(members={"member": members}, gives=gives)

    return Indicator(
        id="disability-in-household",
        profile=profile,
        title=f"A member with a disability, cut-off {RECOMMENDED}: {_WORDS[RECOMMENDED]}",
        subject=Subject.HOUSEHOLD,
        kind=Kind.YES_NO,
        value=value,
        source=_SOURCES[profile],
        examples=(
            of(_person(), _person(A_LOT), gives=1),
            of(_person(), _person(SOME, SOME), gives=0),
            of(_person(), _person(CANNOT, age=4), gives=0),
            of(_person(CANNOT, age=4), gives=0),
            of(_silent(None), _person(CANNOT), gives=1),
            of(_silent(None), _person(), gives=None if washington else 0),
            of(_person(), _person(CANNOT, age=None), gives=0),
        ),
    )


_PROFILES = (Profile.WASHINGTON_GROUP, Profile.IMPACT_2025)
DISABILITY = (
    *(_indicator(cut_off, profile) for profile in _PROFILES for cut_off in _WORDS),
    *(_household(profile) for profile in _PROFILES),
)
