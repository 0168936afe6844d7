"""Which sites are to be counted in a round: drawn from what informants have reported so far, or the same ones again."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from saphan.analyse.indicators.stocks import assess, read
from saphan.collect import rounds
from saphan.collect.forms.concepts import FormConcept
from saphan.collect.rounds.mobility import SAMPLE_COLUMNS, MobilityExercise, MobilityRound, home, sample_of
from saphan.core.problem import At, problem
from saphan.estimate.stock import Assessed, draw_subset
from saphan.pipeline import records
from saphan.pipeline.freezing import freeze
from saphan.pipeline.registering import Opened, publish_forms
from saphan.pipeline.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class DrawnSites:
    """The files of a draw, how many sites of each district are in it, and whether anything was new."""

    sample: Path
    record: Path
    districts: Mapping[str, int]
    new: bool
    named: bool  # whether mobility.toml already names the file in this round


def draw(
    workspace: Workspace, opened: Opened, name: str, *, number: int, each: int, again: bool, within: Sequence[str]
) -> DrawnSites:
    """Draw `each` sites of every district, or of the districts in the areas `within`, and write them once.

    With `again` the sites of the last drawn round before are taken again, with the chances that they were drawn with.
    Problem "exercise.empty" where nobody has reported yet, "exercise.not-drawn" where there is nothing to take again,
    and "sample.drawn" where another sample stands there.
    """
    exercise = rounds.load_exercise(workspace.mission, name)
    fielded = next((one for one in exercise.rounds if one.number == number), None)
    if fielded is None:
        known = ", ".join(str(one.number) for one in exercise.rounds)
        raise problem("exercise.round", At(file="mobility.toml"), exercise=name, round=number, known=known)
    folder = workspace.mission.folder
    if again:
        chances, record = _again(folder, exercise, fielded)
    else:
        chances, record = _drawn(workspace, opened, exercise, fielded, each, within)
    places = workspace.mission.places
    listed = exercise.sites(places, fielded.period)
    kept = {
        site: chance
        for site, chance in sorted(chances.items())
        if site in listed and (not within or any(listed[site].pcode.startswith(area) for area in within))
    }
    sample = folder / sample_of(name, number)
    told = {**record, "within": list(within), "sites": len(kept)}
    contents = {
        sample: encode_sites(kept),
        record_of(sample): msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n",
    }
    new = records.write_once(folder, contents)
    return DrawnSites(
        sample=sample,
        record=record_of(sample),
        districts=dict(sorted(Counter(home(places, listed[site])[0] for site in kept).items())),
        new=new,
        named=fielded.sample == sample_of(name, number),
    )


def record_of(sample: Path) -> Path:
    """Where the record of a draw stands, by which anybody draws it again."""
    return sample.with_suffix(".draw.json")


def encode_sites(chances: Mapping[str, float]) -> bytes:
    """Drawn sites as a CSV file; chances with all their digits, since estimates rest on them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SAMPLE_COLUMNS)
    writer.writerows([site, repr(chance)] for site, chance in chances.items())
    return text.getvalue().encode()


def _drawn(
    workspace: Workspace,
    opened: Opened,
    exercise: MobilityExercise,
    fielded: MobilityRound,
    each: int,
    within: Sequence[str],
) -> tuple[Mapping[str, float], Mapping[str, object]]:
    """The chances of a new draw from the reports of the round, and its record."""
    publish_forms(workspace, opened)
    snapshot, _ = freeze(workspace, opened.vault, only=exercise.forms[FormConcept.KEY_INFORMANT])
    answers = read(snapshot)
    reported = next(one for one in assess(answers, workspace.mission, exercise) if one.said.fielded is fielded).present
    sites = tuple(
        site for site in reported.sites if not within or any(site.district.startswith(area) for area in within)
    )
    here = {site.id for site in sites if site.accessible}
    numbers = tuple(one for one in reported.reconciled if one.site in here)
    if not numbers:
        raise problem("exercise.empty", At(file="mobility.toml"), round=fielded.number)
    seed = exercise.seed + fielded.number
    subset = draw_subset(Assessed(sites=sites, reconciled=numbers), each, seed=seed)
    reports = {table.name: table.sha256 for table in snapshot.manifest.tables}
    return subset.chances, {"reports": reports, "each": each, "draws": subset.records}


def _again(
    folder: Path, exercise: MobilityExercise, fielded: MobilityRound
) -> tuple[Mapping[str, float], Mapping[str, object]]:
    """The sites of the last draw before the round, and which round that was of."""
    for one in reversed(exercise.rounds):
        if one.number < fielded.number and one.counted and one.sample and not _repeats(folder / one.sample):
            return one.counted, {"again": one.number}
    raise problem("exercise.not-drawn", At(file="mobility.toml"), round=fielded.number)


def _repeats(sample: Path) -> bool:
    """Whether a sample took sites again, by its record; one without a record was drawn by other means."""
    try:
        return "again" in msgspec.json.decode(record_of(sample).read_bytes(), type=dict[str, object])
    except (FileNotFoundError, msgspec.MsgspecError):
        return False
