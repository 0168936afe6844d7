"""Writes of submissions: receive, correct, review, erase, and the change of keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from saphan.collect.forms.model import Value
from saphan.core.problem import At, problem
from saphan.register import boot
from saphan.register.accounts.actions import acting
from saphan.register.accounts.model import Actor, Permission
from saphan.register.boot import bulk
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import queries, receiving, rules, sealing
from saphan.register.intake.model import Correction, Receipt, Refused, Sealed, Standing, Vault
from saphan.register.intake.tables import Answers, Attachment, Erasure, Issue, Original, Review, Submission
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
        rows = Submission.objects.filter(pk__in=[version.pk for version in versions])
        files = list(Attachment.objects.filter(submission__in=versions).values_list("file", flat=True))
        for table in (Answers, Original, Attachment, CorrectionRow, Issue):
            table.objects.filter(submission__in=versions).delete()
        rows.update(wrapped_key=None, key_id="", submitter=None, source="")
        Erasure.objects.bulk_create(
            (Erasure(submission=version, line=act.line) for version in versions), ignore_conflicts=True
        )
        act.subject, act.changes = instance, len(versions)
        act.facts = {"why": why, "versions": len(versions), "files": len(files)}
    receiving.forget(files, vault)
    boot.settle()
    return len(versions)


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
