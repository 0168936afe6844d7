"""A reading as bytes and back."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xlsforms
from saphan.collect import forms
from xlsforms import sent

FORM = xlsforms.form("""
| survey |
| | type | name | label |
| | text | note | Note |
| | integer | count | Count |
| | begin_repeat | row | Row |
| | select_multiple c | chosen | Chosen |
| | geopoint | place | Place |
| | end_repeat | | |
| choices |
| | list_name | name | label |
| | c | a | A |
""")

words = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="<&>"), max_size=8)
row = st.tuples(words, st.sampled_from(["", "1 2 3 4", "x"]))


@given(note=words, count=st.one_of(words, st.integers().map(str)), rows=st.lists(row, max_size=4))
def test_it_comes_back_as_it_went(note: str, count: str, rows: list[tuple[str, str]]) -> None:
    body = "".join(f"<row><chosen>{chosen}</chosen><place>{place}</place></row>" for chosen, place in rows)
    reading = forms.read(FORM, sent(f"<note>{note}</note><count>{count}</count>{body}<odd>1</odd>"))
    assert forms.decode(forms.encode(reading)) == reading


def test_a_form_of_repeats_alone_keeps_its_rows() -> None:
    form = xlsforms.form(
        "| survey |\n| | type | name | label |\n| | begin_repeat | outer | O |\n| | begin_repeat | inner | I |\n"
        "| | text | a | A |\n| | end_repeat | | |\n| | end_repeat | | |"
    )
    reading = forms.read(form, sent("<outer/><outer><inner><a>1</a></inner></outer>"))
    assert [len(rows.values) for rows in reading.tables] == [1, 2, 1]
    assert forms.decode(forms.encode(reading)) == reading


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: b"\x9a\x02" + data[2:]])
def test_what_was_damaged_is_not_taken_for_a_reading(damage: object) -> None:
    data = forms.encode(forms.read(FORM, sent("<note>x</note>")))
    with pytest.raises(msgspec.MsgspecError):
        forms.decode(damage(data))  # type: ignore[operator]
