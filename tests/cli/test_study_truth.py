"""Studies of the seed mission in invented fieldwork: their printed intervals are held against the known truth."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from saphan import mission as missions
from saphan.collect import forms, simulate
from saphan.collect.forms.model import Form, State
from saphan.collect.rounds.study_reading import load_study
from tests.cli.conftest import Answer, Shell

SEED = Path(__file__).resolve().parents[2] / "missions" / "thailand-2023"
MISSION, MADE = "missions/thailand-2023", Path("var/thailand-2023")
STUDIES = ("migrant-perception", "digital-competency")
LEAST = {"migrant-perception": 200, "digital-competency": 150}  # numbers that have an interval, of 268 and 210
GROUPS = ("sex", "nationality", "stratum")
Cell = tuple[str, str, tuple[tuple[str, str], ...]]  # of what, which answer, in which group
Person = Mapping[str, object]


def done(answer: Answer) -> Answer:
    assert answer.status == 0, answer.out + answer.err
    return answer


def fielded(shell: Shell, study: str, seed: int) -> None:
    """A study's whole path in a shell's folder: registered, invented, imported, run."""
    shutil.copytree(SEED, shell.at / MISSION)
    done(shell.saphan("study", "register", MISSION, study))
    made = done(shell.saphan("simulate", MISSION, "--study", study, "--seed", str(seed), "--json")).json
    taken = done(shell.saphan("import", MISSION, made["archive"], "--json")).json["receipt"]
    assert (taken["stored"], taken["refused"]) == (made["submissions"], [])
    assert done(shell.saphan("study", "run", MISSION, study, "--json")).json["standing"] == "pre-registered"


def results(shell: Shell, study: str) -> list[dict[str, str]]:
    path = shell.at / MADE / "studies" / study / "results.csv"
    return list(csv.DictReader(path.open(encoding="utf-8", newline="")))


def cell(row: Mapping[str, str]) -> Cell:
    """What a row of the results is about."""
    return row["indicator"], row["answer"], tuple((name, row[name]) for name in GROUPS if row.get(name))


def true(shell: Shell, study: str, cells: Iterator[Cell]) -> Iterator[tuple[Cell, float]]:
    """What is so in the whole population, of what people would say: not all know, and not all want to say.

    None of the plan's conditions narrows who is asked further than the form does.
    """
    mission = missions.open(shell.at / MISSION)
    opened = load_study(mission, study)
    peopled = simulate.load_population(mission, opened)
    assert peopled is not None
    visits, unsaid = peopled.settings.visits, set(offering(forms.load(mission)[opened.form]))
    table = pq.read_table(shell.at / MADE / "truth" / study / "study.parquet")
    people: list[Person] = table.select([name for name in table.column_names if "." not in name]).to_pylist()
    for of, answer, group in cells:
        told = [one[of] for one in people if one[of] is not None and all(one[name] == code for name, code in group)]
        if not answer:
            yield (of, answer, group), sum(map(float, map(str, told))) / len(told)
        elif of in unsaid and answer in ("dont-know", "refused"):
            yield (of, answer, group), visits.item_unknown if answer == "dont-know" else visits.item_refused
        else:
            said = 1 - visits.item_unknown - visits.item_refused if of in unsaid else 1.0
            holds = sum(answer in one if isinstance(one, list) else one == answer for one in told)
            yield (of, answer, group), said * holds / len(told)


def offering(form: Form) -> Iterator[str]:
    """The questions that can be answered by saying that one does not know, or does not want to say."""
    for question in form.root.questions:
        choices = form.choices.get(question.choices or "", ())
        if question.concept and any(choice.state is not State.ANSWERED for choice in choices):
            yield question.concept


def held(shell: Shell, study: str) -> Counter[bool]:
    """How many of the printed intervals hold what is true, and how many do not; each number counts once."""
    limits = {cell(row): (row["low"], row["high"]) for row in results(shell, study)}
    printed = {of: (float(low), float(high)) for of, (low, high) in limits.items() if low and high}
    return Counter(printed[of][0] <= value <= printed[of][1] for of, value in true(shell, study, iter(printed)))


@pytest.mark.parametrize("study", STUDIES)
def test_intervals_of_a_study_hold_the_truth(shell: Shell, study: str) -> None:
    fielded(shell, study, seed=2023)
    found = held(shell, study)
    assert found.total() >= LEAST[study]
    assert found[True] / found.total() >= 0.9  # numbers of one sample miss together


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES)
def test_intervals_hold_the_truth_over_several_fieldworks(tmp_path: Path, study: str) -> None:
    found: Counter[bool] = Counter()
    for seed in range(1, 9):
        (tmp_path / str(seed)).mkdir()
        shell = Shell(at=tmp_path / str(seed))
        fielded(shell, study, seed)
        found += held(shell, study)
    # Clusters drawn without replacement count as drawn with it, and rare answers have wide intervals: too often if not.
    assert 0.94 <= found[True] / found.total() <= 0.985
