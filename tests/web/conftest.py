"""A shelf of products and a real server over it, in a process of its own."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="description" content="{summary}"></head><body><h1>{title}</h1>'
    + "<p>words</p>" * 60
    + "</body></html>"
)
FIGURE = "figures/flow.movements/direction=in/2023/index.html"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server and the folder it serves."""

    root: Path
    port: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request, with its path sent as it stands here: nothing is tidied on the way."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(status=answer.status, headers=found, body=answer.read())
        finally:
            connection.close()


@contextmanager
def running(root: Path) -> Iterator[Server]:
    """A server over `root` on a free port, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "saphan.web", str(root), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        port = re.search(r":(\d+)/", said)
        assert port, said
        yield Server(root=root, port=int(port[1]))
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def fill(root: Path) -> None:
    """Products of two languages, a dataset, figure pages; and beside them what must never be served."""
    titles = {"en": "Crossings & counts", "th": "การข้ามแดน"}
    files: dict[str, str | bytes] = {
        f"factsheet.{language}.html": PAGE.format(language=language, title=title.replace("&", "&amp;"), summary="Who")
        for language, title in titles.items()
    }
    files |= {
        "factsheet.en.pdf": b"%PDF-1.7 \xe2\xe3\xcf\xd3",
        "factsheet.th.pdf": b"%PDF-1.7 \xe2\xe3\xcf\xd3",
        "register.json": '{"mission": "demo", "frame": "0123456789abcdef", "simulated": true, "figures": {}}',
        "figures/index.html": PAGE.format(language="en", title="Figures", summary=""),
        "figures/index.th.html": PAGE.format(language="th", title="ตัวเลข", summary=""),
        FIGURE: PAGE.format(language="en", title="Movements", summary=""),
        "dataset/figures.csv": "name,value\nflow.movements,12\n" * 30,
        "dataset/figures.xlsx": b"PK\x03\x04",
        ".hidden.html": "hidden",
        ".git/config.json": "hidden",
        "notes.txt": "hidden",
        "keys/mission.key": "hidden",
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    outside = root.parent / "secret.json"
    outside.write_text("secret", "utf-8")
    (root / "link.json").symlink_to(outside)
    (root / "folder").symlink_to(root.parent)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a filled shelf."""
    root = tmp_path_factory.mktemp("web") / "products"
    fill(root)
    with running(root) as started:
        yield started
