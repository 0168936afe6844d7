"""`saphan export` as its users give it."""

from __future__ import annotations

import zipfile

from tests.cli.conftest import Shell


def test_answers_of_a_new_mission_leave_as_a_zip(shell: Shell) -> None:
    assert shell.saphan("new", "demo").status == 0
    before = shell.saphan("export", "demo", "counter", "out.zip")
    assert (before.status, "No version of a form 'counter' is published here." in before.err) == (1, True)
    assert shell.saphan("simulate", "demo").status == 0
    assert shell.saphan("import", "demo", "var/demo/simulated.zip", "--workers", "0").status == 0
    told = shell.saphan("export", "demo", "counter", "out.zip", "--json")
    assert told.status == 0
    with zipfile.ZipFile(shell.at / "out.zip") as archive:
        assert archive.namelist() == ["counter.csv", "counter-group.csv"]
        lines = archive.read("counter.csv").decode().splitlines()
    assert len(lines) == told.json["submissions"] + 1 == told.json["rows"]["counter"] + 1
    assert "enumerator" in told.json["left_out"]
    assert not any(name in lines[0].split(",") for name in told.json["left_out"])
    wrong = shell.saphan("export", "demo", "counter", "out.zip", "--since", "yesterday")
    assert (wrong.status, "'yesterday' is no date" in wrong.err) == (1, True)
