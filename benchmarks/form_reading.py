"""How fast submissions are read: microseconds a submission, and as a ratio to named peers in the same run.

    .venv/bin/python -m benchmarks.form_reading [--submissions 3000]

Processor time of this process, so that what else runs on the machine does not count. The peers do less: `lxml parse`
only parses; `pyxform flatten` is pyxform's own instance parser: untyped text by path, with no states, checks or faults.
"""

from __future__ import annotations

import argparse
import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lxml import etree
from pyxform.xform_instance_parser import xform_instance_to_flat_dict

import saphan.mission
from saphan.collect import forms
from saphan.collect.forms.instances import make_parser
from saphan.collect.forms.model import Form, Question, State
from saphan.collect.forms.plan import Plan, Steps, compile_form

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


Sent = TypeVar("Sent")


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
    name, size = f"{form.id}, {repeats} rows a repeat", sum(map(len, sent)) // len(sent)
    print(
        f"{name:<28}{size:>7}{read:>7.0f}us{encode:>7.1f}us"
        f"{decode:>7.1f}us{parse:>7.0f}us {read / parse:>3.1f}x{flatten:>12.0f}us {read / flatten:>3.2f}x"
    )


def microseconds(function: Callable[[Sent], object], sent: list[Sent]) -> float:
    """The median time of one call, over five passes, in microseconds."""
    taken = []
    for _ in range(5):
        started = time.process_time()
        for each in sent:
            function(each)
        taken.append((time.process_time() - started) / len(sent) * 1e6)
    return sorted(taken)[2]


def instance(form: Form, repeats: int, source: random.Random) -> bytes:
    """One submission of any form, filled at random, with what the form would not ask left out, as a phone does."""
    plan = compile_form(form)
    answers: dict[tuple[int, int, int], str] = {}
    xml = _written(form, plan, repeats, source, answers)
    for _ in range(3):  # what is left out may decide on what is asked further down
        for block, rows in enumerate(forms.read(form, xml).tables):
            for number, states in enumerate(rows.states):
                for column in (column for column, state in enumerate(states) if state == State.NOT_ASKED):
                    answers[block, number, column] = ""
        xml = _written(form, plan, repeats, source, answers)
    return xml


def _written(
    form: Form, plan: Plan, repeats: int, source: random.Random, answers: dict[tuple[int, int, int], str]
) -> bytes:
    counts = [0] * len(form.tables)
    root = etree.Element(plan.root, id=form.id, version=form.version)

    def fill(element: etree._Element, steps: Steps, block: int, number: int) -> None:
        for name, column in steps.columns.items():
            if name == "instanceID":
                etree.SubElement(element, name).text = f"uuid:{uuid.UUID(int=source.getrandbits(128))}"
            elif name != "deprecatedID":
                question = form.tables[block].questions[column]
                answer = answers.setdefault((block, number, column), _answer(form, question, block, source))
                if answer:
                    etree.SubElement(element, name).text = answer
        for name, inside in steps.groups.items():
            fill(etree.SubElement(element, name), inside, block, number)
        for name, (child, inside) in steps.repeats.items():
            for _ in range(repeats):
                counts[child] += 1
                fill(etree.SubElement(element, name), inside, child, counts[child] - 1)

    fill(root, plan.steps, 0, 0)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _answer(form: Form, question: Question, block: int, source: random.Random) -> str:
    names = [choice.name for choice in form.choices.get(question.choices or "", ())]
    if "yes" in names:
        return "yes"
    match question.type:
        case "select_one":
            return source.choice(names)
        case "select_multiple":
            return source.choice(names)
        case "integer" | "calculate":
            return str(source.randint(15, 22) if block == 0 else source.choice("000011123"))
        case "date":
            return "2023-05-14"
        case "start" | "end":
            return "2023-05-14T10:31:00.561+07:00"
        case "geopoint":
            return "16.7804894 98.6101948 201.0 12.34"
        case "note":
            return ""
        case _:
            return f"text {source.randint(0, 9999)}"


if __name__ == "__main__":
    main()
