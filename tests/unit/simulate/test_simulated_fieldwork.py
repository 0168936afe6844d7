"""The fieldwork over an invented world: what a reader, a check and an archive make of what it sends."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import openpyxl
import pytest

from saphan.collect import checks, simulate, sources
from saphan.collect import forms as form_reading
from saphan.collect.forms.model import Form, Reading, State, Submission, Value
from saphan.collect.rounds.model import Busy, Round
from saphan.core.problem import Finding, Problem
from saphan.mission.model import Mission

CLEAN = {
    "missing_night": 0.0,
    "missing_shift": 0.0,
    "missing_day": 0.0,
    "missing_hour": 0.0,
    "partial_hour": 0.0,
    "sent_twice": 0.0,
    "retyped": 0.0,
    "errors": {},
}


@dataclass(frozen=True)
class Sent:
    """Everything that one fieldwork sent, and how the forms read it."""

    work: simulate.Fieldwork
    submissions: list[Submission]
    readings: list[Reading]
    forms: Mapping[str, Form]

    def of(self, form: str) -> list[tuple[Reading, dict[str, object]]]:
        """Each reading of one form, with its own answers by column."""
        columns = self.forms[form].root.columns
        return [
            (reading, dict(zip(columns, reading.tables[0].values[0], strict=True)))
            for reading in self.readings
            if reading.form == form
        ]


def _field(world: simulate.World, round_: Round, forms: Mapping[str, Form], seed: int = 3) -> Sent:
    work = simulate.fieldwork(world, round_, forms, seed=seed)
    submissions = list(work)
    reader = form_reading.Reader(forms.values())
    return Sent(work, submissions, [reader.read(submission.xml) for submission in submissions], forms)


@pytest.fixture(scope="module")
def two_months(whole_round: Round) -> Round:
    """The fielded weeks of September and October: a point closes for good, others join."""
    return replace(whole_round, weeks=whole_round.weeks[8:10])


@pytest.fixture(scope="module")
def few(whole_round: Round) -> Round:
    """One week at three points."""
    panels = tuple(panel for panel in whole_round.panels if panel.point in ("TAK-03", "TAK-06", "RAN-01"))
    return replace(whole_round, panels=panels, weeks=whole_round.weeks[:1])


@pytest.fixture(scope="module")
def sent(world: simulate.World, two_months: Round, mission_forms: Mapping[str, Form]) -> Sent:
    """What was sent in them."""
    return _field(world, two_months, mission_forms)


@pytest.fixture(scope="module")
def clean(world: simulate.World, two_months: Round, mission_forms: Mapping[str, Form]) -> Sent:
    """The same weeks with nothing missed and no mistakes."""
    work = msgspec.structs.replace(world.settings.fieldwork, **CLEAN)
    perfect = replace(world, settings=msgspec.structs.replace(world.settings, fieldwork=work))
    return _field(perfect, replace(two_months, weeks=two_months.weeks[:1]), mission_forms)


def test_the_same_seed_sends_the_same_bytes(
    world: simulate.World, few: Round, mission_forms: Mapping[str, Form]
) -> None:
    work = simulate.fieldwork(world, few, mission_forms, seed=3)
    once, twice = list(work), list(work)
    assert once == twice  # iterating again sends the same again
    assert once == list(simulate.fieldwork(world, few, mission_forms, seed=3))
    assert once != list(simulate.fieldwork(world, few, mission_forms, seed=4))


def test_everything_sent_is_read_without_a_fault_but_the_planted_ones(sent: Sent) -> None:
    planted = {mistake.instance: mistake.error for mistake in sent.work.planted}
    faults = {reading.instance: reading.faults for reading in sent.readings if reading.faults}
    assert {planted.get(instance) for instance in faults} <= {"impossible-hour"}
    assert len(sent.submissions) == len(sent.work)
    assert {reading.form for reading in sent.readings} == set(sent.work.round.forms.values())


def test_everything_sent_is_marked_as_simulated(sent: Sent) -> None:
    for submission, reading in zip(sent.submissions, sent.readings, strict=True):
        assert submission.source.startswith("simulated:")
        assert (submission.submitter or "").startswith("simulated:")
        root = sent.forms[reading.form].root
        device = next(index for index, question in enumerate(root.questions) if question.type == "deviceid")
        assert str(reading.tables[0].values[0][device]).startswith("simulated:")


def test_counts_without_mistakes_are_the_truth_of_their_hours(clean: Sent, facts: simulate.Truth) -> None:
    hours = facts.tables["hours"].to_pydict()
    truth: Counter[tuple[str, str, date, int]] = Counter()
    for point, direction, day, hour, movements in zip(
        hours["point"], hours["direction"], hours["date"], hours["hour"], hours["movements"], strict=True
    ):
        truth[point, direction, day, hour] = movements
    counted = 0
    for reading, answers in clean.of("counter"):
        group = clean.forms["counter"].tables[1]
        total, direction = group.columns.index("total"), group.columns.index("direction")
        day = date.fromisoformat(str(answers["observed_date"]))
        for way in ("in", "out"):
            seen = sum(int(str(row[total])) for row in _group(reading) if row[direction] == way)
            assert seen == truth[str(answers["point"]), way, day, int(str(answers["observed_hour"]))]
            counted += seen
    assert counted > 20_000


def test_a_week_has_its_hours_and_one_night(clean: Sent, whole_round: Round) -> None:
    week = clean.work.round.weeks[0]
    hours = {
        (date.fromisoformat(str(answers["observed_date"])), int(str(answers["observed_hour"])))
        for _, answers in clean.of("counter")
        if answers["point"] == "TAK-03"
    }
    assert week.night is not None
    night = {(week.night, 22), (week.night, 23)} | {(week.night + timedelta(days=1), hour) for hour in range(6)}
    assert hours == {(day, hour) for day in week.days for hour in range(6, 22)} | night


def test_selection_is_every_nth_arrival_and_nobody_young_is_interviewed(
    world: simulate.World, clean: Sent, facts: simulate.Truth
) -> None:
    screening = clean.work.round.screening
    assert screening is not None and screening.hours is not None
    week = clean.work.round.weeks[0]
    panel = [panel.point for panel in clean.work.round.panels if week.days[0] in panel.period]
    hours = facts.tables["hours"].to_pylist()
    arrivals = sum(
        row["movements"]
        for row in hours
        if row["direction"] == "in"
        and row["point"] in panel
        and row["date"] in week.days
        and screening.hours[0] <= row["hour"] < screening.hours[1]
    )
    screened = clean.of("screener")
    assert len(screened) == pytest.approx(arrivals / screening.interval, rel=0.05)
    assert {answers["direction"] for _, answers in screened} == {"in"}
    ages = [int(str(answers["age"])) for _, answers in clean.of("flow_survey") if answers["consent"] == "yes"]
    assert min(ages) >= screening.minimum_age
    young = [answers for _, answers in screened if answers["eligible_in_group"] == 0]
    assert young and {answers["outcome"] for answers in young} <= {"under-age", "busy"}


def test_every_interview_has_its_slip_and_every_slip_its_interview(sent: Sent) -> None:
    slips = {answers["screening"] for _, answers in sent.of("screener") if answers["outcome"] == "interviewed"}
    interviews = {answers["screening"] for _, answers in sent.of("flow_survey")}
    assert interviews == slips
    assert len({answers["screening"] for _, answers in sent.of("screener")}) == len(
        {reading.instance for reading, _ in sent.of("screener")}
    )


def test_without_consent_nothing_is_asked(sent: Sent) -> None:
    refused = [reading for reading, answers in sent.of("flow_survey") if answers["consent"] == "no"]
    assert refused
    names = sent.forms["flow_survey"].root.columns
    for reading in refused:
        states = dict(zip(names, reading.tables[0].states[0], strict=True))
        assert {states[name] for name in ("sex", "age", "nationality", "main_reason", "location")} == {State.NOT_ASKED}
        assert reading.consented is False


def test_refusing_leans_on_who_one_is(world: simulate.World, clean: Sent) -> None:
    """With the trait's effect made strong, those who refuse have more of it than those who do not."""
    rule = msgspec.structs.replace(world.settings.fieldwork.refusal, trait=3.0)
    work = msgspec.structs.replace(world.settings.fieldwork, refusal=rule)
    leaning = replace(world, settings=msgspec.structs.replace(world.settings, fieldwork=work))
    fieldwork = simulate.fieldwork(leaning, clean.work.round, clean.forms, seed=3)
    trait = {"refused": [0.0], "interviewed": [0.0]}
    for selected in fieldwork.selected:
        if selected.approach.outcome in trait:
            party = world.crossings.party[selected.crossing]
            trait[selected.approach.outcome].append(float(world.parties.trait[party]))
    means = {outcome: sum(values) / len(values) for outcome, values in trait.items()}
    assert means["refused"] > means["interviewed"] + 1.0


