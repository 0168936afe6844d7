"""How many there are where nobody counted: reports times the ratio of counts to reports at sites drawn to be counted.

Of district d, with weights w = 1 / chance - 1 of the counted sites, the ratio is R = sum w y / sum w x. Sites that were
counted stand as counted and the others as R x, which is a difference estimator and a prediction at once (Brewer 1999,
Survey Methodology 25, 205; Sarndal, Swensson and Wretman 1992, ch. 6). What is left at a site is taken as u x, u of
variance S in the district, so that the error of the total is sum c u, c = X w x / sum w x at a counted site and -x at
one that was not, X the reports of the latter; S is estimated by the weights of the design, so that the variance of the
total is the design's whatever the law of the errors.

Districts lend each other strength twice. Their S are drawn to a common one, which counts as `COMMON_DEGREES` degrees of
freedom (Smyth 2004). Their ratios are drawn to the combined ratio of all (Cochran 1977, 6.10), the nearer the less they
differ, T^2 being the variance between them (Fay and Herriot 1979); T is not decided but averaged over, by likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from saphan.estimate.stock.model import BoolArray, FloatArray, IntArray

FEWEST = 2  # counted sites of a district, drawn by chance, that show a variance
COMMON_DEGREES = 10.0
DISTANCES = np.concatenate([[0.0], np.geomspace(0.01, 2.0, 40)])  # T over the common ratio
USUAL_DISTANCE = 0.25  # scale of the half-Cauchy law of T over the common ratio, before the data


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """N sites with a positive report: district 0 to D - 1, report, count (NaN where none), chance of being counted."""

    district: IntArray  # (N,)
    reported: FloatArray  # (N,)
    counted: FloatArray  # (N,)
    chance: FloatArray  # (N,) read only where counted
    districts: int

    @property
    def known(self) -> BoolArray:
        """(N,) sites that were counted."""
        return ~np.isnan(self.counted)

    @property
    def weight(self) -> FloatArray:
        """(N,) how many uncounted sites each counted one stands for."""
        return np.where(self.known, 1.0 / self.chance - 1.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class RatioFit:
    """People at the uncounted sites of each district, and what their error is made of.

    `rest` (D,) with `covariance` (D, D) of its error; NaN where a district had too few counted sites (`enough`).
    `score` (D, N) is c above, of the ratios combined: the error is its product with u (N,), of variance `spread` (D,)
    by the district of the site, and what the distance of ratios adds, of covariance `distance` (D, D).
    """

    rest: FloatArray
    covariance: FloatArray
    distance: FloatArray
    degrees: FloatArray  # (D,)
    score: FloatArray
    spread: FloatArray
    residual: FloatArray  # (N,) u of the counted sites drawn by chance, NaN elsewhere
    enough: BoolArray  # (D,)


def fit(drawn: Drawn) -> RatioFit:
    """Combine the ratios of the districts; see the module."""
    count = drawn.districts
    member = drawn.district == np.arange(count)[:, None]  # (D, N)
    weight, known = drawn.weight, drawn.known
    y = np.where(known, drawn.counted, 0.0)
    left = member @ np.where(known, 0.0, drawn.reported)  # (D,) X
    share = member * (weight * drawn.reported)
    chosen = (share > 0).sum(axis=1)
    enough = chosen >= FEWEST
    size = share.sum(axis=1)
    share = share / np.where(enough, size, 1.0)[:, None] * enough[:, None]  # (D, N) rows add up to 1
    ratio = share @ (y / drawn.reported)
    residual = np.where(known & (weight > 0), y / drawn.reported - ratio[drawn.district], np.nan)
    spread, degrees = _spreads(drawn, share, residual, enough)
    # What a district keeps of its own ratio goes by its number of counted sites, not by which sites these are.
    usual = float((share**2).sum(axis=1) @ chosen) / max(int(enough.sum()), 1)
    own = np.where(enough, spread * usual / np.maximum(chosen, 1), np.inf)
    combine, between = _combined(ratio, own, size, enough)
    rest = left * (combine @ np.where(enough, ratio, 0.0))
    score = left[:, None] * (combine @ share) - member * np.where(known, 0.0, drawn.reported)
    distance = np.outer(left, left) * between
    covariance = (score * spread[drawn.district]) @ score.T + distance
    needed = enough | (left == 0)
    return RatioFit(
        rest=np.where(needed, rest, np.nan),
        covariance=np.where(np.outer(needed, needed), covariance, np.nan),
        distance=distance,
        degrees=degrees,
        score=score,
        spread=spread,
        residual=residual,
        enough=needed,
    )


def _spreads(drawn: Drawn, share: FloatArray, residual: FloatArray, enough: BoolArray) -> tuple[FloatArray, FloatArray]:
    """(D,) the variance of u, drawn to what districts have in common, and its degrees of freedom."""
    chance = np.where(drawn.known, drawn.chance, 1.0)
    size = (1.0 - chance) / chance**2 * drawn.reported**2  # each site's part in the variance of the design
    member = drawn.district == np.arange(drawn.districts)[:, None]
    parts = member * size
    # A residual is smaller than its error by what the site itself gave to the ratio.
    expected = (parts * (1.0 - 2.0 * share + (share**2).sum(axis=1, keepdims=True))).sum(axis=1)
    found = parts @ np.nan_to_num(residual) ** 2
    own = np.divide(found, expected, out=np.zeros(drawn.districts), where=enough & (expected > 0))
    whole, square = parts.sum(axis=1), (parts**2).sum(axis=1)
    degrees = np.divide(whole**2, square, out=np.ones(drawn.districts), where=square > 0) - 1.0
    degrees = np.where(enough, np.maximum(degrees, 0.5), 0.0)
    if not degrees.any():
        return own, degrees
    common = float(degrees @ own / degrees.sum())
    lent = np.minimum(COMMON_DEGREES, degrees.sum() - degrees)
    return (degrees * own + lent * common) / np.maximum(degrees + lent, 1e-12), degrees + lent


def _combined(ratio: FloatArray, own: FloatArray, size: FloatArray, enough: BoolArray) -> tuple[FloatArray, FloatArray]:
    """(D, D) how each district's ratio is combined from all, and the covariance that their distance adds (D, D).

    A district keeps the share T^2 / (T^2 + V) of its own ratio, V its variance, and takes the rest from the combined
    ratio, whose weights are the `size` that the counted sites stand for: weights that rose where a sample happened to
    be precise would be biased, since what makes it precise, large sites, also goes with the ratio.
    """
    count = ratio.size
    use = np.flatnonzero(enough)
    combine, between = np.zeros((count, count)), np.zeros((count, count))
    if use.size < 2 or not own[use].any():
        combine[use, use] = 1.0
        return combine, between
    r, v = ratio[use], np.maximum(own[use], 1e-12 * own[use].max())
    common = size[use] / size[use].sum()
    scale = float(common @ r)
    weights, log = [], []
    for distance in DISTANCES * max(scale, 1e-12):
        keep = distance**2 / (v + distance**2)
        weights.append(np.diag(keep) + (1.0 - keep)[:, None] * common)
        log.append(_likelihood(r, v + distance**2))
    steps = np.gradient(DISTANCES)
    chance = np.exp(np.array(log) - max(log)) * steps / (1.0 + (DISTANCES / USUAL_DISTANCE) ** 2)
    chance = chance / chance.sum()
    mean = np.einsum("t,tij->ij", chance, np.array(weights))
    added = np.zeros((use.size, use.size))
    for part, distance, one in zip(chance, DISTANCES * scale, weights, strict=True):
        apart, moved = one - np.eye(use.size), (one - mean) @ r
        # The variance of errors given T, less what the averaged combination already has, and how far T moves the value.
        added += part * (distance**2 * apart @ apart.T + (one * v) @ one.T + np.outer(moved, moved))
    added -= (mean * v) @ mean.T
    combine[np.ix_(use, use)] = mean
    between[np.ix_(use, use)] = added
    return combine, between


def _likelihood(values: FloatArray, variances: FloatArray) -> float:
    """Logarithm of the likelihood of values about an unknown common mean, integrated out (Harville 1974)."""
    precision = 1.0 / variances
    gap = values - precision @ values / precision.sum()
    return float(0.5 * np.log(precision).sum() - 0.5 * np.log(precision.sum()) - 0.5 * precision @ gap**2)


def empty_sites(
    district: IntArray, empty: BoolArray, counted: FloatArray, chance: FloatArray, districts: int
) -> tuple[FloatArray, FloatArray, float]:
    """People at uncounted sites that are said to be empty (D,), the covariance of the errors (D, D), their degrees.

    Each has the mean count of such sites of all districts, since few are counted in any one. Where fewer than two were
    drawn and counted nothing is known of them, and they add nothing.
    """
    left = np.bincount(district, weights=empty & np.isnan(counted), minlength=districts).astype(float)
    drawn = empty & ~np.isnan(counted) & (chance < 1)
    if int(drawn.sum()) < FEWEST:
        return np.zeros(districts), np.zeros((districts, districts)), 0.0
    weight, y = 1.0 / chance[drawn] - 1.0, counted[drawn]
    share = weight / weight.sum()
    mean, kept = float(share @ y), float((share**2).sum())
    variance = float(share @ (y - mean) ** 2) / (1.0 - kept)
    return left * mean, variance * (np.outer(left, left) * kept + np.diag(left)), 1.0 / kept - 1.0
