"""An invented population, of households or of persons, with everything that each would answer.

What is true is the whole population's answers, as tables of the same shape as the frames of its survey: whoever
computes an indicator from frames computes what it is in truth from these, by the same definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from saphan.collect.forms.model import State
from saphan.collect.simulate.population_settings import Answer, Peopled
from saphan.mission.model import Places

_STREAM = 11  # of chance, this module's own: what is invented of travellers stays as it is
_HEAD = "head"
_UNSAID = {"dont-know": State.DONT_KNOW, "refused": State.REFUSED}  # the codes of the vocabulary

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What all rows answer to one question: words (n,), whole numbers (n,), or chosen or not (n, codes); who was asked.

    `codes` are those of a question where several can be chosen, else empty.
    """

    values: NDArray[np.str_] | Integers | Bools
    asked: Bools
    codes: tuple[str, ...] = ()

    def text(self, row: int) -> str:
        """The answer of somebody who was asked, as a phone writes it."""
        if self.codes:
            return " ".join(code for code, chosen in zip(self.codes, self.values[row], strict=True) if chosen)
        return str(self.values[row])

    def arrow(self) -> tuple[pa.Array, pa.Array]:
        """The answers and their states as a frame holds them: null where there is none."""
        states = np.where(self.asked, State.ANSWERED, State.NOT_ASKED)
        if self.codes:
            names = np.array(self.codes)
            lists = [names[row].tolist() if asked else None for row, asked in zip(self.values, self.asked, strict=True)]
            return pa.array(lists, pa.list_(pa.string())), pa.array(states, pa.uint8())
        kind = pa.int64() if self.values.dtype.kind == "i" else pa.string()
        for code, state in _UNSAID.items() if kind == pa.string() else ():
            states = np.where(self.asked & (self.values == code), state, states)
        return pa.array(self.values, kind, mask=states != State.ANSWERED), pa.array(states, pa.uint8())


@dataclass(frozen=True, kw_only=True)
class Everybody:
    """A population: for each household (or person) its area; for each member its household; and what both answer.

    `answers` and `members` are by concept; `provinces` by area, None where a place lies in no area of level 1.
    """

    peopled: Peopled
    provinces: Mapping[str, str | None]
    area: NDArray[np.str_]
    household: Integers  # of each member
    answers: Mapping[str, Told]
    members: Mapping[str, Told]

    def truth(self) -> dict[str, pa.Table]:
        """Frames of the whole population, as those of its survey would be if everybody had answered everything."""
        ids = np.array([f"{self.peopled.survey.asked}-{number}" for number in range(self.area.size)])
        everyone = np.ones(self.area.size, dtype=bool)
        names, of = np.unique(self.area, return_inverse=True)
        province = np.array([self.provinces[name] or "" for name in names])[of]
        places = {
            "province": Told(values=province, asked=province != ""),
            "stratum": Told(values=np.array([self.peopled.areas[name].stratum for name in names])[of], asked=everyone),
            "cluster": Told(values=self.area, asked=everyone),
        }
        frame = self.peopled.kind.value
        frames = {frame: _frame(ids, np.zeros(self.area.size, dtype=np.int64), {**places, **self.answers})}
        if self.members:
            first = np.searchsorted(self.household, np.arange(self.area.size))
            row = np.arange(self.household.size) - first[self.household]
            frames[f"{frame}.member"] = _frame(ids[self.household], row, self.members)
        return frames


def _frame(ids: NDArray[np.str_], row: Integers, answers: Mapping[str, Told]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        "submission": pa.array(ids),
        "row": pa.array(row, pa.int32()),
        "parent": pa.array(np.zeros(row.size), pa.int32()),
    }
    for concept, told in answers.items():
        columns[concept], columns[f"{concept}.state"] = told.arrow()
    return pa.table(columns)


