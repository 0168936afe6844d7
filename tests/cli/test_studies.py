"""A study from its file to its record by its commands alone, and what a change after the data becomes."""

from __future__ import annotations

import csv
import json
import random
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.conftest import Answer, Shell
from tests.xlsforms import sent

SEED = Path(__file__).resolve().parents[2] / "missions" / "thailand-2023"
MISSION, STUDY = "missions/thailand-2023", "migrant-perception"
PLAN = "plans/migrant-perception.csv"
TRUST = ("not-at-all", "a-little", "somewhat", "a-lot")
INTERVIEWS = 4  # in each drawn cluster


def answers(rng: random.Random, cluster: str, number: int) -> str:
    """One interview, with a question left out where the form does not ask it."""
    unfairly = rng.choice(["yes", "no", "no"])
    told = {
        "sex": rng.choice(["female", "male"]),
        "age": str(rng.randint(18, 60)),
        "nationality": rng.choice(["mmr", "khm", "lao"]),
        "years_here": str(rng.randint(0, 20)),
        "feels_safe": rng.choice(["safe", "unsafe"]),
        "treated_unfairly": unfairly,
        "treated_unfairly_where": rng.choice(["work", "work street"]) if unfairly == "yes" else "",
        **{f"trusts_{who}": rng.choice(TRUST) for who in ("neighbours", "health_staff", "authorities", "employers")},
        "talks_with_locals": rng.choice(["every-day", "never"]),
        "knows_where_to_complain": rng.choice(["yes", "no", "dont-know"]),
        "life_than_a_year_ago": rng.choice(["better", "same", "worse"]),
        "wants_to_stay": rng.choice(["yes", "no"]),
        "information_sources": rng.choice(["friends", "friends social-media"]),
    }
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in told.items() if value)
    head = f"<enumerator>E1</enumerator><cluster>{cluster}</cluster><household_number>{number}</household_number>"
    return f"{head}<consent>yes</consent><interview>{inside}</interview>"


def fieldwork(folder: Path, sample: Path) -> int:
    """Interviews in every drawn cluster, as instance XML below `folder`; how many."""
    rng, made = random.Random(7), 0
    folder.mkdir()
    for row in csv.DictReader(sample.open(encoding="utf-8")):
        for number in range(1, INTERVIEWS + 1):
            instance = f"uuid:{row['cluster']}-{number}"
            body = answers(rng, row["cluster"], number)
            xml = sent(body, form="migrant_perception", version="2023050101", instance=instance)
            (folder / f"{row['cluster']}-{number}.xml").write_bytes(xml)
            made += 1
    return made


@pytest.fixture
def fielded(shell: Shell) -> Shell:
    """A shell beside the seed mission, its study registered and then fielded."""
    shutil.copytree(SEED, shell.at / MISSION)
    done(shell.saphan("study", "register", MISSION, STUDY))
    fieldwork(shell.at / "sent", shell.at / MISSION / "samples" / f"{STUDY}.csv")
    done(shell.saphan("import", MISSION, "sent"))
    return shell


def done(answer: Answer) -> Answer:
    assert answer.status == 0, answer.out + answer.err
    return answer


def results(shell: Shell) -> list[dict[str, str]]:
    path = shell.at / "var" / "thailand-2023" / "studies" / STUDY / "results.csv"
    return list(csv.DictReader(path.open(encoding="utf-8", newline="")))


def test_the_studies_of_the_seed_mission_reach_what_they_want_and_stand_as_their_seeds_draw_them(shell: Shell) -> None:
    shutil.copytree(SEED, shell.at / MISSION)
    for study in (STUDY, "digital-competency"):
        size = done(shell.saphan("study", "size", MISSION, study, "--json")).json
        assert all(one["enough"] for one in size["estimates"])
        drawn = done(shell.saphan("study", "draw", MISSION, study, "--json")).json
        assert not drawn["new"]
        assert len(drawn["areas"]) == sum(one["clusters"] for one in size["strata"])
        files = done(shell.saphan("study", "codebook", MISSION, study, "--json")).json["files"]
        assert [Path(one).name for one in files] == ["codebook.csv", "codebook.xlsx", "codebook.html"]
        book = (shell.at / files[0]).read_text("utf-8")
        assert "plan, row 2" in book


