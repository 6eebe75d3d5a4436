"""The ledger: approved claims go there in files, each claim once, and its receipts say that they are paid.

Whoever takes in a receipt locks the region, then the claims' instances, units, grants and funds, each kind by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from introduction.domain import ledger
from introduction.domain.calendar import local_date
from introduction.domain.errors import NotFound, Refused
from introduction.domain.ledger import FILE, Receipt, ReceiptLine
from introduction.domain.messages import say
from introduction.domain.outcome import BadFile, Fault
from introduction.domain.roles import Right, Scope, demand
from introduction.services import books, claim_ground, claim_money, log, steps, subjects
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import claim as claims
from introduction.store import instance as instances
from introduction.store import ledger as store
from introduction.store import region as regions
from introduction.store.ledger import LedgerFile, LedgerLine

#: So many claims of a receipt are read and written together.
_AT_A_TIME = 500
#: So often is the count taken again when somebody approves claims just as the file is made.
_TRIES = 5


@dataclass(frozen=True)
class Waiting:
    """Approved claims of a region that are in no file: how many, and what they come to in öre."""

    claims: int
    sum_ore: int
    example: bool  #: they are invented


def waiting(desk: Desk, region_id: int) -> list[Waiting]:
    """What the next files will hold: the real claims and the invented ones, those that there are. Raises NotAllowed."""
    _demand(desk, region_id)
    found = [_waiting(desk, region_id, example=example) for example in (False, True)]
    return [each for each in found if each.claims]


def files(desk: Desk, region_id: int) -> Sequence[LedgerFile]:
    """A region's files, the newest first. Raises NotAllowed."""
    _demand(desk, region_id)
    return store.of_region(desk.session, region_id)


def file(desk: Desk, region_id: int, number: int) -> LedgerFile:
    """A file by its number. Raises NotFound, NotAllowed."""
    _demand(desk, region_id)
    return store.get(desk.session, region_id, number)


def export(desk: Desk, region_id: int, *, example: bool = False) -> LedgerFile:
    """Put every approved claim of a region that is in no file into a new one, a line for each.

    Real claims and invented ones have files of their own. Raises NotAllowed, Refused (there is none).
    """
    _demand(desk, region_id)
    regions.lock(desk.session, region_id)  # two at once take turns
    for _try in range(_TRIES):
        found = _waiting(desk, region_id, example=example)
        if not found.claims:
            raise Refused(say("Det finns inga godkända rekvisitioner att skicka"))
        kept = desk.session.begin_nested()
        made = LedgerFile(
            region_id=region_id,
            number=store.last_number(desk.session, region_id) + 1,
            lines=found.claims,
            sum_ore=found.sum_ore,
            example=example,
            made_by=desk.user_id,
            made_at=desk.now,
        )
        desk.session.add(made)
        desk.session.flush()
        if store.add_lines(desk.session, made) == (found.claims, found.sum_ore):
            kept.commit()
            told: dict[str, Any] = {"file": made.number, "lines": made.lines, "sum_ore": made.sum_ore}
            log.record_in_region(desk, region_id, "ledger_exported", **told)
            desk.session.flush()
            return made
        kept.rollback()
    raise Refused(say("Rekvisitioner godkänns just nu. Försök igen om en stund"))


def receive(desk: Desk, region_id: int, content: bytes) -> LedgerFile:
    """Take in the ledger's receipt of a file: its claims are paid, and their money moves. All of it, or nothing.

    Raises NotAllowed; BadFile with every fault; Refused for a receipt that has come before.
    """
    _demand(desk, region_id)
    receipt = ledger.read(content)
    regions.lock(desk.session, region_id)
    _demand_new(desk, region_id, receipt)
    answered = _answered(desk, region_id, receipt)
    lines = {line.claim_number: line for line in store.lines_of(desk.session, answered.id)}
    wanted = {number: line.amount_ore for number, line in lines.items()}
    faults = ledger.compare(receipt, wanted, local_date(answered.made_at), desk.today)
    if faults:
        raise BadFile(faults)
    answered.receipt_sha256, answered.booked_on = receipt.sha256, receipt.booked_on
    answered.received_by, answered.received_at = desk.user_id, desk.now
    desk.session.flush()
    _pay(desk, answered, receipt, lines)
    log.record_in_region(
        desk, region_id, "ledger_received", file=answered.number, lines=answered.lines, sum_ore=answered.sum_ore,
        sha256=receipt.sha256,
    )  # fmt: skip
    desk.session.flush()
    return answered


# ------------------------------------------------------------------------------------- the parts


def _demand(desk: Desk, region_id: int) -> None:
    demand(desk.by, Right.KEEP_BOOKS, Scope(region_id))


def _waiting(desk: Desk, region_id: int, *, example: bool) -> Waiting:
    return Waiting(*store.to_export(desk.session, region_id, example=example), example=example)


def _demand_new(desk: Desk, region_id: int, receipt: Receipt) -> None:
    before = store.by_receipt(desk.session, region_id, receipt.sha256)
    if before is not None and before.received_at is not None:
        day = local_date(before.received_at)
        raise Refused(say("Kvittensen lästes in {day}, för fil {number}", day=day, number=before.number))


def _answered(desk: Desk, region_id: int, receipt: Receipt) -> LedgerFile:
    """The file that a receipt answers, when its turn has come among the real or the invented ones. Raises BadFile."""
    try:
        found = store.get(desk.session, region_id, receipt.file)
    except NotFound:
        raise BadFile([Fault(0, FILE, say("Det finns ingen fil {number}", number=receipt.file))]) from None
    if found.received_at is not None:
        day = local_date(found.received_at)
        raise BadFile([Fault(0, FILE, say("Fil {number} kvitterades {day}", number=found.number, day=day))])
    first = store.first_unanswered(desk.session, region_id, example=found.example)
    if first is not None and first != found.number:
        what = say("Filerna kvitteras i ordning. Läs in kvittensen för fil {number} först", number=first)
        raise BadFile([Fault(0, FILE, what)])
    return found


def _pay(desk: Desk, answered: LedgerFile, receipt: Receipt, lines: dict[str, LedgerLine]) -> None:
    held = instances.lock_all(desk.session, store.claim_ids(answered.id))
    rows = claims.some(desk.session, held)
    claim_ground.hold_all(desk, rows.values())
    books.hold(desk, {row.grant_id for row in rows.values()})
    told = {lines[line.claim].claim_id: line for line in receipt.lines}
    ids = list(held)
    for first in range(0, len(ids), _AT_A_TIME):
        some = {claim_id: held[claim_id] for claim_id in ids[first : first + _AT_A_TIME]}
        for claim_id in some:
            rows[claim_id].voucher, rows[claim_id].booked_on = told[claim_id].voucher, told[claim_id].booked_on
        booked = [(instance, _booked(answered, told[claim_id])) for claim_id, instance in some.items()]
        log.record_each(desk, "claim_booked", booked)
        steps.take_each(desk, subjects.read_claims(desk, some), _payment)
    claim_money.pay(desk, rows.values())


def _booked(answered: LedgerFile, line: ReceiptLine) -> dict[str, Any]:
    return {
        "file": answered.number, "voucher": line.voucher, "booked_on": line.booked_on.isoformat(),
        "amount_ore": line.amount_ore,
    }  # fmt: skip


def _payment(subject: Subject) -> str:
    """The action that waits for the receipt, whatever the region calls it."""
    for action in subject.definition.actions_from(subject.instance.stage):
        if "booked_in_ledger" in action.needs:
            return action.id
    raise Refused(say("Processen säger inte hur en rekvisition blir utbetald. Tala med den som ansvarar för processen"))
