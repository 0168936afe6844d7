"""The canonical tree of one submission: every node of its form, every row, no namespaces; for `xpath.document`.

Answers stand before groups and groups before repeats; no expression of ODK's looks at the order of unlike nodes.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from saphan.collect.forms.plan import Plan, Steps

Raw = list[list[list[str]]]  # block, row, column


class Canonical:
    """A tree built from raw rows; an answer found not to be asked is emptied in it too."""

    def __init__(self, plan: Plan, raw: Raw, parents: Sequence[Sequence[int]]) -> None:
        self._raw, self._parents = raw, parents
        self._rows: list[dict[int, etree._Element]] = [{} for _ in plan.blocks]
        self._leaves: dict[tuple[int, int, int], etree._Element] = {}
        self._grow(etree.Element(plan.root), plan.steps, 0, 0)

    def row(self, block: int, index: int) -> etree._Element:
        """The element of a row: the root, or one repetition."""
        return self._rows[block][index]

    def empty(self, block: int, index: int, column: int) -> None:
        """Take one answer's text away."""
        self._leaves[block, index, column].text = None

    def _grow(self, element: etree._Element, steps: Steps, block: int, index: int) -> None:
        self._rows[block].setdefault(index, element)
        for name, column in steps.columns.items():
            leaf = self._leaves[block, index, column] = etree.SubElement(element, name)
            leaf.text = self._raw[block][index][column] or None
        for name, inside in steps.groups.items():
            self._grow(etree.SubElement(element, name), inside, block, index)
        for name, (child, inside) in steps.repeats.items():
            for row, parent in enumerate(self._parents[child]):
                if parent == index:
                    self._grow(etree.SubElement(element, name), inside, child, row)