def test_a_child_alone_prompts_a_referral(sent: Sent) -> None:
    group = sent.forms["counter"].tables[1]
    place = {
        name: group.columns.index(name) for name in ("men", "women", "boys", "girls", "unaccompanied_child", "referral")
    }
    alone = [
        row
        for reading, _ in sent.of("counter")
        for row in _group(reading)
        if row[place["unaccompanied_child"]] == "yes"
    ]
    assert alone
    for row in alone:
        assert (row[place["men"]], row[place["women"]]) == (0, 0)
        assert row[place["referral"]] in ("yes", "no")


def test_what_arrives_twice_is_byte_for_byte_the_same(sent: Sent) -> None:
    by_instance: dict[str, set[bytes]] = {}
    times: Counter[str] = Counter()
    for submission, reading in zip(sent.submissions, sent.readings, strict=True):
        by_instance.setdefault(reading.instance, set()).add(submission.xml)
        times[reading.instance] += 1
    assert any(number == 2 for number in times.values())
    assert all(len(different) == 1 for different in by_instance.values())


def test_an_hour_typed_again_has_another_id(
    world: simulate.World, few: Round, mission_forms: Mapping[str, Form]
) -> None:
    work = msgspec.structs.replace(world.settings.fieldwork, **{**CLEAN, "retyped": 0.05})
    again = replace(world, settings=msgspec.structs.replace(world.settings, fieldwork=work))
    sent = _field(again, few, mission_forms)
    hours = Counter((a["point"], a["observed_date"], a["observed_hour"]) for _, a in sent.of("counter"))
    planted = [mistake for mistake in sent.work.planted if mistake.error == "retyped"]
    assert 0 < len(planted) == sum(number - 1 for number in hours.values())


