"""Every command as its users meet it: help, answers for people and for scripts, exit status, and errors that help."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from saphan import __version__
from saphan.cli.main import app
from tests.cli.conftest import Shell

ROOT = Path(__file__).resolve().parents[2]
FIGURE = "flow.movements/direction=in/2024"


def commands(group: TyperGroup | None = None, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command."""
    found = group or typer.main.get_command(app)
    assert isinstance(found, TyperGroup)
    for name, command in sorted(found.commands.items()):
        if isinstance(command, TyperGroup):
            yield from commands(command, (*above, name))
        else:
            yield (*above, name)


COMMANDS = list(commands())


def test_the_commands_are_those_promised() -> None:
    promised = ["new", "check", "simulate", "import", "build", "verify", "design", "serve", "doctor"]
    assert {(name,) for name in promised} | {("figure", "why"), ("places", "import")} <= set(COMMANDS)


@pytest.mark.parametrize("words", [(), *COMMANDS], ids=" ".join)
def test_help_comes_at_once_and_says_what_each_word_is(shell: Shell, words: tuple[str, ...]) -> None:
    start = time.perf_counter()
    answer = shell.saphan(*words, "--help")
    assert time.perf_counter() - start < 5  # a busy machine; on a quiet one, a quarter of a second
    assert answer.status == 0
    assert "Usage" in answer.out
    loaded = shell.python(
        "import sys\nfrom saphan.cli.main import app\ntry:\n    app()\nexcept SystemExit:\n    pass\n"
        "print({'django', 'numpy', 'pyarrow', 'duckdb', 'lxml'} & sys.modules.keys(), file=sys.stderr)",
        *words,
        "--help",
    )
    assert loaded.err.strip() == "set()"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_a_docs_entry(words: tuple[str, ...]) -> None:
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    assert f"## saphan {' '.join(words)}\n" in reference


def test_the_version_is_printed(shell: Shell) -> None:
    assert shell.saphan("--version").out == f"{__version__}\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "nowhere"), ("nowhere", "no mission folder here", "saphan new")),
        (("simulate", "nowhere"), ("no mission folder here",)),
        (("import", "nowhere", "a.zip"), ("no mission folder here",)),
        (("build", "nowhere"), ("no mission folder here",)),
        (("design", "nowhere"), ("no mission folder here",)),
        (("serve", "nowhere"), ("no mission folder here",)),
        (("places", "import", "nowhere", "a.geojson"), ("no mission folder here",)),
        (("figure", "why", FIGURE, "--mission", "nowhere"), ("no mission folder here",)),
        (("verify", "nowhere"), ("nothing here to verify",)),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_folder_that_is_not_there(shell: Shell, words: tuple[str, ...], says: tuple[str, ...]) -> None:
    answer = shell.saphan(*words)
    assert answer.status == 1
    for part in says:
        assert part in answer.err
    assert answer.out == ""
    assert list(shell.at.iterdir()) == []


def test_before_anything_is_built_the_next_step_is_named(shell: Shell) -> None:
    shell.saphan("new", "demo")
    answer = shell.saphan("figure", "why", FIGURE, "--mission", "demo")
    assert answer.status == 1
    assert "saphan build" in answer.err
    empty = shell.saphan("build", "demo")
    assert empty.status == 1
    assert "saphan import" in empty.err


def test_every_step_names_the_next(shell: Shell) -> None:
    assert "saphan check demo" in shell.saphan("new", "demo").out
    simulated = shell.saphan("simulate", "demo", "--to", "year.zip")
    assert "saphan import demo year.zip" in simulated.out
    assert not simulated.err  # no progress bars where nobody looks
    assert "saphan build demo" in shell.saphan("import", "demo", "year.zip").out
    built = shell.saphan("build", "demo")
    assert "saphan verify" in built.out
    assert "factsheet.en.pdf" in built.out


def test_simulated_data_never_mix_with_real(shell: Shell) -> None:
    shell.saphan("new", "demo")
    settings = shell.at / "demo" / "mission.toml"
    settings.write_text(settings.read_text("utf-8").replace("simulated = true", "simulated = false"), "utf-8")
    answer = shell.saphan("simulate", "demo")
    assert answer.status == 1
    assert "simulated" in answer.err
    assert not list(shell.at.rglob("*.zip"))


