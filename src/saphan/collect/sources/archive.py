"""Submission XML in folders and zips, as ODK Collect, Briefcase and people lay it out.

Attachments lie in the directory of the XML that names them. A zip is read member by member and never unpacked to disk;
a size that is claimed is not believed. An archive may hold `received.csv` (file, received, submitter), which says when
each file reached the server that it comes from (empty where that is not known), and `manifest.json`, whose `mark` says
that it is simulated.
"""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from saphan.collect.forms.model import Attachment, Submission
from saphan.core.problem import At, Finding, finding, problem

MANIFEST, RECEIVED = "manifest.json", "received.csv"
XML_LIMIT = 10_000_000  # bytes of one instance
ATTACHMENT_LIMIT = 200_000_000
_LISTING_LIMIT = 200_000_000  # bytes of received.csv
_BOMB_SIZE, _BOMB_RATIO = 2_000_000_000, 200  # what unpacks to more than both was made to do harm
_END_RECORD = 22  # bytes of a zip's last record, before its comment
_MANY = 0xFFFF  # members that the last record can name; a zip with more says this
_JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")

Report = Callable[[Finding], None]


class _LeftOutError(Exception):
    """Why one file is left out, in words; caught where the file's name is known."""


class Folder:
    """A folder of submission XML, with all folders in it; links are not followed."""

    def __init__(self, path: Path, *, received: datetime, report: Report) -> None:
        self.path = path
        self._received = received
        self._report = report
        self._notes = _Notes(path.name, self._open_note, report)
        self.total = sum(len(xml) for _, xml, _ in self._directories())
        if not self.total:
            raise problem("source.unreadable", At(file=str(path)), detail="the folder holds no .xml file.")

    def __iter__(self) -> Iterator[Submission]:
        for directory, xml, others in self._directories():
            named = _Named(others)
            for name in xml:
                path = Path(directory, name)
                member = path.relative_to(self.path).as_posix()
                try:
                    content = _read_file(path, XML_LIMIT)
                except _LeftOutError as reason:
                    self._leave_out(member, str(reason))
                    continue
                attached = self._attached(directory, named.wanted(content))
                yield self._notes.submission(member, content, attached, self._received)
            for name in named.unused():
                self._leave_out(Path(directory, name).relative_to(self.path).as_posix(), _UNUSED)

    def _directories(self) -> Iterator[tuple[str, list[str], list[str]]]:
        for directory, inner, names in os.walk(self.path):
            inner[:] = sorted(name for name in inner if not _is_junk(name))
            top = Path(directory) == self.path
            known = sorted(name for name in names if not _is_junk(name) and not (top and name in (MANIFEST, RECEIVED)))
            yield (
                directory,
                [name for name in known if _is_xml(name)],
                [name for name in known if not _is_xml(name)],
            )

    def _attached(self, directory: str, names: Sequence[str]) -> list[Attachment]:
        found = []
        for name in names:
            path = Path(directory, name)
            try:
                found.append(Attachment(name=name, content=_read_file(path, ATTACHMENT_LIMIT)))
            except _LeftOutError as reason:
                self._leave_out(path.relative_to(self.path).as_posix(), str(reason))
        return found

    def _open_note(self, name: str) -> IO[bytes] | None:
        path = self.path / name
        return path.open("rb") if path.is_file() and not path.is_symlink() else None

    def _leave_out(self, member: str, detail: str) -> None:
        self._report(finding("source.member", At(file=str(self.path)), member=member, detail=detail))


class Zip:
    """A zip of submission XML."""

    def __init__(self, path: Path, *, received: datetime, report: Report) -> None:
        self.path = path
        self._received = received
        self._report = report
        try:
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
                if _entries(path, len(archive.comment)) not in (_MANY, len(infos) % (_MANY + 1)):
                    raise zipfile.BadZipFile("its list of contents is not whole")
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise problem("source.unreadable", At(file=path.name), detail=f"the zip is damaged ({error}).") from error
        claimed = sum(info.file_size for info in infos)
        if claimed > _BOMB_SIZE and claimed > _BOMB_RATIO * path.stat().st_size:
            detail = f"{path.stat().st_size} bytes claim to unpack to {claimed}: it was made to fill a disk."
            raise problem("source.unreadable", At(file=path.name), detail=detail)
        self.total = sum(_is_xml(info.filename) for info in infos)
        if not self.total:
            raise problem("source.unreadable", At(file=path.name), detail="the zip holds no .xml file.")

    def __iter__(self) -> Iterator[Submission]:
        with zipfile.ZipFile(self.path) as archive:
            notes = _Notes(self.path.name, lambda name: _member(archive, name), self._report)
            for xml, others in self._directories(archive):
                named = _Named(list(others))
                for info in xml:
                    try:
                        content = _read_member(archive, info, XML_LIMIT)
                    except _LeftOutError as reason:
                        self._leave_out(info.filename, str(reason))
                        continue
                    attached = self._attached(archive, [others[name] for name in named.wanted(content)])
                    yield notes.submission(info.filename, content, attached, self._received)
                for name in named.unused():
                    self._leave_out(others[name].filename, _UNUSED)

    def _directories(
        self, archive: zipfile.ZipFile
    ) -> Iterator[tuple[list[zipfile.ZipInfo], dict[str, zipfile.ZipInfo]]]:
        """The XML of each directory, in the order of the archive, and its other files by name."""
        directories: dict[str, tuple[list[zipfile.ZipInfo], dict[str, zipfile.ZipInfo]]] = {}
        seen: set[str] = set()
        for info in archive.infolist():
            name = info.filename
            if (
                (info.is_dir() and not info.file_size)
                or name in (MANIFEST, RECEIVED)
                or any(_is_junk(part) for part in name.split("/"))
            ):
                continue
            trick = _trick(info) or ("its name stands in the zip twice." if name in seen else None)
            if trick:
                self._leave_out(name, trick)
                continue
            seen.add(name)
            directory, _, last = name.rpartition("/")
            xml, others = directories.setdefault(directory, ([], {}))
            if _is_xml(name):
                xml.append(info)
            else:
                others[last] = info
        yield from directories.values()

    def _attached(self, archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo]) -> list[Attachment]:
        found = []
        for info in infos:
            try:
                content = _read_member(archive, info, ATTACHMENT_LIMIT)
                found.append(Attachment(name=PurePosixPath(info.filename).name, content=content))
            except _LeftOutError as reason:
                self._leave_out(info.filename, str(reason))
        return found

    def _leave_out(self, member: str, detail: str) -> None:
        self._report(finding("source.member", At(file=self.path.name), member=_printable(member), detail=detail))


