"""Changes: a number with a sign, which must not give away what it is a change of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.releases import make_figure

from saphan.core.problem import Problem
from saphan.core.unit import Unit
from saphan.mission.model import Mission
from saphan.publish.figures import Figure, Release, Sum, printed, propose, with_unit
from saphan.publish.figures.hedge import Form, Hedge, parse
from saphan.publish.figures.model import name_of

PRESENT, CHANGE = "stock.present", "stock.change"
PERIODS = ("2023-01", "2023-02")


def stock(value: float, period: str, rests_on: int | None = None, **cell: str) -> Figure:
    rests = round(value) if rests_on is None else rests_on
    return make_figure(value, indicator=PRESENT, period=period, unit=Unit.PERSON, rests_on=rests, **cell)


def change(value: float, rests_on: int, **cell: str) -> Figure:
    parents = tuple(name_of(PRESENT, cell, period) for period in PERIODS)
    made = make_figure(value, indicator=CHANGE, period=PERIODS[1], unit=Unit.CHANGE, half=30.0, parents=parents, **cell)
    return replace(made, low=value - 30.0, rests_on=rests_on)


def released(mission: Mission, figures: list[Figure], *sums: Sum) -> dict[str, Release]:
    return {one.name: one.release for one in propose(figures, sums, mission=mission, frame="f" * 64, facts={})}


def test_a_change_is_printed_with_its_sign(mission: Mission) -> None:
    figures = [change(-420.0, 500, district="TH6306"), change(1_180.0, 500, district="TH6304")]
    register = propose(figures, (), mission=mission, frame="f" * 64, facts={})
    down, up = register
    assert printed(down, "en").text == "-420"
    assert with_unit(printed(up, "en").text, up, "en") == "+1,180 people"
    assert printed(down, "en", Hedge(form=Form.INTERVAL)).text == "between -450 and -390"
    assert printed(down, "th", Hedge(form=Form.ABOUT)).text.endswith("-420")
    with pytest.raises(Problem, match="a change has a sign"):
        printed(up, "en", parse("more-than 1,000"))


def test_people_are_never_fewer_than_none(mission: Mission) -> None:
    below = replace(stock(20.0, PERIODS[0], district="TH6306"), value=-20.0, low=-22.0, high=-18.0)
    with pytest.raises(Problem, match="below zero"):
        propose([below], (), mission=mission, frame="f" * 64, facts={})


def test_a_change_between_few_is_hidden(mission: Mission) -> None:
    found = released(mission, [change(-8.0, 7, district="TH6306"), change(8.0, 70, district="TH6304")])
    assert [*found.values()] == [Release.TOO_FEW, Release.PUBLIC]


@pytest.mark.parametrize("moved", [-60.0, 60.0])
def test_a_hidden_round_cannot_be_had_from_the_other_and_the_change(mission: Mission, moved: float) -> None:
    """In February the second district is hidden to protect the first; January and the change would give it away."""
    whole, part = {"province": "TH63"}, [{"district": "TH6304"}, {"district": "TH6306"}]
    january = [stock(500.0, PERIODS[0], **part[0]), stock(300.0, PERIODS[0], **part[1])]
    february = [stock(4.0, PERIODS[1], **part[0]), stock(300.0 + moved, PERIODS[1], **part[1])]
    totals = [stock(800.0, PERIODS[0], **whole), stock(304.0 + moved, PERIODS[1], **whole)]
    sums = [
        Sum(total=total.name, parts=tuple(one.name for one in parts))
        for total, parts in zip(totals, (january, february), strict=True)
    ]
    told = change(moved, 240, **part[1])
    found = released(mission, [*january, *february, *totals, told], *sums)
    assert found[february[0].name] is Release.TOO_FEW
    hidden = {name for name, release in found.items() if release is not Release.PUBLIC}
    # What adds up to the first district's number must lack one more of its members.
    assert february[1].name in hidden or totals[1].name in hidden
    if february[1].name in hidden:
        assert {told.name, january[1].name} & hidden


def test_a_provinces_change_hides_with_its_districts(mission: Mission) -> None:
    """Gains and losses add up to the province's change; one hidden, another must be."""
    parts = [change(-40.0, 5, district="TH6304"), change(90.0, 200, district="TH6306"), change(-20.0, 90, district="x")]
    whole = change(30.0, 295, province="TH63")
    summed = Sum(total=whole.name, parts=tuple(one.name for one in parts))
    found = released(mission, [*parts, whole], summed)
    assert found[parts[0].name] is Release.TOO_FEW
    assert sum(release is not Release.PUBLIC for release in found.values()) >= 2
