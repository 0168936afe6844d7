"""How fast submissions come in: from a zip of XML into the SQLite register, parsed, typed, checked, encrypted, stored.

    python -m benchmarks.import_speed [--counters N] [--surveys N] [--workers N]

Beside the product's rates stand a floor and a peer. The floor does nothing of what import is for: it parses with lxml
and inserts the bytes as they are into SQLite, in one process. The peer is ODK Central 2026 on the same kind of machine
(two shared cores, PostgreSQL with fsync, the same 66-field survey of 2.6 kB): 66 to 90 submissions a second.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sqlite3
import tempfile
import time
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from saphan import mission as missions
from saphan.collect import checks, forms, sources
from saphan.collect.forms.model import Fault, Form, Question
from saphan.collect.sources.instance import Template
from saphan.pipeline.importing import import_submissions
from saphan.register import boot
from saphan.register.accounts.model import Actor, Permission
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.intake import sealing
from saphan.register.intake.model import Vault

ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2024, 1, 5, tzinfo=UTC)
BY = Actor(name="benchmark", permissions=frozenset(Permission))
PROTOTYPES = 200  # different submissions; the rest differ from one of them by id alone
CENTRAL = "66 to 90 /s"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What one run cost."""

    name: str
    submissions: int
    seconds: float
    cpu: tuple[float, float]  # of the writer, of the readers
    stored: int
    issues: int = 0

    def __str__(self) -> str:
        writer, readers = (1e6 * each / self.submissions for each in self.cpu)
        return (
            f"{self.name:34s} {self.submissions / self.seconds:8,.0f} /s {self.seconds:8.2f} s"
            f" {writer:5.0f} + {readers:.0f} us CPU {self.stored / self.submissions:7,.0f} bytes kept, each"
        )


# What keeps an answer plausible: checks then find little, as in the field. Anything else is drawn by type.
PLAUSIBLE = {
    "consent": "yes", "of_age": "yes", "men": "2", "women": "1", "boys": "0", "girls": "1", "total": "4",
    "observed_hour": "8", "minutes_observed": "60", "age": "34", "crossings_in_reference_period": "2",
    "observed_date": "2023-03-06", "departure_date": "2023-03-05", "first_year": "2019",
}  # fmt: skip


def answer(question: Question, form: Form, draw: random.Random) -> str:
    """A plausible text for a question, by its concept, name or type."""
    fixed = PLAUSIBLE.get(question.concept or question.column) or PLAUSIBLE.get(question.column)
    if fixed:
        return fixed
    if question.choices is not None:
        names = [choice.name for choice in form.choices[question.choices]]
        return " ".join(draw.sample(names, 2)) if question.type == "select_multiple" else draw.choice(names)
    return {
        "integer": str(draw.randrange(1, 9)),
        "date": "2023-03-06",
        "start": "2023-03-06T08:00:00.000+07:00",
        "end": "2023-03-06T08:58:30.000+07:00",
        "geopoint": "16.7 98.5 0 5",
        "deviceid": "collect:4fKx0mJ7bRZq",
        "note": "",
    }.get(question.type, f"e{draw.randrange(100, 999)}")


def prototype(form: Form, template: Template, reader: forms.Reader, repeats: int, draw: random.Random) -> str:
    """One submission, with `%ID%` where its id goes, holding nothing that its form does not ask."""
    rows = {
        table.name: [
            [answer(question, form, draw) for question in table.questions]
            for _ in range(repeats if table.parent else 1)
        ]
        for table in form.tables
    }
    for _ in range(8):
        inside: dict[str, str] = {}
        for table in reversed(form.tables[1:]):
            segment = template.segments[table.name]
            inside[table.name] = "".join(segment.row(row, inside) for row in rows[table.name])
        text = template.instance("%ID%", rows[form.root.name][0], inside).decode()
        faults = reader.read(text.encode()).faults
        unasked = {path.rsplit("/", 1)[-1] for path, code in faults if code == Fault.NOT_RELEVANT}
        if not unasked:
            break
        for table in form.tables:
            for cell, question in enumerate(table.questions):
                if question.path.rsplit("/", 1)[-1] in unasked:
                    for row in rows[table.name]:
                        row[cell] = ""
    return text


