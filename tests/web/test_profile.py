"""Min profil: how reminders reach me, the calendar's address, and who stands in while I am away."""

from __future__ import annotations

from datetime import date, timedelta

from introduction.domain.roles import Role
from introduction.store import preference
from tests.journeys.site import Site
from tests.journeys.visitor import Page, Visitor
from tests.world import NORRBOTTEN, VGR


def _absence(visitor: Visitor, person_id: int, substitute: str, first: date, last: date) -> Page:
    form = visitor.open(f"/people/{person_id}/absence").form(f"/people/{person_id}/absence")
    return visitor.send(form, substitute=substitute, first=first, last=last)


# ------------------------------------------------------------------------------------- reminders, calendar


def test_reminders_come_collected_until_one_says_otherwise(site: Site) -> None:
    visitor = site.signed_in(Role.REGISTRAR)
    form = visitor.open("/profile").form("/profile/reminders")
    assert form.fields["reminders"] == "collected"
    page = visitor.send(form, reminders="at_once")
    assert page.path == "/profile" and "Ditt val är sparat" in page.flashed
    assert page.form("/profile/reminders").fields["reminders"] == "at_once"
    assert site.signed_in(Role.SECRETARY).open("/profile").form("/profile/reminders").fields["reminders"] == "collected"
    page = visitor.send(page.form("/profile/reminders"), reminders="never")
    assert page.status == 422 and page.fault_at("reminders") == "Fel: Välj ett av alternativen"
    assert visitor.open("/profile").form("/profile/reminders").fields["reminders"] == "at_once"


def test_the_calendar_has_a_secret_address_that_can_be_renewed(site: Site) -> None:
    visitor = site.signed_in(Role.REGISTRAR)
    page = visitor.open("/profile")
    box = page.soup.select_one("#calendar-address")
    assert box is not None and box.has_attr("readonly")
    address = str(box["value"])
    path = "/calendar/" + address.partition("/calendar/")[2]
    assert address.startswith("http") and site.stranger().get(path).status == 200
    page = visitor.send(page.form("/profile/calendar"))
    box = page.soup.select_one("#calendar-address")
    assert box is not None and str(box["value"]) != address and "Den gamla fungerar inte" in page.flashed
    assert site.stranger().get(path).status == 404
    assert site.stranger().get("/calendar/" + str(box["value"]).partition("/calendar/")[2]).status == 200


# ------------------------------------------------------------------------------------- absence


def test_an_absence_is_put_in_shown_and_taken_back(site: Site) -> None:
    away, there = site.world.people[VGR][Role.REGISTRAR], site.world.people[VGR][Role.SECRETARY]
    visitor, today = site.signed_in(away), site.clock.today
    page = _absence(visitor, away.id, there.name, today, today + timedelta(days=4))
    assert page.path == "/profile" and f"{there.name} ersätter till och med fredag 27 november." in page.flashed
    told = page.part("absence")
    assert "Måndag 23 november till och med fredag 27 november Pågår nu" in told and there.name in told
    assert "inga nya rättigheter" in told
    for path in ("/profile", "/work"):
        assert f"Du ersätter {away.name} till och med fredag 27 november." in site.signed_in(there).open(path).text
    with site.looking() as session:
        (absence,) = preference.absences_of(session, away.id, today)
    page = visitor.send(page.form(f"/absences/{absence.id}/end"))
    assert "Ingen frånvaro är inlagd" in page.part("absence")
    assert "Du ersätter" not in site.signed_in(there).open("/work").text
    stale = {"csrf_token": visitor.token()}
    again = visitor.post(f"/absences/{absence.id}/end", stale)
    assert again.status == 400 and "Frånvaron är redan slut" in again.text


def test_what_cannot_be_stands_at_its_field_with_what_was_typed(site: Site) -> None:
    away, there = site.world.people[VGR][Role.REGISTRAR], site.world.people[VGR][Role.SECRETARY]
    visitor, today = site.signed_in(away), site.clock.today
    page = _absence(visitor, away.id, there.name, today + timedelta(days=9), today + timedelta(days=2))
    assert page.status == 422 and "ligger före den första" in page.fault_at("last")
    typed = page.form(f"/people/{away.id}/absence").fields
    assert typed["substitute"] == str(there.id) and typed["first-day"] == "2" and typed["last-day"] == "25"
    page = visitor.send(visitor.open(f"/people/{away.id}/absence").form(f"/people/{away.id}/absence"))
    assert page.status == 422 and all(page.fault_at(name) for name in ("substitute", "first", "last"))


def test_a_substitute_gets_no_rights(site: Site, case: str) -> None:
    away, there = site.world.people[VGR][Role.COORDINATOR], site.world.people[VGR][Role.NOMINATOR]
    today = site.clock.today
    _absence(site.signed_in(away), away.id, there.name, today, today + timedelta(days=4))
    visitor = site.signed_in(there)
    for path in (f"/cases/{case}/facts", "/board", f"/cases/{case}/sent", f"/people/{away.id}/sent"):
        assert site.signed_in(away).get(path).status == 200, path
    for path in (
        f"/cases/{case}/facts",
        f"/cases/{case}/sent",
        f"/people/{away.id}/sent",
        f"/people/{away.id}/absence",
    ):
        assert visitor.get(path).status == 403, path


def test_a_coordinator_puts_in_the_absence_of_others_in_the_region(site: Site) -> None:
    away, there = site.world.people[VGR][Role.REGISTRAR], site.world.people[VGR][Role.SECRETARY]
    today, address = site.clock.today, f"/people/{away.id}/absence"
    visitor = site.signed_in(Role.COORDINATOR)
    assert visitor.open(f"/people/{away.id}/sent").leads_to(address)
    page = _absence(visitor, away.id, there.name, today, today)
    assert page.path == f"/people/{away.id}/sent" and there.name in page.part("absence")
    for role in (Role.ADMINISTRATOR, Role.SECRETARY, Role.NOMINATOR):
        assert site.signed_in(role).get(address).status == 403, role
    assert site.signed_in(Role.COORDINATOR, NORRBOTTEN).get(address).status == 403
    assert not site.signed_in(Role.AUDITOR).open(f"/people/{away.id}/sent").leads_to(address)
    with site.looking() as session:
        (absence,) = preference.absences_of(session, away.id, today)
    other = site.signed_in(Role.SECRETARY)
    assert other.post(f"/absences/{absence.id}/end", {"csrf_token": other.token()}).status == 403
    page = visitor.send(page.form(f"/absences/{absence.id}/end"))
    assert page.path == f"/people/{away.id}/sent" and "Ingen frånvaro är inlagd" in page.part("absence")
