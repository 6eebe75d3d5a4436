"""Outcomes of a case: typed in by those who may, never half done, corrected without losing what stood there, marked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from introduction.documents import wording
from introduction.domain.calendar import add_months
from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.outcome import BadFile, Doubtful, Given
from introduction.domain.roles import Role
from introduction.services import cases, hit_rate, outcome_entry, outcomes
from introduction.services.letters import lines_of
from introduction.services.outcome_entry import FileRow, OutcomeFile
from introduction.services.subjects import Subject
from introduction.store.event import events_of
from introduction.store.notice import Notice
from introduction.store.outcome import OutcomeImport, OutcomeMonth
from tests.analyses import add_approved, plain_model
from tests.world import NORRBOTTEN, VGR, World

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def case(world: World) -> Subject:
    """A case that the lung clinic and the neurologists treat in."""
    subject = world.start_case()
    treating = (unit(world, "lung"), unit(world, "neuro"))
    cases.change_facts(world.desk(Role.COORDINATOR), subject.instance.id, {"treating_units": treating}, note="Utsedda")
    return subject


def unit(world: World, key: str = "lung", region: str = VGR) -> int:
    return world.units[region][key].id


def given(month: date = SEPTEMBER, patients: int = 12, cost_kr: float = 120_000, **rest: Any) -> Given:
    values = {"quantity_milli": patients * 1000, "source": "Läkemedelsstatistik", **rest}
    return Given(month=month, patients=patients, cost_ore=round(cost_kr * 100), **values)


def rows(world: World) -> list[OutcomeMonth]:
    world.session.expire_all()
    return list(world.session.scalars(select(OutcomeMonth).order_by(OutcomeMonth.id)))


def kinds(world: World, subject: Subject) -> list[str]:
    return [event.content["kind"] for event in events_of(world.session, subject.instance.stream)]


# ------------------------------------------------------------------------------------- typed


def test_the_economist_records_for_any_unit_and_the_history_says_so(world: World, case: Subject) -> None:
    row = outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world, "neuro"), given())
    assert (row.month, row.patients, row.quantity_milli, row.cost_ore) == (SEPTEMBER, 12, 12_000, 12_000_000)
    assert row.recorded_by == world.people[VGR][Role.ECONOMIST].id
    [event] = [
        e.content for e in events_of(world.session, case.instance.stream) if e.content["kind"] == "outcome_recorded"
    ]
    assert (event["month"], event["unit_id"], event["replaced"]) == ("2026-09", unit(world, "neuro"), False)
    assert "12000000" not in str(event), "the figures stay outside the chain"


@pytest.mark.parametrize("role", [Role.NOMINATOR, Role.HEAD_OF_UNIT])
def test_a_unit_records_its_own_only(world: World, case: Subject, role: Role) -> None:
    desk = world.desk(role)
    assert outcome_entry.record(desk, case.instance.id, unit(world, "lung"), given())
    with pytest.raises(NotAllowed):
        outcome_entry.record(desk, case.instance.id, unit(world, "neuro"), given())
    own = [place.id for place in outcome_entry.may_choose(desk, case.row)]  # type: ignore[arg-type]
    assert own == [unit(world, "lung")]


def test_a_unit_does_not_record_in_a_case_of_others(world: World) -> None:
    subject = world.start_case()
    with pytest.raises(NotAllowed):
        outcome_entry.record(world.desk(Role.HEAD_OF_UNIT), subject.instance.id, unit(world, "lung"), given())
    assert rows(world) == []


@pytest.mark.parametrize("role", [Role.READER, Role.AUDITOR, Role.COUNCIL_MEMBER, Role.DRAFTING_GROUP])
def test_others_record_nothing(world: World, case: Subject, role: Role) -> None:
    with pytest.raises(NotAllowed):
        outcome_entry.record(world.desk(role), case.instance.id, unit(world), given())


def test_another_regions_economist_and_units_have_nothing_there(world: World, case: Subject) -> None:
    with pytest.raises(NotAllowed):
        outcome_entry.record(world.desk(Role.ECONOMIST, NORRBOTTEN), case.instance.id, unit(world), given())
    foreign = unit(world, "lung", NORRBOTTEN)
    with pytest.raises(InvalidInput, match="region"):
        outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, foreign, given())
    with pytest.raises(InvalidInput):
        outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, None, given())


def test_a_correction_replaces_and_keeps_what_stood_there(world: World, case: Subject) -> None:
    desk = world.desk(Role.ECONOMIST)
    first = outcome_entry.record(desk, case.instance.id, unit(world), given())
    world.clock.forward(days=1)
    later = world.desk(Role.ECONOMIST)
    outcome_entry.record(later, case.instance.id, unit(world), given(patients=13))
    old, new = rows(world)
    assert (old.id, old.patients, old.replaced_at) == (first.id, 12, world.clock.now)
    assert (new.patients, new.replaced_at) == (13, None)
    with pytest.raises(Refused, match="Samma uppgifter"):
        outcome_entry.record(later, case.instance.id, unit(world), given(patients=13))
    assert len(rows(world)) == 2


def test_what_was_recorded_cannot_be_changed_past_the_service(world: World, case: Subject) -> None:
    row = outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world), given())
    row.cost_ore = 1
    with pytest.raises(DBAPIError, match="kept"):
        world.session.flush()
    world.session.rollback()


def test_a_month_that_has_not_ended_is_not_taken(world: World, case: Subject) -> None:
    with pytest.raises(InvalidInput) as refusal:
        outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world), given(date(2026, 11, 1)))
    assert [key for key, _what in refusal.value.problems] == ["month"]


def test_a_unit_that_had_ended_does_not_report(world: World, case: Subject) -> None:
    world.units[VGR]["lung"].valid_to = date(2026, 8, 31)
    world.session.flush()
    with pytest.raises(InvalidInput, match="upphörde"):
        outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world), given())
    assert outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world), given(date(2026, 8, 1)))


def test_a_hundred_times_the_plan_is_taken_when_somebody_says_that_it_is_right(world: World, case: Subject) -> None:
    add_approved(world.session, case.instance.id, world.clock.now, plain_model(start="2026-01"))
    odd = given(cost_kr=10**9)
    desk = world.desk(Role.ECONOMIST)
    with pytest.raises(Doubtful) as refusal:
        outcome_entry.record(desk, case.instance.id, unit(world), odd)
    assert [key for key, _what in refusal.value.problems] == ["cost"]
    assert rows(world) == []
    assert outcome_entry.record(desk, case.instance.id, unit(world), odd, confirmed=True)


# ------------------------------------------------------------------------------------- a file


def file_of(world: World, *told: tuple[str, str, Given], sha256: str = "a" * 64) -> OutcomeFile:
    return OutcomeFile([FileRow(at, *row) for at, row in enumerate(told, start=2)], (), sha256)


def test_a_file_says_what_it_would_do_and_then_does_it(world: World, case: Subject) -> None:
    desk, region = world.desk(Role.ECONOMIST), world.regions[VGR]
    outcome_entry.record(desk, case.instance.id, unit(world), given())
    outcome_entry.record(desk, case.instance.id, unit(world), given(OCTOBER))
    other = world.start_case("Annatumab")
    file = file_of(
        world,
        (case.number, "Lungmedicin", given()),
        (case.number, "lungmedicin", given(OCTOBER, patients=14)),
        (case.number, "Neurologi", given()),
        (other.number, "Neurologi", given()),
    )
    found = outcome_entry.foresee(desk, region, file)
    assert (found.new, found.replaced, found.unchanged) == (2, 1, 1)
    assert [(c.number, c.new, c.replaced, c.unchanged) for c in found.cases] == [
        (case.number, 1, 1, 1),
        (other.number, 1, 0, 0),
    ]
    assert len(rows(world)) == 2, "nothing is saved yet"
    outcome_entry.take_in(desk, region, file, "utfall.csv")
    now = rows(world)
    assert len(now) == 5
    assert [row.patients for row in now if row.replaced_at is not None] == [12]
    [taken] = world.session.scalars(select(OutcomeImport))
    assert (taken.rows, taken.replaced, taken.file_name) == (4, 1, "utfall.csv")
    assert {row.import_id for row in now[2:]} == {taken.id}
    assert kinds(world, case)[-1] == kinds(world, other)[-1] == "outcomes_imported"


def test_the_same_file_is_refused_with_the_day_when_it_came(world: World, case: Subject) -> None:
    desk, region = world.desk(Role.COORDINATOR), world.regions[VGR]
    file = file_of(world, (case.number, "Lungmedicin", given()))
    outcome_entry.take_in(desk, region, file, "utfall.csv")
    world.clock.forward(days=9)
    with pytest.raises(Refused, match=r"redan inläst 2026-11-23, med 1 rader"):
        outcome_entry.take_in(world.desk(Role.COORDINATOR), region, file, "samma.csv")
    assert len(rows(world)) == 1


def test_a_file_that_says_nothing_new_leaves_nothing(world: World, case: Subject) -> None:
    desk, region = world.desk(Role.COORDINATOR), world.regions[VGR]
    outcome_entry.record(desk, case.instance.id, unit(world), given())
    with pytest.raises(Refused, match="står redan"):
        outcome_entry.take_in(desk, region, file_of(world, (case.number, "Lungmedicin", given())), "utfall.csv")
    assert world.session.scalars(select(OutcomeImport)).all() == []


def test_every_row_that_cannot_be_taken_is_named_and_none_is_taken(world: World, case: Subject) -> None:
    desk, region = world.desk(Role.ECONOMIST), world.regions[VGR]
    foreign = world.start_case(region=NORRBOTTEN)
    file = file_of(
        world,
        (case.number, "Lungmedicin", given()),
        ("VGR-2026-9999", "Lungmedicin", given()),
        (foreign.number, "Hudkliniken", given(date(2026, 11, 1))),
        (case.number, "Lungmedicin", given(patients=1)),
    )
    with pytest.raises(BadFile) as refusal:
        outcome_entry.take_in(desk, region, file, "utfall.csv")
    found = [(fault.row, fault.column) for fault in refusal.value.faults]
    assert found == [(3, "arende"), (4, "arende"), (4, "enhet"), (4, "manad"), (5, "enhet")]
    assert "rad 2" in str(refusal.value.faults[-1].what)
    assert rows(world) == []


def test_a_unit_is_found_by_its_cost_centre_also_where_two_have_the_same_name(world: World, case: Subject) -> None:
    desk, region = world.desk(Role.ECONOMIST), world.regions[VGR]
    world.units[VGR]["neuro"].name = "Lungmedicin"
    world.units[VGR]["neuro"].cost_centre = "K4711"
    world.session.flush()
    with pytest.raises(BadFile, match="Flera enheter heter så"):
        outcome_entry.foresee(desk, region, file_of(world, (case.number, "Lungmedicin", given())))
    found = outcome_entry.foresee(desk, region, file_of(world, (case.number, "k4711", given())))
    assert found.entries[0].key[1] == unit(world, "neuro")


def test_odd_rows_of_a_file_are_confirmed_or_not_taken(world: World, case: Subject) -> None:
    desk, region = world.desk(Role.ECONOMIST), world.regions[VGR]
    file = file_of(world, (case.number, "Lungmedicin", given(cost_kr=-5)))
    assert [(fault.row, fault.column) for fault in outcome_entry.foresee(desk, region, file).doubts] == [
        (2, "kostnad_kr")
    ]
    with pytest.raises(BadFile):
        outcome_entry.take_in(desk, region, file, "utfall.csv")
    assert outcome_entry.take_in(desk, region, file, "utfall.csv", confirmed=True).new == 1


@pytest.mark.parametrize("role", [Role.HEAD_OF_UNIT, Role.NOMINATOR, Role.AUDITOR, Role.DRAFTING_GROUP])
def test_a_file_is_for_those_who_see_to_the_whole_region(world: World, case: Subject, role: Role) -> None:
    file = file_of(world, (case.number, "Lungmedicin", given()))
    for desk in (world.desk(role), world.desk(Role.ECONOMIST, NORRBOTTEN)):
        with pytest.raises(NotAllowed):
            outcome_entry.foresee(desk, world.regions[VGR], file)
        with pytest.raises(NotAllowed):
            outcome_entry.take_in(desk, world.regions[VGR], file, "utfall.csv")


# ------------------------------------------------------------------------------------- beside the forecast


def report(world: World, case: Subject, first: date, *times: float, key: str = "lung", patients: int = 30) -> None:
    """Outcomes month by month, each so many times what the approved forecast has."""
    found = outcomes.view(world.desk(Role.ECONOMIST), case.number)
    plan = {line.month: line.planned for line in found.lines}
    for at, factor in enumerate(times):
        month = add_months(first, at)
        planned = plan[month.year * 12 + month.month - 1]
        assert planned is not None
        one = given(month, patients=patients, cost_kr=planned.cost * factor / 100)
        outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world, key), one, confirmed=True)


@pytest.fixture
def forecast(world: World, case: Subject) -> None:
    """The case's approved forecast, from January 2025 on."""
    add_approved(world.session, case.instance.id, world.clock.now, plain_model(start="2025-01"))


