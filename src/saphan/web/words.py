"""The web's own words by language, from `words/<lang>.po`; what pages share with products, products say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import polib

from saphan.publish.products import words as products

_FOLDER = Path(__file__).parent / "words"
_FALLBACK = "en"


@cache
def languages() -> tuple[str, ...]:
    """The languages that the web speaks, the fallback first."""
    found = sorted(path.stem for path in _FOLDER.glob("*.po"))
    return tuple(sorted(found, key=lambda language: language != _FALLBACK))


@cache
def words(language: str) -> Mapping[str, str]:
    """All words in a language, by their id with `_` for `-`; English where a word is missing."""
    shared = ("skip", "language", "simulated", "simulated-meaning", "provisional", "all-figures", "data", "snapshot")
    found = {message: products.say(message, language) for message in shared}
    for source in (_FALLBACK, language):
        path = _FOLDER / f"{source}.po"
        if path.is_file():
            found |= {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr}
    return {message.replace("-", "_"): text for message, text in found.items()}


def own_name(language: str) -> str:
    """What a language calls itself; its code where we have no words in it."""
    said = products.find("own-name", language)
    return said if said and (language == _FALLBACK or said != products.find("own-name", _FALLBACK)) else language


def chosen(accepted: str, asked: str, offered: Sequence[str]) -> str:
    """The language to answer in: the one asked for, else the best that the browser accepts, else the first offered."""
    if asked in offered:
        return asked
    ranked = []
    for place, part in enumerate(accepted.split(",")[:20]):
        code, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        ranked.append((-weight, place, code.split("-")[0].lower()))
    best = (code for weight, _, code in sorted(ranked) if weight < 0 and code in offered)
    return next(best, offered[0] if offered else _FALLBACK)
