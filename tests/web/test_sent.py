"""Vad som skickats: what a case has led to, what is to come, and whole mails, for those who may see it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from introduction.domain.roles import RIGHTS, Right, Role
from introduction.services import log, people, preferences, recommendations
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.outbox import Answer
from introduction.store import instance as instances
from introduction.store.case import by_number
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.timer import Timer
from tests.journeys.site import Site
from tests.journeys.visitor import Page, words_of
from tests.web.posting import Postman, work
from tests.world import NORRBOTTEN, VGR

REMINDED = date(2026, 12, 11)
WHAT = "Godkänn nomineringen för bedömning"
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def _to(site: Site, day: date) -> None:
    """Let time pass until nine in the morning of a day."""
    site.clock.forward(days=(day - site.clock.today).days)


def _rows(page: Page, part: str) -> list[list[str]]:
    table = page.soup.select_one(f"section[aria-labelledby='{part}'] table")
    return [[words_of(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")] if table else []


def _mail(site: Site) -> Mail:
    with site.looking() as session:
        return session.scalars(select(Mail).order_by(Mail.id)).one()


@pytest.fixture
def reminded(site: Site, case: str) -> str:
    """The case, after the drafting group has been reminded of it by mail."""
    _to(site, REMINDED)
    work(site)
    return case


# ------------------------------------------------------------------------------------- a case


def test_what_comes_is_told_with_its_hour_and_those_who_get_it(site: Site, case: str) -> None:
    page = site.signed_in(Role.COORDINATOR).open(f"/cases/{case}/sent")
    first, second, escalated, late, *_rest = _rows(page, "coming")
    group, boss = site.world.people[VGR][Role.DRAFTING_GROUP].name, site.world.people[VGR][Role.COORDINATOR].name
    assert first == [f"{WHAT} Påminnelse, gäller måndag 21 december", "Fredag 11 december 07.00", group]
    assert second[1:] == ["Måndag 21 december 07.00", group]
    assert escalated == [f"{WHAT} Eskalering, gäller måndag 21 december", "Onsdag 23 december 07.00", boss]
    assert late[1:] == ["Onsdag 30 december 07.00", boss]
    assert "Inget har skickats än" in page.text
    assert site.signed_in(Role.COORDINATOR).open(f"/cases/{case}").leads_to(f"/cases/{case}/sent")


def test_what_comes_follows_who_is_away_and_what_was_confirmed(site: Site, reminded: str) -> None:
    away, there = site.world.people[VGR][Role.DRAFTING_GROUP], site.world.people[VGR][Role.SECRETARY]
    visitor = site.signed_in(away)
    with site.looking() as session:
        notice = session.scalars(select(Notice.id)).one()
    visitor.send(visitor.open(f"/messages/{notice}").form(f"/messages/{notice}/acknowledge"))
    with site.changing() as world:
        preferences.be_away(world.desk(away), there.id, REMINDED, date(2026, 12, 31))
    again, escalated, *_rest = _rows(site.signed_in(Role.COORDINATOR).open(f"/cases/{reminded}/sent"), "coming")
    assert again[2] == f"{there.name} ( i stället för {away.name} )".replace("( ", "(").replace(" )", ")")
    assert escalated[2] == "Skickas inte: en påminnelse är redan bekräftad"


def test_what_was_sent_is_told_with_its_mail_and_its_answer(site: Site, reminded: str) -> None:
    page = site.signed_in(Role.COORDINATOR).open(f"/cases/{reminded}/sent")
    ((what, to, told, mailed, answer),) = _rows(page, "sent")
    assert what == f"{WHAT} Påminnelse, gäller måndag 21 december"
    assert to == site.world.people[VGR][Role.DRAFTING_GROUP].name
    assert told == "Fredag 11 december 09.00" and mailed == "Mejlat fredag 11 december kl. 09.00"
    assert answer == "Inte besvarad" and "Ett meddelande hittills" in page.text


@on_sqlite
def test_a_mail_that_did_not_arrive_says_so_with_the_servers_answer(site: Site, case: str) -> None:
    _to(site, REMINDED)
    work(site, Postman(Answer("failed", "550 5.1.1 <borta@region.example>: okänd")))
    page = site.signed_in(Role.COORDINATOR).open(f"/cases/{case}/sent")
    (row,) = _rows(page, "sent")
    assert row[3] == "Kom inte fram 550 5.1.1 <borta@region.example>: okänd"


def test_what_the_clock_could_not_do_stands_first_with_the_reason(site: Site, case: str) -> None:
    for person in (Role.DRAFTING_GROUP, Role.COORDINATOR, Role.ADMINISTRATOR):
        with site.changing() as world:
            people.deactivate(world.operator, world.people[VGR][person].id)
    _to(site, REMINDED)
    page = site.signed_in(Role.AUDITOR).open(f"/cases/{case}/sent")
    assert _rows(page, "coming")[0][2] == "Ingen kan nås"
    work(site)
    page = site.signed_in(Role.AUDITOR).open(f"/cases/{case}/sent")
    ((what, when, why),) = _rows(page, "unkept")
    assert what.startswith(WHAT) and when == "Fredag 11 december kl. 09.00" and why == "Gick inte Ingen kunde nås"
    with site.changing() as world:
        timer = world.session.scalars(select(Timer).where(Timer.state == "failed")).one()
        timer.state, timer.problem = "refused", "Svar saknas från <b>Lungmedicin</b>"
    page = site.signed_in(Role.AUDITOR).open(f"/cases/{case}/sent")
    assert "Reglerna sa nej Svar saknas från <b>Lungmedicin</b>" in _rows(page, "unkept")[0][2]
    assert not page.soup.select("table b")


def test_a_case_shows_what_was_sent_to_those_who_handle_it_only(site: Site, reminded: str) -> None:
    address = f"/cases/{reminded}/sent"
    for role in Role:
        visitor = site.signed_in(role)
        assert visitor.get(address).status == (200 if role in RIGHTS[Right.READ_INTERNAL] else 403), role
        assert visitor.open(f"/cases/{reminded}").leads_to(address) is (role in RIGHTS[Right.READ_INTERNAL]), role
    assert site.signed_in(Role.COORDINATOR, NORRBOTTEN).get(address).status == 403
    assert site.signed_in(Role.COORDINATOR).get("/cases/VGR-1999-0001/sent").status == 404
    economist = site.signed_in(Role.ECONOMIST).open(address)
    assert not economist.soup.select("a[href^='/messages/'], a[href^='/people/']"), "no links to what is refused"


def test_a_recommendation_shows_what_was_sent_about_it(site: Site) -> None:
    with site.changing() as world:
        about = About.typed("Examplumab", "svår migrän")
        number = recommendations.start(world.desk(Role.COORDINATOR), "hospital_medicine", about).number
    visitor = site.signed_in(Role.COORDINATOR)
    assert visitor.open(f"/recommendations/{number}").leads_to(f"/recommendations/{number}/sent")
    page = visitor.open(f"/recommendations/{number}/sent")
    assert "Vad som skickats" in page.heading and page.leads_to(f"/recommendations/{number}")
    assert (
        not site.signed_in(Role.NOMINATOR)
        .open(f"/recommendations/{number}")
        .leads_to(f"/recommendations/{number}/sent")
    )
    assert site.signed_in(Role.NOMINATOR).get(f"/recommendations/{number}/sent").status == 403


@on_sqlite
def test_what_the_clock_did_is_told_as_the_clocks(site: Site, case: str) -> None:
    with site.changing() as world:
        clock = Desk(world.session, world.catalogue, None, world.clock.now, clock=True)
        log.record(clock, instances.lock(world.session, by_number(world.session, case).id), "facts_changed")
    assert "Uppgifter ändrades Klockan" in site.signed_in(Role.COORDINATOR).open(f"/cases/{case}").part("history")


# ------------------------------------------------------------------------------------- a person


def test_a_person_shows_what_was_sent_to_oneself_and_to_those_with_the_right(site: Site, reminded: str) -> None:
    person = site.world.people[VGR][Role.DRAFTING_GROUP]
    address = f"/people/{person.id}/sent"
    for role in Role:
        may = role is Role.DRAFTING_GROUP or role in RIGHTS[Right.VIEW_SENT]
        assert site.signed_in(role).get(address).status == (200 if may else 403), role
    assert site.signed_in(Role.COORDINATOR, NORRBOTTEN).get(address).status == 403
    ((what, *_rest),) = _rows(site.signed_in(Role.AUDITOR).open(address), "sent")
    assert f"Påhittumab, svår astma, {reminded}" in what.replace(" ,", ",")
    assert site.signed_in(Role.AUDITOR).get("/people/99999/sent").status == 404


@on_sqlite
def test_who_sees_a_person_in_one_region_sees_nothing_of_the_other(site: Site, reminded: str) -> None:
    person = site.world.people[VGR][Role.DRAFTING_GROUP]
    with site.changing() as world:
        people.grant_role(world.operator, person.id, Role.READER, world.regions[NORRBOTTEN])
        world.session.get_one(Notice, 1).region_id = world.regions[NORRBOTTEN]
    address = f"/people/{person.id}/sent"
    assert len(_rows(site.signed_in(Role.COORDINATOR, NORRBOTTEN).open(address), "sent")) == 1
    assert not _rows(site.signed_in(Role.COORDINATOR).open(address), "sent")
    assert len(_rows(site.signed_in(person).open(address), "sent")) == 1


# ------------------------------------------------------------------------------------- a mail


def test_a_mail_is_read_word_for_word_by_its_reader_and_those_with_the_right(site: Site, reminded: str) -> None:
    mail = _mail(site)
    assert mail.text is not None and mail.subject is not None
    for role in Role:
        may = role is Role.DRAFTING_GROUP or role in RIGHTS[Right.VIEW_SENT]
        assert site.signed_in(role).get(f"/mails/{mail.id}").status == (200 if may else 403), role
    page = site.signed_in(Role.DRAFTING_GROUP).open(f"/mails/{mail.id}")
    assert page.kept()["Text"] == " ".join(mail.text.split()) and page.heading == " ".join(mail.subject.split())
    assert site.signed_in(Role.COORDINATOR).get("/mails/999").status == 404


def test_a_mail_about_two_regions_is_for_those_who_have_the_right_in_both(site: Site, reminded: str) -> None:
    mail = _mail(site)
    with site.changing() as world:
        told = world.session.scalars(select(Notice)).one()
        kept = {c.name: getattr(told, c.name) for c in Notice.__table__.columns if c.name not in ("id", "key")}
        world.session.add(Notice(**{**kept, "key": "another", "region_id": world.regions[NORRBOTTEN]}))
    assert site.signed_in(Role.COORDINATOR).get(f"/mails/{mail.id}").status == 403
    assert site.signed_in(Role.COORDINATOR, NORRBOTTEN).get(f"/mails/{mail.id}").status == 403
    assert site.signed_in(Role.DRAFTING_GROUP).get(f"/mails/{mail.id}").status == 200


@on_sqlite
def test_what_somebody_wrote_is_text_in_the_mail_too(site: Site, reminded: str) -> None:
    with site.changing() as world:
        world.session.get_one(Mail, _mail(site).id).text = "<script>alert(1)</script>"
    page = site.signed_in(Role.DRAFTING_GROUP).open(f"/mails/{_mail(site).id}")
    assert page.kept()["Text"] == "<script>alert(1)</script>" and not page.soup.select("script")


@on_sqlite
def test_a_case_with_much_sent_comes_in_pages(site: Site, reminded: str) -> None:
    with site.changing() as world:
        told = world.session.scalars(select(Notice)).one()
        kept = {c.name: getattr(told, c.name) for c in Notice.__table__.columns if c.name not in ("id", "key")}
        world.session.add_all(Notice(**kept, key=f"copy {number}") for number in range(60))
        assert by_number(world.session, reminded).id == told.instance_id
    visitor = site.signed_in(Role.COORDINATOR)
    first, second = visitor.open(f"/cases/{reminded}/sent"), visitor.open(f"/cases/{reminded}/sent?page=2")
    assert [len(_rows(first, "sent")), len(_rows(second, "sent"))] == [50, 11]
    assert first.leads_to(f"/cases/{reminded}/sent?page=2") and "61 meddelanden hittills" in first.text
