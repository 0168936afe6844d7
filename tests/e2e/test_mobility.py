"""Mobility tracking from a list of sites to verified figures, with the commands that a user gives."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.e2e.test_assessment import saphan
from tests.xlsforms import sent, xlsx

SITES = 16  # in each of two districts
DISTRICTS = {"A": "XA0101", "B": "XA0201"}
HEAD = "| survey |\n| | type | name | label::English (en) | concept | relevant |\n"
END = "| choices |\n| | list_name | name | label::English (en) |\n"
REPEAT = """| | begin_repeat | nations | Nationality | nationality_present | |
| | select_one nation | nation | Which? | nationality | |
| | integer | of_it | How many? | persons_of_nationality | |
| | end_repeat | nations | | | |
"""
WHO = "".join(f"| | integer | {one} | {one} | {one} | |\n" for one in ("men", "women", "boys", "girls"))
NATIONS = "| | nation | xaa | A |\n| | nation | xbb | B |\n"
INFORMANT = f"""{HEAD}| | end | ended | | ended_at | |
| | date | day | Day | observed_date | |
| | text | site | Site | site | |
| | select_one access | access | Could you enter? | site_access | |
| | select_one source | source | Who from? | source_role | |
| | text | informant | Informant | informant | |
| | select_one yes_no | agreed | Do you agree? | consent | ${{source}} = 'key-informant' |
| | select_one yes_no | there | Anybody? | presence | |
| | integer | present | How many? | persons_present | |
| | select_one obtained | obtained | How? | obtained | |
| | integer | came | Came? | arrivals_since_last_round | |
{WHO}{REPEAT}{END}| | access | entered | Yes |
| | access | seen-from-outside | From outside |
| | access | not-reached | No |
| | source | key-informant | Informant |
| | source | observation | I saw |
| | source | nobody | Nobody |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| | obtained | register | Register |
| | obtained | estimate | Estimate |
{NATIONS}| settings |
| | form_id | version | form_title | concept |
| | told | 1 | Told | key-informant |
"""
COUNT = f"""{HEAD}| | end | ended | | ended_at | |
| | date | day | Day | observed_date | |
| | text | site | Site | site | |
| | select_one outcome | outcome | Outcome | count_outcome | |
| | integer | many | How many? | persons_counted | |
{WHO}{REPEAT}{END}| | outcome | counted | Counted |
| | outcome | refused | Refused |
| | outcome | not-reached | No |
{NATIONS}| settings |
| | form_id | version | form_title | concept |
| | counted | 1 | Counted | site-count |
"""
MOBILITY = """
[[exercise]]
id = "valley"
title = { en = "Sites of the valley" }
seed = 5
forms = { key-informant = "told", site-count = "counted" }

[[exercise.round]]
number = 1
period = "2024-01"

[[exercise.round]]
number = 2
period = "2024-02"
"""
PRODUCT = """
id = "baseline"
title = { en = "Baseline" }
subtitle = { en = "Sites of the valley" }
summary = { en = "Who is there" }

[[pages]]
rows = [[{ width = 12, blocks = ["told"] }]]

