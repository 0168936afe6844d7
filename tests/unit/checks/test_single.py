"""Checks of one submission: each is raised by what it is about, and by nothing else."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import saphan.mission
import xlsforms
from saphan.collect import checks, forms, rounds
from saphan.collect.checks.single import metres
from saphan.collect.forms.model import Form
from saphan.collect.rounds.model import FieldWeek, Panel, Shift
from saphan.core.period import Period
from saphan.core.text import Text
from saphan.mission.model import Dissemination, MonitoringPoint, PointType
from xlsforms import sent

COUNTER = xlsforms.form("""
| survey |
| | type | name | label | concept | required | relevant |
| | start | began | | started_at | | |
| | end | finished | | ended_at | | |
| | text | point | Point | point | | |
| | date | day | Day | observed_date | | |
| | integer | hour | Hour | observed_hour | | |
| | geopoint | place | Place | location | | |
| | integer | queue | Queue | | | |
| | begin_repeat | group | Group | group | | |
| | integer | men | Men | men | yes | |
| | integer | women | Women | women | yes | |
| | integer | boys | Boys | boys | | |
| | integer | girls | Girls | girls | | |
| | integer | total | Total | total | | |
| | select_one yn | alone | Alone | unaccompanied_child | | ${men} + ${women} = 0 |
| | select_one yn | called | Called | referral | | ${alone} = 'yes' |
| | end_repeat | | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| settings |
| | form_id | version | concept |
| | trial | 1 | counter |
""")
INTERVIEW = xlsforms.form("""
| survey |
| | type | name | label | concept | constraint |
| | start | began | | started_at | |
| | end | finished | | ended_at | |
| | select_one yn | agrees | Agrees | consent | |
| | integer | age | Age | age | |
| | begin_group | food | Food | | |
| | integer | a | A | | . <= 7 |
| | integer | b | B | | . <= 7 |
| | integer | c | C | | . <= 7 |
| | integer | d | D | | . <= 7 |
| | integer | e | E | | . <= 7 |
| | integer | f | F | | . <= 7 |
| | end_group | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| settings |
| | form_id | version | concept |
| | interview | 1 | flow-survey |
""")
POINT = MonitoringPoint(
    id="P1",
    name=Text({"en": "Bridge"}),
    type=PointType.OFFICIAL_BORDER,
    pcode="TH6306",
    latitude=16.70,
    longitude=98.50,
    hours=(5, 21),
    dissemination=Dissemination.PUBLIC,
)
DAY = date(2023, 5, 14)
RECEIVED = datetime(2023, 5, 14, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def context(thailand: Path) -> checks.Context:
    """One point, one week in May with a night, one shift by day and one by night."""
    like = rounds.load(saphan.mission.open(thailand))[0]
    week = FieldWeek(id="w", days=tuple(date(2023, 5, 14 + n) for n in range(3)), night=date(2023, 5, 15))
    fielded = dataclasses.replace(
        like,
        forms={"counter": "trial", "flow-survey": "interview"},
        shifts=(Shift(id="day", hours=(6, 18)), Shift(id="night", hours=(18, 6), nights_a_week=1)),
        panels=(Panel(point="P1", period=Period(start=date(2023, 1, 1), end=date(2024, 1, 1))),),
        weeks=(week,),
    )
    return checks.Context(points={"P1": POINT}, rounds=(fielded,), versions={"trial": "1", "interview": "1"})


ORDINARY = {
    "began": "2023-05-14T10:00:05.000+07:00",
    "finished": "2023-05-14T10:59:00.000+07:00",
    "point": "P1",
    "day": "2023-05-14",
    "hour": "10",
    "place": "16.7001 98.5001 0 5",
}
GROUP = "<men>1</men><women>2</women><boys>0</boys><girls>1</girls><total>4</total>"
CHILD = "<men>0</men><women>0</women><boys>1</boys><girls>0</girls><total>1</total>"


def issues(context: checks.Context, form: Form, body: str, received: datetime = RECEIVED) -> list[tuple[str, int, str]]:
    reading = forms.read(form, sent(body, form=form.id))
    found = checks.Checker([form], context).check(reading, received)
    assert all(issue.instance == "uuid:1" and issue.severity in list(checks.Severity) for issue in found)
    return [(issue.check, issue.row, issue.column) for issue in found]


def counted(groups: str = GROUP, **changes: str) -> str:
    answers = ORDINARY | changes
    return "".join(f"<{name}>{text}</{name}>" for name, text in answers.items()) + f"<group>{groups}</group>"


def test_an_ordinary_hour_raises_nothing(context: checks.Context) -> None:
    assert issues(context, COUNTER, counted()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"finished": "2023-05-14T09:59:00.000+07:00"}, ("ends-before-start", 0, "finished")),
        ({"finished": "2023-05-14T10:00:09.000+07:00"}, ("too-short", 0, "finished")),
        ({"finished": "2023-05-14T15:00:00.000+07:00"}, ("too-long", 0, "finished")),
        ({"day": "2023-05-15"}, ("future", 0, "day")),
        ({"point": "P9"}, ("unknown-point", 0, "point")),
        ({"place": "16.80 98.50 0 5"}, ("far-from-point", 0, "place")),
        ({"hour": "4"}, ("point-closed", 0, "hour")),
        ({"hour": "19"}, ("off-shift", 0, "hour")),
        ({"queue": "99"}, ("code-as-number", 0, "queue")),
        ({"hour": "x"}, ("type", 0, "hour")),
        ({"surplus": "1"}, ("unknown", 0, "")),
    ],
)
def test_what_is_odd_is_noticed_at_its_column(
    context: checks.Context, changes: dict[str, str], expected: tuple[str, int, str]
) -> None:
    assert expected in issues(context, COUNTER, counted(**changes))


def test_a_form_opened_on_another_day(context: checks.Context) -> None:
    late = {"began": "2023-05-16T09:00:00.000+07:00", "finished": "2023-05-16T09:30:00.000+07:00"}
    received = datetime(2023, 5, 17, tzinfo=UTC)
    assert issues(context, COUNTER, counted(**late), received) == [("other-day", 0, "day")]


def test_an_hour_before_midnight_may_be_opened_after_it(context: checks.Context) -> None:
    night = {
        "began": "2023-05-16T00:05:00.000+07:00",
        "finished": "2023-05-16T00:30:00.000+07:00",
        "day": "2023-05-15",
        "hour": "23",
    }
    received = datetime(2023, 5, 17, tzinfo=UTC)
    assert issues(context, COUNTER, counted(**night), received) == [("point-closed", 0, "hour")]


def test_the_morning_after_the_fielded_night_belongs_to_it(context: checks.Context) -> None:
    def on(day: str) -> list[tuple[str, int, str]]:
        answers = counted(began=f"{day}T05:00:00.000+07:00", finished=f"{day}T05:30:00.000+07:00", day=day, hour="5")
        return issues(context, COUNTER, answers, datetime(2023, 6, 1, tzinfo=UTC))

    assert on("2023-05-16") == []
    assert on("2023-05-15") == [("off-shift", 0, "hour")]
    assert on("2023-05-20") == [("off-round", 0, "day")]


def test_a_phone_whose_clock_runs_ahead(context: checks.Context) -> None:
    received = datetime(2023, 5, 14, 2, 0, tzinfo=UTC)  # nine in the morning there
    assert issues(context, COUNTER, counted(), received) == [("future", 0, "began")]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (GROUP.replace("<total>4", "<total>5"), ("total-differs", 1, "total")),
        (GROUP.replace("<men>1", "<men>70").replace("<total>4", "<total>73"), ("large-group", 1, "")),
        (
            "<men>0</men><women>0</women><boys>1</boys><alone>yes</alone><called>no</called>",
            ("no-referral", 1, "called"),
        ),
        ("<men>0</men><women>0</women><boys>1</boys><alone>yes</alone>", ("no-referral", 1, "called")),
        ("<men>1</men>", ("required", 1, "women")),
    ],
)
def test_what_is_odd_in_a_group(context: checks.Context, group: str, expected: tuple[str, int, str]) -> None:
    assert expected in issues(context, COUNTER, counted(group))


def test_a_child_who_was_referred_raises_nothing(context: checks.Context) -> None:
    assert issues(context, COUNTER, counted(f"{CHILD}<alone>yes</alone><called>yes</called>")) == []


def test_a_fault_is_placed_in_the_row_it_is_in(context: checks.Context) -> None:
    body = counted() + f"<group>{GROUP}</group><group>{GROUP.replace('<girls>1', '<girls>x')}</group>"
    assert ("type", 3, "girls") in issues(context, COUNTER, body)


def test_many_groups_alike_in_everything(context: checks.Context) -> None:
    alike = counted() + f"<group>{GROUP}</group>" * 11
    assert issues(context, COUNTER, alike) == [("same-rows", 0, "")]
    assert issues(context, COUNTER, counted() + f"<group>{GROUP}</group>" * 10) == []


WHEN = "<began>2023-05-14T10:00:05.000+07:00</began><finished>2023-05-14T10:30:00.000+07:00</finished>"


def test_somebody_under_the_minimum_age(context: checks.Context) -> None:
    assert issues(context, INTERVIEW, f"{WHEN}<agrees>yes</agrees><age>14</age>") == [("under-age", 0, "age")]
    assert issues(context, INTERVIEW, f"{WHEN}<agrees>yes</agrees><age>15</age>") == []


def test_the_same_answer_throughout_a_series(context: checks.Context) -> None:
    same = "".join(f"<{name}>3</{name}>" for name in "abcdef")
    answers = f"{WHEN}<agrees>yes</agrees><age>30</age><food>{{}}</food>"
    assert issues(context, INTERVIEW, answers.format(same)) == [("same-answers", 0, "a")]
    assert issues(context, INTERVIEW, answers.format(same.replace("<f>3", "<f>4"))) == []


def test_an_outdated_version(context: checks.Context) -> None:
    newer = dataclasses.replace(context, versions={"trial": "2"})
    assert issues(newer, COUNTER, counted()) == [("old-version", 0, "")]


def test_a_mission_may_change_a_severity_or_switch_a_check_off(context: checks.Context) -> None:
    def severities(**severity: str) -> list[str]:
        changed = dataclasses.replace(
            context, settings=checks.Settings(severity={k.replace("_", "-"): v for k, v in severity.items()})
        )
        reading = forms.read(COUNTER, sent(counted(queue="99")))
        return [issue.severity for issue in checks.Checker([COUNTER], changed).check(reading, RECEIVED)]

    assert severities() == ["notice"]
    assert severities(code_as_number="serious") == ["serious"]
    assert severities(code_as_number="off") == []


def test_an_issue_carries_no_answer(context: checks.Context) -> None:
    body = counted(point="Ko Htun's house", hour="secret", queue="999")
    reading = forms.read(COUNTER, sent(body))
    said = repr(checks.Checker([COUNTER], context).check(reading, RECEIVED))
    assert "Htun" not in said
    assert "secret" not in said
    assert "999" not in said


def test_a_fault_in_a_nested_row_is_found() -> None:
    form = xlsforms.form(
        "| survey |\n| | type | name | label |\n| | begin_repeat | home | H |\n| | begin_repeat | child | C |\n"
        "| | integer | age | A |\n| | end_repeat | | |\n| | end_repeat | | |"
    )
    homes = "<home><child><age>1</age></child></home><home><child/><child><age>x</age></child></home>"
    reading = forms.read(form, sent(homes))
    ((path, _),) = reading.faults
    assert path == "home[2]/child[2]/age"
    assert checks.locate(form, reading, path) == ("home.child", 3, "age")


def test_distance_on_the_earth() -> None:
    # Bangkok to Chiang Mai, great circle by Karney's geodesic 583.6 km; the sphere errs by up to 0.6 per cent.
    assert metres(13.7563, 100.5018, 18.7883, 98.9853) == pytest.approx(583_600, rel=0.006)
    assert metres(0, 0, 0, 180) == pytest.approx(20_015_087, rel=1e-6)
