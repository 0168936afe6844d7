"""An invented register, of the shape that the pipeline makes: a test fixture, no result of any estimate."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from saphan import mission as missions
from saphan.core.digest import of_value
from saphan.core.text import Text
from saphan.core.unit import Unit
from saphan.mission.model import Mission
from saphan.publish import formats, products
from saphan.publish.figures.model import Figure, Kind, Register, Release, name_of
from saphan.publish.figures.register import propose

MADE_ON = date(2024, 2, 1)
YEAR = "2023"
MONTHS = tuple(f"2023-{month:02d}" for month in range(1, 13))
FACTS = {
    "form counter": "14,912 submissions received, 14,912 used",
    "form counter 2023010101": "14,912 submissions, XForm 18266e62",
    "note 1": "2 observation hours not used: no such hour.",
    "package numpy": "2.4.6",
}
DEFINITION = Text(
    {
        "en": "Movements of persons into Thailand at the points counted.",
        "th": "การเคลื่อนย้ายของบุคคลเข้าประเทศไทย ณ จุดที่นับ",
        "my": "ရေတွက်သည့်နေရာများတွင် ထိုင်းနိုင်ငံသို့ လူများ၏ ဝင်ရောက်မှု",
    }
)


def figure(
    indicator: str,
    value: float,
    *,
    period: str = YEAR,
    half: float = 0.0,
    unit: Unit = Unit.MOVEMENT,
    release: Release = Release.PUBLIC,
    parents: tuple[str, ...] = (),
    rests_on: int = 4000,
    **cell: str,
) -> Figure:
    """One invented figure; `half` is the half-width of its interval as a share of the value, 0 for a count."""
    name = name_of(indicator, cell, period)
    estimate = half > 0
    return Figure(
        name=name,
        indicator=indicator,
        cell=cell,
        period=period,
        unit=unit,
        kind=Kind.ESTIMATE if estimate else Kind.COUNT,
        value=value,
        low=value * (1 - half) if estimate else None,
        high=value * (1 + half) if estimate else None,
        standard_error=value * half / 1.96 if estimate else None,
        degrees_of_freedom=40.0 if estimate else None,
        rests_on=rests_on,
        clusters=160,
        effective_coverage=0.19 if estimate else None,
        extrapolated={"hours": 0.05, "windows": 0.11, "days": 0.65} if estimate else {},
        method="flow.predictor/1" if estimate else "count/1",
        basis="design" if estimate else "count",
        definition=DEFINITION,
        parents=parents,
        query="SELECT sum(movements) FROM groups WHERE direction = 'in'",
        release=release,
    )


def _shares(question: str, answers: Mapping[str, float]) -> list[Figure]:
    return [
        figure("survey.share", share, half=0.06 + 0.01 / share, unit=Unit.SHARE, question=question, answer=answer)
        for answer, share in answers.items()
    ]


def figures() -> list[Figure]:
    """A year of invented figures, the families that the factsheet prints."""
    total = {"in": 1_338_412.0, "out": 1_296_377.0}
    made = [
        figure("flow.movements", total[way], half=0.031, direction=way, parents=(f"flow.movements/{YEAR}",))
        for way in total
    ]
    made.append(figure("flow.movements", sum(total.values()), half=0.03))
    shape = (88, 84, 96, 118, 104, 92, 86, 83, 90, 101, 108, 112)
    for way in total:
        for month, weight in zip(MONTHS, shape, strict=True):
            value = total[way] * (weight + (4 if way == "out" and month < "2023-06" else 0)) / sum(shape)
            parents = (name_of("flow.movements", {"direction": way}, YEAR),)
            made.append(figure("flow.movements", value, period=month, half=0.09, direction=way, parents=parents))
    for month, weight in zip(MONTHS, shape, strict=True):
        value = 41_000.0 * weight / 100
        made.append(figure("flow.persons", value, period=month, half=0.14, unit=Unit.PERSON, direction="in"))
    districts = {"TH6306": 0.52, "TH6304": 0.09, "TH6307": 0.08, "TH6305": 0.04, "TH8501": 0.25, "TH7108": 0.02}
    made += [
        figure("flow.movements", total["in"] * s, half=0.06, direction="in", district=d) for d, s in districts.items()
    ]
    modes = {"foot": 0.44, "motorbike": 0.21, "boat": 0.2, "car": 0.09, "bus": 0.04, "bicycle": 0.02}
    made += [figure("flow.movements", total["in"] * s, half=0.07, direction="in", mode=m) for m, s in modes.items()]
    who = {"men": 0.46, "women": 0.39, "boys": 0.08, "girls": 0.07}
    made += [figure("flow.movements", total["in"] * s, half=0.05, direction="in", who=w) for w, s in who.items()]
    nations = {"mmr": 0.957, "tha": 0.031, "other": 0.012}
    made += [
        figure("flow.movements", total["in"] * s, half=0.04, direction="in", nationality=n) for n, s in nations.items()
    ]
    made.append(
        figure("flow.movements", 41.0, half=0.4, direction="in", mode="plane", release=Release.TOO_FEW, rests_on=3)
    )
    made.append(figure("flow.movements", 240_000.0, half=0.1, direction="in", point="TAK-03", release=Release.INTERNAL))
    beside = ("flow.movements/direction=in/point=TAK-03/2023",)
    made.append(figure("flow.movements", 400_000.0, half=0.05, direction="in", point="TAK-01", parents=beside))
    made += _shares("long_term", {"yes": 0.168})
    made += _shares("commuter", {"yes": 0.433, "no": 0.567})
    made += _shares(
        "main_reason",
        {
            "work": 0.412,
            "market": 0.208,
            "family": 0.121,
            "health": 0.066,
            "education": 0.05,
            "conflict": 0.083,
            "other": 0.06,
        },
    )
    made += _shares(
        "intended_stay",
        {
            "under-3-months": 0.61,
            "3-12-months": 0.142,
            "1-2-years": 0.071,
            "2-5-years": 0.056,
            "over-5-years": 0.041,
            "dont-know": 0.08,
        },
    )
    flows = {
        ("MMR003", "TH63"): 0.31, ("MMR011", "TH63"): 0.08, ("MMR007", "TH63"): 0.05, ("MMR013", "TH63"): 0.04,
        ("MMR006", "TH85"): 0.19, ("MMR003", "TH10"): 0.06, ("MMR011", "TH10"): 0.05, ("MMR013", "TH74"): 0.04,
        ("MMR003", "TH74"): 0.03, ("MMR006", "TH83"): 0.03, ("MMR007", "TH10"): 0.02, ("MMR011", "TH71"): 0.02,
    }  # fmt: skip
    made += [
        figure("survey.movements", total["in"] * share, half=0.15, origin=origin, destination=destination)
        for (origin, destination), share in flows.items()
    ]
    for end, place in (("origin", 0), ("destination", 1)):
        for code in dict.fromkeys(ends[place] for ends in flows):
            share = sum(share for ends, share in flows.items() if ends[place] == code)
            made.append(figure("survey.movements", total["in"] * share, half=0.1, **{end: code}))
    made += [
        figure("flow.interviews", 4873, unit=Unit.INTERVIEW),
        figure("flow.screened", 7204, unit=Unit.PERSON),
        figure("flow.response", 0.676, unit=Unit.SHARE),
        figure("flow.hours", 14_912, unit=Unit.OBSERVATION_HOUR),
        figure("flow.points", 15, unit=Unit.POINT),
        figure("flow.known_points", 31, unit=Unit.POINT),
        figure("flow.coverage", 0.187, unit=Unit.SHARE),
    ]
    return made


def register_of(made: list[Figure], mission: Mission) -> Register:
    """A register of these figures, as the pipeline proposes it."""
    return propose(made, (), mission=mission, frame=of_value("frame"), facts=FACTS)


@pytest.fixture(scope="session")
def register(mission: Mission) -> Register:
    """The invented register."""
    return register_of(figures(), mission)


@pytest.fixture(scope="session")
def built(
    register: Register,
    mission: Mission,
    labels: Mapping[tuple[str, str], Text],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, products.Product]:
    """Every product of the invented register, by its path below the products' folder; read only."""
    folder = tmp_path_factory.mktemp("products")
    dataset = formats.dataset(register, mission, labels, folder / "dataset", mission.languages)
    made = products.build(register, mission, folder, labels=labels, made_on=MADE_ON, dataset=dataset)
    return {product.path.relative_to(folder).as_posix(): product for product in made}


