"""How a part of the register becomes a Django app: tables in `tables.py`, found by its folder, never listed by name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from django.apps import AppConfig

import saphan.register


class Part(AppConfig):
    """A part of the register; its Django models stand in `tables.py`."""

    default = False
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        super().import_models()
        import_module(f"{self.name}.tables")


def names() -> list[str]:
    """The dotted names of the parts that keep tables, in alphabetical order; none is imported to find out."""
    here = Path(saphan.register.__file__ or "").parent
    return sorted(f"{saphan.register.__name__}.{path.parent.name}" for path in here.glob("*/tables.py"))
