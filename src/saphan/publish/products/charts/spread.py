"""Labels that would stand on each other are moved apart, as little as will do, keeping their order."""

from __future__ import annotations

from collections.abc import Sequence


def spread(wanted: Sequence[float], gap: float, *, low: float, high: float) -> list[float]:
    """Positions near the wanted ones, at least `gap` apart, within low and high; closer where all cannot fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    if len(order) > 1:
        gap = min(gap, (high - low) / (len(order) - 1))
    blocks: list[tuple[float, list[int]]] = []  # where a block of touching labels starts, and the labels in it
    for index in order:
        blocks.append((min(max(wanted[index], low), high), [index]))
        while len(blocks) > 1 and blocks[-2][0] + gap * len(blocks[-2][1]) > blocks[-1][0]:
            _, after = blocks.pop()
            _, before = blocks.pop()
            together = before + after
            middle = sum(wanted[label] - gap * place for place, label in enumerate(together)) / len(together)
            blocks.append((min(max(middle, low), high - gap * (len(together) - 1)), together))
    placed = [0.0] * len(wanted)
    for start, labels in blocks:
        for place, label in enumerate(labels):
            placed[label] = start + gap * place
    return placed
