"""From what falls due to what was sent: the right person, the right hour, once, whatever the mail server does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from introduction.domain.notices import Preference
from introduction.domain.roles import Role
from introduction.services import people
from introduction.store.person import PersonRow, assignments_of
from introduction.store.preference import Absence, PreferenceRow
from introduction.store.task import DueDate
from tests.jobs.office import DOWN, SENT, Office, body

# A case that is opened on Monday 23 November 2026 should leave its first stage by Monday 24 May 2027, for six months on
# is a Sunday. The coordinator is reminded ten days before, Friday 14 May, and on the day.
REMINDED = (2027, 5, 14)
REMINDED_LAST = (2027, 5, 24)
SUBJECT = "Senast 24 maj: Horisontspaning (Examplumab)"
ON_THE_DAY = "Senast i dag, 24 maj: Horisontspaning (Examplumab)"


# ------------------------------------------------------------------------------------- when and how


def test_a_reminder_goes_once_at_seven_on_its_day(office: Office, coordinator: PersonRow) -> None:
    office.start_case()
    assert office.at(2027, 5, 13) == []
    assert office.at(*REMINDED, 6, 59) == []
    assert office.at(*REMINDED) == [(coordinator.email, SUBJECT)]
    assert office.tick() == []
    assert office.at(*REMINDED, 23) == []
    assert "måndag 24 maj 2027, om 10 dagar" in body(office.post.taken[0][1])
    assert [mail.state for mail in office.mails()] == ["sent"]


def test_what_would_be_due_on_a_sunday_is_due_and_reminded_of_on_monday(office: Office, coordinator: PersonRow) -> None:
    office.start_case()
    office.at(*REMINDED)
    assert office.at(2027, 5, 21) == office.at(2027, 5, 23) == []
    assert office.at(*REMINDED_LAST) == [(coordinator.email, ON_THE_DAY)]
    assert office.at(2027, 5, 25) == []


@pytest.mark.parametrize(
    ("told_on", "sent_on"),
    [
        ((2026, 11, 24, 6), (2026, 11, 24)),
        ((2026, 11, 24, 7, 1), (2026, 11, 25)),
        ((2026, 11, 27, 15), (2026, 11, 30)),  # Friday afternoon
        ((2026, 11, 28, 10), (2026, 11, 30)),  # Saturday
        ((2026, 12, 23, 18), (2026, 12, 28)),  # the day before Christmas Eve
        ((2027, 3, 26, 5), (2027, 3, 30)),  # Good Friday
    ],
)
def test_what_is_collected_waits_for_seven_on_a_working_day(
    office: Office, economist: PersonRow, told_on: tuple[int, ...], sent_on: tuple[int, int, int]
) -> None:
    case = office.start_case()
    office.at(*told_on)
    office.assign(case, economist)
    assert office.tick() == []
    day_before = date(*sent_on) - timedelta(days=1)
    if (day_before.year, day_before.month, day_before.day) > told_on[:3]:
        assert office.at(day_before.year, day_before.month, day_before.day, 12) == []
    ((to, subject),) = office.at(*sent_on)
    assert (to, subject) == (
        economist.email,
        "Ny uppgift: Gör en tidig uppskattning av merkostnaden (Examplumab)",
    )


def test_at_most_one_collecting_mail_for_each_person_and_day(
    office: Office, economist: PersonRow, coordinator: PersonRow
) -> None:
    cases = [office.start_case(name) for name in ("Examplumab", "Påhittumab", "Diktumab")]
    for case in cases[:2]:
        office.assign(case, economist)
    office.at(2026, 11, 24, 6, 50)
    ((to, subject),) = office.at(2026, 11, 24)
    assert (to, subject) == (economist.email, "2 saker från Ordnat införande")
    office.clock.now -= timedelta(minutes=1)  # a machine whose clock is a little behind tells one thing more
    office.assign(cases[2], economist)
    office.clock.now += timedelta(minutes=2)
    assert office.tick() == []
    ((to, subject),) = office.at(2026, 11, 25)
    assert (to, subject[:11]) == (economist.email, "Ny uppgift:")
    assert [mail.collected_on for mail in office.mails(economist)] == [date(2026, 11, 24), date(2026, 11, 25)]


def test_who_wants_reminders_at_once_gets_each_in_a_mail_of_its_own(office: Office, economist: PersonRow) -> None:
    with office.changing() as world:
        world.session.add(PreferenceRow(person_id=economist.id, reminders=Preference.AT_ONCE))
    for name in ("Examplumab", "Påhittumab"):
        office.assign(office.start_case(name), economist)
    subjects = [subject for _to, subject in office.at(2026, 11, 28, 23)]
    assert [subject.rpartition(" ")[2] for subject in subjects] == ["(Examplumab)", "(Påhittumab)"]
    assert [mail.collected_on for mail in office.mails()] == [None, None]


def test_an_escalation_goes_apart_from_what_is_collected(office: Office, coordinator: PersonRow) -> None:
    office.start_case()
    office.start_case("Påhittumab")
    office.at(*REMINDED)
    office.at(*REMINDED_LAST)
    administrator = office.person(Role.ADMINISTRATOR)
    sent = office.at(2027, 5, 26)
    assert sorted(sent) == [
        (administrator.email, "Ingen har bekräftat: Horisontspaning (Examplumab)"),
        (administrator.email, "Ingen har bekräftat: Horisontspaning (Påhittumab)"),
    ]
    late = office.at(2027, 5, 31)
    assert sorted(late) == [
        (coordinator.email, "Försenat sedan 24 maj: Horisontspaning (Examplumab)"),
        (coordinator.email, "Försenat sedan 24 maj: Horisontspaning (Påhittumab)"),
    ]


# ------------------------------------------------------------------------------------- the facts at the moment


def test_what_is_done_before_the_mail_goes_is_not_sent(office: Office, coordinator: PersonRow) -> None:
    case = office.start_case()
    office.post.answers["*"] = DOWN
    office.at(*REMINDED)
    with office.changing() as world:
        world.take(case, "await_advice", Role.COORDINATOR)
    office.post.answers["*"] = SENT
    assert office.at(*REMINDED, 9) == []
    assert [mail.state for mail in office.mails(coordinator)] == ["dropped"]
    assert [(notice.state, notice.problem) for notice in office.notices(coordinator)] == [("dropped", "done")]


def test_what_has_moved_before_the_mail_goes_is_not_sent_with_the_old_day(
    office: Office, coordinator: PersonRow
) -> None:
    office.start_case()
    office.start_case("Påhittumab")
    office.post.answers["*"] = DOWN
    office.at(*REMINDED)
    moved = office.notices(coordinator)[0]
    with office.changing() as world:
        world.session.execute(update(DueDate).where(DueDate.id == moved.due_date_id).values(due_on=date(2027, 8, 2)))
    office.post.answers["*"] = SENT
    ((to, subject),) = office.at(*REMINDED, 9)
    assert (to, subject) == (coordinator.email, "Senast 24 maj: Horisontspaning (Påhittumab)")
    assert [(notice.state, notice.problem) for notice in office.notices(coordinator)] == [
        ("dropped", "moved"),
        ("packed", None),
    ]


# ------------------------------------------------------------------------------------- who


def test_a_substitute_gets_it_and_is_told_for_whom(office: Office, coordinator: PersonRow) -> None:
    office.start_case()
    substitute = office.person(Role.REGISTRAR)
    with office.changing() as world:
        world.session.add(
            Absence(
                person_id=coordinator.id,
                substitute_id=substitute.id,
                first_day=date(2027, 5, 1),
                last_day=date(2027, 5, 14),
                made_at=office.clock.now,
            )
        )
    assert office.at(*REMINDED) == [(substitute.email, SUBJECT)]
    marked = f"Du får det här i stället för {coordinator.name}, som är borta."
    assert all(marked in body(office.post.taken[0][1], part) for part in ("plain", "html"))
    assert office.at(*REMINDED_LAST) == [(coordinator.email, ON_THE_DAY)], "back again"


def test_after_a_mandate_has_ended_the_next_holder_is_told_and_the_coordinator_learns_of_it(
    office: Office, coordinator: PersonRow
) -> None:
    with office.changing() as world:
        left = world.add_person(Role.COORDINATOR, name="Karin Ek")
    office.start_case(owner=left)
    with office.changing() as world:
        (held,) = assignments_of(world.session, left.id)
        people.end_role(world.operator, held.id, last_day=date(2027, 3, 31))
    sent = office.at(*REMINDED)
    assert [to for to, _subject in sent] == [coordinator.email]
    told = {notice.template for notice in office.notices(coordinator)}
    assert "reminder" in told
    assert office.notices(left) == []


def test_a_person_with_a_task_who_can_no_longer_sign_in_is_named_to_the_coordinator(
    office: Office, coordinator: PersonRow
) -> None:
    case = office.start_case()
    with office.changing() as world:
        world.take(case, "await_advice", Role.COORDINATOR)
        left = world.add_person(Role.COORDINATOR, name="Karin Ek")
    office.assign(case, left, "check_national_status")  # due in three months: 23 February 2027
    office.at(2026, 11, 24)
    with office.changing() as world:
        people.deactivate(world.operator, left.id)
    ((to, subject),) = office.at(2027, 2, 12)
    assert (to, subject) == (coordinator.email, "2 saker från Ordnat införande")
    told = [(notice.template, notice.state) for notice in office.notices(coordinator)]
    assert told == [("reminder", "packed"), ("unreachable", "packed")]
    assert "Karin Ek kunde inte nås" in body(office.post.taken[-1][1])
