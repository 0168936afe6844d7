"""XPath as ODK has it: what is an expression, and what its functions give."""

from __future__ import annotations

import math

import pytest

from saphan.collect.forms.xpath import closures, syntax
from saphan.collect.forms.xpath.values import Result, days, text


@pytest.mark.parametrize(
    "source",
    [
        ". >= 0 and . <= 7",
        "not(selected(., 'none') and count-selected(.) > 1)",
        "instance('yn')/root/item[name = current()/../a]/label",
        "- 1 - -x",
        "* * *",
        "div div div",
        "(a | b)[1]",
        "//a/@b",
        "descendant::a/text()",
        'jr:choice-name(/data/x, "/data/x")',
        "/data/ชื่อ = 'ไทย'",
        "if(/data/a='', '', int((today() - /data/a) div 365.25))",
    ],
)
def test_these_are_expressions(source: str) -> None:
    syntax.parse(source)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "the end"),
        ("1 +", "the end"),
        ("a b", "'b' at character 3"),
        ("f(,)", "','"),
        ("(a", "expected ')'"),
        ("a[1", "expected ']'"),
        ("${a} = 1", "'$'"),
        ("'open", '"\'"'),
        ("(" * 200 + "1" + ")" * 200, "too deeply"),
        ("-" * 200 + "1", "too deeply"),
    ],
)
def test_these_are_not(source: str, words: str) -> None:
    with pytest.raises(syntax.NotXPath, match=r".") as wrong:
        syntax.parse(source)
    assert words in str(wrong.value)


def test_operators_bind_as_in_xpath() -> None:
    assert syntax.parse("1 or 2 and 3 = 4 < 5 + 6 * 7") == syntax.parse("1 or (2 and (3 = (4 < (5 + (6 * 7)))))")
    assert syntax.parse("1 - 2 - 3") == syntax.parse("(1 - 2) - 3")


NAN = math.nan


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        # examples of the ODK XForms specification and of docs.getodk.org/form-operators-functions
        ("selected", ["red blue", "blue"], True),
        ("selected", ["redblue", "blue"], False),
        ("selected", ["", ""], False),
        ("selected-at", ["a b c", 1.0], "b"),
        ("selected-at", ["a b c", 3.0], ""),
        ("count-selected", [" a  b "], 2.0),
        ("if", ["", 1.0, 2.0], 2.0),
        ("coalesce", ["", "b"], "b"),
        ("regex", ["abc1", "[a-z]+[0-9]"], True),
        ("regex", ["abc1x", "[a-z]+[0-9]"], False),
        ("int", ["-7.9"], -7.0),
        ("int", ["x"], NAN),
        ("round", ["2.5"], 3.0),
        ("round", ["-2.5"], -2.0),
        ("round", ["1.005", 1.0], 1.0),
        ("round", ["123.456", 2.0], 123.46),
        ("round", ["155", -1.0], 160.0),
        ("date", [0.0], "1970-01-01"),
        ("date", ["2023-05-14T10:00:00.000+07:00"], "2023-05-14"),
        ("date", ["nothing"], ""),
        ("number", ["2023-05-14"], 19491.0),
        ("decimal-date-time", ["1970-01-02T12:00:00.000+07:00"], 1.5),
        ("decimal-time", ["06:00:00.000+07:00"], 0.25),
        ("format-date", ["2023-05-04", "%e %b %Y, %a"], "4 May 2023, Thu"),
        ("format-date-time", ["2023-05-04T09:07:03.250+07:00", "%Y%m%d %H:%M:%S.%3"], "20230504 09:07:03.250"),
        ("join", ["-", ["a", "b"], "c"], "a-b-c"),
        ("min", [["3", "", "1"]], 1.0),
        ("max", [["3", "", "10"]], 10.0),
        ("max", [[]], NAN),
        ("count-non-empty", [["a", "", "b"]], 2.0),
        ("substr", ["abcdef", 1.0, 3.0], "bc"),
        ("substr", ["abcdef", -2.0], "ef"),
        ("ends-with", ["abc", "bc"], True),
        ("boolean-from-string", ["1"], True),
        ("boolean-from-string", ["yes"], False),
        ("pow", [2.0, 10.0], 1024.0),
        ("pow", [0.0, -1.0], NAN),
        ("sqrt", [-1.0], NAN),
        ("log", [0.0], NAN),
        ("once", ["kept"], "kept"),
        ("substring-before", ["abc", ""], ""),
        ("substring-after", ["abc", ""], "abc"),
        ("substring-after", ["abc", "x"], ""),
        ("translate", ["abba", "ab", "x"], "xx"),
    ],
)
def test_a_function_gives(name: str, arguments: list[Result], expected: Result) -> None:
    found = closures.FUNCTIONS[name](*arguments)
    if isinstance(expected, float) and math.isnan(expected):
        assert isinstance(found, float)
        assert math.isnan(found)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("number", "written"),
    [(5.0, "5"), (-0.0, "0"), (0.1, "0.1"), (1e20, "1e+20"), (NAN, "NaN"), (math.inf, "Infinity")],
)
def test_a_number_is_written_without_a_needless_fraction(number: float, written: str) -> None:
    assert text(number) == written


def test_days_are_counted_in_the_phone_s_own_time() -> None:
    assert days("1970-01-01T00:00:00.000+07:00") == days("1970-01-01T00:00:00.000Z") == days("1970-01-01") == 0
    assert math.isnan(days("2023-02-30"))
    assert math.isnan(days(""))