def test_checks_find_every_mistake_that_was_planted(
    mission: Mission, world: simulate.World, few: Round, mission_forms: Mapping[str, Form]
) -> None:
    errors = {"impossible-hour": 0.03, "tenfold": 0.1, "ninety-nine": 0.03, "too-short": 0.05}
    found_by = {
        "impossible-hour": "constraint",
        "tenfold": "large-group",
        "ninety-nine": "code-as-number",
        "too-short": "too-short",
        "retyped": "same-hour",
    }
    work = msgspec.structs.replace(world.settings.fieldwork, **{**CLEAN, "retyped": 0.02, "errors": errors})
    wrong = replace(world, settings=msgspec.structs.replace(world.settings, fieldwork=work))
    sent = _field(wrong, few, mission_forms)
    context = checks.context(mission, mission_forms.values())
    single, across = checks.Checker(mission_forms.values(), context), checks.Across(mission_forms.values(), context)
    issues = []
    for submission, reading in zip(sent.submissions, sent.readings, strict=True):
        issues += single.check(reading, submission.received)
        across.add(reading)
    issues += across.issues()
    raised = {(issue.instance, issue.check) for issue in issues}
    planted = Counter(mistake.error for mistake in sent.work.planted)
    assert set(planted) == set(found_by)
    for mistake in sent.work.planted:
        assert (mistake.instance, found_by[mistake.error]) in raised, mistake
    serious = {issue.instance for issue in issues if issue.check in ("constraint", "code-as-number", "large-group")}
    extra = serious - {m.instance for m in sent.work.planted if m.error not in ("too-short", "retyped")}
    assert not extra, [i for i in issues if i.instance in extra]


