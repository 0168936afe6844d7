"""How many of the intervals that a mission prints of its sites hold the truth of its invented people.

`python -m benchmarks.site_rounds missions/thailand-2023` needs a simulated mission that was imported and built; the
truth lies beside its archive, in `var/<mission>/truth/<exercise>`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from saphan.analyse.frames.freeze import open_snapshot
from saphan.analyse.indicators.stocks import assess, read
from saphan.collect import rounds
from saphan.pipeline.figuring import figures
from saphan.pipeline.workspace import open_workspace
from saphan.publish.figures.model import Figure

AREAS = ("district", "province")
STOCKS = ("stock.present", "stock.change")


def main(folder: Path) -> None:
    """Print, for every kind of figure, how many intervals there are and how many hold the truth."""
    workspace = open_workspace(folder)
    register = figures(workspace.figures)
    snapshot = open_snapshot(workspace.frames / register.frame)
    for exercise in rounds.load_mobility(workspace.mission):
        table = pq.read_table(workspace.var / "truth" / exercise.id / "sites.parquet").to_pylist()
        rows = defaultdict(list)
        for row in table:
            rows[row["period"]].append(row)
        # A figure is of the sites that could be entered and of which anybody told or which were counted.
        there: dict[str, frozenset[str]] = {}
        for one in assess(read(snapshot), workspace.mission, exercise):
            told = {each.site for each in one.present.reconciled} | {each.site for each in one.present.counts}
            there[one.said.fielded.period.label] = frozenset(
                site.id for site in one.present.sites if site.accessible and site.id in told
            )
        found: dict[str, list[tuple[Figure, float]]] = defaultdict(list)
        for figure, true in _truths(list(register), rows, there):
            found[_kind(figure)].append((figure, true))
        print(f"{exercise.id}: {len(there)} rounds, {sum(map(len, there.values())):,} sites assessed")
        print(f"{'figures':<36}{'intervals':>10}{'hold':>7}{'%':>7}{'RMSE %':>9}   without interval, in range said")
        for kind, each in sorted(found.items()):
            drawn = [(one, true) for one, true in each if one.low is not None and one.high is not None]
            hold = sum(one.low <= true <= one.high for one, true in drawn)  # type: ignore[operator]
            said = [(one, true) for one, true in each if one.low is None and one.said is not None]
            inside = sum(one.said[0] <= true <= one.said[1] for one, true in said)  # type: ignore[index]
            errors = [
                (one.value / true - 1) ** 2 for one, true in drawn if true > 0 and one.indicator != "stock.change"
            ]
            error = f"{100 * (sum(errors) / len(errors)) ** 0.5:.1f}" if errors else ""
            share = f"{100 * hold / len(drawn):.1f}" if drawn else ""
            print(f"{kind:<36}{len(drawn):>10}{hold:>7}{share:>7}{error:>9}   {inside} of {len(said)}")


def _truths(
    register: list[Figure], rows: Mapping[str, list[dict[str, object]]], there: Mapping[str, frozenset[str]]
) -> Iterator[tuple[Figure, float]]:
    periods = list(there)
    for figure in register:
        if figure.indicator not in (*STOCKS, "stock.arrivals"):
            continue
        measure = "arrived" if figure.indicator == "stock.arrivals" else "present"
        if figure.indicator == "stock.change":
            before = periods[periods.index(figure.period) - 1]
            panel = there[before] & there[figure.period]
            later, earlier = (_sum(rows[one], figure, panel, measure) for one in (figure.period, before))
            yield figure, later - earlier
        else:
            yield figure, _sum(rows[figure.period], figure, there[figure.period], measure)


def _sum(rows: list[dict[str, object]], figure: Figure, sites: frozenset[str], measure: str) -> float:
    wanted = figure.cell.items()
    return float(
        sum(int(str(row[measure])) for row in rows if row["site"] in sites and all(row[k] == v for k, v in wanted))
    )


def _kind(figure: Figure) -> str:
    area = next(area for area in AREAS if area in figure.cell)
    part = next((key for key in figure.cell if key not in AREAS), "")
    return " ".join(filter(None, [figure.indicator, area, part and f"by {part}"]))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "missions/thailand-2023"))
