"""Which numbers of a plan may be printed: none on fewer respondents than the mission's threshold, none that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from saphan.analyse.disclosure import Cell, protect
from saphan.analyse.indicators.plans.model import Finding, Standing

Group = tuple[tuple[str, str | None], ...]
Pattern = tuple[tuple[Group, int], ...]


@dataclass(frozen=True, kw_only=True)
class _Sum:
    total: str
    parts: tuple[str, ...]


def disclosed(findings: Sequence[Finding], threshold: int) -> tuple[Finding, ...]:
    """Findings with the protected ones emptied of value, errors, limits and n.

    All numbers of a line in a group rest on the same respondents and share their fate. The groups of a grouping add up
    to the whole, and those of `a x b` to those of `a`: what could be had by subtraction of respondents is protected
    too (`analyse.disclosure.protect`). Lines are looked at one by one.
    """
    known: dict[Pattern, frozenset[Group]] = {}
    found: list[Finding] = []
    for _, of_line in groupby(findings, key=lambda one: one.line):
        mine = list(of_line)
        pattern = tuple({_group(one): one.n or 0 for one in mine}.items())
        if pattern not in known:
            known[pattern] = _protected(dict(pattern), threshold)
        hidden = known[pattern]
        found += [_emptied(one, threshold) if _group(one) in hidden else one for one in mine]
    return tuple(found)


def _group(one: Finding) -> Group:
    return tuple(one.group.items())


def _protected(n: Mapping[Group, int], threshold: int) -> frozenset[Group]:
    # Nobody of the sample in a group tells nothing of anybody: there are others whom the sample did not reach.
    if not any(0 < one < threshold for one in n.values()):
        return frozenset()
    names = {group: str(place) for place, group in enumerate(n)}
    cells = [
        Cell(name=name, rests_on=n[group], value=float(n[group]), structural=not n[group], cost=1.0 + n[group])
        for group, name in names.items()
    ]
    decided = protect(cells, list(_sums(names)), threshold)
    return frozenset(group for group, name in names.items() if name in decided.hidden)


def _sums(names: Mapping[Group, str]) -> Iterator[_Sum]:
    """Each group, and the groups of a finer grouping that it is divided into."""
    groupings: dict[tuple[str, ...], list[Group]] = {}
    for group in names:
        groupings.setdefault(tuple(name for name, _ in group), []).append(group)
    for coarse, totals in groupings.items():
        for fine, parts in groupings.items():
            if len(fine) <= len(coarse) or not set(coarse) <= set(fine):
                continue
            for total in totals:
                inside = tuple(names[one] for one in parts if set(total) <= set(one))
                if inside:
                    yield _Sum(total=names[total], parts=inside)


def _emptied(one: Finding, threshold: int) -> Finding:
    return replace(
        one,
        value=None,
        standard_error=None,
        low=None,
        high=None,
        n=None,
        degrees=None,
        standing=Standing.PROTECTED,
        note=f"protected: it rests on fewer than {threshold} respondents, or shows a number that does",
    )
