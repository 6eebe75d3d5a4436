"""An application that waits is reminded of, counted from the day of its answer, until it is answered or explained."""

from __future__ import annotations

from datetime import date

from introduction.domain.roles import Role
from introduction.services.subjects import Subject
from introduction.store.person import PersonRow
from tests.applying import fund, taken, written
from tests.jobs.office import Office, body
from tests.world import NORRBOTTEN

LSG, CHAIR, COORDINATOR = Role.DRAFTING_GROUP, Role.COUNCIL_CHAIR, Role.COORDINATOR


def handed_in(office: Office) -> Subject:
    """Handed in on Monday 23 November: the savings by 3 December, the answer by 23 December."""
    with office.changing() as world:
        fund(world)
        return taken(world, written(world), ["submit"])


def person(office: Office, role: Role) -> PersonRow:
    return office.world.people[NORRBOTTEN][role]


def told(office: Office, role: Role) -> list[str]:
    return [body(message) for to, message in office.post.taken if to == person(office, role).email]


def test_whoever_has_it_is_told_and_reminded_and_the_mail_leads_to_it(office: Office) -> None:
    subject = handed_in(office)
    office.at(2026, 11, 24)
    news = told(office, LSG)
    assert len(news) == 1 and f"/applications/{subject.number}" in news[0]
    office.at(2026, 11, 27)  # five days before is Saturday 28
    assert any("3 december" in text for text in told(office, LSG)[1:])


def test_silence_goes_up_the_line_and_to_the_coordinator(office: Office) -> None:
    handed_in(office)
    for day in range(24, 31):
        office.at(2026, 11, day)
    for day in range(1, 9):
        office.at(2026, 12, day)
    assert any("3 december" in text for text in told(office, COORDINATOR)), "late with LSG since 3 December"


def test_a_late_answer_without_a_reason_is_the_coordinators_until_somebody_says_why(office: Office) -> None:
    subject = handed_in(office)
    with office.changing() as world:
        taken(world, subject, ["finish_savings", "propose"])
    office.at(2026, 12, 24)
    before = len(told(office, COORDINATOR))
    office.at(2026, 12, 28)
    late = told(office, COORDINATOR)[before:]
    assert any("Svaret är försenat och ingen har skrivit varför" in text for text in late)
    with office.changing() as world:
        given = {"delay_reason": "Mötet är flyttat.", "answer_by": date(2027, 1, 20)}
        world.take(subject, "explain_delay_decision", CHAIR, region=NORRBOTTEN, given=given)
    office.at(2026, 12, 29)
    before = len(told(office, COORDINATOR))
    office.at(2027, 1, 8)
    assert not any("ingen har skrivit varför" in text for text in told(office, COORDINATOR)[before:])


def test_the_unit_hears_of_the_decision(office: Office) -> None:
    subject = handed_in(office)
    with office.changing() as world:
        taken(world, subject, ["finish_savings", "propose", "grant"])
    office.tick()
    office.at(2026, 11, 24)
    mails = told(office, Role.HEAD_OF_UNIT)
    assert any("beviljad" in text.lower() and subject.number in text for text in mails)
