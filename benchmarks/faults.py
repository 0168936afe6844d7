"""What faults cost: processes killed, disks filled, clocks set wrong, the same submissions from two links at once.

    python -m benchmarks.faults [--runs 1000] [--seed 1]

Each run is a process of its own that imports or receives, and says over a pipe what it acknowledges; after each,
what was acknowledged must be there. At the end every submission is opened and compared with the bytes that were sent,
and the audit chain walked. Nothing is repaired between runs: the next one just opens what the last one left.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from django.db import connection, connections
from tests.register.counters import AT, BY, CONTEXT, counter, instance, submissions

from saphan.collect.forms.model import Attachment, Submission
from saphan.core import digest
from saphan.pipeline import importing
from saphan.pipeline.readers import Desk
from saphan.register import boot
from saphan.register.accounts import queries as accounts
from saphan.register.boot import bulk
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import actions as intake
from saphan.register.intake import queries, sealing
from saphan.register.intake.model import Receipt, Vault
from saphan.register.intake.tables import Attachment as AttachmentRow
from saphan.register.intake.tables import Submission as SubmissionRow

FORM = counter()
EACH = 24  # submissions of a run
BATCH = 6  # of them in one transaction
SIZE = "12m"  # of the disk that fills up


@dataclass(kw_only=True)
class Register:
    """A register under test, and what was ever acknowledged by it."""

    folder: Path
    vault: Vault
    acknowledged: set[int] = field(default_factory=set)
    next: int = 1

    def open(self) -> None:
        """Open it anew, as a process that has just started does."""
        connections.close_all()
        boot.start(boot.sqlite_url(self.folder / "register.sqlite"), secret_key="of the faults")

    def fresh(self) -> range:
        """Numbers of submissions that were never sent."""
        numbers = range(self.next, self.next + EACH)
        self.next += EACH
        return numbers


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process that was started, and where it says what it acknowledges."""

    pid: int
    pipe: int


def made(folder: Path) -> Register:
    """An empty register in a folder, the form published."""
    register = Register(folder=folder, vault=Vault(keyring=sealing.new_keyring(), attachments=folder / "attachments"))
    register.open()
    boot.migrate()
    fieldwork.publish(FORM, by=BY, at=AT)
    connections.close_all()
    return register


def sent(numbers: range) -> Iterator[Submission]:
    """Submissions as phones send them; every third has a photograph."""
    for number, submission in zip(numbers, submissions(FORM, numbers), strict=True):
        photo = Attachment(name="photo.jpg", content=random.Random(number).randbytes(20_000))
        yield replace(submission, attachments=(photo,)) if number % 3 == 0 else submission


def importing_(register: Register, numbers: range, pipe: int, at: timedelta) -> None:
    """Import in small batches; the acknowledgement of each goes out when the import tells of it."""
    told = 0

    def say(total: Receipt) -> None:
        nonlocal told
        done = total.stored + total.duplicates
        for number in numbers[told:done]:
            os.write(pipe, f"{number}\n".encode())
        told = done

    importing._BATCH, importing._CHUNK = BATCH, BATCH
    importing.import_submissions(
        sent(numbers), context=CONTEXT, vault=register.vault, by=BY, at=AT + at, workers=0, progress=say
    )


def receiving(register: Register, numbers: range, pipe: int, at: timedelta) -> None:
    """Receive one by one, as they come over a network."""
    desk = Desk([FORM], CONTEXT, register.vault.keyring)
    for number, submission in zip(numbers, sent(numbers), strict=True):
        sealed, refused = desk.work([submission])
        receipt = intake.receive(sealed, refused, vault=register.vault, by=BY, at=AT + at)
        if receipt.stored + receipt.duplicates:
            os.write(pipe, f"{number}\n".encode())


Work = Callable[[Register, range, int, timedelta], None]


def started(work: Work, register: Register, numbers: range, *, at: timedelta = timedelta(), room: int = 0) -> Child:
    """Start a process that does the work; `room` is the size in bytes past which a file of its cannot be written."""
    connections.close_all()
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return Child(pid=pid, pipe=ours)
    os.close(ours)
    status = 0
    try:
        if room:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        register.open()
        work(register, numbers, theirs, at)
    except BaseException:
        status = 3
    os._exit(status)


def ended(child: Child) -> tuple[set[int], int]:
    """Wait for the process: what it acknowledged, and how it ended."""
    said = b""
    while piece := os.read(child.pipe, 65536):
        said += piece
    os.close(child.pipe)
    _, status = os.waitpid(child.pid, 0)
    lines = said.split(b"\n")[:-1]  # a line cut by the kill says nothing
    return {int(line) for line in lines}, status


def lost(register: Register) -> set[int]:
    """What was acknowledged and is not there."""
    register.open()
    wanted = {instance(number): number for number in register.acknowledged}
    there = {row[0] for row in bulk.having(SubmissionRow, "instance", list(wanted), ("instance",))}
    return {number for name, number in wanted.items() if name not in there}


def killed(work: Work) -> Callable[[Register, random.Random], str]:
    def run(register: Register, chance: random.Random) -> str:
        numbers = register.fresh()
        child = started(work, register, numbers)
        time.sleep(chance.uniform(0, 0.12))
        os.kill(child.pid, signal.SIGKILL)
        told, status = ended(child)
        register.acknowledged |= told
        return "killed" if os.WIFSIGNALED(status) else "was faster"

    return run


