"""What stands in an analysis file, and what is refused; R runs it in tests/golden/estimate."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import saphan.estimate as se
from saphan.estimate.survey import linear

FILES = ["README.md", "data.csv", "data.parquet", "figures.csv", "plan.csv", "reproduce.R"]
PLACE = np.arange(40)
ANSWERS = ["yes", 'n"o,\n', None, "refused"]


def table(**more: Any) -> pa.Table:
    return pa.table(
        {
            "w": 1.0 + PLACE % 3 / 3,
            "stratum": np.where(PLACE < 20, "a", "b"),
            "village": PLACE // 4,
            "income": [None if i % 9 == 0 else i * 0.1 for i in PLACE.tolist()],
            "help": [ANSWERS[i % 4] for i in PLACE.tolist()],
            "sex": np.where(PLACE % 2, "f", "m"),
            "name": [f"person {i}" for i in PLACE.tolist()],
            **more,
        }
    )


def surveyed(data: pa.Table | None = None, **more: Any) -> se.Survey:
    return se.Survey(table() if data is None else data, weight="w", strata="stratum", clusters="village", **more)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


MARGINS = {"sex": {"f": 30.0, "m": 20.0}}
ASKED = (se.mean("income"), se.share("help", aside=("refused",)), se.count())


def test_the_folder_holds_what_the_figures_need_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "file"
    results = se.write_analysis(folder, surveyed(), *ASKED, by="sex")
    assert sorted(one.name for one in folder.iterdir()) == FILES
    assert [one.name for one in folder.parent.iterdir()] == ["file"]  # nothing half made is left
    assert folder.stat().st_mode & 0o077 == 0  # microdata
    rows = read(folder / "data.csv")
    columns = ["w", "stratum", "village", "sex", "income", "help", "weight_final"]
    assert list(rows[0]) == columns + [f"replicate_{place}" for place in range(1, 11)]
    assert "person" not in (folder / "data.csv").read_text("utf-8")
    source = table().to_pylist()
    for row, given in zip(rows, source, strict=True):
        assert float(row["w"]) == float(row["weight_final"]) == given["w"]  # all 17 digits
        assert row["income"] == "" if given["income"] is None else float(row["income"]) == given["income"]
        assert row["help"] == (given["help"] or "")
    typed = pq.read_table(folder / "data.parquet")
    assert typed.column_names == list(rows[0])
    assert typed.column("income").to_pylist() == [one["income"] for one in source]
    assert typed.column("village").to_pylist() == [one["village"] for one in source]
    lines = list(results)
    for told, line in zip(read(folder / "figures.csv"), lines, strict=True):
        assert (told["quantity"], told["by sex"]) == (line.name, line.domain.get("sex") or "")
        assert float(told["value"]) == line.value
        assert float(told["standard_error"]) == line.standard_error
        assert told["n"] == str(line.n)
    again = surveyed().estimate(*ASKED, by="sex")
    assert [line.standard_error for line in again] == [line.standard_error for line in lines]


def test_weights_are_raked_and_so_is_every_replicate(tmp_path: Path) -> None:
    se.write_analysis(tmp_path / "file", surveyed(), *ASKED, by="sex", margins=MARGINS)
    rows = read(tmp_path / "file" / "data.csv")
    for name in ("weight_final", "replicate_1", "replicate_10"):
        held = {sex: sum(float(row[name]) for row in rows if row["sex"] == sex) for sex in "fm"}
        assert held == pytest.approx(MARGINS["sex"])
    assert [row["replicate_1"] for row in rows[:4]] == ["0"] * 4
    # and the errors by replicates are those of the library's own
    sample, data = surveyed().rows("income", "sex")
    margin = se.Margin(name="sex", of=data["sex"], classes=("f", "m"), total=np.array([30.0, 20.0]))
    made = se.jackknife(se.rake(sample, [margin], residual=se.Residual.REGRESSION).sample)
    means = [one for one in read(tmp_path / "file" / "figures.csv") if one["quantity"] == "mean income"]
    for told in means:
        domain = data["sex"] == told["by sex"] if told["by sex"] else None
        wanted = made.mean(data["income"], domain=domain).standard_error[0]
        assert float(told["standard_error_replicates"]) == pytest.approx(wanted, rel=1e-12)


def test_the_replicates_of_a_total_are_those_of_its_design(tmp_path: Path) -> None:
    se.write_analysis(tmp_path / "file", surveyed(), se.total("income"))
    (told,) = read(tmp_path / "file" / "figures.csv")
    assert float(told["standard_error_replicates"]) == pytest.approx(float(told["standard_error"]))
    sample, data = surveyed().rows("income")
    assert float(told["value"]) == pytest.approx(linear.total(sample, data["income"]).value[0])


def test_the_script_is_the_same_for_every_survey(tmp_path: Path) -> None:
    hostile = 'a`"); system("touch pwned'
    data = table().rename_columns([hostile if one == "income" else one for one in table().column_names])
    se.write_analysis(tmp_path / "one", surveyed(data), se.mean(hostile), by="help")
    se.write_analysis(tmp_path / "other", surveyed(), se.count())
    scripts = [(tmp_path / folder / "reproduce.R").read_bytes() for folder in ("one", "other")]
    assert scripts[0] == scripts[1]
    for parser in (rb"\beval\(", rb"\bparse\(", rb"as\.formula", rb"\bsystem", rb"\bsource\("):
        assert not re.search(parser, scripts[0])  # no text ever becomes code
    assert "pwned" not in (tmp_path / "one" / "README.md").read_text("utf-8")
    plan = read(tmp_path / "one" / "plan.csv")
    assert [one["column"] for one in plan if one["part"] == "quantity"] == [hostile]
    labels = [one["text"] for one in plan if one["part"] == "domain"]
    assert labels == ['n"o,\n', "refused", "yes", ""]  # the last is missing


def test_the_plan_tells_the_design_stage_by_stage(tmp_path: Path) -> None:
    data = table(person=PLACE % 4, villages=[30] * 40)
    survey = se.Survey(
        data,
        weight="w",
        strata=("stratum", None),
        clusters=("village", "person"),
        population=("villages", None),
        lonely="certainty",
    )
    se.write_analysis(tmp_path / "file", survey, se.mean("income"), replicates=None)
    plan = [tuple(one.values()) for one in read(tmp_path / "file" / "plan.csv")]
    assert ("lonely", "1", "", "certainty", "") in plan
    assert [one[:3] for one in plan if one[0] in ("strata", "clusters", "population")] == [
        ("strata", "1", "stratum"),
        ("clusters", "1", "village"),
        ("clusters", "2", "person"),
        ("population", "1", "villages"),
    ]
    assert not any(one[0] in ("replicates", "margin") for one in plan)


def test_given_seeds_make_the_same_file_twice(tmp_path: Path) -> None:
    for name in ("one", "other"):
        se.write_analysis(
            tmp_path / name,
            surveyed(),
            *ASKED,
            replicates=lambda sample: se.bootstrap(sample, 20, np.random.default_rng(3)),
        )
    for file in FILES:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()
    assert "replicate_20" in read(tmp_path / "one" / "data.csv")[0]


def test_a_sample_not_drawn_by_chance_has_values_alone(tmp_path: Path) -> None:
    se.write_analysis(tmp_path / "file", surveyed(basis=se.SamplingBasis.QUOTA), *ASKED)
    assert not any(name.startswith("replicate") for name in read(tmp_path / "file" / "data.csv")[0])
    for told in read(tmp_path / "file" / "figures.csv"):
        assert told["value"]
        assert (told["standard_error"], told["low"], told["high"]) == ("", "", "")
    words = (tmp_path / "file" / "README.md").read_text("utf-8")
    assert "Basis: quota" in words
    assert "indicative" in words


def test_the_readme_says_what_was_done(tmp_path: Path) -> None:
    se.write_analysis(tmp_path / "file", surveyed(lonely="adjust"), *ASKED, margins=MARGINS)
    words = (tmp_path / "file" / "README.md").read_text("utf-8")
    for told in ("40 rows", "10 primary units in 2 strata", "50 in all", "raked again each", "Rscript", "survey 4.5"):
        assert told in words
    assert all(f"`{one}`" in words for one in FILES if one != "README.md")


def test_what_is_refused_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    with pytest.raises(ValueError, match="no column nowhere"):
        se.write_analysis(folder, surveyed(), se.mean("nowhere"))
    with pytest.raises(ValueError, match="rename it"):
        se.write_analysis(folder, surveyed(table(weight_final=PLACE)), se.mean("weight_final"))
    with pytest.raises(ValueError, match="empty text"):
        se.write_analysis(folder, surveyed(table(said=[""] * 40)), se.share("said"))
    with pytest.raises(ValueError, match="more than 15 digits"):
        se.write_analysis(folder, surveyed(table(id=PLACE * 2.0**60)), se.count(), by="id")
    with pytest.raises(ValueError, match="replicates=None"):  # strata of five villages are no pairs
        se.write_analysis(folder, surveyed(), se.count(), replicates=se.balanced)
    many = se.Survey(pa.table({"w": np.ones(2001)}), weight="w")
    with pytest.raises(ValueError, match="ask for a bootstrap"):
        se.write_analysis(folder, many, se.count())
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "import resource, sys, pyarrow as pa, saphan.estimate as se\n"
        "survey = se.Survey(pa.table({'w': [1.5] * 900}), weight='w')\n"
        "se.write_analysis(sys.argv[1] + '/first', survey, se.count(), replicates=None)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "se.write_analysis(sys.argv[1] + '/second', survey, se.count(), replicates=None)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert "OSError" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["first"]


def test_a_folder_in_use_is_left_alone_and_an_empty_one_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.mkdir()
    se.write_analysis(folder, surveyed(), se.count())
    assert sorted(one.name for one in folder.iterdir()) == FILES
    before = (folder / "figures.csv").read_bytes()
    with pytest.raises(ValueError, match="name a new folder"):
        se.write_analysis(folder, surveyed(), se.mean("income"))
    assert (folder / "figures.csv").read_bytes() == before
    with pytest.raises(ValueError, match="name a new folder"):
        se.write_analysis(folder / "data.csv", surveyed(), se.count())
