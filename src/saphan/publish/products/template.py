"""A product's template: which blocks stand where, and what they say. Data of the mission: `products/*.toml`.

A template holds words and names of figures, never a number: `sentence` refuses digits that are not a figure, a citation
or an explicit literal.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from saphan.core import nearest
from saphan.core.problem import At, Finding, Problem, finding, problem

Words = Mapping[str, str]  # language -> a sentence with placeholders


@dataclass(frozen=True, kw_only=True)
class Item:
    """One headline number, and what it counts."""

    figure: str
    label: Words


@dataclass(frozen=True, kw_only=True)
class Headline:
    """A row of large numbers with their intervals; the first is the largest."""

    items: tuple[Item, ...]
    heading: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Prose:
    """Sentences, one paragraph each."""

    heading: Words
    paragraphs: tuple[Words, ...]


@dataclass(frozen=True, kw_only=True)
class TrendSeries:
    """One line of a trend: a family of figures, one a month."""

    figures: str
    label: Words


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Monthly figures of up to two families as lines with interval bands."""

    heading: Words
    series: tuple[TrendSeries, ...]
    height: float
    note: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Bars:
    """A family of figures as bars with whiskers: largest first or in the order of `codes`, at most `limit`."""

    heading: Words
    figures: str
    codes: tuple[str, ...] = ()
    limit: int = 12
    note: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """Rows of two figures back to back, each named after its code under the key `by`."""

    heading: Words
    by: str
    rows: tuple[tuple[str, str], ...]
    note: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Map:
    """A family of figures, one a place, as circles at the positions given (P-code to longitude, latitude)."""

    heading: Words
    figures: str
    positions: Mapping[str, tuple[float, float]]
    west: float
    south: float
    east: float
    north: float
    height: float
    note: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Sankey:
    """A family of figures from origins to destinations as ribbons; the largest `limit` of them."""

    heading: Words
    figures: str
    height: float
    limit: int = 14
    note: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a method box."""

    label: Words
    text: Words


@dataclass(frozen=True, kw_only=True)
class Box:
    """Method and limits: labelled sentences."""

    heading: Words
    rows: tuple[Row, ...]


Block = Headline | Prose | Trend | Bars | Mirror | Map | Sankey | Box

_KINDS: Mapping[str, type[Block]] = {
    "headline": Headline,
    "prose": Prose,
    "trend": Trend,
    "bars": Bars,
    "mirror": Mirror,
    "map": Map,
    "sankey": Sankey,
    "box": Box,
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """Blocks standing on each other; `width` in twelfths of the page."""

    width: int
    blocks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Template:
    """A product before its numbers; `pages` holds rows of columns, `address` is where its pages will be published."""

    id: str
    file: str
    title: Words
    subtitle: Words
    summary: Words
    address: str
    pages: tuple[tuple[tuple[Column, ...], ...], ...]
    blocks: Mapping[str, Block]


@dataclass(frozen=True, kw_only=True)
class _Page:
    rows: tuple[tuple[Column, ...], ...]


@dataclass(frozen=True, kw_only=True)
class _File:
    id: str
    title: Words
    subtitle: Words
    summary: Words
    pages: tuple[_Page, ...]
    blocks: Mapping[str, dict[str, object]]
    address: str = ""


def load(path: Path, languages: Sequence[str]) -> Template:
    """Read a template; Problem with every finding: syntax, unknown keys, kinds and blocks, missing languages."""
    file = path.name
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise problem("file.missing", At(file=str(path))) from None
    except UnicodeDecodeError as error:
        raise problem("file.encoding", At(file=file), byte=error.start) from None
    except tomllib.TOMLDecodeError as error:
        raise problem("toml.syntax", At(file=file), detail=error) from None
    try:
        read = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        raise problem("toml.value", At(file=file), detail=error) from None
    findings: list[Finding] = []
    blocks: dict[str, Block] = {}
    for name, block in read.blocks.items():
        try:
            blocks[name] = _block(name, block, file)
        except Problem as found:
            findings.extend(found.findings)
    for page in read.pages:
        for name in (name for row in page.rows for column in row for name in column.blocks):
            if name not in read.blocks:
                remedy = nearest.remedy(name, read.blocks, what="blocks")
                findings.append(finding("template.block", At(file=file), name=name, nearest=remedy))
    findings.extend(_untranslated(raw, languages, file))
    if findings:
        raise Problem(findings)
    return Template(
        id=read.id,
        file=file,
        title=read.title,
        subtitle=read.subtitle,
        summary=read.summary,
        address=read.address,
        pages=tuple(page.rows for page in read.pages),
        blocks=blocks,
    )


def _block(name: str, block: Mapping[str, object], file: str) -> Block:
    at = At(file=file, column=f"blocks.{name}")
    kind = str(block.get("kind", ""))
    if kind not in _KINDS:
        raise problem("template.kind", at, kind=kind, nearest=nearest.remedy(kind, _KINDS, what="kinds"))
    settings = {key: value for key, value in block.items() if key != "kind"}
    known = _KINDS[kind].__dataclass_fields__
    for key in settings:
        if key not in known:
            raise problem("toml.value", at, detail=f"{key!r} is no key of a {kind} block.")
    try:
        return msgspec.convert(settings, _KINDS[kind])
    except msgspec.ValidationError as error:
        raise problem("toml.value", at, detail=error) from None


def _untranslated(raw: object, languages: Sequence[str], file: str, key: str = "") -> list[Finding]:
    """Every text (a table whose keys are languages) that lacks one of the languages."""
    if isinstance(raw, list):
        return [
            found for index, part in enumerate(raw) for found in _untranslated(part, languages, file, f"{key}.{index}")
        ]
    if not isinstance(raw, dict):
        return []
    if raw and all(len(name) == 2 and isinstance(words, str) for name, words in raw.items()):
        return [
            finding("template.language", At(file=file, column=key.lstrip(".")), language=language)
            for language in languages
            if language not in raw
        ]
    return [found for name, part in raw.items() for found in _untranslated(part, languages, file, f"{key}.{name}")]
