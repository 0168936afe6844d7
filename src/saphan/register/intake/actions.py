"""Writes of submissions: receive, correct, review, erase, and the change of keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from saphan.collect.forms.model import Value
from saphan.core.problem import At, Finding, finding, problem
from saphan.register import boot
from saphan.register.accounts.actions import acting
from saphan.register.accounts.model import Actor, Permission
from saphan.register.accounts.tables import AuditLine
from saphan.register.boot import bulk
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import queries, receiving, rules, sealing
from saphan.register.intake.model import Correction, Decryption, Receipt, Refused, Sealed, Standing, Vault
from saphan.register.intake.tables import Answers, Attachment, Decrypted, Erasure, Issue, Original, Review, Submission
from saphan.register.intake.tables import Correction as CorrectionRow


def receive(
    batch: Sequence[Sealed], refused: Sequence[Refused] = (), *, vault: Vault, by: Actor, at: datetime
) -> Receipt:
    """Store a batch of sealed submissions, all or nothing; once this returns, the batch survives a kill.

    The same id with the same bytes is one submission (files that it lacked are added); the same id with other bytes
    is refused, and so are `refused` recorded: by digest and reason, their content stays with the sender. The order in
    which submissions and their edits arrive makes no difference, except between contents that claim one id and edits
    that claim one version: there the first to arrive stands. What one who practises sends is kept as practice.
    Problem "access.denied".
    """
    with acting("intake.receive", Permission.RECEIVE, by=by, at=at) as act:
        taken = receiving.store(batch, line=act.line, vault=vault, practice=by.practice)
        receipt = receiving.refuse(taken, refused, line=act.line)
        act.subject = f"{receipt.stored} submissions"
        act.facts = {
            "stored": receipt.stored,
            "duplicates": receipt.duplicates,
            "refused": len(receipt.refused),
            "digest": sealing.batch_digest([(one.instance, one.digest) for one in taken.stored]),
            "attachments": sealing.batch_digest(taken.attachments),
        }
        if by.practice:
            act.facts = {**act.facts, "practice": True}
        act.changes = receipt.stored
    return receipt


def decrypt(batch: Sequence[Decryption], *, vault: Vault, by: Actor, at: datetime) -> tuple[int, list[Finding]]:
    """Add what was inside submissions that phones encrypted, as their readable content.

    Returns how many were new, and the faults of edits that cannot be taken; those wait as they were sent.

    The encrypted bytes stay as sent, the media lie beside them under the names that the XML calls them. One that was
    decrypted or erased in the meantime is passed over. Problem "intake.unknown", "access.denied".
    """
    with acting("intake.decrypt", Permission.DECRYPT, by=by, at=at) as act:
        done, faults = [], []
        taken = receiving.Taken()
        for one in sorted(batch, key=lambda one: one.instance):
            submission = queries.lock(one.instance)
            if submission.wrapped_key is None or Answers.objects.filter(submission=submission).exists():
                continue
            if fault := receiving.edit_fault(one, practice=submission.practice):
                faults.append(finding(fault, At(instance=one.instance)))
                continue
            _decrypted(submission, one, taken, act.line, vault)
            done.append((one.instance, hashlib.sha256(one.xml).digest()))
        act.subject, act.changes = f"{len(done)} submissions", len(done)
        act.facts = {
            "decrypted": len(done),
            "digest": sealing.batch_digest(done),
            "attachments": sealing.batch_digest(taken.attachments),
        }
    return len(done), faults


def correct(
    instance: str, place: str, *, old: Value, new: Value, why: str, vault: Vault, by: Actor, at: datetime
) -> None:
    """Correct one answer (`column`, or `table[row].column`) by an added row; what was sent stays as it is.

    Problem "intake.unknown", "intake.erased", "intake.place", "intake.value", "intake.stale" (the old value given is
    not what stands there now), "access.denied".
    """
    with acting("intake.correct", Permission.CORRECT, by=by, at=at) as act:
        submission = queries.lock(instance)
        form = fieldwork.forms()[submission.form.form, submission.form.version]
        reading = queries.reading(submission, form, vault)
        table, row, column = rules.place(form, reading, place)
        rules.require_fit(form, table, column, new)
        if rules.value(form, reading, table, row, column) != old:
            raise problem("intake.stale", At(column=column, instance=instance))
        (id_,) = bulk.reserve(CorrectionRow, 1)
        correction = Correction(table=table, row=row, column=column, old=old, new=new, why=why)
        key = queries.submission_key(submission, vault)
        CorrectionRow.objects.create(
            id=id_,
            submission=submission,
            table=table,
            row=row,
            column=column,
            ciphertext=sealing.seal_correction(key, instance, id_, correction),
            line=act.line,
        )
        act.subject, act.facts, act.changes = instance, {"place": f"{table}[{row}].{column}"}, 1


def review(instance: str, standing: Standing, *, why: str, by: Actor, at: datetime) -> None:
    """Say how a submission stands; a rejected one reaches no frame until it is reopened or approved.

    `why` is kept in the audit chain: it names no person. Problem "intake.unknown", "access.denied".
    """
    with acting("intake.review", Permission.REVIEW, by=by, at=at) as act:
        submission = queries.lock(instance)
        Review.objects.create(submission=submission, standing=standing, line=act.line)
        act.subject, act.facts, act.changes = instance, {"standing": standing, "why": why}, 1


def erase(instance: str, *, why: str, vault: Vault, by: Actor, at: datetime) -> int:
    """Erase a submission with every version of it; returns how many. Ids, digests and tombstones remain.

    The wrapped keys and all ciphertexts are deleted (SQLite overwrites them; backups and PostgreSQL's old pages hold
    only what the mission's key wraps, and `rewrap` ends that). `why` is kept in the audit chain: it names no
    person. Problem "intake.unknown", "access.denied".
    """
    with acting("intake.erase", Permission.ERASE, by=by, at=at) as act:
        versions = queries.versions(instance)
        files = _erase(versions, act.line)
        act.subject, act.changes = instance, len(versions)
        act.facts = {"why": why, "versions": len(versions), "files": len(files)}
    receiving.forget(files, vault)
    boot.settle()
    return len(versions)


def settle_restored(facts: Mapping[str, object], *, vault: Vault, by: Actor, at: datetime) -> int:
    """End a restore: what has content but no key any more is erased as any; returns how many submissions were.

    Their keys were destroyed after the backup was made. `facts` say in the audit chain what was restored. Problem
    "access.denied".
    """
    with acting("intake.restore", Permission.RESTORE, by=by, at=at) as act:
        lost = list(Submission.objects.filter(wrapped_key__isnull=True, erasure__isnull=True).order_by("instance"))
        files = _erase(lost, act.line)
        act.subject, act.changes = "backup", len(lost)
        act.facts = {**facts, "erased since": len(lost)}
    receiving.forget(files, vault)
    boot.settle()
    return len(lost)


def rewrap(*, vault: Vault, by: Actor, at: datetime) -> int:
    """Wrap every submission's key again under the keyring's current key; returns how many were wrapped by a former one.

    Afterwards the former keys open nothing that is in use, only what lies in old backups: they may be destroyed.
    Problem "key.missing", "access.denied".
    """
    with acting("intake.rewrap", Permission.CHANGE_KEYS, by=by, at=at) as act:
        wrapped = receiving.rewrap(vault)
        act.subject, act.facts = sealing.key_id(vault.keyring.current), {"submissions": wrapped}
    boot.settle()
    return wrapped


def export(form: str, facts: Mapping[str, object], *, confidential: bool, by: Actor, at: datetime) -> None:
    """Say in the audit chain that answers of a form leave the register: how many, as what, which were left out.

    Called when they are ready to leave and before they do, so that none leaves untold. Problem "access.denied".
    """
    with acting(
        "intake.export", Permission.EXPORT_CONFIDENTIAL if confidential else Permission.EXPORT, by=by, at=at
    ) as act:
        act.subject, act.facts = form, facts


def _decrypted(submission: Submission, one: Decryption, taken: receiving.Taken, line: AuditLine, vault: Vault) -> None:
    """Write the content of one submission that holds none yet."""
    key = queries.submission_key(submission, vault)
    Answers.objects.create(submission=submission, ciphertext=sealing.seal_answers(key, one.reading))
    Decrypted.objects.create(
        submission=submission, ciphertext=sealing.seal_decrypted(key, one.instance, one.xml), line=line
    )
    Issue.objects.bulk_create(
        Issue(
            submission=submission,
            check_name=issue.check,
            severity=issue.severity,
            table=issue.table,
            row=issue.row,
            column=issue.column,
        )
        for issue in one.issues
    )
    there = set(Attachment.objects.filter(submission=submission).values_list("name", flat=True))
    files = [sealing.seal_attachment(key, one.instance, file) for file in one.attachments if file.name not in there]
    receiving.write_attachments(submission.pk, one.instance, files, taken, line, vault)
    submission.consented, submission.deprecates = one.reading.consented, one.deprecates
    submission.save(update_fields=["consented", "deprecates"])


def _erase(versions: Sequence[Submission], line: AuditLine) -> list[str]:
    """Delete what submissions hold and leave tombstones; returns the names of the files to delete after the commit."""
    rows = Submission.objects.filter(pk__in=[version.pk for version in versions])
    files = list(Attachment.objects.filter(submission__in=versions).values_list("file", flat=True))
    for table in (Answers, Original, Decrypted, Attachment, CorrectionRow, Issue):
        table.objects.filter(submission__in=versions).delete()
    rows.update(wrapped_key=None, key_id="", submitter=None, source="")
    Erasure.objects.bulk_create((Erasure(submission=version, line=line) for version in versions), ignore_conflicts=True)
    return files
