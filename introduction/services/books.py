"""The books of the funds: locks what money moves between, and moves it, a posting for each move.

Whoever moves money has locked its instance first, then its grants, then its funds: two people at once take turns, and
never wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from introduction.domain.errors import InvalidInput, Overtaken, Refused
from introduction.domain.funding import ACCOUNT_TITLES, IN_GRANT, Account
from introduction.domain.messages import Message, say
from introduction.domain.money import kronor
from introduction.domain.swedish import clean
from introduction.services.desk import Desk
from introduction.store import fund as funds
from introduction.store import grant as grants
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.posting import MoneyDecision, Posting


@dataclass(frozen=True)
class Held:
    """Grants and funds that are locked until the transaction ends, as they are now."""

    grants: dict[int, GrantRow]
    funds: dict[int, Fund]

    def fund_of(self, grant: GrantRow) -> Fund:
        """The fund of a grant that is in the books."""
        assert grant.fund_id is not None, "a grant in the books has a fund"
        return self.funds[grant.fund_id]


@dataclass(frozen=True)
class Minutes:
    """What the minutes say of a decision about money."""

    decided_on: date | None
    reasons: str
    body: str | None = None
    section: str | None = None
    registry_number: str | None = None
    conditions: str | None = None


def hold(desk: Desk, grant_ids: Iterable[int] = (), fund_ids: Iterable[int] = ()) -> Held:
    """Lock grants and their funds, and other funds. Each kind in the order of its ids."""
    held = grants.lock(desk.session, grant_ids)
    wanted = {grant.fund_id for grant in held.values() if grant.fund_id is not None} | set(fund_ids)
    return Held(held, funds.lock(desk.session, wanted))


def move(
    desk: Desk,
    fund: Fund,
    source: Account,
    target: Account,
    amount_ore: int,
    *,
    grant: GrantRow | None = None,
    instance_id: int | None = None,
    decision: MoneyDecision | None = None,
    flush: bool = True,
) -> None:
    """Move öre of a locked fund from one account to another; of a locked grant where the account is a grant's.

    Nothing is done for nought. One of many is written when the caller flushes: ``flush`` False. Raises Refused when
    there is not so much.
    """
    if not amount_ore:
        return
    there = [fund.amount(source)] if source != Account.OUTSIDE else []
    there += [grant.amount(source)] if grant is not None and source in IN_GRANT else []
    if there and amount_ore > min(there):
        left = kronor(min(there))
        raise Refused(say("Det finns {amount} {account}. Mer kan inte flyttas", amount=left, account=_title(source)))
    for account, change in ((source, -amount_ore), (target, amount_ore)):
        if account != Account.OUTSIDE:
            setattr(fund, f"{account}_ore", fund.amount(account) + change)
            fund.appropriated_ore += change
        if grant is not None and account in IN_GRANT:
            setattr(grant, f"{account}_ore", grant.amount(account) + change)
            grant.ceiling_ore += change
    desk.session.add(
        Posting(
            fund_id=fund.id,
            grant_id=grant.id if grant is not None else None,
            instance_id=instance_id,
            decision_id=decision.id if decision is not None else None,
            source=source,
            target=target,
            amount_ore=amount_ore,
            on_day=desk.today,
            recorded_by=desk.user_id,
            recorded_at=desk.now,
        )
    )
    if flush:
        desk.session.flush()


def demand_as_seen(key: str, standing_ore: int, seen_ore: int | None) -> None:
    """Raise Overtaken, at the field ``key``, when a locked amount is no longer what the person saw.

    ``seen_ore`` None: it was typed against no amount.
    """
    if seen_ore is not None and seen_ore != standing_ore:
        what = say(
            "Beloppet ändrades till {amount} efter att du öppnade sidan. "
            "Kontrollera om det du har skrivit fortfarande stämmer och spara igen",
            amount=kronor(standing_ore),
        )
        raise Overtaken(key, what, standing_ore)


def _title(account: Account) -> Message:
    return ACCOUNT_TITLES.get(account, say("utanför fonden"))


def demand_readable(desk: Desk, minutes: Minutes, *others: tuple[str, Message]) -> None:
    """Raise InvalidInput with other problems of the same form and those of the minutes, all at once."""
    problems = [*others]
    if minutes.decided_on is None:
        problems.append(("decided_on", say("Ange vilken dag beslutet fattades")))
    elif minutes.decided_on > desk.today:
        problems.append(
            ("decided_on", say("Beslutet kan inte ligga i framtiden. Skriv dagen enligt protokollet"))
        )  # fmt: skip
    if not clean(minutes.reasons):
        problems.append(("reasons", say("Skriv skälen för beslutet")))
    if problems:
        raise InvalidInput(*problems)


def decide(
    desk: Desk,
    region_id: int,
    kind: str,
    minutes: Minutes,
    *,
    fund_id: int | None = None,
    instance_id: int | None = None,
    outcome: str | None = None,
    granted_ore: int | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> MoneyDecision:
    """Record a decision about money. Raises InvalidInput: no reasons, no day, or a day that has not come."""
    demand_readable(desk, minutes)
    assert minutes.decided_on is not None, "it was looked at"
    row = MoneyDecision(
        region_id=region_id,
        fund_id=fund_id,
        instance_id=instance_id,
        kind=kind,
        outcome=outcome,
        body=_short(minutes.body, 160),
        decided_on=minutes.decided_on,
        section=_short(minutes.section, 40),
        registry_number=_short(minutes.registry_number, 60),
        reasons=clean(minutes.reasons),
        conditions=clean(minutes.conditions or "") or None,
        granted_ore=granted_ore,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_by=desk.user_id,
        recorded_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    return row


def _short(text: str | None, longest: int) -> str | None:
    return " ".join(clean(text or "").split())[:longest] or None
