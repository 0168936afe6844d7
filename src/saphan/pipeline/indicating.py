"""Look up the needs indicators that a plan may name: what each is of, what it reads, and its definition in words."""

from __future__ import annotations

from dataclasses import dataclass

from saphan.analyse.frames import aloud
from saphan.analyse.indicators.needs.catalogue import NEEDS, SECTORS
from saphan.analyse.indicators.needs.model import Indicator
from saphan.core.nearest import remedy
from saphan.core.problem import problem


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An indicator in a list; `reads` are the concepts that a form has to ask, those of members after a dot."""

    sector: str
    name: str
    id: str
    profile: str
    title: str
    subject: str
    kind: str
    recall: str
    reads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Described:
    """All there is to know of an indicator; `words` read its definition aloud."""

    name: str
    title: str
    facts: tuple[tuple[str, str], ...]
    words: str


def listed(sector: str | None = None) -> tuple[Listed, ...]:
    """Every indicator, or those of a sector; Problem if there is no such sector."""
    if sector is not None and sector not in SECTORS:
        raise problem("plan.unknown", name=sector, nearest=remedy(sector, SECTORS, what="sectors"))
    return tuple(_listed(name, one) for name, every in SECTORS.items() if sector in (None, name) for one in every)


def described(name: str) -> Described:
    """One indicator; Problem if there is none of that name."""
    if name not in NEEDS:
        raise problem("plan.unknown", name=name, nearest=remedy(name, NEEDS, what="indicators"))
    one = NEEDS[name]
    (sector,) = (told for told, every in SECTORS.items() if one in every)
    short = _listed(sector, one)
    told = {
        "sector": sector,
        "of": short.subject,
        "recall": short.recall,
        "classes, the best first": ", ".join(one.classes),
        "in need": ", ".join(one.in_need),
        "reads": ", ".join(short.reads),
        "source": one.source,
    }
    facts = tuple((what, said) for what, said in told.items() if said)
    return Described(name=name, title=one.title, facts=facts, words=aloud.words(one.value))


def _listed(sector: str, one: Indicator) -> Listed:
    members = (f"{repeat}.{name}" for repeat, names in one.members.items() for name in names)
    return Listed(
        sector=sector,
        name=one.name,
        id=one.id,
        profile=one.profile.value,
        title=one.title,
        subject=one.subject.value,
        kind=one.kind.value,
        recall=one.recall or "",
        reads=(*one.reads, *members),
    )
