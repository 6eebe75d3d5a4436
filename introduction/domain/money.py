"""Money: whole öre, Swedish kronor. Floats never come here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from introduction.domain.errors import Refused
from introduction.domain.messages import say

#: The largest amount that the books take, in öre: ten thousand million kronor.
MAX_ORE = 10**12

#: What people write behind an amount in thousands or millions, and how many decimals of it are whole öre.
_UNITS = {"mnkr": 8, "mkr": 8, "milj": 8, "miljoner": 8, "tkr": 5, "tusen": 5}


def parse_kronor(text: str) -> int:
    """Read an amount in kronor as people write it ("1 250 000", "12,50", "−300", "1,2 mnkr", "350 tkr") and return öre.

    Two commas or more part thousands, as in English. One parts off the öre; "12,505" could be both and is refused.

    Raises Refused when the text is not an amount, has more decimals than there are öre, or is out of bounds.
    """
    cleaned = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-").casefold()
    for unit, places in _UNITS.items():
        if cleaned.endswith(unit):
            return _large(cleaned.removesuffix(unit), places)
    cleaned = cleaned.removesuffix("kr").removesuffix(":-")
    if re.fullmatch(r"-?\d{1,3}(,\d{3}){2,}", cleaned):
        cleaned = cleaned.replace(",", "")
    match = re.fullmatch(r"(-?)(\d{1,13})(?:[,.](\d{1,2}))?", cleaned)
    if match is None:
        raise Refused(say("Skriv beloppet i kronor med bara siffror, till exempel 3 100 000"))
    sign, kronor, decimals = match.groups()
    return _bounded(sign, int(kronor) * 100 + int((decimals or "0").ljust(2, "0")))


def _large(number: str, places: int) -> int:
    """An amount in thousands or millions of kronor, in öre; ``places`` is how many decimals make whole öre."""
    match = re.fullmatch(rf"(-?)(\d{{1,8}})(?:[,.](\d{{1,{places}}}))?", number)
    if match is None:
        raise Refused(say("Skriv beloppet i kronor med bara siffror, till exempel 3 100 000"))
    sign, whole, decimals = match.groups()
    return _bounded(sign, int(whole) * 10**places + int((decimals or "0").ljust(places, "0")))


def _bounded(sign: str, ore: int) -> int:
    if ore > MAX_ORE:
        raise Refused(say("Beloppet är för stort. Skriv högst 10 000 000 000 kr"))
    return -ore if sign else ore


def split(total_ore: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by whole-number weights with the largest remainder; the parts add up exactly.

    Ties go to the earlier part. Raises ValueError without a positive weight.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative with a positive sum")
    sign, size = (-1, -total_ore) if total_ore < 0 else (1, total_ore)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def kronor(ore: int) -> str:
    """An amount in a reason: ``1 234 500,50 kr``, without decimals where there are no öre."""
    whole, rest = divmod(abs(ore), 100)
    sign = "\u2212" if ore < 0 else ""
    figures = f"{whole:,}".replace(",", "\u00a0")
    return f"{sign}{figures},{rest:02d}\u00a0kr" if rest else f"{sign}{figures}\u00a0kr"
