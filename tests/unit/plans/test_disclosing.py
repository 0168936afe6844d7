"""Numbers on few respondents are emptied, and so is what would give them away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from saphan.analyse.indicators.needs.model import Subject
from saphan.analyse.indicators.plans.disclosing import disclosed
from saphan.analyse.indicators.plans.model import Analysis, Finding, PlanLine, Standing

Group = tuple[str, ...]
LINE = PlanLine(row=2, of="x", analysis=Analysis.MEAN)


def told(line: PlanLine, n: Mapping[Group, int], names: tuple[str, ...] = ("a", "b")) -> list[Finding]:
    """Findings of a line by the labels of its groups; a label of `-` is of the second column alone."""
    return [
        Finding(
            line=line,
            subject=Subject.HOUSEHOLD,
            title="x",
            answer=None,
            group={name: label for name, label in zip(names, labels, strict=False) if label != "-"},
            value=1.0,
            standard_error=0.1,
            low=0.8,
            high=1.2,
            n=number,
            degrees=9.0,
            method="taylor",
            note="",
        )
        for labels, number in n.items()
    ]


def hidden(n: Mapping[Group, int], names: tuple[str, ...] = ("a", "b")) -> set[Group]:
    """The groups, by their labels, that a threshold of 10 empties; a label of `-` is of the second column alone."""
    findings = told(LINE, n, names)
    found = disclosed(findings, 10)
    for one in found:
        empty = (one.value, one.standard_error, one.low, one.high, one.n, one.degrees) == (None,) * 6
        assert empty is (one.standing is Standing.PROTECTED)
    return {labels for labels, one in zip(n, found, strict=True) if one.standing is Standing.PROTECTED}


def test_enough_respondents_everywhere_hide_nothing() -> None:
    assert hidden({(): 30, ("p",): 10, ("q",): 20}) == set()


def test_a_small_group_takes_another_with_it() -> None:
    found = hidden({(): 100, ("p",): 4, ("q",): 40, ("r",): 56})
    assert ("p",) in found
    assert len(found) == 2
    assert () not in found


def test_a_small_cell_of_two_columns_is_safe_in_rows_and_columns() -> None:
    n: dict[Group, int] = {(): 200, ("p",): 100, ("q",): 100, ("-", "f"): 90, ("-", "m"): 110}
    cells: dict[Group, int] = {("p", "f"): 3, ("p", "m"): 97, ("q", "f"): 87, ("q", "m"): 13}
    found = hidden(n | cells)
    assert {("p", "f"), ("p", "m"), ("q", "f"), ("q", "m")} <= found


def test_nobody_in_a_group_tells_nothing() -> None:
    assert hidden({(): 30, ("p",): 0, ("q",): 30}) == set()


@pytest.mark.parametrize("whole", [3, 9])
def test_a_small_whole_is_hidden_with_its_groups(whole: int) -> None:
    assert hidden({(): whole, ("p",): 1, ("q",): whole - 1}) == {(), ("p",), ("q",)}


def test_lines_of_one_question_are_looked_at_together() -> None:
    """By province on one line, by province and group on another: what one hides the other would tell."""
    by_province = {(): 100, ("p",): 50, ("q",): 50}
    crossed = {("p", "f"): 4, ("p", "m"): 46, ("q", "f"): 25, ("q", "m"): 25}
    lines = [
        replace(LINE, row=2, by=(("a",),)),
        replace(LINE, row=3, analysis=Analysis.MEDIAN, by=(("a", "b"),)),
    ]
    found = disclosed([*told(lines[0], by_province), *told(lines[1], crossed)], 10)
    protected = {tuple(one.group.values()) for one in found if one.standing is Standing.PROTECTED}
    assert ("p", "f") in protected
    assert protected & {("p",), ("p", "m")}, "of p, its men and its few women no two may be told"


def test_those_whom_a_condition_leaves_out_are_not_had_by_subtraction() -> None:
    """60 households, 55 of them renting: the other 5 are the difference."""
    renting = replace(LINE, row=3, among=(("occupancy", ("rented",)),))
    found = disclosed([*told(LINE, {(): 60}), *told(renting, {(): 55})], 10)
    assert [one.standing for one in found].count(Standing.PROTECTED) >= 1


def test_conditions_that_leave_out_enough_hide_nothing() -> None:
    renting = replace(LINE, row=3, among=(("occupancy", ("rented",)),))
    found = disclosed([*told(LINE, {(): 60}), *told(renting, {(): 40})], 10)
    assert all(one.standing is Standing.SHOW for one in found)


def test_the_same_respondents_on_two_lines_share_their_fate() -> None:
    other = replace(LINE, row=3, analysis=Analysis.MEDIAN)
    found = disclosed([*told(LINE, {(): 9}), *told(other, {(): 9})], 10)
    assert {one.standing for one in found} == {Standing.PROTECTED}
