"""Who crosses: parties of travellers with their members, drawn from the weights of a kind and a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from saphan.collect.forms.concepts import AGE_BAND, INTENDED_STAY, SEX
from saphan.collect.simulate.settings import Point, Settings, Traveller

AGE_FROM = (0, 5, 15, 18, 30, 45, 60)  # the first year of age of each band in AGE_BAND
OLDEST = 85
ADULT = 18
_UNATTENDED = 7  # no child under this age crosses alone


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The codes that the small integers in a world's arrays stand for."""

    point: tuple[str, ...]
    kind: tuple[str, ...]
    nationality: tuple[str, ...]
    mode: tuple[str, ...]
    reason: tuple[str, ...]
    stay: tuple[str, ...]
    sector: tuple[str, ...]  # the first is "", for those who do not come to work
    area: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Parties:
    """N parties; members of party i are `members[first[i] : first[i] + size[i]]`."""

    point: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    nationality: NDArray[np.uint8]
    mode: NDArray[np.uint8]
    reason: NDArray[np.uint8]
    stay: NDArray[np.uint8]
    sector: NDArray[np.uint8]
    abroad: NDArray[np.uint8]  # area on the far side
    inside: NDArray[np.uint8]  # area of the mission's country
    trait: NDArray[np.float32]  # what nobody sees
    size: NDArray[np.uint8]
    first: NDArray[np.int64]
    sex: NDArray[np.uint8]  # of members, as in SEX
    age: NDArray[np.uint8]  # of members, in years

    @property
    def count(self) -> int:
        """How many parties."""
        return len(self.size)

    def composition(self) -> NDArray[np.uint8]:
        """Men, women, boys and girls (N, 4) as somebody at the roadside sees them."""
        child, female = self.age < ADULT, self.sex == SEX.index("female")
        kinds = np.stack([~child & ~female, ~child & female, child & ~female, child & female], axis=1)
        sums = np.add.reduceat(kinds.astype(np.int64), self.first, axis=0) if self.count else kinds[:0]
        return sums.astype(np.uint8)


def codes_of(settings: Settings) -> Codes:
    """Every code that a world made from these settings may hold, in the order they are first named."""
    travellers, points = settings.traveller.values(), settings.point.values()

    def gather(groups: Sequence[Mapping[str, float]]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for group in groups for code in group))

    return Codes(
        point=tuple(settings.point),
        kind=tuple(settings.traveller),
        nationality=gather([traveller.nationality for traveller in travellers]),
        mode=gather([point.mode for point in points]),
        reason=gather([traveller.reason for traveller in travellers]),
        stay=INTENDED_STAY,
        sector=("", *settings.sector),
        area=gather([{**point.abroad, **point.inside, point.near: 1.0} for point in points]),
    )


def draw(rng: np.random.Generator, settings: Settings, codes: Codes, point: str, kind: str, count: int) -> Parties:
    """Draw `count` parties of one kind at one point."""
    own, traveller = settings.point[point], settings.traveller[kind]
    size = np.array([int(code) for code in traveller.party], dtype=np.uint8)[pick(rng, traveller.party, None, count)]
    children_only = rng.random(count) < traveller.children_only
    size[children_only & (rng.random(count) < traveller.alone)] = 1
    reason = pick(rng, traveller.reason, codes.reason, count)
    stay = _stay(rng, settings, traveller, codes, reason)
    works = np.isin(reason, [codes.reason.index(code) for code in settings.work_reasons if code in codes.reason])
    lean = np.array([settings.undocumented.get(code, 0.0) for code in codes.stay])
    first = np.concatenate([[0], np.cumsum(size, dtype=np.int64)[:-1]]) if count else np.zeros(0, dtype=np.int64)
    sex, age = _members(rng, traveller, size, first, children_only)
    return Parties(
        point=np.full(count, codes.point.index(point), dtype=np.uint8),
        kind=np.full(count, codes.kind.index(kind), dtype=np.uint8),
        nationality=pick(rng, traveller.nationality, codes.nationality, count),
        mode=pick(rng, own.mode, codes.mode, count),
        reason=reason,
        stay=stay,
        sector=np.where(works, pick(rng, settings.sector, codes.sector, count), 0).astype(np.uint8),
        abroad=pick(rng, own.abroad, codes.area, count),
        inside=_inside(rng, own, traveller, codes, count),
        trait=(rng.standard_normal(count) + lean[stay]).astype(np.float32),
        size=size,
        first=first,
        sex=sex,
        age=age,
    )


def join(parts: Sequence[Parties]) -> Parties:
    """One population of several, in order."""
    members = np.cumsum([0, *(len(part.age) for part in parts)])
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Parties)
        if field.name != "first"
    }
    first = np.concatenate([part.first + start for part, start in zip(parts, members, strict=False)])
    return Parties(first=first, **columns)


def pick(
    rng: np.random.Generator, weights: Mapping[str, float], names: Sequence[str] | None, count: int
) -> NDArray[np.uint8]:
    """Draw `count` codes by weight, as places in `names` (or in `weights` itself)."""
    place = np.array([names.index(code) if names else index for index, code in enumerate(weights)], dtype=np.uint8)
    chance = np.cumsum(np.array(list(weights.values()), dtype=float))
    drawn: NDArray[np.uint8] = place[np.searchsorted(chance / chance[-1], rng.random(count), side="right")]
    return drawn


def _inside(rng: np.random.Generator, own: Point, traveller: Traveller, codes: Codes, count: int) -> NDArray[np.uint8]:
    if traveller.weekly is not None:  # those who come again and again stay near
        return np.full(count, codes.area.index(own.near), dtype=np.uint8)
    return pick(rng, own.inside, codes.area, count)


def _stay(
    rng: np.random.Generator, settings: Settings, traveller: Traveller, codes: Codes, reason: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    if traveller.stay is not None:
        return pick(rng, traveller.stay, codes.stay, len(reason))
    stay = np.zeros(len(reason), dtype=np.uint8)
    for index, code in enumerate(codes.reason):
        of_reason = reason == index
        if code in settings.stay and of_reason.any():
            stay[of_reason] = pick(rng, settings.stay[code], codes.stay, int(of_reason.sum()))
    return stay


def _members(
    rng: np.random.Generator,
    traveller: Traveller,
    size: NDArray[np.uint8],
    first: NDArray[np.int64],
    children_only: NDArray[np.bool_],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    count = int(size.sum())
    sex = np.where(rng.random(count) < traveller.women, SEX.index("female"), SEX.index("male")).astype(np.uint8)
    unattended = np.repeat(children_only, size)
    child = rng.random(count) < traveller.children
    child[first] = False
    child |= unattended
    age = np.where(child, _ages(rng, traveller.child_ages, count), _ages(rng, traveller.ages, count))
    age = np.where(unattended, np.clip(age, _UNATTENDED, ADULT - 1), age)
    return sex, age.astype(np.uint8)


def _ages(rng: np.random.Generator, weights: Mapping[str, float], count: int) -> NDArray[np.int64]:
    """Years of age: a band by weight, then evenly inside it."""
    band = pick(rng, weights, AGE_BAND, count)
    start, end = np.array(AGE_FROM), np.array([*AGE_FROM[1:], OLDEST])
    years: NDArray[np.int64] = (start[band] + rng.random(count) * (end - start)[band]).astype(np.int64)
    return years
