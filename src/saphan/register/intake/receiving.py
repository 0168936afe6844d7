"""How a batch becomes rows: once each, in bulk, whatever the order of arrival."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from saphan.core.problem import At, finding
from saphan.register.accounts.tables import AuditLine
from saphan.register.boot import bulk
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import sealing
from saphan.register.intake.model import Receipt, Refused, Sealed, SealedAttachment, Vault
from saphan.register.intake.tables import Answers, Attachment, Issue, Original, Refusal, Submission

_SUBMISSION = (
    "id", "instance", "deprecates", "form", "digest", "size", "received", "source", "submitter",
    "practice", "consented", "key_id", "wrapped_key", "line",
)  # fmt: skip
_CONTENT = ("submission", "ciphertext")
_ISSUE = ("submission", "check_name", "severity", "table", "row", "column")
_ATTACHMENT = ("submission", "name", "digest", "size", "file", "line")
_REFUSAL = ("digest", "code", "instance", "source", "reason", "received", "line")


@dataclass(kw_only=True)
class Taken:
    """What became of each submission of a batch so far."""

    stored: list[Sealed] = field(default_factory=list)
    duplicates: int = 0
    refused: list[Refused] = field(default_factory=list)
    attachments: list[tuple[str, bytes]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is stored under an id: its row, the digest of its bytes, the key of its content (none once erased)."""

    id: int
    digest: bytes
    deprecates: str | None
    practice: bool
    key_id: str
    wrapped_key: bytes | None


def store(batch: Sequence[Sealed], *, line: AuditLine, vault: Vault, practice: bool) -> Taken:
    """Write what is new in a batch, as practice or not, inside the transaction of the act whose line is `line`."""
    taken = Taken()
    waiting = list(batch)
    while waiting:
        new = _new(waiting, taken, line, vault, practice)
        written = _write(new, taken, line, vault, practice)
        # What another receiver wrote in the meantime is now known: look at it again.
        waiting = [one for one in new if one.instance not in written]
    return taken


def refuse(taken: Taken, refused: Iterable[Refused], *, line: AuditLine) -> Receipt:
    """Record what was not taken (once for each digest and reason) and sum up the batch."""
    everything = (*taken.refused, *refused)
    rows = [
        Refusal(
            digest=one.digest,
            code=one.code,
            instance=one.instance,
            source=one.source,
            reason=one.reason,
            received=one.received,
            line=line,
        )
        for one in sorted(everything, key=lambda one: (one.digest, one.code))
    ]
    Refusal.objects.bulk_create(rows, ignore_conflicts=True)
    return Receipt(
        stored=len(taken.stored),
        duplicates=taken.duplicates,
        quarantined=sum(one.consented is False for one in taken.stored),
        issues=sum(len(one.issues) for one in taken.stored),
        refused=everything,
    )


def forget(files: Iterable[str], vault: Vault) -> None:
    """Delete encrypted files whose keys are destroyed."""
    for name in files:
        (vault.attachments / name).unlink(missing_ok=True)


def rewrap(vault: Vault) -> int:
    """Wrap under the current key what a former one wrapped; returns how many."""
    current = sealing.key_id(vault.keyring.current)
    unwrap = sealing.Unwrapper(vault.keyring)
    rows = Submission.objects.select_for_update().filter(wrapped_key__isnull=False).exclude(key_id=current)
    wrapped = 0
    for row in rows.order_by("instance").only("id", "instance", "key_id", "wrapped_key"):
        key = unwrap(row.key_id, row.instance, bytes(row.wrapped_key))
        again = sealing.wrap(vault.keyring, row.instance, key)
        Submission.objects.filter(pk=row.pk).update(key_id=current, wrapped_key=again)
        wrapped += 1
    return wrapped


