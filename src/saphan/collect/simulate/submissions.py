"""The fieldwork over an invented world: the submissions that phones would have sent, with all that goes wrong.

Every submission carries the simulated mark in its source, its submitter and its device id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from saphan.collect import forms as form_reading
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.forms.model import Form, Submission
from saphan.collect.rounds.model import Round
from saphan.collect.simulate.answers import Facts, Writer
from saphan.collect.simulate.crossings import World
from saphan.collect.simulate.offered import find_codes
from saphan.collect.simulate.planning import NINETY_NINE, TENFOLD, Planner, Task
from saphan.collect.simulate.selection import select
from saphan.collect.simulate.tellings import Tellings
from saphan.collect.simulate.visits import visit
from saphan.core.problem import Problem, problem

_SEEN = ("men", "women", "boys", "girls")


class Fieldwork:
    """All submissions of a round in a world; iterate over it for them in the order they arrive.

    Equal arguments give equal bytes, each time anew. `planted` are the mistakes that checks should find, `selected` the
    travellers who were screened.
    """

    def __init__(self, world: World, round_: Round, forms: Mapping[str, Form], *, seed: int) -> None:
        self.world = world
        self.round = round_
        self.seed = seed
        self._forms = _needed(world, round_, forms)
        self._tellings = Tellings(world, round_)
        rng = np.random.default_rng([seed, 2])
        visits = visit(world, round_, rng)
        self.selected = tuple(select(world, round_, visits.sessions, rng))
        planner = Planner(world, self._tellings, rng)
        planner.plan(round_, visits, self.selected)
        self.planted = tuple(planner.planted)
        self._tasks = tuple(planner.tasks)

    def __len__(self) -> int:
        return sum(len(task.received) for task in self._tasks)

    def __iter__(self) -> Iterator[Submission]:
        """Write the submissions one by one; what arrives twice is kept only until then."""
        scribe = _Scribe(self.world, self._forms, self._tellings, np.random.default_rng([self.seed, 3]))
        arrivals = sorted(
            (when, serial, number)
            for serial, task in enumerate(self._tasks)
            for number, when in enumerate(task.received)
        )
        waiting: dict[int, bytes] = {}
        for when, serial, number in arrivals:
            task = self._tasks[serial]
            xml = waiting.pop(serial) if serial in waiting else scribe.write(task)
            if number + 1 < len(task.received):
                waiting[serial] = xml
            mark = self.world.mark
            yield Submission(xml=xml, source=mark, received=when, submitter=f"{mark}:{task.person}")


def fieldwork(world: World, round_: Round, forms: Mapping[str, Form], *, seed: int) -> Fieldwork:
    """The submissions of a round in a world, in the order they arrive, ready to be written.

    Problem if the round counts where nobody crosses, lacks a form, or a form does not offer a code of world.toml.
    """
    return Fieldwork(world, round_, forms, seed=seed)


def _needed(world: World, round_: Round, forms: Mapping[str, Form]) -> dict[FormConcept, Form]:
    """The round's form of each kind; Problem with what does not fit."""
    concepts = [FormConcept.COUNTER, FormConcept.POINT_LOG]
    if round_.screening is not None:
        concepts += [FormConcept.SCREENER, FormConcept.FLOW_SURVEY]
    needed = {}
    for concept in concepts:
        form = forms.get(round_.forms.get(concept, ""))
        if form is None or form.concept != concept:
            raise problem("world.form", round=round_.id, concept=concept.value)
        needed[concept] = form
    if not any(table.concept == "group" for table in needed[FormConcept.COUNTER].tables):
        raise problem("world.form", round=round_.id, concept="counter, with a repeat whose concept is group,")
    for panel in round_.panels:
        if panel.point not in world.codes.point:
            raise problem("world.round", round=round_.id, point=panel.point)
    found = find_codes(world.settings, needed.values())
    if found:
        raise Problem(found)
    return needed


class _Scribe:
    """Writes tasks as instance XML; what is told and invented beyond the plan comes from one stream of chance."""

    def __init__(
        self, world: World, forms: Mapping[FormConcept, Form], tellings: Tellings, rng: np.random.Generator
    ) -> None:
        self._tellings = tellings
        self._writers = {
            concept: Writer(form, form_reading.Reader([form]).read, world.settings.fieldwork, rng)
            for concept, form in forms.items()
        }

    def write(self, task: Task) -> bytes:
        """One submission."""
        if task.crossings is not None:
            return self._count(task, task.crossings)
        writer = self._writers[task.concept]
        if task.selected is None or not task.selected.approach.consented:
            return writer.write(task.instance, task.facts)
        companions = self._tellings.companions(task.selected)
        inside = [table.name for table in writer.form.tables if table.parent == writer.form.root.name]
        return writer.write(task.instance, task.facts, dict.fromkeys(inside, companions))

    def _count(self, task: Task, crossings: NDArray[np.int64]) -> bytes:
        writer = self._writers[task.concept]
        table = next(table for table in writer.form.tables if table.concept == "group")
        groups = [dict(group) for group in self._tellings.groups(crossings)]
        if task.error == TENFOLD:
            largest = max(groups, key=_size)
            largest.update({kind: str(int(largest[kind]) * 10) for kind in _SEEN})
        if task.error == NINETY_NINE:
            groups[0]["women"] = "99"
        for group in groups:
            group["total"] = str(_size(group))
        return writer.write_cached(task.instance, {**task.facts, "group_count": str(len(groups))}, table, groups)


def _size(group: Facts) -> int:
    return sum(int(group[kind]) for kind in _SEEN)
