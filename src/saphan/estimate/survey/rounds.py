"""How an estimate changed from one round to the next, with the covariance of rounds that keep some primary units.

Two totals made of scores a and b by primary unit, n and m of them, c in both samples, have in each stratum of N units
the covariance c S_ab (1 - n m / (N c)), S_ab that of the units in both (Tam 1984, The American Statistician 38, 288;
Qualite and Tille 2008, Survey Methodology 34, 173). Stages below are drawn anew in every round and add nothing.
"""

from __future__ import annotations

import numpy as np

from saphan.estimate.survey.design import Units
from saphan.estimate.survey.estimates import Estimates, unknown
from saphan.estimate.survey.model import FloatArray, IntArray


def change(
    later: Estimates, earlier: Estimates, between: float, names: tuple[str, str] = ("later", "earlier")
) -> Estimates:
    """One estimate less the same of an earlier round, whose covariance is `between`.

    Degrees of freedom are the lesser of the two. ValueError where the rounds have not the same basis.
    """
    if later.basis is not earlier.basis:
        raise ValueError(f"a {later.basis} and a {earlier.basis} sample do not compare: their errors mean other things")
    covariance = unknown(2)
    if later.basis.by_chance:
        first, second = float(later.standard_error[0]), float(earlier.standard_error[0])
        shared = float(np.clip(between, -first * second, first * second))  # few units in both may show more
        covariance = np.array([[first**2, shared], [shared, second**2]])
    both = Estimates(
        names=names,
        value=np.concatenate([later.value, earlier.value]),
        covariance=covariance,
        degrees=np.concatenate([later.degrees, earlier.degrees]),
        n=np.concatenate([later.n, earlier.n]),
        method=later.method,
        basis=later.basis,
        model=later.model,
    )
    return both.difference(*names)


def covariance(later: Units, scores: FloatArray, earlier: Units, before: FloatArray) -> float:
    """The covariance of two totals from the scores of the units of each round, (U,) and (V,).

    Primary units are the same where their labels and those of their strata are. ValueError where none is.
    """
    common = _common(later, earlier)
    if not len(common):
        raise ValueError(
            "no primary unit is in both rounds: give both the same labels of strata and units, "
            "or say that the rounds were drawn apart (same_units=False)"
        )
    now, then = _by_primary(later, scores)[common[:, 0]], _by_primary(earlier, before)[common[:, 1]]
    first, second = later.stages[0], earlier.stages[0]
    stratum = first.stratum[common[:, 0]]
    found = 0.0
    for one in np.unique(stratum):
        mine = stratum == one
        count = int(mine.sum())
        if count > 1:  # a single unit shows no covariance
            drawn = second.size[second.stratum[common[mine, 1][0]]]
            spread = count / (count - 1) * (now[mine] - now[mine].mean()) @ (then[mine] - then[mine].mean())
            found += float(spread) * (1.0 - float(first.fraction[one]) * float(drawn) / count)
    return found


def _common(later: Units, earlier: Units) -> IntArray:
    """(c, 2) the numbers of the primary units in both rounds."""
    names = [_names(one) for one in (later, earlier)]
    place = {name: number for number, name in enumerate(names[1])}
    pairs = [(number, place[name]) for number, name in enumerate(names[0]) if name in place]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _names(units: Units) -> list[tuple[object, object]]:
    if units.labels is None:
        raise ValueError("the primary units have no labels: make the design with `units` or `sample`")
    stratum, unit = units.labels
    strata = [None] * len(unit) if stratum is None else stratum.tolist()
    return list(zip(strata, unit.tolist(), strict=True))


def _by_primary(units: Units, scores: FloatArray) -> FloatArray:
    """(P,) sums of the scores of the units of the last stage (U,)."""
    return np.asarray(np.bincount(units.primary, weights=scores, minlength=units.stages[0].stratum.size), dtype=float)