def test_the_same_seed_gives_the_same_year(shell: Shell) -> None:
    shell.saphan("new", "demo")
    made = {}
    for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        answer = shell.saphan("simulate", "demo", "--to", f"{name}.zip", "--seed", seed, "--json")
        assert answer.json["submissions"] > 1000
        made[name] = (shell.at / f"{name}.zip").read_bytes()
    assert made["a"] == made["b"] != made["c"]


def test_scripts_get_json_from_every_command_that_answers_in_numbers(built: Shell) -> None:
    products = built.at / "var" / "demo" / "products"
    checked = built.saphan("check", "demo", "--json").json
    assert checked == {"mission": "demo", "findings": []}
    imported = built.saphan("import", "demo", "var/demo/simulated.zip", "--json").json
    assert imported["receipt"]["stored"] == 0
    assert imported["receipt"]["duplicates"] > 2000
    assert imported["unread"] == []
    made = built.saphan("build", "demo", "--json").json
    assert made["new"] is False
    assert made["figures"] > made["public"] > 20
    chain = built.saphan("figure", "why", FIGURE, "--mission", "demo", "--json").json
    assert chain["link"]["figure"]["name"] == FIGURE
    assert {form["form"] for form in chain["forms"]} == {"counter", "point_log"}
    verdict = built.saphan("verify", products, "--json").json
    files = {f"factsheet.en.{kind}" for kind in ("html", "pdf", "xlsx")}
    assert {file["file"] for file in verdict["files"]} == {*files, "figures.csv"}
    assert all(file["disagreements"] == [] for file in verdict["files"])
    assert all(answer["well"] for answer in built.saphan("doctor", "demo", "--json").json)


def test_design_compares_designs_for_people_and_for_scripts(shell: Shell) -> None:
    shell.saphan("new", "demo")
    words = ("design", "demo", "--worlds", "2", "--draws", "1")
    answer = shell.saphan(*words)
    assert answer.status == 0, answer.err
    assert "one week a month, one night" in answer.out
    found = shell.saphan(*words, "--json").json
    assert found["designs"][0]["name"] == "one week a month, one night"
    assert all(0 < row["half_width"] < 1 for row in found["designs"])


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("flow.movements/direction=inn/2024", f"Did you mean '{FIGURE}'?"),
        (f"{FIGURE}@00000000", "no longer has the key 00000000"),
    ],
)
def test_a_figure_that_is_not_there_is_answered_with_what_is(built: Shell, reference: str, says: str) -> None:
    answer = built.saphan("figure", "why", reference, "--mission", "demo")
    assert answer.status == 1
    assert says in answer.err


def test_submissions_that_cannot_be_read_are_named_and_the_rest_taken(built: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "from-a-phone"
    folder.mkdir()
    (folder / "torn.xml").write_text("<counter id='counter'", "utf-8")
    (folder / "other.xml").write_text(
        "<x id='other' version='1'><meta><instanceID>uuid:9</instanceID></meta></x>", "utf-8"
    )
    answer = built.saphan("import", "demo", folder, "--json")
    assert answer.status == 1
    assert answer.json["receipt"]["stored"] == 0
    said = answer.out
    assert "torn.xml" in said
    assert "other.xml" in said


def test_a_csv_without_its_mapping_says_where_to_read(built: Shell, tmp_path: Path) -> None:
    table = tmp_path / "counts.csv"
    table.write_text("point,date,hour,count\nFOR-01,2024-01-02,7,12\n", "utf-8")
    answer = built.saphan("import", "demo", table)
    assert answer.status == 1
    assert "--mapping" in answer.err


def test_a_word_too_many_is_answered_with_usage(shell: Shell) -> None:
    answer = shell.saphan("check")
    assert answer.status == 2
    assert "Missing argument" in answer.err


def test_a_built_mission_is_served(built: Shell) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from saphan.cli.main import run; run()", "serve", "demo", "--port", "0"],
        cwd=built.at,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        port = re.search(r":(\d+)/", process.stdout.readline())
        assert port
        connection = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=20)
        connection.request("GET", "/")
        page = connection.getresponse().read().decode()
        connection.close()
        assert "Flow monitoring in Avenland" in page
        assert "SIMULATED DATA" in page
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
