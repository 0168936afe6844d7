"""How fast submissions are read: microseconds a submission, and as a ratio to named peers in the same run.

    .venv/bin/python -m benchmarks.form_reading [--submissions 3000]

The peers do less: `lxml parse` only parses; `pyxform flatten` is pyxform's own instance parser, which gives untyped text
by path, with no states, checks or faults.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from lxml import etree
from pyxform.xform_instance_parser import xform_instance_to_flat_dict

import saphan.mission
from saphan.collect import forms
from saphan.collect.forms.instances import make_parser
from saphan.collect.forms.model import Form, Question, State
from saphan.collect.forms.plan import Into, Steps, compile_form

MISSION = Path(__file__).resolve().parents[1] / "missions" / "thailand-2023"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--submissions", type=int, default=3_000)
    wanted = arguments.parse_args().submissions
    known = forms.load(saphan.mission.open(MISSION))
    print(f"{'form':<28}{'bytes':>7}{'read':>9}{'encode':>9}{'decode':>9}{'lxml parse':>12}{'pyxform flatten':>17}")
    for name, repeats in (("counter", 10), ("flow_survey", 2), ("screener", 0)):
        measure(known[name], repeats, wanted)


def measure(form: Form, repeats: int, wanted: int) -> None:
    """Print one line: the median of five passes over submissions of one form."""
    source = random.Random(1)
    sent = [instance(form, repeats, source) for _ in range(min(wanted, 500))]
    reader, parser = forms.Reader([form]), make_parser()
    readings = [reader.read(xml) for xml in sent]
    kept = [forms.encode(reading) for reading in readings]
    read = microseconds(reader.read, sent)
    encode = microseconds(forms.encode, readings)
    decode = microseconds(forms.decode, kept)
    parse = microseconds(lambda xml: etree.fromstring(xml, parser), sent)
    flatten = microseconds(xform_instance_to_flat_dict, [xml.decode() for xml in sent[:100]])
    print(
        f"{form.id + f', {repeats} rows a repeat':<28}{sum(map(len, sent)) // len(sent):>7}{read:>7.0f}us{encode:>7.1f}us"
        f"{decode:>7.1f}us{parse:>7.0f}us {read / parse:>3.1f}x{flatten:>12.0f}us {read / flatten:>3.2f}x"
    )


def microseconds[Sent](function: Callable[[Sent], object], sent: list[Sent]) -> float:
    """The median time of one call, over five passes, in microseconds."""
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        for each in sent:
            function(each)
        taken.append((time.perf_counter() - started) / len(sent) * 1e6)
    return sorted(taken)[2]


def instance(form: Form, repeats: int, source: random.Random) -> bytes:
    """One submission of any form, filled at random, with what the form would not ask left out, as a phone does."""
    filled = _write(form, repeats, source, leave_out=frozenset())
    reading = forms.read(form, filled)
    unasked = {
        (rows.table, number, column)
        for rows in reading.tables
        for number, states in enumerate(rows.states)
        for column, state in enumerate(states)
        if state == State.NOT_ASKED
    }
    return _write(form, repeats, random.Random(source.random()), leave_out=frozenset(unasked))
