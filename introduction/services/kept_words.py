"""Keeps a sentence of the rules as data, so that it can be told later in whichever language its reader has."""

from __future__ import annotations

from datetime import date
from typing import Any

from introduction.domain.messages import Message, Month
from introduction.domain.process.timing import Text


def as_data(value: object) -> Any:
    """A message with its values, as what JSON can hold."""
    match value:
        case Message():
            return {"text": value.text, "values": {name: as_data(part) for name, part in value.values.items()}}
        case Text():
            return {"sv": value.sv, "en": value.en}
        case tuple() | list():
            return [as_data(part) for part in value]
        case date():
            return {"date": value.isoformat()}
        case Month():
            return {"month": str(value)}
        case bool() | int() | None:
            return value
    return str(value)


def of_data(kept: Any) -> Any:
    """The message again."""
    match kept:
        case {"text": str(text), "values": dict(values)}:
            return Message(text, {name: of_data(part) for name, part in values.items()})
        case {"sv": str(sv), "en": str(en)}:
            return Text(sv=sv, en=en)
        case {"date": str(day)}:
            return date.fromisoformat(day)
        case {"month": str(month)}:
            return Month.of(month)
        case list():
            return tuple(of_data(part) for part in kept)
    return kept
