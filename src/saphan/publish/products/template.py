"""A product's template: which blocks stand where, and what they say. Data of the mission: `products/*.toml`.

A template holds words and names of figures, never a number: `sentence` refuses digits that are not a figure, a citation
or an explicit literal.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from saphan.core import nearest
from saphan.core.problem import At, Finding, Problem, finding, problem
from saphan.publish.products.expansion import Expanded, expanded

AFTER = "after"  # the key of a product's or a block's figure without which it is not made
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
    """A family of figures from origins to destinations as ribbons; the largest `limit` of them.

    `origins` and `destinations` are families too: all that leaves a place, all that reaches one.
    """

    heading: Words
    figures: str
    height: float
    limit: int = 14
    origins: str = ""
    destinations: str = ""
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


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """One column of a table: what it is called, and the part of a cell that its figures have."""

    label: Words
    cell: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TableRows:
    """Rows of a table: a figure, or a family with one row for each code; titled by its question unless labelled."""

    figures: str
    codes: tuple[str, ...] = ()
    label: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """Families of figures down and their places or groups across, with intervals and how many answered."""

    heading: Words
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRows, ...]
    note: Words | None = None


Block = Headline | Prose | Trend | Bars | Mirror | Map | Sankey | Table | Box

_KINDS: Mapping[str, type[Block]] = {
    "headline": Headline,
    "prose": Prose,
    "trend": Trend,
    "bars": Bars,
    "mirror": Mirror,
    "map": Map,
    "sankey": Sankey,
    "table": Table,
    "box": Box,
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """Blocks standing on each other; `width` in twelfths of the page."""

    width: int
    blocks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Template:
    """A product before its numbers; `pages` holds rows of columns, `address` is where its pages will be published.

    `after` names a figure without which the product is not made: before its round there is nothing to print. `waits`
    does so for single blocks.
    """

    id: str
    file: str
    title: Words
    subtitle: Words
    summary: Words
    address: str
    after: str
    pages: tuple[tuple[tuple[Column, ...], ...], ...]
    blocks: Mapping[str, Block]
    waits: Mapping[str, str] = field(default_factory=dict)


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
    after: str = ""


def read(path: Path) -> dict[str, object]:
    """A template as TOML has it; Problem if it is missing, not UTF-8 or no TOML."""
    at = At(file=path.name)
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise problem("file.missing", at) from None
    except UnicodeDecodeError as error:
        raise problem("file.encoding", at, byte=error.start) from None
    except tomllib.TOMLDecodeError as error:
        raise problem("toml.syntax", at, detail=error) from None


def paths(folder: Path) -> list[Path]:
    """The templates of a mission folder."""
    return sorted((folder / "products").glob("*.toml"))


def load(path: Path, languages: Sequence[str]) -> tuple[Template, ...]:
    """Read the template of a product, or of several (`expansion`).

    Problem with every finding: syntax, unknown keys, names, kinds and blocks, missing languages.
    """
    return tuple(_template(one, path.name, languages) for one in expanded(read(path), path.name))


def _template(one: Expanded, file: str, languages: Sequence[str]) -> Template:
    raw = one.raw
    try:
        found = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        raise problem("toml.value", At(file=file), detail=error) from None
    findings: list[Finding] = []
    blocks: dict[str, Block] = {}
    for name, block in found.blocks.items():
        try:
            blocks[name] = _block(name, block, file)
        except Problem as wrong:
            findings.extend(wrong.findings)
    for number, page in enumerate(found.pages):
        for name in (name for row in page.rows for column in row for name in column.blocks):
            if name not in found.blocks:
                remedy = nearest.remedy(name, found.blocks, what="blocks")
                findings.append(
                    finding("template.block", At(file=file, column=f"pages.{number}"), name=name, nearest=remedy)
                )
    findings.extend(_untranslated(raw, languages, file))
    if findings:
        raise Problem(findings)
    return Template(
        id=f"{found.id}-{one.suffix}" if one.suffix else found.id,
        file=file,
        title=found.title,
        subtitle=found.subtitle,
        summary=found.summary,
        address=found.address,
        after=found.after,
        pages=tuple(page.rows for page in found.pages),
        blocks=blocks,
        waits={name: str(block[AFTER]) for name, block in found.blocks.items() if AFTER in block},
    )


def _block(name: str, block: Mapping[str, object], file: str) -> Block:
    at = At(file=file, column=f"blocks.{name}")
    kind = str(block.get("kind", ""))
    if kind not in _KINDS:
        raise problem("template.kind", at, kind=kind, nearest=nearest.remedy(kind, _KINDS, what="kinds"))
    settings = {key: value for key, value in block.items() if key not in ("kind", AFTER)}
    known = _KINDS[kind].__dataclass_fields__
    for key in settings:
        if key not in known:
            raise problem("toml.value", at, detail=f"{key!r} is no key of a {kind} block.")
    try:
        return msgspec.convert(settings, _KINDS[kind])
    except msgspec.ValidationError as error:
        raise problem("toml.value", at, detail=error) from None


def texts(raw: object, key: str = "") -> Iterator[tuple[str, Words]]:
    """Every text of a template (a table whose keys are languages) with its key, from the file as TOML has it."""
    if isinstance(raw, dict) and raw and all(len(name) == 2 and isinstance(words, str) for name, words in raw.items()):
        yield key, raw
    elif isinstance(raw, dict | list):
        for name, part in raw.items() if isinstance(raw, dict) else enumerate(raw):
            yield from texts(part, f"{key}.{name}" if key else str(name))


def _untranslated(raw: object, languages: Sequence[str], file: str) -> list[Finding]:
    """Every text that lacks one of the languages."""
    return [
        finding("template.language", At(file=file, column=key), language=language)
        for key, words in texts(raw)
        for language in languages
        if language not in words
    ]
