"""The guards: conditions on actions, named in TOML and told here.

A guard has a title that says what holds (shown with a tick) and a function that returns nothing, or the
reason why it does not hold, in words that a user can act on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from introduction.domain.messages import Message
from introduction.domain.process.situation import Situation

Check = Callable[[Situation], Message | None]


@dataclass(frozen=True)
class Guard:
    """A named condition: what it promises, and the check."""

    name: str
    title: Message
    check: Check


GUARDS: dict[str, Guard] = {}


def guard(title: Message) -> Callable[[Check], Check]:
    """Register the function under its own name."""

    def register(check: Check) -> Check:
        GUARDS[check.__name__] = Guard(check.__name__, title, check)
        return check

    return register


@dataclass(frozen=True)
class Need:
    """A guard's answer for one situation: ``reason`` is None when it holds."""

    guard: str
    title: Message
    reason: Message | None


def answers(names: tuple[str, ...], now: Situation) -> list[Need]:
    """Ask each named guard, in order."""
    return [Need(name, GUARDS[name].title, GUARDS[name].check(now)) for name in names]
