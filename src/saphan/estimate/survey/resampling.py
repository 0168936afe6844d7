"""How replicates are made: jackknife, balanced half-samples, bootstrap, or weights that came with the data.

Primary units are left out or drawn again, with all their rows. Populations count at the first stage only: with a
population and stages below, what the later stages add is missed; leave the population out to have it in full.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from saphan.estimate.survey.design import Lonely, SamplingBasis, Stage
from saphan.estimate.survey.hadamard import hadamard
from saphan.estimate.survey.model import FloatArray, IntArray
from saphan.estimate.survey.options import option
from saphan.estimate.survey.replicates import Replicates
from saphan.estimate.survey.sample import Sample


class Kind(StrEnum):
    """How given replicate weights were made, which says how their squared distances count."""

    JK1 = "jk1"  # one stratum, one unit left out each time
    JKN = "jkn"  # several strata: needs a scale for each replicate
    BRR = "brr"  # balanced half-samples
    FAY = "fay"  # half-samples with a share of the other half: needs that share
    BOOTSTRAP = "bootstrap"
    SUCCESSIVE = "sdr"  # successive differences
    OTHER = "other"  # needs a scale


class Bootstrap(StrEnum):
    """How units are drawn again."""

    RAO_WU = "rao-wu"  # one less than there are, with replacement, rescaled (Rao, Wu and Yue 1992)
    CANTY_DAVISON = "canty-davison"  # as many as there are, from the sample repeated to its population (1999)


def jackknife(sample: Sample, *, mse: bool = False) -> Replicates:
    """Leave out one primary unit at a time and raise the others of its stratum (JK1 of one stratum, JKn of several).

    Strata of one unit follow the design; those drawn in full have no replicates. ValueError where none is left.
    """
    first, lonely = sample.units.stages[0], sample.units.lonely
    strata = first.size.size
    _refuse_alone(first, lonely)
    rows, rscales, passed = [], [], 0
    for stratum in np.flatnonzero(first.fraction < 1):
        members = np.flatnonzero(first.stratum == stratum)
        size = members.size
        row = np.ones(first.stratum.size)
        if size > 1:
            row[members] = size / (size - 1)
            rscales += [(1 - first.fraction[stratum]) * (size - 1) / size] * size
        elif lonely is Lonely.ADJUST and strata > 1:
            row[:] = strata / (strata - 1)
            rscales.append((1 - first.fraction[stratum]) * (strata - 1) / strata)
        else:
            passed += 1
            continue
        for member in members:
            one = row.copy()
            one[member] = 0.0
            rows.append(one)
    if not rows:
        raise ValueError("every stratum was drawn in full or holds one unit: there is nothing to leave out")
    scale = strata / (strata - passed) if lonely is Lonely.AVERAGE else 1.0
    kind = Kind.JK1 if strata == 1 else Kind.JKN
    return _replicated(sample, kind, np.stack(rows), scale, np.array(rscales), mse=mse)


def balanced(sample: Sample, *, fay: float = 0.0, mse: bool = False) -> Replicates:
    """Half-samples of strata of two primary units, balanced by a Hadamard matrix (McCarthy 1969); with `fay` between 0
    and 1 the other half keeps that share of its weight (Judkins 1990), so that small domains keep someone.

    Units are taken as drawn with replacement, whatever their population. ValueError where a stratum has not two units.
    """
    if not 0 <= fay < 1:
        raise ValueError(f"the share that the other half keeps is {fay:g}: it is from 0 to below 1")
    first = sample.units.stages[0]
    odd = first.size != 2
    if odd.any():
        raise ValueError(
            f"{int(odd.sum())} strata do not hold two primary units, the first of them {first.size[odd][0]}: "
            "balanced half-samples need pairs; pair or collapse strata, or use the jackknife or the bootstrap"
        )
    signs = hadamard(first.size.size + 1)[1 : first.size.size + 1].T[:, first.stratum]
    leading = np.zeros(first.stratum.size, dtype=bool)
    leading[np.unique(first.stratum, return_index=True)[1]] = True
    factor = np.where((signs > 0) == leading, 2.0 - fay, fay)
    scale = 1 / (factor.shape[0] * (1 - fay) ** 2)
    return _replicated(sample, Kind.FAY if fay else Kind.BRR, factor, scale, np.ones(factor.shape[0]), mse=mse)


def bootstrap(
    sample: Sample,
    replicates: int,
    rng: np.random.Generator,
    *,
    how: Bootstrap = Bootstrap.RAO_WU,
    mse: bool = False,
) -> Replicates:
    """Draw primary units again within strata, `replicates` times; populations are allowed for.

    From small populations of N units Canty and Davison's variance is N / (N - 1) as large as it should be.

    ValueError for fewer than 2 replicates, or a stratum of one unit that the design does not take as certain.
    """
    how = option(Bootstrap, how)
    if replicates < 2:
        raise ValueError(f"{replicates} replicates show no variance: ask for hundreds")
    first, lonely = sample.units.stages[0], sample.units.lonely
    _refuse_alone(first, lonely)
    if (first.size == 1).any() and lonely in (Lonely.ADJUST, Lonely.AVERAGE):
        raise ValueError(f"the bootstrap has no strata of one unit that are {lonely}: join them, or use the jackknife")
    factor = np.ones((replicates, first.stratum.size))
    sizes = []
    for stratum in np.flatnonzero((first.size > 1) & (first.fraction < 1)):
        members = np.flatnonzero(first.stratum == stratum)
        size, fraction = members.size, first.fraction[stratum]
        sizes.append(size)
        even = np.full(size, 1 / size)
        if how is Bootstrap.RAO_WU:
            drawn = rng.multinomial(size - 1, even, size=replicates)
            factor[:, members] = 1 + np.sqrt(1 - fraction) * (drawn * size / (size - 1) - 1)
        elif fraction == 0:
            factor[:, members] = rng.multinomial(size, even, size=replicates)
        else:
            population = round(size / fraction)
            copies = np.full(size, population // size) + (np.arange(size) < population % size)
            mixed = rng.permuted(np.tile(copies, (replicates, 1)), axis=1)  # who is repeated once more is chance too
            factor[:, members] = np.stack([rng.multivariate_hypergeometric(one, size) for one in mixed])
    if not sizes:
        raise ValueError("every stratum was drawn in full or holds one unit: there is nothing to draw again")
    scale = 1 / replicates if mse else 1 / (replicates - 1)
    if how is Bootstrap.CANTY_DAVISON:
        harmonic = float(1 / np.mean(1 / np.array(sizes)))
        scale *= harmonic / (harmonic - 1)
    return _replicated(sample, f"bootstrap {how}", factor, scale, np.ones(replicates), mse=mse)


def given(
    weight: FloatArray,
    replicate_weights: FloatArray,
    kind: Kind,
    *,
    combined: bool = True,
    scale: float | None = None,
    rscales: FloatArray | None = None,
    fay: float | None = None,
    mse: bool = False,
    basis: SamplingBasis = SamplingBasis.PROBABILITY,
) -> Replicates:
    """Replicates from weights that came with the data: the weight (n,) of each row, and those of R replicates (n, R).

    `combined` weights are whole; others are factors of `weight`. `scale` replaces that of the kind, `rscales` (R,)
    weighs replicates singly. ValueError where a column's length, a weight, or a scale that the kind needs is missing.
    """
    own, table = np.asarray(weight, dtype=float), np.asarray(replicate_weights, dtype=float)
    if table.ndim != 2 or own.shape != table.shape[:1] or table.shape[1] < 2:
        raise ValueError(f"{own.size} weights and replicate weights {table.shape}: give each row one and two or more")
    if not (np.isfinite(own).all() and np.isfinite(table).all()):
        row = int(np.argmax(~(np.isfinite(own) & np.isfinite(table).all(axis=1))))
        raise ValueError(f"row {row} lacks a weight or a replicate weight: complete the table, or drop the row")
    if not own.any():
        raise ValueError(f"all {own.size} weights are 0, so nobody stands for anyone: give the weights of the sample")
    count = table.shape[1]
    single = np.ones(count) if rscales is None else np.asarray(rscales, dtype=float)
    if single.shape != (count,) or not (single >= 0).all():
        raise ValueError(f"{single.size} scales for {count} replicates: give each one, 0 or more")
    return Replicates(
        method=str(kind),
        base=np.ones(own.size) if combined else own,
        group=np.arange(own.size),
        full=own if combined else np.ones(own.size),
        factor=np.ascontiguousarray(table.T),
        scale=_scale(kind, count, fay, known=rscales is not None) if scale is None else scale,
        rscales=single,
        mse=mse,
        basis=option(SamplingBasis, basis),
    )


def _scale(kind: Kind, count: int, fay: float | None, *, known: bool) -> float:
    match kind:
        case Kind.JK1:
            return (count - 1) / count
        case Kind.BRR:
            return 1 / count
        case Kind.BOOTSTRAP:
            return 1 / (count - 1)
        case Kind.SUCCESSIVE:
            return 4 / count
        case Kind.FAY if fay is not None and 0 <= fay < 1:
            return 1 / (count * (1 - fay) ** 2)
        case Kind.JKN | Kind.OTHER if known:
            return 1.0
    needs = {
        Kind.FAY: "the share that the other half keeps, below 1 (fay)",
        Kind.JKN: "a scale of each replicate (rscales)",
    }
    raise ValueError(f"replicates of kind {kind} need {needs.get(kind, 'a scale')}: see how the weights were made")


def _refuse_alone(first: Stage, lonely: Lonely) -> None:
    alone = (first.size == 1) & (first.fraction < 1)
    if alone.any() and lonely is Lonely.FAIL:
        raise ValueError(
            f"{int(alone.sum())} strata hold one primary unit, of which no replicate can be made: choose what that "
            "means (lonely = certainty, remove, adjust or average), or join strata"
        )


def _replicated(
    sample: Sample, method: str, factor: FloatArray, scale: float, rscales: FloatArray, *, mse: bool
) -> Replicates:
    """Replicates that multiply primary units by `factor` (R, P), with every adjustment of the weights done again."""
    if not all(adjustment.known for adjustment in sample.adjustments):
        raise ValueError(
            "the weights agree with totals that are estimates, whose variance replicates of units do not show: "
            "use the linearised variance, or give the totals without theirs"
        )
    drawn = sample.weight if sample.drawn is None else sample.drawn
    primary = sample.units.primary[sample.unit]
    cell = np.zeros(sample.size, dtype=np.int64)
    for adjustment in sample.adjustments:
        cell = np.unique(cell * (int(adjustment.cells.max()) + 1) + adjustment.cells, return_inverse=True)[1]
    count = int(cell.max()) + 1
    pair, rows, group = np.unique(primary * count + cell, return_index=True, return_inverse=True)
    of_primary, of_cell = pair // count, pair % count
    full, multiplied = np.ones(pair.size), factor[:, of_primary]
    if sample.adjustments:
        full = np.divide(sample.weight, drawn, out=np.zeros(sample.size), where=drawn != 0)[_first(cell, drawn)][
            of_cell
        ]
        multiplied = multiplied * _again(sample, factor, drawn, primary, cell)[:, of_cell]
    return Replicates(
        method=str(method),
        base=drawn,
        group=group,
        full=full,
        factor=multiplied,
        scale=scale,
        rscales=rscales,
        mse=mse,
        basis=sample.basis,
        units=sample.units,
        unit=sample.unit[rows],
    )


def _again(sample: Sample, factor: FloatArray, drawn: FloatArray, primary: IntArray, cell: IntArray) -> FloatArray:
    """(R, C) what the adjustments multiply the weights of each cell by in each replicate."""
    count = int(cell.max()) + 1
    whole = np.bincount(primary * count + cell, weights=drawn, minlength=factor.shape[1] * count)
    before = factor @ whole.reshape(factor.shape[1], count)
    after, rows = before, _first(cell, drawn)
    for adjustment in sample.adjustments:
        after = adjustment.again(after, rows)
    found: FloatArray = np.divide(after, before, out=np.zeros_like(before), where=before != 0)
    return found


def _first(cell: IntArray, drawn: FloatArray) -> IntArray:
    """(C,) a row of each cell, of those with a weight where there is one."""
    order = np.lexsort((drawn == 0, cell))
    return np.asarray(order[np.unique(cell[order], return_index=True)[1]], dtype=np.int64)