[blocks.told]
kind = "prose"
heading = { en = "Presence" }
[[blocks.told.paragraphs]]
en = "SENTENCE"
"""
SENTENCE = (
    "{about:stock.present/province=XA01/2024-01} ({interval:stock.present/province=XA01/2024-01}); of "
    "{value:stock.sites/province=XA01/state=known/2024-01} sites. In the lower valley "
    "{about:stock.present/province=XA02/2024-02}, {said:stock.present/province=XA02/2024-02}; change "
    "{about:stock.change/province=XA02/2024-02}."
)


def people(name: str) -> int:
    """Who is truly there."""
    return 30 + 11 * int(name[1:])


def parts(many: int) -> str:
    """A number in groups and nationalities."""
    half, tenth = many // 2, many // 10
    groups = f"<men>{half}</men><women>{many - half - 2 * tenth}</women><boys>{tenth}</boys><girls>{tenth}</girls>"
    nations = {"xaa": many - 2 * tenth, "xbb": 2 * tenth}
    return groups + "".join(
        f"<nations><nation>{one}</nation><of_it>{n}</of_it></nations>" for one, n in nations.items()
    )


def report(name: str, month: int, *, access: str = "entered", informant: str = "k1", raised: float = 1.3) -> bytes:
    """What an informant says, who overstates."""
    many = round(people(name) * raised)
    body = (
        f"<ended>2024-0{month}-10T10:00:00.000+00:00</ended><day>2024-0{month}-10</day><site>{name}</site>"
        f"<access>{access}</access><source>key-informant</source><informant>{name}-{informant}</informant>"
        f"<agreed>yes</agreed><there>yes</there><present>{many}</present><obtained>estimate</obtained>"
        f"<came>{many // 8}</came>{parts(many)}"
    )
    return sent(body, form="told", instance=f"uuid:told-{month}-{name}-{informant}")


def counted(name: str, month: int) -> bytes:
    many = people(name)
    body = (
        f"<ended>2024-0{month}-20T10:00:00.000+00:00</ended><day>2024-0{month}-20</day><site>{name}</site>"
        f"<outcome>counted</outcome><many>{many}</many>{parts(many)}"
    )
    return sent(body, form="counted", instance=f"uuid:counted-{month}-{name}")


def archive(path: Path, submissions: list[bytes]) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for number, xml in enumerate(submissions):
            file.writestr(f"{number}.xml", xml)


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mission whose first round was counted after a draw, and whose second was not, imported and built."""
    root = tmp_path_factory.mktemp("mobility")
    assert saphan(root, "new", "demo").returncode == 0
    folder = root / "demo"
    (folder / "forms" / "told.xlsx").write_bytes(xlsx(INFORMANT))
    (folder / "forms" / "counted.xlsx").write_bytes(xlsx(COUNT))
    (folder / "mobility.toml").write_text(MOBILITY, "utf-8")
    shutil.rmtree(folder / "products")
    (folder / "products").mkdir()
    (folder / "products" / "baseline.toml").write_text(PRODUCT.replace("SENTENCE", SENTENCE), "utf-8")
    names = [f"{letter}{number:02d}" for letter in DISTRICTS for number in range(1, SITES + 1)]
    rows = "".join(
        f"{name},village,{DISTRICTS[name[0]]},{10.2 if name[0] == 'A' else 10.05},20.1,2024-01-01,,,{name}\n"
        for name in names
    )
    header = "id,type,pcode,latitude,longitude,listed_from,closed_on,dissemination,name:en\n"
    (folder / "places" / "sites.csv").write_text(header + rows, "utf-8")
    checked = saphan(root, "check", "demo")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    nothing = saphan(root, "sites", "draw", "demo", "valley", "--round", "1")
    assert nothing.returncode == 1
    assert "saphan import" in nothing.stderr
    closed = "A16"
    said = [report(name, 1) for name in names if name != closed] + [report(closed, 1, access="not-reached")]
    later = [report(name, 2, raised=2.6 if name == "B03" else 1.2) for name in names if name != closed]
    archive(root / "said.zip", [*said, *later])
    assert saphan(root, "import", "demo", "said.zip").returncode == 0
    drawn = saphan(root, "sites", "draw", "demo", "valley", "--round", "1", "--each", "6", "--in", "XA01")
    assert drawn.returncode == 0, drawn.stdout + drawn.stderr
    assert 'counted = "samples/valley-1.csv"' in drawn.stdout
    mobility = folder / "mobility.toml"
    mobility.write_text(
        mobility.read_text("utf-8").replace(
            'period = "2024-01"', 'period = "2024-01"\ncounted = "samples/valley-1.csv"'
        ),
        "utf-8",
    )
    archive(root / "counts.zip", [counted(name, 1) for name in sample(folder)])
    assert saphan(root, "import", "demo", "counts.zip").returncode == 0
    built = saphan(root, "build", "demo")
    assert built.returncode == 0, built.stdout + built.stderr
    return root


def sample(folder: Path) -> dict[str, float]:
    with (folder / "samples" / "valley-1.csv").open(encoding="utf-8", newline="") as file:
        return {row["site"]: float(row["chance"]) for row in csv.DictReader(file)}


