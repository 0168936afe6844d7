"""Reports of a site made into one number: the rules by hand, what changes nothing, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from saphan.estimate.stock import Grade, Measure, Obtained, Reconciled, Report, Site, Subject, reconcile
from saphan.estimate.stock.reconcile import METHOD, weighted_median

SITES = tuple(Site(id=one, district="d", province="p") for one in ("a", "b", "c"))


def said(value: float, informant: str, obtained: str = "estimate", **more: object) -> Report:
    return Report(**{"site": "a", "informant": informant, "value": value, "obtained": Obtained(obtained), **more})  # type: ignore[arg-type]


def number(*reports: Report, sites: tuple[Site, ...] = SITES) -> Reconciled:
    (found,) = [one for one in reconcile(sites, reports) if one.site == "a"]
    return found


@pytest.mark.parametrize(
    ("values", "weights", "middle"),
    [
        ([5], [1], 5),
        ([10, 20], [1, 1], 15),
        ([10, 20], [4, 1], 10),
        ([30, 10, 20], [1, 1, 1], 20),
        ([10, 20, 30], [1, 2, 3], 25),
        ([10, 20, 30, 40], [1, 1, 1, 1], 25),
    ],
)
def test_the_weighted_median_lies_midway_where_the_weight_is_halved(
    values: list[float], weights: list[float], middle: float
) -> None:
    assert weighted_median(values, weights) == middle


@pytest.mark.parametrize(
    ("reports", "value", "grade", "words"),
    [
        ([said(100, "x")], 100, "D", "no fact speaks for the number"),
        ([said(100, "x", "list")], 100, "C", "holds a list"),
        ([said(100, "x", "register")], 100, "B", "keeps a register"),
        ([said(100, "x"), said(108, "y")], 104, "C", "agree within 10%"),
        ([said(100, "x"), said(112, "y")], 106, "D", "no fact speaks"),
        ([said(100, "x", "register"), said(108, "y")], 100, "A", "agree within 10%"),
        ([said(100, "x", "aid"), said(120, "y", "list"), said(80, "seen", "observation")], 110, "B", "delivers aid"),
        ([said(100, "x", "list"), said(80, "seen", "observation")], 100, "B", "observation confirms"),
        ([said(100, "x", "list"), said(70, "seen", "observation")], 100, "C", "holds a list"),
        ([said(100, "x", "register"), said(210, "y")], 100, "C", "lowered: sources differ by more than 2 times"),
        ([said(100, "x", "register"), said(0, "y", "list")], 100, "B", "lowered: sources differ"),
        ([said(90, "seen", "observation")], 90, "D", "no fact speaks"),
    ],
)
def test_value_and_grade_by_hand(reports: list[Report], value: float, grade: str, words: str) -> None:
    found = number(*reports)
    assert (found.value, found.grade) == (value, Grade(grade))
    assert any(words in reason for reason in found.reasons), found.reasons
    assert (found.low, found.high) == (min(one.value for one in reports), max(one.value for one in reports))
    assert (found.informants, found.sources, found.method) == (len(reports), len(reports), METHOD)


def test_a_copied_report_changes_nothing_but_the_number_of_informants() -> None:
    origin, other = said(100, "x", "list", source="the list of x"), said(160, "y")
    before = number(origin, other)
    after = number(origin, other, replace(origin, informant="z"), replace(origin, informant="w", obtained=Obtained.AID))
    assert (after.informants, after.sources) == (4, 2)
    assert any("copies count once" in words for words in after.reasons)
    unlike = {"informants": 0, "reasons": ()}
    assert replace(after, **unlike) == replace(before, **unlike)
    assert after.reasons[:-1] == before.reasons


def test_copies_that_are_not_told_do_change_it() -> None:
    assert number(said(100, "x"), said(160, "y"), said(160, "z")).value == 160
    assert number(said(100, "x"), said(160, "y", source="s"), said(160, "z", source="s")).value == 130


def test_sources_are_joined_through_others_and_the_best_grounded_stands() -> None:
    chain = [
        said(10, "x", source="s"),
        said(20, "x", "list"),  # the same informant
        said(40, "z", "list", source="s"),  # the same source
    ]
    found = number(*chain)
    assert (found.sources, found.value) == (1, 30)  # two of the chain hold a list: their median


def test_a_number_of_several_sites_is_shared_out_as_their_own_reports_are() -> None:
    reports = [
        said(30, "x"),
        said(10, "y", site="b"),
        said(80, "w", "list", catchment=("a", "b")),
    ]
    shares = {one.site: one for one in reconcile(SITES, reports)}
    assert shares["a"].value == 60  # 80 x 30 / 40, a list, against an estimate of 30
    assert shares["b"].value == 20
    assert shares["a"].value + shares["b"].value == 80
    alone = {one.site: one for one in reconcile(SITES, [said(80, "w", "list", catchment=("a", "b"))])}
    assert (alone["a"].value, alone["b"].value) == (40, 40)
    assert alone["a"].grade is Grade.D
    assert "lowered: known only from numbers that cover several sites" in alone["a"].reasons


def test_two_informants_who_count_the_same_people_of_two_sites_add_nobody_twice() -> None:
    both = [
        said(120, "x", catchment=("a", "b")),
        said(150, "y", site="b", catchment=("b", "a")),
    ]
    found = reconcile(SITES, both)
    assert sum(one.value for one in found) == 135


def test_an_informant_of_three_sites_and_a_site_that_cannot_be_entered_lower_the_grade() -> None:
    everywhere = [said(100, "x", "register", site=one) for one in ("a", "b", "c")]
    assert {one.grade for one in reconcile(SITES, everywhere)} == {Grade.C}
    assert number(*everywhere, said(150, "y")).grade is Grade.B  # somebody else knows the site too
    closed = (replace(SITES[0], accessible=False), *SITES[1:])
    found = number(said(100, "x", "register"), sites=closed)
    assert found.grade is Grade.C
    assert "lowered: the site could not be entered" in found.reasons


def test_subjects_are_reconciled_apart() -> None:
    arrivals = Subject(measure=Measure.ARRIVALS, nationality="MMR", group="women")
    found = reconcile(SITES, [said(100, "x"), said(8, "x", subject=arrivals), said(110, "y")])
    assert [(one.subject.measure, one.value) for one in found] == [("presence", 105), ("recent-arrivals", 8)]


def test_the_order_of_reports_changes_nothing() -> None:
    reports = [said(100, "x", "list"), said(40, "y", source="s"), said(70, "z", source="s"), said(90, "w", "aid")]
    assert number(*reports) == number(*reversed(reports))


@pytest.mark.parametrize(
    ("sites", "reports", "words"),
    [
        ((), [], "there is no site"),
        ((SITES[0], SITES[0]), [], "'a' stands in the list more than once"),
        ((SITES[0], Site(id="z", district="d", province="q")), [], "district d lies in p and, by site z, in q"),
        (SITES, [said(1, "x", site="q")], "site 'q', which is not in the list"),
        (SITES, [said(-1, "x")], "is -1: a number of people is 0 or more"),
        (SITES, [said(float("nan"), "x")], "is nan"),
        (SITES, [said(1, "")], "has no informant"),
        (SITES, [said(1, "x", catchment=("b", "c"))], "leaves out that site"),
        (SITES, [said(1, "x", catchment=("a", "q"))], "catchment of 'x' is of site 'q'"),
    ],
)
def test_what_is_refused_says_where_and_what_to_do(sites: tuple[Site, ...], reports: list[Report], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        reconcile(sites, reports)
