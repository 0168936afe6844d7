"""The words of needs indicators in every language there is a `words/<language>.po` for; the code's own are English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polib

from saphan.analyse.indicators.needs.model import Indicator
from saphan.core.text import Text

_WORDS = Path(__file__).parent / "words"


def titled(indicator: Indicator) -> Text:
    """The title of an indicator, English first."""
    return _translated(indicator.title)


def recalled(indicator: Indicator) -> Text | None:
    """The period that its questions ask about, or None where they ask about now."""
    return None if indicator.recall is None else _translated(indicator.recall)


def called(code: str) -> Text | None:
    """What a class is called, or None where nothing names it."""
    message = f"class {code}"
    return Text(found) if (found := _found(message)) else None


def _translated(english: str) -> Text:
    return Text({"en": english} | _found(english))


def _found(message: str) -> dict[str, str]:
    return {language: words[message] for language, words in _read().items() if message in words}


@cache
def _read() -> dict[str, dict[str, str]]:
    """The words of each language, English first."""
    files = sorted(_WORDS.glob("*.po"), key=lambda path: (path.stem != "en", path.stem))
    return {
        path.stem: {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr} for path in files
    }
