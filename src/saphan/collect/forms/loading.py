"""The forms of a mission: converted once, kept by the hash of their file, and checked together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from saphan.collect.forms.model import Form
from saphan.core import digest
from saphan.core.problem import At, Finding, Problem, finding
from saphan.mission.model import Mission

# Part of every key: a change in what conversion gives must change it.
VERSION = "1"

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Form)


def load(mission: Mission, *, cache: Path | None = None, only: Collection[str] | None = None) -> Mapping[str, Form]:
    """The mission's forms by id, from `forms/*.xlsx`; Problem with every finding if anything is wrong.

    `cache` is a folder where converted forms may be kept; with it, files that have not changed are not converted again.
    `only` names the files that are wanted, without their ending.
    """
    forms, findings = find(mission, cache=cache, only=only)
    if findings:
        raise Problem(findings)
    return forms


def find(
    mission: Mission, *, cache: Path | None = None, only: Collection[str] | None = None
) -> tuple[Mapping[str, Form], tuple[Finding, ...]]:
    """The mission's forms by id as far as they can be had, and everything found wrong in them, in one pass."""
    forms: dict[str, Form] = {}
    files: dict[str, str] = {}
    findings: list[Finding] = []
    for path in sorted((mission.folder / "forms").glob("*.xlsx")):
        if path.name.startswith("~$"):  # Excel's lock file beside a workbook that is open
            continue
        if only is not None and path.stem not in only:
            continue
        name = f"forms/{path.name}"
        form, found = _one(path, name, mission.languages, cache)
        findings.extend(found)
        if form is None:
            continue
        if form.id in forms:
            findings.append(finding("form.twice", At(file=name, sheet="settings"), id=form.id, other=files[form.id]))
        forms.setdefault(form.id, form)
        files.setdefault(form.id, name)
    return forms, tuple(findings)


def from_xlsx(source: Path | bytes, *, languages: tuple[str, ...] = (), file: str | None = None) -> Form:
    """One form from an XLSX file or its bytes; Problem with every finding if anything is wrong.

    `languages` are those it must be written in; `file` names it in messages. It may lack a form concept, which only a
    mission's rounds need.
    """
    data = source.read_bytes() if isinstance(source, Path) else source
    name = file or (source.name if isinstance(source, Path) else "form.xlsx")
    form, findings = _convert(data, name, languages)
    findings = tuple(each for each in findings if each.code != "form.no-concept")
    if findings or form is None:
        raise Problem(findings)
    return form


def encode(form: Form) -> bytes:
    """A form as MessagePack, as it is kept with a published version."""
    return _ENCODER.encode(form)


def decode(data: bytes) -> Form:
    """The form that `encode` wrote; msgspec.DecodeError or ValidationError if it is none."""
    return _DECODER.decode(data)


def _one(
    path: Path, name: str, languages: tuple[str, ...], cache: Path | None
) -> tuple[Form | None, tuple[Finding, ...]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, (finding("form.broken", At(file=name), detail=error.strerror or str(error)),)
    kept = cache / f"{digest.of_value([VERSION, digest.of_bytes(data), languages])}.form" if cache else None
    if kept is not None and kept.is_file():
        try:
            return decode(kept.read_bytes()), ()
        except msgspec.MsgspecError:
            pass  # written by another version, or cut short: it is made anew below
    form, findings = _convert(data, name, languages)
    if kept is not None and form is not None and not findings:
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(".partial")
        partial.write_bytes(encode(form))
        partial.replace(kept)
    return form, findings


def _convert(data: bytes, name: str, languages: tuple[str, ...]) -> tuple[Form | None, tuple[Finding, ...]]:
    # Imported here since pyxform and openpyxl take half a second, and a build with nothing changed needs neither.
    from saphan.collect.forms import converting  # noqa: PLC0415

    conversion = converting.convert(data, name, languages)
    return conversion.form, conversion.findings
