"""Reads of submissions: what is current, what it says, and whether anything has changed."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q

from saphan.collect.forms.model import Form, Reading
from saphan.core.problem import At, Problem, problem
from saphan.register.accounts.model import EVERYTHING, Scope
from saphan.register.accounts.tables import AuditLine
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import rules, sealing
from saphan.register.intake.model import Arrival, Counts, Record, Standing, Vault
from saphan.register.intake.tables import Answers, Attachment, Decrypted, Erasure, Issue, Original, Review, Submission
from saphan.register.intake.tables import Correction as CorrectionRow

_BATCH = 1000


def state() -> str:
    """A mark that changes whenever forms, submissions, corrections, reviews or erasures do.

    It is the hash of the latest line of the audit chain that changed something, and so commits to all before it.
    """
    return AuditLine.objects.filter(changes__gt=0).order_by("-sequence").values_list("hash", flat=True).first() or ""


def holds_content() -> bool:
    """Whether anything is kept that only the mission's keys open."""
    return Submission.objects.filter(wrapped_key__isnull=False).exists()


def first_arrival(form: str) -> Arrival | None:
    """When the first submission of any version of a form was received, and its place in the audit chain.

    Those superseded, rejected or erased since count too: what was once there may have been read. Practice does not.
    """
    first = Submission.objects.filter(form__form=form, practice=False).aggregate(
        received=Min("received"), taken=Min("line__at"), sequence=Min("line__sequence")
    )
    if first["sequence"] is None:
        return None
    return Arrival(at=min(first["received"], first["taken"]), sequence=first["sequence"])


def kept_from_before(moment: datetime) -> int:
    """How many submissions that were received before a moment still hold content."""
    return Submission.objects.filter(wrapped_key__isnull=False, received__lt=moment).count()


def erased(vault: Vault) -> frozenset[str]:
    """The pseudonyms under which submissions that were erased may still stand in snapshots."""
    edited = edits()
    instances = Erasure.objects.values_list("submission__instance", flat=True)
    return frozenset(sealing.pseudonym(vault.keyring, first_version(instance, edited)) for instance in instances)


def answers(form: str, vault: Vault, scope: Scope = EVERYTHING) -> Iterator[tuple[str, int, str, Reading]]:
    """What a form's submissions say now: (pseudonym, sequence, form version, reading), streamed in order of arrival.

    Corrections are laid over; left out are practice, versions that were edited since, the quarantined, the rejected
    and the erased. The reading carries the pseudonym as its id. `sequence` is that of the latest act on the
    submission, in the order of commits. Problem "key.missing" or "intake.altered".
    """
    if not scope.covers(form):
        return
    schemas = fieldwork.forms()
    rejected, corrections, edited = _rejected(form), _corrections(form), edits(practice=False)
    superseded = set(edited.values())
    unwrap = sealing.Unwrapper(vault.keyring)
    found = (
        Submission.objects.filter(
            form__form=form, practice=False, wrapped_key__isnull=False, answers__isnull=False
        )
        .order_by("id")
        .values_list(
            "id", "instance", "key_id", "wrapped_key", "line__sequence", "form__version", "consented",
            "answers__ciphertext",
        )
    )  # fmt: skip
    for id_, instance, wrapped_by, wrapped, sequence, version, consented, ciphertext in found.iterator(_BATCH):
        if id_ in rejected or instance in superseded or (consented is False and id_ not in corrections):
            continue
        key = unwrap(wrapped_by, instance, bytes(wrapped))
        reading = sealing.open_answers(key, instance, bytes(ciphertext))
        if id_ in corrections:
            rows = corrections[id_]
            laid = [sealing.open_correction(key, instance, row.id, bytes(row.ciphertext)) for row in rows]
            reading = rules.corrected(schemas[form, version], reading, laid)
            sequence = max(sequence, *(row.line.sequence or 0 for row in rows))
            if reading.consented is False:
                continue
        pseudonym = sealing.pseudonym(vault.keyring, first_version(instance, edited))
        yield pseudonym, sequence, version, replace(reading, instance=pseudonym, deprecates=None)