@pytest.fixture(scope="session")
def mission(thailand: Path, tmp_path_factory: pytest.TempPathFactory) -> Mission:
    """The seed mission with its factsheet alone: the invented register knows no sites."""
    folder = tmp_path_factory.mktemp("mission") / "thailand-2023"
    shutil.copytree(thailand, folder, ignore=shutil.ignore_patterns("baseline.toml"))
    return missions.open(folder)


LABELS = """
direction             in              Into Thailand | เข้าประเทศไทย | ထိုင်းသို့
mode                  foot            On foot | เดินเท้า | ခြေလျင်
mode                  motorbike       Motorbike | รถจักรยานยนต์ | ဆိုင်ကယ်
mode                  boat            Boat | เรือ | လှေ
mode                  car             Car or pick-up | รถยนต์หรือรถกระบะ | ကား သို့မဟုတ် ပစ်ကပ်
mode                  bus             Bus or truck | รถโดยสารหรือรถบรรทุก | ဘတ်စ်ကား သို့မဟုတ် ကုန်ကား
mode                  bicycle         Bicycle | จักรยาน | စက်ဘီး
who                   men             Men | ชาย | အမျိုးသား
who                   women           Women | หญิง | အမျိုးသမီး
who                   boys            Boys | เด็กชาย | ယောက်ျားလေး
who                   girls           Girls | เด็กหญิง | မိန်းကလေး
nationality           mmr             Myanmar | เมียนมา | မြန်မာ
nationality           tha             Thai | ไทย | ထိုင်း
nationality           other           Other | อื่น ๆ | အခြား
answer:main_reason    work            Work, or looking for work | ทำงานหรือหางาน | အလုပ်လုပ်ရန် သို့မဟုတ် အလုပ်ရှာရန်
answer:main_reason    market          Shopping or trade | ซื้อของหรือค้าขาย | ဈေးဝယ်ခြင်း သို့မဟုတ် ကုန်သွယ်ခြင်း
answer:main_reason    family          To visit or join family | เยี่ยมหรืออยู่กับครอบครัว | မိသားစုထံ သွားရောက်ခြင်း
answer:main_reason    health          Health care | รับการรักษาพยาบาล | ကျန်းမာရေး စောင့်ရှောက်မှု
answer:main_reason    education       Education | การศึกษา | ပညာရေး
answer:main_reason    conflict        Conflict or insecurity | ความขัดแย้งหรือความไม่ปลอดภัย | ပဋိပက္ခ သို့မဟုတ် လုံခြုံမှုမရှိခြင်း
answer:main_reason    other           Another reason | เหตุผลอื่น | အခြားအကြောင်း
answer:intended_stay  under-3-months  Under 3 months | ต่ำกว่า 3 เดือน | ၃ လအောက်
answer:intended_stay  3-12-months     3 to 12 months | 3 ถึง 12 เดือน | ၃ လမှ ၁၂ လ
answer:intended_stay  1-2-years       1 to 2 years | 1 ถึง 2 ปี | ၁ နှစ်မှ ၂ နှစ်
answer:intended_stay  2-5-years       2 to 5 years | 2 ถึง 5 ปี | ၂ နှစ်မှ ၅ နှစ်
answer:intended_stay  over-5-years    Over 5 years | มากกว่า 5 ปี | ၅ နှစ်အထက်
answer:intended_stay  dont-know       Does not know | ไม่ทราบ | မသိပါ
"""


def labels_of(table: str) -> Mapping[tuple[str, str], Text]:
    """Labels of codes from a table of key, code and the words in English, Thai and Burmese."""
    found = {}
    for line in table.strip().splitlines():
        key, code, words = line.split(maxsplit=2)
        found[key, code] = Text(dict(zip(("en", "th", "my"), words.split(" | "), strict=True)))
    return found


@pytest.fixture(scope="session")
def labels() -> Mapping[tuple[str, str], Text]:
    """Labels of codes, as the forms would give them."""
    return labels_of(LABELS)