class _Named:
    """Which files of a directory the XML in it names, and which no XML did."""

    def __init__(self, names: list[str]) -> None:
        self._patterns = {name: f">{name}<".encode() for name in names}
        self._used: set[str] = set()

    def wanted(self, xml: bytes) -> list[str]:
        found = [name for name, pattern in self._patterns.items() if pattern in xml]
        self._used.update(found)
        return found

    def unused(self) -> list[str]:
        return [name for name in self._patterns if name not in self._used]


class _Notes:
    """What an archive says of its own files: a simulated mark, and when each file was received from whom."""

    def __init__(self, name: str, open_note: Callable[[str], IO[bytes] | None], report: Report) -> None:
        self._source = f"archive:{name}"
        self._received: dict[str, tuple[datetime | None, str | None]] = {}
        try:
            self._read_manifest(open_note)
            self._read_received(open_note)
        except (ValueError, KeyError, TypeError, AttributeError, csv.Error, OSError, zipfile.BadZipFile, zlib.error):
            detail = "it does not say when each file was received; the time of this import is taken instead."
            report(finding("source.member", At(file=name), member=RECEIVED, detail=detail))
            self._received = {}

    def submission(self, member: str, xml: bytes, attachments: Sequence[Attachment], received: datetime) -> Submission:
        when, submitter = self._received.get(member, (None, None))
        return Submission(
            xml=xml,
            source=self._source,
            received=when or received,
            file=_printable(member),
            submitter=submitter,
            attachments=tuple(attachments),
        )

    def _read_manifest(self, open_note: Callable[[str], IO[bytes] | None]) -> None:
        file = open_note(MANIFEST)
        if file is not None:
            with file:
                mark = json.loads(file.read(XML_LIMIT)).get("mark")
            self._source = str(mark) if mark else self._source

    def _read_received(self, open_note: Callable[[str], IO[bytes] | None]) -> None:
        file = open_note(RECEIVED)
        if file is None:
            return
        with file:
            text = file.read(_LISTING_LIMIT).decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(text, newline="")):
            when = datetime.fromisoformat(row["received"]) if row["received"] else None
            if when is not None and when.tzinfo is None:
                raise ValueError(row["received"])
            self._received[row["file"]] = (when, row["submitter"] or None)


_UNUSED = "it is no .xml, and no submission in its folder names it."


def _member(archive: zipfile.ZipFile, name: str) -> IO[bytes] | None:
    try:
        return archive.open(name)
    except KeyError:
        return None


def _read_file(path: Path, limit: int) -> bytes:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _LeftOutError("it is a link or a device, not a file.")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise _LeftOutError(f"{error.strerror or 'it cannot be opened'}.") from error
    if len(content) > limit:
        raise _LeftOutError(_too_large(limit))
    return content


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    if info.flag_bits & 0x1:
        raise _LeftOutError("it is encrypted; make the zip again without a password.")
    if info.file_size > limit:
        raise _LeftOutError(_too_large(limit))
    try:
        with archive.open(info) as file:
            content = file.read(limit)
            more = file.read(1)  # to the end: that is what makes zipfile compare the checksum
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _LeftOutError(f"it cannot be unpacked ({str(error) or 'it is cut short'}).") from error
    if more:
        raise _LeftOutError(_too_large(limit))
    return content


def _too_large(limit: int) -> str:
    return f"it is larger than {limit // 1_000_000} MB."


def _is_xml(name: str) -> bool:
    return name.lower().endswith(".xml")


def _is_junk(name: str) -> bool:
    return name in _JUNK or name.startswith("._")


def _entries(path: Path, comment: int) -> int:
    """How many members a zip says it has, which zipfile does not compare with those it finds."""
    with path.open("rb") as file:
        file.seek(-(_END_RECORD + comment), os.SEEK_END)
        return int.from_bytes(file.read(_END_RECORD)[10:12], "little")


def _trick(info: zipfile.ZipInfo) -> str | None:
    """What is wrong with a member's name, or None; nothing is written by its name, but an honest zip has none of it."""
    name = info.filename
    if name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name or not name.isprintable():
        return "its name leads out of the zip."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, not a file."
    return None


def _printable(name: str) -> str:
    if name.isprintable():
        return name[:200]
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:200]
