"""The page on world.toml and that on mappings name every key: undocumented means failing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from saphan.collect.simulate import settings
from saphan.collect.sources import counts

DOCS = Path(__file__).parents[3] / "docs" / "reference"
TABLES = [
    (page, table)
    for page, module in (("world.md", settings), ("counts-csv.md", counts))
    for table in vars(module).values()
    if isinstance(table, type) and issubclass(table, msgspec.Struct)
]


@pytest.mark.parametrize(("page", "table"), TABLES, ids=lambda value: getattr(value, "__name__", value))
def test_every_key_is_on_its_page(page: str, table: type[msgspec.Struct]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    names = [field.encode_name for field in msgspec.structs.fields(table)]
    assert [
        name
        for name in names
        if not any(mark in text for mark in (f"`{name}`", f"\n{name} = ", f"`{name}.", f"[{name}]"))
    ] == []
