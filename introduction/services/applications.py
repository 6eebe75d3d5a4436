"""Applications for extra money: begun, written page by page, tied to a case, and grown out of one that is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.messages import Message, say
from introduction.domain.process.definition import Definition, FollowOn
from introduction.domain.roles import Right, Scope, can, demand, why_not
from introduction.services import changes, log, subjects
from introduction.services.desk import Desk
from introduction.services.medicines import About
from introduction.services.opening import begin, open_instance, way_in
from introduction.services.subjects import Subject
from introduction.store import application as store
from introduction.store import case as cases
from introduction.store import posting as postings
from introduction.store.application import ApplicationLink, FundingApplication, OwnSaving
from introduction.store.case import Case
from introduction.store.instance import get, some
from introduction.store.region import RegionRow
from introduction.store.unit import Unit

PROCESS, ORIGIN = "funding_application", "application"
#: What the applicant writes, page by page.
WRITTEN = (
    "budget_year", "patients", "period_from", "period_to", "need_by_month", "budget_reason", "without_it",
    "no_savings_reason",
)  # fmt: skip
_PERIOD = {"budget_year", "period_from", "period_to"}
#: What a new application takes over from the one that it renews; one that asks for reconsideration takes all.
_LASTING = ("patients", "budget_reason", "without_it", "no_savings_reason", "no_case_reason")


@dataclass(frozen=True)
class Concern:
    """What an application concerns: a case by its number, or a medicine with the reason why it has no case."""

    case_number: str = ""
    medicine: str = ""
    indication: str = ""
    no_case_reason: str = ""


@dataclass(frozen=True)
class _Matter:
    """A concern that has been looked up."""

    case: Case | None
    medicine_id: int
    indication_id: int
    reason: str | None


def process_of(desk: Desk, region_id: int) -> Definition:
    """The region's newest process for applications. Raises NotFound when it has none."""
    region = desk.session.get_one(RegionRow, region_id)
    name = f"{region.slug}.{PROCESS}"
    if not any(definition.id == name for definition in desk.catalogue.newest()):
        raise NotFound(f"{region.slug} has no applications")
    return desk.catalogue.latest(name)


def takes_without_case(definition: Definition) -> bool:
    """Whether an application may concern a medicine that has no case."""
    return "no_case_reason" in way_in(definition, ORIGIN).may


def start(desk: Desk, unit_id: int | None, concern: Concern, *, example: bool = False) -> Subject:
    """Begin an application for a unit. It is a draft until it is handed in. Of an invented case it is invented too.

    Raises InvalidInput (``unit_id``, ``case_number``, ``medicine``, ``indication``), NotAllowed, NotFound.
    """
    unit = desk.session.get(Unit, unit_id) if unit_id is not None else None
    if unit is None:
        raise InvalidInput(("unit_id", say("Välj vilken verksamhet som söker")))
    definition = process_of(desk, unit.region_id)
    way = way_in(definition, ORIGIN)
    scope = Scope(unit.region_id, frozenset({unit.id}))
    reason = can(desk.by, Right.APPLY, scope) or why_not(desk.by, way.by, scope)
    if reason is not None:
        raise NotAllowed(reason)
    if concern.case_number.strip() and (concern.medicine.strip() or concern.indication.strip()):
        raise InvalidInput(("case_number", say("Välj ett ärende eller skriv ett läkemedel, inte båda")))
    matter = _looked_up(desk, definition, unit.region_id, concern, example=example)
    example = example or (matter.case is not None and matter.case.example)
    subject = _open(desk, definition, way.stage, unit, matter, example=example)
    _record_start(desk, subject, definition, way.stage)
    return begin(desk, subject)


def editable(subject: Subject) -> bool:
    """Whether the applicant writes now: until the application is handed in, and when it has been given back."""
    stage = subject.definition.stage_named(subject.instance.stage)
    return stage.kind == "work" and not stage.fixed


def to_write(desk: Desk, application_id: int, revision: int | None) -> Subject:
    """The application, locked, for somebody who may write in it now. Raises NotFound, NotAllowed, Conflict, Refused."""
    subject = changes.load(desk, application_id, revision)
    demand(desk.by, Right.APPLY, subject.scope)
    if not editable(subject):
        raise Refused(say("Ansökan är inlämnad. Den kan ändras igen om den lämnas tillbaka"))
    return subject


def save(desk: Desk, application_id: int, given: Mapping[str, Any], *, revision: int | None = None) -> Subject:
    """Keep what a page says. A page that says nothing new changes nothing. Raises as ``to_write``, and InvalidInput."""
    subject = to_write(desk, application_id, revision)
    before = subject.situation.facts
    values = changes.accept_facts(subject, given, (), WRITTEN)
    differing = log.changes(before, values)
    if differing.keys() & _PERIOD:
        _refuse_period(subject)
    if differing:
        changes.write_facts(desk, subject, values)
        log.record(desk, subject.instance, "application_changed", changes=differing)
        changes.settle(desk, subject)
    return subject