def save_everybody(truth: Mapping[str, pa.Table], folder: Path) -> None:
    """Write the tables of a truth as `<frame>.parquet` into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in truth.items():
        pq.write_table(table, folder / f"{name}.parquet")


def everybody(peopled: Peopled, places: Places, *, seed: int) -> Everybody:
    """The population of all areas; equal arguments give equal ones, another survey one of its own chance."""
    rng = np.random.default_rng([seed, _STREAM, crc32(peopled.survey.id.encode())])
    areas, answer = peopled.areas, peopled.settings.answer
    names = sorted(areas)
    sizes = np.array([areas[name].households for name in names])
    stratum = np.repeat([areas[name].stratum for name in names], sizes)
    deep = peopled.settings.hardship
    hardship = np.repeat([deep.stratum[areas[name].stratum] for name in names], sizes)
    hardship += np.repeat(rng.normal(0, deep.area, len(names)), sizes)
    hardship += rng.normal(0, deep.household, hardship.size)
    answers = _answered([one for one in answer if not one.members], stratum, hardship, rng, {})
    household = np.zeros(0, dtype=np.int64)
    members: dict[str, Told] = {}
    asked = [one for one in answer if one.members]
    if asked:
        household = np.repeat(np.arange(stratum.size), np.asarray(answers["household_size"].values, dtype=np.int64))
        heads = np.flatnonzero(np.diff(household, prepend=-1))
        known = {name: (heads, answers[f"head_{name}"].values) for name in ("sex", "age")}
        known["relation_to_head"] = (heads, np.full(heads.size, _HEAD))
        members = _answered(asked, stratum[household], hardship[household], rng, known)
    above = {name: places.ancestor(areas[name].pcode, 1) for name in names}
    return Everybody(
        peopled=peopled,
        provinces={name: None if area is None else area.pcode for name, area in above.items()},
        area=np.repeat(names, sizes),
        household=household,
        answers=answers,
        members=members,
    )


def _answered(
    answers: list[Answer],
    stratum: NDArray[np.str_],
    hardship: Floats,
    rng: np.random.Generator,
    known: Mapping[str, tuple[Integers, NDArray[np.str_] | Integers | Bools]],
) -> dict[str, Told]:
    """Answers in the order of their tables; `known` puts values in rows where they are known already."""
    told: dict[str, Told] = {}
    for answer in answers:
        asked = _asked(answer, told, hardship.size)
        for concept in answer.concepts:
            behind = answer.leaning * hardship + np.sqrt(1 - answer.leaning**2) * rng.normal(size=hardship.size)
            new = _draw(answer, ndtr(behind), stratum, asked, told, rng)
            if concept in told:
                earlier = told[concept]
                values = np.where(earlier.asked, earlier.values, new.values)
                new = Told(values=values, asked=earlier.asked | new.asked, codes=earlier.codes)
            if concept in known:
                rows, values = known[concept]
                wide_enough = np.promote_types(values.dtype, new.values.dtype)
                new = Told(values=new.values.astype(wide_enough), asked=new.asked.copy())
                new.values[rows], new.asked[rows] = values, True
            told[concept] = new
    return told


def _asked(answer: Answer, told: Mapping[str, Told], count: int) -> Bools:
    asked = np.ones(count, dtype=bool)
    for concept, codes in answer.given.items():
        other = told[concept]
        if other.codes:
            chosen = [other.codes.index(code) for code in codes]
            asked &= other.asked & np.asarray(other.values)[:, chosen].any(axis=1)
        else:
            asked &= other.asked & np.isin(other.values, codes)
    for concept, (low, high) in answer.ranging.items():
        number = np.asarray(told[concept].values, dtype=np.int64)
        asked &= told[concept].asked & (number >= low) & (number <= high)
    return asked


def _draw(
    answer: Answer,
    level: Floats,
    stratum: NDArray[np.str_],
    asked: Bools,
    told: Mapping[str, Told],
    rng: np.random.Generator,
) -> Told:
    """What everybody answers, from the level of what lies behind it: 0 the best, 1 the worst of the population."""
    if answer.weights is not None:
        codes = np.array(answer.codes)
        drawn = _pick(answer.weights, codes, level)
        for name, weights in answer.by_stratum.items():
            drawn = np.where(stratum == name, _pick(weights, codes, level), drawn)
        values = codes[drawn]
        numeric = all(code.isdecimal() for code in answer.codes)
        return Told(values=values.astype(np.int64) if numeric else values, asked=asked)
    if answer.several is not None:
        return _several(answer, answer.several, level, asked, told, rng)
    if answer.amount is not None:
        amount = answer.amount
        rest = np.clip((level - amount.none) / max(1 - amount.none, 1e-9), 1e-9, 1 - 1e-9)
        exact = amount.median * np.exp(amount.spread * ndtri(rest))
        whole = np.maximum(np.round(exact / amount.step), 1).astype(np.int64) * amount.step
        return Told(values=np.where(level < amount.none, 0, whole), asked=asked)
    low, high = answer.between or (0, 0)
    return Told(values=np.minimum(low + np.floor(level * (high - low + 1)), high).astype(np.int64), asked=asked)


def _several(
    answer: Answer,
    shares: Mapping[str, float],
    level: Floats,
    asked: Bools,
    told: Mapping[str, Told],
    rng: np.random.Generator,
) -> Told:
    """Each code chosen by a chance that rises with the level and has the share it was given on the whole."""
    codes = tuple(dict.fromkeys([*shares, answer.alone]))
    strength = abs(answer.leaning)
    own = rng.normal(size=(level.size, len(shares)))
    behind = strength * ndtri(np.clip(level, 1e-9, 1 - 1e-9))[:, None] + np.sqrt(1 - strength**2) * own
    chosen = ndtr(behind) > 1 - np.array(list(shares.values()))
    if answer.within is not None:
        wider = told[answer.within]
        known = [wider.codes.index(code) if code in wider.codes else -1 for code in shares]
        inside = np.asarray(wider.values, dtype=bool)[:, [max(place, 0) for place in known]]
        chosen &= inside & (np.array(known) >= 0)
    nothing = ~chosen.any(axis=1)
    if answer.alone in shares:
        chosen[:, codes.index(answer.alone)] |= nothing
    else:
        chosen = np.column_stack([chosen, nothing])
    return Told(values=chosen, asked=asked, codes=codes)


def _pick(weights: Mapping[str, float], codes: NDArray[np.str_], level: Floats) -> Integers:
    edges = np.cumsum(list(weights.values()))
    place = np.array([int(np.flatnonzero(codes == code)[0]) for code in weights])
    return place[np.minimum(np.searchsorted(edges / edges[-1], level, side="right"), place.size - 1)]
