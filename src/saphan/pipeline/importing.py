"""Import: submissions from any source into the register, read, checked, sealed and stored, each exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from saphan.collect import checks
from saphan.collect.forms.model import Submission
from saphan.pipeline.readers import Desk, Readers
from saphan.register.accounts.model import Actor
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import actions as intake
from saphan.register.intake.model import Receipt, Refused, Sealed, Vault

# A chunk goes to a worker, a batch into one transaction. Both are cut by number or by size, whichever comes first:
# counts are small and many, photographs large and few.
_CHUNK, _CHUNK_BYTES = 250, 1 << 20
_BATCH, _BATCH_BYTES = 2000, 16 << 20

Outcome = tuple[list[Sealed], list[Refused]]


def import_submissions(
    submissions: Iterable[Submission],
    *,
    context: checks.Context,
    vault: Vault,
    by: Actor,
    at: datetime,
    workers: int = 2,
    progress: Callable[[Receipt], None] | None = None,
) -> Receipt:
    """Import submissions of published forms, checked against `context`; returns what became of them.

    Each batch is one transaction. When `progress` is told of it (with the sums so far), it is on the disk and survives
    a kill; running the import again completes it, and takes nothing twice. `workers` processes read beside this one,
    which writes; few submissions are read here. Problem "access.denied", and whatever the source raises.
    """
    schemas = list(fieldwork.forms().values())
    chunks = _chunks(submissions)
    first = next(chunks, [])
    second = next(chunks, None)
    total = Receipt()
    if second is None or workers == 0:
        desk = Desk(schemas, context, vault.keyring)
        outcomes: Iterator[Outcome] = map(desk.work, chain([first], [second] if second else [], chunks))
        return _store(outcomes, total, vault, by, at, progress)
    with Readers(schemas, context, vault.keyring, workers) as readers:
        return _store(readers.work(chain([first, second], chunks)), total, vault, by, at, progress)


def _store(
    outcomes: Iterable[Outcome],
    total: Receipt,
    vault: Vault,
    by: Actor,
    at: datetime,
    progress: Callable[[Receipt], None] | None,
) -> Receipt:
    for sealed, refused in _batches(outcomes):
        total += intake.receive(sealed, refused, vault=vault, by=by, at=at)
        if progress:
            progress(total)
    return total


def _chunks(submissions: Iterable[Submission]) -> Iterator[Sequence[Submission]]:
    chunk: list[Submission] = []
    size = 0
    for submission in submissions:
        chunk.append(submission)
        size += len(submission.xml) + sum(len(file.content) for file in submission.attachments)
        if len(chunk) >= _CHUNK or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _batches(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    sealed: list[Sealed] = []
    refused: list[Refused] = []
    size = 0
    for more, not_taken in outcomes:
        sealed += more
        refused += not_taken
        size += sum(len(one.original) + sum(len(file.ciphertext) for file in one.attachments) for one in more)
        if len(sealed) + len(refused) >= _BATCH or size >= _BATCH_BYTES:
            yield sealed, refused
            sealed, refused, size = [], [], 0
    if sealed or refused:
        yield sealed, refused
