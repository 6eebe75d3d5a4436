"""Drift: one look tells whether everything is done that should be, and what went wrong in one's own regions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from introduction.domain.roles import Role
from introduction.services import workers
from introduction.services.outbox import GIVE_UP_AFTER
from introduction.services.workers import Lateness
from introduction.store.event import Event
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.timer import Timer
from tests.journeys.site import Site
from tests.journeys.visitor import Page
from tests.world import NORRBOTTEN, VGR, World

ANSWER = "550 5.1.1 Mailbox unavailable"


def add_worker(site: Site, *, ago: timedelta = timedelta(), name: str = "1", stopped: bool = False) -> None:
    """A worker that gave a sign of life some time ago."""
    with site.changing() as world:
        desk = replace(world.operator, now=now(site) - ago)
        workers.ticked(desk, name, "server-7", 4711, inside=False)
        if stopped:
            workers.stopped(desk, name)


def add_mail(
    site: Site, state: str = "failed", *, region: str | None = VGR, ago: timedelta = timedelta(hours=1)
) -> int:
    """A mail to the head of unit that carries a notice of a region."""
    with site.changing() as world:
        at = now(site) - ago
        person_id = world.people[VGR][Role.HEAD_OF_UNIT].id
        number = len(world.session.query(Mail).all())
        mail = Mail(
            key=f"test:{number}",
            message_id=f"test{number}",
            person_id=person_id,
            created_at=at,
            due_at=at if state != "retry" else now(site) + timedelta(hours=2),
            give_up_at=at + GIVE_UP_AFTER,
            state=state,
            attempts=3,
            settled_at=None if state in ("waiting", "retry") else at,
            answer=ANSWER,
            address="chef@region.example",
            subject=f"Senast 1 mars: uppgift {number}",
        )
        world.session.add(mail)
        world.session.flush()
        region_id = world.regions[region] if region else None
        world.session.add(
            Notice(
                key=f"test:{number}",
                kind="reminder",
                template="reminder",
                person_id=person_id,
                region_id=region_id,
                created_at=at,
                send_at=at,
                collected=False,
                state="packed",
                mail_id=mail.id,
            )
        )
        return mail.id


def now(site: Site) -> datetime:
    """The world's time."""
    return site.clock.now.astimezone(UTC)


def look(site: Site, who: Role = Role.COORDINATOR, region: str = VGR) -> Page:
    """Open the page."""
    return site.visitor(who, region).open("/operations")


def verdict(page: Page) -> str:
    """The sentence under the title."""
    lead = page.soup.select_one(".app-lead")
    assert lead is not None
    return " ".join(lead.get_text().split())


def sending(site: Site, **more: Any) -> None:
    """Let the installation send mail for real, by its settings."""
    site.app.extensions["settings"] = replace(site.app.extensions["settings"], mail="send", smtp_host="smtp.x", **more)


# ------------------------------------------------------------------------------------- the verdict


def test_all_is_well(site: Site) -> None:
    sending(site)
    add_worker(site)
    page = look(site)
    assert verdict(page) == "Allt som skulle ha skickats är skickat."
    assert "server-7, 4711" in page.part("workers")
    assert "Arbetar" in page.part("workers")


def test_no_worker_has_ever_worked(site: Site) -> None:
    assert verdict(look(site)) == "Ingen arbetsprocess har gett livstecken än."


def test_the_workers_are_silent(site: Site) -> None:
    add_worker(site, ago=timedelta(minutes=6))
    page = look(site)
    assert verdict(page) == "Ingen arbetsprocess har gett livstecken sedan måndag 23 november, 08.54."
    assert "Tyst" in page.part("workers")


def test_a_worker_that_ended_in_good_order_is_not_silent(site: Site) -> None:
    add_worker(site, name="old", ago=timedelta(minutes=40), stopped=True)
    add_worker(site)
    assert "Tyst" not in look(site).part("workers")


def test_mails_that_wait_for_their_next_try_are_told_of(site: Site) -> None:
    """The mail server is down: nothing is due this minute, yet not everything is sent."""
    sending(site)
    add_worker(site)
    for _ in range(3):
        add_mail(site, "retry")
    page = look(site)
    assert verdict(page) == "3 mejl väntar, det äldsta sedan måndag 23 november, 08.00."
    assert "60 minuter sen" in page.part("queues")


def test_failed_mails_are_told_of_first(site: Site) -> None:
    add_worker(site)
    add_mail(site)
    add_mail(site, "retry")
    assert verdict(look(site)) == "Ett mejl har inte gått att skicka det senaste dygnet."


def test_what_is_collected_on_monday_is_not_late_on_sunday(site: Site) -> None:
    with site.changing() as world:
        row = _notice(world, site)
        row.collected, row.send_at = True, now(site) - timedelta(days=3)
    with site.changing() as world:
        found = workers.status(world.operator)
        assert found.notices.number == 1
        assert found.notices.oldest == now(site).replace(hour=6, minute=0), "it should have gone at seven"
        sunday = workers.status(replace(world.operator, now=now(site) - timedelta(days=1)))
        assert (sunday.notices.number, sunday.notices.oldest) == (0, None)


def _notice(world: World, site: Site) -> Notice:
    row = Notice(
        key="one", kind="reminder", template="reminder", person_id=world.people[VGR][Role.COORDINATOR].id,
        created_at=now(site), send_at=now(site), collected=False, state="waiting",
    )  # fmt: skip
    world.session.add(row)
    return row


# ------------------------------------------------------------------------------------- what went wrong


