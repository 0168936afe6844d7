"""What passes in and out of intake: keys, sealed submissions, receipts, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from saphan.collect.checks import Issue
from saphan.collect.forms.model import Attachment, Reading, Value


@dataclass(frozen=True, kw_only=True, repr=False)
class Keyring:
    """A mission's secrets: the key that wraps the submissions' keys, the ones it replaced, and the pseudonyms' key.

    Each is 32 bytes. The pseudonyms' key stands apart, so that pseudonyms stay when the wrapping key changes.
    """

    current: bytes
    pseudonym: bytes
    former: tuple[bytes, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Vault:
    """What a reader or writer of content needs beside the database: the keys, and the folder of encrypted files."""

    keyring: Keyring
    attachments: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedAttachment:
    """A file sent with a submission, encrypted; `digest` and `size` are of the file as sent."""

    name: str
    digest: bytes
    size: int
    ciphertext: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """A submission ready to be stored: read, checked, encrypted under a key of its own, its bytes known by digest."""

    instance: str
    form: str
    version: str
    digest: bytes
    size: int
    received: datetime
    source: str
    file: str | None
    submitter: str | None
    deprecates: str | None
    consented: bool | None
    key_id: str
    wrapped_key: bytes
    original: bytes
    answers: bytes | None  # none: the phone encrypted them for a key that is not here
    attachments: tuple[SealedAttachment, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decryption:
    """What was inside a submission that the phone encrypted: XML, what it says, media, what checks noticed."""

    xml: bytes
    reading: Reading
    attachments: tuple[Attachment, ...] = ()
    issues: tuple[Issue, ...] = ()

    @property
    def instance(self) -> str:
        """The submission's id."""
        return self.reading.instance

    @property
    def deprecates(self) -> str | None:
        """The id of the version that this one edits."""
        return self.reading.deprecates


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A submission that was not taken, and why: a code of the catalogue of problems, and its words."""

    digest: bytes
    instance: str | None
    source: str
    file: str | None
    received: datetime
    code: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a batch: `stored` new submissions (of them `quarantined`, without consent), and the others."""

    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    issues: int = 0
    refused: tuple[Refused, ...] = ()

    def __add__(self, other: Receipt) -> Receipt:
        return Receipt(
            stored=self.stored + other.stored,
            duplicates=self.duplicates + other.duplicates,
            quarantined=self.quarantined + other.quarantined,
            issues=self.issues + other.issues,
            refused=self.refused + other.refused,
        )


class Standing(StrEnum):
    """What a review says of a submission; a rejected one reaches no frame, and a later review may say otherwise."""

    APPROVED = "approved"
    REJECTED = "rejected"
    REOPENED = "reopened"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One corrected answer: where (rows count from 1 within a table), what stood there, what stands there now, why."""

    table: str
    row: int
    column: str
    old: Value
    new: Value
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One submission as an officer sees it: what it says now, under its own id, and what is known about it."""

    number: int
    instance: str  # of this version, as sent
    first: str  # of its first version
    received: datetime  # of its first version, where that is here
    submitter: str | None
    standing: str  # of the latest review, or empty
    edits: int
    attachments: int
    reading: Reading  # corrections laid over


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """When something first was there, and the audit line that took it in."""

    at: datetime
    sequence: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How a form's submissions stand."""

    stored: int = 0
    current: int = 0
    quarantined: int = 0
    rejected: int = 0
    practice: int = 0  # in none of the other counts
    erased: int = 0
    encrypted: int = 0  # current, and not decrypted yet
    issues: Mapping[str, int] = field(default_factory=dict)
