"""The register of figures: proposed (summed, disclosed, rounded, keyed), written, read, made public, compared."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import msgspec

from saphan.analyse.disclosure import WHOLE, Cell, Ratio, Standing, protect
from saphan.core import digest, nearest
from saphan.core.problem import Finding, Problem, finding, problem
from saphan.core.unit import Unit
from saphan.mission.model import Mission
from saphan.publish.figures import relations
from saphan.publish.figures.model import Figure, Kind, Register, Release, Sum
from saphan.publish.figures.rounding import RULE, round_figures

RESTRICTED = "restricted"  # stands outside for whatever may not be named there
# What the disclosure threshold is about.
PEOPLE = {Unit.MOVEMENT, Unit.PERSON, Unit.CHANGE, Unit.GROUP, Unit.INTERVIEW, Unit.HOUSEHOLD, Unit.SHARE}
LEVELS = 8
SAME = 1e-6  # relative: numbers of a figure this near to each other are one number, computed on two machines
NUMBERS = ("value", "low", "high", "standard_error", "degrees_of_freedom", "effective_coverage", "extrapolated", "said")
_JSON = msgspec.json.Encoder(order="deterministic")


def propose(
    figures: Iterable[Figure],
    sums: Iterable[Sum],
    *,
    mission: Mission,
    frame: str,
    facts: Mapping[str, str],
    ratios: Iterable[Ratio] = (),
) -> Register:
    """Make a register of figures: check their sums, decide what may go outside, round, and give each its key.

    A figure of a point that may not be named, or proposed as INTERNAL, stays INTERNAL, and one that was judged among
    its own respondents keeps its release. The others are held against the mission's disclosure threshold over the whole
    release at once (`analyse.disclosure.protect`), with the sums declared and those a reader can see. Problem
    `figure.twice`, `figure.unknown`, `figure.value`, `figure.sum`, all in one.
    """
    proposed = tuple(figures)
    sums, ratios = tuple(sums), tuple(ratios)
    named = {figure.name: figure for figure in proposed}
    findings = [*_unsound(proposed, named), *_unknown(sums, ratios, named)]
    if not findings:
        findings = [*_unequal(sums, named)]
    if findings:
        raise Problem(findings)
    released = _disclosed(
        {name: replace(figure, release=_by_class(figure, mission)) for name, figure in named.items()},
        sums,
        ratios,
        mission.disclosure.threshold,
    )
    # Only sums that a reader can add up have to add up in print, and what keeps one digit cannot.
    shown = {
        name
        for name, figure in released.items()
        if figure.release is Release.PUBLIC and not (figure.kind is Kind.ESTIMATE and figure.low is None)
    } | {WHOLE}
    rounded = round_figures(
        released.values(), [one for one in sums if one.in_print and shown >= {one.total, *one.parts}]
    ).figures
    return Register(
        mission=mission.id,
        simulated=mission.simulated,
        frame=frame,
        figures={name: replace(figure, key=key_of(figure, frame)) for name, figure in rounded.items()},
        sums=sums,
        facts=dict(facts),
    )


def key_of(figure: Figure, frame: str) -> str:
    """The content hash of a figure: what it means, the data, the estimator, the value, the rounding and the release.

    Numbers enter with ten significant digits, so that the last bits of another processor's arithmetic do not count.
    """
    content = {field.name: getattr(figure, field.name) for field in fields(figure) if field.name != "key"}
    return digest.of_value(_plain({**content, "frame": frame, "rounding": RULE}))


def public(register: Register, mission: Mission) -> Register:
    """What of a register may go outside: public figures, sums of public figures, and no name of what is not.

    Parents that are not public read `restricted`; so does the id of a point that may not be named, wherever a query or
    a fact mentions it.
    """
    shown = {figure.name for figure in register if figure.release is Release.PUBLIC}
    hidden_points = sorted(point.id for point in mission.places.points.values() if not point.official)
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, hidden_points))})(?![\w-])") if hidden_points else None

    def clean(text: str) -> str:
        return pattern.sub(RESTRICTED, text) if pattern else text

    def cut(figure: Figure) -> Figure:
        parents = dict.fromkeys(parent if parent in shown else RESTRICTED for parent in figure.parents)
        return replace(figure, parents=tuple(parents), query=clean(figure.query))

    return replace(
        register,
        figures={figure.name: cut(figure) for figure in register if figure.name in shown},
        sums=tuple(one for one in register.sums if shown.issuperset({one.total, *one.parts} - {WHOLE})),
        facts={clean(name): clean(fact) for name, fact in register.facts.items()},
    )


def adopted(computed: Register, carried: Register) -> Register:
    """Figures computed again with the last digits of those carried, wherever the two differ by no more than `SAME`.

    Another processor adds in another order: its numbers differ far beyond what is printed, and so would the keys. What
    a figure means, its rounding and its release are never taken over.
    """
    figures = dict(computed.figures)
    for name, told in carried.figures.items():
        own = computed.figures.get(name)
        if own is not None and own != told:
            near = {one: getattr(told, one) for one in NUMBERS if same(getattr(own, one), getattr(told, one))}
            own = replace(own, **near)
            figures[name] = replace(own, key=key_of(own, computed.frame))
    return replace(computed, figures=figures)


def same(one: object, other: object) -> bool:
    """Whether two contents of a field agree, numbers to `SAME`."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=SAME)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def encode(register: Register) -> bytes:
    """A register as JSON, UTF-8; equal registers give equal bytes."""
    return _JSON.encode(register) + b"\n"


