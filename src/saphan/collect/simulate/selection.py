"""Who was selected for interview and what came of it: every n-th traveller, in the screening hours of a round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from saphan.collect.forms.concepts import AGE_BAND, SEX
from saphan.collect.rounds.model import Busy, Round, Screening, WithinGroup
from saphan.collect.simulate.crossings import HOURS, IN, MINUTES, World
from saphan.collect.simulate.parties import ADULT, AGE_FROM
from saphan.collect.simulate.visits import Session, seen

_QUICK = (2.0, 4.0)  # minutes that an interview takes that was not held as it should be


@dataclass(frozen=True, kw_only=True)
class Approach:
    """The person approached, what the screener noted of them, and what came of it."""

    member: int  # place of the person in the world's members
    outcome: str
    group_size: int
    eligible: int
    seen_sex: str
    seen_age_band: str
    minutes: float  # of the interview, if there is one
    quick: bool  # planted: an interview too short to have been held
    consented: bool  # at the start of the interview


@dataclass(frozen=True, kw_only=True)
class Selected:
    """One selected traveller: where and when, under the code that joins screener and interview."""

    session: int  # which session of the round
    code: str
    crossing: int
    day: int
    hour: int
    minute: int
    approach: Approach


def select(world: World, round_: Round, sessions: tuple[Session, ...], rng: np.random.Generator) -> list[Selected]:
    """Screen every n-th person counted inwards, each session from a random start, in the order they passed.

    Selection is of persons, so a group's chance goes with its size; who is asked inside the group follows the round.
    """
    screening = round_.screening
    if screening is None:
        return []
    found: list[Selected] = []
    for number, session in enumerate(sessions):
        if session.shift in screening.shifts:
            found.extend(_of_session(world, screening, number, session, rng))
    return found


def _of_session(
    world: World, screening: Screening, number: int, session: Session, rng: np.random.Generator
) -> list[Selected]:
    crossings = _inward(world, screening, session)
    if not len(crossings):
        return []
    parties = world.parties
    passed = np.cumsum(parties.size[world.crossings.party[crossings]].astype(np.int64))
    when = _minutes(world, crossings)
    free = np.full(world.settings.fieldwork.interviewers, -1.0)  # when each interviewer is free again
    found: list[Selected] = []
    traveller = int(rng.integers(screening.interval))
    while traveller < passed[-1]:
        place = int(np.searchsorted(passed, traveller, side="right"))
        minute = float(when[place])
        chosen = _approach(world, screening, int(crossings[place]), bool(free.min() > minute), rng)
        found.append(
            Selected(
                session=number,
                code=f"{world.codes.point[session.point]}-{world.day(session.day):%m%d}-{session.shift[:1]}"
                f"{len(found) + 1:03d}",
                crossing=int(crossings[place]),
                day=int(world.crossings.day[crossings[place]]),
                hour=int(world.crossings.hour[crossings[place]]),
                minute=int(world.crossings.minute[crossings[place]]),
                approach=chosen,
            )
        )
        traveller += screening.interval
        if chosen.outcome == "interviewed":
            free[free.argmin()] = minute + chosen.minutes
            if screening.busy is Busy.SKIPPED:
                later = int(np.searchsorted(when, free.min()))
                traveller = max(traveller, int(passed[later - 1]) + screening.interval - 1 if later else 0)
    return found


def _inward(world: World, screening: Screening, session: Session) -> NDArray[np.int64]:
    parts = [np.zeros(0, dtype=np.int64)]
    for day, hour, minutes in session.hours:
        if screening.hours is None or _between(hour, screening.hours):
            crossings = seen(world, session.point, day, hour, minutes)
            parts.append(crossings[world.crossings.direction[crossings] == IN])
    return np.concatenate(parts)


def _between(hour: int, hours: tuple[int, int]) -> bool:
    start, end = hours
    return start <= hour < end if start < end else hour >= start or hour < end


def _minutes(world: World, crossings: NDArray[np.int64]) -> NDArray[np.float64]:
    """When crossings happened, in minutes from the world's first day."""
    of = world.crossings
    hours = of.day[crossings].astype(np.float64) * HOURS + of.hour[crossings].astype(np.float64)
    return hours * MINUTES + of.minute[crossings].astype(np.float64)


def _approach(world: World, screening: Screening, crossing: int, busy: bool, rng: np.random.Generator) -> Approach:
    parties, work = world.parties, world.settings.fieldwork
    party = int(world.crossings.party[crossing])
    first, size = int(parties.first[party]), int(parties.size[party])
    members = np.arange(first, first + size)
    eligible = members[parties.age[members] >= screening.minimum_age]
    member = _ask(screening.within_group, members, eligible, parties.age, rng)
    band = int(np.searchsorted(AGE_FROM, parties.age[member], side="right")) - 1
    if rng.random() < work.age_misjudged:
        band = min(max(band + int(rng.choice([-1, 1])), 0), len(AGE_BAND) - 1)
    sex = SEX[parties.sex[member]]
    quick = bool(rng.random() < work.errors.get("too-short", 0.0))
    minutes = float(rng.uniform(*_QUICK) if quick else work.minutes * np.exp(work.minutes_spread * rng.normal()))
    return Approach(
        member=member,
        outcome=_outcome(world, crossing, party, member, band, bool(len(eligible)), busy, rng),
        group_size=size,
        eligible=len(eligible),
        seen_sex=sex,
        seen_age_band=AGE_BAND[band],
        minutes=minutes,
        quick=quick,
        consented=bool(rng.random() >= work.consent_refused),
    )


def _ask(
    rule: WithinGroup,
    members: NDArray[np.int64],
    eligible: NDArray[np.int64],
    ages: NDArray[np.uint8],
    rng: np.random.Generator,
) -> int:
    if not len(eligible):
        return int(rng.choice(members))
    if rule is WithinGroup.ANY_ADULT:  # who comes forward: the one who leads the party
        adults = eligible[ages[eligible] >= ADULT]
        return int(adults[0] if len(adults) else eligible[0])
    return int(rng.choice(eligible))  # a birthday is as good as a draw


def _outcome(
    world: World,
    crossing: int,
    party: int,
    member: int,
    band: int,
    eligible: bool,
    busy: bool,
    rng: np.random.Generator,
) -> str:
    work, codes, parties = world.settings.fieldwork, world.codes, world.parties
    if busy:
        return "busy"
    if not eligible:
        return "under-age"
    if rng.random() < _of(work.not_stopped, codes.mode[parties.mode[party]]):
        return "not-stopped"
    if rng.random() < _of(work.language, codes.nationality[parties.nationality[party]]):
        return "language"
    if rng.random() < work.prevented:
        return "prevented"
    rule = work.refusal
    odds = (
        rule.base
        + rule.sex.get(SEX[parties.sex[member]], 0.0)
        + rule.age.get(AGE_BAND[band], 0.0)
        + rule.party * (int(parties.size[party]) - 1)
        + rule.night * (int(world.crossings.hour[crossing]) in world.settings.night.clock_hours)
        + rule.stay.get(codes.stay[parties.stay[party]], 0.0)
        + rule.trait * float(parties.trait[party])
    )
    return "refused" if rng.random() < 1 / (1 + np.exp(-odds)) else "interviewed"


def _of(shares: Mapping[str, float], code: str) -> float:
    return shares.get(code, shares.get("other", 0.0))