def _new(waiting: Sequence[Sealed], taken: Taken, line: AuditLine, vault: Vault, practice: bool) -> list[Sealed]:
    """Those of a batch whose ids are not known; the others are counted or refused."""
    _lock([one.deprecates for one in waiting if one.deprecates])
    known = _known([one.instance for one in waiting] + [one.deprecates for one in waiting if one.deprecates])
    edits = _Edits(waiting, known, practice)
    fresh: dict[str, Sealed] = {}
    with_files: list[Sealed] = []
    for one in waiting:
        first = fresh.get(one.instance)
        there = known.get(one.instance)
        if first is None and there is None:
            fault = edits.fault(one)
            if fault:
                taken.refused.append(_refused(one, fault))
            else:
                fresh[one.instance] = one
        elif there is not None and there.wrapped_key is None:
            taken.refused.append(_refused(one, "intake.erased"))
        elif (there.digest if there else first.digest if first else None) != one.digest:
            taken.refused.append(_refused(one, "intake.conflict"))
        else:
            taken.duplicates += 1
            if one.attachments and there:
                with_files.append(one)
            elif one.attachments and first:
                fresh[one.instance] = _joined(first, one, vault)
    _add_missing(with_files, taken, line, vault)
    return list(fresh.values())


def _lock(instances: Sequence[str]) -> None:
    """Keep others from erasing, or adding files to, what a batch builds upon; SQLite does so by itself."""
    list(Submission.objects.select_for_update().filter(instance__in=instances).order_by("instance").values("id"))


def _known(instances: Sequence[str]) -> dict[str, _Known]:
    fields = ("instance", "id", "digest", "deprecates", "practice", "key_id", "wrapped_key")
    return {
        instance: _Known(
            id=id_,
            digest=bytes(digest),
            deprecates=deprecates,
            practice=bool(practice),
            key_id=key_id,
            wrapped_key=None if wrapped is None else bytes(wrapped),
        )
        for instance, id_, digest, deprecates, practice, key_id, wrapped in bulk.having(
            Submission, "instance", instances, fields
        )
    }


class Version(Protocol):
    """A submission as far as edits are concerned: its id, and that of the version it replaces."""

    @property
    def instance(self) -> str: ...

    @property
    def deprecates(self) -> str | None: ...


def edit_fault(one: Version, *, practice: bool) -> str | None:
    """Why a submission, of practice or not, cannot be the edit that it says it is, or None."""
    named = [one.instance, one.deprecates] if one.deprecates else [one.instance]
    return _Edits([one], _known(named), practice).fault(one)


class _Edits:
    """Which version replaces which, as far as a batch needs to know; versions form a line, never a fork or a ring."""

    def __init__(self, batch: Sequence[Version], known: Mapping[str, _Known], practice: bool) -> None:
        named = [one.deprecates for one in batch if one.deprecates]
        self._edit_of = dict(bulk.having(Submission, "deprecates", named, ("deprecates", "instance")))
        self._replaced_by = {edit: replaced for replaced, edit in self._edit_of.items()}
        self._known = known
        self._practice = practice

    def fault(self, one: Version) -> str | None:
        """Why an edit cannot be taken, or None; then it is counted among the edits."""
        replaced = one.deprecates
        if replaced is None:
            return None
        if self._edit_of.get(replaced, one.instance) != one.instance:
            return "intake.edited"
        if replaced in self._known and self._known[replaced].wrapped_key is None:
            return "intake.erased"
        if replaced in self._known and self._known[replaced].practice != self._practice:
            return "intake.practice"
        earlier: str | None = replaced
        while earlier is not None:
            if earlier == one.instance:
                return "intake.circular"
            earlier = self._replaced_by.get(earlier) or self._stored(earlier)
        self._edit_of[replaced], self._replaced_by[one.instance] = one.instance, replaced
        return None

    def _stored(self, instance: str) -> str | None:
        if instance in self._known:
            return self._known[instance].deprecates
        return Submission.objects.filter(instance=instance).values_list("deprecates", flat=True).first()


def _refused(one: Sealed, code: str, **facts: object) -> Refused:
    found = finding(code, At(instance=one.instance), **facts)
    return Refused(
        digest=one.digest,
        instance=one.instance,
        source=one.source,
        file=one.file,
        received=one.received,
        code=code,
        reason=f"{found.what} {found.remedy}",
    )