def test_a_study_goes_from_its_file_to_its_record(fielded: Shell) -> None:
    ran = done(fielded.saphan("study", "run", MISSION, STUDY, "--json")).json
    assert ran["standing"] == "pre-registered"
    rows = results(fielded)
    assert {row["results"] for row in rows} == {"pre-registered"}
    assert ran["results"]["interviews"] == 56 * INTERVIEWS
    of = [row for row in rows if row["indicator"] == "treated_unfairly" and row["answer"] == "yes"]
    whole = next(row for row in of if not (row["sex"] or row["nationality"] or row["stratum"]))
    assert float(whole["low"]) < float(whole["value"]) < float(whole["high"])
    assert any(row["p_value"] for row in rows if row["sex"])

    record = done(fielded.saphan("study", "publish", MISSION, STUDY, "--json")).json["record"]
    assert record["standing"] == "pre-registered"
    assert datetime.fromisoformat(record["registered"]) < datetime.fromisoformat(record["first_submission"])
    assert record["deviations"] == []
    assert set(record["results"]) == {"results.csv", "results.json", "results.xlsx"}
    assert f"sha256:{record['protocol']}" in record["citation"]
    page = (fielded.at / "var" / "thailand-2023" / "studies" / STUDY / "record.md").read_text("utf-8")
    assert page.startswith("# How migrants in Thailand see their life")
    assert record["citation"] in page


def test_a_plan_changed_after_data_is_refused_and_then_marked_in_every_file(fielded: Shell) -> None:
    plan = fielded.at / MISSION / PLAN
    registered = plan.read_text("utf-8")
    plan.write_text(registered + "trusts_employers,share,nationality,,yes,\n", "utf-8")

    refused = fielded.saphan("study", "run", MISSION, STUDY)
    assert refused.status == 1
    assert "exploratory: plan not registered" in refused.err
    assert not (fielded.at / "var" / "thailand-2023" / "studies" / STUDY / "results.json").exists()

    late = done(fielded.saphan("study", "register", MISSION, STUDY, "--json")).json
    assert late["standing"] == "exploratory: plan registered after data"
    assert fielded.saphan("study", "run", MISSION, STUDY).status == 1
    marked = done(fielded.saphan("study", "run", MISSION, STUDY, "--exploratory", "--json")).json
    assert marked["standing"] == "exploratory: plan registered after data"
    assert "Added to the plan: the share of trusts_employers by nationality" in marked["results"]["deviations"][0]
    assert {row["results"] for row in results(fielded)} == {"exploratory: plan registered after data"}
    record = done(fielded.saphan("study", "publish", MISSION, STUDY, "--json")).json["record"]
    assert "[exploratory: plan registered after data]" in record["citation"]

    # What was registered before the data may still be run as that; results of the other plan are then not its own.
    plan.write_text(registered, "utf-8")
    stale = fielded.saphan("study", "publish", MISSION, STUDY)
    assert stale.status == 1
    assert "study run" in stale.err
    assert done(fielded.saphan("study", "run", MISSION, STUDY, "--json")).json["standing"] == "pre-registered"


def test_a_sample_that_fieldwork_has_changed_is_not_drawn_over(shell: Shell) -> None:
    shutil.copytree(SEED, shell.at / MISSION)
    sample = shell.at / MISSION / "samples" / f"{STUDY}.csv"
    before = json.loads(done(shell.saphan("study", "register", MISSION, STUDY, "--json")).out)["protocol"]
    rows = sample.read_text("utf-8").splitlines()
    cells = rows[1].split(",")
    cells[-2] = str(int(cells[-2]) + 5)  # households listed in the field
    rows[1] = ",".join(cells)
    sample.write_text("\n".join(rows) + "\n", "utf-8")
    assert "Another sample" in shell.saphan("study", "draw", MISSION, STUDY).err
    assert sample.read_text("utf-8").splitlines() == rows
    again = done(shell.saphan("study", "register", MISSION, STUDY, "--json")).json
    assert (again["protocol"], again["new"]) == (before, False), "listing is fieldwork and no change of the plan"


