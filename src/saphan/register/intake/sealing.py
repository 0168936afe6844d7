"""Keys and sealing: what makes a submission readable to the mission alone, and to nobody once it is erased.

AES-256-GCM throughout (NIST SP 800-38D), with nonces from the operating system. Each submission has a random key of
its own, wrapped by the mission's. What is encrypted is bound to the submission's id and to its kind (associated
data), so that no ciphertext can be moved to another row or column and still open. Nothing here needs Django: import
workers seal submissions without it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from saphan.collect import forms
from saphan.collect.checks import Issue
from saphan.collect.forms.model import Attachment, Reading, Submission
from saphan.core.problem import At, Problem, problem
from saphan.register.intake.model import Correction, Keyring, Refused, Sealed, SealedAttachment

_KEY, _NONCE = 32, 12
_LONGEST_ID = 255  # characters; ids are indexed, and an index has a limit
_KEY_ID = 8  # bytes of a key's own hash by which rows say what wrapped them
_KEYRING = b"saphan/1\0keyring"
_ORIGINAL, _ANSWERS, _WRAPPED, _DECRYPTED = "original", "answers", "key", "decrypted"


# --- the mission's keys -----------------------------------------------------------------------------------------------


def new_keyring() -> Keyring:
    """A keyring of fresh random keys."""
    return Keyring(current=os.urandom(_KEY), pseudonym=os.urandom(_KEY))


def turned(keyring: Keyring) -> Keyring:
    """The keyring with a fresh wrapping key; the one it replaces is kept to open what it wrapped."""
    return Keyring(current=os.urandom(_KEY), pseudonym=keyring.pseudonym, former=(keyring.current, *keyring.former))


def write_keyring(keyring: Keyring) -> str:
    """The keyring as one line of text, for a file only its owner may read, or a secret store."""
    keys = (keyring.pseudonym, keyring.current, *keyring.former)
    return "saphan-keys-1:" + ":".join(b64encode(key).decode() for key in keys)


def read_keyring(text: str, at: At | None = None) -> Keyring:
    """The keyring written as `text`; Problem "key.unreadable" if it is not one."""
    mark, *written = text.strip().split(":")
    try:
        keys = [b64decode(key, validate=True) for key in written]
    except ValueError:
        keys = []
    if mark != "saphan-keys-1" or len(keys) < 2 or any(len(key) != _KEY for key in keys):
        raise problem("key.unreadable", at)
    pseudonym, current, *former = keys
    return Keyring(current=current, pseudonym=pseudonym, former=tuple(former))


def key_id(key: bytes) -> str:
    """What rows call a wrapping key: the start of its hash."""
    return hashlib.sha256(b"saphan key id" + key).hexdigest()[: 2 * _KEY_ID]


def pseudonym(keyring: Keyring, instance: str) -> str:
    """What a submission is called outside the register: 32 digits, a keyed hash of its first version's id."""
    return hmac.digest(keyring.pseudonym, instance.encode(), "sha256").hex()[:32]


def witness(keyring: Keyring, content: bytes) -> bytes:
    """What only a holder of the mission's keys can say of some bytes: 32 bytes, the same after a change of keys."""
    key = hmac.digest(keyring.pseudonym, b"saphan backup", "sha256")
    return hmac.digest(key, content, "sha256")


def lock_keyring(keyring: Keyring, passphrase: str) -> bytes:
    """The keyring under a passphrase: salt and nonce, then ciphertext. The key is drawn out by scrypt (2^17, 8, 1)."""
    salt, nonce = os.urandom(16), os.urandom(_NONCE)
    return salt + nonce + AESGCM(_stretched(passphrase, salt)).encrypt(nonce, write_keyring(keyring).encode(), _KEYRING)


def unlock_keyring(locked: bytes, passphrase: str, at: At | None = None) -> Keyring:
    """What `lock_keyring` was given; Problem "key.locked" with another passphrase, or if the bytes were altered."""
    salt, nonce, content = locked[:16], locked[16 : 16 + _NONCE], locked[16 + _NONCE :]
    try:
        text = AESGCM(_stretched(passphrase, salt)).decrypt(nonce, content, _KEYRING)
    except (InvalidTag, ValueError):
        raise problem("key.locked", at) from None
    return read_keyring(text.decode(), at)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=1 << 17, r=8, p=1, maxmem=1 << 28, dklen=_KEY)


# --- one submission ---------------------------------------------------------------------------------------------------


def attachment_kind(name: str) -> str:
    """The kind under which an attachment of this name is sealed."""
    return f"attachment {name}"


def encrypt(key: bytes, instance: str, kind: str, content: bytes) -> bytes:
    """Content under a submission's key, bound to its id and kind: nonce, then ciphertext and tag."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, _bound(instance, kind))


def decrypt(key: bytes, instance: str, kind: str, ciphertext: bytes) -> bytes:
    """What `encrypt` was given; Problem "intake.altered" if the ciphertext is another's or was altered."""
    try:
        return AESGCM(key).decrypt(ciphertext[:_NONCE], ciphertext[_NONCE:], _bound(instance, kind))
    except InvalidTag:
        raise problem("intake.altered", At(instance=instance), kind=kind) from None