def disk_full(register: Register, chance: random.Random) -> str:
    """A file stops growing at a random size: the database, its log, or an attachment."""
    size = (register.folder / "register.sqlite").stat().st_size
    room = chance.choice(
        [chance.randint(1, 20_000), size + chance.randint(0, 200_000), chance.randint(20_000, 400_000)]
    )
    told, status = ended(started(chance.choice([importing_, receiving]), register, register.fresh(), room=room))
    register.acknowledged |= told
    return "stopped by the full disk" if status else "had room"


def at_once(register: Register, chance: random.Random) -> str:
    """The same submissions over two links, one of which may be killed."""
    numbers = register.fresh()
    children = [started(chance.choice([importing_, receiving]), register, numbers) for _ in range(2)]
    kill = chance.random() < 0.5
    if kill:
        time.sleep(chance.uniform(0, 0.15))
        os.kill(children[0].pid, signal.SIGKILL)
    for child in children:
        told, _ = ended(child)
        register.acknowledged |= told
    return "one of two killed" if kill else "both ended"


def clock_jump(register: Register, chance: random.Random) -> str:
    """The machine's clock is years off, forward or back, and the process is killed."""
    child = started(receiving, register, register.fresh(), at=timedelta(days=chance.uniform(-3000, 3000)))
    time.sleep(chance.uniform(0, 0.3))
    os.kill(child.pid, signal.SIGKILL)
    told, _ = ended(child)
    register.acknowledged |= told
    return "killed under a wrong clock"


CASES: dict[str, tuple[float, Callable[[Register, random.Random], str]]] = {
    "killed during import": (0.35, killed(importing_)),
    "killed during receive": (0.25, killed(receiving)),
    "file cannot grow": (0.15, disk_full),
    "same from two links": (0.15, at_once),
    "clock jump": (0.10, clock_jump),
}


def whole(register: Register) -> tuple[int, int]:
    """Look at everything that is stored: how many are double, and how many things do not hold."""
    register.open()
    stored = list(SubmissionRow.objects.values_list("instance", flat=True))
    broken = sum(not good for _, good in queries.wholeness(register.vault))
    for name in AttachmentRow.objects.values_list("submission__instance", flat=True):
        photo = random.Random(_number(name)).randbytes(20_000)
        broken += digest.of_bytes(queries.attachment(name, "photo.jpg", register.vault)) != digest.of_bytes(photo)
    third = {name for name in stored if _number(name) % 3 == 0}
    broken += len(third) - AttachmentRow.objects.count()
    broken += accounts.verify_audit() is not None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        broken += cursor.fetchone()[0] != "ok"
    return len(stored) - len(set(stored)), broken


def _number(name: str) -> int:
    return int(name.removeprefix("uuid:").replace("-", ""), 16) & ((1 << 48) - 1)


def full_tmpfs(runs: int, chance: random.Random) -> tuple[int, int, int, int, str]:
    """The whole register on a small disk of its own that fills up, is given room, and fills up again."""
    with tempfile.TemporaryDirectory(prefix="saphan-disk-") as place:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", place], capture_output=True, check=False
        )
        if mounted.returncode:
            return 0, 0, 0, 0, "left out: this user may not mount a disk"
        try:
            register = made(Path(place))
            stopped = missing = 0
            for _ in range(runs):
                ballast = Path(place, "ballast")
                free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
                ballast.write_bytes(bytes(max(free - chance.randint(0, 120_000), 0)))
                told, status = ended(started(chance.choice([importing_, receiving]), register, register.fresh()))
                register.acknowledged |= told
                stopped += status != 0
                ballast.unlink()
                missing += len(lost(register))
            double, broken = whole(register)
            connections.close_all()
            return len(register.acknowledged), missing, double, broken, f"{stopped} of {runs} stopped by the full disk"
        finally:
            subprocess.run(["umount", place], check=True)


def main(runs: int, seed: int) -> int:
    """Run and print; 0 if nothing was lost, double or broken."""
    chance = random.Random(seed)
    started_at = time.monotonic()
    names = [name for name, (share, _) in CASES.items() for _ in range(round(share * runs))]
    chance.shuffle(names)
    ends: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory(prefix="saphan-faults-") as place:
        register = made(Path(place))
        missing: set[int] = set()
        for name in names:
            ends[name, CASES[name][1](register, chance)] += 1
            missing |= lost(register)
        double, broken = whole(register)
        connections.close_all()
        acknowledged = len(register.acknowledged)
    small = full_tmpfs(max(runs // 20, 1), chance)
    for (name, end), number in sorted(ends.items()):
        print(f"{name:24} {end:28} {number:6,}")
    print(f"{'full tmpfs of ' + SIZE:24} {small[4]}")
    print(f"runs {len(names) + max(runs // 20, 1):,}, {time.monotonic() - started_at:.0f} s")
    print(f"acknowledged {acknowledged + small[0]:,}, lost {len(missing) + small[1]}, double {double + small[2]}")
    print(
        f"opened and found other than sent, or chain or database broken: {broken + small[3]}; repairs 0 (none exists)"
    )
    return int(bool(missing or small[1] or double or small[2] or broken or small[3]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(main(asked.runs, asked.seed))