def records(
    form: str,
    vault: Vault,
    scope: Scope = EVERYTHING,
    *,
    since: datetime | None = None,
    superseded: bool = False,
    quarantined: bool = False,
    oldest_first: bool = True,
) -> Iterator[Record]:
    """A form's submissions for an officer, under their own ids, streamed; corrections are laid over, the rejected told.

    Left out are versions edited since (unless `superseded`), the quarantined (unless `quarantined`), the erased, and
    those that no act has touched at or after `since`. Problem "key.missing" or "intake.altered".
    """
    if not scope.covers(form):
        return
    schemas = fieldwork.forms()
    standings, corrections, edited = _standings(form), _corrections(form), edits()
    replaced = set(edited.values())
    firsts = {first_version(edit, edited) for edit in edited}
    arrived = dict(Submission.objects.filter(instance__in=firsts).values_list("instance", "received")) if firsts else {}
    files = _files(form)
    found = Submission.objects.filter(form__form=form, wrapped_key__isnull=False)
    if since is not None:
        touched = Q(line__at__gte=since) | Exists(Review.objects.filter(submission=OuterRef("pk"), line__at__gte=since))
        found = found.filter(
            touched | Exists(CorrectionRow.objects.filter(submission=OuterRef("pk"), line__at__gte=since))
        )
    unwrap = sealing.Unwrapper(vault.keyring)
    # Ids first, then a batch at a time by them: in one ordered query, SQLite would sort whole ciphertexts in memory.
    ids = array("q", found.order_by("id" if oldest_first else "-id").values_list("id", flat=True).iterator(_BATCH))
    for id_, instance, wrapped_by, wrapped, version, consented, received, submitter, text in _by_ids(ids):
        if instance in replaced and not superseded:
            continue
        if consented is False and not quarantined and id_ not in corrections:
            continue
        key = unwrap(wrapped_by, instance, bytes(wrapped))
        reading = sealing.open_answers(key, instance, bytes(text))
        if id_ in corrections:
            laid = [sealing.open_correction(key, instance, row.id, bytes(row.ciphertext)) for row in corrections[id_]]
            reading = rules.corrected(schemas[form, version], reading, laid)
            if reading.consented is False and not quarantined:
                continue
        first, earlier = instance, []
        while first in edited:
            first = edited[first]
            earlier.append(first)
        yield Record(
            number=id_,
            instance=instance,
            first=first,
            received=arrived.get(first, received),
            submitter=submitter,
            standing=standings.get(id_, ""),
            edits=len(earlier),
            attachments=files.get(id_, 0) if not earlier else _names([instance, *earlier]),
            reading=reading,
        )


def known(instance: str) -> bool:
    """Whether a submission with this id was ever taken in, erased since or not."""
    return Submission.objects.filter(instance=instance).exists()


def one(instance: str) -> Submission:
    """The submission with this id, with its form; Problem "intake.unknown"."""
    found = Submission.objects.select_related("form").filter(instance=instance).first()
    if found is None:
        raise problem("intake.unknown", At(instance=instance))
    return found


def lock(instance: str) -> Submission:
    """The submission with this id, locked until the end of the transaction; Problem "intake.unknown"."""
    found = Submission.objects.select_for_update(of=("self",)).select_related("form").filter(instance=instance).first()
    if found is None:
        raise problem("intake.unknown", At(instance=instance))
    return found


def edits(*, practice: bool | None = None) -> dict[str, str]:
    """The id of every edit, and the id of the version that it replaces; only of practice, or without it, if asked."""
    found = Submission.objects.filter(deprecates__isnull=False)
    if practice is not None:
        found = found.filter(practice=practice)
    return dict(found.values_list("instance", "deprecates"))


def first_version(instance: str, edited: Mapping[str, str]) -> str:
    """The id of the earliest version known of a submission, itself perhaps not arrived."""
    while instance in edited:
        instance = edited[instance]
    return instance


