"""Sentences with figures in them: the only place where a number enters a text.

A placeholder is `{how:what}` or `{how argument:what}`:

- `{value:NAME}` the figure as it is rounded, for counts and for tables;
- `{about:NAME}`, `{more-than 1,200,000:NAME}` and the other hedges, held against the figure;
- `{interval:NAME}` its 95 per cent interval in words;
- `{largest about:FAMILY}` and `{label-of-largest:FAMILY}` the largest figure of a family, and what it is called;
- `{basis:NAME}` what its interval rests on, in words: the design or a model;
- `{respondents:NAME}` how many answered, of a sample; `{said:NAME}` the range of what informants said;
- `{name:CODE}` what a place or a code is called;
- `{cite:ID}` a number or a work of somebody else, from the mission's citations.csv;
- `{literal:TEXT}` digits that are no figure: a year, an article of law.

Any other digit, in any script, is a naked number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from saphan.core.problem import At, problem

IN_WORDS = ("basis", "label-of-largest", "name")  # placeholders that print words about a figure and no number
_PLACEHOLDER = re.compile(r"\{([^{}:]*):([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Said:
    """Plain words, or the text of a literal."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Placeholder:
    """What is to be printed: `how` with its `argument` (empty if none), of `what`."""

    how: str
    argument: str
    what: str


def parse(text: str, at: At) -> tuple[Said | Placeholder, ...]:
    """Split a sentence into words and placeholders; Problem where a digit stands outside them, or a brace is open."""
    parts: list[Said | Placeholder] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        _words(text[end : match.start()], text, at, parts)
        how, _, argument = match[1].strip().partition(" ")
        what = match[2].strip()
        parts.append(
            Said(text=what) if how == "literal" else Placeholder(how=how, argument=argument.strip(), what=what)
        )
        end = match.end()
    _words(text[end:], text, at, parts)
    return tuple(parts)


def _words(words: str, sentence: str, at: At, parts: list[Said | Placeholder]) -> None:
    if not words:
        return
    if "{" in words or "}" in words:
        raise problem("template.brace", at, text=sentence)
    naked = re.search(r"\d[\d.,\s]*", words)  # \d is a decimal digit of any script: Thai and Burmese ones too
    if naked:
        raise problem("template.naked", at, digits=naked[0].strip(), text=sentence)
    parts.append(Said(text=words))
