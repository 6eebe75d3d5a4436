"""What the pages of claims say: the answer first, states, and how far a price is from the analysis."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from flask_babel import gettext, ngettext

from introduction.domain.claims import STATES
from introduction.domain.fields import CLAIM_FIELDS
from introduction.domain.outcome import text_of_quantity
from introduction.services.claim_files import ClaimFile
from introduction.store.claim import Claim
from introduction.web.amounts import percent
from introduction.web.words import capital, kronor, language, plain_day, short_day, tell


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


def quantity(milli: int) -> str:
    """A quantity, as it is typed."""
    return text_of_quantity(milli)


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
