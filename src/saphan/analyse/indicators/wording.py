"""What indicators mean and of whom they are, in every language there is a `words/<language>.po` for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polib

from saphan.core.text import Text

_WORDS = Path(__file__).parent / "words"


@cache
def languages() -> tuple[str, ...]:
    """The languages there are words for, English first."""
    return tuple(sorted((path.stem for path in _WORDS.glob("*.po")), key=lambda one: (one != "en", one)))


@cache
def define(indicator: str) -> Text:
    """The definition of an indicator, English first; KeyError if it has none. The cell says which part is meant."""
    found = {"en": _read("en")[indicator]}
    return Text(found | {one: _read(one)[indicator] for one in languages() if indicator in _read(one)})


def say(message: str, language: str, **facts: str) -> str:
    """A phrase with its blanks filled, in a language or in English; KeyError if there is none."""
    words = _read(language) if language in languages() else {}
    return (words.get(message) or _read("en")[message]).format(**facts)


@cache
def _read(language: str) -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(_WORDS / f"{language}.po")) if entry.msgstr}
