"""The whole bridge, built once: the seed mission simulated, imported, built, with the commands a user gives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """A mission folder of the test's own, and the command line to use on it."""

    root: Path
    folder: Path
    var: Path

    def saphan(self, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command as a user would; with `check`, fail with what it printed."""
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment["COLUMNS"] = "200"
        answer = subprocess.run(
            [sys.executable, "-c", "from saphan.cli.main import run; run()", *map(str, words)],
            capture_output=True,
            text=True,
            env=environment,
            timeout=600,
            check=False,
        )
        if check:
            assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer


@pytest.fixture(scope="session")
def bridge(tmp_path_factory: pytest.TempPathFactory, thailand: Path) -> Bridge:
    """The seed mission after `simulate`, `import` and `build`."""
    root = tmp_path_factory.mktemp("bridge")
    folder = root / "missions" / "thailand-2023"
    shutil.copytree(thailand, folder)
    made = Bridge(root=root, folder=folder, var=root / "var" / "thailand-2023")
    made.saphan("simulate", folder)
    made.saphan("import", folder, made.var / "simulated.zip")
    made.saphan("build", folder)
    return made
