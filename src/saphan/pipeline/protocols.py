"""What a study says that it will do, as one canonical text, and what it is worth once there is data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import msgspec

from saphan.analyse.indicators.needs.model import Indicator
from saphan.analyse.indicators.plans.model import PlanLine
from saphan.collect.forms.model import Form
from saphan.collect.rounds.assessments import Area
from saphan.collect.rounds.studies import Study
from saphan.core import digest
from saphan.register.fieldwork.model import Registration
from saphan.register.intake.model import Arrival

VERSION = "protocol/1"
_CANONICAL = msgspec.json.Encoder(order="sorted")


class Standing(StrEnum):
    """What results may be called, in the words that every file of them carries."""

    PRE_REGISTERED = "pre-registered"
    AFTER_DATA = "exploratory: plan registered after data"
    SUPERSEDED = "exploratory: plan superseded by another before data"
    NOT_REGISTERED = "exploratory: plan not registered"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Where a protocol stands: its own registration, and the one that was in force when the first data came."""

    standing: Standing
    registration: Registration | None
    in_force: Registration | None


def protocol(
    study: Study, areas: Sequence[Area], lines: Sequence[PlanLine], indicators: Mapping[str, Indicator], form: Form
) -> str:
    """The canonical JSON of all that decides on the results before there are any.

    In it are question, population, design, estimates, who was drawn with which chance, the plan's lines, what the
    indicators in them are, and the key of the form. Not in it are titles, and what the field finds out (households
    listed).
    """
    design = asdict(study.design)
    content = {
        "version": VERSION,
        "study": study.id,
        "question": dict(study.question),
        "population": dict(study.population),
        "period": study.period.label,
        "design": design,
        "estimates": [asdict(one) for one in study.estimates],
        "sample": [[one.id, one.stratum, one.place, one.chance, one.clusters] for one in areas],
        "plan": [_line(one) for one in lines],
        # A definition by its own words: nodes of other kinds with the same parts are told apart.
        "indicators": {
            name: digest.of_bytes(repr(indicators[name].value).encode())
            for name in sorted({name for line in lines for name in _named(line)} & indicators.keys())
        },
        "form": {"id": form.id, "key": form.key},
    }
    return _CANONICAL.encode(content).decode()


def judge(key: str, registrations: Sequence[Registration], first: Arrival | None) -> Judged:
    """Where the protocol with this hash stands, given every registration and when the first submission came.

    Pre-registered is only what was in force when it came: registered earlier by the clock and in the audit chain, and
    not superseded by then.
    """
    earlier = [one for one in registrations if first is None or (one.sequence < first.sequence and one.at <= first.at)]
    in_force = earlier[-1] if earlier else None
    if in_force is not None and in_force.digest == key:
        return Judged(standing=Standing.PRE_REGISTERED, registration=in_force, in_force=in_force)
    own = next((one for one in reversed(registrations) if one.digest == key), None)
    if own is None:
        standing = Standing.NOT_REGISTERED
    else:
        standing = Standing.SUPERSEDED if own in earlier else Standing.AFTER_DATA
    return Judged(standing=standing, registration=own, in_force=in_force)


def deviations(before: str, now: str) -> tuple[str, ...]:
    """In what one protocol differs from another, in words; lines of the plan one by one."""
    was, has = (msgspec.json.decode(one) for one in (before, now))
    old, new = ([_said(line) for line in one["plan"]] for one in (was, has))
    found = [f"Added to the plan: {line}." for line in new if line not in old]
    found += [f"Taken out of the plan: {line}." for line in old if line not in new]
    words = {
        "question": "The question was changed.",
        "population": "The population was changed.",
        "period": "The period was changed.",
        "design": "The design was changed.",
        "estimates": "What is to be estimated, or how precisely, was changed.",
        "sample": "Other clusters were drawn, or with other chances.",
        "indicators": "The definitions of indicators, or which are used, were changed.",
        "form": "The form was changed.",
    }
    return (*found, *(said for part, said in words.items() if was[part] != has[part]))


def _line(line: PlanLine) -> dict[str, object]:
    """A line without its row: where it stands in the sheet decides nothing."""
    return {name: value for name, value in asdict(line).items() if name != "row"}


def _named(line: PlanLine) -> set[str]:
    grouped = {name for names in line.by for name in names}
    return {line.of, *grouped, *(name for name, _ in line.among)} | ({line.over} if line.over else set())


def _said(line: Mapping[str, object]) -> str:
    """A line of a plan in words: the share of trust by sex among age_group=18-29."""
    one = msgspec.convert({**line, "row": 0}, PlanLine)
    said = [f"the {one.analysis} of {one.of}"]
    said += [f"over {one.over}"] if one.over else []
    said += ["by " + "; ".join(" x ".join(names) for names in one.by)] if one.by else []
    said += ["among " + "; ".join(f"{name}={'|'.join(told)}" for name, told in one.among)] if one.among else []
    said += ["with a test of the groups"] if one.test else []
    return " ".join([*said, f"at {one.level:.0%}"])
