"""Money: whole öre, Swedish kronor. Floats never come here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from introduction.domain.errors import Refused
from introduction.domain.messages import say

#: The largest amount that the books take, in öre: ten thousand million kronor.
MAX_ORE = 10**12


def parse_kronor(text: str) -> int:
    """Read an amount in kronor as people write it ("1 250 000", "12,50", "−300", "1,250,000") and return öre.

    Two commas or more part thousands, as in English. One parts off the öre; "12,505" could be both and is refused.

    Raises Refused when the text is not an amount, has more than two decimals, or is out of bounds.
    """
    cleaned = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-").removesuffix("kr")
    if re.fullmatch(r"-?\d{1,3}(,\d{3}){2,}", cleaned):
        cleaned = cleaned.replace(",", "")
    match = re.fullmatch(r"(-?)(\d{1,13})(?:[,.](\d{1,2}))?", cleaned)
    if match is None:
        raise Refused(say("Skriv beloppet i kronor med bara siffror, till exempel 3 100 000"))
    sign, kronor, decimals = match.groups()
    ore = int(kronor) * 100 + int((decimals or "0").ljust(2, "0"))
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
