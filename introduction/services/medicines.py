"""What a case or recommendation is about: a medicine and an indication."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from introduction.domain.errors import InvalidInput
from introduction.domain.messages import Message, say
from introduction.domain.swedish import clean, fold, sort_key
from introduction.store.medicine import Indication, Medicine, find_or_add, find_or_add_indication
from introduction.store.nouns import Row

#: A code of the ATC classification, whole or down to some level: N, N02, N02C, N02CD, N02CD01. Form only.
ATC = re.compile(r"[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?")


def one_line(text: str | None) -> str:
    """A name or an indication as it is kept: cleaned, and with single spaces, so that the same words are the same."""
    return " ".join(clean(text or "").split())


@dataclass(frozen=True)
class About:
    """A medicine's name, an indication and, where known, the substance and the ATC code."""

    medicine: str
    indication: str
    substance: str | None = None
    atc: str | None = None

    @classmethod
    def typed(cls, medicine: str, indication: str, substance: str | None = None, atc: str | None = None) -> About:
        """Clean what a person typed. Raises InvalidInput with every problem."""
        problems: list[tuple[str, Message]] = []
        medicine, indication = one_line(medicine), one_line(indication)
        substance, atc = one_line(substance) or None, one_line(atc).upper() or None
        if not medicine:
            problems.append(("medicine", say("Skriv läkemedlets namn")))
        if max(len(fold(medicine)), len(sort_key(medicine))) > 120:
            problems.append(("medicine", say("Skriv högst {longest} tecken", longest=120)))
        if not indication:
            problems.append(("indication", say("Skriv indikationen")))
        if len(indication) > 1000:
            problems.append(("indication", say("Skriv högst {longest} tecken", longest=1000)))
        if substance and len(substance) > 300:
            problems.append(("substance", say("Skriv högst {longest} tecken", longest=300)))
        if atc and not all(ATC.fullmatch(code.strip()) for code in atc.split(",")):
            problems.append(("atc", say("Skriv ATC-koden med bokstäver och siffror, till exempel L01FF02")))
        if atc and len(atc) > 40:
            problems.append(("atc", say("Skriv högst {longest} tecken", longest=40)))
        if problems:
            raise InvalidInput(*problems)
        return cls(medicine, indication, substance, atc)

    @classmethod
    def of(cls, session: Session, row: Row) -> About:
        """What an existing case or recommendation is about."""
        medicine, indication = (
            session.get_one(Medicine, row.medicine_id),
            session.get_one(Indication, row.indication_id),
        )
        return cls(medicine.name, indication.text, medicine.substance, medicine.atc)

    def rows(self, session: Session, *, example: bool = False) -> tuple[Medicine, Indication]:
        """The medicine's and the indication's rows, added when they are new."""
        medicine = find_or_add(session, self.medicine, self.substance, self.atc, example=example)
        return medicine, find_or_add_indication(session, medicine, self.indication)

    def search_text(self, number: str) -> str:
        """What the search looks in, folded."""
        return fold(" ".join(filter(None, (number, self.medicine, self.substance, self.atc, self.indication))))
