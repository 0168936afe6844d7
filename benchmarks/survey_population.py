"""An invented population and five ways of drawing from it, for the coverage of survey estimates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

import saphan.estimate as se
from saphan.estimate.survey.model import BoolArray, FloatArray, IntArray, Labels

PEOPLE, CLUSTERS = 20_000, 400
CLUSTERS_OF_STRATUM = (40, 80, 120, 160)


@dataclass(frozen=True, kw_only=True)
class Population:
    """Everybody (N,): where they live, an even and a skewed amount, a part of the latter, sex, size and its band."""

    stratum: IntArray
    cluster: IntArray
    even: FloatArray
    skewed: FloatArray
    part: FloatArray
    women: BoolArray
    size: FloatArray
    band: IntArray


def population(seed: int = 1) -> Population:
    """People in clusters of 15 to 95, which resemble each other, in four strata that differ."""
    rng = np.random.default_rng(seed)
    chance = rng.uniform(1.0, 4.0, CLUSTERS)
    cluster = np.sort(rng.choice(CLUSTERS, PEOPLE, p=chance / chance.sum()))
    stratum = np.repeat(np.arange(len(CLUSTERS_OF_STRATUM)), CLUSTERS_OF_STRATUM)[cluster]
    near, own, women = rng.normal(size=CLUSTERS)[cluster], rng.normal(size=PEOPLE), rng.random(PEOPLE) < 0.4
    skewed = np.exp(3.0 + 0.8 * own + 0.3 * near + 0.2 * stratum + 0.2 * women)
    even = 40.0 + rng.normal(0.0, 12.0, PEOPLE) + 4.0 * near + 3.0 * stratum + 3.0 * women
    part = skewed * rng.beta(2.0, 3.0, PEOPLE)
    size = np.exp(0.3 * own + rng.normal(0.0, 0.5, PEOPLE))
    band = np.digitize(size, np.quantile(size, (1 / 3, 2 / 3)))
    return Population(
        stratum=stratum, cluster=cluster, even=even, skewed=skewed, part=part, women=women, size=size, band=band
    )


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """`rows` (n,) of the population, and what the library is told of how they came in: (n,) columns, one each stage."""

    rows: IntArray
    weight: FloatArray | None = None  # None: from the populations
    strata: Labels | None = None
    clusters: tuple[IntArray, ...] = ()
    populations: tuple[FloatArray, ...] = ()

    def sample(self) -> se.Sample:
        """As arrays."""
        return se.sample(
            self.weight, strata=self.strata, clusters=self.clusters or None, population=self.populations or None
        )

    def survey(self, columns: dict[str, Labels]) -> se.Survey:
        """As a table that also holds `columns`."""
        strata = {} if self.strata is None else {"stratum": self.strata}
        clusters = {f"cluster {stage}": one for stage, one in enumerate(self.clusters)}
        populations = {f"population {stage}": one for stage, one in enumerate(self.populations)}
        weight = {"weight": self.sample().weight}
        return se.Survey(
            pa.table(weight | strata | clusters | populations | columns),
            weight="weight",
            strata=tuple(strata),
            clusters=tuple(clusters),
            population=tuple(populations),
        )


Draw = Callable[[np.random.Generator], Drawn]


def designs(of: Population) -> dict[str, Draw]:
    """Ways of drawing from the population, in words."""
    people_of_cluster, people_of_stratum = np.bincount(of.cluster), np.bincount(of.stratum)
    first = np.concatenate([[0], np.cumsum(people_of_cluster)])  # rows are in the order of clusters
    strata = [np.flatnonzero(of.stratum == one) for one in range(people_of_stratum.size)]

    def simple(rng: np.random.Generator) -> Drawn:
        return Drawn(rows=rng.choice(PEOPLE, 200, replace=False), populations=(np.full(200, float(PEOPLE)),))

    def stratified(rng: np.random.Generator) -> Drawn:
        rows = np.concatenate([rng.choice(one, 50, replace=False) for one in strata])
        by = of.stratum[rows]
        return Drawn(rows=rows, strata=by, populations=(people_of_stratum[by].astype(float),))

    def clusters(rng: np.random.Generator) -> Drawn:
        chosen = rng.choice(CLUSTERS, 25, replace=False)
        rows = np.concatenate([np.arange(first[one], first[one + 1]) for one in chosen])
        return Drawn(rows=rows, clusters=(of.cluster[rows],), populations=(np.full(rows.size, float(CLUSTERS)),))

    def two_stages(rng: np.random.Generator) -> Drawn:
        chosen = rng.choice(CLUSTERS, 80, replace=False)
        rows = np.concatenate([first[one] + rng.choice(people_of_cluster[one], 5, replace=False) for one in chosen])
        stages = (np.full(rows.size, float(CLUSTERS)), people_of_cluster[of.cluster[rows]].astype(float))
        return Drawn(rows=rows, clusters=(of.cluster[rows], rows), populations=stages)

    return {
        "simple random, 200": simple,
        "4 strata of 50": stratified,
        "25 whole clusters": clusters,
        "80 clusters, 5 in each": two_stages,
        "by size, 200": _by_size(of.size / of.size.sum(), 200),
    }


def trait_designs(share: float, people: int) -> dict[str, tuple[FloatArray, Draw]]:
    """A trait (N,) that exactly `share` have, and a way of drawing about `people` of them, in words.

    Alike in clusters where those are drawn; where the large are drawn more often, more common among them, or less.
    """
    found: dict[str, tuple[FloatArray, Draw]] = {}
    for number, size in enumerate((1, 2, 5)):
        rng = np.random.default_rng([3, number, round(1000 * share)])
        near, own = rng.normal(size=PEOPLE // size), rng.normal(size=PEOPLE)
        words = f"simple random, {people}" if size == 1 else f"{people // size} clusters of {size}"
        found[words] = _having(0.5 * np.repeat(near, size) + own, share), _whole(size, people)
    for number, (words, with_size) in enumerate((("trait of the large", 0.3), ("trait of the small", -0.3))):
        rng = np.random.default_rng([3, 3 + number, round(1000 * share)])
        own = rng.normal(size=PEOPLE)
        chance = np.exp(with_size * own + rng.normal(0.0, 0.5, PEOPLE))
        found[f"by size, {words}"] = _having(own, share), _by_size(chance / chance.sum(), people)
    return found


def _having(leaning: FloatArray, share: float) -> FloatArray:
    found: FloatArray = (leaning >= np.quantile(leaning, 1.0 - share, method="higher")).astype(float)
    return found


def _whole(size: int, people: int) -> Draw:
    """Whole clusters of `size`, each as likely as the others."""
    clusters = PEOPLE // size

    def draw(rng: np.random.Generator) -> Drawn:
        chosen = rng.choice(clusters, people // size, replace=False)
        rows = (chosen[:, None] * size + np.arange(size)).reshape(-1)
        return Drawn(rows=rows, clusters=(rows // size,), populations=(np.full(rows.size, float(clusters)),))

    return draw


def _by_size(chance: FloatArray, people: int) -> Draw:
    """With replacement, by `chance` (N,)."""

    def draw(rng: np.random.Generator) -> Drawn:
        rows = rng.choice(PEOPLE, people, p=chance)
        return Drawn(rows=rows, weight=1.0 / (people * chance[rows]))

    return draw
