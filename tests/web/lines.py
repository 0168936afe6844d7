"""A mission on line: a real server over a register on either database, and a client that sends as Collect does."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connections

from saphan.collect.forms.model import Form
from saphan.pipeline.registering import Opened, open_register
from saphan.pipeline.workspace import Workspace, open_workspace
from saphan.register.accounts import actions as accounts
from saphan.register.fieldwork import actions as fieldwork
from tests.web.conftest import Answer

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "long enough to keep"
RUN = "from saphan.cli.main import run; run()"
VERSION = {"X-OpenRosa-Version": "1.0"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A running server, the register behind it, and the token of a phone that was let in."""

    workspace: Workspace
    opened: Opened
    port: int
    token: str

    @property
    def phone(self) -> str:
        """Where the phone sends to."""
        return f"/v1/key/{self.token}/projects/1"

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request with headers as they stand, `_` for `-`."""
        return self.send(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, headers=found, body=answer.read())
        finally:
            connection.close()

    def post(self, xml: bytes | None, files: Mapping[str, bytes] | None = None, **fields: str) -> Answer:
        """One submission as Collect packs it."""
        body, kind = multipart(xml, files or {}, fields)
        return self.send(
            "POST", f"{self.phone}/submission?deviceID=collect%3Aabc", body, {"Content-Type": kind, **VERSION}
        )


def multipart(xml: bytes | None, files: Mapping[str, bytes], fields: Mapping[str, str]) -> tuple[bytes, str]:
    """A body of several parts, each file under its own name, and its content type."""
    mark = uuid.uuid4().hex
    parts = [(f'name="{name}"', "text/plain", value.encode()) for name, value in fields.items()]
    if xml is not None:
        parts.append(('name="xml_submission_file"; filename="submission.xml"', "text/xml", xml))
    parts += [(f'name="{name}"; filename="{name}"', "image/jpeg", content) for name, content in files.items()]
    body = b"".join(
        f"--{mark}\r\nContent-Disposition: form-data; {what}\r\nContent-Type: {kind}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for what, kind, content in parts
    )
    return body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


@contextmanager
def on_line(at: Path, *, form: Form | None = None, database_url: str | None = None) -> Iterator[Line]:
    """A new mission in the folder `at`, with `form` published too, put on line by `saphan serve`."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SAPHAN_KEYS")}
    environment = {**kept, "COLUMNS": "200", **({"DATABASE_URL": database_url} if database_url else {})}
    subprocess.run([sys.executable, "-c", RUN, "new", "demo"], cwd=at, env=environment, check=True, capture_output=True)
    workspace = open_workspace(at / "demo", database_url)
    opened = open_register(workspace, at=AT)
    if form is not None:
        fieldwork.publish(form, by=opened.by, at=AT)
    token = accounts.add_app_user("phone", by=opened.by, at=AT)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "serve", "demo", "--port", "0"],
        cwd=at,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=(at / "log").open("w"),
        text=True,
    )
    try:
        assert process.stdout
        port = re.search(r":(\d+)/", process.stdout.readline())
        assert port, (at / "log").read_text()
        yield Line(workspace=workspace, opened=opened, port=int(port[1]), token=token)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
        connections.close_all()
