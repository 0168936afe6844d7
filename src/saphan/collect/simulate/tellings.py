"""What is seen of a group, noted of a selected traveller and told in an interview, as facts by concept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from saphan.collect.forms.concepts import DIRECTION, SEX
from saphan.collect.rounds.model import Round
from saphan.collect.simulate.crossings import HISTORY, World
from saphan.collect.simulate.parties import codes_of
from saphan.collect.simulate.selection import Selected
from saphan.collect.simulate.settings import Settings

_KEY_DAYS = 1024  # more than the days of any world: keeps the days of one party apart from the next one's
_MORE = 0.35  # chance of a second need, and of a further reason
_NONE = "none"
_LARGE = 7


def told_codes(settings: Settings) -> Mapping[str, Iterable[str]]:
    """By concept, every code that the facts below may hold."""
    codes, points = codes_of(settings), settings.point.values()
    return {
        "point": codes.point,
        "nationality": codes.nationality,
        "mode": codes.mode,
        "main_reason": codes.reason,
        "other_reasons": (*codes.reason, _NONE),
        "work_sector": codes.sector[1:],
        "needs": settings.needs,
        "origin": [code for point in points for code in point.abroad],
        "destination": [code for point in points for code in (*point.inside, point.near)],
    }


class Tellings:
    """The truth of a world as people tell it; refusing to answer single questions is added by the form's filler."""

    def __init__(self, world: World, round_: Round) -> None:
        self._world = world
        self._days = round_.reference_days
        self._composition = world.parties.composition()
        crossings = world.crossings
        self._crossing_key = self._key(crossings.party, crossings.direction, crossings.day)
        self._sorted_keys = np.sort(self._crossing_key)
        self._commuter = [world.settings.traveller[kind].commuter for kind in world.codes.kind]

    def has_large_group(self, crossings: NDArray[np.int64]) -> bool:
        """Whether one group is so large that ten times as many would be noticed."""
        sizes = self._world.parties.size[self._world.crossings.party[crossings]]
        return bool((sizes >= _LARGE).any())

    def groups(self, crossings: NDArray[np.int64]) -> list[Mapping[str, str]]:
        """Each group as a counter sees it: direction, mode, and how many men, women, boys and girls."""
        world = self._world
        party = world.crossings.party[crossings]
        direction = world.crossings.direction[crossings].tolist()
        mode, kind = world.parties.mode[party].tolist(), world.parties.kind[party].tolist()
        seen = self._composition[party].tolist()
        return [
            {
                "direction": DIRECTION[way],
                "mode": world.codes.mode[by],
                "men": str(men),
                "women": str(women),
                "boys": str(boys),
                "girls": str(girls),
                # Children on their way to school together are no cause for alarm; one child alone may be.
                "unaccompanied_child": "yes" if boys + girls == 1 and not self._commuter[of] else "no",
            }
            for way, by, of, (men, women, boys, girls) in zip(direction, mode, kind, seen, strict=True)
        ]

    def seen(self, selected: Selected) -> Mapping[str, str]:
        """What the screener notes."""
        approach, world = selected.approach, self._world
        party = world.crossings.party[selected.crossing]
        return {
            "direction": DIRECTION[world.crossings.direction[selected.crossing]],
            "mode": world.codes.mode[world.parties.mode[party]],
            "group_size": str(approach.group_size),
            "eligible_in_group": str(approach.eligible),
            "observed_sex": approach.seen_sex,
            "observed_age_band": approach.seen_age_band,
            "outcome": approach.outcome,
            "consent": "yes" if approach.outcome == "interviewed" else "no",
        }

    def told(self, selected: Selected, rng: np.random.Generator) -> Mapping[str, str]:
        """What the traveller would answer to every question that has a concept."""
        approach, world = selected.approach, self._world
        parties, codes = world.parties, world.codes
        party = int(world.crossings.party[selected.crossing])
        kind = codes.kind[parties.kind[party]]
        sector = codes.sector[parties.sector[party]]
        return {
            **self.seen(selected),
            **({"work_sector": sector} if sector else {}),
            "consent": "yes" if approach.consented else "no",
            "nationality": codes.nationality[parties.nationality[party]],
            "commuter": "yes" if self._commuter[parties.kind[party]] else "no",
            "sex": SEX[parties.sex[approach.member]],
            "age": str(int(parties.age[approach.member])),
            "origin": codes.area[parties.abroad[party]],  # only those who come in are selected
            "destination": codes.area[parties.inside[party]],
            "main_reason": codes.reason[parties.reason[party]],
            "other_reasons": self._further(world.settings.traveller[kind].reason, int(parties.reason[party]), rng),
            "intended_stay": codes.stay[parties.stay[party]],
            "crossings_in_reference_period": str(self._crossings(selected.crossing)),
            "companions": str(approach.group_size - 1),
            "needs": self._needs(rng),
        }

    def companions(self, selected: Selected) -> list[Mapping[str, str]]:
        """The others of the party, as the traveller tells of them."""
        parties = self._world.parties
        party = int(self._world.crossings.party[selected.crossing])
        first, size = int(parties.first[party]), int(parties.size[party])
        return [
            {"sex": SEX[parties.sex[member]], "age": str(int(parties.age[member]))}
            for member in range(first, first + size)
            if member != selected.approach.member
        ]

    def _crossings(self, crossing: int) -> int:
        """Crossings of the same party in the same direction in the reference days, this one included."""
        key = self._crossing_key[crossing]
        first = np.searchsorted(self._sorted_keys, key - min(self._days - 1, HISTORY), side="left")
        return int(np.searchsorted(self._sorted_keys, key, side="right") - first)

    def _further(self, reasons: Mapping[str, float], main: int, rng: np.random.Generator) -> str:
        others = {code: weight for code, weight in reasons.items() if code != self._world.codes.reason[main]}
        return _weighted(others, rng) if others and rng.random() < _MORE else _NONE

    def _needs(self, rng: np.random.Generator) -> str:
        needs = self._world.settings.needs
        first, second = _weighted(needs, rng), _weighted(needs, rng)
        if rng.random() >= _MORE or _NONE in (first, second) or first == second:
            return first
        return f"{first} {second}"

    @staticmethod
    def _key(party: NDArray[np.int32], direction: NDArray[np.uint8], day: NDArray[np.int16]) -> NDArray[np.int64]:
        result: NDArray[np.int64] = (party.astype(np.int64) * 2 + direction) * _KEY_DAYS + day + HISTORY
        return result


def _weighted(weights: Mapping[str, float], rng: np.random.Generator) -> str:
    chance = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(chance / chance[-1], rng.random(), side="right"))]