class Sealer:
    """Seals submissions under the mission's current key; made once for a run over many."""

    def __init__(self, keyring: Keyring) -> None:
        self._key_id = key_id(keyring.current)
        self._mission_key = AESGCM(keyring.current)

    def __call__(self, submission: Submission, reading: Reading, issues: Iterable[Issue] = ()) -> Sealed:
        """Encrypt one submission, its typed answers and attachments under a new key of its own.

        A reading without tables is of a submission whose answers the phone encrypted. Problem "intake.id" if the
        submission's id is too long to be one.
        """
        instance, sent = reading.instance, submission.xml
        if len(instance) > _LONGEST_ID:
            raise problem("intake.id", At(instance=f"{instance[:_LONGEST_ID]}..."), longest=_LONGEST_ID)
        drawn = os.urandom(_KEY + 3 * _NONCE)  # one call for all: it is a system call
        nonces = [drawn[start : start + _NONCE] for start in range(_KEY, len(drawn), _NONCE)]
        key = drawn[:_KEY]
        own = AESGCM(key)
        return Sealed(
            instance=instance,
            form=reading.form,
            version=reading.version,
            digest=hashlib.sha256(sent).digest(),
            size=len(sent),
            received=submission.received,
            source=submission.source,
            file=submission.file,
            submitter=submission.submitter,
            deprecates=reading.deprecates,
            consented=reading.consented,
            key_id=self._key_id,
            wrapped_key=nonces[0] + self._mission_key.encrypt(nonces[0], key, _bound(instance, _WRAPPED)),
            original=nonces[1] + own.encrypt(nonces[1], zlib.compress(sent, 1), _bound(instance, _ORIGINAL)),
            answers=nonces[2] + own.encrypt(nonces[2], forms.encode(reading), _bound(instance, _ANSWERS))
            if reading.tables
            else None,
            attachments=tuple(seal_attachment(key, instance, file) for file in submission.attachments),
            issues=tuple(issues),
        )


def seal_attachment(key: bytes, instance: str, file: Attachment) -> SealedAttachment:
    """A file sent with a submission, under the submission's key."""
    return SealedAttachment(
        name=file.name,
        digest=hashlib.sha256(file.content).digest(),
        size=len(file.content),
        ciphertext=encrypt(key, instance, attachment_kind(file.name), file.content),
    )


def refuse(submission: Submission, found: Problem) -> Refused:
    """The record of a submission that cannot be taken: its digest and the reason, no content."""
    first = found.findings[0]
    return Refused(
        digest=hashlib.sha256(submission.xml).digest(),
        instance=first.at.instance,
        source=submission.source,
        file=submission.file,
        received=submission.received,
        code=first.code,
        reason=f"{first.what} {first.remedy}",
    )


def wrap(keyring: Keyring, instance: str, key: bytes) -> bytes:
    """A submission's key under the mission's current one."""
    return encrypt(keyring.current, instance, _WRAPPED, key)


def open_original(key: bytes, instance: str, ciphertext: bytes) -> bytes:
    """The instance XML, byte for byte as sent."""
    return zlib.decompress(decrypt(key, instance, _ORIGINAL, ciphertext))


def seal_answers(key: bytes, reading: Reading) -> bytes:
    """Typed answers, encrypted under their submission's key."""
    return encrypt(key, reading.instance, _ANSWERS, forms.encode(reading))


def seal_decrypted(key: bytes, instance: str, xml: bytes) -> bytes:
    """The instance XML inside a submission that the phone encrypted, under the submission's key."""
    return encrypt(key, instance, _DECRYPTED, zlib.compress(xml, 1))


def open_decrypted(key: bytes, instance: str, ciphertext: bytes) -> bytes:
    """What `seal_decrypted` was given."""
    return zlib.decompress(decrypt(key, instance, _DECRYPTED, ciphertext))


def open_answers(key: bytes, instance: str, ciphertext: bytes) -> Reading:
    """The typed answers as read on receipt."""
    return forms.decode(decrypt(key, instance, _ANSWERS, ciphertext))


def seal_correction(key: bytes, instance: str, id_: int, correction: Correction) -> bytes:
    """A correction, encrypted under its submission's key and bound to its own row."""
    return encrypt(key, instance, f"correction {id_}", msgspec.msgpack.encode(correction))


def open_correction(key: bytes, instance: str, id_: int, ciphertext: bytes) -> Correction:
    """What `seal_correction` was given."""
    return Correction(**msgspec.msgpack.decode(decrypt(key, instance, f"correction {id_}", ciphertext)))


class Unwrapper:
    """Opens wrapped keys with the mission's keys; made once for a run over many submissions."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = {key_id(key): AESGCM(key) for key in (keyring.current, *keyring.former)}

    def __call__(self, wrapped_by: str, instance: str, wrapped: bytes) -> bytes:
        """The submission's key; Problem "key.missing" or "intake.altered"."""
        mission_key = self._keys.get(wrapped_by)
        if mission_key is None:
            raise problem("key.missing", At(instance=instance), key=wrapped_by)
        try:
            return mission_key.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound(instance, _WRAPPED))
        except InvalidTag:
            raise problem("intake.altered", At(instance=instance), kind=_WRAPPED) from None


def batch_digest(contents: Sequence[tuple[str, bytes]]) -> str:
    """One hash for a batch: over its submissions' ids and digests, in the order of ids."""
    run = hashlib.sha256()
    for instance, digest in sorted(contents):
        run.update(len(instance.encode()).to_bytes(4, "big") + instance.encode() + digest)
    return run.hexdigest()


def _bound(instance: str, kind: str) -> bytes:
    return f"saphan/1\0{kind}\0{instance}".encode()
