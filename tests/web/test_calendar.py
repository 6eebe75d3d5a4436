"""The personal calendar: what a calendar program gets at the secret address, and who gets nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from introduction.domain.calendar import add_months, on_working_day
from introduction.domain.roles import Role
from introduction.services import calendar, cases, people, steps
from introduction.services.cases import Roots
from introduction.services.medicines import About
from introduction.services.subjects import Subject
from introduction.store.person import PersonRow, assignments_of
from introduction.store.preference import PreferenceRow
from introduction.store.task import DueDate, TaskRow
from tests.documents.ical import Component, read
from tests.journeys.answers import FACTS
from tests.journeys.site import Site
from tests.world import NORRBOTTEN, VGR, World

KEY = "a key for tests"  #: the key of the running service
GIVEN = {key: FACTS[key] for key in ("target_population", "benefit", "conflicts_of_interest")}


def address(site: Site, row: PersonRow) -> str:
    """A person's calendar address, with the serial that it has now."""
    with site.looking() as session:
        chosen = session.get(PreferenceRow, row.id)
        secret = calendar.secret(row.id, chosen.calendar_serial if chosen else 1, KEY)
    return f"/calendar/{secret}.ics"


def fetched(site: Site, row: PersonRow) -> Component:
    """A person's calendar, as a program without any session gets it."""
    answer = site.stranger().client.get(address(site, row))
    assert answer.status_code == 200
    return read(answer.data)


def days(found: Component) -> dict[str, str]:
    """What stands on which day."""
    return {event["SUMMARY"]: event["DTSTART"] for event in found.parts}


def on(day: date) -> str:
    """A day as calendars write it."""
    return day.strftime("%Y%m%d")


def nominate(world: World, medicine: str, unit: str, region: str = VGR) -> Subject:
    """A case that a unit has nominated."""
    roots = Roots(nominating_unit_id=world.units[region][unit].id)
    desk = world.desk(Role.COORDINATOR, region)
    if region == VGR:
        about = About.typed(medicine, "svår astma")
        return cases.start(desk, f"{region}.new_medicine", "nomination", about, given=GIVEN, roots=roots)
    return world.start_case(medicine, region=region)


def test_a_program_gets_what_waits_for_the_person_with_links(site: Site) -> None:
    with site.changing() as world:
        case = world.start_case()
    coordinator = site.world.people[VGR][Role.COORDINATOR]
    answer = site.stranger().client.get(address(site, coordinator))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    found = read(answer.data)
    assert found["X-WR-CALNAME"] == "Ordnat införande"
    due = on_working_day(add_months(site.clock.today, 6))
    stage = next(event for event in found.parts if event["SUMMARY"] == "Senast i dag: Horisontspaning (Examplumab)")
    assert stage.properties["DTSTART"] == ("VALUE=DATE", on(due))
    assert stage["DESCRIPTION"] == f"{case.number}: Examplumab, svår migrän"
    assert stage["URL"] == f"http://127.0.0.1:8000/cases/{case.number}"
    assert "Planerat beslut i nämnden (Examplumab)" in days(found)


def test_a_date_that_moves_moves_in_the_calendar_too(site: Site) -> None:
    with site.changing() as world:
        case = world.start_case()
    coordinator = site.world.people[VGR][Role.COORDINATOR]
    before = {event["UID"]: event["DTSTART"] for event in fetched(site, coordinator).parts}
    with site.changing() as world:
        due = world.session.scalars(
            select(DueDate).where(DueDate.instance_id == case.instance.id, DueDate.kind == "stage")
        ).one()
        due.due_on += timedelta(days=7)
        moved = due.due_on
    after = {event["UID"]: event["DTSTART"] for event in fetched(site, coordinator).parts}
    assert set(before) == set(after)
    assert [after[uid] for uid in after if after[uid] != before[uid]] == [on(moved)]


def test_tasks_stand_with_who_has_them_until_they_are_done(site: Site) -> None:
    with site.changing() as world:
        case = world.start_case()
        world.take(case, "await_advice", Role.COORDINATOR)
        task = world.session.scalars(select(TaskRow).where(TaskRow.name == "check_national_status")).one()
        helper = world.add_person(Role.REGISTRAR, name="Åsa Öberg")
    coordinator = site.world.people[VGR][Role.COORDINATOR]
    title = "Senast i dag: Stäm av läget i den nationella processen (Examplumab)"
    assert title in days(fetched(site, coordinator)) and title not in days(fetched(site, helper))
    with site.changing() as world:
        steps.assign_task(world.desk(Role.COORDINATOR), task.id, helper.id)
    event = next(event for event in fetched(site, helper).parts if event["SUMMARY"] == title)
    assert event["URL"].endswith(f"/tasks/{task.id}")
    assert title not in days(fetched(site, coordinator))
    with site.changing() as world:
        steps.do_task(world.desk(helper), task.id)
    assert title not in days(fetched(site, helper))


