"""Sentences that the rules hand to people.

The rules know no language: they name a Swedish sentence and the values in it. The edge translates the
sentence through gettext and then fills in the values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Month:
    """A month as a value of a sentence, by its first day: each edge tells it in words. Plainly it is ``2027-03``."""

    first: date

    @classmethod
    def of(cls, text: str) -> Month:
        """The month of a text such as ``2027-03``. Raises ValueError."""
        return cls(date.fromisoformat(f"{text}-01"))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class Message:
    """A Swedish sentence with ``{named}`` places and the values that go there.

    A value may itself be a Message, a tuple of values (a list in the sentence), a date, a Month, or anything with a
    ``str``.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def render(self, translate: Callable[[str], str], show: Callable[[object], str] = str) -> str:
        """Return the sentence translated by ``translate``, each value made text by ``show``."""

        def fill(value: object) -> str:
            if isinstance(value, Message):
                return value.render(translate, show)
            if isinstance(value, tuple):
                return ", ".join(fill(part) for part in value)
            return show(value)

        return translate(self.text).format(**{name: fill(value) for name, value in self.values.items()})

    def __str__(self) -> str:
        return self.render(lambda text: text, _plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def say(text: str, /, **values: object) -> Message:
    """Build a Message. The extractor of translations looks for calls of this name."""
    return Message(text, values)
