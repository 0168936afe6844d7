"""Invented people at sites, round after round: who is there, who came, which sites can be entered; all of it known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from saphan.collect.rounds.mobility import MobilityExercise, home
from saphan.collect.simulate.mobility_settings import SiteWorld
from saphan.mission.model import Mission, Site

_STREAM = 21  # of chance, this module's own
_MONTH = 30.4  # days

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class SitePeople:
    """N sites in R rounds: those present and those who came since the round before, by nationality and group.

    `listed`, `open` and `visited` say of each site and round whether it was on the list, could be entered, was gone to.
    """

    settings: SiteWorld
    exercise: MobilityExercise
    sites: tuple[Site, ...]
    district: tuple[str, ...]
    province: tuple[str, ...]
    nationalities: tuple[str, ...]
    who: tuple[str, ...]
    present: Integers  # (R, N, nationalities, who)
    arrived: Integers  # (R, N, nationalities, who)
    listed: Bools  # (R, N)
    open: Bools  # (R, N)
    visited: Bools  # (R, N)

    def truth(self) -> Mapping[str, pa.Table]:
        """What is true: `sites`, of each site and round; `districts`, of those that could be entered or not."""
        rows = np.argwhere(self.listed)
        shape = (len(rows), len(self.nationalities), len(self.who))
        number, site = np.repeat(rows, shape[1] * shape[2], axis=0).T
        nationality, who = (axis.ravel() for axis in np.indices(shape)[1:])
        table = pa.table(
            {
                "round": [self.exercise.rounds[one].number for one in number],
                "period": [self.exercise.rounds[one].period.label for one in number],
                "province": [self.province[one] for one in site],
                "district": [self.district[one] for one in site],
                "site": [self.sites[one].id for one in site],
                "accessible": self.open[number, site],
                "visited": self.visited[number, site],
                "nationality": np.array(self.nationalities)[nationality],
                "who": np.array(self.who)[who],
                "present": self.present[number, site, nationality, who],
                "arrived": self.arrived[number, site, nationality, who],
            }
        ).replace_schema_metadata({"simulated": "true"})
        keys = ["round", "period", "province", "district", "accessible", "nationality", "who"]
        summed = table.group_by(keys, use_threads=False).aggregate([("present", "sum"), ("arrived", "sum")])
        named = summed.rename_columns([name.removesuffix("_sum") for name in summed.column_names])
        return {"sites": table, "districts": named.replace_schema_metadata({"simulated": "true"})}


def save_sites(truth: Mapping[str, pa.Table], folder: Path) -> None:
    """Write the tables of a truth as Parquet into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in truth.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def site_people(mission: Mission, settings: SiteWorld, exercise: MobilityExercise, *, seed: int) -> SitePeople:
    """The people of an exercise's sites; equal arguments give equal ones."""
    rng = np.random.default_rng([seed, _STREAM])
    people = settings.people
    sites = tuple(one for _, one in sorted(exercise.sites(mission.places).items()))
    homes = [home(mission.places, site) for site in sites]
    nationalities = tuple(dict.fromkeys(code for weights in people.nationality.values() for code in weights))
    shares = _mixed(
        rng,
        [[people.nationality[province].get(code, 0.0) for code in nationalities] for _, province in homes],
        people.alike,
    )
    groups = _mixed(rng, [list(people.who.values())] * len(sites), people.alike)
    cells = shares[:, :, None] * groups[:, None, :]
    median = np.array([people.median[province] for _, province in homes])
    size = median * np.exp(rng.normal(0.0, people.spread, len(sites)))
    size[rng.uniform(size=len(sites)) < people.empty] = 0.0
    there = rng.poisson(size[:, None, None] * cells)
    rate = np.exp(rng.normal(0.0, people.unlike, len(sites)))
    usual = np.maximum(size, people.empty * median)
    present, arrived = [], []
    for number, fielded in enumerate(exercise.rounds):
        months = 1.0 if number == 0 else (fielded.period.start - exercise.rounds[number - 1].period.start).days / _MONTH
        coming = usual * people.arrivals * rate * months
        for shock in people.shock:
            if shock.round == fielded.number:
                struck = np.array([site.pcode.startswith(shock.area) for site in sites])
                coming = coming + struck * shock.arrivals * there.sum(axis=(1, 2))
        leaving = 1.0 - (1.0 - people.departures) ** months
        stayed = rng.binomial(there, 1.0 - leaving) if number else there
        came = rng.poisson(coming[:, None, None] * cells)
        # Who came in the month before the first round is among those there.
        came = np.minimum(came, stayed) if number == 0 else came
        there = stayed if number == 0 else stayed + came
        present.append(there)
        arrived.append(came)
    return SitePeople(
        settings=settings,
        exercise=exercise,
        sites=sites,
        district=tuple(district for district, _ in homes),
        province=tuple(province for _, province in homes),
        nationalities=nationalities,
        who=tuple(people.who),
        present=np.array(present),
        arrived=np.array(arrived),
        listed=np.array([[site.listed(one.period) for site in sites] for one in exercise.rounds]),
        open=_open(rng, settings, len(exercise.rounds), len(sites)),
        visited=rng.uniform(size=(len(exercise.rounds), len(sites))) >= settings.visits.missed,
    )


def _mixed(rng: np.random.Generator, weights: list[list[float]], alike: float) -> Floats:
    """(N, codes) shares around weights, more alike the larger `alike`; what has no weight has no share."""
    table = np.array(weights, dtype=np.float64)
    table /= table.sum(axis=1, keepdims=True)
    drawn = rng.gamma(np.maximum(table * alike, 1e-9)) * (table > 0)
    found: Floats = drawn / drawn.sum(axis=1, keepdims=True)
    return found


def _open(rng: np.random.Generator, settings: SiteWorld, rounds: int, sites: int) -> Bools:
    """(R, N) whether each site can be entered; mostly as in the round before."""
    visits = settings.visits
    found = [rng.uniform(size=sites) >= visits.closed]
    for _ in range(1, rounds):
        again = rng.uniform(size=sites) < visits.closed_anew
        found.append(np.where(again, rng.uniform(size=sites) >= visits.closed, found[-1]))
    return np.array(found)
