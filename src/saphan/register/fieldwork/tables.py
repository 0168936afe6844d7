"""Published form versions, and what studies said they would do before they did it."""

from __future__ import annotations

from django.db import models

from saphan.register.accounts.tables import AuditLine


class FormVersion(models.Model):
    """One version of a form as the field ran it; a row never changes."""

    form = models.TextField()
    version = models.TextField()
    key = models.CharField(max_length=64)  # of the XForm
    content = models.CharField(max_length=64)  # of the whole schema: what makes two publications the same
    source = models.CharField(max_length=64, blank=True)  # of the XLSX file it came from, where there was one
    schema = models.BinaryField()  # collect.forms Form in MessagePack, the XForm within
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "version"], name="form_version_once")]


class StudyRegistration(models.Model):
    """What a study said at one moment that it would do; a row never changes, a later one supersedes it.

    `protocol` is the canonical JSON of design, analysis plan and form, `digest` its SHA-256. When and by whom stands in
    its audit line.
    """

    study = models.TextField()
    digest = models.CharField(max_length=64)
    protocol = models.TextField()
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            # Registrations of a study form a line and never a fork, however many are made at once.
            models.UniqueConstraint(fields=["supersedes"], name="superseded_once"),
            models.UniqueConstraint(
                fields=["study"], name="registered_first_once", condition=models.Q(supersedes__isnull=True)
            ),
        ]
