"""A household assessment from its folder to its results, with the commands that a user gives."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from tests.xlsforms import sent, xlsx

AREAS, MOST = 12, 9
ASSESSMENT = """
[[assessment]]
id = "needs"
title = { en = "Needs of households" }
form = "household"
period = "2024"
sample = "samples/needs.csv"
plan = "plans/needs.csv"
"""
FORM = """
| survey |
| | type | name | label::English (en) | concept |
| | select_one yes_no | consent | Do you agree? | consent |
| | text | area | Area | cluster |
| | integer | number | Number of the household | household_number |
| | select_one sex | sex_head | Sex of the head | head_sex |
| | integer | people | People in the household | household_size |
| | select_multiple needs | needs | What is needed | needs |
| choices |
| | list_name | name | label::English (en) |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| | sex | female | Woman |
| | sex | male | +1+1 |
| | sex | other | Other |
| | needs | food | Food |
| | needs | work | Work |
| settings |
| | form_id | version | form_title | concept |
| | household | 1 | Households | household-assessment |
"""
PLAN = """indicator,analysis,by,among,test,level
household_size,mean,head_sex,,yes,
needs,,stratum,,,
head_sex,,,,,
"""


def saphan(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Give one command in a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    program = [sys.executable, "-c", "from saphan.cli.main import run; run()", *words]
    return subprocess.run(
        program,
        cwd=root,
        capture_output=True,
        text=True,
        env={**environment, "COLUMNS": "200"},
        timeout=300,
        check=False,
    )


def households() -> list[dict[str, object]]:
    """Who answered: in area 0 nobody, one household twice, one of an area that was not drawn."""
    rng = np.random.default_rng(7)
    found: list[dict[str, object]] = []
    for area in range(1, AREAS):
        for number in range(1, int(rng.integers(5, MOST)) + 1):
            told = [one for one in ("food", "work") if rng.uniform() < 0.5]
            sex = "other" if (area, number) in ((1, 1), (5, 1)) else str(rng.choice(["female", "male"]))
            found.append(
                {"area": f"a{area}", "number": number, "sex": sex, "people": int(rng.integers(1, 9)), "needs": told}
            )
    return [*found, found[3], {**found[4], "area": "elsewhere"}]


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A mission's folder after `analyse`, and what the command said."""
    root = tmp_path_factory.mktemp("assessment")
    assert saphan(root, "new", "demo").returncode == 0
    folder = root / "demo"
    (folder / "forms" / "household.xlsx").write_bytes(xlsx(FORM))
    (folder / "assessments.toml").write_text(ASSESSMENT, "utf-8")
    (folder / "plans").mkdir()
    (folder / "samples").mkdir()
    (folder / "plans" / "needs.csv").write_text(PLAN, "utf-8")
    place = next(csv.DictReader((folder / "places" / "areas.csv").open(encoding="utf-8")))["pcode"]
    rows = "".join(f"a{area},h{area % 2},{place},{0.1 + area / 100:.2f},,{40 + area},{MOST}\n" for area in range(AREAS))
    sample = f"cluster,stratum,pcode,chance,clusters,households,interviews\n{rows}"
    (folder / "samples" / "needs.csv").write_text(sample, "utf-8")
    empty = saphan(root, "analyse", "demo", "needs")
    assert empty.returncode == 1
    assert "saphan import" in empty.stderr
    with zipfile.ZipFile(root / "answers.zip", "w") as archive:
        for number, one in enumerate(households()):
            body = (
                f"<consent>yes</consent><area>{one['area']}</area><number>{one['number']}</number>"
                f"<sex_head>{one['sex']}</sex_head><people>{one['people']}</people>"
                f"<needs>{' '.join(one['needs'])}</needs>"
            )
            archive.writestr(f"{number}.xml", sent(body, form="household", instance=f"uuid:{number}"))
    taken = saphan(root, "import", "demo", "answers.zip")
    assert taken.returncode == 0, taken.stdout + taken.stderr
    done = saphan(root, "analyse", "demo", "needs")
    assert done.returncode == 0, done.stdout + done.stderr
    return root, done.stdout


def rows(root: Path) -> list[dict[str, str]]:
    """The tidy table."""
    (file,) = root.glob("var/*/analysis/needs/results.csv")
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))


def test_weights_follow_from_the_draw_and_from_who_answered(analysed: tuple[Path, str]) -> None:
    root, said = analysed
    kept = households()[:-2]
    made = {area: sum(one["area"] == area for one in kept) for area in {one["area"] for one in kept}}
    base = {area: (40 + area) / (0.1 + area / 100) for area in range(AREAS)}
    raised = {parity: sum(base[area] for area in range(parity, AREAS, 2)) for parity in (0, 1)}
    raised = {
        parity: whole / sum(base[area] for area in range(parity, AREAS, 2) if area) for parity, whole in raised.items()
    }
    area_of = [int(str(one["area"])[1:]) for one in kept]
    weight = np.array([base[area] * raised[area % 2] / made[f"a{area}"] for area in area_of])
    size = np.array([float(str(one["people"])) for one in kept])
    (whole,) = (one for one in rows(root) if one["indicator"] == "household_size" and not one["head_sex"])
    assert float(whole["value"]) == pytest.approx(weight @ size / weight.sum(), rel=1e-11)
    assert whole["n"] == str(len(kept))
    assert whole["denominator"] == "households for whom this is known"
    assert (whole["sampling_basis"], len(whole["snapshot"])) == ("probability", 64)
    for part in ("elsewhere", "interviewed already", "1 area of stratum h0 without interviews (a0)"):
        assert part in said


