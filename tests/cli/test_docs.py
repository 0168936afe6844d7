"""The pages in docs say what is so: made ones are fresh, links lead somewhere, commands exist, the tutorial runs."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer.main
from scripts import make_reference, run_tutorial
from typer.core import TyperGroup

from saphan.cli.main import app
from tests.cli.conftest import Shell

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", make_reference.PAGES)
def test_a_page_that_follows_from_the_code_is_fresh(page: str) -> None:
    stands = (make_reference.REFERENCE / page).read_text("utf-8")
    assert stands == make_reference.PAGES[page](), f"run scripts/make_reference.py: docs/reference/{page} is stale"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []
    named = re.findall(r"`?(docs/[\w/.-]+\.md)`?", text)
    assert [link for link in named if not (ROOT / link).is_file()] == []


@pytest.mark.parametrize("path", sorted((ROOT / "src").rglob("*.py")), ids=name)
def test_pages_that_the_program_sends_people_to_exist(path: Path) -> None:
    named = re.findall(r"(docs/[\w/-]+\.md)", path.read_text("utf-8"))
    assert [link for link in named if not (ROOT / link).is_file()] == []


def given(page: Path) -> Iterator[list[str]]:
    """The words of each `saphan ...` command in a page's blocks of code."""
    for block in re.findall(r"```\w*\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            found = re.match(r"\s*(?:\$ )?(?:\w+=\S+ )*(?:\.venv/bin/)?saphan ([a-z].*)", line)
            if found:
                yield found[1].split("#")[0].split()


@pytest.mark.parametrize("page", [page for page in PAGES if list(given(page))], ids=name)
def test_commands_in_pages_are_commands_of_the_program(page: Path) -> None:
    for words in given(page):
        command = typer.main.get_command(app)
        while isinstance(command, TyperGroup) and words:
            assert words[0] in command.commands, words
            command = command.commands[words[0]]
            words = words[1:]
        options = {spelled for param in command.params for spelled in param.opts} | {"--help"}
        used = [word.partition("=")[0].rstrip("]").lstrip("[") for word in words]
        assert [word for word in used if word.startswith("--") and word not in options] == []


def test_the_tutorial_says_what_the_commands_say(shell: Shell) -> None:
    text = run_tutorial.PAGE.read_text("utf-8")
    assert text.count("$ saphan ") >= 8
    now = run_tutorial.run(text, shell.at)
    # Numbers may move with an estimator or a release; `scripts/run_tutorial.py` writes the present ones.
    assert run_tutorial.without_numbers(now) == run_tutorial.without_numbers(text)


def test_the_page_of_studies_can_be_followed_line_by_line(shell: Shell) -> None:
    shutil.copytree(ROOT / "missions" / "thailand-2023", shell.at / "missions" / "thailand-2023")
    verbs = []
    for words in given(ROOT / "docs" / "how-to" / "run-a-study.md"):
        answer = shell.saphan(*words)
        assert answer.status == 0, answer.err
        verbs.append(" ".join(words[:2]) if words[0] == "study" else words[0])
    study = [f"study {verb}" for verb in ("size", "draw", "codebook", "register", "run", "publish")]
    assert verbs == [*study[:4], "simulate", "import", *study[4:]]
    made = shell.at / "var" / "thailand-2023"
    record = (made / "studies" / "migrant-perception" / "record.md").read_text("utf-8")
    assert "Results: **pre-registered**" in record
    page = (ROOT / "docs" / "how-to" / "run-a-study.md").read_text("utf-8")
    people = pq.read_metadata(made / "truth" / "migrant-perception" / "study.parquet").num_rows
    assert f"all {people:,}" in page


def test_the_python_of_the_how_tos_works(built: Shell, tmp_path: Path) -> None:
    for part in ("demo", "var"):
        shutil.copytree(built.at / part, tmp_path / part)
    shell = Shell(at=tmp_path)
    said = {}
    for page in ("correct-and-erase", "back-up-keys-and-data", "design-a-round"):
        text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text("utf-8")
        blocks = re.findall(r"^( *)```python\n(.*?)```", text, re.DOTALL | re.MULTILINE)
        assert blocks, page
        answer = shell.python("\n".join(textwrap.dedent(block) for _, block in blocks))
        assert answer.status == 0, answer.err
        said[page] = answer.out
    assert "<counter" in said["correct-and-erase"] or "<data" in said["correct-and-erase"]
    instance = said["correct-and-erase"].split()[-1]
    erased = shell.saphan("erase", "demo", instance, "--why", "consent withdrawn", "--json").json
    assert erased["versions"] == 1
    assert len(erased["snapshots"]) >= 1
    assert re.fullmatch(r"\d{4} submissions wrapped anew\n", said["back-up-keys-and-data"])
    assert said["design-a-round"].count("[[round.week]]") == 12
    assert shell.saphan("build", "demo").status == 0
    assert all(answer["well"] for answer in shell.saphan("doctor", "demo", "--json").json)
