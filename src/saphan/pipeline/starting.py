"""New: a mission folder that passes `check` and says, in its own comments, what to fill in."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from saphan.core.problem import At, problem


def new(folder: Path) -> list[Path]:
    """Write a starting mission folder; Problem if the folder exists and is not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise problem("mission.exists", At(file=str(folder)), what=str(folder))
    source = files("saphan.pipeline") / "starter"
    written = []
    for template in sorted(_files(source), key=str):
        target = folder / str(template).removeprefix(str(source)).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        content = template.read_bytes()
        if target.suffix == ".toml":
            content = content.replace(b"{{id}}", folder.name.encode())
        target.write_bytes(content)
        written.append(target)
    return written


def _files(folder):  # type: ignore[no-untyped-def]
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry)
        else:
            yield entry