@pytest.mark.usefixtures("forecast")
def test_two_months_above_the_band_are_marked_until_one_is_inside(world: World, case: Subject) -> None:
    report(world, case, date(2026, 7, 1), 1, 9)
    assert outcomes.mark_of(world.desk(Role.ECONOMIST), case.instance.id) is None
    report(world, case, SEPTEMBER, 9)
    mark = outcomes.mark_of(world.desk(Role.ECONOMIST), case.instance.id)
    assert mark is not None
    assert (mark.side, mark.first, mark.last, mark.months) == ("above", date(2026, 8, 1), SEPTEMBER, 2)
    assert mark.known == world.clock.now
    assert outcomes.view(world.desk(Role.ECONOMIST), case.number).mark == mark
    assert set(outcomes.marks_in(world.desk(None), world.regions[VGR])) == {case.instance.id}
    report(world, case, OCTOBER, 1)
    assert outcomes.mark_of(world.desk(Role.ECONOMIST), case.instance.id) is None


def notices(world: World) -> list[Notice]:
    query = select(Notice).where(Notice.template == "outside").order_by(Notice.id)
    return list(world.session.scalars(query))


@pytest.mark.usefixtures("forecast")
def test_the_coordinator_is_told_of_each_run_once_and_not_who_recorded_it(world: World, case: Subject) -> None:
    report(world, case, date(2026, 7, 1), 9)
    assert notices(world) == []
    report(world, case, date(2026, 8, 1), 9, 9)
    [told] = notices(world)
    assert told.person_id == world.people[VGR][Role.COORDINATOR].id, "the economist recorded it"
    assert told.instance_id == case.instance.id
    [line] = lines_of(world.desk(Role.COORDINATOR), [told])
    assert [wording.tell(reason, "sv") for reason in line.reasons] == [
        "Utfallet har legat över prognosens spann från juli 2026 till augusti 2026"
    ]


