"""Counter submissions as phones write them; run as a program (folder, URL, count), it imports them."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from saphan.collect import checks, forms
from saphan.collect.forms.model import Form, Submission
from saphan.collect.sources.instance import Template
from saphan.pipeline import importing
from saphan.register import boot
from saphan.register.accounts.model import Actor, Permission
from saphan.register.fieldwork import queries as fieldwork
from saphan.register.intake import keyfile
from saphan.register.intake.model import Receipt, Vault

AT = datetime(2023, 3, 1, 9, 30, tzinfo=UTC)
BY = Actor(name="tester", permissions=frozenset(Permission))
CONTEXT = checks.Context()
FORM = Path(__file__).resolve().parents[2] / "missions" / "thailand-2023" / "forms" / "counter.xlsx"


def counter() -> Form:
    """The seed mission's counter form."""
    return forms.from_xlsx(FORM)


def instance(number: int) -> str:
    """The id of the submission with this number."""
    return f"uuid:{uuid.UUID(int=number, version=4)}"


def submissions(form: Form, numbers: range) -> Iterator[Submission]:
    """One counted hour for each number, each with three groups."""
    template = Template(form)
    cells = {"integer": "2", "date": "2023-01-09", "start": "2023-01-09T07:00:00.000+07:00", "select_one": ""}
    rows = {
        table.name: [
            form.choices[question.choices][0].name if question.choices else cells.get(question.type, "")
            for question in table.questions
        ]
        for table in form.tables
    }
    group = template.segments["group"].row(rows["group"]) * 3
    for number in numbers:
        xml = template.instance(instance(number), rows[form.root.name], {"group": group})
        yield Submission(xml=xml, source="archive:counts.zip", received=AT, file=f"{number}.xml")


def vault(folder: Path, url: str) -> Vault:
    """Open the register at a URL, with its keys in a folder."""
    boot.start(url, secret_key="of the tests")
    path = folder / "keys" / "mission.key"
    keyring = keyfile.read(path) if path.exists() else keyfile.make(path)
    return Vault(keyring=keyring, attachments=folder / "attachments")


def main(folder: Path, url: str, count: int) -> None:
    """Import in small batches, saying after each how many are acknowledged."""
    importing._BATCH = 60
    importing._CHUNK = 20

    def say(total: Receipt) -> None:
        sys.stdout.write(f"{total.stored + total.duplicates}\n")
        sys.stdout.flush()

    opened = vault(folder, url)
    form = next(form for form in fieldwork.forms().values() if form.id == "counter")
    importing.import_submissions(
        submissions(form, range(count)), context=CONTEXT, vault=opened, by=BY, at=AT, progress=say
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
