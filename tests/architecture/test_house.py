"""What the layer contract cannot see: file lengths, clocks, environments, country names, unkeyed writing."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "saphan"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)

LONG_WITH_REASON: dict[str, str] = {}
WAYS_IN = ("web", "cli")


def relative(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_file_is_over_600_lines(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 600 or relative(path) in LONG_WITH_REASON


def _called(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.relative_to(SOURCE).parts[0] not in WAYS_IN], ids=relative
)
def test_nothing_below_the_ways_in_reads_the_clock_or_the_environment(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    clocks = ("datetime.now", "datetime.utcnow", "date.today", "datetime.today", "timezone.now")
    called = _called(tree)
    assert not {name for name in called if name.endswith(clocks) or name == "time.time"}
    assert not {name for name in called if name in {"os.getenv", "getenv"}}
    assert not any(isinstance(node, ast.Attribute) and node.attr == "environ" for node in ast.walk(tree))


def test_the_source_holds_no_country() -> None:
    with (ROOT / "missions" / "thailand-2023" / "places" / "areas.csv").open(encoding="utf-8") as file:
        names = {row["name:en"] for row in csv.DictReader(file) if row["level"] in {"0", "1"}}
    names = {name for name in names if len(name) > 4}
    assert len(names) > 60
    found = [
        (relative(path), name)
        for path in FILES
        for name in names
        if re.search(rf"\b{re.escape(name)}\b", path.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_module_and_public_name_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not text.strip():
        return
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "the module has no docstring"
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]
    assert not silent