@pytest.mark.usefixtures("forecast")
def test_the_economist_is_told_when_a_unit_records(world: World, case: Subject) -> None:
    report(world, case, date(2026, 8, 1), 9)
    desk = world.desk(Role.HEAD_OF_UNIT)
    outcome_entry.record(desk, case.instance.id, unit(world), given(SEPTEMBER, 200, 10**7), confirmed=True)
    people = {told.person_id for told in notices(world)}
    assert people == {world.people[VGR][role].id for role in (Role.COORDINATOR, Role.ECONOMIST)}


@pytest.mark.usefixtures("forecast")
def test_a_file_tells_of_what_it_brings_outside(world: World, case: Subject) -> None:
    rows_of = [(case.number, "Lungmedicin", given(month, 200, 10**7)) for month in (SEPTEMBER, OCTOBER)]
    desk = world.desk(Role.ECONOMIST)
    outcome_entry.take_in(desk, world.regions[VGR], file_of(world, *rows_of), "utfall.csv", confirmed=True)
    assert len(notices(world)) == 1


def test_without_an_approved_forecast_nothing_is_marked(world: World, case: Subject) -> None:
    outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world), given())
    assert outcomes.marks_in(world.desk(None), world.regions[VGR]) == {}
    found = outcomes.view(world.desk(Role.ECONOMIST), case.number)
    assert found.chosen is None
    assert [line.actual.cost for line in found.lines if line.actual] == [12_000_000]


