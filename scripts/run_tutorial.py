"""Gives the commands of the tutorial in an empty folder and writes into the page what they answer."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "tutorial" / "first-figure.md"
SHOWN = "/home/you"  # stands in the page for the folder in which the commands were given

_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def run(text: str, folder: Path) -> str:
    """The page with the answers of now, its `$ saphan ...` lines given one after the other in `folder`."""
    return _BLOCK.sub(lambda block: f"```console\n{''.join(_answers(block[1], folder))}```", text)


def _answers(block: str, folder: Path) -> list[str]:
    said = []
    for line in block.splitlines():
        if not line.startswith("$ "):
            continue
        program, *words = shlex.split(line.removeprefix("$ "))
        if program != "saphan":
            raise SystemExit(f"only saphan is run: {line}")
        ended = subprocess.run(
            [sys.executable, "-c", "from saphan.cli.main import run; run()", *words],
            cwd=folder,
            env={**{name: value for name, value in os.environ.items() if name != "DATABASE_URL"}, "COLUMNS": "110"},
            capture_output=True,
            text=True,
            check=False,
        )
        answer = (ended.stdout + ended.stderr).replace(str(folder.resolve()), SHOWN)
        said.append("\n".join([line, *(part.rstrip() for part in answer.splitlines())]) + "\n")
    return said


def without_numbers(text: str) -> str:
    """The text without digits, hashes, and the breaks between lines that move with them."""
    text = re.sub(r"\b[0-9a-f]{8,64}\b", "#", text)
    return re.sub(r"[\s│├└─]+", " ", re.sub(r"\d[\d,.]*", "0", text))


def main() -> None:
    """Write the page anew."""
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(run(PAGE.read_text("utf-8"), Path(folder)), "utf-8")


if __name__ == "__main__":
    main()
