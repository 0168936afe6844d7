"""What cannot be true of two rounds at once, since their figures would have the same names or count a point twice."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from saphan.collect.rounds.model import Panel, Round
from saphan.mission.files import TomlFile


def check(file: TomlFile, rounds: Mapping[str, Round]) -> None:
    """Add to `file` what is wrong between rounds, by the path at which each stands: at the later one of two."""
    for (_, earlier), (path, later) in combinations(rounds.items(), 2):
        if earlier.period & later.period is None:
            continue
        twice = [index for index, panel in enumerate(later.panels) if _counted(earlier, panel)]
        for index in twice:
            file.wrong(
                f"{path}.panel[{index}].point",
                f"The round {earlier.id!r} counts {later.panels[index].point} on some of these days too; a point "
                "belongs to one round at a time.",
            )
        if not twice and earlier.cordon.id == later.cordon.id:
            file.wrong(
                f"{path}.period",
                f"The round {earlier.id!r} counts the same cordon on some of these days, and figures of both would "
                "have the same names; put the points into one round, or give this one a cordon of its own.",
            )


def _counted(fielded: Round, panel: Panel) -> bool:
    return any(own.point == panel.point and own.period & panel.period for own in fielded.panels)
