"""Export: what a form's submissions say, as a file for an officer, told in the audit chain before it is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from saphan.collect.forms.model import Form
from saphan.core import digest, nearest
from saphan.core.problem import problem
from saphan.pipeline.exports import archive, csv, dta, geojson, parquet, sav, xlsx
from saphan.pipeline.exports.choices import Dialect, Format
from saphan.pipeline.exports.layout import Layout
from saphan.pipeline.exports.model import Options, Row
from saphan.pipeline.exports.statistics import ChangedError, Measured
from saphan.pipeline.registering import Opened
from saphan.register.accounts import rules
from saphan.register.accounts.model import EVERYTHING, Permission, Scope
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import actions as intake
from saphan.register.intake import queries
from saphan.register.intake.model import Record

_TELL = 1000


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What was written: submissions, rows by table, the questions left out for their class, the file's SHA-256."""

    submissions: int
    rows: dict[str, int]
    left_out: tuple[str, ...]
    sha256: str


class _Table(Protocol):
    def write(self, row: Row) -> None: ...

    def close(self) -> None: ...


def export(
    opened: Opened,
    form: str,
    target: Path,
    options: Options,
    *,
    scope: Scope = EVERYTHING,
    told: Callable[[int], None] = lambda _: None,
) -> Exported:
    """Write a form's answers to `target`; memory does not grow with their number. `told` hears how many were written.

    Confidential questions and submissions without consent need a permission of their own. Problem "access.denied",
    "export.form", "export.option", "file.missing", "key.missing", "intake.altered"; then nothing is left at `target`.
    """
    open_wide = options.confidential or options.quarantined
    rules.require(opened.by, Permission.EXPORT)
    if open_wide:
        rules.require(opened.by, Permission.EXPORT_CONFIDENTIAL)
    versions = _versions(form, scope)
    _check(versions, options, target)
    with _beside(target) as file:
        if options.format is Format.GEOJSON:
            made = _geojson(file, opened, form, versions, options, scope, told)
        else:
            made = None
            while made is None:
                with suppress(ChangedError):  # an answer came in between: measure and write again
                    made = _tables(file, target.parent, opened, form, versions, options, scope, told)
        file.flush()
        os.fsync(file.fileno())
        made = replace(made, sha256=digest.of_file(Path(file.name)))
        facts = {
            "format": options.format.value,
            "dialect": options.dialect.value,
            "submissions": made.submissions,
            "rows": made.rows,
            "sha256": made.sha256,
            "without consent": options.quarantined,
            "confidential": options.confidential,
            "since": options.since.isoformat() if options.since else "",
            "all versions": options.all_versions,
        }
        intake.export(form, facts, confidential=open_wide, by=opened.by, at=opened.at)
    return made


def _versions(form: str, scope: Scope) -> list[Form]:
    published = fieldwork.forms()
    versions = [schema for (id_, _), schema in published.items() if id_ == form]
    if not versions or not scope.covers(form):
        known = {id_ for id_, _ in published if scope.covers(id_)}
        raise problem("export.form", form=form, nearest=nearest.remedy(form, known, what="forms"))
    return versions


def _check(versions: list[Form], options: Options, target: Path) -> None:
    languages = versions[-1].languages
    if options.labels is not None and options.labels not in languages:
        raise problem(
            "export.option", detail=f"The form has no language {options.labels!r}; it has {', '.join(languages)}."
        )
    if not target.parent.is_dir():
        raise problem("export.option", detail=f"There is no folder {target.parent} to write to.")
    if target.is_dir():
        raise problem("export.option", detail=f"{target} is a folder; the target is a file.")
    if (options.mark and options.format is not Format.CSV) or (
        options.label_row and options.format not in (Format.CSV, Format.XLSX)
    ):
        raise problem("export.option", detail=f"A file of the format {options.format} takes no such mark or row.")


def _records(opened: Opened, form: str, options: Options, scope: Scope) -> Iterator[Record]:
    return queries.records(
        form,
        opened.vault,
        scope,
        since=options.since,
        superseded=options.all_versions,
        quarantined=options.quarantined,
        oldest_first=options.dialect is Dialect.KOBO,
    )


