"""dtm.csv: those present in districts under the column names of the Displacement Tracking Matrix API, version 3.

Source: IOM, DTM API v3 (admin 2). What differs is said in `COLUMNS`, which the dictionary prints.
"""

from __future__ import annotations

from saphan.core.naming import name_of
from saphan.mission.model import Mission
from saphan.publish.figures.model import Register
from saphan.publish.figures.register import public
from saphan.publish.formats import tracked

NAME = "dtm.csv"
MARK = "numPresentIdpInd"  # a column that no other file has
COLUMNS = {
    "operation": "Title of the exercise",
    "admin0Name": "Country",
    "admin0Pcode": "P-code of the country",
    "admin1Name": "Province",
    "admin1Pcode": "P-code of the province",
    "admin2Name": "District",
    "admin2Pcode": "P-code of the district",
    MARK: "People of concern present at the sites assessed, rounded as printed. DTM counts internally displaced "
    "persons here; these are non-nationals, and of the sites assessed only, not of the whole district",
    "reportingDate": "Last day of the round",
    "yearReportingDate": "Its year",
    "monthReportingDate": "Its month",
    "roundNumber": "Number of the round",
    "displacementReason": "Empty: not asked of sites",
    "numberMales": "Men and boys as printed, added; empty where either is not public. Rounded, they may miss the total",
    "numberFemales": "Women and girls, likewise",
    "idpOriginAdmin1Name": "Empty: not asked of sites",
    "idpOriginAdmin1Pcode": "Empty: not asked of sites",
    "assessmentType": "BA: baseline assessment",
    "operationStatus": "Provisional: nobody has signed the figures yet. DTM writes Active or Inactive of the operation",
    **tracked.TRACE,
}


def rows(register: Register, mission: Mission, rounds: tracked.Rounds) -> tuple[dict[str, str], ...]:
    """A row for each public figure of a district; `rounds` number the rounds by period."""
    shown = public(register, mission)

    def added(district: str, period: str, *who: str) -> str:
        names = [name_of(tracked.PRESENT, {tracked.DISTRICT: district, "who": one}, period) for one in who]
        parts = [shown.figures[name].rounded for name in names if name in shown.figures]
        return tracked.plain(sum(one or 0.0 for one in parts)) if len(parts) == len(who) else ""

    found = []
    for figure in tracked.stocks(shown):
        if "who" in figure.cell:
            continue
        country, province, district = tracked.above(mission, figure)
        told = tracked.round_of(mission, figure, rounds)
        _, last = tracked.days(figure)
        row = dict.fromkeys(COLUMNS, "")
        for level, area in enumerate((country, province, district)):
            row[f"admin{level}Name"] = area.name.to("en") if area else ""
            row[f"admin{level}Pcode"] = area.pcode if area else ""
        pcode = figure.cell[tracked.DISTRICT]
        row |= {
            "operation": told.exercise if told else "",
            MARK: tracked.plain(figure.rounded),
            "reportingDate": last.isoformat(),
            "yearReportingDate": str(last.year),
            "monthReportingDate": str(last.month),
            "roundNumber": str(told.number) if told else "",
            "numberMales": added(pcode, figure.period, "men", "boys"),
            "numberFemales": added(pcode, figure.period, "women", "girls"),
            "assessmentType": "BA",
            "operationStatus": "Provisional",
        }
        found.append(row | tracked.trace(figure, register))
    return tuple(found)
