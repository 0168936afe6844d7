"""The multi-sectoral needs index: the worst sector of a household, and how many and which sectors it needs help in.

A household is in need in a sector from severity 3 on, in severe need from 4 on. Two rules stand for a sector that is
missing. IMPACT's leaves it out: the index is that of the sectors known, and so a lower bound of the household's.
Ours leaves the household missing, unless the known settle it: one sector in need is need, whatever the others are.
A form that does not ask about a sector at all has an index of the others, which names those that it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, zip_longest

from saphan.analyse.frames.expression import Expression, HowMany, Named, Some, answer, cases, worst
from saphan.analyse.indicators.needs.answers import one_or_zero
from saphan.analyse.indicators.needs.model import Cell, Example, Indicator, Kind, Profile, Subject
from saphan.analyse.indicators.needs.severity import NEED, SEVERE_NEED, SEVERITIES, named

SECTORS = ("food-security", "shelter", "water", "protection", "health", "education")  # in the order of the framework
SIZE = "household_size"
SIZES = (4, None)  # of the households that are worked examples
_SOURCES = {
    Profile.IMPACT_2025: "IMPACT Initiatives, humind 2025.1, add_msni",
    Profile.SAPHAN: "Saphan: as IMPACT Initiatives, humind 2025.1, add_msni, a missing sector left open",
}


@dataclass(frozen=True, kw_only=True)
class Sector:
    """A sector's severity from 1 to 5, and households as worked examples of it, each of which `gives` its severity."""

    severity: Expression
    examples: tuple[Example, ...]

    def household(self, severity: str) -> Example | None:
        """A household of this severity, if there can be one."""
        return next((one for one in self.examples if one.gives == severity), None)


def index(sectors: Mapping[str, Expression]) -> Expression:
    """The worst of the sectors that are known; null where none is."""
    return worst(*sectors.values(), lenient=True)


def composites(sectors: Mapping[str, Sector]) -> tuple[Indicator, ...]:
    """Every indicator made of these sectors' severities; ValueError for a sector that the framework does not have.

    With all six the indicators have the framework's names; with fewer their ids and titles say of which.
    """
    if strange := [name for name in sectors if name not in SECTORS]:
        raise ValueError(f"{', '.join(strange)}: the framework has {', '.join(SECTORS)}")
    return tuple(_indicators({name: sectors[name] for name in SECTORS if name in sectors}))


def _indicators(sectors: Mapping[str, Sector]) -> Iterator[Indicator]:
    severity = {name: one.severity for name, one in sectors.items()}
    whole = len(sectors) == len(SECTORS)
    suffix = "" if whole else f"-of-{'-'.join(sectors)}"
    of = "" if whole else f" ({', '.join(sectors)} only)"

    def made(
        name: str,
        profile: Profile,
        title: str,
        kind: Kind,
        value: Expression,
        examples: Sequence[Example],
        classes: tuple[str, ...] = (),
        in_need: tuple[str, ...] = (),
        part_of: str | None = None,
    ) -> Indicator:
        return Indicator(
            id=f"{name}{suffix}",
            profile=profile,
            title=f"{title}{of}",
            subject=Subject.HOUSEHOLD,
            kind=kind,
            value=value,
            recall="that of each sector",
            source=_SOURCES[profile],
            examples=tuple(examples),
            classes=classes,
            in_need=in_need,
            part_of=part_of,
        )

    worst_known = index(severity)
    households = tuple(_households(sectors))
    for profile in _SOURCES:
        ours = profile is Profile.SAPHAN
        yield made(
            "multi-sectoral-needs-index",
            profile,
            "Multi-sectoral needs index",
            Kind.CLASS,
            named(_settled(severity) if ours else worst_known),
            [_given(one, _index(one.severities, ours=ours)) for one in households],
            classes=SEVERITIES,
            in_need=SEVERITIES[NEED - 1 :],
        )
        for edge, words in ((NEED, "need"), (SEVERE_NEED, "severe need")):
            yield made(
                f"multi-sectoral-{words.replace(' ', '-')}",
                profile,
                f"Household in {words} in at least one sector",
                Kind.YES_NO,
                one_or_zero(_any(severity, edge) if ours else worst_known >= edge),
                [_given(one, _in_need(one.severities, edge, ours=ours)) for one in households],
            )
        in_need = _any(severity, NEED) if ours else worst_known >= NEED
        yield made(
            "members-in-need",
            profile,
            "Members of households in need in at least one sector",
            Kind.NUMBER,
            cases((in_need, answer(SIZE)), (~in_need & (answer(SIZE) >= 0), 0), otherwise=None),
            [
                _sized(one, members, _in_need(one.severities, NEED, ours=ours))
                for one in households
                for members in SIZES
            ],
            part_of=SIZE,
        )
        number = HowMany(parts=_needs(severity, NEED), lenient=not ours)
        yield made(
            "sectors-in-need",
            profile,
            "Number of sectors in which the household is in need" + ("" if ours else ", of households in need"),
            Kind.NUMBER,
            number if ours else cases((number >= 1, number), otherwise=None),
            [_given(one, _number(one.severities, ours=ours)) for one in households],
        )
    yield made(
        "needs-profile",
        Profile.IMPACT_2025,
        "Sectors in which the household is in need, of households in need",
        Kind.CLASS,
        Named(parts=tuple(zip(_needs(severity, NEED), sectors, strict=True))),
        [_given(one, _profile(one.severities)) for one in (*households, *_combinations(sectors))],
        classes=(profiles := tuple("+".join(one) for one in _some_of(tuple(sectors)))),
        in_need=profiles,
    )


