"""Rounds (etapper) from before the product, and what else is on record of a region without being a case."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from introduction.domain import partial
from introduction.domain.errors import InvalidInput, Refused
from introduction.domain.messages import say
from introduction.domain.roles import Right, Scope
from introduction.domain.swedish import clean
from introduction.services import log
from introduction.services.desk import Desk
from introduction.store.region import by_slug
from introduction.store.round import Round, rounds_of


@dataclass(frozen=True)
class PastRound:
    """A round as far as its source tells. Amounts are whole öre; None means that the source is silent."""

    name: str
    source: str
    cut_off: date | None = None
    decided_on: str | None = None  #: a date of any precision
    body: str | None = None
    outcome: str | None = None
    items: int | None = None
    ceiling_ore: int | None = None
    ceiling_year: int | None = None
    note: str | None = None


def record_round(desk: Desk, region_slug: str, past: PastRound) -> Round:
    """Record a round with its source, as a row and as an event of the region.

    Raises NotAllowed, NotFound (the region), InvalidInput (no name), Refused (the date, or the name is taken).
    """
    region = by_slug(desk.session, region_slug)
    desk.demand_administration(Right.RECORD_HISTORY, Scope(region.id))
    if not clean(past.name):
        raise InvalidInput(("name", say("Skriv etappens namn")))
    if past.decided_on is not None:
        partial.parse(past.decided_on)
    if any(known.name == past.name for known in rounds_of(desk.session, region.id)):
        raise Refused(say("Etappen {name} finns redan", name=past.name))
    row = Round(region_id=region.id, **asdict(past))
    desk.session.add(row)
    desk.session.flush()
    told = {key: value for key, value in asdict(past).items() if value is not None}
    log.record_in_region(desk, region.id, "round_recorded", past.decided_on, round=row.id, **told)
    return row


def record_note(desk: Desk, region_slug: str, text: str, *, source: str, happened_on: str | None = None) -> None:
    """Record something about a region that is neither a case nor a round, as an event with its source.

    A change of payer is such a thing: nothing new is introduced. Raises NotAllowed, NotFound, InvalidInput, Refused.
    """
    region = by_slug(desk.session, region_slug)
    desk.demand_administration(Right.RECORD_HISTORY, Scope(region.id))
    if not clean(text):
        raise InvalidInput(("note", say("Skriv vad som hände")))
    if happened_on is not None:
        partial.parse(happened_on)
    log.record_in_region(desk, region.id, "history_noted", happened_on, note=clean(text), source=source)