def decode(data: bytes) -> Register:
    """The register that `encode` wrote; Problem `register.broken` if it is none, or its figures are misnamed."""
    try:
        register = msgspec.json.decode(data, type=Register)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise problem("register.broken", detail=str(error)) from error
    for name, figure in register.figures.items():
        if name != figure.name:
            raise problem("register.broken", detail=f"the figure {figure.name} stands under the name {name}")
    return register


@dataclass(frozen=True, kw_only=True)
class Change:
    """One figure in two registers; `before` or `after` is None where it is not in one of them."""

    name: str
    before: Figure | None
    after: Figure | None
    fields: tuple[str, ...]  # what differs: value, low, rounded, definition, release, ...


def compare(before: Register, after: Register) -> tuple[Change, ...]:
    """What changed from one register to another, figure by figure, in the order of names."""
    changes = []
    for name in sorted(before.figures.keys() | after.figures.keys()):
        old, new = before.figures.get(name), after.figures.get(name)
        if old is None or new is None:
            changes.append(Change(name=name, before=old, after=new, fields=()))
        elif old.key != new.key:
            different = [
                field.name
                for field in fields(old)
                if field.name != "key" and _plain(getattr(old, field.name)) != _plain(getattr(new, field.name))
            ]
            changes.append(Change(name=name, before=old, after=new, fields=tuple(different) or ("frame",)))
    return tuple(changes)


def _by_class(figure: Figure, mission: Mission) -> Release:
    """INTERNAL where it was proposed so, or speaks of a point that may not be named; what it was judged; or PUBLIC."""
    point = figure.cell.get("point")
    places = mission.places.points
    if point is not None and not (point in places and places[point].official):
        return Release.INTERNAL
    return figure.release if figure.judged or figure.release is Release.INTERNAL else Release.PUBLIC


def _disclosed(
    figures: Mapping[str, Figure], sums: Sequence[Sum], ratios: Sequence[Ratio], threshold: int
) -> dict[str, Figure]:
    about_people = {
        name: figure
        for name, figure in figures.items()
        if figure.unit in PEOPLE and figure.kind is not Kind.CITED and not figure.judged
    }
    within = about_people.keys() | {WHOLE}
    known, rests = relations.find(about_people, [one for one in sums if within >= {one.total, *one.parts}])
    heights = _heights(known)
    cells = [
        Cell(
            name=name,
            rests_on=figure.rests_on,
            value=abs(figure.value),  # of a change how large it is: its sign is in the sums
            # The loss of a figure: more the more it rests on, and twice as much at each step from parts to totals.
            cost=(1 + math.log10(1 + figure.rests_on)) * 2 ** heights.get(name, 0),
            standing=Standing.WITHHELD if figure.release is Release.INTERNAL else Standing.OPEN,
        )
        for name, figure in about_people.items()
    ]
    related = [ratio for ratio in ratios if within >= {ratio.share, ratio.part, ratio.total}]
    decision = protect([*cells, *rests], known, threshold, related)
    return {
        name: replace(figure, release=Release(decision.hidden[name])) if name in decision.hidden else figure
        for name, figure in figures.items()
    }


def _heights(sums: Sequence[Sum]) -> dict[str, int]:
    """How many sums lie one over the other below each total, LEVELS at most."""
    found: dict[str, int] = {}
    for _ in range(LEVELS):
        for one in sums:
            below = max(found.get(part, 0) for part in one.parts)
            found[one.total] = min(LEVELS, max(found.get(one.total, 0), 1 + below))
    return found


def _unsound(figures: Sequence[Figure], named: Mapping[str, Figure]) -> Iterable[Finding]:
    if len(named) < len(figures):
        seen: set[str] = set()
        for figure in figures:
            if figure.name in seen:
                yield finding("figure.twice", name=figure.name)
            seen.add(figure.name)
    for figure in named.values():
        numbers = [figure.value, *(n for n in (figure.low, figure.high, figure.standard_error) if n is not None)]
        if not all(map(math.isfinite, numbers)):
            yield finding("figure.value", name=figure.name, detail="a number of it is infinite or undefined")
        elif figure.low is not None and figure.high is not None and not _between(figure.low, figure.value, figure.high):
            yield finding("figure.value", name=figure.name, detail="its value lies outside its interval")
        elif figure.unit in PEOPLE and (figure.rests_on < 0 or (figure.value < 0 and figure.unit is not Unit.CHANGE)):
            yield finding("figure.value", name=figure.name, detail="it is below zero")


def _between(low: float, value: float, high: float) -> bool:
    noise = relations.TOLERANCE * abs(value)
    return low - noise <= value <= high + noise


def _unknown(sums: Sequence[Sum], ratios: Sequence[Ratio], named: Mapping[str, Figure]) -> Iterable[Finding]:
    mentioned = [name for one in sums for name in (one.total, *one.parts)]
    mentioned += [name for ratio in ratios for name in (ratio.share, ratio.part, ratio.total)]
    for name in dict.fromkeys(mentioned):
        if name not in named and name != WHOLE:
            yield finding("figure.unknown", name=name, nearest=nearest.remedy(name, named, what="figures"))


def _unequal(sums: Sequence[Sum], named: Mapping[str, Figure]) -> Iterable[Finding]:
    for one in sums:
        parts = [named[part].value for part in one.parts]
        total = 1.0 if one.total == WHOLE else named[one.total].value
        if relations.gap(total, parts):
            yield finding(
                "figure.sum",
                total="shares" if one.total == WHOLE else one.total,
                parts=f"{sum(parts):.12g}",
                value=f"{total:.12g}",
                names=", ".join(one.parts),
            )


def _plain(value: object) -> object:
    """Plain data with every float cut to ten significant digits."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value