def table(root: Path, name: str = "dataset/figures.csv") -> list[dict[str, str]]:
    with (root / "var" / "demo" / "products" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_counts_undo_what_informants_overstate(tracked: Path) -> None:
    found = {row["figure"]: row for row in table(tracked)}
    whole = found["stock.present/province=XA01/2024-01"]
    true = sum(people(f"A{number:02d}") for number in range(1, SITES))  # the last could not be entered
    assert float(whole["low"]) <= true <= float(whole["high"])
    assert abs(float(whole["value"]) / true - 1) < 0.02
    assert (whole["basis"], whole["grade"], whole["said_low"]) == ("design", "", "")


def test_what_was_not_counted_has_a_range_and_a_grade(tracked: Path) -> None:
    found = {row["figure"]: row for row in table(tracked)}
    told = found["stock.present/province=XA02/2024-01"]
    assert (told["basis"], told["low"], told["high"], told["grade"]) == ("reports", "", "", "D")
    said = sum(round(people(f"B{number:02d}") * 1.3) for number in range(1, SITES + 1))
    assert float(told["said_low"]) == float(told["said_high"]) == said
    assert found["stock.change/province=XA02/2024-02"]["unit"] == "change"
    states = {
        state: found[f"stock.sites/province=XA01/state={state}/2024-01"]["value"]
        for state in ("known", "inaccessible", "assessed", "counted")
    }
    assert states == {"known": "16", "inaccessible": "1", "assessed": "15", "counted": "6"}


def test_no_site_is_named_outside_and_every_one_inside(tracked: Path) -> None:
    var = tracked / "var" / "demo"
    products = b"".join(
        path.read_bytes() for path in (var / "products").rglob("*") if path.suffix in (".html", ".csv", ".json")
    )
    assert b"B03" not in products
    with (var / "sites.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["round"], row["site"]): row for row in csv.DictReader(file)}
    assert rows["2", "B03"]["look_again"].startswith("82 in the last round, 164 in this one")
    assert not rows["2", "B04"]["look_again"]
    assert rows["1", "A16"]["access"] == "not-reached"
    assert "lowered: the site could not be entered" in rows["1", "A16"]["reasons"]


def test_everything_verifies_and_a_changed_number_does_not(tracked: Path) -> None:
    products = tracked / "var" / "demo" / "products"
    good = saphan(tracked, "verify", str(products))
    assert good.returncode == 0, good.stdout + good.stderr
    assert "dtm.csv" in good.stdout
    assert "hapi.csv" in good.stdout
    dtm = products / "dataset" / "dtm.csv"
    number = table(tracked, "dataset/dtm.csv")[0]["numPresentIdpInd"]
    before = dtm.read_text("utf-8")
    dtm.write_text(before.replace(f",{number},", ",31,", 1), "utf-8")
    assert saphan(tracked, "verify", str(dtm)).returncode == 1
    dtm.write_text(before, "utf-8")


def test_a_draw_is_drawn_once_and_the_same_sites_are_taken_again(tracked: Path) -> None:
    folder = tracked / "demo"
    again = saphan(tracked, "sites", "draw", "demo", "valley", "--round", "1", "--each", "6", "--in", "XA01", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["new"] is False
    other = saphan(tracked, "sites", "draw", "demo", "valley", "--round", "1", "--each", "7", "--in", "XA01")
    assert other.returncode == 1
    assert "draw differs" in other.stderr
    before = sample(folder)
    second = saphan(tracked, "sites", "draw", "demo", "valley", "--round", "2", "--again")
    assert second.returncode == 0, second.stderr
    with (folder / "samples" / "valley-2.csv").open(encoding="utf-8", newline="") as file:
        assert {row["site"]: float(row["chance"]) for row in csv.DictReader(file)} == before
    none = saphan(tracked, "sites", "draw", "demo", "valley", "--round", "1", "--again")
    assert none.returncode == 1
    unknown = saphan(tracked, "sites", "draw", "demo", "valley", "--round", "9")
    assert "Its rounds are 1, 2" in unknown.stderr
