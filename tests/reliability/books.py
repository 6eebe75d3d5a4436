"""What must hold of all funds whatever happened: the amounts add up, the postings explain them, no claim is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from introduction.domain.funding import IN_FUND, IN_GRANT, Account
from introduction.store.claim import Claim
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.ledger import LedgerFile, LedgerLine
from introduction.store.posting import Posting
from introduction.store.reservation import Reservation

_fund, _grant, _claim = Fund.__table__.c, GrantRow.__table__.c, Claim.__table__.c
Amounts = dict[Account, int]


def check_books(session: Session) -> None:
    """Every fund, grant, reservation, claim and line of the ledger agrees with the others."""
    funds = _amounts(session, Fund, IN_FUND, _fund.appropriated_ore)
    grants = _amounts(session, GrantRow, IN_GRANT, _grant.ceiling_ore)
    of_fund, of_grant = _replayed(session)
    assert {key: +Counter(row) for key, row in funds.items()} == {key: of_fund.get(key, {}) for key in funds}
    assert {key: +Counter(row) for key, row in grants.items()} == {key: of_grant.get(key, {}) for key in grants}
    _check_grants_in_funds(session, funds, grants)
    _check_reservations(session, funds)
    _check_claims(session, grants)
    _check_ledger(session)


def _amounts(session: Session, row: Any, accounts: Iterable[Account], total: Any) -> dict[int, Amounts]:
    """The amounts of each row; none is below nought, and they add up."""
    table, listed = row.__table__.c, list(accounts)
    found = {}
    query = select(table.id, total, *(table[f"{account}_ore"] for account in listed))
    for row_id, whole, *amounts in session.execute(query):
        assert min(amounts) >= 0 and sum(amounts) == whole, f"{row.__tablename__} {row_id}: {amounts} are not {whole}"
        found[row_id] = dict(zip(listed, amounts, strict=True))
    return found


def _replayed(session: Session) -> tuple[dict[int, Mapping[Account, int]], dict[int, Mapping[Account, int]]]:
    """What the postings alone come to, for each fund and each grant; accounts with nothing in them left out."""
    funds: dict[int, Counter[Account]] = {}
    grants: dict[int, Counter[Account]] = {}
    query = select(Posting.fund_id, Posting.grant_id, Posting.source, Posting.target, func.sum(Posting.amount_ore))
    query = query.group_by(Posting.fund_id, Posting.grant_id, Posting.source, Posting.target)
    for fund_id, grant_id, source, target, amount in session.execute(query):
        for account, change in ((Account(source), -int(amount)), (Account(target), int(amount))):
            if account != Account.OUTSIDE:
                funds.setdefault(fund_id, Counter())[account] += change
            if grant_id is not None and account in IN_GRANT:
                grants.setdefault(grant_id, Counter())[account] += change
    return (
        {key: _without_noughts(amounts) for key, amounts in funds.items()},
        {key: _without_noughts(amounts) for key, amounts in grants.items()},
    )


def _without_noughts(amounts: Mapping[Account, int]) -> dict[Account, int]:
    return {account: amount for account, amount in amounts.items() if amount}


def _check_grants_in_funds(session: Session, funds: Mapping[int, Amounts], grants: Mapping[int, Amounts]) -> None:
    """What grants hold together is what their fund says is granted."""
    held: dict[int, Counter[Account]] = {fund_id: Counter() for fund_id in funds}
    for grant_id, fund_id in session.execute(select(_grant.id, _grant.fund_id)):
        held[fund_id].update(grants[grant_id])
    for fund_id, amounts in held.items():
        assert all(amounts[account] == funds[fund_id][account] for account in IN_GRANT)


def _check_reservations(session: Session, funds: Mapping[int, Amounts]) -> None:
    query = select(Reservation.fund_id, func.sum(Reservation.left_ore)).group_by(Reservation.fund_id)
    left = {fund_id: int(amount) for fund_id, amount in session.execute(query)}
    assert {key: row[Account.RESERVED] for key, row in funds.items()} == {key: left.get(key, 0) for key in funds}


def _check_claims(session: Session, grants: Mapping[int, Amounts]) -> None:
    """What is claimed, approved and paid of a grant is what its claims come to."""
    told: dict[int, Counter[Account]] = {grant_id: Counter() for grant_id in grants}
    query = select(_claim.grant_id, Instance.stage, _claim.extra_cost_ore, _claim.approved_ore)
    for grant_id, stage, extra, approved in session.execute(query.join(Instance, Instance.id == _claim.id)):
        if stage == "submitted" and extra > 0:
            told[grant_id][Account.CLAIMED] += extra
        if stage == "approved" and approved > 0:
            told[grant_id][Account.APPROVED] += approved
        if stage == "paid":
            told[grant_id][Account.PAID] += approved
    for grant_id, amounts in told.items():
        for account in (Account.CLAIMED, Account.APPROVED, Account.PAID):
            assert amounts[account] == grants[grant_id][account], f"grant {grant_id}: {account}"


def _check_ledger(session: Session) -> None:
    """A claim that is paid has been in one file; the lines of each file are as many, and as much, as it says."""
    lines = list(session.execute(select(LedgerLine.file_id, LedgerLine.claim_id, LedgerLine.amount_ore)))
    assert len({claim_id for _file, claim_id, _amount in lines}) == len(lines), "a claim stands in two files"
    sent = {claim_id: amount for _file, claim_id, amount in lines}
    for file in session.execute(select(LedgerFile.id, LedgerFile.lines, LedgerFile.sum_ore)):
        own = [amount for file_id, _claim_id, amount in lines if file_id == file.id]
        assert (len(own), sum(own)) == (file.lines, file.sum_ore)
    answered = set(session.scalars(select(LedgerFile.id).where(LedgerFile.received_at.is_not(None))))
    paid = {claim_id for file_id, claim_id, _amount in lines if file_id in answered}
    query = select(_claim.id, _claim.approved_ore, Instance.stage).join(Instance, Instance.id == _claim.id)
    stages = {claim_id: (approved, stage) for claim_id, approved, stage in session.execute(query)}
    assert all(stages[claim_id][0] == amount for claim_id, amount in sent.items())
    assert {claim_id for claim_id, (_approved, stage) in stages.items() if stage == "paid"} == paid
    assert all(stages[claim_id][1] == "approved" for claim_id in sent.keys() - paid)
