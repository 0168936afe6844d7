"""The files of a backup: archives that are whole or refused, a table of keys, sealed snapshots. See ADR 0014.

TARGET/20260301T093000Z-0000000042.saphan   one for each backup: rows, mission folder, hashes; no key opens from it
TARGET/keys.table                           the wrapped keys of all that is not erased; replaced by each backup
TARGET/attachments/<hash>                   encrypted files, each once
TARGET/snapshots/<name>                     snapshots, each under a key of its own that the table holds
TARGET/mission.keys                         the mission's keys under a passphrase, if that was asked for
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import msgspec

from saphan.core import digest
from saphan.core.problem import At, Problem, problem
from saphan.register.accounts.model import Head
from saphan.register.intake import sealing
from saphan.register.intake.model import Keyring

ENDING = ".saphan"
TABLE, KEYS, ATTACHMENTS, SNAPSHOTS = "keys.table", "mission.keys", "attachments", "snapshots"
_MANIFEST, _WITNESS = "manifest.json", "manifest.witness"
_LENGTH = 4  # bytes before each batch of rows that say how long it is
_BATCH = 1000
_SEAL = 32  # bytes at the end of an archive
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, NotImplementedError)


@dataclass(frozen=True, kw_only=True)
class TableOf:
    """A table of an archive: its label, its columns and how many rows."""

    label: str
    fields: tuple[str, ...]
    rows: int

    @property
    def member(self) -> str:
        """The name of its rows in the archive."""
        return f"tables/{self.label}"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What an archive holds: `files` is the SHA-256 of every member."""

    format: int = 1
    program: str
    mission: str
    made: datetime
    head: Head
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[TableOf, ...]
    submissions: int
    erased: int
    snapshots: tuple[str, ...]
    files: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class KeyTable:
    """The wrapped keys of everything in a folder of backups that may still be read, as of the audit line `head`."""

    mission: str
    head: Head
    submissions: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # instance -> (what wrapped it, wrapped)
    snapshots: dict[str, tuple[str, bytes]] = field(default_factory=dict)


class Writer:
    """Writes one archive beside its place; `finish` puts it there."""

    def __init__(self, folder: Path) -> None:
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".partial", dir=folder)
        self.partial = Path(name)
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", allowZip64=True)
        self.files: dict[str, str] = {}

    def add(self, member: str, pieces: Iterable[bytes]) -> None:
        """Add a member, piece by piece."""
        run = hashlib.sha256()
        with self._zip.open(zipfile.ZipInfo(member), "w", force_zip64=True) as into:
            for piece in pieces:
                run.update(piece)
                into.write(piece)
        self.files[member] = run.hexdigest()

    def finish(self, manifest: Manifest, keyring: Keyring, path: Path) -> None:
        """Write the manifest and what the keys say of it, and put the archive in its place, on the disk."""
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        self._zip.writestr(zipfile.ZipInfo(_MANIFEST), content)
        self._zip.writestr(zipfile.ZipInfo(_WITNESS), sealing.witness(keyring, content))
        self._zip.comment = bytes(_SEAL)
        self._zip.close()
        # Over every byte of the file, in the comment at its end: what no hash of a member covers is covered too.
        self._file.seek(-_SEAL, os.SEEK_END)
        end = self._file.tell()
        seal = sealing.witness(keyring, _hash(self._file, end))
        self._file.seek(end)
        self._file.write(seal)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.partial.replace(path)
        sync(path.parent)

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self.partial.unlink(missing_ok=True)


