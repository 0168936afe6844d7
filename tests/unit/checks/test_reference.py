"""The reference pages name everything there is."""

from __future__ import annotations

from pathlib import Path

import msgspec

from saphan.collect import checks
from saphan.collect.forms.model import Fault

PAGES = Path(__file__).parents[3] / "docs" / "reference"


def test_every_check_stands_in_the_page_with_its_severity_and_meaning() -> None:
    page = (PAGES / "checks.md").read_text(encoding="utf-8")
    for check in checks.CATALOGUE.values():
        assert f"| `{check.code}` | {check.severity} | {check.meaning} |" in page


def test_every_parameter_stands_in_the_page() -> None:
    page = (PAGES / "checks.md").read_text(encoding="utf-8")
    for field in msgspec.structs.fields(checks.Settings):
        assert f"| `{field.name}` |" in page


def test_every_fault_is_a_check_and_stands_in_the_page() -> None:
    page = (PAGES / "reading.md").read_text(encoding="utf-8")
    for fault in Fault:
        assert f"| `{fault}` |" in page
        assert fault.value in checks.CATALOGUE
