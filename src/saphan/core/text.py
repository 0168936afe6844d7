"""Text in many languages, as the mission's people wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Text(Mapping[str, str]):
    """One text in several languages: language code (BCP 47) to words; the first language is the fallback."""

    words: Mapping[str, str]

    def __getitem__(self, language: str) -> str:
        return self.words[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.words.items())))

    def to(self, language: str) -> str:
        """The words in `language`, or in the first language given; the empty string if there are none."""
        found = self.words.get(language)
        return found if found is not None else next(iter(self.words.values()), "")
