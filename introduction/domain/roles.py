"""Who may do what. Roles and rights are fixed here; regions give the roles their local names.

An action in a process names roles; everything else that a person can do is a right in RIGHTS.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from introduction.domain.errors import NotAllowed
from introduction.domain.messages import Message, say


class Role(StrEnum):
    """The roles of the product."""

    ADMINISTRATOR = "administrator"
    COORDINATOR = "coordinator"
    REGISTRAR = "registrar"
    DRAFTING_GROUP = "drafting_group"
    COUNCIL_MEMBER = "council_member"
    COUNCIL_CHAIR = "council_chair"
    SECRETARY = "secretary"
    NOMINATOR = "nominator"
    ECONOMIST = "economist"
    HEAD_OF_UNIT = "head_of_unit"
    AUDITOR = "auditor"
    READER = "reader"


ROLE_TITLES: dict[Role, Message] = {
    Role.ADMINISTRATOR: say("administratör"),
    Role.COORDINATOR: say("samordnare"),
    Role.REGISTRAR: say("registrator"),
    Role.DRAFTING_GROUP: say("beredningsgrupp"),
    Role.COUNCIL_MEMBER: say("ledamot i rådet"),
    Role.COUNCIL_CHAIR: say("rådets ordförande"),
    Role.SECRETARY: say("beslutsorganets sekreterare"),
    Role.NOMINATOR: say("nominerande verksamhet"),
    Role.ECONOMIST: say("ekonom"),
    Role.HEAD_OF_UNIT: say("verksamhetschef"),
    Role.AUDITOR: say("revisor"),
    Role.READER: say("läsare"),
}


#: Who comes after whom when somebody cannot be reached, or does not answer. A region may say otherwise.
NEXT_IN_LINE: dict[Role, Role] = {
    **dict.fromkeys(Role, Role.COORDINATOR),
    Role.NOMINATOR: Role.HEAD_OF_UNIT,
    Role.COUNCIL_MEMBER: Role.COUNCIL_CHAIR,
    Role.COORDINATOR: Role.ADMINISTRATOR,
    Role.ADMINISTRATOR: Role.ADMINISTRATOR,
}
LOCAL_ROLES = frozenset({Role.NOMINATOR, Role.HEAD_OF_UNIT})


class Right(StrEnum):
    """What a person can be allowed to do beside the actions of a process."""

    VIEW_CASE = "view_case"
    START_CASE = "start_case"
    NOMINATE = "nominate"
    EDIT_FACTS = "edit_facts"
    ASSIGN = "assign"
    COMMENT = "comment"
    READ_INTERNAL = "read_internal"
    LINK = "link"
    RECORD_HISTORY = "record_history"
    VIEW_RECOMMENDATION = "view_recommendation"
    EDIT_RECOMMENDATION = "edit_recommendation"
    VIEW_PROCESS = "view_process"
    MANAGE_USERS = "manage_users"
    VIEW_SENT = "view_sent"
    OPERATE = "operate"
    WRITE_ANALYSIS = "write_analysis"
    REVIEW_ANALYSIS = "review_analysis"
    APPROVE_ANALYSIS = "approve_analysis"
    RECORD_OUTCOME = "record_outcome"
    VIEW_PORTFOLIO = "view_portfolio"
    PLAN_FUND = "plan_fund"
    VIEW_UNIT_BUDGET = "view_unit_budget"
    APPLY = "apply"
    VIEW_APPLICATION = "view_application"
    RANK_APPLICATIONS = "rank_applications"
    CLAIM = "claim"
    VIEW_CLAIM = "view_claim"
    KEEP_BOOKS = "keep_books"  #: make files for the ledger and take in its receipts
    PLAN_FOLLOW_UP = "plan_follow_up"
    READ_NET = "read_net"  #: beside it the person must be named; see services/net_prices.py
    NAME_NET_READERS = "name_net_readers"


_STAFF = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.COORDINATOR,
        Role.REGISTRAR,
        Role.DRAFTING_GROUP,
        Role.COUNCIL_MEMBER,
        Role.COUNCIL_CHAIR,
        Role.SECRETARY,
        Role.ECONOMIST,
        Role.AUDITOR,
        Role.READER,
    }
)
_EVERYONE = _STAFF | LOCAL_ROLES
_HANDLERS = frozenset({Role.COORDINATOR, Role.REGISTRAR, Role.DRAFTING_GROUP, Role.SECRETARY, Role.ECONOMIST})
_COUNCIL = frozenset({Role.COUNCIL_MEMBER, Role.COUNCIL_CHAIR})

#: Roles that see and work with every case of their region; the local roles see those of their own units.
REGION_WIDE = _STAFF

RIGHTS: dict[Right, frozenset[Role]] = {
    Right.VIEW_CASE: _EVERYONE,
    Right.START_CASE: frozenset({Role.COORDINATOR, Role.REGISTRAR, Role.DRAFTING_GROUP}),
    Right.NOMINATE: frozenset({Role.NOMINATOR, Role.HEAD_OF_UNIT, Role.COORDINATOR}),
    Right.EDIT_FACTS: frozenset({Role.COORDINATOR, Role.REGISTRAR, Role.DRAFTING_GROUP, Role.SECRETARY}),
    Right.ASSIGN: frozenset({Role.COORDINATOR}),
    Right.COMMENT: _HANDLERS | _COUNCIL | LOCAL_ROLES,
    Right.READ_INTERNAL: _STAFF - {Role.READER},
    Right.LINK: frozenset({Role.COORDINATOR, Role.REGISTRAR, Role.DRAFTING_GROUP}),
    Right.RECORD_HISTORY: frozenset({Role.COORDINATOR, Role.REGISTRAR}),
    Right.VIEW_RECOMMENDATION: _EVERYONE,
    Right.EDIT_RECOMMENDATION: frozenset({Role.COORDINATOR}),
    Right.VIEW_PROCESS: _EVERYONE,
    Right.MANAGE_USERS: frozenset({Role.ADMINISTRATOR}),
    Right.VIEW_SENT: frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.AUDITOR}),
    Right.OPERATE: frozenset({Role.COORDINATOR, Role.ADMINISTRATOR}),
    Right.WRITE_ANALYSIS: frozenset({Role.COORDINATOR, Role.DRAFTING_GROUP, Role.ECONOMIST}) | LOCAL_ROLES,
    Right.REVIEW_ANALYSIS: frozenset({Role.ECONOMIST}),
    Right.APPROVE_ANALYSIS: frozenset({Role.COORDINATOR, Role.DRAFTING_GROUP, Role.COUNCIL_CHAIR}),
    Right.RECORD_OUTCOME: frozenset({Role.COORDINATOR, Role.ECONOMIST}) | LOCAL_ROLES,
    Right.VIEW_PORTFOLIO: _STAFF - {Role.READER},
    Right.PLAN_FUND: frozenset({Role.COORDINATOR, Role.ECONOMIST}),
    Right.VIEW_UNIT_BUDGET: _EVERYONE - {Role.READER},
    Right.APPLY: frozenset({Role.COORDINATOR}) | LOCAL_ROLES,
    Right.VIEW_APPLICATION: _EVERYONE - {Role.READER},
    Right.RANK_APPLICATIONS: _COUNCIL | {Role.COORDINATOR},
    Right.CLAIM: LOCAL_ROLES,
    Right.VIEW_CLAIM: _EVERYONE - {Role.READER},
    Right.KEEP_BOOKS: frozenset({Role.ECONOMIST}),
    Right.PLAN_FOLLOW_UP: frozenset({Role.COORDINATOR, Role.DRAFTING_GROUP}),
    Right.READ_NET: frozenset({Role.COORDINATOR, Role.ECONOMIST, Role.DRAFTING_GROUP}) | _COUNCIL,
    Right.NAME_NET_READERS: frozenset({Role.ADMINISTRATOR}),
}


@dataclass(frozen=True)
class Mandate:
    """A role that a person holds in a region, perhaps for one unit, between two dates.

    National things (recommendations) belong to no region: a role held in any region reaches them.
    """

    role: Role
    region_id: int
    unit_ids: frozenset[int] = frozenset()  #: the unit and all below it; empty for region-wide roles
    valid_from: date = date.min
    valid_to: date | None = None


@dataclass(frozen=True)
class Person:
    """Who acts: the user's id and the mandates that hold today."""

    user_id: int
    name: str
    mandates: tuple[Mandate, ...] = ()

    def roles_in(self, region_id: int | None) -> frozenset[Role]:
        """The person's roles in a region; for None (national things), the roles held anywhere."""
        return frozenset(m.role for m in self.mandates if region_id in (m.region_id, None))

    @property
    def region_ids(self) -> frozenset[int]:
        """The regions where the person has any role."""
        return frozenset(m.region_id for m in self.mandates)


