"""The how-to page on drawing a sample does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "draw-a-sample.md"


def test_the_page_runs_from_top_to_bottom(tmp_path: Path) -> None:
    blocks = re.findall(r"^( *)```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    script = tmp_path / "sample.py"
    script.write_text("\n".join(textwrap.dedent(block) for _, block in blocks), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0] == "complete 546, issue 607"
    assert re.fullmatch(r"a change .* with a chance of \d\d%", said[1])
    assert sum(int(one) for one in re.findall(r"\d+", said[2])) == 46
    assert said[3:5] == ["46 areas", "552 households"]
    assert said[5].count("'weight'") == 3
    assert said[6] == "the same"
