"""An order that people put things in by hand: moves, places that are typed, and copies that have grown old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from introduction.domain.errors import InvalidInput
from introduction.domain.messages import Message, say
from introduction.domain.swedish import clean


def shifted(order: Sequence[str], number: str, by: int) -> list[str]:
    """The order with one moved up (-1) or down (+1); as it was where it cannot go on."""
    found = list(order)
    at = found.index(number)
    to = at + by
    if 0 <= to < len(found):
        found[at], found[to] = found[to], found[at]
    return found


def carried(order: Sequence[str], waiting: Sequence[str]) -> list[str]:
    """A copy brought up to date: those that still wait as it has them, then those that have come since."""
    kept = [number for number in dict.fromkeys(order) if number in waiting]
    return [*kept, *(number for number in waiting if number not in kept)]


def moved_to(order: Sequence[str], typed: Mapping[str, str], called: Mapping[str, str]) -> list[str]:
    """The order with some put at the places that are typed for them, by number; the others stay in their order around.

    A place that stands as it was asks for nothing. Raises InvalidInput for what is no place, and for two at one place;
    the keys are the applications' numbers, and ``called`` is what they are called in words.
    """
    wanted: dict[int, str] = {}
    problems: list[tuple[str, Message]] = []
    for place, number in enumerate(order, start=1):
        text, what = clean(typed.get(number, str(place))), called[number]
        if text == str(place):
            continue
        if not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= len(order)):
            told = say("Skriv platsen för {what} som ett tal mellan 1 och {last}", what=what, last=len(order))
            problems.append((number, told))
        elif int(text) in wanted:
            other = called[wanted[int(text)]]
            told = say("Ge {first} och {second} olika platser: båda har {place}", first=other, second=what, place=text)
            problems.append((number, told))
        else:
            wanted[int(text)] = number
    if problems:
        raise InvalidInput(*problems)
    rest = iter([number for number in order if number not in wanted.values()])
    return [wanted.get(place) or next(rest) for place in range(1, len(order) + 1)]
