"""A mission at work: its folder opened, its register at hand, and the places where what is made from it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from saphan import mission as missions
from saphan.mission.model import Mission
from saphan.register import boot


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """An opened mission and where its register is: `database_url`, or SQLite below `var` where that is None."""

    mission: Mission
    database_url: str | None = None

    @property
    def var(self) -> Path:
        """Where what is made lies."""
        return self.mission.var

    @property
    def sqlite_file(self) -> Path:
        """The SQLite file of a register that no database was given for."""
        return self.var / "register.sqlite"

    @property
    def register_url(self) -> str:
        """Where the mission's register is: the database it was given, or SQLite below `var`."""
        return self.database_url or boot.sqlite_url(self.sqlite_file)

    @property
    def frames(self) -> Path:
        """The snapshots."""
        return self.var / "frames"

    @property
    def figures(self) -> Path:
        """The full register of figures of the last build: internal, never published."""
        return self.var / "figures" / "register.json"

    @property
    def review(self) -> Path:
        """Issues between submissions, for review: internal, without an answer in it."""
        return self.var / "review.csv"

    @property
    def sites(self) -> Path:
        """Numbers of single sites, for those who go there: internal, and no answer of any one person in it."""
        return self.var / "sites.csv"

    @property
    def products(self) -> Path:
        """What may go outside."""
        return self.var / "products"

    @property
    def cache(self) -> Path:
        """What can be made again at any time."""
        return self.var / "cache"


def open_workspace(folder: Path, database_url: str | None = None) -> Workspace:
    """Open a mission folder; Problem if it has faults."""
    return Workspace(mission=missions.open(folder), database_url=database_url)
