"""A whole import: what is acknowledged survives a kill at any moment, and running again completes it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from saphan.collect.forms.model import Attachment, Form, Submission
from saphan.pipeline import importing
from saphan.pipeline.importing import import_submissions
from saphan.register import boot
from saphan.register.accounts import queries as accounts
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import keyfile, queries
from saphan.register.intake.model import Receipt, Vault
from saphan.register.intake.tables import Submission as SubmissionRow

from . import counters
from .counters import AT, BY, CONTEXT


@pytest.fixture(scope="session")
def counter() -> Form:
    return counters.counter()


@pytest.fixture
def ready(vault: Vault, counter: Form) -> Vault:
    """A register with the counter form published."""
    fieldwork.publish(counter, by=BY, at=AT)
    return vault


def stored() -> set[str]:
    return set(SubmissionRow.objects.values_list("instance", flat=True))


@pytest.mark.parametrize("workers", [0, 2])
def test_everything_comes_in_once_in_order_and_is_told_of_batch_by_batch(
    ready: Vault, counter: Form, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_BATCH", 200)
    monkeypatch.setattr(importing, "_CHUNK", 50)
    sent = list(counters.submissions(counter, range(450)))
    sent += [*sent[:30], Submission(xml=b"<html/>", source="archive:counts.zip", received=AT, file="page.xml")]
    sent.append(Submission(xml=sent[7].xml + b" ", source="archive:counts.zip", received=AT, file="again.xml"))
    told: list[Receipt] = []
    total = import_submissions(sent, context=CONTEXT, vault=ready, by=BY, at=AT, workers=workers, progress=told.append)
    assert (total.stored, total.duplicates) == (450, 30)
    assert [(refused.code, refused.file) for refused in sorted(total.refused, key=lambda one: one.code)] == [
        ("intake.conflict", "again.xml"),
        ("submission.no-form", "page.xml"),
    ]
    assert [one.stored + one.duplicates + len(one.refused) for one in told] == [200, 400, 482]
    assert stored() == {counters.instance(number) for number in range(450)}
    assert queries.original(counters.instance(449), ready) == sent[449].xml
    assert len(list(queries.answers("counter", ready))) == 450
    mark = queries.state()
    again = import_submissions(sent, context=CONTEXT, vault=ready, by=BY, at=AT, workers=workers)
    assert (again.stored, again.duplicates) == (0, 480)
    assert queries.state() == mark


def test_a_fault_of_the_program_stops_one_submission_and_repeats_no_answer(ready: Vault, counter: Form) -> None:
    first, second = counters.submissions(counter, range(2))
    text = Attachment(name="notes.txt", content="Naw Paw Eh")  # type: ignore[arg-type] # bytes, from every source
    total = import_submissions([replace(first, attachments=[text]), second], context=CONTEXT, vault=ready, by=BY, at=AT)
    assert stored() == {counters.instance(1)}
    (refused,) = total.refused
    assert refused.code == "import.failed"
    assert "TypeError in seal_attachment" in refused.reason
    assert "Naw" not in refused.reason


def test_a_source_that_breaks_off_leaves_whole_batches(
    ready: Vault, counter: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_BATCH", 100)
    monkeypatch.setattr(importing, "_CHUNK", 50)

    def broken() -> Iterator[Submission]:
        yield from islice(counters.submissions(counter, range(900)), 720)
        raise OSError("the disk was pulled out")

    told: list[Receipt] = []
    with pytest.raises(OSError, match="pulled out"):
        import_submissions(broken(), context=CONTEXT, vault=ready, by=BY, at=AT, progress=told.append)
    assert SubmissionRow.objects.count() == told[-1].stored
    assert told[-1].stored % 100 == 0
    assert accounts.verify_audit() is None


def run(folder: Path, url: str, count: int, kill_after: int | None = None, wait: float = 0.0) -> int:
    """Import in another process; kill it some seconds after it acknowledged so many. Returns what it acknowledged."""
    command = [sys.executable, str(Path(counters.__file__)), str(folder), url, str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = 0
    for line in process.stdout:
        acknowledged = int(line)
        if kill_after is not None and acknowledged >= kill_after:
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            kill_after = None
    process.wait()
    return acknowledged


def test_killed_at_random_moments_nothing_acknowledged_is_lost_and_nothing_comes_twice(
    ready: Vault, database_url: str, tmp_path: Path
) -> None:
    draw = random.Random(os.environ.get("SAPHAN_TEST_SEED", "11"))
    keyfile.make(tmp_path / "keys" / "mission.key")
    count, reached = 1200, 0
    for _ in range(3):
        acknowledged = run(tmp_path, database_url, count, kill_after=draw.randrange(count), wait=draw.random() / 20)
        found = stored()
        assert {counters.instance(number) for number in range(acknowledged)} <= found
        assert len(found) >= reached
        assert accounts.verify_audit() is None
        reached = len(found)
    assert run(tmp_path, database_url, count) == count
    assert stored() == {counters.instance(number) for number in range(count)}
    assert len(list(queries.answers("counter", counters.vault(tmp_path, database_url)))) == count
    assert accounts.verify_audit() is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_readers_end_with_the_import_that_is_killed(ready: Vault, database_url: str, tmp_path: Path) -> None:
    command = [sys.executable, str(Path(counters.__file__)), str(tmp_path), database_url, "100000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    children = [int(child) for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    assert len(children) >= 2
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(alive(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(child) for child in children)


def alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_cut_off_at_any_byte_the_database_is_whole_batches(
    ready: Vault, database_url: str, counter: Form, tmp_path: Path
) -> None:
    """The machine stops while the log is being written: SQLite's files are cut at every kind of place and opened."""
    database = Path(database_url.removeprefix("sqlite:///"))
    boot.settle()
    log = database.with_name("register.sqlite-wal")
    sizes = [log.stat().st_size]
    sent = list(counters.submissions(counter, range(300)))
    for start in range(0, 300, 60):
        import_submissions(sent[start : start + 60], context=CONTEXT, vault=ready, by=BY, at=AT)
        sizes.append(log.stat().st_size)
    draw = random.Random(5)
    places = sorted({*sizes, *(size - 1 for size in sizes[1:]), *(draw.randrange(sizes[-1]) for _ in range(40))})
    seen = set()
    for place in places:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        shutil.copy(database, copy)
        (copy / "register.sqlite-wal").write_bytes(log.read_bytes()[:place])
        with sqlite3.connect(copy / "register.sqlite") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (rows,) = connection.execute("SELECT count(*) FROM intake_submission").fetchone()
            (answers,) = connection.execute("SELECT count(*) FROM intake_answers").fetchone()
            (lines,) = connection.execute("SELECT count(*) FROM accounts_auditline WHERE changes = 60").fetchone()
        connection.close()
        complete = sum(size <= place for size in sizes[1:])
        assert (rows, answers, lines) == (60 * complete, 60 * complete, complete)
        seen.add(complete)
    assert seen == set(range(6))
