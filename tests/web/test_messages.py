"""Meddelanden: what somebody was told, found again, seen and put off; and nobody else's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from introduction.domain.notices import Kind
from introduction.domain.roles import Role
from introduction.services import notices, preferences, steps
from introduction.services.directory import Directory
from introduction.services.notices import Draft
from introduction.services.outbox import Answer
from introduction.store.case import by_number
from introduction.store.notice import Notice
from introduction.store.task import tasks_of
from introduction.store.timer import Timer
from introduction.web.pagination import PAGE
from tests.journeys.site import Site
from tests.journeys.visitor import Page, words_of
from tests.web.posting import Postman, work
from tests.world import NORRBOTTEN, VGR

#: The nomination should be approved by 21 December; who is to do it is reminded ten days before.
REMINDED, DUE = date(2026, 12, 11), date(2026, 12, 21)
WHAT = "Godkänn nomineringen för bedömning"
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def _to(site: Site, day: date) -> None:
    """Let time pass until nine in the morning of a day."""
    site.clock.forward(days=(day - site.clock.today).days)


def _told(site: Site, role: Role = Role.DRAFTING_GROUP) -> list[Notice]:
    """What the person with a role was told, the earliest first."""
    person = site.world.people[VGR][role].id
    with site.looking() as session:
        return list(session.scalars(select(Notice).where(Notice.person_id == person).order_by(Notice.id)))


def _tell(site: Site, role: Role, *headings: str, note: str | None = None) -> None:
    """Write down some things that somebody is told of a unit, without a case."""
    with site.changing() as world:
        person = world.people[VGR][role]
        book = Directory(world.session, world.catalogue, world.clock.today)
        for heading in headings:
            draft = Draft(
                heading, Kind.REMINDER, "undelivered", world.regions[VGR], about={"person": person.id, "note": note}
            )
            notices.add(world.session, [(draft, person.id, None)], book, world.clock.now)


def _listed(page: Page) -> list[str]:
    return [words_of(link) for link in page.soup.select("ul.app-work .app-work__what a")]


@pytest.fixture
def notice(site: Site, case: str) -> int:
    """A reminder to the drafting group, mailed on the morning of the day."""
    _to(site, REMINDED)
    work(site)
    (told,) = _told(site)
    return told.id


# ------------------------------------------------------------------------------------- the list


def test_with_nothing_told_the_page_says_what_will_come(site: Site) -> None:
    page = site.signed_in(Role.REGISTRAR).open("/messages")
    assert "Här kommer påminnelser" in page.text and "Meddelanden (" not in page.text


def test_a_reminder_is_listed_with_its_case_its_day_and_how_its_mail_went(site: Site, case: str, notice: int) -> None:
    page = site.signed_in(Role.DRAFTING_GROUP).open("/messages")
    assert _listed(page) == [f"{WHAT} , Påhittumab"]
    (row,) = page.soup.select("ul.app-work > li")
    for told in (
        f"svår astma, {case}",
        "Påminnelse, fredag 11 december kl. 09.00",
        "Om 10 dagar",
        "Måndag 21",
    ):
        assert told in words_of(row).replace(" ,", ","), told
    assert "Mejlat fredag 11 december kl. 09.00" in words_of(row)
    assert "Ett meddelande väntar på ditt svar" in page.text and "Meddelanden (1)" in page.text
    assert "Ett meddelande väntar på ditt svar" in site.signed_in(Role.DRAFTING_GROUP).open("/work").text


def test_what_waits_for_an_answer_comes_first_and_all_is_one_choice_away(site: Site, notice: int) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    _tell(site, Role.DRAFTING_GROUP, "one")
    assert len(_listed(visitor.open("/messages"))) == 2
    visitor.send(visitor.open(f"/messages/{notice}").form(f"/messages/{notice}/acknowledge"))
    assert _listed(visitor.open("/messages")) == _listed(visitor.open("/messages?show=unanswered"))
    assert len(_listed(visitor.open("/messages"))) == 1 and len(_listed(visitor.open("/messages?show=all"))) == 2
    second = _told(site)[-1].id
    visitor.send(visitor.open(f"/messages/{second}").form(f"/messages/{second}/acknowledge"))
    assert len(_listed(visitor.open("/messages"))) == 2, "nothing waits: everything is shown"
    assert "Du har svarat på allt" in visitor.open("/messages?show=unanswered").text
    assert "Meddelanden (" not in visitor.open("/messages").text
    assert len(_listed(visitor.open("/messages?show=no-such"))) == 2


def test_of_several_reminders_of_one_thing_the_last_waits_until_the_thing_is_done(site: Site, case: str) -> None:
    for day in (REMINDED, DUE):
        _to(site, day)
        work(site)
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    earlier, later = (told.id for told in _told(site))
    assert "Meddelanden (1)" in visitor.open("/messages").text and len(_listed(visitor.open("/messages?show=all"))) == 2
    page = visitor.open(f"/messages/{later}")
    assert words_of(page.soup.select("#others")[0]) == "Andra påminnelser 1" and page.leads_to(f"/messages/{earlier}")
    with site.changing() as world:
        steps.take(world.desk(Role.COORDINATOR), by_number(world.session, case).id, "pause", note="Vi väntar")
    page = visitor.open("/messages?show=all")
    assert "Inget meddelande väntar på ditt svar" in page.text and page.text.count("Inget svar kom") == 2
    assert not visitor.open(f"/messages/{later}").soup.select("form[action$='/snooze']")


def test_a_long_list_comes_in_pages(site: Site) -> None:
    _tell(site, Role.AUDITOR, *(f"heading {number}" for number in range(PAGE + 3)))
    visitor = site.signed_in(Role.AUDITOR)
    first, second = visitor.open("/messages?show=all"), visitor.open("/messages?show=all&page=2")
    assert [len(_listed(first)), len(_listed(second))] == [PAGE, 3]
    following = first.soup.select_one("a[rel='next']")
    assert following is not None and str(following["href"]) == "/messages?show=all&page=2"
    assert "Sida 1 av 2" in first.text


def test_the_number_of_statements_does_not_grow_with_the_rows(site: Site, case: str, notice: int) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    paths = (
        "/messages?show=all",
        f"/cases/{case}/sent",
        f"/people/{site.world.people[VGR][Role.DRAFTING_GROUP].id}/sent",
    )
    sent: dict[str, list[int]] = {path: [] for path in paths}
    for _round in range(2):
        for path, counts in sent.items():
            visitor.open(path)
            with site.counting() as statements:
                visitor.open(path)
            counts.append(len(statements))
        _tell(site, Role.DRAFTING_GROUP, *(f"heading {number}" for number in range(30)))
    for path, (few, many) in sent.items():
        assert many == few, f"{path}: {few} statements for one row, {many} for thirty"


# ------------------------------------------------------------------------------------- how the mail went


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer("sent", "250 OK"), "Mejlat fredag 11 december kl. 09.00"),
        (Answer("failed", "550 Ingen sådan"), "Kom inte fram 550 Ingen sådan"),
        (Answer("retry", "451 Vänta"), "Senast: 451 Vänta"),
        (Answer("stopped", "all mail is stopped in this installation"), "Stoppat: mejl är avstängt här"),
    ],
)
@on_sqlite
def test_a_message_says_how_its_mail_went(site: Site, case: str, answer: Answer, words: str) -> None:
    _to(site, REMINDED)
    work(site, Postman(answer))
    page = site.signed_in(Role.DRAFTING_GROUP).open(f"/messages/{_told(site)[0].id}")
    assert words in page.part("answer")


@on_sqlite
def test_before_the_morning_a_message_says_when_its_mail_comes(site: Site) -> None:
    _tell(site, Role.DRAFTING_GROUP, "after the mail of the day")
    page = site.signed_in(Role.DRAFTING_GROUP).open(f"/messages/{_told(site)[0].id}")
    assert "Kommer i det samlade mejlet tisdag 24 november kl. 07.00" in page.part("answer")


# ------------------------------------------------------------------------------------- seen


def test_the_page_proves_that_it_was_seen_and_a_second_time_changes_nothing(site: Site, notice: int) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    form = visitor.open(f"/messages/{notice}").form(f"/messages/{notice}/acknowledge")
    site.clock.forward(minutes=5)
    page = visitor.send(form)
    assert page.path == f"/messages/{notice}" and page.flashed.endswith("Meddelandet är bekräftat.")
    name = site.world.people[VGR][Role.DRAFTING_GROUP].name
    proof = f"Meddelad fredag 11 december kl. 09.00 och bekräftad fredag 11 december kl. 09.05 av {name}."
    assert proof in page.part("answer")
    site.clock.forward(minutes=5)
    again = {**form.fields, "request_key": "another-key-of-a-stale-page"}
    assert proof in visitor.post(form.action, again).part("answer")
    assert not page.soup.select("form[action$='/acknowledge']")


def test_nobody_else_answers_and_only_those_with_the_right_see_it(site: Site, notice: int) -> None:
    for role in Role:
        visitor = site.signed_in(role)
        may_see = role in (Role.DRAFTING_GROUP, Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR)
        assert visitor.get(f"/messages/{notice}").status == (200 if may_see else 403), role
        if role is Role.DRAFTING_GROUP:
            continue
        fields = {"csrf_token": visitor.token(), "to-day": "14", "to-month": "12", "to-year": "2026"}
        for answer in ("acknowledge", "snooze"):
            assert visitor.post(f"/messages/{notice}/{answer}", fields).status == 403, (role, answer)
    assert site.signed_in(Role.COORDINATOR, NORRBOTTEN).get(f"/messages/{notice}").status == 403
    (told,) = _told(site)
    assert told.acknowledged_at is None and told.snoozed_to is None
    assert site.signed_in(Role.COORDINATOR).get("/messages/999999").status == 404
    stranger = site.stranger().get(f"/messages/{notice}")
    assert stranger.status == 303 and stranger.headers["Location"].startswith("/sign-in")


def test_what_was_told_a_substitute_is_seen_by_both_and_either_answers(site: Site, case: str) -> None:
    away, there = site.world.people[VGR][Role.DRAFTING_GROUP], site.world.people[VGR][Role.SECRETARY]
    with site.changing() as world:
        preferences.be_away(world.desk(away), there.id, REMINDED, DUE)
    _to(site, REMINDED)
    work(site)
    (told,) = _told(site, Role.SECRETARY)
    assert f"i stället för {away.name}" in site.signed_in(there).open("/messages").text
    page = site.signed_in(away).open("/messages?show=all")
    assert f"till {there.name} i ditt ställe" in page.text and "Meddelanden (" not in page.text
    assert f"Du ersätter {away.name} till och med måndag 21 december." in site.signed_in(there).open("/work").text
    visitor = site.signed_in(away)
    seen = visitor.send(visitor.open(f"/messages/{told.id}").form(f"/messages/{told.id}/acknowledge"))
    assert f"av {away.name}" in seen.part("answer")
    assert site.signed_in(away).get(f"/mails/{told.mail_id}").status == 403, "a collecting mail is its reader's own"


# ------------------------------------------------------------------------------------- put off


def test_a_reminder_put_off_comes_again_to_the_same_person(site: Site, notice: int) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    page = visitor.open(f"/messages/{notice}")
    page = visitor.send(page.form(f"/messages/{notice}/snooze"), to=date(2026, 12, 19))  # a Saturday
    assert page.flashed.endswith("Du påminns igen måndag 21 december.")
    assert "En ny påminnelse kommer måndag 21 december" in page.part("answer")
    assert "Inget meddelande väntar på ditt svar" in visitor.open("/messages").text
    with site.looking() as session:
        (timer,) = session.scalars(select(Timer).where(Timer.rule == "snooze"))
        assert timer.day == DUE and timer.person_id == site.world.people[VGR][Role.DRAFTING_GROUP].id


def test_a_day_that_cannot_be_is_refused_at_the_field_with_what_was_typed(site: Site, notice: int) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    form = visitor.open(f"/messages/{notice}").form(f"/messages/{notice}/snooze")
    wrong = {
        ("10", "12", "2026"): "Välj en dag efter i dag",
        ("11", "12", "2026"): "Välj en dag efter i dag",
        ("13", "12", "2027"): "inom ett år",
        ("31", "2", "2027"): "Dagen finns inte",
        ("i", "morgon", ""): "Skriv dag, månad och år med siffror",
        ("", "", ""): "Skriv vilken dag",
    }
    for (day, month, year), fault in wrong.items():
        page = visitor.post(form.action, {**form.fields, "to-day": day, "to-month": month, "to-year": year})
        assert page.status == 422 and fault in page.fault_at("to"), page
        typed = page.form(f"/messages/{notice}/snooze").fields
        assert (typed["to-day"], typed["to-month"], typed["to-year"]) == (day, month, year)
    (told,) = _told(site)
    assert told.snoozed_to is None and told.acknowledged_at is None


def test_what_is_done_cannot_be_put_off(site: Site, case: str, notice: int) -> None:
    visitor = site.signed_in(Role.DRAFTING_GROUP)
    form = visitor.open(f"/messages/{notice}").form(f"/messages/{notice}/snooze")
    with site.changing() as world:
        steps.take(world.desk(Role.COORDINATOR), by_number(world.session, case).id, "pause", note="Vi väntar")
    page = visitor.send(form, to=site.clock.today + timedelta(days=5))
    assert page.status == 422 and page.faults == ["Det finns inget kvar att påminna om"]


# ------------------------------------------------------------------------------------- safety


def test_what_people_wrote_is_text_and_nothing_else(site: Site, case: str) -> None:
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    with site.changing() as world:
        tasks = tasks_of(world.session, by_number(world.session, case).id)
        task = next(task for task in tasks if task.role == Role.REGISTRAR)
        steps.assign_task(world.desk(Role.COORDINATOR), task.id, world.people[VGR][Role.REGISTRAR].id)
    _tell(site, Role.REGISTRAR, "evil", note=evil)
    work(site)
    visitor = site.signed_in(Role.REGISTRAR)
    for told in _told(site, Role.REGISTRAR):
        page = visitor.open(f"/messages/{told.id}")
        assert not page.soup.select("script, img")
    assert evil in page.text


# ------------------------------------------------------------------------------------- a worker that does not work


def test_who_answers_for_the_clock_is_warned_when_no_worker_works(site: Site) -> None:
    assert "Inga påminnelser skickas" in site.signed_in(Role.COORDINATOR).open("/work").text
    work(site)
    assert "Inga påminnelser skickas" not in site.signed_in(Role.COORDINATOR).open("/work").text
    site.clock.forward(minutes=6)
    page = site.signed_in(Role.ADMINISTRATOR).open("/work")
    assert "stått stilla sedan måndag 23 november kl. 09.00" in page.text and page.leads_to("/operations")
    assert "Inga påminnelser skickas" not in site.signed_in(Role.NOMINATOR).open("/work").text
