"""What the pages of a fund and of a grant show, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from introduction.domain.errors import NotAllowed
from introduction.domain.funding import YearEnd
from introduction.domain.messages import say
from introduction.domain.roles import Right, Scope, can, demand
from introduction.services import funds, subjects, unfunded
from introduction.services.desk import Desk
from introduction.services.funds import FundYear
from introduction.services.medicines import About
from introduction.services.unfunded import Unfunded
from introduction.store import claim as claims
from introduction.store import fund as store
from introduction.store import grant as grants
from introduction.store import grant_listing, instance
from introduction.store import person as persons
from introduction.store import posting as postings
from introduction.store import unit as units
from introduction.store.claim import Claim
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.grant_listing import GrantFilter, GrantLine, GrantSums, ReservationLine
from introduction.store.instance import Instance
from introduction.store.posting import MoneyDecision, Posting
from introduction.store.region import RegionRow

#: So many decisions stand on the page of a fund.
DECISIONS = 20


@dataclass(frozen=True)
class FundFile:
    """A fund with where its money is, what it may end at, and what is granted and reserved of it."""

    fund: Fund
    region: RegionRow
    beside: Sequence[Fund]  #: all funds of the region, by year
    year: FundYear
    lines: Sequence[GrantLine]
    sums: GrantSums
    administrations: Sequence[tuple[int, str]]
    reservations: Sequence[ReservationLine]
    decisions: Sequence[MoneyDecision]
    decided: int  #: how many decisions there are
    lacking: Sequence[Unfunded]  #: cases that were approved for the year and have no money
    people: Mapping[int, str]
    may_plan: bool

    @property
    def ends(self) -> YearEnd:
        """What it may have approved when the year has ended."""
        return self.year.ends


@dataclass(frozen=True)
class GrantFile:
    """A grant with what it is for and what has moved in it."""

    grant: GrantRow
    fund: Fund | None
    region: RegionRow
    subject: str
    number: str
    about: About
    example: bool
    unit: str
    claims: Sequence[tuple[Claim, Instance]]
    unfinished: Sequence[str]  #: the numbers of claims that a unit writes or puts right, and may still hand in
    postings: Sequence[Posting]
    decisions: Mapping[int, MoneyDecision]
    numbers: Mapping[int, str]  #: the public numbers of the claims, by id
    people: Mapping[int, str]
    unit_names: Mapping[int, str]
    reads_books: bool
    may_plan: bool

    def left_before(self) -> int:
        """What has left the room of the grant, in öre: its ceiling cannot be less."""
        return self.grant.ceiling_ore - self.grant.unclaimed_ore


def fund_of(desk: Desk, fund_id: int) -> Fund:
    """A fund. Raises NotFound, and NotAllowed for who may not see the region's money."""
    fund = store.get(desk.session, fund_id)
    demand(desk.by, Right.VIEW_PORTFOLIO, Scope(fund.region_id))
    return fund


def fund_file(desk: Desk, fund_id: int, wanted: GrantFilter, *, limit: int, offset: int = 0) -> FundFile:
    """The page of a fund; a constant number of statements. Raises as ``fund_of``."""
    fund = fund_of(desk, fund_id)
    lacking = [one for one in unfunded.in_region(desk, fund.region_id) if fund.budget_year in one.years]
    return FundFile(
        fund=fund,
        region=desk.session.get_one(RegionRow, fund.region_id),
        beside=store.of_region(desk.session, fund.region_id),
        year=funds.over_year(desk, fund),
        lines=grant_listing.grants(desk.session, fund.id, wanted, limit=limit, offset=offset),
        sums=sums_of(desk, fund, wanted),
        administrations=grant_listing.administrations(desk.session, fund.id),
        reservations=grant_listing.reservations(desk.session, fund.id),
        decisions=postings.of_the_fund(desk.session, fund.id, DECISIONS),
        decided=postings.count_of_the_fund(desk.session, fund.id),
        lacking=lacking,
        people=persons.names(desk.session),
        may_plan=can(desk.by, Right.PLAN_FUND, Scope(fund.region_id)) is None,
    )


def sums_of(desk: Desk, fund: Fund, wanted: GrantFilter) -> GrantSums:
    """How many grants a filter finds, and what they come to."""
    return grant_listing.sums(desk.session, fund.id, wanted)


def grant_file(desk: Desk, grant_id: int) -> GrantFile:
    """The page of a grant. Raises NotFound, and NotAllowed for who may see neither the fund nor the administration.

    Who works at a clinic sees the amounts of the own administration and the claims of the own units.
    """
    grant = grants.get(desk.session, grant_id)
    held = grant.case_id if grant.case_id is not None else grant.application_id
    assert held is not None, "a grant is of something"
    of_what = instance.get(desk.session, held)
    region_id = of_what.region_id
    assert region_id is not None, "cases and applications have regions"
    reads_books = can(desk.by, Right.VIEW_PORTFOLIO, Scope(region_id)) is None
    below = units.below(desk.session, [grant.unit_id] if grant.unit_id is not None else [])
    if not reads_books:
        demand(desk.by, Right.VIEW_CLAIM, Scope(region_id, below))
    row = subjects.row_of(desk, of_what)
    found = [
        pair for pair in claims.of_grants(desk.session, [grant.id]) if reads_books or _own(desk, region_id, pair[0])
    ]
    moved = postings.of_grant(desk.session, grant.id) if reads_books else []
    names = units.names_in(desk.session, region_id)
    return GrantFile(
        grant=grant,
        fund=desk.session.get(Fund, grant.fund_id) if grant.fund_id is not None else None,
        region=desk.session.get_one(RegionRow, region_id),
        subject=of_what.subject,
        number=row.public_number,
        about=About.of(desk.session, row),
        example=row.example,
        unit=names.get(grant.unit_id or 0, ""),
        claims=found,
        unfinished=[claim.public_number for claim, instance in found if _is_with_unit(desk, instance)],
        postings=moved,
        decisions=postings.decisions(desk.session, {one.decision_id for one in moved if one.decision_id is not None}),
        numbers={claim.id: claim.public_number for claim, _instance in found},
        people=persons.names(desk.session),
        unit_names=names,
        reads_books=reads_books,
        may_plan=grant.fund_id is not None and can(desk.by, Right.PLAN_FUND, Scope(region_id)) is None,
    )


def _is_with_unit(desk: Desk, claim: Instance) -> bool:
    definition = desk.catalogue.get(claim.definition_id, claim.definition_version)
    return claim.closed_on is None and not definition.stage_named(claim.stage).fixed


def _own(desk: Desk, region_id: int, claim: Claim) -> bool:
    return can(desk.by, Right.VIEW_CLAIM, Scope(region_id, frozenset({claim.unit_id}))) is None


def planned_grant(desk: Desk, grant_id: int) -> GrantFile:
    """The page of a grant for who plans the fund. Raises NotAllowed."""
    file = grant_file(desk, grant_id)
    if not file.may_plan:
        demand(desk.by, Right.PLAN_FUND, Scope(file.region.id))
        raise NotAllowed(say("Beloppet beviljades innan pengarna bokfördes här och kan inte ändras"))
    return file
