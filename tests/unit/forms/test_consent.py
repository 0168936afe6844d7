"""Consent where a form is filled by somebody who was asked, and by somebody who only looked."""

from __future__ import annotations

import pytest
from tests.xlsforms import form, sent

from saphan.collect import forms
from saphan.register.intake.model import Correction
from saphan.register.intake.rules import corrected

ASKED = """
| survey |
| | type | name | label | concept | relevant |
| | select_one source | source | Who from? | source_role | |
| | select_one yes_no | agreed | Do you agree? | consent | ${source} = 'key-informant' |
| | integer | present | How many? | persons_present | |
| choices |
| | list_name | name | label |
| | source | key-informant | Informant |
| | source | observation | I saw |
| | source | nobody | Nobody |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| settings |
| | form_id | version | concept |
| | trial | 1 | key-informant |
"""


def read(body: str) -> bool | None:
    return forms.Reader([form(ASKED)]).read(sent(body)).consented


@pytest.mark.parametrize(
    ("body", "consented"),
    [
        ("<source>key-informant</source><agreed>yes</agreed><present>4</present>", True),
        ("<source>key-informant</source><agreed>no</agreed>", False),
        ("<source>key-informant</source><agreed/><present>4</present>", False),
        ("<source>observation</source><agreed/><present>4</present>", None),
        ("<source>nobody</source><agreed/>", None),
        ("<source/><agreed/><present>4</present>", False),
    ],
)
def test_who_was_asked_must_have_agreed_and_who_was_not_need_not(body: str, consented: bool | None) -> None:
    assert read(body) is consented


def test_a_correction_of_who_was_asked_is_a_correction_of_consent() -> None:
    trial = form(ASKED)
    seen = forms.Reader([trial]).read(sent("<source>observation</source><agreed/><present>4</present>"))

    def after(new: str) -> bool | None:
        change = Correction(table=trial.root.name, row=1, column="source", old="observation", new=new, why="mistyped")
        return corrected(trial, seen, [change]).consented

    assert after("key-informant") is False
    assert after("nobody") is None
