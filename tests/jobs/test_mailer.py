"""The mailer speaks with real mail servers: what they take, refuse, delay and break."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from introduction.documents import mail
from introduction.jobs.mailer import RedirectingMailer, SmtpMailer, StoppingMailer, of_settings
from introduction.services.outbox import Answer, Words
from introduction.settings import Settings, bundled
from tests.jobs.smtp import PASSWORD, USER, Conduct, serving, trust

SENDER, TO = "inforande@region.example", "åsa@region.example".replace("å", "a")
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def a_mail(*, message_id: str = "0123", **changed: Any) -> EmailMessage:
    """A mail as the worker makes it."""
    words = {
        "address": TO,
        "subject": "Försenat sedan 20 november: Beskriv läkemedlet (Examplumab) – på Östra sjukhuset, och lite till",
        "text": "Hej Åsa\n.\nSenast måndag.\n",
        "html": "<!doctype html><p>Hej Åsa, " + "å" * 1200 + "</p>",
        "calendar": ICS,
        "reply_to": "Karin Öst <karin@region.example>",
    } | changed
    sender = f"Ordnat införande <{SENDER}>"
    return mail.message(Words(**words), message_id=message_id, sender=sender, host="region.example", now=NOW)


def mailer(port: int, **changed: Any) -> SmtpMailer:
    """A mailer for a server on this machine."""
    given: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER, "patience": 5}
    return SmtpMailer(**{**given, **changed})


# ------------------------------------------------------------------------------------- what goes


def test_a_mail_arrives_with_text_html_and_calendar_as_another_program_reads_it() -> None:
    conduct = Conduct()
    with serving(conduct) as port:
        answer = mailer(port).send(a_mail(), TO)
    assert (answer.state, answer.said, answer.uncertain) == ("sent", "250 taken as 7", False)
    (got,) = conduct.messages
    assert conduct.taken[0][0] == TO
    assert got["Subject"].startswith("Försenat sedan 20 november: Beskriv läkemedlet (Examplumab) – på Östra")
    assert (got["From"], got["Reply-To"]) == (f"Ordnat införande <{SENDER}>", "Karin Öst <karin@region.example>")
    assert got["Message-ID"] == "<0123@region.example>"
    assert got["Auto-Submitted"] == "auto-generated"
    text, html = got.get_body(("plain",)), got.get_body(("html",))
    assert text is not None and text.get_content().split("\r\n") == ["Hej Åsa", ".", "Senast måndag.", ""]
    assert html is not None and "å" * 1200 in html.get_content()
    (attached,) = got.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert (attached.get_param("method"), attached.get_filename()) == ("PUBLISH", "datum.ics")
    assert attached.get_payload(decode=True) == ICS.encode()


def test_nothing_but_ascii_in_short_lines_goes_over_the_wire() -> None:
    conduct = Conduct()
    with serving(conduct) as port:
        mailer(port).send(a_mail(), TO)
    raw = conduct.taken[0][1]
    assert raw.isascii() and max(len(line) for line in raw.split(b"\r\n")) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_second_try_carries_the_same_message_id() -> None:
    conduct = Conduct(replies={"MESSAGE": "451 later"})
    with serving(conduct) as port:
        assert mailer(port).send(a_mail(message_id="same"), TO).state == "retry"
        del conduct.replies["MESSAGE"]
        assert mailer(port).send(a_mail(message_id="same"), TO).state == "sent"
    assert [got["Message-ID"] for got in conduct.messages] == ["<same@region.example>"]


@pytest.mark.parametrize(("replies", "drop"), [({"QUIT": "500 never heard of it"}, ""), ({}, "QUIT")])
def test_a_mail_that_was_taken_is_sent_however_the_conversation_ends(replies: dict[str, str], drop: str) -> None:
    conduct = Conduct(replies=replies, drop_at=drop)
    with serving(conduct) as port:
        assert mailer(port).send(a_mail(), TO).state == "sent"
    assert "QUIT" in conduct.heard


# ------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("command", "reply", "state"),
    [
        ("RCPT", "550 5.1.1 no such user", "failed"),
        ("RCPT", "450 4.2.1 mailbox full", "retry"),
        ("DATA", "554 no more today", "failed"),
        ("DATA", "451 busy", "retry"),
        ("MESSAGE", "554 5.7.1 looks like spam", "failed"),
        ("MESSAGE", "452 4.3.1 disk full", "retry"),
        ("MAIL", "530 5.7.0 authentication required", "retry"),
        ("MAIL", "550 5.1.8 sender unknown", "retry"),
        ("EHLO", "554 5.7.1 you are blocked", "retry"),
    ],
)
def test_a_refusal_is_final_only_when_it_is_of_this_mail(command: str, reply: str, state: str) -> None:
    conduct = Conduct(replies={command: reply})
    with serving(conduct) as port:
        answer = mailer(port).send(a_mail(), TO)
    assert (answer.state, answer.uncertain) == (state, False)
    assert answer.said == reply
    assert conduct.taken == []


def test_an_address_that_no_mail_can_have_fails_without_a_connection() -> None:
    conduct = Conduct()
    with serving(conduct) as port:
        answer = mailer(port).send(a_mail(), "åsa@region.example")
    assert answer.state == "failed" and "UnicodeEncodeError" in answer.said
    assert conduct.heard == []


# ------------------------------------------------------------------------------------- what breaks


@pytest.mark.parametrize(
    ("stage", "uncertain", "taken"),
    [
        ("connection", False, 0),
        ("EHLO", False, 0),
        ("MAIL", False, 0),
        ("RCPT", False, 0),
        ("DATA", True, 0),
        ("MESSAGE", True, 1),
    ],
)
def test_a_broken_connection_is_uncertain_only_once_the_mail_was_on_its_way(
    stage: str, uncertain: bool, taken: int
) -> None:
    conduct = Conduct(drop_at=stage)
    with serving(conduct) as port:
        answer = mailer(port).send(a_mail(), TO)
    assert (answer.state, answer.uncertain) == ("retry", uncertain)
    assert len(conduct.taken) == taken


@pytest.mark.parametrize(("stage", "uncertain"), [("EHLO", False), ("RCPT", False), ("MESSAGE", True)])
def test_a_server_that_does_not_answer_is_left(stage: str, uncertain: bool) -> None:
    conduct = Conduct(hang_at=stage)
    with serving(conduct) as port:
        answer = mailer(port, patience=0.2).send(a_mail(), TO)
    assert (answer.state, answer.uncertain) == ("retry", uncertain)
    assert "timed out" in answer.said


def test_a_reply_that_is_none_leaves_it_open_whether_the_server_has_the_mail() -> None:
    conduct = Conduct(replies={"MESSAGE": "what?"})
    with serving(conduct) as port:
        answer = mailer(port).send(a_mail(), TO)
    assert (answer.state, answer.uncertain) == ("retry", True)


def test_no_server_at_all() -> None:
    with serving(Conduct()) as port:
        pass
    answer = mailer(port).send(a_mail(), TO)
    assert (answer.state, answer.uncertain) == ("retry", False)
    assert "ConnectionRefusedError" in answer.said


# ------------------------------------------------------------------------------------- secrecy on the way


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mail_goes_encrypted_with_user_and_password(security: str) -> None:
    conduct = Conduct()
    with serving(conduct, tls=security == "tls", starttls=security == "starttls", login=True) as port:
        sending = mailer(port, host="localhost", security=security, user=USER, password=PASSWORD, trust=trust())
        answer = sending.send(a_mail(), TO)
    assert answer == Answer("sent", "250 taken as 7")
    assert len(conduct.taken) == 1 and "right password" in conduct.heard


def test_a_wrong_password_waits_for_somebody_to_put_it_right() -> None:
    conduct = Conduct()
    with serving(conduct, starttls=True, login=True) as port:
        sending = mailer(port, host="localhost", security="starttls", user=USER, password="fel", trust=trust())
        answer = sending.send(a_mail(), TO)
    assert answer.state == "retry" and answer.said.startswith("535 ")
    assert "wrong password" in conduct.heard
    assert "MAIL" not in conduct.heard


def test_nothing_goes_in_clear_to_a_server_without_starttls() -> None:
    conduct = Conduct()
    with serving(conduct) as port:
        answer = mailer(port, security="starttls", trust=trust()).send(a_mail(), TO)
    assert answer.state == "retry" and "STARTTLS" in answer.said
    assert "MAIL" not in conduct.heard


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_cannot_show_who_it_is_gets_nothing(security: str) -> None:
    conduct = Conduct()
    with serving(conduct, tls=security == "tls", starttls=security == "starttls") as port:
        sending = mailer(port, host="localhost", security=security, trust=ssl.create_default_context())
        answer = sending.send(a_mail(), TO)
    assert answer.state == "retry" and "CERTIFICATE_VERIFY_FAILED" in answer.said
    assert "MAIL" not in conduct.heard


# ------------------------------------------------------------------------------------- test modes


def test_a_redirected_mail_goes_to_one_address_and_says_whom_it_was_to() -> None:
    conduct = Conduct()
    with serving(conduct) as port:
        answer = RedirectingMailer(mailer(port), "prov@region.example").send(a_mail(), TO)
    assert (answer.state, answer.said) == ("sent", "prov@region.example: 250 taken as 7")
    (got,) = conduct.messages
    assert conduct.taken[0][0] == got["To"] == "prov@region.example"
    assert got["X-Original-To"] == TO


def test_a_redirected_mail_that_breaks_stays_uncertain() -> None:
    conduct = Conduct(drop_at="MESSAGE")
    with serving(conduct) as port:
        answer = RedirectingMailer(mailer(port), "prov@region.example").send(a_mail(), TO)
    assert (answer.state, answer.uncertain) == ("retry", True)


def test_stopped_mail_meets_no_server() -> None:
    assert StoppingMailer().send(a_mail(), TO).state == "stopped"


def test_the_settings_choose_the_mailer() -> None:
    given: dict[str, Any] = {
        "state": bundled("workflows"),
        "database_url": "sqlite://",
        "workflows": bundled("workflows"),
    }
    given |= {"secret_key": "a", "seal_key": "b", "smtp_host": "mail.example", "mail_sender": f"Vi <{SENDER}>"}
    assert isinstance(of_settings(Settings(**given, mail="stop")), StoppingMailer)
    sending = of_settings(Settings(**given, mail="send", smtp_user="u", smtp_password="p"))
    assert sending == SmtpMailer("mail.example", 587, "starttls", SENDER, "u", "p")
    redirecting = of_settings(Settings(**given, mail="redirect", mail_redirect="prov@region.example"))
    assert isinstance(redirecting, RedirectingMailer) and redirecting.address == "prov@region.example"
