"""Every problem that the source raises stands in the catalogue, and every entry of the catalogue is raised."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from saphan.core.problem import CATALOGUE

SOURCE = Path(__file__).resolve().parents[2] / "src" / "saphan"
CATALOGUED = ("core/problem.py", "core/catalogue.py", "core/catalogue_register.py")


def words(path: Path) -> Iterator[str]:
    """Every text in a module, but for its docstrings and the catalogue's own."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def raised(path: Path) -> Iterator[str]:
    """The codes given to `problem`, `finding` and the like as they stand in a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in ("problem", "finding") and isinstance(node.args[0].value, str):
                yield node.args[0].value


def modules() -> list[Path]:
    return [path for path in SOURCE.rglob("*.py") if path.relative_to(SOURCE).as_posix() not in CATALOGUED]


def test_every_problem_raised_is_in_the_catalogue() -> None:
    unknown = {(path.name, code) for path in modules() for code in raised(path) if code not in CATALOGUE}
    assert unknown == set()


def test_every_entry_of_the_catalogue_is_raised_somewhere() -> None:
    said = {word for path in modules() for word in words(path)}
    assert sorted(CATALOGUE.keys() - said) == []
