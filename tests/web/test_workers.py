"""The application as a server of several worker processes runs it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from saphan.pipeline.starting import new
from saphan.pipeline.workspace import open_workspace
from tests.web.conftest import fill

pytest.importorskip("gunicorn", reason="needs the extra `production`")


def test_several_workers_answer_for_one_mission(tmp_path: Path) -> None:
    folder = tmp_path / "missions" / "small"
    new(folder)
    fill(open_workspace(folder).products)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--preload",
            "--workers",
            "2",
            "--bind",
            f"127.0.0.1:{port}",
            "saphan.web.wsgi",
        ],
        env={**os.environ, "SAPHAN_MISSION": str(folder), "SAPHAN_HOSTS": "reports.example.org"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert _asked(port, "/readyz", "reports.example.org") == 200
        assert _asked(port, "/factsheet.en.html", "reports.example.org") == 200
        assert _asked(port, "/factsheet.en.html", "elsewhere.example.org") == 400
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _asked(port: int, path: str, host: str) -> int:
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": host})
            return connection.getresponse().status
        except ConnectionRefusedError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise AssertionError("it never listened")
