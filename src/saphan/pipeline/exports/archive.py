"""Files made in one pass and put into a zip: each grows in a nameless file, so that nothing readable is left by a kill.

Zips are written here because `zipfile` writes one member at a time, and the tables of a form grow together.
Format: PKWARE APPNOTE 6.3.10, with the 64-bit records where a member or the place of one needs them.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

_LEVEL = 1  # a fifth of the work of 6 for a tenth more bytes
_DATE = (1980 - 1980) << 9 | 1 << 5 | 1  # no clock: the same answers give the same bytes
_UTF8 = 1 << 11
_MOST = 0xFFFFFFFF
_BLOCK = 1 << 20


class Member:
    """One file of the archive to be, a binary file to write to; `deflate` is False for what is compressed already."""

    def __init__(self, name: str, folder: Path, *, deflate: bool = True) -> None:
        self.name, self.folder = name, folder
        self.size = self.check = 0
        self.packed = 0
        self.method = zlib.DEFLATED if deflate else 0
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS) if deflate else None
        self._file = cast(BinaryIO, tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 - closed by `close`
        self.closed = False

    def write(self, data: bytes) -> int:
        """Add to the file."""
        view = memoryview(data).cast("B")
        self.check = zlib.crc32(view, self.check)
        self.size += view.nbytes
        self._put(self._deflate.compress(view) if self._deflate else view)
        return view.nbytes

    def tell(self) -> int:
        """How many bytes were written."""
        return self.size

    def flush(self) -> None:
        """Nothing: what was written is kept until `into`."""

    def writable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is not."""
        return False

    def seekable(self) -> bool:
        """It is not."""
        return False

    def into(self, archive: BinaryIO) -> None:
        """Copy what was written, as it is compressed, into an archive."""
        self.finish()
        self._file.seek(0)
        shutil.copyfileobj(self._file, archive, _BLOCK)

    def finish(self) -> None:
        """End the compression, so that the sizes are known."""
        if self._deflate is not None:
            self._put(self._deflate.flush())
            self._deflate = None

    def close(self) -> None:
        """Writers of formats close what they wrote to; the content stays."""

    def discard(self) -> None:
        """Let the content go."""
        self._file.close()

    def _put(self, data: bytes | memoryview) -> None:
        self.packed += len(data)
        self._file.write(data)


def write(archive: BinaryIO, members: Sequence[Member]) -> None:
    """The members as one zip, in their order."""
    directory = []
    for member in members:
        member.finish()
        name, start = member.name.encode("utf-8", "replace"), archive.tell()
        large = member.size >= _MOST or member.packed >= _MOST
        version = 45 if large or start >= _MOST else 20
        sizes = (_MOST, _MOST) if large else (member.packed, member.size)
        extra = struct.pack("<HHQQ", 1, 16, member.size, member.packed) if large else b""
        common = (version, _UTF8, member.method, 0, _DATE, member.check, *sizes, len(name))
        archive.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, *common, len(extra)) + name + extra)
        member.into(archive)
        place = start
        if start >= _MOST:
            whole = struct.pack("<QQ", member.size, member.packed) if large else b""
            extra = struct.pack("<HH", 1, len(whole) + 8) + whole + struct.pack("<Q", start)
            place = _MOST
        directory.append(
            struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, version, *common, len(extra), 0, 0, 0, 0, place)
            + name
            + extra
        )
    start = archive.tell()
    listed = b"".join(directory)
    archive.write(listed)
    if start >= _MOST:
        end = archive.tell()
        count = len(members)
        archive.write(struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(listed), start))
        archive.write(struct.pack("<IIQI", 0x07064B50, 0, end, 1))
    count = len(members)
    archive.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(listed), min(start, _MOST), 0))
