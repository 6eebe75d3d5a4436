"""Lists of claims and files for the ledger as spreadsheets. Amounts are öre here and kronor in the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext

from introduction.documents.spreadsheet import COUNT, DAY, MONEY, SHARE, TEXT, YEAR, Column, Sheet
from introduction.domain.calendar import local_date
from introduction.domain.fields import CLAIM_FIELDS
from introduction.services.claim_desk import ClaimLine
from introduction.store.ledger import LedgerFile, LedgerLine
from introduction.web.outcome_words import COUNTED
from introduction.web.words import plain_day, tell


def of_claims(lines: Sequence[ClaimLine], today: date, *, whole: bool) -> Sheet:
    """A list of claims. ``whole`` is false when the list was longer than a sheet takes."""
    columns = [
        Column(gettext("Rekvisition"), TEXT, 16), Column(gettext("Läge"), TEXT, 24),
        Column(gettext("Läkemedel"), TEXT, 22), Column(gettext("Beviljat till"), TEXT, 16),
        Column(gettext("Enhet"), TEXT, 28), Column(gettext("Förvaltning"), TEXT, 28),
        Column(gettext("Budgetår"), YEAR, 10), Column(gettext("Från"), DAY, 12), Column(gettext("Till"), DAY, 12),
        Column(gettext("Uttag"), TEXT, 22), Column(gettext("Patienter"), COUNT, 10),
        Column(gettext("Mängd"), COUNT, 12), Column(gettext("Mängden räknas i"), TEXT, 20),
        Column(gettext("Det nya läkemedlet, kr"), MONEY, 16), Column(gettext("Har fallit bort, kr"), MONEY, 16),
        Column(gettext("Merkostnad, kr"), MONEY, 16), Column(gettext("Godkänt, kr"), MONEY, 16),
        Column(gettext("Pris mot beräkningen"), SHARE, 12), Column(gettext("Det som inte stämmer"), TEXT, 60),
        Column(gettext("I steget sedan"), DAY, 12), Column(gettext("Rättar"), TEXT, 16),
        Column(gettext("Verifikation"), TEXT, 16), Column(gettext("Bokförd"), DAY, 12),
        Column(gettext("Påhittat exempel"), TEXT, 10),
    ]  # fmt: skip
    above = [gettext("Rekvisitioner, %(day)s", day=plain_day(today)), gettext("Kronor utan moms och återbäring.")]
    if not whole:
        above.append(gettext("Listan är längre. Ändra filtret för att få med resten."))
    return Sheet(gettext("Rekvisitioner"), columns, [_claim(line) for line in lines], above)


def _claim(line: ClaimLine) -> Sequence[object]:
    claim, instance = line.row.claim, line.row.instance
    basis = tell(CLAIM_FIELDS["basis"].choice_title(claim.basis)) if claim.basis else None
    told = claim.quantity_milli is not None and claim.corrects_id is None
    quantity = (claim.quantity_milli or 0) / 1000 if told else None
    return (
        claim.public_number, tell(line.stage), line.row.medicine, line.row.granted_to, line.row.unit,
        line.row.administration, line.row.budget_year, claim.period_from, claim.period_to, basis, claim.patients,
        quantity, tell(COUNTED[line.counted]) if told and line.counted else None,
        claim.gross_new_ore, claim.gross_displaced_ore, claim.extra_cost_ore, claim.approved_ore, line.deviation,
        "; ".join(tell(need.reason) for need in line.faults) or None, instance.stage_entered_on, line.row.corrects,
        claim.voucher, claim.booked_on,
        gettext("ja") if claim.example else None,
    )  # fmt: skip


def of_files(files: Sequence[LedgerFile], today: date) -> Sheet:
    """A region's files for the ledger."""
    columns = [
        Column(gettext("Fil"), COUNT, 8), Column(gettext("Gjord"), DAY, 12), Column(gettext("Rader"), COUNT, 8),
        Column(gettext("Summa, kr"), MONEY, 18), Column(gettext("Kvitterad"), DAY, 12),
        Column(gettext("Bokförd"), DAY, 12), Column(gettext("Påhittat exempel"), TEXT, 10),
    ]  # fmt: skip
    rows = [
        (
            file.number, local_date(file.made_at), file.lines, file.sum_ore,
            local_date(file.received_at) if file.received_at else None, file.booked_on,
            gettext("ja") if file.example else None,
        )
        for file in files
    ]  # fmt: skip
    return Sheet(
        gettext("Filer"), columns, rows, [gettext("Filer till ekonomisystemet, %(day)s", day=plain_day(today))]
    )


def of_lines(file: LedgerFile, lines: Iterable[LedgerLine]) -> Sheet:
    """The lines of a file, as they were when it was made."""
    columns = [
        Column(gettext("Rad"), COUNT, 8), Column(gettext("Rekvisition"), TEXT, 16), Column(gettext("Ärende"), TEXT, 16),
        Column(gettext("Enhet"), TEXT, 28), Column(gettext("Kostnadsställe"), TEXT, 14),
        Column(gettext("Budgetår"), YEAR, 10), Column(gettext("Budgetrad"), TEXT, 16), Column(gettext("Från"), DAY, 12),
        Column(gettext("Till"), DAY, 12), Column(gettext("Belopp, kr"), MONEY, 16), Column(gettext("Godkänd"), DAY, 12),
    ]  # fmt: skip
    rows = [
        (
            line.number, line.claim_number, line.case_number, line.unit, line.cost_centre, line.budget_year,
            line.budget_line, line.period_from, line.period_to, line.amount_ore, line.approved_on,
        )
        for line in lines
    ]  # fmt: skip
    above = [gettext("Fil %(number)s till ekonomisystemet", number=file.number)]
    if file.example:
        above.append(gettext("Påhittat exempel"))
    return Sheet(gettext("Fil %(number)s", number=file.number), columns, rows, above)
