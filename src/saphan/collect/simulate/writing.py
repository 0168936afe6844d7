"""Writes simulated submissions as an archive that `sources.open` reads: a zip or a folder, the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from saphan.collect.forms.model import Submission
from saphan.collect.sources.archive import MANIFEST, RECEIVED

_IDENTIFIER = re.compile(rb"<instanceID>uuid:([0-9a-f-]{36})</instanceID>")
_FORM = re.compile(rb'<[^>?]+ id="([^"]+)"')
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say; real times are in received.csv


def write(submissions: Iterable[Submission], target: Path, *, received: bool = True) -> int:
    """Write submissions to `target`, a zip if its name ends in .zip and otherwise a new folder; how many there were.

    Members are `<form>/<uuid>.xml`, one arriving twice standing twice, with `received.csv` and `manifest.json` beside
    them. The same submissions give the same bytes. Without `received` the archive does not say when they were: that is
    then when it is imported. FileExistsError if the target exists.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ".zip":
        with zipfile.ZipFile(target, "x", compression=zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            return _write(submissions, lambda name, content: _put(archive, name, content), received=received)
    target.mkdir()
    return _write(submissions, lambda name, content: _save(target / name, content), received=received)


def _write(submissions: Iterable[Submission], put: Callable[[str, bytes], None], *, received: bool) -> int:
    listing = io.StringIO(newline="")
    rows = csv.writer(listing, lineterminator="\n")
    rows.writerow(["file", "received", "submitter"])
    times: dict[str, int] = {}
    marks: set[str] = set()
    for submission in submissions:
        form, identifier = _FORM.search(submission.xml), _IDENTIFIER.search(submission.xml)
        if form is None or identifier is None:
            raise ValueError("a submission without a form or an instance id cannot be filed")
        name = f"{form[1].decode()}/{identifier[1].decode()}"
        times[name] = times.get(name, 0) + 1
        file = f"{name}.xml" if times[name] == 1 else f"{name}-{times[name]}.xml"
        put(file, submission.xml)
        rows.writerow([file, submission.received.isoformat() if received else "", submission.submitter or ""])
        marks.add(submission.source)
    put(RECEIVED, listing.getvalue().encode())
    manifest = {"simulated": True, "mark": " ".join(sorted(marks)), "submissions": sum(times.values())}
    put(MANIFEST, json.dumps(manifest, indent=2, sort_keys=True).encode() + b"\n")
    return sum(times.values())


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.external_attr = 0o644 << 16
    archive.writestr(info, content, compress_type=zipfile.ZIP_DEFLATED, compresslevel=3)


def _save(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