@pytest.mark.usefixtures("forecast")
def test_marks_of_many_cases_take_a_constant_number_of_statements(world: World, case: Subject) -> None:
    report(world, case, date(2026, 7, 1), 9, 9)
    sent: list[str] = []
    engine = world.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    outcomes.marks_in(world.desk(None), world.regions[VGR])
    assert len(sent) <= 5


@pytest.mark.usefixtures("forecast")
def test_units_are_named_that_have_not_reported_the_last_closed_month(world: World, case: Subject) -> None:
    report(world, case, SEPTEMBER, 1, 1)
    report(world, case, SEPTEMBER, 0.5, key="neuro")
    found = outcomes.view(world.desk(Role.ECONOMIST), case.number)
    assert [(one.name, one.last, one.late) for one in found.units] == [
        ("Lungmedicin", OCTOBER, False),
        ("Neurologi", SEPTEMBER, True),
    ]
    assert sum(one.share or 0 for one in found.units) == pytest.approx(1)
    october = next(line for line in found.lines if line.month == 2026 * 12 + 9)
    assert october.actual is not None
    assert october.actual.missing == (unit(world, "neuro"),)
    assert found.sums.months == 1


def test_the_forecast_is_chosen_among_all_that_were_approved(world: World, case: Subject) -> None:
    add_approved(world.session, case.instance.id, world.clock.now, plain_model(start="2025-01", monthly_kr=10_000))
    add_approved(world.session, case.instance.id, world.clock.now, plain_model(start="2025-01", monthly_kr=20_000))
    desk = world.desk(Role.ECONOMIST)
    now, then = outcomes.view(desk, case.number), outcomes.view(desk, case.number, 1)
    assert now.chosen is not None
    assert now.chosen.row.number == 2
    assert then.lines[5].planned is not None
    assert now.lines[5].planned is not None
    assert now.lines[5].planned.cost == pytest.approx(2 * then.lines[5].planned.cost, abs=2)
    with pytest.raises(NotFound):
        outcomes.view(desk, case.number, 3)