def write_zip(path: Path, form: Form, repeats: int, count: int) -> int:
    """A zip of `count` submissions as phones name them; returns their mean size in bytes."""
    draw = random.Random(7)
    template, reader = Template(form), forms.Reader([form])
    texts = [prototype(form, template, reader, repeats, draw) for _ in range(PROTOTYPES)]
    size = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            name = uuid.UUID(int=draw.getrandbits(128), version=4)
            xml = texts[number % PROTOTYPES].replace("%ID%", f"uuid:{name}").encode()
            archive.writestr(f"instances/{name}/submission.xml", xml)
            size += len(xml)
    return size // count


def members(path: Path) -> Iterator[bytes]:
    """The submissions of a zip, plainly."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            yield archive.read(member)


def cpu() -> tuple[float, float]:
    """CPU seconds of this process, and of the ended ones that it started."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime


def product(
    name: str, archive: Path, form: Form, context: checks.Context, count: int, folder: Path, workers: int
) -> Rate:
    """The whole pipeline into a new register."""
    database = folder / f"{form.id}.sqlite"
    boot.start(boot.sqlite_url(database), secret_key="of the benchmark")
    boot.migrate()
    fieldwork.publish(form, by=BY, at=AT)
    vault = Vault(keyring=sealing.new_keyring(), attachments=folder / "attachments")
    before, start = cpu(), time.perf_counter()
    source = sources.open(archive, received=AT, report=print)
    receipt = import_submissions(source, context=context, vault=vault, by=BY, at=AT, workers=workers)
    seconds, after = time.perf_counter() - start, cpu()
    used = (after[0] - before[0], after[1] - before[1])
    assert (receipt.stored, receipt.refused) == (count, ())
    return Rate(
        name=name, submissions=count, seconds=seconds, cpu=used, stored=database.stat().st_size, issues=receipt.issues
    )


def floor(name: str, archive: Path, count: int, folder: Path) -> Rate:
    """lxml's parser and the bytes as they are into SQLite: nothing typed, checked or encrypted."""
    database = folder / "floor.sqlite"
    database.unlink(missing_ok=True)
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE submission (id INTEGER PRIMARY KEY, instance TEXT UNIQUE, xml BLOB)")
    before, start = cpu(), time.perf_counter()
    rows: list[tuple[str | None, bytes]] = []

    def write() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO submission (instance, xml) VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        rows.clear()

    for xml in members(archive):
        rows.append((etree.fromstring(xml).findtext("{*}meta/{*}instanceID"), xml))
        if len(rows) == 2000:
            write()
    write()
    seconds, after = time.perf_counter() - start, cpu()
    used = (after[0] - before[0], after[1] - before[1])
    connection.close()
    return Rate(name=name, submissions=count, seconds=seconds, cpu=used, stored=database.stat().st_size)


def main() -> None:
    """Print the rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counters", type=int, default=20_000)
    parser.add_argument("--surveys", type=int, default=8_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    mission = missions.open(ROOT / "missions" / "thailand-2023")
    schemas = forms.load(mission)
    context = checks.context(mission, schemas.values())
    wanted = (("counter", 10, given.counters, 5000), ("flow-survey", 1, given.surveys, 1500))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {given.workers} readers and one writer")
    with tempfile.TemporaryDirectory(prefix="saphan-import-") as name:
        folder = Path(name)
        for concept, repeats, count, target in wanted:
            form = next(form for form in schemas.values() if form.concept == concept)
            archive = folder / f"{concept}.zip"
            size = write_zip(archive, form, repeats, count)
            fields = sum(len(table.columns) for table in form.tables)
            print(f"\n{form.id}: {fields} fields, {size:,} bytes each, {count:,} submissions; target {target:,} /s")
            rate = product("import, whole pipeline", archive, form, context, count, folder, given.workers)
            print(rate)
            both = 2 * count / sum(rate.cpu)
            print(f"  {rate.issues / count:.1f} issues each; its CPU allows {both:,.0f} /s on two free cores")
            print(floor("floor: lxml + SQLite, raw bytes", archive, count, folder))
        print(f"\npeer: ODK Central, one process, the 66-field survey: {CENTRAL}")
        print(
            f"peak memory of the writer {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB,"
            f" of a reader {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:,.0f} MB"
        )


if __name__ == "__main__":
    main()
