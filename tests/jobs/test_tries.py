"""What becomes of mails that a server does not take, and of notices and timers that are broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from introduction.documents import environment
from introduction.domain.errors import Refused
from introduction.domain.roles import Role
from introduction.jobs.mailer import SmtpMailer
from introduction.services import outbox, people
from introduction.store.person import PersonRow
from introduction.store.timer import Timer
from tests.jobs.office import DOWN, UNKNOWN, Office, body
from tests.jobs.smtp import Conduct, serving

# A case that is opened on Monday 23 November 2026: the coordinator is reminded ten days before Monday 24 May, and then.
REMINDED = (2027, 5, 14)
REMINDED_LAST = (2027, 5, 24)
SUBJECT = "Senast 24 maj: Horisontspaning (Examplumab)"

# ------------------------------------------------------------------------------------- the mail server


def test_a_server_that_is_down_is_asked_with_growing_pauses_for_three_days(
    office: Office, economist: PersonRow, coordinator: PersonRow
) -> None:
    office.assign(office.start_case(), economist)
    office.post.answers[economist.email] = DOWN
    office.at(2026, 11, 24)
    begun, pauses = office.clock.now, []
    while (mail := office.mails(economist)[0]).state == "retry":
        pauses.append(mail.due_at - office.clock.now)
        office.clock.now = mail.due_at - timedelta(seconds=1)
        tried = len(office.post.tries)
        office.tick()
        assert len([one for one in office.post.tries[tried:] if one[0] == economist.email]) == 0, "too early"
        office.clock.now = mail.due_at
        office.tick()
    minutes = [pause.total_seconds() / 60 for pause in pauses]
    for attempt, pause in enumerate(minutes):
        expected = min(2**attempt, 240)
        assert 0.8 * expected <= pause <= 1.2 * expected
    assert timedelta(hours=66) < office.clock.now - begun <= timedelta(hours=72)
    assert (mail.state, mail.answer) == ("failed", DOWN.said)
    assert len({message["Message-ID"] for to, message in office.post.tries if to == economist.email}) == 1
    told = [notice for notice in office.notices(coordinator) if notice.template == "undelivered"]
    assert len(told) == 1 and told[0].collected


def test_the_coordinator_is_told_once_of_a_mail_that_did_not_arrive(
    office: Office, economist: PersonRow, coordinator: PersonRow
) -> None:
    office.assign(office.start_case(), economist)
    office.post.answers[economist.email] = UNKNOWN
    assert office.at(2026, 11, 24) == []
    (mail,) = office.mails(economist)
    assert (mail.state, mail.answer, mail.attempts) == ("failed", UNKNOWN.said, 1)
    ((to, subject),) = office.at(2026, 11, 25)
    assert (to, subject) == (coordinator.email, f"Ett mejl till {economist.name} kom inte fram")
    assert UNKNOWN.said in body(office.post.taken[-1][1])
    assert office.at(2026, 11, 26) == office.at(2026, 11, 27) == []
    assert len([to for to, _message in office.post.tries if to == economist.email]) == 1


def test_nobody_is_told_that_telling_failed(office: Office, economist: PersonRow, coordinator: PersonRow) -> None:
    office.assign(office.start_case(), economist)
    office.post.answers["*"] = UNKNOWN
    for day in (24, 25, 26, 27):
        office.at(2026, 11, day)
    assert len(office.mails(coordinator)) == 1


def test_a_mail_that_failed_can_be_sent_again_by_hand(office: Office, economist: PersonRow) -> None:
    office.assign(office.start_case(), economist)
    office.post.answers[economist.email] = UNKNOWN
    office.at(2026, 11, 24)
    failed = office.mails(economist)[0]
    with office.changing() as world:
        outbox.send_again(world.desk(Role.COORDINATOR), failed.id)
    office.post.answers.clear()
    assert economist.email in dict(office.tick())
    again = office.mails(economist)[0]
    assert (again.id, again.state, again.message_id) == (failed.id, "sent", failed.message_id)
    with pytest.raises(Refused), office.changing() as world:
        outbox.send_again(world.desk(Role.COORDINATOR), failed.id)


def test_a_mail_that_may_have_gone_goes_again_with_the_same_words_and_name(
    office: Office, economist: PersonRow
) -> None:
    office.assign(office.start_case(), economist)
    conduct = Conduct(drop_at="MESSAGE")  # the server has the mail, and is gone before it says so
    with serving(conduct) as port:
        office.worker.mailer = SmtpMailer("127.0.0.1", port, "none", "inforande@region.example", patience=5)
        office.at(2026, 11, 24)
        (mail,) = office.mails(economist)
        assert (mail.state, mail.uncertain) == ("retry", 1)
        conduct.drop_at = ""
        with office.changing() as world:
            world.session.get_one(PersonRow, economist.id).language = "en"  # the words were put before
        office.at(2026, 11, 24, 7, 5)
    first, second = conduct.messages
    assert first["Message-ID"] == second["Message-ID"] == f"<{mail.message_id}@inforande.example>"
    assert first["Subject"] == second["Subject"] == mail.subject
    assert body(first) == body(second)
    assert [(one.state, one.attempts, one.uncertain) for one in office.mails(economist)] == [("sent", 2, 1)]


def test_an_invented_person_gets_no_mail(office: Office, economist: PersonRow) -> None:
    office.assign(office.start_case(), economist)
    with office.changing() as world:
        world.session.get_one(PersonRow, economist.id).example = True
    assert office.at(2026, 11, 24) == []
    assert [mail.state for mail in office.mails(economist)] == ["stopped"]
    assert office.post.tries == []


def test_whoever_left_before_the_mail_went_is_named_to_the_coordinator(
    office: Office, economist: PersonRow, coordinator: PersonRow
) -> None:
    office.assign(office.start_case(), economist)
    with office.changing() as world:
        people.deactivate(world.operator, economist.id)
    office.at(2026, 11, 24)
    assert [(mail.state, mail.answer) for mail in office.mails(economist)] == [("failed", "the account has ended")]
    assert office.at(2026, 11, 25) == [(coordinator.email, f"Ett mejl till {economist.name} kom inte fram")]


# ------------------------------------------------------------------------------------- what is broken


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Templates whose source a test replaces, in both languages."""
    sources: dict[str, str] = {}
    made = environment.of_notices("sv")
    assert made.loader is not None
    real = made.loader.get_source

    def get_source(asked: object, name: str) -> object:
        if name in sources:
            return sources[name], None, lambda: False
        return real(asked, name)  # type: ignore[arg-type]

    monkeypatch.setattr(made.loader, "get_source", get_source)
    made.cache.clear()  # type: ignore[union-attr]
    yield sources
    made.cache.clear()  # type: ignore[union-attr]


