"""How fast answers leave: a register of a form with a repeat to each format of file, with the memory it takes.

    python -m benchmarks.exports [--submissions N] [--repeats N] [--register FOLDER]

The register is made once (in FOLDER, kept there if given); each format then runs in a process of its own, so that its
peak of memory is its own. Target: the CSV zip of 100,000 submissions with 5 repeat rows each in under 30 s. The peer is
Python's `csv.writer` over the same rows, held in memory and written to one plain file a table: what cannot be undercut.
ODK Central took 6.8 s for the CSV zip of 16,700 submissions of a 66-field form (2,500 a second, no encryption at rest).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.xlsforms import form as xlsform

from saphan.collect import forms
from saphan.collect.forms.model import Form, Question, Reading, Submission
from saphan.collect.sources.instance import Template
from saphan.pipeline.exporting import export
from saphan.pipeline.exports.choices import Format
from saphan.pipeline.exports.layout import Layout
from saphan.pipeline.exports.model import Options
from saphan.pipeline.registering import Opened
from saphan.register import boot
from saphan.register.accounts.model import Actor, Permission
from saphan.register.fieldwork import actions as fieldwork
from saphan.register.fieldwork import queries as published
from saphan.register.intake import actions as intake
from saphan.register.intake import queries, sealing
from saphan.register.intake.model import Vault

AT = datetime(2024, 1, 5, tzinfo=UTC)
BY = Actor(name="benchmark", permissions=frozenset(Permission))
PROTOTYPES = 500
BATCH = 2000


def survey() -> Form:
    """A form of 60 questions, with a repeat of 6."""
    asked = ["| survey | | | |", "| | type | name | label |", "| | start | start | |", "| | geopoint | gps | Place |"]
    for number in range(20):
        asked.append(f"| | select_one answer | one_{number} | Question {number} |")
        asked.append(f"| | integer | whole_{number} | Number {number} |")
    asked += [f"| | select_multiple need | many_{number} | Needs {number} |" for number in range(6)]
    asked += [f"| | text | text_{number} | Words {number} |" for number in range(8)]
    asked += [f"| | decimal | part_{number} | Part {number} |" for number in range(4)]
    asked.append("| | begin repeat | member | Member |")
    asked += [f"| | text | name_{number} | Name |" for number in range(2)]
    asked += ["| | integer | age | Age |", "| | select_one answer | sex | Sex |", "| | decimal | weight | Weight |"]
    asked += ["| | select_multiple need | ill | Ill |", "| | end repeat | | |", "| choices | | | |"]
    asked.append("| | list_name | name | label |")
    asked += [f"| | answer | a{number} | Answer {number} |" for number in range(8)]
    asked += [f"| | need | n{number} | Need {number} |" for number in range(12)]
    return xlsform("\n".join(asked))


def make(folder: Path, count: int, repeats: int) -> None:
    """The register: `count` submissions, each sealed under a key of its own."""
    form = survey()
    _open(folder)
    boot.migrate()
    fieldwork.publish(form, by=BY, at=AT)
    keyring = sealing.new_keyring()
    (folder / "key").write_text(sealing.write_keyring(keyring), "utf-8")
    draw = random.Random(5)
    template, reader = Template(form), forms.Reader([form])
    prototypes = [_prototype(form, template, reader, repeats, draw) for _ in range(PROTOTYPES)]
    sealer = sealing.Sealer(keyring)
    vault = Vault(keyring=keyring, attachments=folder / "attachments")
    for start in range(0, count, BATCH):
        batch = []
        for number in range(start, min(start + BATCH, count)):
            xml, reading = prototypes[number % PROTOTYPES]
            instance = f"uuid:{uuid.UUID(int=draw.getrandbits(128), version=4)}"
            sent = Submission(xml=xml + instance.encode(), source="benchmark", received=AT + timedelta(seconds=number))
            batch.append(sealer(sent, replace(reading, instance=instance)))
        intake.receive(batch, vault=vault, by=BY, at=AT)


def _prototype(
    form: Form, template: Template, reader: forms.Reader, repeats: int, draw: random.Random
) -> tuple[bytes, Reading]:
    inside = {}
    for table in form.tables[1:]:
        segment = template.segments[table.name]
        inside[table.name] = "".join(
            segment.row([_answer(form, question, draw) for question in table.questions]) for _ in range(repeats)
        )
    values = [_answer(form, question, draw) for question in form.root.questions]
    xml = template.instance("uuid:prototype", values, inside)
    return xml, reader.read(xml)


def _answer(form: Form, question: Question, draw: random.Random) -> str:
    if question.choices is not None:
        names = [choice.name for choice in form.choices[question.choices]]
        return " ".join(draw.sample(names, 3)) if question.type == "select_multiple" else draw.choice(names)
    return {
        "integer": str(draw.randrange(90)),
        "decimal": f"{draw.uniform(0, 90):.2f}",
        "start": "2023-03-06T08:00:00.000+07:00",
        "geopoint": f"{draw.uniform(16, 17):.7f} {draw.uniform(98, 99):.7f} 210.0 5.2",
    }.get(question.type, f'Words {draw.randrange(10_000)} ของคน, "{draw.randrange(100)}"')


def _open(folder: Path) -> None:
    boot.start(boot.sqlite_url(folder / "register.sqlite"), secret_key="of the benchmark")


def _vault(folder: Path) -> Vault:
    keyring = sealing.read_keyring((folder / "key").read_text("utf-8"))
    return Vault(keyring=keyring, attachments=folder / "attachments")


def run(folder: Path, what: str) -> None:
    """One format, in this process; prints seconds, bytes, and the peak of memory in MB as JSON."""
    _open(folder)
    vault, form = _vault(folder), next(iter(published.forms()))[0]
    target = folder / f"out.{what}"
    if what == "peer":
        layout = Layout(list(published.forms().values()), Options())
        rows = [each for record in queries.records(form, vault) for each in layout.rows(record)]
        start, used = time.perf_counter(), time.process_time()
        files = [(folder / f"peer-{n}.csv").open("w", encoding="utf-8", newline="") for n in range(len(layout.sheets))]
        writers = [csv.writer(file) for file in files]
        for place, row in rows:
            writers[place].writerow(row)
        for file in files:
            file.close()
        size = sum((folder / f"peer-{n}.csv").stat().st_size for n in range(len(layout.sheets)))
    else:
        start, used = time.perf_counter(), time.process_time()
        opened = Opened(vault=vault, by=BY, at=AT)
        split = what == "split"
        export(opened, form, target, Options(format=Format.CSV if split else Format(what), split=split))
        size = target.stat().st_size
    seconds, used = time.perf_counter() - start, time.process_time() - used
    # Of this program alone: `getrusage` counts what the process was before it became it.
    status = Path("/proc/self/status").read_text("utf-8")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu": used, "bytes": size, "peak": peak}) + "\n")


def main() -> None:
    """Print time, size and peak memory of each format."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--register", type=Path)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run(given.register, given.run)
        return
    with tempfile.TemporaryDirectory(prefix="saphan-exports-") as name:
        folder = given.register or Path(name)
        folder.mkdir(exist_ok=True)
        if not (folder / "key").exists():
            start = time.perf_counter()
            make(folder, given.submissions, given.repeats)
            print(f"register of {given.submissions:,} submissions made in {time.perf_counter() - start:.0f} s")
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {given.repeats} repeat rows each")
        for what in ("csv", "split", "xlsx", "parquet", "sav", "dta", "geojson", "peer"):
            command = [sys.executable, "-m", "benchmarks.exports", "--register", str(folder), "--run", what]
            done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            label = {"split": "csv, --split", "peer": "peer: csv.writer, rows in memory"}.get(what, what)
            rate = given.submissions / done["seconds"]
            print(
                f"{label:34s} {done['seconds']:7.1f} s ({done['cpu']:5.1f} of CPU) {rate:8,.0f} /s"
                f" {done['bytes'] / 1e6:8.1f} MB   peak {done['peak']:6,.0f} MB"
            )


if __name__ == "__main__":
    main()