class Archive:
    """An archive that was looked through: every member is there, and is what was written."""

    def __init__(self, path: Path, keyring: Keyring) -> None:
        """Problem "backup.damaged" or "backup.keys"; nothing is written by looking."""
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            content, said = self._zip.read(_MANIFEST), self._zip.read(_WITNESS)
            self.manifest = msgspec.json.decode(content, type=Manifest)
        except (*_DAMAGE, msgspec.MsgspecError) as error:
            raise _damaged(path, f"{type(error).__name__}, {str(error)[:100]}") from None
        if not hmac.compare_digest(said, sealing.witness(keyring, content)):
            raise problem("backup.keys", At(file=path.name))
        with path.open("rb") as file:
            end = max(path.stat().st_size - _SEAL, 0)
            seal = sealing.witness(keyring, _hash(file, end))
            if not hmac.compare_digest(file.read(), seal):
                raise _damaged(path, "a byte of it was altered.")
        names = [info.filename for info in self._zip.infolist()]
        expected = {*self.manifest.files, _MANIFEST, _WITNESS}
        if len(names) != len(expected) or set(names) != expected:
            raise _damaged(path, "its list of contents is not that of its manifest.")
        for member, known in self.manifest.files.items():
            try:
                with self._zip.open(member) as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
            except _DAMAGE:
                found = ""
            if found != known:
                raise _damaged(path, f"{member} was altered or cut short.")

    def open(self, member: str) -> IO[bytes]:
        """A member, to read."""
        return self._zip.open(member)

    def rows(self, table: TableOf) -> Iterator[list[Any]]:
        """The rows of a table."""
        with self.open(table.member) as file:
            while length := file.read(_LENGTH):
                yield from msgspec.msgpack.decode(file.read(int.from_bytes(length, "big")))

    def below(self, folder: str) -> list[str]:
        """The members in a folder of the archive."""
        return [member for member in self.manifest.files if member.startswith(f"{folder}/")]


def packed(rows: Iterable[Any]) -> Iterator[bytes]:
    """Rows as the pieces of a member."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _BATCH:
            yield _batch(batch)
            batch = []
    if batch:
        yield _batch(batch)


def read_table(folder: Path, keyring: Keyring) -> KeyTable | None:
    """The table of keys, or None if there is none yet; Problem "backup.keys" or "backup.damaged"."""
    path = folder / TABLE
    if not path.is_file():
        return None
    content = path.read_bytes()
    if not hmac.compare_digest(content[:32], sealing.witness(keyring, content[32:])):
        raise problem("backup.keys", At(file=str(path)))
    try:
        return msgspec.msgpack.decode(content[32:], type=KeyTable)
    except msgspec.MsgspecError:
        raise _damaged(path, "the table of keys cannot be read.") from None


def write_table(folder: Path, table: KeyTable, keyring: Keyring) -> None:
    """Replace the table of keys, whole or not at all: with the old one go the keys of what was erased."""
    content = msgspec.msgpack.encode(table)
    put(folder / TABLE, sealing.witness(keyring, content) + content)


def seal_folder(folder: Path, key: bytes) -> bytes:
    """A folder as one encrypted piece, bound to the folder's name."""
    packed_up = io.BytesIO()
    with zipfile.ZipFile(packed_up, "w") as into:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            into.write(path, path.relative_to(folder).as_posix())
    return sealing.encrypt(key, folder.name, "snapshot", packed_up.getvalue())


def open_folder(sealed: bytes, key: bytes, name: str) -> zipfile.ZipFile:
    """What `seal_folder` was given, as a zip; Problem "backup.damaged"."""
    try:
        return zipfile.ZipFile(io.BytesIO(sealing.decrypt(key, name, "snapshot", sealed)))
    except Problem:
        raise problem("backup.damaged", detail=f"the snapshot {name} was altered or cut short.") from None


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and on the disk, readable by its owner only."""
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".partial", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(folder: Path) -> None:
    """Bring a folder's list of names onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other backups out of the folder; what an earlier one left half-written is cleared. Problem "backup.busy"."""
    import fcntl  # noqa: PLC0415 - absent on Windows, where everything else here works

    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise problem("backup.busy", At(file=str(folder))) from None
        for path in [*folder.glob(".*.partial"), *folder.glob("*/.*.partial")]:
            path.unlink(missing_ok=True)
        yield


def is_attachment(path: Path) -> bool:
    """Whether an encrypted file is whole: it is named by its own hash."""
    return path.is_file() and digest.of_file(path) == path.name


def _hash(file: IO[bytes], end: int) -> bytes:
    """SHA-256 of a file's first `end` bytes; leaves the file there."""
    file.seek(0)
    run = hashlib.sha256()
    while end and (piece := file.read(min(end, 1 << 20))):
        run.update(piece)
        end -= len(piece)
    return run.digest()


def _batch(rows: list[Any]) -> bytes:
    content = msgspec.msgpack.encode(rows)
    return len(content).to_bytes(_LENGTH, "big") + content


def _damaged(path: Path, detail: str) -> Problem:
    return problem("backup.damaged", At(file=path.name), detail=detail)
