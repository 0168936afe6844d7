"""Two ways of evaluating an expression agree: closures over raw rows, and libxml2's XPath over the canonical tree."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import xlsforms
from saphan.collect.forms.canonical import Canonical
from saphan.collect.forms.layout import lay_out
from saphan.collect.forms.plan import compile_form
from saphan.collect.forms.xform import parse
from saphan.collect.forms.xpath import closures, document, scope, syntax
from saphan.collect.forms.xpath.values import Result

FORM = xlsforms.form("""
| survey |
| | type | name | label |
| | text | word | Word |
| | integer | count | Count |
| | date | day | Day |
| | select_multiple colour | colours | Colours |
| | begin_repeat | row | Row |
| | integer | amount | Amount |
| | text | note | Note |
| | begin_repeat | part | Part |
| | integer | size | Size |
| | end_repeat | | |
| | end_repeat | | |
| choices |
| | list_name | name | label |
| | colour | red | Red |
| | colour | blue | Blue |
""")
PLAN = compile_form(FORM)
XFORM = parse(FORM.xform)
LAYOUT = lay_out(XFORM)
# The expressions stand at the amount of a row.
AT = XFORM.root.children["row"].children["amount"]

_TEXTS = st.sampled_from(["", "0", "1", "7", "07", "12.5", "-3", " 4 ", "red", "red blue", "x", "é", "NaN", "1e2"])
_NUMBERS = st.sampled_from(["", "0", "1", "18", "-2", "999"])
_DAYS = st.sampled_from(["", "2023-01-31", "2023-02-01", "2024-02-29"])

_PATHS = ["/data/word", "/data/count", "../../colours", ".", "../note", "/data/row/amount", "/data/row/note"]
_DATES = ["/data/day", "today()", "date('2023-02-01')"]
_LITERALS = ["''", "'red'", "'1'", "'x'", "0", "1", "2.5", "18"]

value = st.recursive(
    st.sampled_from(_PATHS + _LITERALS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "div", "mod"]), inner).map(
            lambda p: f"({p[0]} {p[1]} {p[2]})"
        ),
        inner.map(lambda p: f"-({p})"),
        inner.map(lambda p: f"string-length({p})"),
        inner.map(lambda p: f"number({p})"),
        inner.map(lambda p: f"string({p})"),
        inner.map(lambda p: f"round({p})"),
        inner.map(lambda p: f"int({p})"),
        inner.map(lambda p: f"floor({p})"),
        inner.map(lambda p: f"ceiling({p})"),
        inner.map(lambda p: f"normalize-space({p})"),
        inner.map(lambda p: f"count-selected({p})"),
        st.tuples(inner, inner).map(lambda p: f"concat({p[0]}, {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"coalesce({p[0]}, {p[1]})"),
        st.tuples(inner, inner, inner).map(lambda p: f"if({p[0]}, {p[1]}, {p[2]})"),
        st.tuples(inner, inner).map(lambda p: f"substring-before({p[0]}, {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"substring-after({p[0]}, {p[1]})"),
        st.tuples(inner, inner, inner).map(lambda p: f"translate({p[0]}, {p[1]}, {p[2]})"),
    ),
    max_leaves=6,
)
comparison = st.one_of(
    st.tuples(value, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), value).map(lambda p: f"{p[0]} {p[1]} {p[2]}"),
    st.tuples(st.sampled_from(_DATES), st.sampled_from(["=", "!=", "<", ">="]), st.sampled_from(_DATES)).map(
        lambda p: f"{p[0]} {p[1]} {p[2]}"
    ),
    st.tuples(value, value).map(lambda p: f"selected({p[0]}, {p[1]})"),
    st.tuples(value, value).map(lambda p: f"contains({p[0]}, {p[1]})"),
    st.tuples(value, value).map(lambda p: f"starts-with({p[0]}, {p[1]})"),
    value,
)
condition = st.recursive(
    comparison,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        inner.map(lambda p: f"not({p})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) = ({p[1]})"),
    ),
    max_leaves=4,
)
answers = st.fixed_dictionaries(
    {"word": _TEXTS, "count": _NUMBERS, "day": _DAYS, "colours": _TEXTS, "amount": _NUMBERS, "note": _TEXTS}
)


def both(source: str, given_answers: dict[str, str], *, as_condition: bool) -> tuple[Result, Result]:
    raw, parents = _rows(given_answers)
    bound = scope.bind(syntax.parse(source), AT, LAYOUT, XFORM.lists)
    chain = (raw[0][0], raw[1][1])
    context = Canonical(PLAN, raw, parents).row(1, 1).find("amount")
    assert context is not None
    if as_condition:
        return closures.decide(bound)(chain), document.compile_condition(bound, {}).value(context, chain)
    return closures.evaluate(bound)(chain), document.compile_value(bound, {}).value(context, chain)


def _rows(given_answers: dict[str, str]) -> tuple[list[list[list[str]]], list[list[int]]]:
    """The root's row, three rows of the repeat of which the second is at hand, and no parts."""
    root = dict.fromkeys(FORM.root.columns, "") | {k: v for k, v in given_answers.items() if k in FORM.root.columns}
    row = [given_answers["amount"], given_answers["note"]]
    top = [*root.values(), "uuid:1", "", "2023-02-01T10:00:00.000+07:00"]
    return [[top], [["5", "first"], row, ["", "third"]], []], [[], [0, 0, 0], []]


@settings(max_examples=600, deadline=None)
@given(source=condition, given_answers=answers)
@example(
    source="/data/count = '1' and . >= 0",
    given_answers=dict.fromkeys(FORM.root.columns, "1") | {"amount": "1", "note": ""},
)
def test_conditions_agree(source: str, given_answers: dict[str, str]) -> None:
    left, right = both(source, given_answers, as_condition=True)
    assert left == right, source


@settings(max_examples=400, deadline=None)
@given(source=value, given_answers=answers)
def test_values_agree(source: str, given_answers: dict[str, str]) -> None:
    left, right = both(source, given_answers, as_condition=False)
    # libxml2 gives a path as nodes; the closure gives the one node's text.
    right = right[0] if isinstance(right, list) else right
    if isinstance(left, float) and isinstance(right, float):
        assert left == right or (math.isnan(left) and math.isnan(right)) or math.isclose(left, right), source
    else:
        assert left == right, source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("count(/data/row)", 3.0),
        ("count(/data/row[amount > 1])", 2.0),
        ("sum(/data/row[amount != '']/amount)", 12.0),
        ("position(..)", 2.0),
        ("indexed-repeat(/data/row/note, /data/row, 3)", "third"),
        ("indexed-repeat(/data/row/note, /data/row, 9)", ""),
        ("join('-', /data/row/note)", "first-second-third"),
        ("max(/data/row/amount)", 7.0),
        ("count-non-empty(/data/row/amount)", 2.0),
        ("/data/row[1]/note", "first"),
        ("/data/row[note = current()/../note]/amount", "7"),
        ("count(/data/row/part)", 0.0),
    ],
)
def test_what_reaches_other_rows_is_evaluated_on_the_document(source: str, expected: Result) -> None:
    raw, parents = _rows({"word": "", "count": "", "day": "", "colours": "", "amount": "7", "note": "second"})
    bound = scope.bind(syntax.parse(source), AT, LAYOUT, XFORM.lists)
    with pytest.raises(closures.Uncovered):
        closures.evaluate(bound)
    context = Canonical(PLAN, raw, parents).row(1, 1).find("amount")
    assert context is not None
    found = document.compile_value(bound, {}).value(context, (raw[0][0], raw[1][1]))
    assert (found[0] if isinstance(found, list) else found) == expected
