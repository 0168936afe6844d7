"""What the server writes down of requests, and what it says of itself."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from saphan.web.journal import Faults
from tests.web.conftest import Server, fill

FIELDS = {"time", "method", "route", "status", "ms", "bytes", "user"}


@pytest.fixture
def journalled(tmp_path: Path) -> Iterator[tuple[Server, subprocess.Popen[str]]]:
    """A server whose standard error can be read after it has ended."""
    root = tmp_path / "products"
    fill(root)
    process = subprocess.Popen(
        [sys.executable, "-m", "saphan.web", str(root), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    port = re.search(r":(\d+)/", process.stdout.readline())
    assert port
    yield Server(root=root, port=int(port[1])), process
    process.kill()
    process.wait()


def lines(process: subprocess.Popen[str]) -> list[str]:
    process.terminate()
    _, said = process.communicate(timeout=10)
    return said.splitlines()


def test_each_request_is_one_line_without_path_query_or_header(
    journalled: tuple[Server, subprocess.Popen[str]],
) -> None:
    server, process = journalled
    asked = ["/", "/register.json?token=hush-query", "/key/hush-path/formList", "/healthz", "/readyz", "/favicon.ico"]
    for path in asked:
        server.ask(path, Authorization="Bearer hush-header", Cookie="session=hush-cookie", User_Agent="hush-agent")
    server.ask("/", method="HUSH")
    said = lines(process)
    assert "hush" not in "\n".join(said).lower()
    found = [json.loads(line) for line in said]
    assert [set(line) for line in found] == [FIELDS] * 7
    assert [line["route"] for line in found] == ["home", "product", "product", "alive", "ready", "icon", "home"]
    assert [line["status"] for line in found] == [200, 200, 404, 200, 200, 204, 405]
    assert [line["method"] for line in found] == ["GET"] * 6 + ["other"]
    assert all(line["user"] is None for line in found)


def test_a_server_without_its_products_is_alive_and_not_ready(
    journalled: tuple[Server, subprocess.Popen[str]],
) -> None:
    server, _ = journalled
    assert json.loads(server.ask("/readyz").text) == {"products": True}
    server.root.rename(server.root.parent / "elsewhere")
    answer = server.ask("/readyz")
    assert (answer.status, json.loads(answer.text)) == (503, {"products": False})
    assert server.ask("/healthz").status == 200
    assert "no-store" in answer.headers["cache-control"]


def test_a_fault_is_told_by_its_kind_and_place_alone() -> None:
    try:
        raise ValueError("Naw Paw Eh")
    except ValueError:
        information = sys.exc_info()
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "at /key/hush", (), information)
    said = json.loads(Faults().format(record))
    assert said["fault"] == "ValueError"
    assert said["place"].startswith("test_a_fault_is_told_by_its_kind_and_place_alone:")
    assert not {"Naw", "hush"} & set(re.findall(r"\w+", json.dumps(said)))
