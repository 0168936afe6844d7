"""Change between rounds: what a stacked design says where all units stay, the true covariance where some do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from saphan.estimate.survey.design import SamplingBasis
from saphan.estimate.survey.grounds import NotByChanceError
from saphan.estimate.survey.plan import mean, share, total
from saphan.estimate.survey.rounds import covariance
from saphan.estimate.survey.sample import sample
from saphan.estimate.survey.survey import Survey

DESIGN = {"weight": "weight", "strata": "district", "clusters": "village"}


def round_of(seed: int, villages: np.ndarray) -> pa.Table:
    """Ten people of each village; villages differ, and keep differing from round to round."""
    rng = np.random.default_rng(seed)
    village = np.repeat(villages, 10)
    there = np.sin(village) + rng.normal(0, 0.5, village.size) + seed / 10
    return pa.table(
        {
            "district": pa.array([f"d{one % 3}" for one in village]),
            "village": village,
            "weight": rng.uniform(2, 5, village.size),
            "there": there,
            "kind": pa.array(rng.choice(["a", "b"], village.size)),
        }
    )


def test_where_all_units_stay_it_is_the_difference_of_one_stacked_design() -> None:
    rounds = [round_of(seed, np.arange(24)) for seed in (1, 2)]
    stacked = pa.concat_tables(
        [table.append_column("round", pa.array([number] * table.num_rows)) for number, table in enumerate(rounds)]
    )
    for quantity, answer in ((mean("there"), None), (total("there"), None), (share("kind"), "a")):
        earlier, later = (Survey(table, **DESIGN).estimate(quantity) for table in rounds)
        found = later.change(earlier, quantity, answer=answer, same_units=True)
        told = Survey(stacked, **DESIGN).estimate(quantity, by="round")
        expected = told.difference(quantity, {"round": 1}, {"round": 0}, answer=answer)
        assert found.value == pytest.approx(expected.value, rel=1e-12)
        assert found.standard_error == pytest.approx(expected.standard_error, rel=1e-9)
        apart = later.change(earlier, quantity, answer=answer, same_units=False)
        lines = [line for results in (earlier, later) for line in results if line.answer == answer]
        assert apart.standard_error == pytest.approx(np.hypot(*(line.standard_error or 0.0 for line in lines)))
        if answer is None:
            assert found.standard_error < 0.8 * apart.standard_error


def test_it_is_of_a_domain_that_both_rounds_have() -> None:
    earlier, later = (
        Survey(round_of(seed, np.arange(24)), **DESIGN).estimate(mean("there"), by="kind") for seed in (1, 2)
    )
    found = later.change(earlier, mean("there"), {"kind": "a"}, same_units=True)
    values = [line.value for results in (later, earlier) for line in results if line.domain == {"kind": "a"}]
    assert found.value == pytest.approx([values[0] - values[1]])
    with pytest.raises(KeyError, match="no grouping holds"):
        later.change(earlier, mean("there"), {"kind": "c"}, same_units=True)


@pytest.mark.parametrize("kept", [6, 12, 20])
def test_with_some_units_in_both_the_covariance_is_the_true_one(kept: int) -> None:
    rng = np.random.default_rng(kept)
    villages, first, second = 60, 20, 24
    now = rng.normal(10, 3, villages)
    then = 0.8 * now + rng.normal(0, 1, villages)
    found = []
    for _ in range(3000):
        order = rng.permutation(villages)
        one, other = order[:first], np.concatenate([order[:kept], order[first : first + second - kept]])
        drawn = [
            sample(None, clusters=chosen, population=np.full(chosen.size, float(villages))) for chosen in (one, other)
        ]
        scores = [
            drawn[place].sums(values[chosen][:, None])[:, 0]
            for place, (values, chosen) in enumerate(((now, one), (then, other)))
        ]
        found.append(covariance(drawn[0].units, scores[0], drawn[1].units, scores[1]))
    spread = villages**2 / (first * second) * np.cov(now, then)[0, 1]
    true = spread * kept * (1 - first * second / (villages * kept))
    assert np.mean(found) == pytest.approx(true, abs=4 * np.std(found) / np.sqrt(len(found)))


def test_what_does_not_compare_is_refused() -> None:
    earlier, later, elsewhere = (
        Survey(round_of(seed, villages), **DESIGN).estimate(mean("there"))
        for seed, villages in ((1, np.arange(24)), (2, np.arange(24)), (3, np.arange(100, 124)))
    )
    with pytest.raises(ValueError, match="no primary unit is in both"):
        elsewhere.change(earlier, mean("there"), same_units=True)
    people = Survey(round_of(1, np.arange(24)), weight="weight").estimate(mean("there"))
    with pytest.raises(ValueError, match="no unit has a label"):
        later.change(people, mean("there"), same_units=True)
    assert later.change(people, mean("there"), same_units=False).standard_error > 0
    reached = Survey(round_of(1, np.arange(24)), **DESIGN, basis=SamplingBasis.QUOTA).estimate(mean("there"))
    with pytest.raises(ValueError, match="do not compare"):
        later.change(reached, mean("there"), same_units=True)
    both = reached.change(reached, mean("there"), same_units=True)
    assert both.value == pytest.approx([0.0])
    with pytest.raises(NotByChanceError):
        _ = both.standard_error
