"""Hedges hold of the value and of its interval, or they are refused; and how they read in each language."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.releases import make_figure

from saphan.core.problem import Problem
from saphan.core.unit import Unit
from saphan.publish.figures import Form, Hedge, Kind, printed, round_figures, with_unit
from saphan.publish.figures.hedge import check, parse
from saphan.publish.figures.model import Figure


def rounded(figure: Figure) -> Figure:
    return round_figures([figure], []).figures[figure.name]


ARRIVALS = make_figure(1_312_345, half=43_210)  # 1,269,135 to 1,355,555
LONG_TERM = make_figure(0.173, unit=Unit.SHARE, half=0.02)  # 15.3 to 19.3 per cent
RESETTLED = make_figure(3_137, kind=Kind.COUNT)
FEW = replace(LONG_TERM, low=None, high=None)  # asked of too few for an interval


@pytest.mark.parametrize(
    ("figure", "hedge"),
    [
        (ARRIVALS, "more-than 1,250,000"),
        (ARRIVALS, "at-least 1,269,135"),
        (ARRIVALS, "about"),
        (ARRIVALS, "about 1,300,000"),
        (ARRIVALS, "less-than 1,400,000"),
        (ARRIVALS, "interval"),
        (LONG_TERM, "about 17"),
        (LONG_TERM, "more-than 15"),
        (FEW, "about"),
        (RESETTLED, "more-than 3,000"),
        (RESETTLED, "about 3,100"),
        (RESETTLED, "nearly 3,200"),
        (RESETTLED, "value"),
    ],
)
def test_true_hedges_pass(figure: Figure, hedge: str) -> None:
    check(figure, parse(hedge))


@pytest.mark.parametrize(
    ("figure", "hedge", "why"),
    [
        (ARRIVALS, "more-than 1,300,000", "lower limit"),  # the value lies above it, the interval does not
        (ARRIVALS, "more-than 900,000", "too little"),
        (ARRIVALS, "nearly 1,320,000", "upper limit"),
        (ARRIVALS, "about 1,312,000,000", "rounded"),
        (ARRIVALS, "about 1,200,000", "rounded"),
        (LONG_TERM, "more-than 16", "lower limit"),
        (LONG_TERM, "less-than 25", "more than 25% below"),
        (FEW, "interval", "no interval"),
        (FEW, "more-than 15", "no interval"),
        (FEW, "less-than 18", "no interval"),
        (RESETTLED, "more-than 3,137", "lower limit"),
        (RESETTLED, "about", "counted"),
        (RESETTLED, "interval", "no interval"),
        (RESETTLED, "nearly 4,000", "more than 5% below"),
        (make_figure(117, kind=Kind.COUNT), "about 100", "rounded"),
    ],
)
def test_false_hedges_are_refused(figure: Figure, hedge: str, why: str) -> None:
    with pytest.raises(Problem, match=why) as caught:
        check(figure, parse(hedge))
    assert caught.value.findings[0].code == "hedge.false"


def test_a_sentence_may_not_claim_an_estimate_exact() -> None:
    check(ARRIVALS, Hedge(form=Form.VALUE))
    for estimate in (ARRIVALS, FEW):
        with pytest.raises(Problem, match="claims to be exact"):
            check(estimate, Hedge(form=Form.VALUE), prose=True)
    check(RESETTLED, Hedge(form=Form.VALUE), prose=True)


@pytest.mark.parametrize("words", ["roughly", "more-than", "more-than many", "value 3", "interval 4"])
def test_what_is_no_hedge_is_named(words: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(words)
    assert caught.value.findings[0].code == "hedge.unknown"


@pytest.mark.parametrize("hedge", ["about", "more-than 1,250,000", "at-least 12.5", "value"])
def test_a_hedge_is_written_as_it_is_read(hedge: str) -> None:
    assert str(parse(hedge)) == hedge


@pytest.mark.parametrize(
    ("figure", "hedge", "language", "text"),
    [
        (ARRIVALS, "about", "en", "about 1,310,000"),
        (ARRIVALS, "interval", "en", "between 1,260,000 and 1,360,000"),
        (ARRIVALS, "more-than 1,250,000", "en", "more than 1,250,000"),
        (ARRIVALS, "value", "en", "1,310,000"),
        (LONG_TERM, "value", "en", "17.3%"),
        (LONG_TERM, "about", "en", "about 17.3 per cent"),
        (LONG_TERM, "about 17", "en", "about 17 per cent"),
        (LONG_TERM, "interval", "en", "between 15.3 and 19.3 per cent"),
        (LONG_TERM, "about 17", "th", "ประมาณร้อยละ 17"),
        (LONG_TERM, "more-than 15", "my", "15 ရာခိုင်နှုန်းကျော်"),
        (ARRIVALS, "about", "th", "ประมาณ 1,310,000"),
        (ARRIVALS, "about", "my", "1,310,000 ခန့်"),
        (ARRIVALS, "about", "km", "about 1,310,000"),  # a language without words yet
        (RESETTLED, "value", "th", "3,137"),
    ],
)
def test_how_it_reads(figure: Figure, hedge: str, language: str, text: str) -> None:
    found = printed(rounded(figure), language, parse(hedge))
    assert found.text == text
    assert found.figure == figure.name


def test_units_in_words() -> None:
    one, many = (rounded(make_figure(float(number), kind=Kind.COUNT, unit=Unit.POINT)) for number in (1, 15))
    assert with_unit("1", one, "en") == "1 monitoring point"
    assert with_unit("15", many, "en") == "15 monitoring points"
    assert with_unit("15", many, "th") == "จุดติดตาม 15 จุด"
    assert with_unit("17%", rounded(LONG_TERM), "en") == "17%"


def test_every_language_has_every_word() -> None:
    from saphan.publish.figures.wording import _FOLDER, _words

    wanted = set(_words("en"))
    for path in _FOLDER.glob("*.po"):
        assert set(_words(path.stem)) == wanted, path.stem
