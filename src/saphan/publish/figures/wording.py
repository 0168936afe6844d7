"""Numbers in words: how a figure is printed in each language, with its hedge, its interval or its unit.

The words are in `words/<language>.po`; a language without a file is printed in English. Digits are 0 to 9 in all of
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib

from saphan.core.problem import At
from saphan.core.unit import Unit
from saphan.publish.figures.hedge import Form, Hedge, check
from saphan.publish.figures.model import Figure
from saphan.publish.figures.rounding import limits

_FOLDER = Path(__file__).parent / "words"
_FALLBACK = "en"


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What was printed of a figure, with enough to print it again and compare letter by letter."""

    text: str
    figure: str
    key: str  # the first eight characters of the figure's key
    hedge: Hedge
    language: str


@cache
def _words(language: str) -> Mapping[str, str]:
    path = _FOLDER / f"{language}.po"
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr} if path.is_file() else {}


def say(message: str, language: str, **facts: str) -> str:
    """A word or phrase by its id, in the language or in English; KeyError if there is none."""
    return (_words(language).get(message) or _words(_FALLBACK)[message]).format(**facts)


def number(value: float, places: int, language: str, *, signed: bool = False) -> str:
    """A number with thousands parted and, if `signed`, its sign, to the power of ten `places` (-1 = one decimal)."""
    sign = "+" if signed and value > 0 else "-" if signed and value < 0 else ""
    plain = sign + f"{(abs(value) if signed else value) + 0.0:,.{max(0, -places)}f}"
    parted = {",": say("separator-thousands", language), ".": say("separator-decimal", language)}
    return "".join(parted.get(letter, letter) for letter in plain)


def printed(
    figure: Figure, language: str, hedge: Hedge | None = None, at: At | None = None, *, prose: bool = False
) -> Printed:
    """A figure as printed; Problem `hedge.false` if its hedge does not hold (see `hedge.check`, also for `prose`).

    A bare share is `17%`; in an interval or behind a hedge it is `17 per cent`. The figure must have been rounded.
    """
    hedge = hedge or Hedge(form=Form.VALUE)
    check(figure, hedge, at, prose=prose)
    return Printed(
        text=_text(figure, language, hedge),
        figure=figure.name,
        key=figure.key[:8],
        hedge=hedge,
        language=language,
    )


def with_unit(text: str, figure: Figure, language: str) -> str:
    """A printed number with its unit in words: `1,310,000 movements`; a share needs none."""
    if figure.unit is Unit.SHARE:
        return text
    one = figure.rounded == 1 and figure.places >= 0
    return say(f"unit-{figure.unit}-{'one' if one else 'other'}", language, number=text)


def _text(figure: Figure, language: str, hedge: Hedge) -> str:
    share, signed = figure.unit is Unit.SHARE, figure.unit is Unit.CHANGE
    scale = 100.0 if share else 1.0
    kind = "share" if share else "number"
    if hedge.form in (Form.INTERVAL, Form.RANGE):
        least, most = limits(figure) or (figure.value, figure.value)
        ends = {
            "low": number(least * scale, figure.places, language, signed=signed),
            "high": number(most * scale, figure.places, language, signed=signed),
        }
        return say(f"{hedge.form}-{kind}", language, **ends)
    if hedge.form is Form.RESPONDENTS:
        return number(figure.rests_on if figure.base is None else figure.base, 0, language)
    if hedge.form is Form.SAID:
        ends_of = figure.said or (figure.value, figure.value)
        low, high = (number(end * scale, figure.places, language, signed=signed) for end in ends_of)
        return say(f"said-{kind}", language, low=low, high=high)
    value = (figure.rounded if figure.rounded is not None else figure.value) * scale
    places = figure.places
    if hedge.bound is not None:
        value = hedge.bound
        places = -len(f"{value:.10f}".rstrip("0").partition(".")[2])
    plain = number(value, places, language, signed=signed)
    if hedge.form is Form.VALUE:
        return say("share-bare", language, number=plain) if share else plain
    return say(f"{hedge.form}-{kind}", language, number=plain)