def test_logs_say_each_day_once(sent: Sent, world: simulate.World) -> None:
    by_point: dict[object, list[tuple[date, date, object]]] = {}
    seen: set[str] = set()
    for reading, answers in sent.of("point_log"):
        if reading.instance not in seen:
            spell = (
                *(date.fromisoformat(str(answers[name])) for name in ("from_date", "to_date")),
                answers["point_status"],
            )
            by_point.setdefault(answers["point"], []).append(spell)
        seen.add(reading.instance)
    assert set(by_point) == {panel.point for panel in sent.work.round.panels}
    for point, spells in by_point.items():
        spells.sort()
        panel = next(panel for panel in sent.work.round.panels if panel.point == point)
        days = [first + timedelta(days=n) for first, last, _ in spells for n in range((last - first).days + 1)]
        assert days == list(panel.period)
    assert [status for _, _, status in by_point["TAK-08"]][-1] == "closed"


def test_some_are_sent_late_and_none_before_they_were_made(sent: Sent) -> None:
    waits = []
    for submission, reading in zip(sent.submissions, sent.readings, strict=True):
        root = sent.forms[reading.form].root
        ended = next(index for index, question in enumerate(root.questions) if question.type == "end")
        waits.append(submission.received - datetime.fromisoformat(str(reading.tables[0].values[0][ended])))
    assert min(waits) > timedelta(0)
    assert 0.005 < sum(wait > timedelta(days=2) for wait in waits) / len(waits) < 0.08
    received = [submission.received for submission in sent.submissions]
    assert received == sorted(received)


def test_busy_travellers_are_recorded_or_passed_over_as_the_round_says(world: simulate.World, clean: Sent) -> None:
    screening = clean.work.round.screening
    assert screening is not None
    assert any(answers["outcome"] == "busy" for _, answers in clean.of("screener"))
    skipping = replace(clean.work.round, screening=replace(screening, busy=Busy.SKIPPED))
    work = simulate.fieldwork(clean.work.world, skipping, clean.forms, seed=3)
    assert not any(selected.approach.outcome == "busy" for selected in work.selected)


def test_an_archive_has_the_same_bytes_and_reads_back_as_it_was_sent(
    world: simulate.World, few: Round, mission_forms: Mapping[str, Form], tmp_path: Path
) -> None:
    work = simulate.fieldwork(world, few, mission_forms, seed=3)
    number = simulate.write(work, tmp_path / "one.zip")
    simulate.write(work, tmp_path / "two.zip")
    simulate.write(work, tmp_path / "three")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    sent = sorted((s.xml, s.received, s.submitter or "", s.source) for s in work)
    for target in ("one.zip", "three"):
        found: list[Finding] = []
        source = sources.open(tmp_path / target, received=datetime(2030, 1, 1, tzinfo=UTC), report=found.append)
        assert sorted((s.xml, s.received, s.submitter or "", s.source) for s in source) == sent
        assert found == [] and source.total == number
    with pytest.raises(FileExistsError):
        simulate.write(work, tmp_path / "one.zip")


