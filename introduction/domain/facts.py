"""Checks values against the catalogue of fields, whichever edge they came through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from introduction.domain.errors import InvalidInput
from introduction.domain.fields import Field, Kind
from introduction.domain.messages import Message, say
from introduction.domain.money import MAX_ORE
from introduction.domain.swedish import clean

MAX_MILLI = 10**12  #: thousandths: a thousand million units
MOST_COUNTED = 1_000_000
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def is_empty(value: object) -> bool:
    """True for what stands for "nothing said": no value, no text, no choices. 0 and False are something."""
    return value is None or (isinstance(value, str | tuple | list | dict) and not value)


def accept(
    given: Mapping[str, Any], fields: Mapping[str, Field], required: Iterable[str], known: Mapping[str, Any]
) -> dict[str, Any]:
    """The given values, cleaned. Values already ``known`` need not be given again.

    Raises InvalidInput with every problem: a field that is not asked for, a value of the wrong kind or out
    of bounds, a required one left empty.
    """
    problems: list[tuple[str, Message]] = []
    accepted: dict[str, Any] = {}
    for key, value in given.items():
        field = fields.get(key)
        if field is None:
            problems.append((key, say("Här frågas inte efter {field}", field=key)))
            continue
        cleaned, problem = _check(field, value)
        if problem is not None:
            problems.append((key, problem))
        else:
            accepted[key] = cleaned
    for key in required:
        value = accepted.get(key, known.get(key)) if key not in given else accepted.get(key)
        if is_empty(value) and key not in dict(problems):
            problems.append((key, say("Fyll i: {field}", field=fields[key].label)))
    if problems:
        raise InvalidInput(*problems)
    return accepted


def _check(field: Field, value: Any) -> tuple[Any, Message | None]:
    if is_empty(value):
        return (() if field.kind in (Kind.UNITS, Kind.CHOICES) else None), None
    match field.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            return _text(field, value)
        case Kind.UNITS | Kind.CHOICES:
            return _choices(field, value)
        case Kind.YES_NO | Kind.CHOICE | Kind.UNIT | Kind.PERSON:
            return value, _one_choice(field, value)
        case Kind.WHOLE:
            return value, _bounds(value, field.low or 0, field.high or MAX_ORE)
        case Kind.MONEY:
            return value, _money(value)
        case Kind.DATE:
            return _date(value)
        case Kind.QUANTITY | Kind.QUANTITIES | Kind.COUNTS | Kind.MONTHS:
            return value, _numbers(field, value)


def _text(field: Field, value: Any) -> tuple[Any, Message | None]:
    text = clean(str(value))
    if len(text) > field.longest:
        return text, say("Skriv högst {longest} tecken", longest=field.longest)
    return (text or None), None


def _one_choice(field: Field, value: Any) -> Message | None:
    if field.kind is Kind.YES_NO:
        return None if isinstance(value, bool) else say("Svara ja eller nej")
    if field.kind is Kind.CHOICE:
        known = isinstance(value, str) and value in dict(field.choices)
    else:
        known = isinstance(value, int)
    return None if known else say("Välj ett av alternativen")


def _choices(field: Field, values: Any) -> tuple[Any, Message | None]:
    offered: type | dict[str, Message] = int if field.kind is Kind.UNITS else dict(field.choices)
    if not isinstance(values, tuple | list) or not all(_is_offered(value, offered) for value in values):
        return values, say("Välj bland alternativen")
    return tuple(values), None


def _is_offered(value: Any, offered: type | dict[str, Message]) -> bool:
    return isinstance(value, offered) if isinstance(offered, type) else isinstance(value, str) and value in offered


def _bounds(value: Any, low: int, high: int) -> Message | None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        return say("Skriv ett heltal från {low} till {high}", low=low, high=high)
    return None


def _money(value: Any) -> Message | None:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_ORE:
        return say("Skriv beloppet i kronor med bara siffror, till exempel 3 100 000")
    return None


def _numbers(field: Field, value: Any) -> Message | None:
    if field.kind is Kind.QUANTITY:
        return _bounds(value, 0, MAX_MILLI)
    if field.kind is Kind.MONTHS:
        return _months(value)
    return _counts(field, value, MOST_COUNTED if field.kind is Kind.COUNTS else MAX_MILLI)


def _counts(field: Field, value: Any, most: int) -> Message | None:
    offered = dict(field.choices)
    if not isinstance(value, dict) or (offered and not set(value) <= set(offered)):
        return say("Välj bland alternativen")
    return next((problem for each in value.values() if (problem := _bounds(each, 0, most))), None)


def _months(value: Any) -> Message | None:
    if not isinstance(value, dict) or not all(_MONTH.fullmatch(str(month)) for month in value):
        return say("Skriv ett belopp för varje månad")
    return next((problem for each in value.values() if (problem := _money(each))), None)


def _date(value: Any) -> tuple[Any, Message | None]:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError):
        return value, say("Skriv ett datum, till exempel 1 4 2027")
    return day, None if 1990 <= day.year <= 2100 else say("Skriv ett datum mellan 1990 och 2100")
