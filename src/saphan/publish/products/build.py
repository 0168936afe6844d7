"""From a register to products: a PDF, a page and a workbook in each language, a page for each figure, the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from saphan.core import digest
from saphan.core.problem import Finding, Problem
from saphan.mission.model import Mission
from saphan.publish.figures.model import Figure, Register
from saphan.publish.figures.register import encode, public
from saphan.publish.figures.wording import Printed
from saphan.publish.products import citations, compose, family, pages, pdf, sums, template, workbook
from saphan.publish.products.figure_pages import FigurePages, Use
from saphan.publish.products.filling import Filler
from saphan.publish.products.model import Product
from saphan.publish.products.sheet import Sheet
from saphan.publish.products.template import Template
from saphan.publish.products.words import Labels, Namer

REGISTER = "register.json"


def build(
    register: Register,
    mission: Mission,
    folder: Path,
    *,
    labels: Labels,
    made_on: date,
    dataset: Sequence[Path] = (),
) -> list[Product]:
    """Make every product that the mission has a template for, in all its languages, below `folder`.

    `dataset` are files of the same figures below `folder`; pages link to them, and a PDF carries its CSV.
    A product that comes `after` a figure is left out where that is not there. Nothing of a figure that is not public is
    written. Equal input gives equal bytes. Problem with every finding of every template and language; then nothing is
    written.
    """
    shown = public(register, mission)
    namers = {language: Namer(labels=labels, mission=mission, language=language) for language in mission.languages}
    sheets = _sheets(register, mission, namers, made_on)
    carried = encode(shown)
    attachments = [
        pdf.Attachment(name=REGISTER, text=carried.decode(), type="application/json", description="Every figure"),
        *(
            pdf.Attachment(name=path.name, text=path.read_bytes().decode(), type="text/csv", description="The dataset")
            for path in dataset
            if path.suffix == ".csv"
        ),
    ]
    made: list[tuple[str, str, bytes, tuple[Printed, ...]]] = []
    beside = [path.relative_to(folder).as_posix() for path in dataset]
    for sheet in sheets:
        data, printed = pdf.write(sheet, attachments, mission.languages[0])
        made.append((f"{sheet.id}.{sheet.language}.pdf", sheet.language, data, printed))
        data, printed = workbook.write(sheet, shown)
        made.append((f"{sheet.id}.{sheet.language}.xlsx", sheet.language, data, printed))
        text, printed = pages.write(sheet, mission.languages, beside)
        made.append((f"{sheet.id}.{sheet.language}.html", sheet.language, text.encode(), printed))
    for language in mission.languages:
        own = [sheet for sheet in sheets if sheet.language == language]
        for path, text, printed in _figure_pages(shown, own, namers[language], mission.languages):
            made.append((path, language, text.encode(), printed))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REGISTER).write_bytes(carried)
    return [_write(folder / path, language, data, printed) for path, language, data, printed in made]


def _sheets(register: Register, mission: Mission, namers: Mapping[str, Namer], made_on: date) -> list[Sheet]:
    cited = citations.load(mission.folder)
    findings: list[Finding] = []
    sheets = []
    for path in template.paths(mission.folder):
        try:
            for read in template.load(path, mission.languages):
                if _waits(read, register):
                    continue
                for language in mission.languages:
                    filler = Filler(file=path.name, register=register, namer=namers[language], citations=cited)
                    composer = compose.Composer(template=read, filler=filler, mission=mission)
                    sheets.append(composer.sheet(made_on))
        except Problem as found:
            findings.extend(found.findings)
    if findings:
        raise Problem(findings)
    return sheets


def waiting(register: Register, mission: Mission) -> tuple[str, ...]:
    """The products that are not made yet, since the figure that they come after is not there."""
    loaded = (read for path in template.paths(mission.folder) for read in template.load(path, mission.languages))
    return tuple(read.id for read in loaded if _waits(read, register))


def _waits(read: Template, register: Register) -> bool:
    return bool(read.after) and not family.members(read.after, register)


def _figure_pages(
    register: Register, sheets: Sequence[Sheet], namer: Namer, languages: tuple[str, ...]
) -> Iterable[tuple[str, str, tuple[Printed, ...]]]:
    if not sheets:
        return ()
    children: dict[str, list[Figure]] = {}
    for figure in register:
        for parent in figure.parents:
            children.setdefault(parent, []).append(figure)
    return FigurePages(
        register=register,
        namer=namer,
        sheet=sheets[0],
        languages=languages,
        uses=_uses(sheets),
        children={parent: tuple(found) for parent, found in children.items()},
        broken=sums.broken(register),
    ).write()


def _uses(sheets: Sequence[Sheet]) -> Mapping[str, tuple[Use, ...]]:
    """Which blocks of which products print which figure."""
    uses: dict[str, dict[Use, None]] = {}
    for sheet in sheets:
        for panel in (panel for page in sheet.pages for row in page for stack in row for panel in stack.panels):
            for name in compose.printed_in(panel):
                use = Use(sheet=sheet.id, title=sheet.title, block=panel.id, heading=panel.heading)
                uses.setdefault(name, {})[use] = None
    return {name: tuple(found) for name, found in uses.items()}


def _write(path: Path, language: str, data: bytes, printed: tuple[Printed, ...]) -> Product:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Product(path=path, language=language, sha256=digest.of_bytes(data), printed=printed)
