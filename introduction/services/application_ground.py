"""Gathers what the rules want to know of an application: its savings, its case, and what the fund has left."""

from __future__ import annotations

from dataclasses import replace

from introduction.domain.applications import ApplicationGround, SavingSeen
from introduction.domain.process.definition import Phase
from introduction.domain.process.situation import Situation
from introduction.services.desk import Desk
from introduction.store import analysis as analyses
from introduction.store import application as store
from introduction.store import attachment as attachments
from introduction.store import fund as funds
from introduction.store import reservation as reservations
from introduction.store.application import FundingApplication
from introduction.store.case import Case
from introduction.store.instance import get
from introduction.store.nouns import Row

#: The phases of a case whose introduction is decided, and paid for by the region.
_DECIDED = (Phase.INTRODUCTION_FINANCING, Phase.FOLLOW_UP)


def _is_decided(desk: Desk, case: Case) -> bool:
    return case.phase in _DECIDED and get(desk.session, case.id).closed_on is None


def situate(desk: Desk, row: Row, situation: Situation) -> Situation:
    """The situation with the ground of an application."""
    assert isinstance(row, FundingApplication), "the ground of applications"
    case = desk.session.get(Case, row.case_id) if row.case_id is not None else None
    fund = None
    if row.budget_year is not None:
        fund = funds.of_year(desk.session, row.region_id, row.budget_year, example=row.example)
    held = reservations.of_instance(desk.session, row.id, fund.id) if fund is not None else []
    ground = ApplicationGround(
        case_number=case.public_number if case is not None else None,
        introduction_decided=case is not None and _is_decided(desk, case),
        savings=tuple(
            SavingSeen(
                title=saving.title,
                amount_ore=saving.amount_ore,
                state=saving.state,
                explained=bool(saving.reason),
                confirmed=saving.confirmed_at is not None,
            )
            for saving in store.savings_of(desk.session, row.id)
        ),
        demands_savings=bool(situation.region.value("demands_own_savings", situation.today)),
        analysis_approved=case is not None and analyses.approved_id(desk.session, case.id) is not None,
        evidence=len(attachments.of_instance(desk.session, row.id)),
        need_ore=row.need_ore,
        unreserved_ore=fund.unreserved_ore if fund is not None else None,
        reserved_ore=sum(reservation.left_ore for reservation in held),
    )
    return replace(situation, ground=ground)
