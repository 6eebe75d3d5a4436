"""Puts the fields of a form that was sent too late into words, for showing them back to whoever typed them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from introduction.domain.fields import (
    APPLICATION_FIELDS,
    CASE_FIELDS,
    CLAIM_FIELDS,
    RECOMMENDATION_FIELDS,
    RECORDS,
    Field,
    Kind,
)
from introduction.store import person as persons
from introduction.store import unit as units
from introduction.web import asking, once
from introduction.web.application_words import month_title
from introduction.web.database import person
from introduction.web.words import tell

#: The fields that take passwords and secret shares; they are neither kept nor shown again.
SECRET = frozenset({"old", "password", "repeated", "rebate"})
_UNSHOWN = (once.FIELD, asking.MOVING, "revision", "csrf_token", "kept")
_FACTS: dict[str, Field] = APPLICATION_FIELDS | CLAIM_FIELDS | CASE_FIELDS | RECOMMENDATION_FIELDS
_OF_RECORDS: dict[str, Field] = {key: field for fields in RECORDS.values() for key, field in fields.items()}
_DATE_PARTS = ("-day", "-month", "-year")


def in_words(session: Session, typed: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was typed, as pairs of label and words; what a form carries unseen is left out."""
    shown: dict[str, list[str]] = {}
    for name, value in typed:
        if name in _UNSHOWN or not value.strip():
            continue
        stem = name
        for part in _DATE_PARTS:
            stem = stem.removesuffix(part)
        shown.setdefault(stem, []).append(value if stem != name else _value(session, name, value))
    return [(_label(name), (" " if _is_date(name) else ", ").join(values)) for name, values in shown.items()]


def page_at(path: str) -> str | None:
    """The path when a page can be opened there; None when it only takes what is sent to it."""
    try:
        current_app.create_url_adapter(request).match(path.partition("?")[0], method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return None
    return path


def _field(name: str) -> Field | None:
    if name.startswith(asking.RECORD):
        return _OF_RECORDS.get(name.removeprefix(asking.RECORD))
    return _FACTS.get(name) or _OF_RECORDS.get(name)


def _is_date(name: str) -> bool:
    field = _field(name)
    return field is not None and field.kind is Kind.DATE


def _label(name: str) -> str:
    field = _field(name)
    if field is not None:
        return tell(field.label)
    first, _, month = name.partition("-")
    if month and (several := _FACTS.get(first)) and several.kind is Kind.MONTHS:
        return f"{tell(several.label)} {month_title(month)}"
    return {
        "medicine": gettext("Läkemedlets namn"),
        "substance": gettext("Verksamt ämne"),
        "atc": gettext("ATC-kod"),
        "indication": gettext("Indikation"),
        "note": gettext("Anteckning"),
        "text": gettext("Kommentar"),
        "internal": gettext("Intern anteckning"),
        "recommendation": gettext("Rekommendationens nummer"),
        "other": gettext("Det andra ärendets nummer"),
        "owner": gettext("Håller ihop ärendet"),
        "assignee": gettext("Ge uppgiften till"),
        "nominating_unit_id": gettext("Vilken verksamhet nominerar?"),
        "unit_id": gettext("Enhet"),
        "amount_ore": gettext("Belopp"),
        "ceiling_ore": gettext("Nytt belopp, upp till"),
        "carry_over_ore": gettext("Belopp att föra över till nästa år"),
        "less_ore": gettext("Hur mycket ska räknas av?"),
        "body": gettext("Vem beslutade?"),
        "case_number": gettext("Ärende"),
    }.get(name, name)


def _value(session: Session, name: str, value: str) -> str:
    if person() is None:
        return value  # a name is not told to a stranger who counts ids
    field = _field(name)
    number = int(value) if value.isdecimal() and len(value) < 10 else None
    if number is not None and (name == "nominating_unit_id" or (field and field.kind in (Kind.UNIT, Kind.UNITS))):
        return units.names(session, [number]).get(number, value)
    if number is not None and (name in ("owner", "assignee") or (field and field.kind is Kind.PERSON)):
        return persons.names(session).get(number, value)
    if name == "internal" or (field and field.kind is Kind.YES_NO):
        return gettext("nej") if value == "no" else gettext("ja")
    if field and field.kind in (Kind.CHOICE, Kind.CHOICES):
        return tell(field.choice_title(value))
    return value
