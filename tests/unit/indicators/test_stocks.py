"""From what was said of sites to stocks: who is heard, what is accessible, what a count stands for, what adds up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from saphan import mission as missions
from saphan.analyse.indicators import stock_lines
from saphan.analyse.indicators.model import Results
from saphan.analyse.indicators.site_reports import ARRIVALS, Answers, Said, said
from saphan.analyse.indicators.stocks import _changed, _round, assess, outlying
from saphan.collect import rounds
from saphan.collect.rounds.mobility import MobilityExercise, MobilityRound
from saphan.core import period as periods
from saphan.core.text import Text
from saphan.estimate.stock import PRESENCE, Area, Subject, reconcile
from saphan.mission.model import Mission
from saphan.publish.figures.model import name_of

SITES = tuple(f"TH6306-S{number:02d}" for number in range(1, 26))
OTHERS = tuple(f"TH6307-S{number:02d}" for number in range(1, 21))


@pytest.fixture(scope="module")
def mission(thailand: Path) -> Mission:
    """The seed mission."""
    return missions.open(thailand)


def exercise(*counted: Mapping[str, float] | None) -> MobilityExercise:
    """An exercise in one province, with a round for each sample."""
    return MobilityExercise(
        id="tak",
        title=Text({"en": "Tak"}),
        forms={},
        areas=("TH6306", "TH6307"),
        rounds=tuple(
            MobilityRound(number=number, period=periods.parse(f"2023-0{number}"), counted=drawn)
            for number, drawn in enumerate(counted, start=1)
        ),
        seed=1,
    )


def visit(site: str, present: int | None, informant: str = "k1", month: int = 1, **more: object) -> dict[str, object]:
    """One row of the key-informant form."""
    told = {
        "submission": f"{month}-{site}-{informant}-{present}",
        "site": site,
        "observed_date": date(2023, month, 10),
        "ended_at": f"2023-0{month}-10T10:00:00",
        "site_access": "entered",
        "source_role": "key-informant",
        "informant": informant,
        "presence": "yes" if present else "no",
        "persons_present": present or None,
        "obtained": "estimate",
        "number_from": None,
        "covers_other_sites": None,
        "arrivals_since_last_round": None,
        **dict.fromkeys(("men", "women", "boys", "girls")),
    }
    return told | more


def counted(site: str, many: int, month: int = 1, **more: object) -> dict[str, object]:
    """One row of the form of counts."""
    told = (
        {"men": many - 3, "women": 1, "boys": 1, "girls": 1}
        if many > 2
        else dict.fromkeys(("men", "women", "boys", "girls"), 0)
    )
    return {
        "submission": f"c{month}-{site}",
        "site": site,
        "observed_date": date(2023, month, 12),
        "ended_at": f"2023-0{month}-12T10:00:00",
        "count_outcome": "counted",
        "persons_counted": many,
        **told,
        **more,
    }


def answers(
    visits: list[dict[str, object]],
    counts: list[dict[str, object]] | None = None,
    nationalities: Mapping[str, Mapping[str, float]] | None = None,
) -> Answers:
    return Answers(visits=tuple(visits), counts=tuple(counts or ()), nationalities=nationalities or {}, query="rows")


def read(mission: Mission, found: Answers, drawn: Mapping[str, float] | None = None) -> Said:
    one = exercise(drawn)
    return said(found, mission, one, one.rounds[0])


def number(found: Said, site: str, subject: Subject = PRESENCE) -> float:
    (one,) = (each for each in reconcile(found.sites, found.reports) if each.site == site and each.subject == subject)
    return one.value


def test_a_site_is_inaccessible_only_if_no_visit_could_enter_it(mission: Mission) -> None:
    first, second, third = SITES[:3]
    found = read(
        mission,
        answers(
            [
                visit(first, 10, site_access="not-reached"),
                visit(first, 12, "k2", site_access="entered"),
                visit(second, 20, site_access="seen-from-outside"),
                visit(third, 30, site_access="not-reached"),
            ],
            [counted(third, 31)],
        ),
    )
    closed = {site.id for site in found.sites if not site.accessible}
    assert closed == {second}  # nobody counts what cannot be entered, and nobody went to the others
    assert found.access == {first: "entered", second: "seen-from-outside", third: "not-reached"}


def test_who_says_nothing_reports_nothing(mission: Mission) -> None:
    first, second, third, fourth = SITES[:4]
    found = read(
        mission,
        answers(
            [
                visit(first, None, presence="dont-know"),
                visit(second, 0),
                visit(third, 8, source_role="nobody"),
                visit(fourth, 8, informant=""),
            ]
        ),
    )
    assert {report.site for report in found.reports} == {second}
    assert number(found, second) == 0.0
    assert number(found, second, ARRIVALS) == 0.0


def test_the_last_word_of_an_informant_stands(mission: Mission) -> None:
    site = SITES[0]
    early, late = visit(site, 40), visit(site, 60, ended_at="2023-01-11T10:00:00")
    assert number(read(mission, answers([late, early])), site) == 60.0


def test_whoever_repeats_a_number_is_one_source_with_its_first(mission: Mission) -> None:
    """Two repeat k1, one of them through the other: three informants are one source, and the fourth weighs as much."""
    site = SITES[0]
    told = [
        visit(site, 100),
        visit(site, 100, "k2", number_from=" K1 "),
        visit(site, 100, "k3", number_from="k2"),
        visit(site, 50, "k4"),
    ]
    found = read(mission, answers(told))
    (one,) = (each for each in reconcile(found.sites, found.reports) if each.subject == PRESENCE)
    assert (one.informants, one.sources, one.value) == (4, 2, 75.0)
    alone = [{**row, "number_from": None} for row in told]
    assert number(read(mission, answers(alone)), site) == 100.0
    circle = [visit(site, 100, number_from="k2"), visit(site, 90, "k2", number_from="k1")]
    assert number(read(mission, answers(circle)), site) > 0


def test_a_number_of_several_sites_is_shared_out(mission: Mission) -> None:
    first, second = SITES[:2]
    found = read(mission, answers([visit(first, 90, covers_other_sites=[second, "nowhere"]), visit(second, 30, "k2")]))
    # Half of it each, as nothing else is known of the first; the second has a number of its own beside it.
    assert number(found, first) == pytest.approx(45.0)
    assert number(found, second) == pytest.approx((30.0 + 45.0) / 2)


def test_parts_are_told_by_those_who_know_them(mission: Mission) -> None:
    first, second = SITES[:2]
    rows = [
        visit(first, 10, men=4, women=3, boys=2, girls=1, arrivals_since_last_round=2),
        visit(second, 20, men=9),
    ]
    found = read(mission, answers(rows, nationalities={str(rows[0]["submission"]): {"mmr": 8.0, "khm": 2.0}}))
    assert [number(found, first, Subject(group=who)) for who in ("men", "women", "boys", "girls")] == [4, 3, 2, 1]
    assert number(found, first, Subject(nationality="khm")) == 2.0
    assert number(found, first, ARRIVALS) == 2.0
    assert {report.subject for report in found.reports if report.site == second} == {PRESENCE}


def test_submissions_of_no_listed_site_and_no_day_of_the_round_are_left_out(mission: Mission) -> None:
    found = read(mission, answers([visit("TH2301-S01", 5), visit(SITES[0], 5, month=2), visit(SITES[1], 5)]))
    assert {report.site for report in found.reports} == {SITES[1]}
    assert found.notes == ("1 submissions are of a site that was not listed, and are not used.",)


def test_a_count_has_the_chance_of_being_drawn_and_counted(mission: Mission) -> None:
    """Of four accessible drawn sites of a district three were counted; the fifth could not be entered."""
    drawn = dict.fromkeys(SITES[:5], 0.4) | {OTHERS[0]: 0.5}
    rows = [visit(site, 10) for site in (*SITES[:4], *OTHERS[:2])] + [visit(SITES[4], 10, site_access="not-reached")]
    refused = counted(SITES[3], 0, count_outcome="refused", persons_counted=None)
    counts = [*(counted(site, 12) for site in SITES[:3]), refused, counted(OTHERS[0], 9), counted(OTHERS[1], 9)]
    found = read(mission, answers(rows, counts), drawn)
    chances = {one.site: one.chance for one in found.counts[PRESENCE]}
    assert chances == pytest.approx({**dict.fromkeys(SITES[:3], 0.3), OTHERS[0]: 0.5})
    assert "4 of 6 sites drawn to be counted were counted." in found.notes
    assert any(note.startswith("1 counted sites were not drawn") for note in found.notes)


def results(mission: Mission, found: Answers, *drawn: Mapping[str, float] | None) -> Results:
    """Everything of the rounds, one of two of them with its change."""
    made = Results(results=())
    all_rounds = assess(found, mission, exercise(*drawn))
    for one in all_rounds:
        made += _round(one, one.sheet("rows"))
    if len(all_rounds) > 1:
        made += _changed(*all_rounds, "rows")
    return made


def two_districts(month: int = 1, times: float = 1.0) -> list[dict[str, object]]:
    """Reports of all sites of two districts, with parts."""
    rows = []
    for place, site in enumerate((*SITES, *OTHERS)):
        many = round((20 + 7 * place) * times)
        parts = {"men": many - 3, "women": 1, "boys": 1, "girls": 1}
        rows.append(visit(site, many, month=month, arrivals_since_last_round=3, **parts))
    return rows


def test_without_a_count_there_is_a_range_and_a_grade_and_no_interval(mission: Mission) -> None:
    found = results(mission, answers(two_districts()), None)
    named = {one.name: one for one in found.results}
    whole = named["stock.present/province=TH63/2023-01"]
    assert (whole.low, whole.high, whole.standard_error) == (None, None, None)
    assert whole.said == (whole.value, whole.value)
    assert (whole.grade, whole.basis) == ("D", "reports")
    assert whole.rests_on == whole.value == sum(20 + 7 * place for place in range(45))
    assert named["stock.sites/province=TH63/state=counted/2023-01"].value == 0
    assert not any(one.low is not None for one in found.results)


def test_counts_give_intervals_and_everything_adds_up(mission: Mission) -> None:
    drawn = dict.fromkeys((*SITES[::2], *OTHERS[::2]), 0.5)
    rows = two_districts()
    nationalities = {
        str(row["submission"]): {"mmr": float(str(row["persons_present"])) - 4, "khm": 4.0}
        for row in rows
        if row["site"] in SITES
    } | {str(row["submission"]): {"mmr": float(str(row["persons_present"]))} for row in rows if row["site"] in OTHERS}
    counts = [counted(site, round(18 + 6 * place)) for place, site in enumerate((*SITES, *OTHERS)) if site in drawn]
    nationalities |= {str(row["submission"]): {"mmr": float(str(row["persons_counted"]))} for row in counts}
    found = results(mission, answers(rows, counts, nationalities), drawn)
    named = {one.name: one for one in found.results}
    whole = named["stock.present/district=TH6306/2023-01"]
    assert whole.basis == "design"
    assert whole.low is not None
    assert whole.high is not None
    assert whole.low < whole.value < whole.high
    assert (whole.said, whole.grade, whole.clusters) == (None, "", 25)
    # Nobody told of a Cambodian in the other district, and none is put there.
    assert name_of("stock.present", {"district": "TH6307", "nationality": "khm"}, "2023-01") not in named
    assert any("province=TH63" in one.total and "nationality" in one.parts[0] for one in found.totals)
    for total in found.totals:
        assert named[total.total].value == pytest.approx(sum(named[part].value for part in total.parts), rel=1e-9)
    of_parts = [one for one in found.totals if "/who=" in one.total]
    assert of_parts
    assert not any(one.in_print for one in of_parts)
    assert all(set(one.parents) <= named.keys() for one in found.results)


def test_change_is_of_the_panel_and_rests_on_the_smaller_round(mission: Mission) -> None:
    earlier, later = two_districts(), two_districts(month=2, times=0.5)
    gone = [row for row in later if row["site"] != SITES[0]]
    found = results(mission, answers([*earlier, *gone]), None, None)
    named = {one.name: one for one in found.results}
    change = named["stock.change/district=TH6306/2023-02"]
    before = sum(20 + 7 * place for place in range(1, 25))
    after = sum(round((20 + 7 * place) / 2) for place in range(1, 25))
    assert (change.value, change.rests_on, change.clusters) == (after - before, after, 24)
    assert change.parents == ("stock.present/district=TH6306/2023-01", "stock.present/district=TH6306/2023-02")
    assert change.unit.value == "change"
    assert change.value < 0


def test_a_site_unlike_the_others_is_flagged_where_it_is_and_only_there(mission: Mission) -> None:
    later = [{**row, "persons_present": 900} if row["site"] == SITES[5] else row for row in two_districts(month=2)]
    one, other = assess(answers([*two_districts(), *later]), mission, exercise(None, None))
    (flag,) = outlying(one, other)
    assert flag.site == SITES[5]
    named = {each.name: each for each in _changed(one, other, "rows").results}
    assert named["stock.outliers/province=TH63/2023-02"].value == 1


def test_no_common_site_is_a_note_and_no_number(mission: Mission) -> None:
    first = [visit(SITES[0], 10)]
    one, other = assess(answers([*first, visit(SITES[1], 10, month=2)]), mission, exercise(None, None))
    found = _changed(one, other, "rows")
    assert not found.results
    assert "2023-01" in found.notes[0]


def test_a_province_part_is_the_sum_of_its_districts() -> None:
    """Brought twice: parts to each district, and the province to the sum of them."""
    from saphan.estimate.stock import Assessed, Reconciled, Site
    from saphan.estimate.stock.model import Grade

    sites = tuple(Site(id=name, district=name[0], province="P") for name in ("a1", "a2", "b1"))

    def assessed(subject: Subject, *values: float) -> Assessed:
        told = zip(sites, values, strict=True)
        return Assessed(
            sites=sites,
            reconciled=tuple(
                Reconciled(
                    site=site.id,
                    subject=subject,
                    value=value,
                    low=value,
                    high=value,
                    grade=Grade.C,
                    reasons=(),
                    informants=1,
                    sources=1,
                    method="m",
                )
                for site, value in told
            ),
        )

    sheet = stock_lines.Sheet(period="2023-01", query="", within={"P": ("a", "b")})
    whole = stock_lines.lines(assessed(PRESENCE, 10, 20, 40))
    parts = {
        who: stock_lines.lines(assessed(Subject(group=who), *values))
        for who, values in {"men": (6.0, 8.0, 30.0), "women": (6.0, 8.0, 30.0)}.items()
    }
    found = stock_lines.brought(whole, parts, sheet)
    assert found["men"][Area.DISTRICT, "a"].value == pytest.approx(15.0)
    assert found["men"][Area.DISTRICT, "b"].value == pytest.approx(20.0)
    assert found["men"][Area.PROVINCE, "P"].value == pytest.approx(35.0)


def test_the_seed_exercise_has_ten_sites_to_count_in_every_district(mission: Mission) -> None:
    (seed,) = rounds.load_mobility(mission)
    drawn = [site.split("-")[0] for site in seed.rounds[0].counted or {}]
    assert len(set(drawn)) == 20
    assert min(drawn.count(district) for district in set(drawn)) >= 10
