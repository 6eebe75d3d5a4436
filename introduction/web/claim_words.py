"""What the pages of claims say: the answer first, states, and how far a price is from the analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date
from flask import url_for
from flask_babel import gettext, ngettext

from introduction.domain.claims import STATES
from introduction.domain.fields import CLAIM_FIELDS, Kind
from introduction.domain.outcome import text_of_quantity
from introduction.domain.process.guards import Need
from introduction.services.claim_files import ClaimFile
from introduction.services.ledger import Waiting
from introduction.store.claim import Claim
from introduction.web.amounts import number, percent
from introduction.web.outcome_words import COUNTED, EACH
from introduction.web.words import NBSP, capital, kronor, language, plain_day, short_day, tell

#: The facts that a check looks at: what it finds is put right at the first that is not told, else at the first.
_ASKED_AT: Mapping[str, tuple[str, ...]] = {
    "claim_described": ("basis", "patients", "quantity_milli"),
    "claim_period_in_grant": ("period_from", "period_to"),
    "claim_before_handover": ("period_to",),
    "claim_no_overlap": ("period_from",),
    "claim_adds_up": ("gross_new_ore", "gross_displaced_ore", "extra_cost_ore"),
    "claim_room_left": ("gross_new_ore",),
    "claim_price_explained": ("explanation",),
}


def state_title(state: str) -> str:
    """A state's name with a capital."""
    return capital(tell(STATES[state]))


def period(first: date | None, last: date | None) -> str:
    """A period in words: ``1–31 oktober 2026``, ``1 september – 31 oktober 2026``."""
    if first is None or last is None:
        return gettext("perioden är inte angiven")
    if first == last:
        return plain_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{plain_day(last)}"
    if first.year == last.year:
        return f"{format_date(first, 'd MMMM', locale=language())} – {plain_day(last)}"
    return f"{plain_day(first)} – {plain_day(last)}"


def deviation(share: float | None) -> str:
    """How a cost lies to the analysis's price: "+12 %"; nothing where it cannot be told."""
    if share is None:
        return ""
    rounded = round(share * 100)
    sign = "+" if rounded > 0 else "\u2212" if rounded < 0 else "±"
    return f"{sign}{percent(abs(rounded) / 100)}"


def basis(value: str | None) -> str:
    """How the medicine was dispensed; nothing where it is not told."""
    return capital(tell(CLAIM_FIELDS["basis"].choice_title(value))) if value else ""


def quantity(milli: int, counted: str | None) -> str:
    """``8,5 doser``: a quantity with what it counts; the number alone where no analysis says what that is."""
    amount = number(milli / 1000, len(text_of_quantity(milli).partition(",")[2]))
    return f"{amount}{NBSP}{tell((EACH if milli == 1000 else COUNTED)[counted])}" if counted is not None else amount


def used(milli: int, counted: str | None) -> str:
    """``8,5 doser`` without a heading of its own; ``mängd 8,5`` where it is not known what is counted."""
    amount = quantity(milli, counted)
    return amount if counted is not None else gettext("mängd %(amount)s", amount=amount)


def where(file: ClaimFile, need: Need) -> str | None:
    """The address where the reader puts right what a check of a draft finds: a field, or the files; None elsewhere."""
    if need.guard == "claim_evidence_attached":
        return "#attachments"
    revise = next((o for o in file.offers if "work_out_extra_cost" in o.action.does and not o.why_not), None)
    asked = _ASKED_AT.get(need.guard)
    if revise is None or asked is None:
        return None
    key = next((key for key in asked if file.subject.situation[key] is None), asked[0])
    anchor = f"{key}-day" if CLAIM_FIELDS[key].kind is Kind.DATE else key
    return url_for("claims.act", number=file.claim.public_number, action_id=revise.action.id, _anchor=anchor)


def amount_of(claim: Claim) -> int | None:
    """What a claim stands for: what is approved, else what is claimed."""
    return claim.approved_ore if claim.approved_ore is not None else claim.extra_cost_ore


def lead(file: ClaimFile) -> str:
    """The answer to "how is it with this claim?" in a sentence."""
    amount, since = kronor(amount_of(file.claim)), short_day(file.subject.instance.stage_entered_on)
    match file.state:
        case "draft":
            return _draft(file)
        case "waiting":
            return gettext("%(amount)s väntar på granskning sedan %(day)s.", amount=amount, day=since)
        case "approved" if file.ground.ledger_file is not None:
            return gettext(
                "%(amount)s är godkänt och ligger i fil %(number)s till ekonomisystemet.",
                amount=amount,
                number=file.ground.ledger_file,
            )
        case "approved":
            return gettext("%(amount)s är godkänt sedan %(day)s och väntar på utbetalning.", amount=amount, day=since)
        case "paid" if (file.claim.approved_ore or 0) < 0:
            return gettext("%(amount)s har räknats av.", amount=amount)
        case "paid":
            return gettext("%(amount)s är utbetalt.", amount=amount)
    return gettext("Rekvisitionen togs tillbaka eller avslogs %(day)s. Inget är avräknat.", day=since)


def to_send(waiting: Sequence[Waiting]) -> str:
    """What waits to go to the ledger: "2 godkända rekvisitioner väntar på att skickas, 30 000 kr."."""
    told = [
        (_invented_to_send if each.example else _real_to_send)(each.claims, kronor(each.sum_ore)) for each in waiting
    ]
    return " ".join(told) or gettext("Ingen godkänd rekvisition väntar på att skickas.")


def _real_to_send(claims: int, total: str) -> str:
    return ngettext(
        "En godkänd rekvisition väntar på att skickas, %(total)s.",
        "%(num)d godkända rekvisitioner väntar på att skickas, %(total)s.",
        claims,
        total=total,
    )


def _invented_to_send(claims: int, total: str) -> str:
    return ngettext(
        "En påhittad rekvisition väntar på att skickas, %(total)s.",
        "%(num)d påhittade rekvisitioner väntar på att skickas, %(total)s.",
        claims,
        total=total,
    )


def _draft(file: ClaimFile) -> str:
    missing = len(file.faults)
    if file.returned:
        return gettext(
            "Återlämnad %(day)s: %(why)s", day=short_day(file.subject.instance.stage_entered_on), why=file.returned
        )
    if missing:
        return ngettext(
            "En sak återstår innan rekvisitionen kan skickas in.",
            "%(num)d saker återstår innan rekvisitionen kan skickas in.",
            missing,
        )
    return gettext("%(amount)s är klart att skicka in.", amount=kronor(amount_of(file.claim)))