def _geojson(
    file: BinaryIO,
    opened: Opened,
    form: str,
    versions: list[Form],
    options: Options,
    scope: Scope,
    told: Callable[[int], None],
) -> Exported:
    layout = Layout(versions, options)
    by_version = {version.version: version for version in versions}
    writer = geojson.Writer(file, by_version, layout.left_out, versions=options.all_versions)
    submissions = 0
    for record in _records(opened, form, options, scope):
        writer.write(record)
        submissions += 1
        if submissions % _TELL == 0:
            told(submissions)
    writer.close()
    return Exported(submissions=submissions, rows={"features": writer.features}, left_out=layout.left_out, sha256="")


def _tables(
    file: BinaryIO,
    folder: Path,
    opened: Opened,
    form: str,
    versions: list[Form],
    options: Options,
    scope: Scope,
    told: Callable[[int], None],
) -> Exported:
    widths = None
    if options.format in (Format.SAV, Format.DTA):
        # Their headers say how many rows follow and how wide each text is: the answers are read once to know.
        measured = Layout(versions, options)
        widths = [Measured(sheet) for sheet in measured.sheets]
        for record in _records(opened, form, options, scope):
            for place, row in measured.rows(record):
                widths[place].add(row)
    layout = Layout(versions, options)
    counts, submissions = [0] * len(layout.sheets), 0
    members: list[archive.Member] = []
    with ExitStack() as stack:

        def member(name: str, *, deflate: bool = True) -> archive.Member:
            made = archive.Member(name, folder, deflate=deflate)
            stack.callback(made.discard)
            members.append(made)
            return made

        write, close = _writers(layout, options, member, widths)
        for record in _records(opened, form, options, scope):
            for place, row in layout.rows(record):
                write(place, row)
                counts[place] += 1
            submissions += 1
            if submissions % _TELL == 0:
                told(submissions)
        close()
        archive.write(file, members)
    rows = {sheet.name: count for sheet, count in zip(layout.sheets, counts, strict=True)}
    return Exported(submissions=submissions, rows=rows, left_out=layout.left_out, sha256="")


def _writers(
    layout: Layout, options: Options, member: Callable[..., archive.Member], widths: list[Measured] | None
) -> tuple[Callable[[int, Row], None], Callable[[], None]]:
    """What writes a row of a table, and what ends all tables."""
    if options.format is Format.XLSX:
        for sheet in layout.sheets:
            if len(sheet.columns) > xlsx.COLUMNS:
                detail = f"The table {sheet.name} has {len(sheet.columns):,} columns; Excel has {xlsx.COLUMNS:,}."
                raise problem("export.option", detail=detail)
        book = xlsx.Book(layout.sheets, options, member)
        return book.write, book.close
    tables: list[_Table] = []
    for place, sheet in enumerate(layout.sheets):
        name = f"{sheet.name.replace('/', '_')}.{options.format.value}"
        match options.format:
            case Format.PARQUET:
                tables.append(parquet.Writer(sheet, member(name, deflate=False)))
            case Format.SAV:
                tables.append(sav.Writer(sheet, member(name), _known(widths)[place], layout.language))
            case Format.DTA:
                tables.append(dta.Writer(sheet, member(name), _known(widths)[place], layout.language))
            case _:
                tables.append(csv.Writer(sheet, member(name), options))
    writes = [table.write for table in tables]

    def close() -> None:
        for table in tables:
            table.close()

    return (lambda place, row: writes[place](row)), close


def _known(widths: list[Measured] | None) -> list[Measured]:
    assert widths is not None
    return widths


@contextmanager
def _beside(target: Path) -> Iterator[BinaryIO]:
    """A file beside the target, only for its owner to read, moved into place at the end and gone if it fails."""
    beside = target.with_name(f".{target.name}.new")
    beside.unlink(missing_ok=True)
    try:
        with open(beside, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            yield file
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