@pytest.mark.usefixtures("forecast")
def test_a_reader_sees_no_count_of_one_to_four(world: World, case: Subject) -> None:
    report(world, case, SEPTEMBER, 1, 1, patients=3)
    report(world, case, SEPTEMBER, 1, 1, key="neuro", patients=30)
    report(world, case, date(2026, 8, 1), 1, patients=2)
    staff, reader = (outcomes.view(world.desk(role), case.number) for role in (Role.ECONOMIST, Role.READER))
    september, august = 2026 * 12 + 8, 2026 * 12 + 7
    assert set(staff.counts(september).values()) == {3, 30}
    assert set(reader.counts(september).values()) == {None}
    assert [one.patients for one in staff.units] == [3, 30]
    assert [one.patients for one in reader.units] == [None, None]
    shown = {line.month: line.actual for line in reader.lines}
    assert shown[september] is not None
    assert shown[september].patients == 33, "the sum of both tells nothing of either"
    assert reader.masked == {august}
    assert shown[august] is None, "one unit alone: not even its cost, which would tell how many"
    assert [one.cost for one in reader.units] == [None, None], "with the months' sums they would tell the rest"


@pytest.mark.parametrize("counts", [(3, 9), (1, 1), (4, 4)])
def test_where_a_month_is_hidden_no_unit_has_a_sum_for_a_reader(
    world: World, case: Subject, counts: tuple[int, int]
) -> None:
    for month, patients in zip((SEPTEMBER, OCTOBER), counts, strict=True):
        outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world), given(month, patients))
    reader = outcomes.view(world.desk(Role.READER), case.number)
    assert [one.cost for one in reader.units] == [None, None]
    staff = outcomes.view(world.desk(Role.HEAD_OF_UNIT), case.number)
    assert [one.cost for one in staff.units] == [24_000_000, 0]


