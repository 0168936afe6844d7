"""hapi.csv: those present in districts under the column names of the HDX Humanitarian API, with its warning column.

Source: HDX HAPI v2, population tables. What differs is said in `COLUMNS`, which the dictionary prints.
"""

from __future__ import annotations

from saphan.core.naming import name_of
from saphan.mission.model import Mission
from saphan.publish.figures.model import Figure, Register
from saphan.publish.figures.register import public
from saphan.publish.formats import tracked

NAME = "hapi.csv"
MARK = "provider_admin1_name"  # a column that no other file has
COLUMNS = {
    "location_code": "The country's own code in the gazetteer (HAPI writes ISO 3166-1 alpha-3)",
    "has_hrp": "Empty: whether the country has a humanitarian response plan is not known here",
    "in_gho": "Empty: whether it is in the Global Humanitarian Overview is not known here",
    MARK: "Province, as the mission names it",
    "provider_admin2_name": "District, as the mission names it",
    "admin1_code": "P-code of the province",
    "admin1_name": "Name of the province in the gazetteer",
    "admin2_code": "P-code of the district",
    "admin2_name": "Name of the district in the gazetteer",
    "admin_level": "2: district",
    "population": "People of concern present at the sites assessed, rounded as printed; not of the whole district",
    "gender": "m, f or all",
    "age_range": "0-17, 18+ or all",
    "min_age": "Lower end of the age range",
    "max_age": "Upper end of the age range; empty where it is open",
    "reference_period_start": "First day of the round",
    "reference_period_end": "Last day of the round",
    "dataset_hdx_id": "Empty until the dataset is on HDX",
    "resource_hdx_id": "Empty until the dataset is on HDX",
    "warning": "What to know before use: coverage and, where there is no interval, the range said and the grade",
    "error": "Empty: rows with an error are not published",
    **tracked.TRACE,
}
_WHO = {
    "": ("all", "all", "", ""),
    "men": ("m", "18+", "18", ""),
    "women": ("f", "18+", "18", ""),
    "boys": ("m", "0-17", "0", "17"),
    "girls": ("f", "0-17", "0", "17"),
}


def rows(register: Register, mission: Mission, rounds: tracked.Rounds) -> tuple[dict[str, str], ...]:
    """A row for each public figure of a district, of all and of men, women, boys and girls."""
    shown = public(register, mission)
    found = []
    for figure in tracked.stocks(shown):
        told = tracked.round_of(mission, figure, rounds)
        country, province, district = tracked.above(mission, figure)
        first, last = tracked.days(figure)
        gender, ages, least, most = _WHO[figure.cell.get("who", "")]
        row = dict.fromkeys(COLUMNS, "") | {
            "location_code": country.pcode if country else "",
            "admin_level": "2",
            "population": tracked.plain(figure.rounded),
            "gender": gender,
            "age_range": ages,
            "min_age": least,
            "max_age": most,
            "reference_period_start": first.isoformat(),
            "reference_period_end": last.isoformat(),
            "warning": "; ".join(_warnings(figure, shown, told)),
        }
        for level, area in (("admin1", province), ("admin2", district)):
            if area is not None:
                name = area.name.to("en")
                row |= {f"provider_{level}_name": name, f"{level}_name": name, f"{level}_code": area.pcode}
        found.append(row | tracked.trace(figure, register))
    return tuple(found)


def _warnings(figure: Figure, shown: Register, told: tracked.Tracked | None) -> list[str]:
    """What a reader must know of a number, in words."""
    words = ["simulated data"] if shown.simulated else []
    words.append("provisional")
    if told is not None:
        words.append(f"round {told.number}")
    known, assessed = (
        shown.figures.get(
            name_of(tracked.SITES, {tracked.DISTRICT: figure.cell[tracked.DISTRICT], "state": state}, figure.period)
        )
        for state in ("known", "assessed")
    )
    if known is not None and assessed is not None:
        words.append(f"{assessed.value:.0f} of {known.value:.0f} known sites assessed")
    if figure.low is None:
        words.append("no interval")
        if figure.said is not None:
            words.append(f"reports from {figure.said[0]:.0f} to {figure.said[1]:.0f}")
        if figure.grade:
            words.append(f"grade {figure.grade}")
    return words
