"""The interface's own words in products, by language, from `words/<lang>.po`; and the mission's labels for codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib

from saphan.core.text import Text
from saphan.mission.model import Mission

Labels = Mapping[tuple[str, str], Text]  # ("mode", "boat"), ("answer:main_reason", "work") -> words
_FOLDER = Path(__file__).parent / "words"
_FALLBACK = "en"


@cache
def _read(language: str) -> Mapping[str, str]:
    path = _FOLDER / f"{language}.po"
    if not path.is_file():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr}


def find(message: str, language: str) -> str | None:
    """An interface word by its id, in the language or in English, or None."""
    return _read(language).get(message) or _read(_FALLBACK).get(message)


def say(message: str, language: str, **facts: object) -> str:
    """An interface word by its id, in the language or in English; KeyError if there is no such word."""
    words = find(message, language)
    if words is None:
        raise KeyError(message)
    return words.format(**facts) if facts else words


@dataclass(frozen=True, kw_only=True)
class Namer:
    """Names of codes in one language: from the forms, then the mission's places, then our own words."""

    labels: Labels
    mission: Mission
    language: str

    def __call__(self, key: str, code: str, question: str = "") -> str:
        """What a code of a cell is called; the code itself where nothing names it."""
        found = self.labels.get((f"{key}:{question}", code)) or self.labels.get((key, code))
        if found is not None:
            return found.to(self.language)
        area = self.mission.places.areas.get(code)
        if area is not None:
            return area.name.to(self.language)
        point = self.mission.places.points.get(code)
        if point is not None:
            return point.name.to(self.language)
        return find(f"{key}-{code}", self.language) or code

    def month(self, period: str) -> str:
        """The short name of the month that a period `2023-05` names."""
        return say(f"month-{period[5:7]}", self.language)
