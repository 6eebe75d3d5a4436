"""A clinic's money as a spreadsheet: a sheet for each table. Amounts are öre here and kronor in the sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext

from introduction.documents.spreadsheet import DAY, MONEY, YEAR, Column, Sheet
from introduction.services.my_unit import File, MyUnit
from introduction.web import my_unit_words
from introduction.web.words import plain_day, role_title, tell


def of_unit(view: MyUnit, today: date) -> list[Sheet]:
    """What is to be done, the grants, the claims under way, the applications and the reports."""
    above = [
        gettext("Verksamhetens pengar, %(units)s, %(day)s", units=", ".join(view.units), day=plain_day(today)),
        gettext("Kronor, listpris utan moms och återbäring."),
    ]
    return [
        _todo(view, above),
        _grants(view, above),
        _files(gettext("Rekvisitioner"), [gettext("Merkostnad")], view.claims, above),
        _files(gettext("Ansökningar"), [gettext("Sökt"), gettext("Beviljat")], view.applications, above),
        _reports(view, above),
    ]


def _todo(view: MyUnit, above: Sequence[str]) -> Sheet:
    columns = [
        Column(gettext("Att göra"), width=44), Column(gettext("Läkemedel"), width=26),
        Column(gettext("Enhet"), width=34), Column(gettext("Senast"), DAY, 14),
    ]  # fmt: skip
    rows = [[tell(one.what), one.medicine, one.unit, one.due_on] for one in view.todo]
    return Sheet(gettext("Att göra"), columns, rows, above)


def _grants(view: MyUnit, above: Sequence[str]) -> Sheet:
    columns = [
        Column(gettext("Budgetår"), YEAR, 10), Column(gettext("Läkemedel"), width=26),
        Column(gettext("Gäller")), Column(gettext("Förvaltning"), width=34),
        Column(gettext("Beviljat, upp till"), MONEY), Column(gettext("Utbetalt"), MONEY),
        Column(gettext("Godkänt"), MONEY), Column(gettext("Rekvirerat"), MONEY),
        Column(gettext("Kvar"), MONEY), Column(gettext("Läge"), width=34),
    ]  # fmt: skip
    rows: list[Sequence[Any]] = [
        [
            room.line.grant.budget_year, room.line.medicine, room.line.number, room.line.administration,
            room.line.grant.ceiling_ore, *(ore for _account, ore in room.amounts),
            my_unit_words.claim_until(room),
        ]
        for room in view.rooms
    ]  # fmt: skip
    sums = [sum(row[at] for row in rows) for at in range(4, 9)]
    rows.append([None, gettext("Summa"), "", "", *sums, ""])
    return Sheet(gettext("Beviljade pengar"), columns, rows, above, bold=frozenset({len(rows) - 1}))


def _files(title: str, amounts: Sequence[str], files: Sequence[File], above: Sequence[str]) -> Sheet:
    """Claims or applications. ``amounts`` heads what is asked for and, where it is told, what was granted."""
    columns = [
        Column(gettext("Nummer")), Column(gettext("Läkemedel"), width=26), Column(gettext("Enhet"), width=34),
        Column(gettext("Från"), DAY, 14), Column(gettext("Till"), DAY, 14),
        *(Column(amount, MONEY) for amount in amounts),
        Column(gettext("Läge"), width=30), Column(gettext("Hos"), width=24), Column(gettext("Sedan"), DAY, 14),
        Column(gettext("Senast"), DAY, 14),
    ]  # fmt: skip
    rows = [
        [
            one.line.number, one.line.medicine, one.line.unit, one.line.first, one.line.last,
            *[one.line.amount_ore, one.granted_ore][: len(amounts)],
            tell(one.stage.title), role_title(one.holder, one.region) if one.holder else "", one.line.since,
            one.last_day,
        ]
        for one in files
    ]  # fmt: skip
    return Sheet(title, columns, rows, above)


def _reports(view: MyUnit, above: Sequence[str]) -> Sheet:
    columns = [
        Column(gettext("Uppgift"), width=44), Column(gettext("Läkemedel"), width=26), Column(gettext("Ärende")),
        Column(gettext("Enhet"), width=34), Column(gettext("Öppnas"), DAY, 14), Column(gettext("Senast"), DAY, 14),
    ]  # fmt: skip
    rows = [[tell(one.title), one.medicine, one.number, one.unit, one.opens_on, one.due_on] for one in view.reports]
    return Sheet(gettext("Rapporter och svar"), columns, rows, above)
