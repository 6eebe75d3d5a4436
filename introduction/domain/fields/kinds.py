"""The kinds of field that can be asked, and one of each in short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from introduction.domain.messages import Message, say


class Kind(StrEnum):
    """How a field is written and stored."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    WHOLE = "whole"
    MONEY = "money"  #: typed in kronor, stored as whole öre
    DATE = "date"
    UNITS = "units"  #: units of the region
    UNIT = "unit"
    PERSON = "person"
    QUANTITY = "quantity"  #: a quantity, stored in thousandths
    COUNTS = "counts"  #: a whole number for each of some groups, stored as a mapping
    QUANTITIES = "quantities"  #: a quantity for each of some groups, stored in thousandths
    MONTHS = "months"  #: an amount for each month, typed in kronor, stored as öre by "2027-03"


@dataclass(frozen=True)
class Field:
    """One thing that can be asked: its key (also the column's name), kind, words and bounds."""

    key: str
    kind: Kind
    label: Message
    hint: Message | None = None
    choices: tuple[tuple[str, Message], ...] = ()
    low: int | None = None
    high: int | None = None
    longest: int = 300
    unit_kind: str | None = None  #: only units of this kind are offered
    of_region: str | None = None  #: whose groups they are: the region's ``areas``, the case's ``indicators``

    def choice_title(self, value: str) -> Message:
        """The words for a stored choice; the value itself where the choice is no longer known."""
        return dict(self.choices).get(value, say("{value}", value=value))


def text(key: str, label: Message, hint: Message | None = None, longest: int = 300) -> Field:
    """A line of text."""
    return Field(key, Kind.TEXT, label, hint, longest=longest)


def long(key: str, label: Message, hint: Message | None = None) -> Field:
    """Text of several paragraphs."""
    return Field(key, Kind.LONG_TEXT, label, hint, longest=8000)


def yes_no(key: str, label: Message, hint: Message | None = None) -> Field:
    """Yes or no."""
    return Field(key, Kind.YES_NO, label, hint)


def choice(key: str, label: Message, choices: Mapping[str, Message], hint: Message | None = None) -> Field:
    """One of some choices."""
    return Field(key, Kind.CHOICE, label, hint, choices=tuple(choices.items()))


def money(key: str, label: Message, hint: Message | None = None) -> Field:
    """An amount, in whole öre."""
    return Field(key, Kind.MONEY, label, hint)


def whole(key: str, label: Message, low: int, high: int, hint: Message | None = None) -> Field:
    """A whole number between bounds."""
    return Field(key, Kind.WHOLE, label, hint, low=low, high=high)


def date(key: str, label: Message, hint: Message | None = None) -> Field:
    """A day."""
    return Field(key, Kind.DATE, label, hint)


def quantity(key: str, label: Message, hint: Message | None = None) -> Field:
    """A quantity, in thousandths."""
    return Field(key, Kind.QUANTITY, label, hint)


def counts(key: str, label: Message, groups: Mapping[str, Message], hint: Message | None = None) -> Field:
    """A whole number for each group."""
    return Field(key, Kind.COUNTS, label, hint, choices=tuple(groups.items()))


def by_key(*fields: Field) -> dict[str, Field]:
    """Fields by their keys, in order."""
    return {field.key: field for field in fields}
