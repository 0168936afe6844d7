"""One batch of draws of each kind of trial: real years, invented worlds, refusal that nobody can see."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks.designs import Drawn, months
from benchmarks.measures import row
from benchmarks.real import Year
from benchmarks.worlds import DAYS, FIRST_DAY, NIGHT, Interviews, World, fieldwork, interview, world
from saphan.estimate.flow import Design, FlowSample, Settings, expansion, fit, product
from saphan.estimate.survey.calibration import Residual, rake
from saphan.estimate.survey.design import Lonely
from saphan.estimate.survey.model import Margin
from saphan.estimate.survey.proportions import Proportion, proportion
from saphan.estimate.survey.sample import sample as survey_sample
from saphan.estimate.survey.weighting import adjust_response, join_small, sensitivity

Rows = dict[str, list[tuple[float, ...]]]
RATIOS = (0.5, 0.65, 0.8, 1.0)


@dataclass(frozen=True, kw_only=True)
class RealTrial:
    """Draws of one real year under one design; `official` gives the estimator a daily count of 80 per cent of the
    movements with a day's error of 5 per cent to stand in ratio to.
    """

    year: Year
    drawn: Drawn
    draws: int
    seed: int
    official: bool = False
    settings: Settings | None = None


@dataclass(frozen=True, kw_only=True)
class WorldTrial:
    """Draws of some invented worlds under one design."""

    worlds: range
    drawn: Drawn
    draws: int
    official: bool = False
    settings: Settings | None = None


def real(trial: RealTrial) -> Rows:
    """Estimate the year's total from each draw."""
    year = trial.year
    rng = np.random.default_rng(trial.seed)
    truth = float(year.daily.sum())
    days = year.daily.size
    found: list[tuple[float, ...]] = []
    for _ in range(trial.draws):
        cluster = trial.drawn.draw(rng, year.first_day, days)
        sample = whole_days(year, cluster, trial.drawn.design)
        peer = expansion(sample).value
        if trial.official:
            known = 0.8 * year.daily * np.exp(rng.normal(0, 0.05, days))
            sample = replace(sample, known=known[None])
        found.append(row(fit(sample, settings=trial.settings).total(np.ones(1)), truth, peer))
    return {year.name: found}


def whole_days(year: Year, cluster: npt.NDArray[np.int64], design: Design) -> FlowSample:
    """A real year counted on whole days."""
    observed = cluster >= 0
    return FlowSample(
        first_day=year.first_day,
        series=(year.name,),
        windows=("day",),
        count=np.where(observed, year.daily, np.nan)[None, None],
        effort=observed.astype(float)[None, None],
        open=np.ones((1, 1, year.daily.size), dtype=bool),
        cluster=cluster,
        holiday=year.holiday,
        design=design,
    )


def invented(trial: WorldTrial) -> Rows:
    """Estimate year, month, sum of points, nights, a survey share and its product with the total, from each draw."""
    found: Rows = {}
    month = months(FIRST_DAY, DAYS)
    for number in trial.worlds:
        rng = np.random.default_rng([2023, number])
        of = world(rng)
        for _ in range(trial.draws):
            sample = fieldwork(rng, of, trial.drawn, ratio=trial.official)
            fitted = fit(sample, settings=trial.settings)
            point = np.zeros(of.movements.shape)
            point[rng.integers(len(point))] = 1.0
            one_month = (month == rng.choice(month)).astype(float)
            nights = np.zeros(of.movements.shape)
            nights[:, NIGHT] = 1.0
            everything = np.ones(of.movements.shape)
            total = fitted.total(everything)
            peer = expansion(sample).value
            targets = {
                "one point, year": point,
                "one point, month": point * one_month,
                "sum of points, month": everything * one_month,
                "nights of all points, year": nights,
            }
            found.setdefault("sum of points, year", []).append(row(total, float(of.movements.sum()), peer))
            for name, weights in targets.items():
                truth = float((weights * of.movements).sum())
                found.setdefault(name, []).append(row(fitted.total(weights), truth))
            profile = surveyed(sample, fitted.expected.sum(axis=(1, 2)), interview(rng, of, sample))
            found.setdefault("survey share", []).append(_as_row(profile, of.share))
            long_term = product(
                total,
                share=profile.value,
                standard_error=profile.evidence.standard_error,
                degrees_of_freedom=profile.evidence.degrees,
            )
            found.setdefault("total x survey share", []).append(row(long_term, of.share * float(of.movements.sum())))
    return found


def surveyed(sample: FlowSample, totals: npt.NDArray[np.float64], answers: Interviews) -> Proportion:
    """The share of the trait: weighted by response in sex x age classes, raked to each point's estimated total."""
    drawn = survey_sample(answers.weight, strata=answers.point, clusters=answers.week, lonely=Lonely.ADJUST)
    adjusted, _ = adjust_response(drawn, answers.of_class, answers.answered)
    margin = Margin(
        name="point",
        of=answers.point.astype(str),
        classes=tuple(str(point) for point in range(sample.shape[0])),
        total=totals,
    )
    joined, _ = join_small(adjusted, margin)
    raked = rake(adjusted, [joined], residual=Residual.REGRESSION)
    return proportion(raked.sample, answers.trait)


def hidden(trial: WorldTrial) -> Rows:
    """Where refusal depends on the trait itself: the share as estimated, and at assumed ratios of response."""
    found: Rows = {}
    for number in trial.worlds:
        rng = np.random.default_rng([2024, number])
        of: World = world(rng, hidden_refusal=True)
        true_ratio = float(of.answers[0, 1] / of.answers[0, 0])
        for _ in range(trial.draws):
            sample = fieldwork(rng, of, trial.drawn)
            totals = fit(sample, settings=trial.settings).expected.sum(axis=(1, 2))
            profile = surveyed(sample, totals, interview(rng, of, sample))
            found.setdefault("as estimated", []).append(_as_row(profile, of.share))
            found.setdefault("at the true ratio", []).append(_adjusted(profile, true_ratio, of.share))
            for ratio in RATIOS:
                found.setdefault(f"assuming a ratio of {ratio}", []).append(_adjusted(profile, ratio, of.share))
    return found


def _adjusted(profile: Proportion, ratio: float, truth: float) -> tuple[float, ...]:
    value, low, high = (sensitivity(one, [ratio])[ratio] for one in (profile.value, profile.low, profile.high))
    return (value, low, high, profile.evidence.standard_error, truth, float("nan"))


def _as_row(profile: Proportion, truth: float) -> tuple[float, ...]:
    return (profile.value, profile.low, profile.high, profile.evidence.standard_error, truth, float("nan"))