@pytest.mark.parametrize("source", ["{% if %}", "{{ line.no_such_thing }}", "{{ line.name.number / 0 }}", "  "])
def test_a_broken_template_delays_its_own_notice_only(
    office: Office, economist: PersonRow, broken: dict[str, str], source: str
) -> None:
    case = office.start_case()
    office.assign(case, economist)
    with office.changing() as world:
        nominating = world.units["vastra_gotaland"]["lung"]
        world.take(case, "nominate", Role.COORDINATOR, given={"nominating_unit_id": nominating.id})
        world.take(case, "return_for_completion", Role.COORDINATOR, note="Beskriv målgruppen")
    nominator = office.person(Role.NOMINATOR)
    office.assign(office.start_case("Påhittumab"), nominator)
    broken["moved.txt"] = source
    sent = dict(office.at(2026, 11, 24))
    assert sent[nominator.email] == "Ny uppgift: Gör en tidig uppskattning av merkostnaden (Påhittumab)"
    waits = next(notice for notice in office.notices(nominator) if notice.template == "moved")
    assert waits.state == "waiting" and waits.problem and waits.mail_id is None
    broken.clear()
    environment.of_notices("sv").cache.clear()  # type: ignore[union-attr]
    assert office.at(2026, 11, 24, 7, 30) == []
    ((to, subject),) = office.at(2026, 11, 24, 8, 1)
    assert (to, subject) == (nominator.email, "Nytt steg: Återlämnad för komplettering (Examplumab)")


def test_a_timer_that_cannot_be_carried_out_is_marked_and_the_others_go_on(
    office: Office, coordinator: PersonRow
) -> None:
    poisoned = office.start_case("Diktumab")
    office.start_case()
    with office.changing() as world:
        world.session.execute(
            update(Timer).where(Timer.instance_id == poisoned.instance.id).values(rule="stage:no_such_stage:0")
        )
    assert office.at(*REMINDED) == [(coordinator.email, SUBJECT)]
    failed = office.timers("failed")
    assert [(timer.instance_id, timer.problem) for timer in failed] == [
        (poisoned.instance.id, "KeyError: 'no_such_stage'")
    ]
    assert [to for to, _subject in office.at(*REMINDED_LAST)] == [coordinator.email]
