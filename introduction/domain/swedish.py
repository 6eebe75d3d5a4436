"""Swedish order and search, alike on every database: å, ä and ö last, é as e."""

from __future__ import annotations

import unicodedata

_LAST = {"å": "\u007b", "ä": "\u007c", "æ": "\u007c", "ö": "\u007d", "ø": "\u007d"}


def fold(text: str) -> str:
    """The text as it is searched: composed, without case; å, ä and ö are kept."""
    return unicodedata.normalize("NFC", text).casefold().strip()


def sort_key(text: str) -> str:
    """A key whose plain code-point order is the Swedish order. Digits come first, then a–z, å, ä, ö."""
    out = []
    for letter in fold(text):
        if letter in _LAST:
            out.append(_LAST[letter])
            continue
        base = unicodedata.normalize("NFD", letter)[0]
        if base.isalnum():
            out.append(base)
        elif base.isspace():
            out.append(" ")
    return "".join(out)


def clean(text: str) -> str:
    """What a person typed, as it is kept: composed, without NUL and other control signs but line breaks and tabs."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign for sign in composed if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    ).strip()
