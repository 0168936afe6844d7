"""Users, their roles and sessions, app users, and the audit chain."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class User(AbstractBaseUser):
    """Somebody who works with the register, or a way in that works unattended (`cli`)."""

    username = models.CharField(max_length=150, unique=True)
    full_name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager()
    USERNAME_FIELD = "username"


class Grant(models.Model):
    """One role of one user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=50)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="grant_once")]


class AuditLine(models.Model):
    """One act: who, when, what verb, on what, which facts (canonical JSON, never answers), tied to the line before.

    A line is opened first, so that the rows an act writes can point at it, and tied into the chain by the act's last
    statement. `sequence` therefore runs in the order of commits: it is the register's outbox. `changes` counts the
    records by which later stages may see something new.
    """

    sequence = models.BigIntegerField(unique=True, null=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=60)
    subject = models.TextField(blank=True)
    facts = models.TextField(default="{}")
    changes = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-sequence"], name="audit_changes", condition=models.Q(changes__gt=0)),
        ]


class AuditHead(models.Model):
    """The end of the chain, in one row that every act locks last."""

    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)


class AppUser(models.Model):
    """A phone that may fetch forms and send submissions with a token, of which only the SHA-256 is kept."""

    name = models.CharField(max_length=100, unique=True)
    practice = models.BooleanField(default=False)
    token = models.CharField(max_length=64, unique=True)
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")
    revoked = models.ForeignKey(AuditLine, on_delete=models.PROTECT, null=True, related_name="+")


class Session(models.Model):
    """A program's leave to act as a user until a moment, with a token of which only the SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    token = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()
    line = models.ForeignKey(AuditLine, on_delete=models.PROTECT, related_name="+")
