"""How a part of the register becomes a Django app: tables in `tables.py`, found by its folder, never listed by name."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

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
    """The dotted names of the parts that keep tables, in alphabetical order."""
    prefix = f"{saphan.register.__name__}."
    found = [prefix + module.name for module in iter_modules(saphan.register.__path__) if module.ispkg]
    return sorted(name for name in found if find_spec(f"{name}.tables"))
