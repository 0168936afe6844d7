"""The reference page names every key that the readers know: undocumented means failing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from saphan.collect.rounds import Draw, assessment_reading
from saphan.collect.rounds import reading as rounds
from saphan.collect.simulate import population_settings
from saphan.mission import PointType
from saphan.mission import reading as missions

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "mission-folder.md").read_text(encoding="utf-8")
TABLES = [
    table
    for module in (missions, rounds, assessment_reading, population_settings)
    for table in vars(module).values()
    if isinstance(table, type) and issubclass(table, msgspec.Struct)
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__.strip("_"))
def test_every_key_is_on_the_page(table: type[msgspec.Struct]) -> None:
    missing = [field.encode_name for field in msgspec.structs.fields(table) if f"`{field.encode_name}`" not in PAGE]
    assert missing == []


def test_every_kind_is_on_the_page() -> None:
    assert [value for kind in (PointType, Draw) for value in kind if f"`{value}`" not in PAGE] == []
