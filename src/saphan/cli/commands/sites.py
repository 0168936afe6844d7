"""Commands on the sites of mobility tracking: which of them are to be counted."""

from __future__ import annotations

from pathlib import Path

from saphan.cli import show
from saphan.cli.environment import database_url, keys, now
from saphan.pipeline import site_drawing
from saphan.pipeline.registering import open_register
from saphan.pipeline.workspace import open_workspace


def draw(folder: Path, exercise: str, *, number: int, each: int, again: bool, within: list[str], as_json: bool) -> None:
    """`saphan sites draw`."""
    workspace = open_workspace(folder, database_url())
    opened = open_register(workspace, at=now(), keys=keys())
    drawn = site_drawing.draw(workspace, opened, exercise, number=number, each=each, again=again, within=within)
    name = drawn.sample.relative_to(folder.resolve() if drawn.sample.is_absolute() else folder).as_posix()
    if as_json:
        show.json(
            {"sample": str(drawn.sample), "record": str(drawn.record), "districts": drawn.districts, "new": drawn.new}
        )
        return
    show.table(
        f"Sites to count, {exercise}, round {number}",
        ("district", "sites"),
        [(district, count) for district, count in drawn.districts.items()],
        right=(1,),
    )
    what = "drawn into" if drawn.new else "stand as drawn before in"
    show.out.print(f"{sum(drawn.districts.values()):,} sites {what} {drawn.sample}; the record is {drawn.record}.")
    if not drawn.named:
        show.out.print(f'Next: write counted = "{name}" into round {number} of {folder / "mobility.toml"}')
