"""Writes the pages of docs/reference that follow from the code: run it after changing a command, problem or concept.

`--check` writes nothing and ends with status 1 if a page is not as it would be written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from saphan.cli.main import app
from saphan.collect.forms.concepts import CONCEPTS, FormConcept
from saphan.core.problem import CATALOGUE
from saphan.register.accounts.roles import GRANTED, Device
from saphan.web.application import LARGEST
from saphan.web.online import urlpatterns
from saphan.web.openrosa.views import BATCH

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Written by scripts/make_reference.py from the code; change the code and run it again. -->"


def commands() -> str:
    """The page of commands, from their own help."""
    lines = ["# Commands", "", MADE, ""]
    lines += [
        "Every command answers `--help`. Those with `--json` print one JSON document, for scripts, and nothing else. "
        "Problems go to standard error, each with where it is, what it is and what to do.",
        "",
        "| exit status | means |",
        "|---|---|",
        "| 0 | done; nothing wrong |",
        "| 1 | something is wrong: a problem stopped the command, or it found what it looks for (faults in a folder, "
        "refused submissions, numbers that disagree) |",
        "| 2 | the command was not understood |",
        "",
        "| environment | means |",
        "|---|---|",
        "| `DATABASE_URL` | where the register is: `postgresql://...`; without it, `var/<mission>/register.sqlite` |",
        "| `SAPHAN_KEYS` | the mission's keys, from a secret store; without it, `var/<mission>/keys/mission.key` |",
        "| `SAPHAN_PASSPHRASE` | what opens a private key (`decrypt`), or the keys in a backup (`backup`, `restore`) |",
        "",
    ]
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    for words, command in _commands(group):
        lines += _command(words, command)
    return "\n".join(lines)


def _commands(
    group: TyperGroup, above: tuple[str, ...] = ("saphan",)
) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, (*above, name))
        elif isinstance(command, TyperCommand):
            yield (*above, name), command


def _command(words: tuple[str, ...], command: TyperCommand) -> Iterator[str]:
    arguments = [each for each in command.params if isinstance(each, TyperArgument)]
    options = [each for each in command.params if isinstance(each, TyperOption)]
    usage = [*words, *(f"{_name(each)}" if each.required else f"[{_name(each)}]" for each in arguments)]
    yield from (f"## {' '.join(words)}", "", (command.help or "").strip(), "", "```")
    yield from (" ".join([*usage, "[OPTIONS]"] if options else usage), "```", "")
    if arguments or options:
        yield from ("| | |", "|---|---|")
        yield from (f"| `{_name(each)}` | {each.help or ''} |" for each in arguments)
        yield from (f"| `{_spelled(each)}` | {each.help or ''}{_default(each)} |" for each in options)
        yield ""


def _name(argument: TyperArgument) -> str:
    return (argument.metavar or argument.name or "").upper()


def _spelled(option: TyperOption) -> str:
    return option.opts[0] if option.is_flag else f"{option.opts[0]} VALUE"


def _default(option: TyperOption) -> str:
    shown = None if option.is_flag or option.default in (None, Path()) else option.default
    return f" Default: `{shown}`." if shown is not None else ""


def problems() -> str:
    """The page of problems, from the catalogue."""
    lines = ["# Problems", "", MADE, ""]
    lines += [
        "Everything that can go wrong has a code. A message says where, what, and what to do; words in braces are "
        "filled in. The status is what a web way in answers with.",
        "",
    ]
    for group in dict.fromkeys(code.partition(".")[0] for code in CATALOGUE):
        kinds = [kind for code, kind in CATALOGUE.items() if code.partition(".")[0] == group]
        lines += [f"## {group}", "", "| code | status | what | what to do |", "|---|---|---|---|"]
        lines += [f"| `{each.code}` | {each.status} | {_cell(each.what)} | {_cell(each.remedy)} |" for each in kinds]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}").replace("|", "\\|")


def concepts() -> str:
    """The page of concepts, from their definitions."""
    lines = ["# Concepts", "", MADE, ""]
    lines += [
        "A form's `concept` column says what a question measures; later stages look for concepts, never for names. "
        "Where a concept has codes, the names of the choices must come from them; elsewhere a mission takes the "
        "choices it needs.",
        "",
        "## Kinds of form (settings sheet)",
        "",
        *(f"- `{kind.value}`" for kind in FormConcept),
        "",
        "## Questions (survey sheet)",
        "",
        "| concept | types | meaning | codes |",
        "|---|---|---|---|",
    ]
    for concept in CONCEPTS.values():
        codes = ", ".join(f"`{code}`" for code in concept.codes)
        lines.append(f"| `{concept.name}` | {', '.join(concept.types)} | {_cell(concept.meaning)} | {codes} |")
    return "\n".join([*lines, ""])


def api() -> str:
    """The page of addresses, from the table of URLs."""
    lines = ["# The API", "", MADE, ""]
    lines += [
        "What `saphan serve` answers, by address and method. A mission is project 1. A phone's token stands in the "
        "address (`/v1/key/...`); a user sends `Authorization: Bearer` with a session's token or, over TLS or on the "
        "same machine, `Authorization: Basic`. No cookie is read. What is needed is a permission; roles that carry "
        "it are named beside it. Phones are answered in OpenRosa's XML, programs in JSON: "
        '`{"message", "code", "details"}` with Central\'s number and words where it has any, and in `details` the '
        "code of [Problems](problems.md).",
        "",
        "| address | method | needs | who has it |",
        "|---|---|---|---|",
    ]
    for pattern in urlpatterns:
        address = re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        for method, needed in pattern.callback.leave.items():
            holders = [role for role in (Device, *GRANTED.values()) if needed in role.permissions]
            token = "{token}" in address
            held = "everybody" if needed is None else ", ".join(r.name for r in holders if (r is Device) == token)
            lines.append(f"| `/{address}` | {method} | {needed.value if needed else ''} | {held} |")
    lines += [
        "",
        f"A request may have {LARGEST:,} bytes; phones are asked to pack {BATCH:,} into one. A submission is taken "
        "whole and acknowledged with 201 once it is on the disk. Any other status has stored nothing of it, but for "
        "files that were new beside one that was refused under a known name.",
        "",
    ]
    return "\n".join(lines)


PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands,
    "problems.md": problems,
    "concepts.md": concepts,
    "api.md": api,
}


def main() -> int:
    """Write the pages, or with `--check` say which are stale."""
    stale = [name for name, page in PAGES.items() if _read(REFERENCE / name) != page()]
    if "--check" in sys.argv[1:]:
        print("\n".join(f"docs/reference/{name} is stale" for name in stale) or "all pages are as the code has them")
        return 1 if stale else 0
    for name in stale:
        (REFERENCE / name).write_text(PAGES[name](), "utf-8")
        print(f"written: docs/reference/{name}")
    return 0


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


if __name__ == "__main__":
    raise SystemExit(main())
