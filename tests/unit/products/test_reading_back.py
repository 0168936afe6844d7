"""Reading products back: what was printed is found, and what was altered is found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.products.altering import reattach, redraw

from saphan.core.problem import Problem
from saphan.mission.model import Mission
from saphan.publish import products
from saphan.publish.figures.hedge import Form, Hedge
from saphan.publish.figures.model import Figure, Register
from saphan.publish.figures.register import key_of
from saphan.publish.products import Fault
from saphan.publish.products.agreement import same_letters

ARRIVALS = "flow.movements/direction=in/2023"


def read(path: Path) -> products.Reading:
    return products.read_pdf(path) if path.suffix == ".pdf" else products.read_html(path)


@pytest.mark.parametrize(
    "path", [f"factsheet.{tongue}.{kind}" for tongue in ("en", "th", "my") for kind in ("pdf", "html")]
)
def test_what_was_printed_is_read_back_and_agrees(
    built: Mapping[str, products.Product], register: Register, mission: Mission, path: str
) -> None:
    product = built[path]
    reading = read(product.path)
    wanted = [replace(printed, text="") for printed in product.printed]
    assert [replace(found.printed, text="") for found in reading.found] == wanted
    assert len(wanted) > 60
    assert products.disagreements(reading, register, mission) == ()


def test_a_page_of_a_figure_agrees(built: Mapping[str, products.Product], register: Register, mission: Mission) -> None:
    reading = read(built[f"figures/{ARRIVALS}/index.my.html"].path)
    assert len(reading.found) > 10
    assert products.disagreements(reading, register, mission) == ()


@pytest.mark.parametrize(
    ("language", "drawn", "instead"),
    [
        ("en", "1,340,000", "1,840,000"),  # a headline
        ("en", "1,290,000", "1,230,000"),  # the limit of an interval
        ("en", "16.8%", "18.6%"),  # the same digits in another order
        ("th", "14,912", "14,913"),  # inside a Thai sentence
        ("my", "53,500", "55,300"),  # in a chart
    ],
)
def test_one_altered_digit_is_found(
    built: Mapping[str, products.Product],
    register: Register,
    mission: Mission,
    tmp_path: Path,
    language: str,
    drawn: str,
    instead: str,
) -> None:
    altered = tmp_path / "altered.pdf"
    redraw(built[f"factsheet.{language}.pdf"].path, altered, drawn, instead)
    (wrong,) = products.disagreements(read(altered), register, mission)
    assert wrong.fault is Fault.TEXT
    assert drawn in wrong.expected and instead in wrong.found


def test_a_hedge_drawn_over_another_is_found(
    built: Mapping[str, products.Product], register: Register, mission: Mission, tmp_path: Path
) -> None:
    altered = tmp_path / "altered.pdf"
    redraw(built["factsheet.en.pdf"].path, altered, "about 1,340,000", "above 1,340,000"[:15])
    (wrong,) = products.disagreements(read(altered), register, mission)
    assert (wrong.fault, wrong.expected) == (Fault.TEXT, "about 1,340,000")


def test_one_altered_value_of_the_register_inside_is_found(
    built: Mapping[str, products.Product], register: Register, mission: Mission, tmp_path: Path
) -> None:
    altered = tmp_path / "altered.pdf"
    reattach(built["factsheet.en.pdf"].path, altered, b'"value":1338412.0', b'"value":1338413.0')
    wrong = products.disagreements(read(altered), register, mission)
    assert {one.figure for one in wrong} == {ARRIVALS}
    assert Fault.REGISTER in {one.fault for one in wrong}, "its key is that of another value, though hardly another"


def test_the_last_digits_of_another_processor_are_no_disagreement(
    built: Mapping[str, products.Product], register: Register, mission: Mission
) -> None:
    """Computed again where sums are added in another order, all numbers differ a little, and all keys with them."""
    elsewhere = {
        name: replace(
            one, value=one.value * (1 + 3e-9), degrees_of_freedom=(one.degrees_of_freedom or 0.0) * (1 + 2e-8)
        )
        if one.degrees_of_freedom
        else one
        for name, one in register.figures.items()
    }
    keyed = {name: replace(one, key=key_of(one, register.frame)) for name, one in elsewhere.items()}
    other = replace(register, figures=keyed)
    assert other.figures[ARRIVALS].key != register.figures[ARRIVALS].key
    for path in ("factsheet.en.pdf", "factsheet.my.html"):
        assert products.disagreements(read(built[path].path), other, mission) == ()
    far = replace(register.figures[ARRIVALS], value=register.figures[ARRIVALS].value * 1.00001)
    moved = replace(register, figures={**register.figures, ARRIVALS: replace(far, key=key_of(far, register.frame))})
    assert {one.figure for one in products.disagreements(read(built["factsheet.en.pdf"].path), moved, mission)} == {
        ARRIVALS
    }


def test_one_altered_cell_of_the_dataset_inside_is_found(
    built: Mapping[str, products.Product], register: Register, mission: Mission, tmp_path: Path
) -> None:
    altered = tmp_path / "altered.pdf"
    reattach(built["factsheet.en.pdf"].path, altered, b",1340000,", b",1350000,")
    (wrong,) = products.disagreements(read(altered), register, mission)
    assert (wrong.fault, wrong.figure, wrong.expected) == (Fault.TEXT, ARRIVALS, "1340000")
    assert wrong.where.startswith("figures.csv, row ")


def test_a_claim_that_is_false_of_the_figure_is_found(
    built: Mapping[str, products.Product], register: Register, mission: Mission
) -> None:
    reading = read(built["factsheet.en.pdf"].path)
    claim = replace(
        reading.found[0],
        printed=replace(
            reading.found[0].printed, hedge=Hedge(form=Form.MORE_THAN, bound=1_330_000), text="more than 1,330,000"
        ),
    )
    wrong = products.disagreements(replace(reading, found=(claim,)), register, mission)
    assert [(one.fault, one.figure) for one in wrong] == [(Fault.HEDGE, ARRIVALS)]


def test_a_figure_computed_otherwise_disagrees_wherever_it_is_printed(
    built: Mapping[str, products.Product], register: Register, mission: Mission
) -> None:
    def other(figure: Figure) -> Figure:
        return replace(figure, value=1_500_000.0, rounded=1_500_000.0, high=1_600_000.0, key="0" * 64)

    changed = replace(register, figures={**register.figures, ARRIVALS: other(register.figures[ARRIVALS])})
    reading = read(built["factsheet.th.pdf"].path)
    wrong = products.disagreements(reading, changed, mission)
    printed = [found for found in reading.found if found.printed.figure == ARRIVALS]
    assert {one.figure for one in wrong} == {ARRIVALS}
    assert len([one for one in wrong if one.where.startswith("page")]) == len(printed)
    assert any(one.fault is Fault.REGISTER and "value 1500000.0" in one.expected for one in wrong)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (">1,340,000<", ">1,340,001<", Fault.TEXT),
        (">about 1,340,000<", ">exactly 1,340,000<", Fault.TEXT),
        ("&amp;as=about&amp;", "&amp;as=less-than&amp;bound=1300000&amp;", Fault.HEDGE),
        (
            "flow.movements/direction=in/2023/index.html#key=",
            "flow.movements/direction=inn/2023/index.html#key=",
            Fault.UNKNOWN,
        ),
        ("&amp;n=1&amp;", "&amp;n=1001&amp;", Fault.LINK),
    ],
)
def test_an_altered_page_is_found_out(
    built: Mapping[str, products.Product],
    register: Register,
    mission: Mission,
    tmp_path: Path,
    before: str,
    after: str,
    fault: Fault,
) -> None:
    source = built["factsheet.en.html"].path
    text = source.read_text("utf-8")
    assert before in text
    (tmp_path / "page.html").write_text(text.replace(before, after, 1), "utf-8")
    (tmp_path / "register.json").write_bytes((source.parent / "register.json").read_bytes())
    wrong = products.disagreements(read(tmp_path / "page.html"), register, mission)
    assert fault in {one.fault for one in wrong}


def test_what_is_no_product_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.7 broken")
    with pytest.raises(Problem, match="no product of ours"):
        products.read_pdf(file)
    page = tmp_path / "a.html"
    page.write_text("<p>1,340,000</p>")
    with pytest.raises(Problem, match="names no register"):
        products.read_html(page)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("about 1,340,000", " about1,340,000 ", True),
        ("1,340,000", "3,140,000", False),
        ("about 17 per cent", "nearly 17 per cent", False),
        ("ประมาณ 1,340,000 ครั้ง", "ประมาณ 1,340,000 คร้ัง", True),  # the tone mark before the vowel above
        ("16.8%", "168%", False),
    ],
)
def test_letters_agree_but_for_what_a_pdf_changes(one: str, other: str, same: bool) -> None:
    assert same_letters(one, other) is same
