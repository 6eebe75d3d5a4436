"""What has been told, as pages show it: to whom, how it went, and what came back; and what is to be told next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from introduction.domain.errors import NotAllowed, NotFound
from introduction.domain.messages import say
from introduction.domain.notices import Kind
from introduction.domain.process.definition import Definition
from introduction.domain.process.timing import ProcessReminder, Text
from introduction.domain.roles import Right, Scope, can, demand
from introduction.services import letters, notices, reminding, timers
from introduction.services.desk import Desk
from introduction.services.directory import Directory
from introduction.services.letters import Line
from introduction.services.reminding import Batch
from introduction.services.subjects import Subject, task_named
from introduction.store import mail as mails
from introduction.store import notice as notice_store
from introduction.store import notice_listing as listing
from introduction.store import person as persons
from introduction.store import timer as timer_store
from introduction.store.gathering import gather
from introduction.store.mail import Mail
from introduction.store.notice import Notice
from introduction.store.notice_listing import Of
from introduction.store.person import PersonRow
from introduction.store.region import all_regions
from introduction.store.task import DueDate
from introduction.store.timer import Timer

#: What has not been answered within a year waits no more.
ANSWERED_WITHIN = timedelta(days=365)
#: So many reminders of one due date are shown beside each other, and so many failures of one case.
MOST_SHOWN = 50


@dataclass(frozen=True)
class Told:
    """A notice with its words, its mail, and what came back."""

    notice: Notice
    line: Line
    mail: Mail | None
    person: str
    acknowledged_by: str | None
    awaits: bool  #: an answer is waited for
    mine: bool  #: the reader was told, or somebody in the reader's place
    readable: bool  #: the reader may open it


@dataclass(frozen=True)
class Coming:
    """Something that the clock is to do, or could not do."""

    timer: Timer
    title: Text
    kind: Kind | None  #: None for an action that the clock takes
    unit: str | None
    due_on: date | None  #: the day that it reminds of, where that is a due date
    people: Sequence[tuple[str, str | None]]  #: who is told as things stand, each with the one stood in for
    unless: str | None  #: why nobody is told as things stand: ``acknowledged``, ``nobody`` …


# ------------------------------------------------------------------------------------- lists


def mine(desk: Desk, *, awaiting: bool = False) -> Of:
    """What the acting person was told; or only what waits for an answer."""
    assert desk.user_id is not None, "only people are told"
    return Of(person_id=desk.user_id, awaiting_since=desk.now - ANSWERED_WITHIN if awaiting else None)


def of_person(desk: Desk, person_id: int) -> tuple[PersonRow, Of]:
    """A person, with what the reader may see of what the person was told. Raises NotFound, NotAllowed.

    One sees what was told to oneself; somebody with the right sees what concerns the own region.
    """
    row = desk.session.get(PersonRow, person_id)
    if row is None:
        raise NotFound(f"person {person_id}")
    if person_id == desk.user_id:
        return row, Of(person_id=person_id)
    held = {assignment.region_id for assignment in persons.assignments_of(desk.session, person_id)}
    seen = {region_id for region_id in held if can(desk.by, Right.VIEW_SENT, Scope(region_id)) is None}
    if not seen:
        raise NotAllowed(say("Vad som skickats till någon annan ser samordnare, administratörer och revisorer"))
    return row, Of(person_id=person_id, region_ids=frozenset(seen))


def may_view_sent(desk: Desk, region_id: int | None) -> bool:
    """True when the reader may see everything that has been sent in a region; None stands for national things."""
    return can(desk.by, Right.VIEW_SENT, Scope(region_id)) is None


def demand_sent(desk: Desk, subject: Subject) -> None:
    """Raise NotAllowed when the reader may not see what was sent about an instance."""
    demand(desk.by, Right.READ_INTERNAL, subject.scope)


def count(desk: Desk, of: Of) -> int:
    """How many there are."""
    return listing.count(desk.session, of)


def told(desk: Desk, of: Of, *, limit: int, offset: int = 0) -> list[Told]:
    """Some of them, the latest first, in a constant number of statements."""
    return _told(desk, listing.rows(desk.session, of, limit=limit, offset=offset))


def _told(desk: Desk, found: Sequence[Notice]) -> list[Told]:
    lines = letters.lines_of(desk, found)
    carried = mails.by_ids(desk.session, [notice.mail_id for notice in found if notice.mail_id is not None])
    names = _names(desk, [p for notice in found for p in (notice.person_id, notice.acknowledged_by) if p is not None])
    awaited = listing.awaiting_among(desk.session, [notice.id for notice in found])
    seen = {region_id: may_view_sent(desk, region_id) for region_id in {notice.region_id for notice in found}}
    rows = []
    for notice, line in zip(found, lines, strict=True):
        own = desk.user_id in (notice.person_id, notice.instead_of_id)
        rows.append(
            Told(
                notice=notice,
                line=line,
                mail=carried.get(notice.mail_id or 0),
                person=names[notice.person_id],
                acknowledged_by=names.get(notice.acknowledged_by or 0),
                awaits=notice.id in awaited,
                mine=own,
                readable=own or seen[notice.region_id],
            )
        )
    return rows


def _names(desk: Desk, person_ids: Sequence[int]) -> dict[int, str]:
    return {key: row.name for key, row in persons.by_ids(desk.session, set(person_ids)).items()}


# ------------------------------------------------------------------------------------- one


@dataclass(frozen=True)
class NoticePage:
    """One notice, the others about the same due date, and whether it can be put off."""

    told: Told
    others: Sequence[Told]
    may_snooze: bool


def notice_page(desk: Desk, notice_id: int) -> NoticePage:
    """One notice. Raises NotFound; NotAllowed for somebody who was not told and may not see what others were told."""
    notice = desk.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound(f"notice {notice_id}")
    if not may_view_sent(desk, notice.region_id):
        notices.mine(desk, notice_id)
    due_date_id = notice.due_date_id
    same = listing.of_due_date(desk.session, due_date_id, MOST_SHOWN) if due_date_id is not None else []
    own, *others = _told(desk, [notice, *(one for one in same if one.id != notice_id)])
    due = desk.session.get(DueDate, due_date_id) if due_date_id is not None else None
    waits = due is not None and due.state == "pending"
    return NoticePage(own, [one for one in others if one.readable], own.mine and waits)


def mail(desk: Desk, mail_id: int) -> tuple[Mail, str, list[Told]]:
    """A mail, whom it went to, and the notices in it. Raises NotFound, NotAllowed.

    The one whom it went to may read it. It may speak of several regions: others need the right in all of them.
    """
    row = desk.session.get(Mail, mail_id)
    if row is None:
        raise NotFound(f"mail {mail_id}")
    carried = notice_store.of_mail(desk.session, mail_id)
    if row.person_id != desk.user_id:
        regions = {notice.region_id for notice in carried} or {region.id for region in all_regions(desk.session)}
        for region_id in regions:
            demand(desk.by, Right.VIEW_SENT, Scope(region_id))
    return row, _names(desk, [row.person_id])[row.person_id], _told(desk, carried)


# ------------------------------------------------------------------------------------- what comes


def coming(desk: Desk, subject: Subject) -> list[Coming]:
    """What the clock is to do with an instance, soonest first, and who is told if nothing changes."""
    waiting = [timer for timer in timer_store.pending_of(desk.session, subject.instance.id) if timer.state == "pending"]
    return _coming(desk, subject, waiting, foretell=True)


def unkept(desk: Desk, subject: Subject) -> list[Coming]:
    """What the clock could not do with an instance, the latest first."""
    return _coming(desk, subject, listing.unkept(desk.session, subject.instance.id, MOST_SHOWN), foretell=False)


def _coming(desk: Desk, subject: Subject, found: Sequence[Timer], *, foretell: bool) -> list[Coming]:
    instance = subject.instance
    gathered = gather(
        desk.session, {instance.id: instance}, {t.due_date_id for t in found if t.due_date_id is not None}
    )
    answered = notice_store.acknowledged(desk.session, list(gathered.due_dates))
    batch = Batch(desk, Directory(desk.session, desk.catalogue, desk.today), gathered, answered)
    names = persons.names(desk.session) if found else {}
    lines = []
    for timer in found:
        due = gathered.due_dates.get(timer.due_date_id or 0)
        people: list[tuple[str, str | None]] = []
        unless = None
        if foretell and timer.what == "reminder":
            outcome = reminding.outcome_of(batch, timer)
            unless = outcome.problem
            own = [one for one in outcome.told if one[0].key == timer.key]
            people = [(names[person], names.get(away or 0)) for _draft, person, away in own]
        unit_id = gathered.unit_of(due) if due is not None else None
        lines.append(
            Coming(
                timer=timer,
                title=_title(subject.definition, timer, due),
                kind=_kind(subject.definition, timer),
                unit=subject.unit_names.get(unit_id or 0),
                due_on=due.due_on if due is not None else None,
                people=people,
                unless=unless,
            )
        )
    return lines


def _kind(definition: Definition, timer: Timer) -> Kind | None:
    if timer.what == "action":
        return None
    rule = timers.rule_named(definition, timer.rule)
    return Kind(rule.kind) if rule is not None else Kind.REMINDER


def _title(definition: Definition, timer: Timer, due: DueDate | None) -> Text:
    if timer.what == "action":
        return definition.action_named(timer.rule.partition(":")[2]).title
    rule = timers.rule_named(definition, timer.rule)
    if isinstance(rule, ProcessReminder):
        return rule.title
    assert due is not None, "a reminder that is not the process's own is of a due date"
    return task_named(definition, due.name).title if due.kind == "task" else definition.next_step(due.name)