def versions(instance: str) -> list[Submission]:
    """Every version of a submission, locked until the end of the transaction; Problem "intake.unknown"."""
    one(instance)
    line: list[str] = []
    while line != (line := _line(instance)):  # an edit may arrive while this waits for a lock
        rows = list(Submission.objects.select_for_update().filter(instance__in=line).order_by("instance"))
    return rows


def _line(instance: str) -> list[str]:
    edited = edits()
    later = {replaced: edit for edit, replaced in edited.items()}
    line = [first_version(instance, edited)]
    while line[-1] in later:
        line.append(later[line[-1]])
    return line


def original(instance: str, vault: Vault, scope: Scope = EVERYTHING) -> bytes:
    """The instance XML as it was sent, byte for byte; Problem "intake.unknown", "intake.erased"."""
    found = within(instance, scope)
    key = submission_key(found, vault)
    row = Original.objects.get(submission=found)
    return sealing.open_original(key, instance, bytes(row.ciphertext))


def undecrypted() -> list[str]:
    """The ids of the submissions that phones encrypted and nobody has decrypted, in order of arrival."""
    waiting = Submission.objects.filter(wrapped_key__isnull=False, answers__isnull=True)
    return list(waiting.order_by("id").values_list("instance", flat=True))


def decrypted(instance: str, vault: Vault, scope: Scope = EVERYTHING) -> bytes:
    """The instance XML inside a submission that the phone encrypted.

    Problem "intake.unknown", "intake.erased", "intake.encrypted" (it was not decrypted yet).
    """
    found = within(instance, scope)
    key = submission_key(found, vault)
    row = Decrypted.objects.filter(submission=found).first()
    if row is None:
        raise problem("intake.encrypted", At(instance=instance))
    return sealing.open_decrypted(key, instance, bytes(row.ciphertext))


def attachments(instance: str, scope: Scope = EVERYTHING) -> frozenset[str]:
    """The names of the files that came with a submission; Problem "intake.unknown"."""
    found = within(instance, scope)
    return frozenset(Attachment.objects.filter(submission=found).values_list("name", flat=True))


def wholeness(vault: Vault) -> Iterator[tuple[str, bool]]:
    """Every submission that holds content, and whether what its key opens is, byte for byte, what was received."""
    unwrap = sealing.Unwrapper(vault.keyring)
    found = Submission.objects.filter(wrapped_key__isnull=False).order_by("id")
    fields = ("instance", "key_id", "wrapped_key", "digest", "original__ciphertext")
    for instance, wrapped_by, wrapped, digest, ciphertext in found.values_list(*fields).iterator(_BATCH):
        try:
            content = sealing.open_original(unwrap(wrapped_by, instance, bytes(wrapped)), instance, bytes(ciphertext))
        except Problem:
            yield instance, False
            continue
        yield instance, hashlib.sha256(content).digest() == bytes(digest)


def erased_among(instances: Collection[str]) -> set[str]:
    """Those submissions that are erased."""
    rows = Erasure.objects.values_list("submission__instance", flat=True)
    return set(instances) & set(rows)


def attachment(instance: str, name: str, vault: Vault, scope: Scope = EVERYTHING) -> bytes:
    """A file as it was sent with a submission, or with an earlier version if an edit names it without sending it.

    Problem "intake.unknown", "intake.erased", "file.missing".
    """
    found = within(instance, scope)
    key = submission_key(found, vault)
    row = Attachment.objects.filter(submission=found, name=name).first()
    if row is None and found.deprecates and Submission.objects.filter(instance=found.deprecates).exists():
        return attachment(found.deprecates, name, vault, scope)
    path = vault.attachments / row.file if row else None
    if path is None or not path.is_file():
        raise problem("file.missing", At(file=name, instance=instance))
    return sealing.decrypt(key, instance, sealing.attachment_kind(name), path.read_bytes())