def test_a_failed_mail_is_sent_again_by_hand_and_that_is_written_down(site: Site) -> None:
    mail_id = add_mail(site)
    visitor = site.visitor(Role.COORDINATOR)
    page = visitor.open("/operations")
    assert ANSWER in page.part("mails")
    assert "chef@region.example" in page.part("mails")
    sent = visitor.send(page.form(f"/operations/mails/{mail_id}/again"))
    assert "skickas igen" in sent.flashed
    with site.looking() as session:
        mail = session.get_one(Mail, mail_id)
        assert (mail.state, mail.attempts, mail.settled_at) == ("waiting", 0, None)
        assert '"kind":"mail_sent_again"' in session.query(Event).order_by(Event.id.desc()).first().body
    again = visitor.post(f"/operations/mails/{mail_id}/again", {"csrf_token": visitor.token()})
    assert again.status == 422
    assert "väntar på att skickas" in " ".join(again.faults)


def test_mails_of_another_region_are_neither_shown_nor_sent(site: Site) -> None:
    mail_id = add_mail(site, region=NORRBOTTEN)
    visitor = site.visitor(Role.COORDINATOR)
    assert ANSWER not in visitor.open("/operations").html
    refused = visitor.post(f"/operations/mails/{mail_id}/again", {"csrf_token": visitor.token()})
    assert refused.status == 403
    assert ANSWER in look(site, Role.COORDINATOR, NORRBOTTEN).part("mails")


def test_what_belongs_to_no_region_is_for_whoever_answers_for_any(site: Site) -> None:
    mail_id = add_mail(site, region=None)
    for region in (VGR, NORRBOTTEN):
        assert ANSWER in look(site, Role.ADMINISTRATOR, region).part("mails")
    visitor = site.visitor(Role.ADMINISTRATOR, NORRBOTTEN)
    assert visitor.send(visitor.open("/operations").form(f"/operations/mails/{mail_id}/again")).flashed


def test_what_failed_long_ago_is_shown_no_more(site: Site) -> None:
    add_mail(site, ago=timedelta(days=15))
    assert ANSWER not in look(site).html


@pytest.mark.parametrize("state", ["failed", "refused"])
def test_reminders_and_steps_that_stopped_are_shown_with_their_case(site: Site, case: str, state: str) -> None:
    with site.changing() as world:
        timer = world.session.query(Timer).filter(Timer.instance_id.is_not(None)).first()
        assert timer is not None
        timer.state, timer.settled_at, timer.problem = state, now(site), "Ingen har rollen"
    page = look(site)
    assert case in page.part("timers")
    assert "Ingen har rollen" in page.part("timers")
    assert page.leads_to(f"/cases/{case}")
    assert "Ingen har rollen" not in look(site, Role.COORDINATOR, NORRBOTTEN).html


def test_no_secret_of_the_settings_is_shown(site: Site) -> None:
    sending(site, smtp_user="inforande", smtp_password="hemligt-ord")
    page = look(site)
    assert "smtp.x" in page.part("settings")
    assert "hemligt-ord" not in page.html


@pytest.mark.parametrize("role", [Role.ECONOMIST, Role.READER, Role.HEAD_OF_UNIT])
def test_others_have_neither_page_nor_menu(site: Site, role: Role) -> None:
    visitor = site.signed_in(role)
    assert visitor.get("/operations").status == 403
    assert not visitor.open("/work").leads_to("/operations")


def test_lateness_is_of_those_that_were_done(site: Site) -> None:
    begun = now(site)
    pairs = [(begun, begun + timedelta(seconds=second)) for second in range(1, 101)]
    found = Lateness.of(pairs)
    assert [value and value.total_seconds() for value in (found.p50, found.p95, found.p99)] == [50, 95, 99]
    assert Lateness.of([]) == Lateness(0, None, None, None)
    assert Lateness.of([(begun, begun - timedelta(seconds=1))]).p99 == timedelta(0), "never early"


# ------------------------------------------------------------------------------------- a sign of life


def test_a_sign_of_life_says_whether_any_worker_works(site: Site) -> None:
    visitor = site.stranger()
    assert visitor.get("/healthz").html == "ok\nworker: never seen\n"
    add_worker(site, ago=timedelta(hours=3))
    silent = visitor.get("/healthz")
    assert (silent.status, silent.html) == (200, "ok\nworker: silent since 2026-11-23T05:00:00Z\n")
    assert silent.headers["Content-Type"] == "text/plain; charset=utf-8"
    add_worker(site)
    assert visitor.get("/healthz").html == "ok\nworker: ok\n"


# ------------------------------------------------------------------------------------- the test mode


BAND = "Inga mejl skickas från den här installationen."


def test_a_band_says_that_no_mail_is_sent(site: Site) -> None:
    visitor = site.signed_in(Role.READER)
    for path in ("/work", "/help", "/no-such-page"):
        assert BAND in visitor.get(path).text, path
    stranger = site.stranger()
    assert BAND in stranger.get("/sign-in").text
    for path in ("/", "/help", "/privacy"):
        assert BAND not in stranger.get(path).text, path


def test_a_band_says_where_all_mail_goes_but_not_to_strangers(site: Site) -> None:
    settings = site.app.extensions["settings"]
    site.app.extensions["settings"] = replace(settings, mail="redirect", mail_redirect="prov@region.example")
    band = "Alla mejl går till prov@region.example i stället för till mottagarna."
    assert band in site.signed_in(Role.READER).get("/work").text
    assert "prov@region.example" not in site.stranger().get("/sign-in").html
    assert "till en annan adress" in site.stranger().get("/sign-in").text


def test_there_is_no_band_where_mail_is_sent(site: Site) -> None:
    sending(site)
    assert "mejl" not in site.signed_in(Role.READER).get("/help").piece("<body", "<main").get_text()
