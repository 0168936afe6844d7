"""Worker processes that read, check and seal submissions, beside the one process that writes them.

A worker talks to its parent over one pipe of its own and ends when that pipe does, so that nothing is left running
when the parent is killed. What travels is MessagePack; a worker never imports Django and never sees the database.
"""

from __future__ import annotations

import gc
import hashlib
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection, Pipe
from queue import SimpleQueue
from traceback import extract_tb
from types import TracebackType
from typing import TypeVar, TypeVarTuple, Unpack
from uuid import UUID, uuid5

import msgspec

from saphan.collect import checks, forms
from saphan.collect.forms.model import Form, Reading, Submission
from saphan.collect.sources import encrypted
from saphan.core.problem import At, Problem, problem
from saphan.register.intake import sealing
from saphan.register.intake.model import Keyring, Refused, Sealed

_NAMELESS = UUID("6c0f6a55-0d2b-4f0e-9d5c-6f1b1d0f7a11")  # the namespace of ids made from bytes
_SUBMISSIONS = msgspec.msgpack.Decoder(list[Submission])
_OUTCOME = msgspec.msgpack.Decoder(tuple[list[Sealed], list[Refused]])


class Desk:
    """Reads, checks and seals submissions, one after the other, in this process."""

    def __init__(self, schemas: Sequence[Form], context: checks.Context, keyring: Keyring) -> None:
        self._reader = forms.Reader(schemas)
        self._checker = checks.Checker(schemas, context)
        self._seal = sealing.Sealer(keyring)

    def work(self, submissions: Sequence[Submission]) -> tuple[list[Sealed], list[Refused]]:
        """The sealed, and those that cannot be taken; each in the order given."""
        refused: list[Refused] = []
        # One step over all, then the next: the processor's caches hold one step's code and tables, not those of all.
        read = list(_each(self._read, ((submission,) for submission in submissions), refused))
        checked = list(_each(self._check, read, refused))
        return list(_each(self._seal, checked, refused)), refused

    def take(self, submission: Submission) -> Sealed:
        """One submission, sealed; without an id of its own it has one made from its bytes.

        Problem `submission.*` if it cannot be taken.
        """
        name = f"uuid:{uuid5(_NAMELESS, hashlib.sha256(submission.xml).hexdigest())}"
        reading = self._reader.read(submission.xml, At(file=submission.source), instance=name)
        return self._seal(*self._check(submission, reading))

    def _read(self, submission: Submission) -> tuple[Submission, Reading]:
        at = At(file=submission.file or submission.source)
        sent = encrypted.manifest(submission.xml, at)
        if sent is None:
            return submission, self._reader.read(submission.xml, at)
        self._reader.require(sent.form, sent.version, at)
        return submission, Reading(
            form=sent.form, version=sent.version, instance=sent.instance, deprecates=None, tables=()
        )

    def _check(self, submission: Submission, reading: Reading) -> tuple[Submission, Reading, list[checks.Issue]]:
        # Nothing can be said yet of what the phone encrypted.
        issues = self._checker.check(reading, submission.received) if reading.tables else []
        return submission, reading, issues


Given = TypeVarTuple("Given")
Made = TypeVar("Made")


def _each(
    step: Callable[[Submission, Unpack[Given]], Made],
    many: Iterable[tuple[Submission, *Given]],
    refused: list[Refused],
) -> Iterator[Made]:
    """What a step makes of each submission; those on which it fails are refused, and the others go on."""
    for given in many:
        try:
            yield step(*given)
        except Problem as found:
            refused.append(sealing.refuse(given[0], found))
        except Exception as error:
            # A fault of the program's stops one submission, not the import. It is told by its place alone: the
            # error's own words may hold an answer.
            place = extract_tb(error.__traceback__)[-1]
            fault = problem("import.failed", kind=type(error).__name__, place=f"{place.name}:{place.lineno}")
            refused.append(sealing.refuse(given[0], fault))


class Readers:
    """A few worker processes, each a `Desk`; a context manager that starts and ends them."""

    def __init__(self, schemas: Sequence[Form], context: checks.Context, keyring: Keyring, count: int) -> None:
        self._given = (list(schemas), context, keyring)
        self._count = count
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._closing = ExitStack()

    def __enter__(self) -> Readers:
        connections = []
        for _ in range(self._count):
            ours, theirs = Pipe()
            # Not by multiprocessing, whose children import the parent's main program again: all of Django, or a
            # script of somebody's that did not expect it. -P: whatever lies in the working directory is not imported.
            program = f"from {__name__} import serve; serve({theirs.fileno()})"
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", program], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
            theirs.close()
            self._closing.callback(process.wait)
            self._closing.callback(ours.close)
            connections.append(ours)
        self._threads = self._closing.enter_context(ThreadPoolExecutor(self._count))
        for connection in connections:
            # The forms are more than a pipe holds: sent from here, one reader would wait for the other to wake up.
            self._threads.submit(self._prepare, connection)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._closing.close()

    def work(self, chunks: Iterable[Sequence[Submission]]) -> Iterator[tuple[list[Sealed], list[Refused]]]:
        """What `Desk.work` makes of each chunk, in their order; a few chunks are under way at a time."""
        under_way: deque[Future[bytes]] = deque()
        for chunk in chunks:
            under_way.append(self._threads.submit(self._exchange, msgspec.msgpack.encode(chunk)))
            if len(under_way) > 2 * self._count:
                yield _OUTCOME.decode(under_way.popleft().result())
        while under_way:
            yield _OUTCOME.decode(under_way.popleft().result())

    def _prepare(self, connection: Connection) -> None:
        with suppress(OSError):  # the reader is gone; the first exchange will say so
            connection.send(self._given)
        self._idle.put(connection)

    def _exchange(self, chunk: bytes) -> bytes:
        connection = self._idle.get()
        try:
            connection.send_bytes(chunk)
            return connection.recv_bytes()
        except (EOFError, OSError):
            raise problem("import.worker") from None
        finally:
            self._idle.put(connection)


def serve(descriptor: int) -> None:
    """Be a worker: read, check and seal what comes through the pipe until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    connection = Connection(descriptor)
    try:
        schemas, context, keyring = connection.recv()
        desk = Desk(schemas, context, keyring)
        encode = msgspec.msgpack.Encoder().encode
        gc.freeze()  # what stands now stays: not to be searched for garbage while millions of cells come and go
        while True:
            chunk = connection.recv_bytes()
            connection.send_bytes(encode(desk.work(_SUBMISSIONS.decode(chunk))))
    except (EOFError, OSError):
        return  # the parent is done, or gone
