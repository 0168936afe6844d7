"""What a reader remembers never changes what it reads."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import xlsforms
from saphan.collect import forms
from xlsforms import sent

FORM = xlsforms.form("""
| survey |
| | type | name | label | relevant | constraint | required |
| | end | finished | | | | |
| | text | note | Note | | | |
| | begin_repeat | group | Group | | | |
| | integer | men | Men | | . >= 0 and . < 5 | yes |
| | integer | women | Women | | . + ../men > 0 | |
| | select_one yn | alone | Alone | ${men} = 0 | | |
| | select_multiple yn | which | Which | ${alone} = 'yes' | | |
| | begin_repeat | part | Part | ${women} > 1 | | |
| | integer | size | Size | | . <= ${men} | |
| | end_repeat | | | | | |
| | end_repeat | | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | dont-know | Do not know |
""")
WARM = forms.Reader([FORM])

number = st.sampled_from(["", "0", "1", "2", "7", "x", " 1"])
choice = st.sampled_from(["", "yes", "no", "dont-know", "yes dont-know"])


@st.composite
def bodies(draw: st.DrawFn) -> str:
    groups = []
    for _ in range(draw(st.integers(0, 4))):
        cells = {"men": draw(number), "women": draw(number), "alone": draw(choice), "which": draw(choice)}
        parts = "".join(f"<part><size>{draw(number)}</size></part>" for _ in range(draw(st.integers(0, 2))))
        extra = draw(st.sampled_from(["", "<odd>1</odd>", "<men>3</men>", "text"]))
        left = draw(st.sets(st.sampled_from(sorted(cells))))
        kept = "".join(f"<{name}>{text}</{name}>" for name, text in cells.items() if name not in left)
        groups.append(f"<group>{kept}{parts}{extra}</group>")
    return "<finished>2023-05-14T10:00:00.000+07:00</finished>" + "".join(groups)


@settings(max_examples=300, deadline=None)
@given(body=bodies())
def test_a_reader_that_has_read_much_reads_as_a_new_one(body: str) -> None:
    fresh = forms.read(FORM, sent(body))
    assert WARM.read(sent(body)) == fresh
    assert forms.decode(forms.encode(fresh)) == fresh


@settings(max_examples=100, deadline=None)
@given(body=bodies())
def test_nothing_sent_is_lost(body: str) -> None:
    reading = forms.read(FORM, sent(body))
    held = [
        each
        for rows in reading.tables
        for row in rows.values
        for value in row
        for each in (value if isinstance(value, list) else [value])
        if each is not None
    ]
    kept = " ".join(map(str, held)) + " " + " ".join(text for _, text in reading.unread)
    assert ("x" in body.replace("text", "").replace("</", "")) <= ("x" in kept)
    assert body.count("<odd>1</odd>") == sum(path.endswith("odd") for path, _ in reading.unread)
