"""Published form versions."""

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
