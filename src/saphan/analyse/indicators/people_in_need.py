"""People in need: how many are at the sites of mobility tracking, times the share of people in need in an assessment.

The two come from different samples, so that their errors are independent; the variance of the product has both
(Goodman 1960, `saphan.estimate.flow.product`). That the share of the households assessed holds for the people at the
sites is an assumption, which the definition says. Provinces are not added up: errors of their stocks go together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from saphan.analyse.indicators.model import Result, Results
from saphan.analyse.indicators.plans.results import ASSESSMENT, OVER
from saphan.analyse.indicators.stock_lines import PRESENT
from saphan.analyse.indicators.wording import define
from saphan.collect.rounds.assessments import HouseholdAssessment
from saphan.collect.rounds.mobility import MobilityExercise
from saphan.core.naming import name_of
from saphan.core.unit import Unit
from saphan.estimate.flow import Estimate, product

PEOPLE, SHARE, PROVINCE = "needs.people", "needs.ratio", "province"


def compute(
    assessments: Sequence[HouseholdAssessment], exercises: Sequence[MobilityExercise], found: Results
) -> Results:
    """People in need by province, where both the share and the stock have an interval."""
    periods = {(one.id, each.number): each.period.label for one in exercises for each in one.rounds}
    named = {one.name: one for one in found.results}
    made: list[Result] = []
    for assessment in assessments:
        if assessment.stock is not None:
            period = periods[assessment.stock.exercise, assessment.stock.round]
            made += _people(assessment, period, named)
    return Results(results=tuple(made))


def _people(assessment: HouseholdAssessment, period: str, named: Mapping[str, Result]) -> Iterator[Result]:
    for share in named.values():
        if share.indicator != SHARE or share.unit is not Unit.SHARE or share.cell[ASSESSMENT] != assessment.id:
            continue
        stock = named.get(name_of(PRESENT, {PROVINCE: share.cell.get(PROVINCE, "")}, period))
        whole = None if stock is None else _estimate(stock)
        if stock is None or whole is None or share.standard_error is None:
            continue
        of_share = {"standard_error": share.standard_error, "degrees_of_freedom": share.degrees_of_freedom or 1.0}
        people = product(whole, share=min(share.value, 1.0), **of_share)
        yield replace(
            share,
            indicator=PEOPLE,
            cell={key: code for key, code in share.cell.items() if key != OVER},
            period=period,
            unit=Unit.PERSON,
            value=people.value,
            low=people.low,
            high=people.high,
            standard_error=people.standard_error,
            degrees_of_freedom=people.degrees_of_freedom,
            clusters=stock.clusters,
            method=people.method,
            definition=define(PEOPLE),
            parents=(stock.name, share.name),
            query=f"{stock.query}; {share.query}",
        )


def _estimate(stock: Result) -> Estimate | None:
    """A stock with its error, or None where no count supports one."""
    if stock.standard_error is None or stock.low is None or stock.high is None:
        return None
    return Estimate(
        value=stock.value,
        standard_error=stock.standard_error,
        low=stock.low,
        high=stock.high,
        degrees_of_freedom=stock.degrees_of_freedom or 1.0,
        n_clusters=stock.clusters,
        n_days=0,
        counted=0.0,
        method=stock.method,
    )
