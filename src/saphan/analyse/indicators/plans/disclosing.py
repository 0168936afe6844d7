"""Which numbers of a plan may be printed: none on fewer respondents than the mission's threshold, none that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from saphan.analyse.disclosure import Cell, protect
from saphan.analyse.disclosure import Standing as Release
from saphan.analyse.indicators.plans.model import Analysis, Finding, PlanLine, Standing

# Who a number is of: columns with the label of a group, or the answers of a condition, that its respondents share.
Who = frozenset[tuple[str, str | None]]
Asked = tuple[str, str | None, bool]


@dataclass(frozen=True, kw_only=True)
class _Sum:
    total: str
    parts: tuple[str, ...]


def disclosed(findings: Sequence[Finding], threshold: int) -> tuple[Finding, ...]:
    """Findings with the protected ones emptied of value, errors, limits and n.

    All numbers of one thing asked, of the same respondents, share their fate, on whatever lines of the plan they stand.
    The groups of a grouping add up to the whole, those of `a x b` to those of `a`, and those among whom a line asks are
    a part of all: what could be had by subtraction of respondents is protected too (`analyse.disclosure.protect`).
    """
    counts: dict[Asked, dict[Who, int]] = {}
    for one in findings:
        counts.setdefault(_asked(one.line), {}).setdefault(_who(one), one.n or 0)
    hidden = {asked: _protected(n, threshold) for asked, n in counts.items()}
    return tuple(_emptied(one, threshold) if _who(one) in hidden[_asked(one.line)] else one for one in findings)


def _asked(line: PlanLine) -> Asked:
    """What decides who has a value: a mean and a share of one column rest on the same respondents, a total on all."""
    return (line.of, line.over, line.analysis is Analysis.TOTAL)


def _who(one: Finding) -> Who:
    return frozenset(one.group.items()) | {(name, "|".join(answers)) for name, answers in one.line.among}


def _protected(n: Mapping[Who, int], threshold: int) -> frozenset[Who]:
    names = {who: str(place) for place, who in enumerate(n)}
    # Nobody of the sample in a group tells nothing of anybody: there are others whom the sample did not reach.
    cells = [
        Cell(name=name, rests_on=n[who], value=float(n[who]), structural=not n[who], cost=1.0 + n[who])
        for who, name in names.items()
    ]
    sums: list[_Sum] = []
    for total, parts in _families(n):
        left = n[total] - sum(n[one] for one in parts)
        if left < 0:
            continue  # several answers can be given: groups overlap, and nothing is had by subtraction
        listed = tuple(names[one] for one in parts)
        if left:  # those of the whole whom no group holds: nobody prints how many they are, and anybody can reckon it
            rest = f"rest {len(sums)}"
            cells.append(Cell(name=rest, rests_on=left, value=float(left), standing=Release.UNLISTED))
            listed += (rest,)
        sums.append(_Sum(total=names[total], parts=listed))
    if not any(0 < one.rests_on < threshold for one in cells):
        return frozenset()
    decided = protect(cells, sums, threshold)
    return frozenset(who for who, name in names.items() if name in decided.hidden)


def _families(every: Iterable[Who]) -> list[tuple[Who, tuple[Who, ...]]]:
    """Respondents, and those with one more column told, or more, who are a part of them."""
    by_columns: dict[frozenset[str], list[Who]] = {}
    for who in every:
        by_columns.setdefault(frozenset(name for name, _ in who), []).append(who)
    found = []
    for coarse, totals in by_columns.items():
        for fine, candidates in by_columns.items():
            if coarse < fine:
                for total in totals:
                    parts = tuple(one for one in candidates if total < one)
                    if parts:
                        found.append((total, parts))
    return found


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
