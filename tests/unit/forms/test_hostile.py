"""What somebody may send who wishes us ill, or whose phone broke."""

from __future__ import annotations

import time

import pytest

import xlsforms
from saphan.collect import forms
from saphan.core.problem import Problem
from xlsforms import sent

FORM = xlsforms.form("""
| survey |
| | type | name | label | constraint |
| | text | note | Note | |
| | text | code | Code | regex(., '(a+)+b') |
| | begin_repeat | row | Row | |
| | integer | size | Size | |
| | end_repeat | | | |
""")
GOOD = sent("<note>fine</note>")

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<data id="trial" version="1"><note>&d;</note><meta><instanceID>uuid:1</instanceID></meta></data>"""
OUTSIDE = b"""<!DOCTYPE data [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<data id="trial" version="1"><note>&x;</note><meta><instanceID>uuid:1</instanceID></meta></data>"""


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (LAUGHS, "submission.doctype"),
        (OUTSIDE, "submission.doctype"),
        (LAUGHS.decode().replace('"1.0"', '"1.0" encoding="utf-16"', 1).encode("utf-16"), "submission.doctype"),
        (LAUGHS.decode().encode("utf-16-le"), "submission.doctype"),
        (b"", "submission.xml"),
        (b"   \n", "submission.xml"),
        (b"\xef\xbb\xbf", "submission.xml"),
        (b"hello", "submission.xml"),
        (b'{"id": "trial"}', "submission.xml"),
        (b"PK\x03\x04" + b"\0" * 40, "submission.xml"),
        (GOOD[:-20], "submission.xml"),
        (GOOD.replace(b"fine", b"fi\0ne"), "submission.xml"),
        (GOOD.replace(b"fine", b"fi\xffne"), "submission.xml"),
        (GOOD.replace(b"fine", b"&unknown;"), "submission.xml"),
        (GOOD.replace(b"fine", b"&#0;"), "submission.xml"),
        (GOOD + GOOD, "submission.xml"),
        (b"\xff\xfe" + GOOD, "submission.xml"),
        (GOOD.replace(b'"1.0"', b'"1.0" encoding="klingon"'), "submission.xml"),
        (b"<data id='trial' version='1'>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</data>", "submission.xml"),
        (b"<data id='trial' version='1'>" + b"x" * 2_000_001 + b"</data>", "submission.size"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_it_is_refused_with_a_problem(xml: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        forms.read(FORM, xml)
    assert refused.value.findings[0].code == code


@pytest.mark.parametrize(
    "xml",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"),
        GOOD.decode().encode("utf-16"),
        GOOD.replace(b'"1.0"', b'"1.0" encoding="windows-1252"'),
    ],
)
def test_other_encodings_that_say_what_they_are_are_read(xml: bytes) -> None:
    assert forms.read(FORM, xml).tables[0].values[0][0] == "fine"


def test_the_limit_on_size_is_a_parameter() -> None:
    with pytest.raises(Problem, match=r"limit is 50"):
        forms.Reader([FORM], limit=50).read(GOOD)


def test_an_answer_is_not_repeated_in_the_message() -> None:
    with pytest.raises(Problem) as refused:
        forms.read(FORM, GOOD.replace(b"fine", b"Aye Aye Htun <br> "))
    assert "Aye" not in str(refused.value)
    assert "htun" not in str(refused.value).lower()


def test_a_pattern_that_takes_for_ever_is_not_tried_on_long_texts() -> None:
    reading = forms.read(FORM, sent(f"<code>{'a' * 5000}</code>"))
    assert reading.faults == (("code", "expression"),)


@pytest.mark.parametrize(
    "body",
    [
        "<row><size>1</size><odd/></row>" * 20_000,
        "<row/>" * 100_000,
        "<odd/>" * 100_000,
        "<note>a</note>" * 50_000,
        "<note>" + "<b/>" * 100_000 + "</note>",
        "<note>" + "&#x41;" * 100_000 + "</note>",
    ],
)
def test_the_time_grows_no_faster_than_the_size(body: str) -> None:
    started = time.process_time()
    forms.read(FORM, sent(body))
    assert time.process_time() - started < 5.0


def test_a_submission_too_deep_to_follow_is_refused_or_read_but_never_crashes() -> None:
    body = "<row>" * 200 + "<size>1</size>" + "</row>" * 200
    assert ("row[1]/row", "unknown") in forms.read(FORM, sent(body)).faults