def test_a_unit_that_is_late_does_not_show_a_reader_what_its_month_hides(world: World, case: Subject) -> None:
    told = (("lung", SEPTEMBER, 3), ("lung", OCTOBER, 7), ("neuro", SEPTEMBER, 10))
    for key, month, patients in told:
        outcome_entry.record(world.desk(Role.ECONOMIST), case.instance.id, unit(world, key), given(month, patients))
    reader = outcomes.view(world.desk(Role.READER), case.number)
    september = next(line.actual for line in reader.lines if line.month == 2026 * 12 + 8)
    assert september is not None and september.patients == 13
    assert set(reader.counts(2026 * 12 + 8).values()) == {None}
    assert [(one.name, one.patients) for one in reader.units] == [("Lungmedicin", 7), ("Neurologi", None)], (
        "13 - 10 = 3"
    )


def test_who_may_not_see_the_case_sees_no_outcome(world: World, case: Subject) -> None:
    with pytest.raises(NotAllowed):
        outcomes.view(world.desk(Role.ECONOMIST, NORRBOTTEN), case.number)


# ------------------------------------------------------------------------------------- how forecasts came true


def approved_before(world: World, case: Subject, *, start: str, months_ago: int, **model: Any) -> None:
    when = world.clock.now
    world.clock.forward(months=-months_ago)
    add_approved(world.session, case.instance.id, world.clock.now, plain_model(start=start, **model))
    world.clock.now = when


def test_every_forecast_of_a_whole_year_is_held_against_it(world: World, case: Subject) -> None:
    approved_before(world, case, start="2025-01", months_ago=30)
    approved_before(world, case, start="2025-01", months_ago=20, patients=400)
    report(world, case, date(2025, 1, 1), *[0.9] * 12)
    found = hit_rate.of_region(world.desk(Role.ECONOMIST), world.regions[VGR])
    assert [(one.analysis, one.hit.year, one.hit.since) for one in found.years] == [(1, 2025, 1), (2, 2025, 0)]
    first, second = (one.hit for one in found.years)
    assert second.ratio == pytest.approx(0.9, abs=0.001)
    assert first.ratio == pytest.approx(3.6, abs=0.01)
    assert (first.inside, second.inside) == (False, True)
    assert found.summary is not None
    assert (found.summary.count, found.summary.inside, found.summary.few) == (2, 1, True)
    assert set(found.by_distance) == {0, 1}


def test_a_list_of_forecasts_takes_a_constant_number_of_statements(world: World, case: Subject) -> None:
    def statements() -> int:
        sent: list[str] = []

        def note(*arguments: Any) -> None:
            sent.append(arguments[2])

        engine = world.session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        hit_rate.of_region(world.desk(Role.ECONOMIST), world.regions[VGR])
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    approved_before(world, case, start="2025-01", months_ago=30)
    report(world, case, date(2025, 1, 1), *[1] * 12)
    statements()
    few = statements()
    for name in ("Annatumab", "Tredjumab"):
        other = world.start_case(name)
        approved_before(world, other, start="2025-01", months_ago=30)
        report(world, other, date(2025, 1, 1), *[1] * 12)
    assert statements() == few
    assert len(hit_rate.of_region(world.desk(Role.ECONOMIST), world.regions[VGR]).years) == 3


def test_the_summary_names_no_case_and_is_for_those_of_the_region(world: World, case: Subject) -> None:
    region = world.regions[VGR]
    assert hit_rate.summary(world.desk(Role.NOMINATOR), region) is None, "nothing to tell yet"
    approved_before(world, case, start="2025-01", months_ago=30)
    report(world, case, date(2025, 1, 1), *[1] * 12)
    found = hit_rate.summary(world.desk(Role.NOMINATOR), region)
    assert found is not None
    assert (found.count, found.inside, found.median_ratio) == (1, 1, pytest.approx(1))
    for desk in (world.desk(Role.NOMINATOR, NORRBOTTEN), world.desk(None)):
        with pytest.raises(NotAllowed):
            hit_rate.summary(desk, region)


@pytest.mark.parametrize("role", [Role.READER, Role.HEAD_OF_UNIT])
def test_the_list_of_forecasts_is_for_those_who_see_the_portfolio(world: World, role: Role) -> None:
    with pytest.raises(NotAllowed):
        hit_rate.of_region(world.desk(role), world.regions[VGR])
