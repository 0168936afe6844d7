"""Submissions as sent, and everything said of them since. Rows are added; only erasure takes anything away."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saphan.register.accounts.tables import AuditLine
from saphan.register.fieldwork.tables import FormVersion


class Submission(models.Model):
    """One submission: whose, when, of what form; its content lies encrypted in `Original` and `Answers`.

    An edit is a submission of its own that `deprecates` another, which may not have arrived yet; which version is
    current is read from that alone, so the order of arrival cannot matter. An erased submission has no wrapped key and
    no content: its id and digest remain.
    """

    instance = models.TextField(unique=True)
    deprecates = models.TextField(null=True)
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField()  # SHA-256 of the instance XML
    size = models.BigIntegerField()
    received = models.DateTimeField()
    source = models.TextField()
    submitter = models.TextField(null=True)
    practice = models.BooleanField(default=False)  # sent by a phone that practises: enters no frame
    consented = models.BooleanField(null=True)  # null: the form asks no consent; false: quarantined
    key_id = models.CharField(max_length=16)
    wrapped_key = models.BinaryField(null=True)
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # One edit for each version: a second is refused, so versions form a line and never a fork.
            models.UniqueConstraint(fields=["deprecates"], name="edited_once", condition=Q(deprecates__isnull=False)),
        ]


class Original(models.Model):
    """The instance XML, byte-exact, encrypted."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, primary_key=True)
    ciphertext = models.BinaryField()


class Answers(models.Model):
    """The typed answers as read on receipt, encrypted; none while what the phone encrypted is not decrypted."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, primary_key=True)
    ciphertext = models.BinaryField()


class Decrypted(models.Model):
    """The instance XML inside a submission that the phone encrypted; what was sent stays in `Original`."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, primary_key=True)
    ciphertext = models.BinaryField()
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")


class Attachment(models.Model):
    """A file sent along; its ciphertext lies in the attachments folder under its own hash (`file`)."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="attachments")
    name = models.TextField()
    digest = models.BinaryField()  # SHA-256 of the file as sent
    size = models.BigIntegerField()
    file = models.CharField(max_length=64)
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "name"], name="attachment_once")]


class Correction(models.Model):
    """One corrected answer; where it stands is in the open, what it says (old, new, why) is encrypted."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="corrections")
    table = models.TextField()
    row = models.IntegerField()
    column = models.TextField()
    ciphertext = models.BinaryField()
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")


class Review(models.Model):
    """What a reviewer said of a submission; the latest counts."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="reviews")
    standing = models.CharField(max_length=10)
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")


class Issue(models.Model):
    """What a check noticed on receipt: a code and a column, never an answer."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="issues")
    check_name = models.TextField()
    severity = models.TextField()
    table = models.TextField()
    row = models.IntegerField()
    column = models.TextField()


class Refusal(models.Model):
    """What was not taken, and why; it stays with its sender, so no content is kept."""

    digest = models.BinaryField()
    code = models.CharField(max_length=40)
    instance = models.TextField(null=True)
    source = models.TextField()
    reason = models.TextField()
    received = models.DateTimeField()
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "code"], name="refused_once")]


class Erasure(models.Model):
    """The tombstone of an erased submission."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, primary_key=True)
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")