def test_the_workbook_of_a_study_speaks_in_words_and_says_on_every_sheet_what_it_is(fielded: Shell) -> None:
    done(fielded.saphan("study", "run", MISSION, STUDY))
    book = load_workbook(fielded.at / "var" / "thailand-2023" / "studies" / STUDY / "results.xlsx")
    assert book.sheetnames == ["read me", "questions", "results"]
    about = [str(row[0]) for row in book["read me"].iter_rows(values_only=True)]
    assert about[1] == "All answers are simulated: nobody was asked."
    assert about[2].startswith("These results are pre-registered. Protocol sha256:")
    assert "224 respondents are analysed; 224 of 672 interviews were made." in " ".join(about)
    told = [[cell for cell in row if cell is not None] for row in book["questions"].iter_rows(values_only=True)]
    assert told[:2] == [["Results: pre-registered."], ["All answers are simulated: nobody was asked."]]
    words = {cell for row in told for cell in row if isinstance(cell, str)}
    assert {"Bangkok and around", "Does not know", "Myanmar", "persons"} <= words
    assert not {"capital", "dont-know", "mmr", "treated_unfairly"} & words
    where = "Where was that?, among those for whom “In the last 12 months"
    assert any(word.startswith(where) and word.endswith("is Yes") for word in words)
    trust = next(place for place, row in enumerate(told) if row and row[0] == "How far do you trust your neighbours?")
    answers = [row[2 if place == trust else 0] for place, row in enumerate(told) if trust <= place < trust + 4]
    assert answers == ["Not at all", "A little", "Somewhat", "A lot"]  # as in the form, not as in the alphabet


def test_fieldwork_is_invented_of_studies_that_were_drawn_and_have_a_population(shell: Shell) -> None:
    folder = shell.at / MISSION
    shutil.copytree(SEED, folder)
    unknown = shell.saphan("simulate", MISSION, "--study", "migrant-perceptions")
    assert (unknown.status, STUDY in unknown.err) == (1, True)
    (folder / "populations" / f"{STUDY}.toml").rename(folder / "populations" / "elsewhere.toml")
    none = shell.saphan("simulate", MISSION, "--study", STUDY)
    assert (none.status, f"populations/{STUDY}.toml" in none.err) == (1, True)
    assert "no study 'elsewhere'" in shell.saphan("check", MISSION).err
    (folder / "populations" / "elsewhere.toml").rename(folder / "populations" / f"{STUDY}.toml")
    (folder / "samples" / f"{STUDY}.csv").unlink()
    assert "saphan study draw" in shell.saphan("simulate", MISSION, "--study", STUDY).err
    done(shell.saphan("study", "draw", MISSION, STUDY))
    first = done(shell.saphan("simulate", MISSION, "--study", STUDY, "--json")).json
    archive = Path(first["archive"])
    assert archive.name == f"simulated-{STUDY}.zip"
    before = archive.read_bytes()
    done(shell.saphan("simulate", MISSION, "--study", STUDY))
    assert archive.read_bytes() == before
    settings = folder / "mission.toml"
    settings.write_text(settings.read_text("utf-8").replace("simulated = true", "simulated = false"), "utf-8")
    assert "invented data never mix" in shell.saphan("simulate", MISSION, "--study", STUDY).err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("coast = {", "coats = {", "The stratum coast is not named"),
        ("coast = {", "coats = {", "no stratum 'coats'"),
        (', my = "ကမ်းရိုးတန်း" }', " }", "The stratum coast has no words in my"),
    ],
)
def test_strata_are_named_all_or_none(shell: Shell, old: str, new: str, said: str) -> None:
    shutil.copytree(SEED, shell.at / MISSION)
    file = shell.at / MISSION / "studies" / f"{STUDY}.toml"
    text = file.read_text("utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), "utf-8")
    found = shell.saphan("check", MISSION)
    assert (found.status, said in found.err) == (1, True)
