"""Hedges: the words between a figure and its claim, each held against the value and its interval."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from saphan.core.nearest import remedy
from saphan.core.problem import At, Problem, problem
from saphan.core.unit import Unit
from saphan.publish.figures.model import Figure, Kind
from saphan.publish.figures.rounding import limits

UNDERSTATES = 0.25  # "more than X" may lie this share of the value below it, "less than X" this share above
NEARLY = 0.05  # "nearly X" may lie this share of the value above it


class Form(StrEnum):
    """The ways in which a figure may be printed: bare, with its interval in words, or hedged; or what it rests on."""

    VALUE = "value"
    INTERVAL = "interval"
    RANGE = "range"  # the interval in figures, for tables
    RESPONDENTS = "respondents"  # how many answered, of a sample
    SAID = "said"  # the range of what informants said, where there is no interval
    ABOUT = "about"
    MORE_THAN = "more-than"
    AT_LEAST = "at-least"
    LESS_THAN = "less-than"
    NEARLY = "nearly"


BOUNDED = {Form.MORE_THAN, Form.AT_LEAST, Form.LESS_THAN, Form.NEARLY}


@dataclass(frozen=True, kw_only=True)
class Hedge:
    """A form and, where it names a number of its own, that number as printed (per cent for shares)."""

    form: Form
    bound: float | None = None

    def __str__(self) -> str:
        return f"{self.form} {self.bound:,.10g}" if self.bound is not None else str(self.form)


def parse(words: str, at: At | None = None) -> Hedge:
    """A hedge as written in a template: `about`, `more-than 1,200,000`; Problem `hedge.unknown` if it is none."""
    name, _, argument = words.strip().partition(" ")
    try:
        form = Form(name)
        bound = float(argument.replace(",", "")) if argument else None
    except ValueError:
        raise problem("hedge.unknown", at, hedge=words, nearest=remedy(name, list(Form), what="hedges")) from None
    if (bound is None) == (form in BOUNDED) and form is not Form.ABOUT:
        nearest = f"{form} needs a number: {form} 3,000." if form in BOUNDED else f"{form} takes no number."
        raise problem("hedge.unknown", at, hedge=words, nearest=nearest)
    return Hedge(form=form, bound=bound)


def check(figure: Figure, hedge: Hedge, at: At | None = None, *, prose: bool = False) -> None:
    """Problem `hedge.false` unless the claim holds.

    An estimate's claim must hold of its whole 95 per cent interval: "more than X" needs the lower limit above X, "less
    than X" the upper below. It must not be empty either: X lies within 25 per cent of the value ("nearly": 5). "About"
    belongs to estimates; with a number of its own, that number must be the value rounded and lie inside the interval.
    On a count, "about" needs such a number, since an exact count is about nothing. In `prose`, an estimate may not
    stand bare: tables and charts show its interval beside it, a sentence would claim it exact. An estimate that may
    have no interval is "about" and nothing else, and a change is never more or less than a number: it has a sign.
    """
    scale = 100.0 if figure.unit is Unit.SHARE else 1.0
    value = figure.value * scale
    low, high = ((figure.low if figure.low is not None else figure.value) * scale, _high(figure) * scale)
    bound = hedge.bound
    detail = None
    unknown = figure.kind is Kind.ESTIMATE and figure.low is None
    if prose and hedge.form is Form.VALUE and figure.kind is Kind.ESTIMATE and (unknown or low < high):
        detail = "in a sentence a bare number claims to be exact"
    elif (hedge.form in (Form.INTERVAL, Form.RANGE) and limits(figure) is None) or (unknown and hedge.form in BOUNDED):
        detail = "it has no interval"
    elif figure.unit is Unit.CHANGE and hedge.form in BOUNDED:
        detail = "a change has a sign"
    elif hedge.form is Form.SAID and figure.said is None:
        detail = "it does not rest on what informants said"
    elif hedge.form is Form.ABOUT and bound is None and figure.kind is Kind.COUNT:
        detail = "it was counted and is known exactly"
    elif (
        hedge.form is Form.ABOUT and bound is not None and not (_rounds_to(value, bound) and _within(bound, low, high))
    ):
        detail = f"{bound:,.10g} is not its value rounded, or lies outside its interval"
    elif bound is not None and hedge.form in (Form.MORE_THAN, Form.AT_LEAST):
        holds = low > bound or (hedge.form is Form.AT_LEAST and low >= bound)
        if not holds:
            detail = f"its lower limit is {low:,.10g}"
        elif bound < value * (1 - UNDERSTATES):
            detail = f"it says too little, by more than {UNDERSTATES:.0%} of the value"
    elif bound is not None and hedge.form in (Form.LESS_THAN, Form.NEARLY):
        room = UNDERSTATES if hedge.form is Form.LESS_THAN else NEARLY
        if high >= bound:
            detail = f"its upper limit is {high:,.10g}"
        elif bound > value * (1 + room):
            detail = f"it lies more than {room:.0%} below"
    if detail:
        raise _false(figure, hedge, detail, at)


def _false(figure: Figure, hedge: Hedge, detail: str, at: At | None) -> Problem:
    estimate = figure.kind is Kind.ESTIMATE
    return problem(
        "hedge.false",
        at,
        hedge=str(hedge),
        name=figure.name,
        value=f"{figure.value * 100:.10g} per cent" if figure.unit is Unit.SHARE else f"{figure.value:,.10g}",
        detail=detail,
        instead="`about`, with the interval" if estimate else "the number itself, or a number the claim is true of",
    )


def _high(figure: Figure) -> float:
    return figure.high if figure.high is not None else figure.value


def _rounds_to(value: float, bound: float) -> bool:
    """Whether `bound` is `value` rounded at the place of its own last digit that is not zero, and within 5 per cent."""
    digits = f"{bound:.15g}".replace(".", "").rstrip("0")
    mantissa = f"{bound:.15e}".partition("e")
    place = int(mantissa[2]) - (len(digits.lstrip("0")) - 1)
    return round(value / 10.0**place) == round(bound / 10.0**place) and abs(bound - value) <= NEARLY * abs(value)


def _within(number: float, low: float, high: float) -> bool:
    return low == high or low <= number <= high