def test_few_respondents_are_protected_and_cannot_be_had_by_subtraction(analysed: tuple[Path, str]) -> None:
    sizes = {one["head_sex"]: one for one in rows(analysed[0]) if one["indicator"] == "household_size"}
    assert {sex: one["standing"] for sex, one in sizes.items()}["other"] == "protected"
    protected = [one for one in sizes.values() if one["standing"] == "protected"]
    assert len(protected) >= 2  # one alone would be the whole less the others
    assert all(not (one["value"] or one["n"] or one["low"]) for one in protected)
    assert sizes[""]["value"]


def test_the_workbook_explains_and_runs_nothing(analysed: tuple[Path, str]) -> None:
    (file,) = analysed[0].glob("var/*/analysis/needs/results.xlsx")
    book = load_workbook(file)
    assert book.sheetnames == ["read me", "questions", "results"]
    told = "\n".join(str(row[0]) for row in book["read me"].iter_rows(values_only=True) if row[0])
    for part in (
        "Sampling basis: probability",
        "fewer than 10 respondents",
        "Stratum h1: 6 of 6 areas reached",
        "Snapshot",
    ):
        assert part in told
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(cell.value == "+1+1" and cell.data_type == "s" for cell in cells)
    assert any(cell.value == "not shown" for cell in cells)


def test_the_same_answers_give_the_same_bytes_and_another_plan_may_be_given(analysed: tuple[Path, str]) -> None:
    root, _ = analysed
    folder = next(root.glob("var/*/analysis/needs"))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert saphan(root, "analyse", "demo", "needs").returncode == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (root / "other.csv").write_text("indicator,analysis,by\nhousehold_size,median,\nhousehold_sise,mean,\n", "utf-8")
    wrong = saphan(root, "analyse", "demo", "needs", "--plan", "other.csv")
    assert wrong.returncode == 1
    assert "other.csv, row 3, column indicator" in wrong.stderr
    assert "'household_size'" in wrong.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not [path for path in folder.parent.iterdir() if path != folder]


PRODUCT = """
id = "needs"
after = "needs.interviews/assessment=needs/2024"
title.en = "Needs"
subtitle.en = "Of households"
summary.en = "What households need"
pages = [{ rows = [[{ width = 12, blocks = ["what"] }]] }]
[blocks.what]
kind = "table"
heading.en = "How large households are"
columns = [{ label.en = "All" }]
rows = [{ figures = "needs.mean/assessment=needs/question=household.household_size/2024" }]
"""


def test_the_same_numbers_are_figures_that_are_printed_traced_and_verified(analysed: tuple[Path, str]) -> None:
    root, _ = analysed
    folder = root / "demo"
    (folder / "products" / "factsheet.toml").write_text(PRODUCT, "utf-8")
    built = saphan(root, "build", "demo")
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = root.glob("var/*/products")
    figures = {row["figure"]: row for row in csv.DictReader((made / "dataset" / "figures.csv").open(encoding="utf-8"))}
    (whole,) = (row for row in rows(root) if row["indicator"] == "household_size" and not row["head_sex"])
    figure = figures["needs.mean/assessment=needs/question=household.household_size/2024"]
    assert float(figure["value"]) == pytest.approx(float(whole["value"]), abs=0.1)
    assert (figure["rests_on"], figure["basis"]) == (whole["n"], "design")
    suppressed = [row for row in rows(root) if row["indicator"] == "needs"]
    assert {row["standing"] for row in suppressed} == {"suppress"}
    assert not any("question=household.needs" in name for name in figures), "too imprecise to be printed"
    hidden = [row for row in rows(root) if row["standing"] == "protected"]
    assert hidden
    assert not any("head_sex=other" in name for name in figures)
    page = (made / "needs.en.html").read_text("utf-8")
    assert "households for whom this is known" in page
    verified = saphan(root, "verify", str(made))
    assert verified.returncode == 0, verified.stdout
    assert {"needs.en.pdf", "needs.en.html", "needs.en.xlsx"} <= set(verified.stdout.split())
    why = saphan(
        root, "figure", "why", "needs.mean/assessment=needs/question=household.household_size/2024", "--mission", "demo"
    )
    assert "needs.interviews/assessment=needs/2024" in why.stdout, why.stdout + why.stderr
