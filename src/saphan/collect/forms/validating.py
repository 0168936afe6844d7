"""ODK Validate over a form: the same engine as on the phone says whether the phone will open it.

The program lies in pyxform's wheel and runs on Java, in a process of its own with limits on memory and time.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from saphan.collect.forms.model import Form
from saphan.core.problem import At, Finding, finding

_MEMORY = "-Xmx512m"
_EXCEPTION = re.compile(r"^[\w.$]+Exception: ")
_NOISE = ("Error: Unable to find", "Result:", ">> ", "XForm is", "[", "\t")


def validate(form: Form, *, file: str | None = None, seconds: float = 60.0) -> tuple[Finding, ...]:
    """What ODK Validate says against a form; empty if nothing. `file` names the form in the findings.

    Without Java, or past the time limit, the one finding says that the form could not be tried, and why.
    """
    at = At(file=file or f"forms/{form.id}.xlsx")
    java = shutil.which("java")
    if java is None:
        return (finding("form.unvalidated", at, detail="Java is not installed"),)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xml"
        path.write_text(form.xform, encoding="utf-8")
        command = [java, _MEMORY, "-Djava.awt.headless=true", "-jar", str(_program()), str(path)]
        try:
            # No environment of ours is needed by it, and none is given.
            done = subprocess.run(command, capture_output=True, timeout=seconds, check=False, env={})
        except subprocess.TimeoutExpired:
            return (finding("form.unvalidated", at, detail=f"it took more than {seconds:g} seconds"),)
    if done.returncode == 0:
        return ()
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode < 0 or "OutOfMemoryError" in said:
        return (finding("form.unvalidated", at, detail="the program ended before its work was done"),)
    return (finding("form.invalid", at, detail=_first_reason(said)),)


def _program() -> Path:
    """The jar inside pyxform's wheel, found without importing pyxform."""
    found = importlib.util.find_spec("pyxform")
    assert found is not None and found.origin is not None  # a dependency of the package
    return Path(found.origin).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"


def _first_reason(said: str) -> str:
    """The first line that says what is wrong; the rest is Java's trace and general advice."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(_NOISE)]
    return _EXCEPTION.sub("", lines[0]) if lines else "it gives no reason."