def concerns(desk: Desk, application_id: int, concern: Concern, *, revision: int | None = None) -> Subject:
    """Say anew what the application concerns. Raises as ``to_write``, and InvalidInput as ``start``."""
    subject = to_write(desk, application_id, revision)
    row = row_of(subject)
    matter = _looked_up(desk, subject.definition, row.region_id, concern, example=row.example)
    return _tie(desk, subject, matter)


def link_case(desk: Desk, application_id: int, case_number: str, *, revision: int | None = None) -> Subject:
    """Tie an application to a case, also after it was handed in. Raises NotAllowed, Refused, InvalidInput."""
    subject = changes.load(desk, application_id, revision)
    demand(desk.by, Right.LINK, subject.scope)
    if subject.instance.closed_on is not None:
        raise Refused(say("Ansökan är avgjord. Kopplingen kan inte ändras"))
    row = row_of(subject)
    matter = _looked_up(desk, subject.definition, row.region_id, Concern(case_number), example=row.example)
    return _tie(desk, subject, matter)


def follow_on(
    desk: Desk, application_id: int, follow_on_id: str, *, note: str = "", revision: int | None = None
) -> Subject:
    """A new application that renews a settled one, or asks for its decision to be reconsidered; linked to it.

    It takes over what still holds, with the own savings to be examined anew. Raises NotFound, NotAllowed, Refused.
    """
    older = changes.load(desk, application_id, revision)
    growth = next((f for f in older.definition.follow_on if f.id == follow_on_id), None)
    if growth is None:
        raise NotFound(f"follow-on {follow_on_id}")
    reason = why_not(desk.by, growth.by, older.scope)
    if reason is not None:
        raise NotAllowed(reason)
    if not growth.grows_from(older.instance.stage):
        raise Refused(say("”{title}” kan inte göras nu", title=growth.title))
    row = row_of(older)
    _refuse_second(desk, row, growth)
    definition = desk.catalogue.latest(older.definition.id)
    case = desk.session.get(Case, row.case_id) if row.case_id is not None else None
    matter = _Matter(case, row.medicine_id, row.indication_id, row.no_case_reason)
    newer = _open(desk, definition, growth.start, desk.session.get_one(Unit, row.unit_id), matter, example=row.example)
    changes.write_facts(desk, newer, _taken_over(desk, older, growth))
    _copy_savings(desk, row.id, newer.instance.id)
    desk.session.add(
        ApplicationLink(
            application_id=newer.instance.id, other_id=row.id, kind=growth.link, made_by=desk.user_id, made_at=desk.now
        )
    )
    link = {"kind": growth.link, "other": older.number}
    _record_start(desk, newer, definition, growth.start, link=link, note=changes.accept_note(note) or None)
    log.record(desk, older.instance, "application_grew", kind_of_link=growth.link, other=newer.number)
    changes.settle(desk, older)
    return begin(desk, newer)


def row_of(subject: Subject) -> FundingApplication:
    """The application's row."""
    assert isinstance(subject.row, FundingApplication), "the subject is an application"
    return subject.row


# ------------------------------------------------------------------------------------- the parts


def _looked_up(desk: Desk, definition: Definition, region_id: int, concern: Concern, *, example: bool) -> _Matter:
    number = "".join(concern.case_number.split()).upper()
    if number:
        case = _case(desk, region_id, number)
        return _Matter(case, case.medicine_id, case.indication_id, None)
    if not takes_without_case(definition):
        raise InvalidInput(("case_number", say("Välj det införande som pengarna gäller")))
    if not (concern.medicine.strip() or concern.indication.strip()):
        raise InvalidInput(("case_number", say("Välj ett ärende, eller skriv läkemedlet och indikationen nedanför")))
    about = About.typed(concern.medicine, concern.indication)
    medicine, indication = about.rows(desk.session, example=example)
    return _Matter(None, medicine.id, indication.id, changes.accept_note(concern.no_case_reason) or None)


def _case(desk: Desk, region_id: int, number: str) -> Case:
    """A case of the region that the person may see. Raises InvalidInput: whether there is another is not told."""
    wrong = InvalidInput(("case_number", say("Välj ett ärende i regionen, eller skriv dess nummer")))
    try:
        case = cases.by_number(desk.session, number)
    except NotFound:
        raise wrong from None
    treating = cases.treating_unit_ids(desk.session, case.id)
    scope = subjects.scope_of(get(desk.session, case.id), case, treating)
    if case.region_id != region_id or can(desk.by, Right.VIEW_CASE, scope) is not None:
        raise wrong
    return case


