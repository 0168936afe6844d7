"""Weights of the interviews: selection, the drawn weeks, non-response, and calibration to the counted totals.

The chain: every n-th traveller (or, where the round passes over those who cross during an interview, as many as were
counted for each one selected; times the chance inside the group), times how many movements of its point and month
each counted one stands for, raised for those of the same observed sex and age who did not answer, raked to the
estimated movements of each point and month and of each sex. Only people of the minimum age are asked, so the totals
are theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from saphan.analyse.indicators.flows import Flows
from saphan.analyse.indicators.interviews import UNDER_AGE, BoolArray, Interviews, Selected
from saphan.analyse.indicators.observed import WHO, FloatArray
from saphan.collect.rounds.model import Busy, Screening, WithinGroup
from saphan.estimate.survey.calibration import Diagnostics, calibrate, rake
from saphan.estimate.survey.design import Lonely
from saphan.estimate.survey.model import Labels, Margin
from saphan.estimate.survey.sample import Sample, sample
from saphan.estimate.survey.weighting import Response, adjust_response, join_small

SMALLEST = 10  # interviews that a class needs to be calibrated alone
SEXES = ("male", "female")
ANOTHER = "another"  # sex than the two that a counter can see
ELSEWHERE = "elsewhere"
LEAST_UNITS = 2  # primary units below which there is no variance between them
TEENAGERS = "15-17"  # interviewed from the minimum age on, but counted among boys and girls


@dataclass(frozen=True, kw_only=True)
class Weighted:
    """Interviews of one direction with their weights; `eligible` (P,) is the share of movements of the minimum age.

    `sample` holds the raked weights, the weeks as primary units, and what variance may leave out: less than the weights
    were raked to. A point and month is one drawn week: on margins as fine as its primary units a design has no residual
    left, though the week still stands in for its month. So residuals are taken within points, and their weeks tell the
    variance. `raked` is how the raking went; `small`, the classes that had too few interviews to be raked to alone.
    """

    interviews: Interviews
    direction: str
    response: Response
    sample: Sample
    raked: Diagnostics
    small: tuple[str, ...]
    eligible: FloatArray
    selected: int
    responded: int
    cell: Mapping[str, str]  # the direction, where interviews are of several
    notes: tuple[str, ...]

    @property
    def weights(self) -> FloatArray:
        """(n,) movements that each interview stands for."""
        return self.sample.weight

    @property
    def one_week(self) -> bool:
        """Whether all interviews are of one drawn week, which tells nothing of the others."""
        return np.unique(self.interviews.week[self.weights > 0]).size < LEAST_UNITS


def weigh(
    flows: Flows, screening: Screening, chosen: Selected, interviews: Interviews, direction: str, *, several: bool
) -> Weighted | None:
    """Weigh the interviews of one direction; None if no interview belongs to a screening record."""
    told = np.array([outcome not in (None, UNDER_AGE) for outcome in chosen.outcome], dtype=bool)
    rows = np.flatnonzero((chosen.direction == direction) & told)
    # Who withheld consent once the interview had begun has no row among the interviews, and so did not answer.
    answered = np.isin(rows, interviews.selected[interviews.selected >= 0])
    if not answered.any():
        return None
    expansion = _expansion(flows, direction)
    each, notes = _each(flows, screening, chosen, direction)
    base = _base(screening, chosen, each)[rows] * expansion[chosen.point[rows], chosen.month[rows]]
    classes = np.array([f"{chosen.sex[row]} {chosen.age_band[row]}" for row in rows])
    adjusted, response = adjust_response(sample(base), classes, answered)
    by_row = np.zeros(len(chosen.code))
    by_row[rows] = adjusted.weight
    # An interview whose screening record is lost stands for as many as the others of its kind on average.
    typical = float(adjusted.weight[answered].mean())
    weights = np.where(interviews.selected >= 0, by_row[interviews.selected], typical)
    eligible = _eligible(flows, chosen, direction)
    drawn = sample(weights, clusters=_primary(interviews, weights), lonely=Lonely.REMOVE)
    by_place, *by_sex = _margins(flows, interviews, direction, eligible)
    joined, small = join_small(drawn, by_place, smallest=SMALLEST)
    # Few of a sex may be raked to: their total is what those of the other leave of the places'.
    raked = rake(drawn, [*(join_small(drawn, margin, smallest=1)[0] for margin in by_sex), joined])
    return Weighted(
        interviews=interviews,
        direction=direction,
        response=response,
        sample=_held(flows, interviews, direction, eligible, replace(drawn, weight=raked.sample.weight)),
        raked=raked.diagnostics,
        small=small,
        eligible=eligible,
        selected=len(rows),
        responded=int(answered.sum()),
        cell={"direction": direction} if several else {},
        notes=notes,
    )


def _primary(interviews: Interviews, weights: FloatArray) -> Labels:
    """(n,) the drawn week of each interview, at all points at once, since all points draw the same weeks.

    Of a single week its days are the units, of a single day its interviews: they say how well the week is known.
    """
    for units in (interviews.week, interviews.day):
        if np.unique(units[weights > 0]).size >= LEAST_UNITS:
            return units
    return np.arange(interviews.size)


def _each(flows: Flows, screening: Screening, chosen: Selected, direction: str) -> tuple[FloatArray, tuple[str, ...]]:
    """(P, C) travellers for each one selected, by point and drawn week, and what has to be said of it."""
    observed, fielded = flows.sampled.observed, flows.fielded
    shape = (len(observed.points), len(fielded.weeks))
    if screening.busy is Busy.COUNTED:
        return np.full(shape, float(screening.interval)), ()
    hourly = observed.count[:, observed.directions.index(direction), :-1][..., list(fielded.screened_hours)].sum(axis=2)
    counted = np.stack(
        [hourly[:, flows.sampled.sample.cluster == week].sum(axis=1) for week in range(shape[1])], axis=1
    )
    selected = np.zeros(shape)
    here = chosen.direction == direction
    np.add.at(selected, (chosen.point[here], chosen.week[here]), 1)
    return travellers_each(counted, selected)


def travellers_each(counted: FloatArray, selected: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
    """(P, C) travellers for each one selected, where those passing during an interview were counted but not selected.

    Both arguments are (P, C), persons in the hours of selection; the ratio stands for the interval, which says nothing
    of those passed over. A week with fewer counted than selected lacks counts, and takes the ratio of its point's other
    weeks, or of all points; weeks with nobody selected are stood for by the other weeks of their point. Notes say both.
    """
    sound = (selected > 0) & (counted >= selected)
    lost, alone = (selected > 0) & ~sound, (selected == 0) & (counted > 0)
    kept, asked = np.where(sound, counted, 0.0), np.where(sound, selected, 0.0)
    everywhere = kept.sum() / asked.sum() if sound.any() else 1.0
    there = asked.sum(axis=1, keepdims=True)
    at_point = np.divide(kept.sum(axis=1, keepdims=True), there, out=np.full_like(there, everywhere), where=there > 0)
    each = np.where(sound, counted / np.maximum(selected, 1.0), at_point)
    standing = (each * selected).sum(axis=1, keepdims=True)
    missed = np.where(alone, counted, 0.0).sum(axis=1, keepdims=True)
    spread = 1.0 + np.divide(missed, standing, out=np.zeros_like(missed), where=standing > 0)
    notes = []
    if alone.any():
        notes.append(
            f"Nobody was selected in {int(alone.sum())} of {int((counted > 0).sum())} weeks at a point with counts "
            f"({counted[alone].sum():,.0f} movements); interviews of the point's other weeks stand for them."
        )
    if lost.any():
        notes.append(
            f"In {int(lost.sum())} weeks at a point more travellers were selected than counted; they take the ratio of "
            "counted to selected of the other weeks."
        )
    return each * spread, tuple(notes)


def _base(screening: Screening, chosen: Selected, each: FloatArray) -> FloatArray:
    """One over the chance of being asked: selecting travellers picks the group, one of its eligible is asked."""
    inside = np.ones(len(chosen.code))
    if screening.within_group is not WithinGroup.ANY_ADULT:
        told = _told(chosen) & (chosen.eligible >= 1)
        inside[told] = chosen.eligible[told] / chosen.group_size[told]
    base: FloatArray = each[chosen.point, chosen.week] * inside
    return base


def _told(chosen: Selected) -> BoolArray:
    """(N,) whether the screener told how many of the selected group are of the minimum age."""
    told: BoolArray = (chosen.group_size >= 1) & (chosen.eligible >= 0) & (chosen.group_size >= chosen.eligible)
    return told


def _monthly(flows: Flows, direction: str) -> tuple[FloatArray, FloatArray]:
    """(P, M) movements expected and counted at each point in each month."""
    sampled = flows.sampled
    series = [sampled.series(point, direction) for point in sampled.observed.points]
    first = flows.fielded.period.start
    months = [slice((m.start - first).days, (m.end - first).days) for m in flows.fielded.period.months()]
    expected, counted = flows.fit.expected, sampled.sample.counted
    return (
        np.stack([expected[series][:, :, days].sum(axis=(1, 2)) for days in months], axis=1),
        np.stack([counted[series][:, :, days].sum(axis=(1, 2)) for days in months], axis=1),
    )


def _expansion(flows: Flows, direction: str) -> FloatArray:
    """(P, M) movements that each counted one stands for; where none was counted, as many as at all points together."""
    expected, counted = _monthly(flows, direction)
    whole = expected.sum() / max(counted.sum(), 1.0)
    return np.where(counted > 0, expected / np.maximum(counted, 1.0), whole)


def _eligible(flows: Flows, chosen: Selected, direction: str) -> FloatArray:
    """(P,) share of movements of the minimum age: the counted adults, and teenagers as the screener saw them.

    Where counts do not tell who passed, the mean share of the minimum age in the groups selected: a group's chance goes
    with its size, so that the mean is of travellers.
    """
    observed = flows.sampled.observed
    if "who" not in observed.parts:
        told = _told(chosen) & (chosen.direction == direction)
        inside = float((chosen.eligible[told] / chosen.group_size[told]).mean()) if told.any() else 1.0
        return np.full(len(observed.points), inside)
    codes, counts = observed.parts["who"]
    place = observed.directions.index(direction)
    seen = counts[:, :, place].sum(axis=(2, 3))  # (codes, P)
    adults = seen[[codes.index(name) for name in WHO[:2]]].sum(axis=0)
    share = np.where(seen.sum(axis=0) > 0, adults / np.maximum(seen.sum(axis=0), 1.0), adults.sum() / seen.sum())
    # Told ages, weighted, would be nearer, but leave bare what nights without interviews take from persons:
    # docs/explanation/flow-totals.md has the figures.
    old_enough = (chosen.direction == direction) & (chosen.outcome != UNDER_AGE)
    teenagers = float((chosen.age_band[old_enough] == TEENAGERS).mean()) if old_enough.any() else 0.0
    eligible: FloatArray = np.minimum(share / max(1.0 - teenagers, 0.5), 1.0)
    return eligible


def _margins(flows: Flows, interviews: Interviews, direction: str, eligible: FloatArray) -> list[Margin]:
    """Estimated movements of the minimum age at each point in each month, and of each sex if counts tell them apart.

    Months of a point with too few interviews share one class, and points with too few the last: every movement is then
    stood for by somebody, and the two margins have the same sum. Those who name another sex than the two that a counter
    can see have the share of the sum that they have of the interviews.
    """
    expected, _ = _monthly(flows, direction)
    totals = expected * eligible[:, None]
    months = flows.fielded.period.months()
    asked = np.zeros(totals.shape)
    np.add.at(asked, (interviews.point, interviews.month), 1)
    label = np.full(totals.shape, ELSEWHERE, dtype=object)
    for p, point in enumerate(flows.sampled.observed.points):
        few = asked[p] < SMALLEST
        label[p, ~few] = [f"{point} {month.label}" for month, small in zip(months, few, strict=True) if not small]
        if asked[p, few].sum() >= SMALLEST:
            label[p, few] = f"{point} other months"
    classes = tuple(sorted(set(label.ravel())))
    by_place = Margin(
        name="point and month",
        of=label[interviews.point, interviews.month].astype(str),
        classes=classes,
        total=np.array([totals[label == one].sum() for one in classes]),
    )
    if "who" not in flows.sampled.observed.parts:
        return [by_place]
    codes, counts = flows.sampled.observed.parts["who"]
    seen = counts[:, :, flows.sampled.observed.directions.index(direction)].sum(axis=(2, 3))
    adults = {name: float(seen[codes.index(name)] @ _ratio(expected, seen)) for name in WHO[:2]}
    whole = sum(adults.values())
    if not whole:
        return [by_place]
    sex = _sex(interviews)
    told = float((sex != ANOTHER).mean())
    parts = [*(adults[name] / whole * told for name in WHO[:2]), 1.0 - told]
    by_sex = Margin(name="sex", of=sex, classes=(*SEXES, ANOTHER), total=np.array(parts) * totals.sum())
    return [by_place, by_sex]


def _held(flows: Flows, interviews: Interviews, direction: str, eligible: FloatArray, raked: Sample) -> Sample:
    """The raked sample as its variance sees it: what the weights hold of each point, whose estimated movements have a
    variance, and of the sexes at all points together, whose shares are taken as known.

    Every sex stands less its share, so that it is the points alone that carry the variance of the whole.
    """
    names = flows.sampled.observed.points
    points = np.unique(interviews.point[raked.weight > 0])
    columns = [(interviews.point == p).astype(float) for p in points]
    if "who" in flows.sampled.observed.parts:
        sex = _sex(interviews)
        # The last follows from the others.
        columns += [(sex == one) - np.average(sex == one, weights=raked.weight) for one in np.unique(sex)[:-1]]
    auxiliary = np.stack(columns, axis=1)
    totals = [flows.sampled.weights(points=(names[p],), direction=direction) * eligible[p] for p in points]
    covariance = np.zeros((len(columns), len(columns)))
    covariance[: len(points), : len(points)] = flows.fit.covariance(totals)
    return calibrate(raked, auxiliary, raked.weight @ auxiliary, covariance=covariance).sample


def _sex(interviews: Interviews) -> Labels:
    """(n,) sex as told, where it is one of the two that a counter can see."""
    told = interviews.sex.astype(str)
    return np.where(np.isin(told, SEXES), told, ANOTHER)


def _ratio(expected: FloatArray, seen: FloatArray) -> FloatArray:
    """(P,) movements that each counted one of a point stands for over the whole period."""
    counted = seen.sum(axis=0)
    return np.where(counted > 0, expected.sum(axis=1) / np.maximum(counted, 1.0), 0.0)