def _needs(severity: Mapping[str, Expression], edge: int) -> tuple[Expression, ...]:
    return tuple(one >= edge for one in severity.values())


def _any(severity: Mapping[str, Expression], edge: int) -> Expression:
    return Some(parts=_needs(severity, edge))


def _settled(severity: Mapping[str, Expression]) -> Expression:
    """The worst of all sectors; null where one is missing that could be worse still than those known."""
    top = float(SEVERITIES[-1])
    return cases((_any(severity, int(top)), top), otherwise=worst(*severity.values()))


# Worked examples are put together of those of the sectors, and what they give is told by the rule in Python.


@dataclass(frozen=True, kw_only=True)
class _Household:
    """Answers about several sectors, and the severity of each, None where it is missing."""

    answers: Mapping[str, Cell]
    members: Mapping[str, Sequence[Mapping[str, Cell]]]
    severities: Mapping[str, int | None]


def _joined(sectors: Mapping[str, Example]) -> _Household:
    """One household of several examples: its members answer for one sector after the other."""
    repeats = dict.fromkeys(chain.from_iterable(one.members for one in sectors.values()))
    members = {
        repeat: [
            dict(chain.from_iterable(row.items() for row in rows))
            for rows in zip_longest(*(one.members.get(repeat, ()) for one in sectors.values()), fillvalue={})
        ]
        for repeat in repeats
    }
    return _Household(
        answers=dict(chain.from_iterable(one.answers.items() for one in sectors.values())),
        members=members,
        severities={name: None if one.gives is None else int(one.gives) for name, one in sectors.items()},
    )


def _households(sectors: Mapping[str, Sector]) -> Iterator[_Household]:
    """Each severity of each sector among others without need, and each sector missing beside need and without."""
    well = {name: _of(one, "1") for name, one in sectors.items()}
    for name, sector in sectors.items():
        found = (sector.household(severity) for severity in SEVERITIES)
        yield from (_joined({**well, name: one}) for one in found if one is not None)
        missing = next((one for one in sector.examples if one.gives is None), None)
        if missing is not None:
            yield _joined({**well, name: missing})
            for other, severity in ((other, severity) for other in sectors if other != name for severity in ("3", "5")):
                one = sectors[other].household(severity)
                if one is not None:
                    yield _joined({**well, name: missing, other: one})


def _combinations(sectors: Mapping[str, Sector]) -> Iterator[_Household]:
    """A household for each set of sectors in need."""
    well, needy = ({name: _of(one, severity) for name, one in sectors.items()} for severity in ("1", str(NEED)))
    for some in _some_of(tuple(sectors)):
        yield _joined({name: (needy if name in some else well)[name] for name in sectors})


def _of(sector: Sector, severity: str) -> Example:
    found = sector.household(severity)
    if found is None:
        raise ValueError(f"a sector has no example of severity {severity}")
    return found


def _some_of(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, number) for number in range(1, len(names) + 1))


def _given(household: _Household, gives: str | int | None) -> Example:
    return Example(answers=household.answers, members=household.members, gives=gives)


def _sized(household: _Household, members: int | None, in_need: int | None) -> Example:
    gives = None if members is None or in_need is None else members * in_need
    return Example(answers={**household.answers, SIZE: members}, members=household.members, gives=gives)


def _known(severities: Mapping[str, int | None]) -> list[int]:
    return [one for one in severities.values() if one is not None]


def _index(severities: Mapping[str, int | None], *, ours: bool) -> str | None:
    known = _known(severities)
    open_ = ours and len(known) < len(severities) and max(known, default=0) < int(SEVERITIES[-1])
    return None if open_ or not known else str(max(known))


def _in_need(severities: Mapping[str, int | None], edge: int, *, ours: bool) -> int | None:
    known = _known(severities)
    met = max(known, default=0) >= edge
    return None if not known or (ours and not met and len(known) < len(severities)) else int(met)


def _number(severities: Mapping[str, int | None], *, ours: bool) -> int | None:
    known = _known(severities)
    number = sum(one >= NEED for one in known)
    if ours:
        return number if len(known) == len(severities) else None
    return number or None  # IMPACT's metric is of households in need


def _profile(severities: Mapping[str, int | None]) -> str | None:
    return "+".join(name for name, one in severities.items() if one is not None and one >= NEED) or None
