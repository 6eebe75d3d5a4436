"""Funds and grants as spreadsheets: the tables of the pages, with whole amounts. Öre here, kronor in the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from introduction.documents.spreadsheet import DAY, MONEY, YEAR, Column, Sheet
from introduction.domain.funding import IN_FUND, IN_GRANT, Account
from introduction.services.fund_view import FundFile, GrantFile
from introduction.store.fund import Fund
from introduction.store.posting import MoneyDecision
from introduction.store.region import RegionRow
from introduction.web import fund_words
from introduction.web.fund_words import account_title


def of_region(region: RegionRow, held: Sequence[Fund]) -> list[Sheet]:
    """A region's funds by year."""
    columns = [
        Column(gettext("Budgetår"), YEAR, 10), Column(gettext("Vems"), width=30), Column(gettext("Anslaget"), MONEY),
        *_accounts(IN_FUND), Column(gettext("Varifrån pengarna kommer"), width=40),
        Column(gettext("Budgetrad"), width=24),
    ]  # fmt: skip
    rows = [
        [
            fund.budget_year, fund_words.holder_title(fund), fund.appropriated_ore,
            *(fund.amount(account) for account in IN_FUND), fund.source, fund.budget_line,
        ]
        for fund in held
    ]  # fmt: skip
    above = [gettext("Fonden, %(region)s", region=region.name), *_marks(any(fund.example for fund in held))]
    return [Sheet(gettext("Fonden"), columns, rows, above)]


def of_fund(file: FundFile) -> list[Sheet]:
    """A fund: where the money is, grants, reservations and decisions."""
    fund = file.fund
    above = [f"{fund_words.fund_title(fund)}, {file.region.name}", *_marks(fund.example)]
    money = [[account_title(account), fund.amount(account)] for account in IN_FUND]
    amounts = (Column(gettext("Var pengarna är"), width=34), Column(gettext("Kronor"), MONEY))
    sums = [*money, [gettext("Anslaget"), fund.appropriated_ore]]
    return [
        Sheet(gettext("Var pengarna är"), amounts, sums, above, bold=frozenset({len(money)})),
        _grants(file, above),
        _reservations(file, above),
        _decisions(file.decisions, above),
    ]


def of_grant(file: GrantFile) -> list[Sheet]:
    """A grant: its amounts, claims, postings and decisions."""
    grant = file.grant
    above = [f"{file.about.medicine}, {file.number}, {file.unit}, {grant.budget_year}", *_marks(file.example)]
    amounts = (Column(gettext("Var pengarna är"), width=34), Column(gettext("Kronor"), MONEY))
    money = [[account_title(account), grant.amount(account)] for account in IN_GRANT]
    sums = [*money, [gettext("Beviljat, upp till"), grant.ceiling_ore]]
    sheets = [
        Sheet(gettext("Var pengarna är"), amounts, sums, above, bold=frozenset({len(money)})),
        _claims(file, above),
    ]
    if file.reads_books:
        sheets += [_postings(file, above), _decisions(list(file.decisions.values()), above)]
    return sheets


# ------------------------------------------------------------------------------------- the sheets


def _grants(file: FundFile, above: Sequence[str]) -> Sheet:
    columns = (
        Column(gettext("Nummer"), width=18), Column(gettext("Läkemedel"), width=30),
        Column(gettext("Förvaltning"), width=34), Column(gettext("Beviljat, upp till"), MONEY), *_accounts(IN_GRANT),
        Column(gettext("Slutavräknat"), DAY),
    )  # fmt: skip
    rows: list[Sequence[Any]] = [
        [
            line.number, line.medicine, line.unit, line.ceiling_ore, line.paid_ore, line.approved_ore,
            line.claimed_ore, line.unclaimed_ore, line.settled_on,
        ]
        for line in file.lines
    ]  # fmt: skip
    sums = file.sums
    total = [gettext("Summa"), None, None, sums.ceiling_ore, *(sums.in_grant.get(each, 0) for each in IN_GRANT), None]
    return Sheet(gettext("Beviljat"), columns, [*rows, total], above, bold=frozenset({len(rows)}))


def _reservations(file: FundFile, above: Sequence[str]) -> Sheet:
    columns = (
        Column(gettext("Nummer"), width=18), Column(gettext("Läkemedel"), width=30),
        Column(gettext("Reserverat"), MONEY), Column(gettext("Varför"), width=50), Column(gettext("Av"), width=26),
        Column(gettext("Dag"), DAY),
    )  # fmt: skip
    rows = [
        [
            line.number, line.medicine, line.left_ore, line.reason, file.people.get(line.made_by or 0),
            line.made_at.date(),
        ]
        for line in file.reservations
    ]  # fmt: skip
    return Sheet(gettext("Reserverat"), columns, rows, above)


def _decisions(decisions: Sequence[MoneyDecision], above: Sequence[str]) -> Sheet:
    columns = (
        Column(gettext("Beslutat"), DAY), Column(gettext("Beslut"), width=26), Column(gettext("Belopp"), MONEY),
        Column(gettext("Vem och paragraf"), width=34), Column(gettext("Skäl"), width=60),
    )  # fmt: skip
    rows = [
        [row.decided_on, fund_words.decision_title(row), row.granted_ore, fund_words.decision_place(row), row.reasons]
        for row in decisions
    ]
    return Sheet(gettext("Beslut"), columns, rows, above)


def _claims(file: GrantFile, above: Sequence[str]) -> Sheet:
    columns = (
        Column(gettext("Rekvisition"), width=18), Column(gettext("Enhet"), width=34),
        Column(gettext("Från och med"), DAY), Column(gettext("Till och med"), DAY),
        Column(gettext("Merkostnad"), MONEY), Column(gettext("Godkänt"), MONEY),
    )  # fmt: skip
    rows = [
        [
            claim.public_number, file.unit_names.get(claim.unit_id), claim.period_from, claim.period_to,
            claim.extra_cost_ore, claim.approved_ore,
        ]
        for claim, _instance in file.claims
    ]  # fmt: skip
    return Sheet(gettext("Rekvisitioner"), columns, rows, above)


def _postings(file: GrantFile, above: Sequence[str]) -> Sheet:
    columns = (
        Column(gettext("Dag"), DAY), Column(gettext("Flyttades"), width=56), Column(gettext("Belopp"), MONEY),
        Column(gettext("Rekvisition"), width=18), Column(gettext("Av"), width=26),
    )  # fmt: skip
    rows = [
        [
            row.on_day, fund_words.move_text(row), row.amount_ore, file.numbers.get(row.instance_id or 0),
            file.people.get(row.recorded_by or 0),
        ]
        for row in file.postings
    ]  # fmt: skip
    return Sheet(gettext("Så har pengarna rört sig"), columns, rows, above)


def _accounts(accounts: Sequence[Account]) -> list[Column]:
    return [Column(account_title(account), MONEY) for account in accounts]


def _marks(example: bool) -> list[str]:
    return [gettext("Kronor."), *([gettext("Påhittat exempel.")] if example else [])]
