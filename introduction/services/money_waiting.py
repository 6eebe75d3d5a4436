"""The applications and claims that wait for a person, those that are late with others, and those of the week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from introduction.domain.process.timing import Text
from introduction.domain.roles import LOCAL_ROLES, RIGHTS, Mandate, Person, Right, Role, Visible
from introduction.services import application_order
from introduction.services.desk import Desk
from introduction.services.overview import Holder, week_of
from introduction.store import money_work as store
from introduction.store.application import FundingApplication
from introduction.store.claim import Claim
from introduction.store.money_work import OpenMatter, ToDecide


@dataclass(frozen=True)
class Matter:
    """An application or a claim, what is next with it and who has it."""

    row: OpenMatter
    title: Text
    holder: Holder
    mine: bool


@dataclass(frozen=True)
class MoneyWork:
    """The applications and claims of a person's first page, each with the nearest day first."""

    mine: Sequence[Matter]
    late: Sequence[Matter]  #: with others
    week: Sequence[tuple[date, Sequence[Matter]]]  #: with whomever, by the day that it is due


def waiting_for(desk: Desk, person: Person) -> MoneyWork:
    """What waits for a person, what is late with others, and what is due this week. Two statements."""
    monday, sunday = week_of(desk.today)
    found: list[Matter] = []
    for noun, subject, right in (
        (FundingApplication, "funding_application", Right.VIEW_APPLICATION),
        (Claim, "claim", Right.VIEW_CLAIM),
    ):
        seen = _visible(person, right)
        if seen.region_ids or seen.unit_ids:
            stages = _stages(desk, subject, person.roles_in(None))
            rows = store.open_matters(desk.session, noun, seen, stages, sunday)
            found += [_matter(desk, person, row) for row in rows]
    found.sort(key=lambda matter: (matter.row.due_on is None, matter.row.due_on or desk.today, matter.row.id))
    dated = [(one.row.due_on, one) for one in found if one.row.due_on is not None]
    week = groupby([each for each in dated if monday <= each[0] <= sunday], key=lambda each: each[0])
    return MoneyWork(
        mine=[one for one in found if one.mine],
        late=[one for day, one in dated if day < desk.today and not one.mine],
        week=[(day, [one for _day, one in of_day]) for day, of_day in week],
    )


def to_decide(desk: Desk, person: Person) -> Sequence[ToDecide]:
    """The applications before a decision, by budget year, where the person may put them in order. One statement."""
    regions = {m.region_id for m in person.mandates if m.role in RIGHTS[Right.RANK_APPLICATIONS]}
    stages = [
        (definition.id, definition.version, stage.id)
        for definition in desk.catalogue.definitions.values()
        if definition.subject == "funding_application"
        for stage in definition.stage
        if application_order.decides(definition, stage.id)
    ]
    return store.to_decide(desk.session, regions, stages) if regions else []


def _matter(desk: Desk, person: Person, row: OpenMatter) -> Matter:
    definition = desk.catalogue.get(row.definition_id, row.definition_version)
    stage = definition.stage_named(row.stage)
    doers = {role for action in definition.actions_from(row.stage) if action.main for role in action.by}
    return Matter(
        row=row,
        title=definition.next_step(row.stage),
        holder=Holder(row.unit if stage.owner in LOCAL_ROLES else None, stage.owner, definition.region),
        mine=any(_has(mandate, row, stage.owner, doers) for mandate in person.mandates),
    )


def _has(mandate: Mandate, row: OpenMatter, owner: Role | None, doers: set[Role]) -> bool:
    """True when the mandate's role has the stage, or another local role of the unit may do what is next."""
    if mandate.region_id != row.region_id:
        return False
    if mandate.role in LOCAL_ROLES:
        return row.unit_id in mandate.unit_ids and owner in LOCAL_ROLES and mandate.role in doers
    return mandate.role == owner and mandate.role in doers


def _stages(desk: Desk, subject: str, roles: frozenset[Role]) -> list[tuple[str, int, str]]:
    """The stages whose owner is one of the roles; of the local roles either has what the other has."""
    owners = roles | (LOCAL_ROLES if roles & LOCAL_ROLES else frozenset())
    return [
        (definition.id, definition.version, stage.id)
        for definition in desk.catalogue.definitions.values()
        if definition.subject == subject
        for stage in definition.stage
        if stage.owner in owners and stage.kind != "end"
    ]


def _visible(person: Person, right: Right) -> Visible:
    held = [mandate for mandate in person.mandates if mandate.role in RIGHTS[right]]
    return Visible(
        region_ids=frozenset(m.region_id for m in held if m.role not in LOCAL_ROLES),
        unit_ids=frozenset().union(*(m.unit_ids for m in held if m.role in LOCAL_ROLES)),
    )
