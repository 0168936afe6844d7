"""The command line as its users have it: a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, kw_only=True)
class Shell:
    """A folder to stand in while giving commands."""

    at: Path

    def saphan(self, *words: str | Path, **environment: str) -> Answer:
        """Give one command; whatever register or key the machine's environment names is out of reach."""
        return self.python("from saphan.cli.main import run; run()", *words, **environment)

    def python(self, program: str, *words: str | Path, **environment: str) -> Answer:
        """Run a program of Python's own."""
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SAPHAN_KEYS")}
        ended = subprocess.run(
            [sys.executable, "-c", program, *map(str, words)],
            cwd=self.at,
            env={**kept, "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Answer(status=ended.returncode, out=ended.stdout, err=ended.stderr)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(at=tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell beside the mission `demo`, taken from `new` to `build`; for commands that only read."""
    made = Shell(at=tmp_path_factory.mktemp("built"))
    for words in (
        ("new", "demo"),
        ("simulate", "demo"),
        ("import", "demo", "var/demo/simulated.zip"),
        ("build", "demo"),
    ):
        answer = made.saphan(*words)
        assert answer.status == 0, answer.out + answer.err
    return made