def within(instance: str, scope: Scope) -> Submission:
    """The submission with this id if the scope covers it; outside it, its existence is not told either."""
    found = one(instance)
    if not scope.covers(found.form.form):
        raise problem("intake.unknown", At(instance=instance))
    return found


def submission_key(submission: Submission, vault: Vault) -> bytes:
    """The key of one submission; Problem "intake.erased" once it is destroyed."""
    if submission.wrapped_key is None:
        raise problem("intake.erased", At(instance=submission.instance))
    unwrap = sealing.Unwrapper(vault.keyring)
    return unwrap(submission.key_id, submission.instance, bytes(submission.wrapped_key))


def reading(submission: Submission, form: Form, vault: Vault) -> Reading:
    """What one submission says now, corrections laid over; Problem "intake.erased", "intake.encrypted"."""
    key = submission_key(submission, vault)
    if not Answers.objects.filter(submission=submission).exists():
        raise problem("intake.encrypted", At(instance=submission.instance))
    sent = sealing.open_answers(key, submission.instance, bytes(submission.answers.ciphertext))
    rows = CorrectionRow.objects.filter(submission=submission).order_by("id")
    laid = [sealing.open_correction(key, submission.instance, row.id, bytes(row.ciphertext)) for row in rows]
    return rules.corrected(form, sent, laid)


def counts(form: str, scope: Scope = EVERYTHING) -> Counts:
    """How a form's submissions stand; all zero outside the scope."""
    if not scope.covers(form):
        return Counts()
    everything = Submission.objects.filter(form__form=form)
    of_form = everything.filter(practice=False)
    replaced = Submission.objects.filter(deprecates=OuterRef("instance"), practice=False)
    current = of_form.filter(~Exists(replaced), wrapped_key__isnull=False)
    return Counts(
        stored=of_form.count(),
        current=current.count(),
        quarantined=current.filter(consented=False).count(),
        rejected=len(_rejected(form)),
        encrypted=current.filter(answers__isnull=True).count(),
        practice=everything.filter(practice=True).count(),
        erased=of_form.filter(wrapped_key__isnull=True).count(),
        issues=dict(
            Issue.objects.filter(submission__in=current)
            .values_list("check_name")
            .annotate(number=Count("id"))
            .order_by("check_name")
        ),
    )


def _rejected(form: str) -> set[int]:
    """Submissions whose latest review rejects them."""
    return {submission for submission, standing in _standings(form).items() if standing == Standing.REJECTED}


def _standings(form: str) -> dict[int, str]:
    """What the latest review says of each submission that was reviewed."""
    return dict(
        Review.objects.filter(submission__form__form=form, submission__practice=False)
        .order_by("id")
        .values_list("submission_id", "standing")
    )


def _by_ids(ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """What is kept of submissions, in the order of their ids as given; those erased meanwhile are left out."""
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        rows = Submission.objects.filter(id__in=list(batch), wrapped_key__isnull=False).values_list(
            "id", "instance", "key_id", "wrapped_key", "form__version", "consented", "received", "submitter",
            "answers__ciphertext",
        )  # fmt: skip
        found = {row[0]: row for row in rows}
        yield from (found[id_] for id_ in batch if id_ in found)


def _names(instances: list[str]) -> int:
    """How many files came with these versions of a submission, each name once."""
    return Attachment.objects.filter(submission__instance__in=instances).values("name").distinct().count()


def _files(form: str) -> dict[int, int]:
    """How many files each submission that came with files has."""
    counted = Attachment.objects.filter(submission__form__form=form).order_by().values("submission_id")
    return dict(counted.annotate(number=Count("id")).values_list("submission_id", "number"))


def _corrections(form: str) -> dict[int, list[CorrectionRow]]:
    """The corrections of each corrected submission, in the order in which they were made."""
    found: dict[int, list[CorrectionRow]] = defaultdict(list)
    rows = CorrectionRow.objects.filter(submission__form__form=form).select_related("line").order_by("id")
    for row in rows:
        found[row.submission_id].append(row)
    return found
