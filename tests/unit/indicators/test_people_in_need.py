"""People in need: a share times a stock, with both variances, and only where both have one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from saphan.analyse.indicators import people_in_need
from saphan.analyse.indicators.model import Judged, Result, Results
from saphan.collect.rounds.assessments import HouseholdAssessment, StockRound
from saphan.collect.rounds.mobility import MobilityExercise, MobilityRound
from saphan.core import period
from saphan.core.text import Text
from saphan.core.unit import Unit

WORDS = Text({"en": "words"})
ASSESSMENT = HouseholdAssessment(
    id="needs",
    title=WORDS,
    form="household",
    period=period.parse("2023-06"),
    areas=(),
    sample="samples/needs.csv",
    plan="plans/needs.csv",
    stock=StockRound(exercise="border", round=2),
)
EXERCISE = MobilityExercise(
    id="border",
    title=WORDS,
    forms={},
    areas=(),
    rounds=tuple(MobilityRound(number=n, period=period.parse(f"2023-0{n}")) for n in (1, 2)),
    seed=1,
)
SHARE = Result(
    indicator="needs.ratio",
    cell={"assessment": "needs", "question": "members-in-need", "over": "household.size", "province": "P1"},
    period="2023-06",
    unit=Unit.SHARE,
    value=0.4,
    low=0.3,
    high=0.5,
    standard_error=0.05,
    degrees_of_freedom=30.0,
    rests_on=180,
    base=180,
    method="taylor/1",
    basis="design",
    definition=WORDS,
    query="ratio",
    judged=Judged.SHOWN,
)
STOCK = replace(
    SHARE,
    indicator="stock.present",
    cell={"province": "P1"},
    period="2023-02",
    unit=Unit.PERSON,
    value=10_000.0,
    low=9_000.0,
    high=11_200.0,
    standard_error=560.0,
    degrees_of_freedom=20.0,
    rests_on=9_500,
    clusters=40,
    method="stock-ratio/1",
    judged=Judged.OPEN,
)


def people(*found: Result) -> tuple[Result, ...]:
    return people_in_need.compute([ASSESSMENT], [EXERCISE], Results(results=found)).results


def test_both_variances_are_in_the_number_and_its_parents_are_both_figures() -> None:
    (made,) = people(SHARE, STOCK)
    assert made.name == "needs.people/assessment=needs/province=P1/question=members-in-need/2023-02"
    assert made.value == pytest.approx(4_000.0)
    assert made.standard_error == pytest.approx(math.hypot(0.4 * 560.0, 10_000.0 * 0.05))
    assert made.low is not None
    assert made.high is not None
    assert made.low < made.value < made.high
    assert made.parents == (STOCK.name, SHARE.name)
    assert (made.unit, made.rests_on, made.judged) == (Unit.PERSON, 180, Judged.SHOWN)


def test_the_interval_covers_the_product_of_what_both_were_drawn_from() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for share, stock in zip(rng.normal(0.4, 0.05, 2_000), rng.normal(10_000, 560, 2_000), strict=True):
        (made,) = people(replace(SHARE, value=share, low=0.0, high=1.0), replace(STOCK, value=stock, high=1e9))
        held += (made.low or 0.0) <= 4_000.0 <= (made.high or 0.0)
    assert 0.94 <= held / 2_000 <= 0.975


@pytest.mark.parametrize(
    "found",
    [
        (SHARE,),  # no stock of the province
        (SHARE, replace(STOCK, period="2023-01")),  # of another round
        (SHARE, replace(STOCK, low=None, high=None, standard_error=None)),  # nobody counted
        (replace(SHARE, standard_error=None), STOCK),  # a sample not drawn by chance
        (replace(SHARE, unit=Unit.NUMBER), STOCK),  # a ratio that is no share
        (replace(SHARE, cell={**SHARE.cell, "assessment": "other"}), STOCK),
    ],
)
def test_nothing_is_made_where_either_is_missing_or_has_no_error(found: tuple[Result, ...]) -> None:
    assert people(*found) == ()


def test_an_assessment_without_a_stock_makes_none() -> None:
    without = replace(ASSESSMENT, stock=None)
    assert people_in_need.compute([without], [EXERCISE], Results(results=(SHARE, STOCK))).results == ()