def test_a_code_that_a_form_does_not_offer_is_said_before_anything_is_written(
    world: simulate.World, whole_round: Round, mission_forms: Mapping[str, Form]
) -> None:
    survey = mission_forms["flow_survey"]
    reasons = next(question.choices for question in survey.root.questions if question.concept == "main_reason")
    fewer = {**survey.choices, str(reasons): tuple(c for c in survey.choices[str(reasons)] if c.name != "conflict")}
    changed = {**mission_forms, "flow_survey": replace(survey, choices=fewer)}
    with pytest.raises(Problem, match="flow_survey offers no choice 'conflict' for main_reason"):
        simulate.fieldwork(world, whole_round, changed, seed=3)


def test_answers_to_what_no_form_asks_are_found(
    settings: simulate.Settings, whole_round: Round, mission_forms: Mapping[str, Form]
) -> None:
    fielded = [mission_forms[form] for form in whole_round.forms.values()]
    assert simulate.find_codes(settings, fielded) == []
    answers = {**settings.fieldwork.answers, "shoe_size": {"40": 1.0}, "education": {"some": 1.0}}
    work = msgspec.structs.replace(settings.fieldwork, answers=answers)
    found = simulate.find_codes(msgspec.structs.replace(settings, fieldwork=work), fielded)
    assert [finding.code for finding in found] == ["world.code", "toml.value"]
    assert "education" in found[0].what and "shoe_size" in found[1].what


def test_a_form_with_other_names_is_filled_by_what_its_questions_mean(
    world: simulate.World, few: Round, mission_forms: Mapping[str, Form], thailand: Path
) -> None:
    """The counter with every question renamed and moved into a group: the same numbers, by concept."""
    book = openpyxl.load_workbook(thailand / "forms" / "counter.xlsx")
    sheet = book["survey"]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = re.sub(r"\$\{(\w+)\}", r"${renamed_\1}", cell.value)
        name = row[header.index("name")]
        name.value = f"renamed_{name.value}" if name.value else None
    for cell in book["settings"][2]:
        if isinstance(cell.value, str):
            cell.value = re.sub(r"\$\{(\w+)\}", r"${renamed_\1}", cell.value)
    sheet.insert_rows(5)
    sheet.cell(5, header.index("type") + 1, "begin_group")
    sheet.cell(5, header.index("name") + 1, "moved")
    sheet.append(["end_group" if column == "type" else None for column in header])
    file = io.BytesIO()
    book.save(file)
    renamed = form_reading.from_xlsx(file.getvalue())
    assert renamed.id == "counter" and "men" not in renamed.tables[1].columns

    def counted(forms: Mapping[str, Form]) -> list[list[object]]:
        found = _field(world, few, forms)
        columns = [i for i, question in enumerate(forms["counter"].tables[1].questions) if question.concept]
        rows = [table.values for r in found.readings if r.form == "counter" for table in r.tables[1:]]
        assert not [reading.faults for reading in found.readings if reading.form == "counter" and reading.faults]
        return [[row[column] for column in columns] for several in rows for row in several]

    calm = msgspec.structs.replace(world.settings.fieldwork, **CLEAN)
    world = replace(world, settings=msgspec.structs.replace(world.settings, fieldwork=calm))
    assert counted({**mission_forms, "counter": renamed}) == counted(mission_forms) != []


def test_a_round_without_a_form_or_with_an_unknown_point_is_refused(
    world: simulate.World, whole_round: Round, mission_forms: Mapping[str, Form]
) -> None:
    with pytest.raises(Problem, match="no form for screener"):
        simulate.fieldwork(
            world, replace(whole_round, forms={**whole_round.forms, "screener": "gone"}), mission_forms, seed=1
        )
    stray = replace(whole_round.panels[0], point="TAK-77")
    with pytest.raises(Problem, match="TAK-77"):
        simulate.fieldwork(world, replace(whole_round, panels=(stray,)), mission_forms, seed=1)


def _group(reading: Reading) -> list[list[Value]]:
    return next(table for table in reading.tables if table.table == "group").values
