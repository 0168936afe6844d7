"""Conditions in words, from forms as they are written."""

from __future__ import annotations

import pytest
from tests.xlsforms import form

from saphan.collect.forms.spoken import spoken

FORM = """
| survey |
| | type | name | label::English (en) | label::ไทย (th) | relevant |
| | select_one yn | works | Do you work? | คุณทำงานหรือไม่ | |
| | select_multiple where | places | Where? | ที่ใด | |
| | integer | age | Age | อายุ | |
| | note | told | Told | บอก | {condition} |
| choices |
| | list_name | name | label::English (en) | label::ไทย (th) |
| | yn | yes | Yes | ใช่ |
| | yn | no | No | ไม่ใช่ |
| | where | farm | On a farm | ในไร่ |
"""


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("", ""),
        ("${works} = 'yes'", "“Do you work?” is “Yes”"),
        ("${works} != ''", "“Do you work?” has an answer"),
        ("selected(${places}, 'farm')", "“Where?” includes “On a farm”"),
        (
            "${age} >= 18 and (${works} = 'no' or not(selected(${places}, 'farm')))",
            "“Age” is at least 18 and (“Do you work?” is “No” or not (“Where?” includes “On a farm”))",
        ),
    ],
)
def test_a_condition_is_said_with_the_words_of_its_questions(condition: str, words: str) -> None:
    made = form(FORM.format(condition=condition), "en", "th")
    question = next(one for one in made.root.questions if one.column == "told")
    assert spoken(made, question, "en") == words
    if condition == "${works} = 'yes'":
        assert spoken(made, question, "th") == "“คุณทำงานหรือไม่” is “ใช่”"


def test_what_has_no_words_stands_as_written() -> None:
    made = form(FORM.format(condition="count-selected(${places}) > 1"), "en", "th")
    question = next(one for one in made.root.questions if one.column == "told")
    assert "count-selected(" in spoken(made, question, "en")
