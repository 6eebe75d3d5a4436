"""Passwords: what will do as one, and how it is hashed."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from introduction.domain.messages import Message, say
from introduction.domain.swedish import fold
from introduction.store.person import PersonRow

SHORTEST = 12
LONGEST = 200


class Passwords:
    """Hashes and checks passwords with argon2id, at a cost. Tests put one of lower cost in its place."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib)

    def hashed(self, password: str) -> str:
        """The hash of a password."""
        return self._hasher.hash(_composed(password))

    def match(self, stored: str | None, password: str) -> bool:
        """True when the password is the one that was hashed. Takes as long where there is no hash to compare with."""
        try:
            self._hasher.verify(stored or self._nobodys, _composed(password))
        except (VerifyMismatchError, InvalidHashError):
            return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """True when the hash was made at another cost."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe())


hasher = Passwords()


def problem_with(row: PersonRow, password: str) -> Message | None:
    """What is wrong with a password for a person; None when it will do."""
    if len(password) < SHORTEST:
        return say("Välj ett lösenord med minst {shortest} tecken", shortest=SHORTEST)
    if len(password) > LONGEST:
        return say("Välj ett lösenord med högst {longest} tecken", longest=LONGEST)
    if fold(password) in (fold(row.email), fold(row.name), fold(row.name).replace(" ", "")):
        return say("Lösenordet får inte vara ditt namn eller din e-postadress")
    if len(set(password)) < 4:
        return say("Lösenordet har för få olika tecken")
    return None


def _composed(password: str) -> str:
    # The same letters come composed from one keyboard and decomposed from another.
    return unicodedata.normalize("NFC", password)
