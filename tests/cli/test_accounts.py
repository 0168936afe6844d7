"""Users and phones from the command line, as an officer lets them in and shuts them out."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from base64 import b64decode

import pytest

from saphan.pipeline import phones
from tests.cli.conftest import Shell

SERVER = "https://data.mission.example"


@pytest.fixture
def mission(shell: Shell) -> Shell:
    """A shell beside a new mission."""
    assert shell.saphan("new", "demo").status == 0
    return shell


def test_a_phone_is_let_in_and_shut_out(mission: Shell) -> None:
    added = mission.saphan("app-user", "add", "demo", "Phone 7", "--server", SERVER, "--qr", "phone.png", "--json")
    assert added.status == 0, added.err
    told, token = added.json["settings"], added.json["token"]
    assert told["general"]["server_url"] == f"{SERVER}/v1/key/{token}/projects/1"
    assert told.keys() == {"general", "project", "admin"}  # without any of these Collect takes no settings
    assert told["general"]["delete_send"] is True
    image = mission.at / "phone.png"
    assert image.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert image.stat().st_mode & 0o777 == 0o600
    listed = mission.saphan("app-user", "list", "demo")
    assert "Phone 7" in listed.out
    assert token not in listed.out
    again = mission.saphan("app-user", "add", "demo", "Phone 7", "--server", SERVER)
    assert (again.status, "already" in again.err) == (1, True)
    assert mission.saphan("app-user", "revoke", "demo", "Phone 7").status == 0
    assert mission.saphan("app-user", "list", "demo", "--json").json[0]["revoked"]
    assert mission.saphan("app-user", "revoke", "demo", "Phone 7").status == 1


def test_the_code_on_the_screen_comes_with_its_settings(mission: Shell) -> None:
    added = mission.saphan("app-user", "add", "demo", "Trainee", "--server", "http://192.168.1.4:8000", "--practice")
    assert added.status == 0
    assert added.out.count("█") > 300
    told = json.loads(added.out[: added.out.index("\n}") + 2])
    assert told["project"]["name"].endswith("(practice)")
    assert "Over http" in added.err


def test_a_code_holds_the_settings_as_collect_reads_them() -> None:
    told = phones.settings(SERVER, "t" * 64, name="การข้ามแดน")
    assert json.loads(zlib.decompress(b64decode(phones.qr_text(told)))) == told


@pytest.mark.parametrize("server", ["data.mission.example", "ftp://x", "https://", "https://u:p@x", "https://x/?a=1"])
def test_what_is_no_server_is_said_and_nobody_is_let_in(mission: Shell, server: str) -> None:
    answer = mission.saphan("app-user", "add", "demo", "Phone 7", "--server", server)
    assert answer.status == 1
    assert "not the address of a server" in answer.err
    assert mission.saphan("app-user", "list", "demo", "--json").json == []


def test_a_user_is_added_with_a_password_and_revoked(mission: Shell) -> None:
    program = "from saphan.cli.main import run; run()"
    for password, status in (("tiny", 1), ("long enough to keep", 0)):
        ended = subprocess.run(
            [sys.executable, "-c", program, "user", "add", "demo", "naw", "--role", "data manager"],
            cwd=mission.at,
            input=f"{password}\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == status, ended.stderr
        assert password not in ended.stdout + ended.stderr
    users = {user["name"]: user for user in mission.saphan("user", "list", "demo", "--json").json}
    assert users["naw"] == {"name": "naw", "roles": ["data manager"], "active": True}
    assert mission.saphan("user", "revoke", "demo", "naw").status == 0
    assert "revoked" in mission.saphan("user", "list", "demo").out
