"""The survey library as its user meets it: one namespace that loads nothing else, a tutorial that says what is so."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import saphan.estimate as se

PAGE = Path(__file__).resolve().parents[3] / "docs" / "tutorial" / "survey-library.md"
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", se.__all__)
def test_every_name_of_the_library_resolves(name: str) -> None:
    assert getattr(se, name).__module__.startswith("saphan.estimate.survey.")


def test_the_lists_of_names_agree() -> None:
    assert sorted(se._HOME) == se.__all__ == dir(se)
    with pytest.raises(AttributeError, match="svymean"):
        _ = se.svymean


def test_the_library_loads_nothing_of_the_house_above_it() -> None:
    script = (
        "import sys, saphan.estimate as se\n"
        "assert not [one for one in sys.modules if one.startswith('saphan.estimate.')], 'loaded before it was asked'\n"
        "[getattr(se, name) for name in se.__all__]\n"
        "rooms = {one.split('.')[1] for one in sys.modules if one.startswith('saphan.')}\n"
        "print(*sorted(rooms), 'django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"core", "estimate", "False"}


def test_the_tutorial_says_what_python_says() -> None:
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert len(blocks) >= 12
    names: dict[str, object] = {}
    for code, told in blocks:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(code, str(PAGE), "exec"), names)
        assert said.getvalue() == told, code


class Frame:
    """A data frame of somebody else's: all that the library knows of it is its Arrow stream."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def test_any_arrow_stream_is_a_table_and_nan_is_missing() -> None:
    frame = Frame(pa.table({"w": [2.0, 1.0, 1.0], "y": [1.0, 4.0, float("nan")]}))
    (line,) = se.Survey(frame, weight="w").estimate(se.mean("y"))
    assert line.value == 2.0  # (2 x 1 + 1 x 4) / 3
    assert line.n == 2
