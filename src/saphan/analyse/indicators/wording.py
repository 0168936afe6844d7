"""What each indicator means, in words, in every language there is a `words/<language>.po` for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polib

from saphan.core.text import Text

_WORDS = Path(__file__).parent / "words"


@cache
def define(indicator: str) -> Text:
    """The definition of an indicator, English first; KeyError if it has none. The cell says which part is meant."""
    found = _read("en")[indicator]
    return Text(
        {"en": found}
        | {
            path.stem: translated
            for path in sorted(_WORDS.glob("*.po"))
            if (translated := _read(path.stem).get(indicator))
        }
    )


@cache
def _read(language: str) -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(_WORDS / f"{language}.po")) if entry.msgstr}
