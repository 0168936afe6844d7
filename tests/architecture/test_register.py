"""The order of the register's parts where imports do not show it: foreign keys, signals, strings that name a part."""

from __future__ import annotations

import ast
import configparser
from pathlib import Path

import pytest
from django.apps import apps

from saphan.register import boot

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "saphan"
REGISTER = SOURCE / "register"

# Django is told which model is its user by a name in its settings; there is no other way.
NAMED_UPWARD = {("boot", "accounts.User")}


def order() -> list[str]:
    """The parts, earliest first, as the layer contract has them."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    layers = contract["importlinter:contract:register"]["layers"].split("\n")
    parts = [part.strip(" ()") for layer in reversed(layers) for part in layer.split("|")]
    return [part for part in parts if part and (REGISTER / part).is_dir()]


FILES = sorted(path for part in order() for path in (REGISTER / part).rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(REGISTER).parts[0]


def later(part: str) -> list[str]:
    return order()[order().index(part) + 1 :]


def relative(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def test_no_foreign_key_points_to_a_later_part() -> None:
    boot.ready()
    relations = [
        (part, field.related_model._meta.app_label)
        for part in order()
        if part in apps.app_configs
        for model in apps.get_app_config(part).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete
    ]
    assert len(relations) > 10
    assert not [(part, target) for part, target in relations if target in later(part)]


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_part_listens_to_signals(path: Path) -> None:
    """A signal is a call whose receiver cannot be seen from where it is made; a later part reads the audit chain."""
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
    }
    assert not {name for name in imported if "signal" in name or "dispatch" in name}


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_no_string_names_a_later_part(path: Path) -> None:
    part = part_of(path)
    named = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for other in later(part)
        if node.value.startswith((f"{other}.", f"saphan.register.{other}"))
    ]
    assert not [name for name in named if (part, name) not in NAMED_UPWARD]


@pytest.mark.parametrize(
    "path",
    sorted(path for path in SOURCE.rglob("*.py") if path.relative_to(SOURCE).parts[0] not in ("register", "web")),
)
def test_django_stays_in_register_and_web(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in imported if name.split(".")[0] in ("django", "allauth", "psycopg")}


def test_every_verb_has_its_permission_and_its_line() -> None:
    """Each function that writes goes through `acting`, or through one that does."""
    for part in order():
        path = REGISTER / part / "actions.py"
        if not path.exists():
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for verb in tree.body:
            if isinstance(verb, ast.FunctionDef) and not verb.name.startswith("_") and verb.name != "acting":
                calls = {ast.unparse(node.func) for node in ast.walk(verb) if isinstance(node, ast.Call)}
                assert "acting" in calls, f"{part}.{verb.name} leaves no audit line"
