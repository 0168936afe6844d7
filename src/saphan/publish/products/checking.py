"""What is wrong with a mission's templates that can be told before there is a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from saphan.core import nearest
from saphan.core.problem import At, Finding, Problem, finding
from saphan.mission.files import TomlFile, read_toml
from saphan.mission.model import Mission
from saphan.publish.figures.hedge import parse as parse_hedge
from saphan.publish.products import citations, sentence, template
from saphan.publish.products.citations import Citation
from saphan.publish.products.template import Map, Template

_INDEX = re.compile(r"\.(\d+)(?=\.|$)")


def find(mission: Mission) -> tuple[tuple[Template, ...], list[Finding]]:
    """The templates that can be read, and everything wrong with any: keys, blocks, languages, naked numbers, places."""
    try:
        cited: Mapping[str, Citation] | None = citations.load(mission.folder)
        findings: list[Finding] = []
    except Problem as wrong:
        cited, findings = None, list(wrong.findings)
    found = []
    for path in template.paths(mission.folder):
        file = read_toml(mission.folder, path.relative_to(mission.folder).as_posix(), findings)
        if file is None:
            continue
        own: list[Finding] = []
        try:
            for read in template.load(path, mission.languages):
                found.append(read)
                own.extend(_positions(read, mission))
        except Problem as wrong:
            own.extend(wrong.findings)
        own.extend(_sentences(path.name, file.raw, cited))
        findings.extend(replace(each, at=_place(file, each.at)) for each in own)
    return tuple(found), findings


def _place(file: TomlFile, at: At) -> At:
    """Where a key such as `blocks.method.rows.0.text.en` stands: the file in its folder, and the row."""
    if at.column is None:
        return replace(at, file=file.name)
    return replace(file.at(_INDEX.sub(r"[\1]", at.column)), column=at.column)


def _positions(read: Template, mission: Mission) -> Iterator[Finding]:
    areas = mission.places.areas
    for name, block in read.blocks.items():
        for pcode in block.positions if isinstance(block, Map) else ():
            if pcode not in areas:
                at = At(file=read.file, column=f"blocks.{name}.positions")
                yield finding("place.unknown", at, pcode=pcode, nearest=nearest.remedy(pcode, areas, what="P-codes"))


def _sentences(file: str, raw: object, cited: Mapping[str, Citation] | None) -> Iterator[Finding]:
    """Naked numbers, open braces, hedges and citations that do not exist, in every text and language.

    Without `cited` the citations could not be read, and nobody can tell which exist.
    """
    for key, words in template.texts(raw):
        for language, text in words.items():
            at = At(file=file, column=f"{key}.{language}")
            try:
                for part in sentence.parse(text, at):
                    if isinstance(part, sentence.Placeholder):
                        yield from _placeholder(part, at, cited)
            except Problem as wrong:
                yield from wrong.findings


def _placeholder(part: sentence.Placeholder, at: At, cited: Mapping[str, Citation] | None) -> Iterator[Finding]:
    if part.how == "cite":
        if cited is not None and part.what not in cited:
            remedy = nearest.remedy(part.what, cited, what="citations")
            yield finding("template.citation", at, id=part.what, nearest=remedy)
    elif part.how == "largest":
        parse_hedge(part.argument, at)
    elif part.how not in sentence.IN_WORDS:
        parse_hedge(f"{part.how} {part.argument}".strip(), at)
