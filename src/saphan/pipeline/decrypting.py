"""Decrypt: what phones encrypted for the mission's private key becomes readable content of the same submissions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from saphan.collect import checks, forms
from saphan.collect.forms.model import Attachment
from saphan.collect.sources import encrypted
from saphan.core.problem import At, Finding, Problem, problem
from saphan.pipeline.registering import Opened
from saphan.pipeline.workspace import Workspace
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import actions, queries
from saphan.register.intake.model import Decryption

_BATCH, _BATCH_BYTES = 100, 16 << 20  # one transaction, cut by number or by size

Step = Callable[[str, int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Decrypted:
    """What became of the encrypted submissions: how many are readable now, and why others wait as sent."""

    decrypted: int
    waiting: tuple[Finding, ...]


def decrypt(workspace: Workspace, opened: Opened, key: Path, *, passphrase: str | None, step: Step) -> Decrypted:
    """Decrypt every submission that the private key in the PEM file `key` opens; run again, it completes the rest.

    The key is read, used and kept nowhere. Problem "file.missing", "encrypted.key-file", "access.denied".
    """
    if not key.is_file():
        raise problem("file.missing", At(file=str(key)))
    private = encrypted.private_key(key.read_bytes(), passphrase)
    schemas = fieldwork.forms()
    folder = forms.load(workspace.mission, cache=workspace.cache / "forms")
    reader = forms.Reader(schemas.values())
    checker = checks.Checker(list(schemas.values()), checks.context(workspace.mission, folder.values()))
    waiting: list[Finding] = []
    batch: list[Decryption] = []
    size = done = 0

    def store() -> int:
        stored, not_taken = actions.decrypt(batch, vault=opened.vault, by=opened.by, at=opened.at)
        waiting.extend(not_taken)
        return stored

    instances = queries.undecrypted()
    for number, instance in enumerate(instances, 1):
        try:
            sent = encrypted.manifest(queries.original(instance, opened.vault))
            if sent is None:
                continue
            there = queries.attachments(instance)
            files = {name: queries.attachment(instance, name, opened.vault) for name in sent.files if name in there}
            plain = encrypted.decrypt(sent, files, private)
            reading = reader.read(plain.xml, At(instance=instance))
            if reading.instance != instance:
                raise problem("encrypted.other", At(instance=instance), inside=reading.instance)
        except Problem as error:
            waiting += error.findings
            continue
        batch.append(
            Decryption(
                xml=plain.xml,
                reading=reading,
                attachments=tuple(Attachment(name=name, content=content) for name, content in plain.media.items()),
                issues=tuple(checker.check(reading, opened.at)),
            )
        )
        size += len(plain.xml) + sum(map(len, plain.media.values()))
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            done += store()
            batch, size = [], 0
        step("Decrypting", number, len(instances))
    if batch:
        done += store()
    return Decrypted(decrypted=done, waiting=tuple(waiting))