def test_days_long_past_and_more_than_two_years_off_are_left_out(site: Site) -> None:
    with site.changing() as world:
        world.start_case()
        due = world.session.scalars(select(DueDate).where(DueDate.kind == "stage")).one()
    coordinator = site.world.people[VGR][Role.COORDINATOR]
    today = site.clock.today
    last = add_months(today, 24)
    shown = {today - timedelta(days=30): True, today - timedelta(days=31): False, last: True}
    for day, there in {**shown, last + timedelta(days=1): False}.items():
        with site.changing() as world:
            world.session.get_one(DueDate, due.id, populate_existing=True).due_on = day
        assert (on(day) in days(fetched(site, coordinator)).values()) is there, day


def test_nobody_gets_what_the_person_may_not_see(site: Site) -> None:
    with site.changing() as world:
        nominate(world, "Lungumab", "lung")
        nominate(world, "Neurumab", "neuro")
        nominate(world, "Norrumab", "lung", NORRBOTTEN)

    def named(row: PersonRow) -> set[str]:
        told = " ".join(event["SUMMARY"] + event["DESCRIPTION"] for event in fetched(site, row).parts)
        return {name for name in ("Lungumab", "Neurumab", "Norrumab") if name in told}

    here, there = site.world.people[VGR], site.world.people[NORRBOTTEN]
    assert named(here[Role.NOMINATOR]) == {"Lungumab"}, "the nominator is at the lung clinic"
    assert named(here[Role.DRAFTING_GROUP]) == {"Lungumab", "Neurumab"}
    assert named(there[Role.COORDINATOR]) == {"Norrumab"}


def test_it_is_in_the_persons_language(site: Site) -> None:
    with site.changing() as world:
        world.start_case()
        row = world.people[VGR][Role.COORDINATOR]
        row.language = "en"
    told = days(fetched(site, site.world.people[VGR][Role.COORDINATOR]))
    assert "Planned decision by the board (Examplumab)" in told
    assert not any("Horisontspaning" in title for title in told)


def test_a_renewed_address_kills_the_old_one(site: Site) -> None:
    row = site.world.people[VGR][Role.COORDINATOR]
    old = address(site, row)
    assert site.stranger().client.get(old).status_code == 200
    with site.changing() as world:
        world.session.add(PreferenceRow(person_id=row.id, calendar_serial=2))
    assert site.stranger().client.get(old).status_code == 404
    assert site.stranger().client.get(address(site, row)).status_code == 200


def test_whoever_has_left_gets_nothing(site: Site) -> None:
    with site.changing() as world:
        leaving, ending = (world.add_person(Role.COORDINATOR, name=name) for name in ("Karin Ek", "Johan Sand"))
    ask = site.stranger().client.get
    assert [ask(address(site, row)).status_code for row in (leaving, ending)] == [200, 200]
    with site.changing() as world:
        people.deactivate(world.operator, leaving.id)
        (held,) = assignments_of(world.session, ending.id)
        people.end_role(world.operator, held.id, last_day=site.clock.today)
    assert [ask(address(site, row)).status_code for row in (leaving, ending)] == [404, 200]
    site.clock.forward(days=1)
    assert ask(address(site, ending)).status_code == 404


@pytest.mark.parametrize(
    "change", ["x{}", "{}x", "{}0", "0{}", "-", "1", "1-", "-{}", "9999999999-00", "²-00", "%C3%A5"]
)
def test_no_other_secret_opens_a_calendar(site: Site, change: str) -> None:
    row = site.world.people[VGR][Role.COORDINATOR]
    secret = calendar.secret(row.id, 1, KEY)
    answer = site.stranger().client.get(f"/calendar/{change.format(secret)}.ics")
    assert answer.status_code == 404
    assert b"BEGIN:VCALENDAR" not in answer.data


def test_one_persons_proof_is_worth_nothing_for_another(site: Site) -> None:
    here = site.world.people[VGR]
    proof = calendar.secret(here[Role.READER].id, 1, KEY).partition("-")[2]
    assert site.stranger().client.get(f"/calendar/{here[Role.COORDINATOR].id}-{proof}.ics").status_code == 404
    assert calendar.secret(1, 1, KEY) != calendar.secret(1, 1, "another key")
    assert calendar.secret(1, 11, KEY) != calendar.secret(11, 1, KEY)


def test_a_longer_calendar_asks_no_more_of_the_database(site: Site) -> None:
    coordinator = site.world.people[VGR][Role.COORDINATOR]

    def statements() -> int:
        with site.counting() as sent:
            fetched(site, coordinator)
        return len(sent)

    with site.changing() as world:
        world.start_case()
    few = statements()
    with site.changing() as world:
        for number in range(8):
            world.start_case(f"Examplumab {number}")
            nominate(world, f"Lungumab {number}", "lung")
    assert len(fetched(site, coordinator).parts) > 8
    assert statements() == few