def _open(desk: Desk, definition: Definition, stage_id: str, unit: Unit, matter: _Matter, *, example: bool) -> Subject:
    instance, number = open_instance(desk, definition, stage_id, desk.today, unit.region_id)
    desk.session.add(
        FundingApplication(
            id=instance.id,
            public_number=number,
            region_id=unit.region_id,
            unit_id=unit.id,
            case_id=matter.case.id if matter.case is not None else None,
            medicine_id=matter.medicine_id,
            indication_id=matter.indication_id,
            no_case_reason=matter.reason,
            owner_id=desk.user_id,
            example=example,
        )
    )
    desk.session.flush()
    return subjects.read(desk, instance)


def _record_start(desk: Desk, subject: Subject, definition: Definition, stage_id: str, **more: Any) -> None:
    about, row = About.of(desk.session, subject.row), row_of(subject)
    log.record(
        desk,
        subject.instance,
        "application_started",
        number=subject.number,
        definition=f"{definition.id}@{definition.version}",
        goal=stage_id,
        medicine=about.medicine,
        indication=about.indication,
        unit_id=row.unit_id,
        case_id=row.case_id,
        example=row.example or None,
        **more,
    )


def _tie(desk: Desk, subject: Subject, matter: _Matter) -> Subject:
    row = row_of(subject)
    now = (matter.case.id if matter.case else None, matter.medicine_id, matter.indication_id, matter.reason)
    if now == (row.case_id, row.medicine_id, row.indication_id, row.no_case_reason):
        return subject
    if matter.case is not None and matter.case.example != row.example:
        reason = say("Ett påhittat exempel och något verkligt kan inte kopplas ihop. Börja en ny ansökan")
        raise InvalidInput(("case_number", reason))
    before = row.no_case_reason
    row.case_id, row.medicine_id, row.indication_id, row.no_case_reason = now
    desk.session.flush()
    about = About.of(desk.session, row)
    log.record(
        desk,
        subject.instance,
        "application_concerns",
        case=matter.case.public_number if matter.case is not None else None,
        medicine=about.medicine,
        indication=about.indication,
        changes={"no_case_reason": [before, matter.reason]} if before != matter.reason else None,
    )
    changes.settle(desk, subject)
    return changes.reread(desk, subject)


def _refuse_period(subject: Subject) -> None:
    """Say at the field what the database would refuse, and what could never be handed in."""
    now = subject.situation
    first, last, year = now["period_from"], now["period_to"], now["budget_year"]
    if first is not None and last is not None and last < first:
        raise InvalidInput(("period_to", say("Periodens sista dag ligger före den första. Ändra en av dem")))
    ends = {"period_from": first, "period_to": last}
    outside = [key for key, day in ends.items() if day is not None and year is not None and day.year != year]
    if outside:
        told = say("Perioden ska ligga i budgetåret {year}. Nästa år söks för sig", year=year)
        raise InvalidInput(*((key, told) for key in outside))


def _refuse_second(desk: Desk, row: FundingApplication, growth: FollowOn) -> None:
    """Of each kind one at a time grows out of an application."""
    same = [
        x.application_id for x in store.links_of(desk.session, row.id) if (x.other_id, x.kind) == (row.id, growth.link)
    ]
    waiting = [found.id for found in some(desk.session, same).values() if found.closed_on is None]
    if waiting:
        number = desk.session.get_one(FundingApplication, waiting[0]).public_number
        raise Refused(_already(growth.link, number))


def _already(link: str, number: str) -> Message:
    if link == "reconsidered_from":
        return say("Omprövning är redan begärd, i {number}", number=number)
    return say("Det finns redan en ny ansökan: {number}. Fortsätt på den", number=number)


def _taken_over(desk: Desk, older: Subject, growth: FollowOn) -> dict[str, Any]:
    """What the new application says from the start. Of what was granted in part only the rest is asked for again."""
    keys: tuple[str, ...] = _LASTING
    if growth.link == "reconsidered_from":
        keys = (*WRITTEN, "no_case_reason")
        if any(decision.granted_ore for decision in postings.decisions_of(desk.session, older.instance.id)):
            keys = tuple(key for key in keys if key != "need_by_month")
    return {key: value for key in keys if (value := older.situation[key]) is not None}


def _copy_savings(desk: Desk, older_id: int, newer_id: int) -> None:
    for saving in store.savings_of(desk.session, older_id):
        desk.session.add(
            OwnSaving(
                application_id=newer_id, title=saving.title, amount_ore=saving.amount_ore, owner=saving.owner,
                goal=saving.goal, by_day=saving.by_day, state=saving.state, reason=saving.reason,
            )
        )  # fmt: skip
    desk.session.flush()
