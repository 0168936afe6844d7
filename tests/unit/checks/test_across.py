"""Checks of submissions against each other."""

from __future__ import annotations

import random

import xlsforms
from saphan.collect import checks, forms
from saphan.collect.forms.model import Form, Reading
from xlsforms import sent

COUNTER = xlsforms.form("""
| survey |
| | type | name | label | concept |
| | text | point | Point | point |
| | date | day | Day | observed_date |
| | integer | hour | Hour | observed_hour |
| | begin_repeat | group | Group | group |
| | integer | men | Men | men |
| | integer | women | Women | women |
| | end_repeat | | | |
| settings |
| | form_id | version | concept |
| | counter | 1 | counter |
""")
SCREENER = xlsforms.form("""
| survey |
| | type | name | label | concept |
| | text | slip | Slip | screening |
| | select_one o | outcome | Outcome | outcome |
| choices |
| | list_name | name | label |
| | o | interviewed | Interviewed |
| | o | refused | Refused |
| settings |
| | form_id | version | concept |
| | screener | 1 | screener |
""")
SURVEY = xlsforms.form("""
| survey |
| | type | name | label | concept |
| | text | slip | Slip | screening |
| settings |
| | form_id | version | concept |
| | survey | 1 | flow-survey |
""")


def hour(number: int, day: str, at: int, *sizes: int, point: str = "P1") -> Reading:
    groups = "".join(f"<group><men>{size}</men><women>0</women></group>" for size in sizes)
    body = f"<point>{point}</point><day>{day}</day><hour>{at}</hour>{groups}"
    return forms.read(COUNTER, sent(body, form="counter", instance=f"uuid:{number}"))


def slip(form: Form, code: str, number: int, outcome: str = "") -> Reading:
    body = f"<slip>{code}</slip>" + (f"<outcome>{outcome}</outcome>" if outcome else "")
    return forms.read(form, sent(body, form=form.id, instance=f"uuid:{number}"))


def issues(*readings: Reading, **settings: object) -> list[tuple[str, str, int]]:
    context = checks.Context(settings=checks.Settings(**settings))  # type: ignore[arg-type]
    across = checks.Across([COUNTER, SCREENER, SURVEY], context)
    for reading in readings:
        across.add(reading)
    return [(issue.instance, issue.check, issue.row) for issue in across.issues()]


def test_two_submissions_of_one_hour_are_both_named() -> None:
    same = [hour(1, "2023-05-14", 9, 1), hour(2, "2023-05-14", 9, 2)]
    others = [hour(3, "2023-05-14", 10, 1), hour(4, "2023-05-15", 9, 1), hour(5, "2023-05-14", 9, 1, point="P2")]
    assert issues(*same, *others) == [("uuid:1", "same-hour", 0), ("uuid:2", "same-hour", 0)]


def test_a_screening_code_joins_one_screening_to_one_interview() -> None:
    assert issues(slip(SCREENER, "A", 1, "interviewed"), slip(SURVEY, "A", 2)) == []
    assert issues(slip(SURVEY, "A", 2)) == [("uuid:2", "no-screening", 0)]
    assert issues(slip(SCREENER, "A", 1, "interviewed")) == [("uuid:1", "no-interview", 0)]
    assert issues(slip(SCREENER, "A", 1, "refused")) == []


def test_a_code_carried_twice() -> None:
    found = issues(slip(SCREENER, "A", 1, "interviewed"), slip(SURVEY, "A", 2), slip(SURVEY, "A", 3))
    assert found == [("uuid:2", "same-code", 0), ("uuid:3", "same-code", 0)]


def test_a_group_far_from_what_is_usual_at_its_point() -> None:
    source = random.Random(1)
    usual = [
        hour(n, f"2023-05-{n // 10 + 1:02}", n % 10 + 8, *(source.randint(1, 4) for _ in range(10))) for n in range(40)
    ]
    odd = hour(99, "2023-05-20", 9, 2, 55, 1)
    found = issues(*usual, odd)
    assert ("uuid:99", "unusual-group", 2) in found
    assert {instance for instance, _, _ in found} == {"uuid:99"}
    busy = [hour(200 + n, f"2023-06-{n // 10 + 1:02}", n % 10 + 8, 55, point="P2") for n in range(40)]
    assert not [each for each in issues(*busy) if each[1] == "unusual-group"]


def test_an_hour_far_from_what_is_usual_at_its_point() -> None:
    usual = [hour(n, f"2023-05-{n // 10 + 1:02}", n % 10 + 8, *[2] * (10 + n % 5)) for n in range(40)]
    assert issues(*usual) == []
    assert ("uuid:99", "unusual-hour", 0) in issues(*usual, hour(99, "2023-05-20", 9, *[2] * 400))


def test_of_a_few_values_nothing_is_unusual() -> None:
    assert issues(*(hour(n, "2023-05-14", n, 1) for n in range(5)), hour(9, "2023-05-14", 9, 59)) == []


def test_the_order_of_arrival_does_not_matter() -> None:
    readings = [
        hour(1, "2023-05-14", 9, 1),
        hour(2, "2023-05-14", 9, 2),
        slip(SURVEY, "A", 3),
        slip(SURVEY, "A", 4),
        slip(SCREENER, "B", 5, "interviewed"),
    ]
    assert issues(*readings) == issues(*reversed(readings))