def _write(new: Sequence[Sealed], taken: Taken, line: AuditLine, vault: Vault, practice: bool) -> set[str]:
    """Write new submissions with their content; returns the ids of those that nobody else wrote first."""
    forms = fieldwork.keys()
    # In the order of ids, on which all receivers agree: none then waits for another that waits for it.
    order = sorted(new, key=lambda one: one.instance)
    keys = bulk.reserve(Submission, len(order))
    moments = {moment: bulk.moment(moment) for moment in {one.received for one in order}}
    rows = [
        (
            key, one.instance, one.deprecates, forms[one.form, one.version], one.digest, one.size,
            moments[one.received], one.source, one.submitter, practice, one.consented,
            one.key_id, one.wrapped_key, line.pk,
        )
        for key, one in zip(keys, order, strict=True)
    ]  # fmt: skip
    inserted = bulk.insert_new(Submission, _SUBMISSION, rows)
    stored = [(key, one) for key, one in zip(keys, order, strict=True) if key in inserted]
    bulk.insert(Original, _CONTENT, [(key, one.original) for key, one in stored])
    bulk.insert(Answers, _CONTENT, [(key, one.answers) for key, one in stored if one.answers is not None])
    bulk.insert(
        Issue,
        _ISSUE,
        [
            (key, issue.check, issue.severity, issue.table, issue.row, issue.column)
            for key, one in stored
            for issue in one.issues
        ],
    )
    for key, one in stored:
        if one.attachments:
            write_attachments(key, one.instance, one.attachments, taken, line, vault)
    taken.stored.extend(one for _, one in stored)
    return {one.instance for _, one in stored}


def write_attachments(
    key: int, instance: str, files: Sequence[SealedAttachment], taken: Taken, line: AuditLine, vault: Vault
) -> None:
    """Write files of the submission with this primary key, sealed under its key."""
    rows = [
        (key, file.name, file.digest, file.size, _keep(file.ciphertext, vault.attachments), line.pk) for file in files
    ]
    bulk.insert(Attachment, _ATTACHMENT, rows)
    taken.attachments.extend((f"{instance} {file.name}", file.digest) for file in files)


def _keep(ciphertext: bytes, folder: Path) -> str:
    """Write ciphertext under its own hash, whole and on the disk before its row is committed; returns the hash."""
    name = hashlib.sha256(ciphertext).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}"
    with partial.open("wb") as file:
        file.write(ciphertext)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / name)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return name


def _add_missing(again: Sequence[Sealed], taken: Taken, line: AuditLine, vault: Vault) -> None:
    """Add files that known submissions lack, as a phone sends them in several posts."""
    _lock([one.instance for one in again])
    known = _known([one.instance for one in again])
    unwrap = sealing.Unwrapper(vault.keyring)
    for one in again:
        there = known[one.instance]
        if there.wrapped_key is None:  # erased while this waited
            taken.refused.append(_refused(one, "intake.erased"))
            continue
        kept = dict(Attachment.objects.filter(submission=there.id).values_list("name", "digest"))
        for file in one.attachments:
            if file.name in kept and bytes(kept[file.name]) != file.digest:
                taken.refused.append(_refused(one, "intake.attachment", name=file.name))
        missing = [file for file in one.attachments if file.name not in kept]
        if missing:
            key = unwrap(there.key_id, one.instance, there.wrapped_key)
            write_attachments(there.id, one.instance, _rekeyed(one, missing, key, vault), taken, line, vault)


def _joined(first: Sealed, second: Sealed, vault: Vault) -> Sealed:
    """The first of two equal submissions with the files that only the second brought."""
    names = {file.name for file in first.attachments}
    missing = [file for file in second.attachments if file.name not in names]
    key = sealing.Unwrapper(vault.keyring)(first.key_id, first.instance, first.wrapped_key)
    return replace(first, attachments=(*first.attachments, *_rekeyed(second, missing, key, vault)))


def _rekeyed(one: Sealed, files: Sequence[SealedAttachment], key: bytes, vault: Vault) -> tuple[SealedAttachment, ...]:
    """Files sealed under the key that `one` was given on arrival, sealed again under the key that is kept."""
    arrived = sealing.Unwrapper(vault.keyring)(one.key_id, one.instance, one.wrapped_key)
    kinds = [(file, sealing.attachment_kind(file.name)) for file in files]
    return tuple(
        replace(
            file,
            ciphertext=sealing.encrypt(
                key, one.instance, kind, sealing.decrypt(arrived, one.instance, kind, file.ciphertext)
            ),
        )
        for file, kind in kinds
    )
