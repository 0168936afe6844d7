"""From proposed figures to a register: sums held, few protected, points unnamed, keys that follow content."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.releases import OFFICIAL, make_figure

from saphan.core.problem import Problem
from saphan.core.unit import Unit
from saphan.mission.model import Mission
from saphan.publish.figures import (
    RESTRICTED,
    Figure,
    Kind,
    Register,
    Release,
    Sum,
    compare,
    decode,
    encode,
    propose,
    public,
)

Year = tuple[list[Figure], list[Sum]]


def register(year: Year, mission: Mission, frame: str = "f" * 64) -> Register:
    return propose(*year, mission=mission, frame=frame, facts={"form counter": "14,000 submissions"})


def codes(caught: pytest.ExceptionInfo[Problem]) -> list[str]:
    return [finding.code for finding in caught.value.findings]


def test_points_that_may_not_be_named_stay_inside(year: Year, mission: Mission) -> None:
    found = register(year, mission)
    for figure in found:
        if figure.cell.get("point", "TAK-01") not in OFFICIAL:
            assert figure.release is Release.INTERNAL
    assert found.figures["flow.movements/direction=in/2023"].release is Release.PUBLIC


def test_few_are_hidden_with_something_beside_them(year: Year, mission: Mission) -> None:
    found = register(year, mission)
    assert any(figure.release is Release.RECOVERABLE for figure in found)
    for figure in found:
        assert (figure.release is Release.TOO_FEW) == (figure.rests_on < 10 and figure.release is not Release.INTERNAL)


def test_an_official_point_is_hidden_where_it_would_give_its_neighbour_away(year: Year, mission: Mission) -> None:
    """Ranong has one point that may be named and one that may not: district less point is the other."""
    found = register(year, mission)
    assert found.figures["flow.movements/direction=in/point=RAN-01/2023"].release is Release.RECOVERABLE
    assert found.figures["flow.movements/direction=in/district=TH8501/2023"].release is Release.PUBLIC


def test_sums_that_nobody_declared_are_seen(mission: Mission) -> None:
    """The reader subtracts whether or not the estimator said that these are parts."""
    whole = make_figure(4_000, rests_on=1_000)
    modes = [
        make_figure(20.0, rests_on=5, mode="boat"),
        make_figure(980.0, rests_on=245, mode="car"),
        make_figure(3_000.0, rests_on=750, mode="foot"),
    ]
    found = propose([whole, *modes], [], mission=mission, frame="f", facts={})
    assert {one.cell["mode"]: one.release for one in found if one.cell} == {
        "boat": Release.TOO_FEW,
        "car": Release.RECOVERABLE,
        "foot": Release.PUBLIC,
    }


def test_what_is_left_beside_listed_parts_is_protected(mission: Mission) -> None:
    whole = make_figure(4_000, rests_on=1_000)
    listed = [make_figure(980.0, rests_on=245, mode="car"), make_figure(3_000.0, rests_on=750, mode="foot")]
    found = propose([whole, *listed], [], mission=mission, frame="f", facts={})
    assert [one.release for one in found].count(Release.RECOVERABLE) == 1


def test_those_who_did_not_give_the_one_answer_are_protected(mission: Mission) -> None:
    """98 per cent of 400 said yes, so 8 did not, though no figure says so."""
    yes = make_figure(
        0.98, indicator="survey.share", unit=Unit.SHARE, half=0.01, rests_on=392, base=400, question="q", answer="yes"
    )
    found = propose([yes], [], mission=mission, frame="f", facts={})
    assert found.figures[yes.name].release is Release.RECOVERABLE


def test_months_are_parts_of_their_year(mission: Mission) -> None:
    year = make_figure(1_300.0, rests_on=300)
    months = [
        make_figure(value, rests_on=count, period=f"2023-{month:02}")
        for month, (value, count) in enumerate([(12.0, 3), (500.0, 120), (788.0, 177)], start=1)
    ]
    found = propose([year, *months], [], mission=mission, frame="f", facts={})
    assert sum(one.release is not Release.PUBLIC for one in found) == 2


def test_parts_that_miss_their_total_are_a_problem(year: Year, mission: Mission) -> None:
    figures, sums = year
    wrong = [replace(one, value=one.value * 1.0001) if "mode-1" in one.name else one for one in figures]
    with pytest.raises(Problem) as caught:
        propose(wrong, sums, mission=mission, frame="f", facts={})
    assert codes(caught) == ["figure.sum", "figure.sum"]
    assert "flow.movements/direction=in/2023" in str(caught.value)


def test_every_fault_is_named_at_once(mission: Mission) -> None:
    good = make_figure(100.0)
    figures = [
        good,
        good,
        make_figure(float("nan"), rests_on=20, part="a"),
        replace(make_figure(5.0, part="b"), low=6.0, high=7.0),
    ]
    with pytest.raises(Problem) as caught:
        propose(figures, [Sum(total=good.name, parts=("nobody",))], mission=mission, frame="f", facts={})
    assert codes(caught) == ["figure.twice", "figure.value", "figure.value", "figure.unknown"]


def test_public_part_names_nothing_that_is_not_public(year: Year, mission: Mission) -> None:
    figures, sums = year
    figures = [
        replace(
            one, parents=("flow.movements/direction=in/point=TAK-03/2023",), query="where point in ('TAK-01', 'TAK-03')"
        )
        for one in figures
    ]
    outside = public(propose(figures, sums, mission=mission, frame="f", facts={"TAK-04": "closed"}), mission)
    data = encode(outside).decode()
    hidden = {point for point in mission.places.points if point not in OFFICIAL}
    assert not [point for point in hidden if point in data]
    assert all(figure.release is Release.PUBLIC for figure in outside)
    assert outside.figures["flow.movements/2023"].parents == (RESTRICTED,)
    assert "'TAK-01', 'restricted'" in outside.figures["flow.movements/2023"].query
    for one in outside.sums:
        assert {*one.parts} <= outside.figures.keys()


def test_written_and_read_back(year: Year, mission: Mission) -> None:
    found = register(year, mission)
    data = encode(found)
    assert encode(decode(data)) == data
    assert decode(data) == found
    assert encode(register(year, mission)) == data


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"mission": 1}'])
def test_what_is_no_register_is_refused(data: bytes) -> None:
    with pytest.raises(Problem) as caught:
        decode(data)
    assert codes(caught) == ["register.broken"]


def test_a_figure_under_another_name_is_refused(year: Year, mission: Mission) -> None:
    data = encode(register(year, mission)).replace(b'"flow.movements/2023":{', b'"flow.movements/2022":{')
    with pytest.raises(Problem, match="stands under the name"):
        decode(data)


def test_the_key_follows_the_content(year: Year, mission: Mission) -> None:
    figures, sums = year
    before = register(year, mission)
    assert {one.key for one in before} == {one.key for one in register(year, mission)}
    assert len({one.key for one in before}) == len(before.figures)
    noise = [replace(one, standard_error=(one.standard_error or 0) * (1 + 1e-13)) for one in figures]
    assert {one.key for one in register((noise, sums), mission)} == {one.key for one in before}
    assert not {one.key for one in register(year, mission, frame="e" * 64)} & {one.key for one in before}


def test_what_changed_since(year: Year, mission: Mission) -> None:
    figures, sums = year
    before = register(year, mission)
    wider = [replace(one, high=(one.high or 0) + 1) if one.name == "flow.movements/2023" else one for one in figures]
    gone = [one for one in wider if one.unit is not Unit.SHARE]
    changes = compare(before, register((gone, [one for one in sums if one.total != "1"]), mission))
    assert [change.fields for change in changes if change.before and change.after] == [("high",)]
    assert sum(change.after is None for change in changes) == 5
    assert not compare(before, before)


def test_numbers_about_the_work_are_not_about_people(mission: Mission) -> None:
    points = make_figure(6.0, indicator="flow.points", unit=Unit.POINT, kind=Kind.COUNT, rests_on=6)
    assert next(iter(propose([points], [], mission=mission, frame="f", facts={}))).release is Release.PUBLIC