@dataclass(frozen=True)
class Scope:
    """What an object belongs to, as far as rights go: its region and the units that it concerns."""

    region_id: int | None
    unit_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Visible:
    """The cases that a person may list: whole regions, and single units in others."""

    region_ids: frozenset[int]
    unit_ids: frozenset[int]


def _reaches(mandate: Mandate, scope: Scope) -> bool:
    if scope.region_id is None:
        return True
    if mandate.region_id != scope.region_id:
        return False
    return mandate.role in REGION_WIDE or bool(mandate.unit_ids & scope.unit_ids)


def why_not(person: Person | None, roles: Iterable[Role], scope: Scope) -> Message | None:
    """None when the person holds one of the roles for the object; otherwise the reason."""
    wanted = frozenset(roles)
    if person is None:
        return say("Logga in först")
    held = [m for m in person.mandates if m.role in wanted]
    if not held:
        return say("Det här görs av: {roles}", roles=tuple(ROLE_TITLES[role] for role in Role if role in wanted))
    if not any(_reaches(mandate, scope) for mandate in held):
        return say("Din roll gäller en annan region eller enhet")
    return None


def can(person: Person | None, right: Right, scope: Scope) -> Message | None:
    """None when the person has the right over the object; otherwise the reason why not."""
    return why_not(person, RIGHTS[right], scope)


def demand(person: Person | None, right: Right, scope: Scope) -> None:
    """Raise NotAllowed with the reason when the person lacks the right over the object."""
    reason = can(person, right, scope)
    if reason is not None:
        raise NotAllowed(reason)


def visible(person: Person) -> Visible:
    """What the person may list, from the same rules as ``can(person, VIEW_CASE, …)``."""
    held = [m for m in person.mandates if m.role in RIGHTS[Right.VIEW_CASE]]
    return Visible(
        region_ids=frozenset(m.region_id for m in held if m.role in REGION_WIDE),
        unit_ids=frozenset().union(*(m.unit_ids for m in held if m.role not in REGION_WIDE)),
    )
