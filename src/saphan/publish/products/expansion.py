"""One template for several products: names that are given once, and a product for each of several codes.

each = { province = ["TH63", "TH85"] }              two products, `$province` one code in each
[names]
share = "needs.share/assessment=msna-2023"          `$share` in every text and name of the file
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from saphan.core import nearest
from saphan.core.problem import At, problem

EACH, NAMES = "each", "names"
_VARIABLE = re.compile(r"\$([a-z][a-z0-9_]*)")


@dataclass(frozen=True, kw_only=True)
class Expanded:
    """A template's file with its names filled in; `suffix` tells the product apart from the others of the file."""

    raw: Mapping[str, object]
    suffix: str


class _Given(msgspec.Struct, forbid_unknown_fields=False):
    each: dict[str, list[str]] = {}
    names: dict[str, str] = {}


def expanded(raw: Mapping[str, object], file: str) -> Iterator[Expanded]:
    """A file once, or once for each code of `each`; Problem for a `$name` that is not given, or `each` of two keys."""
    try:
        given = msgspec.convert(raw, _Given)
    except msgspec.ValidationError as error:
        raise problem("toml.value", At(file=file), detail=error) from None
    if len(given.each) > 1 or any(not codes or len(set(codes)) < len(codes) for codes in given.each.values()):
        detail = f"`{EACH}` has one key, with the codes of the products, each once."
        raise problem("toml.value", At(file=file, column=EACH), detail=detail)
    rest = {key: value for key, value in raw.items() if key not in (EACH, NAMES)}
    key, codes = next(iter(given.each.items()), ("", [""]))
    for code in codes:
        names = {**given.names, key: code} if key else given.names
        yield Expanded(raw={one: _filled(value, names, file, one) for one, value in rest.items()}, suffix=code)


def _filled(value: object, names: Mapping[str, str], file: str, key: str) -> object:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _named(found[1], names, file, key), value)
    if isinstance(value, dict):
        return {one: _filled(part, names, file, f"{key}.{one}") for one, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, names, file, f"{key}.{place}") for place, part in enumerate(value)]
    return value


def _named(name: str, names: Mapping[str, str], file: str, key: str) -> str:
    if name not in names:
        raise problem(
            "template.name", At(file=file, column=key), name=name, nearest=nearest.remedy(name, names, what="names")
        )
    return names[name]
