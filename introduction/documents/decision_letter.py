"""The letter to the unit that applied for extra money: what was decided and why, and what the unit is to do now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from introduction.documents import layout
from introduction.documents.amounts import exact_unit
from introduction.documents.layout import Block, Grid, Head, Pairs, Part, Points, Text
from introduction.documents.printing import Letterhead, Writer
from introduction.domain.messages import Message, say


@dataclass(frozen=True)
class Money:
    """An amount in öre, and the period that it is for."""

    ore: int
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Saving:
    """What the unit saves itself: what, who sees to it, how much in öre, and when it is to be reached."""

    title: str
    owner: str
    ore: int
    by: date | None


@dataclass(frozen=True)
class Reporting:
    """What the unit is to report, and by when."""

    what: str
    due_on: date


@dataclass(frozen=True)
class Contact:
    """Who answers questions."""

    name: str
    role: str
    address: str


@dataclass(frozen=True)
class LetterTold:
    """A decision as it is told to the unit.

    ``outcome`` is one of domain.fields.choices.FUNDING_OUTCOMES. Without an ``indication``, ``no_case_reason`` says why
    the application belongs to no case. ``claiming`` says how the money is claimed. ``reconsider_step`` is what asking
    for reconsideration is called on the application's page, ``reconsider_until`` the last day on which it is of use:
    money of the year is claimed until then. Without a ``section`` or a ``registry_number`` the letter does not name it.
    """

    letterhead: Letterhead
    body: str
    decided_on: date
    unit: str
    medicine: str
    outcome: str
    applied: Money
    reasons: str
    contact: Contact
    section: str = ""
    registry_number: str = ""
    indication: str = ""
    no_case_reason: str = ""
    granted: Money | None = None
    conditions: tuple[str, ...] = ()
    claiming: str = ""
    reporting: tuple[Reporting, ...] = ()
    savings: tuple[Saving, ...] = ()
    reconsider_step: str = ""
    reconsider_until: date | None = None


def letter(told: LetterTold, language: str) -> bytes:
    """The letter as a PDF in a language. The same decision gives the same bytes."""
    amounts = [told.applied.ore, told.granted.ore if told.granted else 0, *(one.ore for one in told.savings)]
    writing = _Letter(told, Writer(language, exact_unit(amounts, language)))
    return layout.pdf(writing.head(), list(writing.parts()), language, told.letterhead.made)


@dataclass(frozen=True)
class _Letter:
    told: LetterTold
    w: Writer

    def head(self) -> Head:
        told = self.told
        return self.w.head(
            told.letterhead,
            say("Beslut om ansökan {number}", number=told.letterhead.number),
            say("Beslut om medel för {medicine}", medicine=told.medicine),
            self._answer(),
            (say("Till"), told.unit),
            (say("Beslutat av"), told.body),
            (say("Beslutsdag"), self.w.day(told.decided_on)),
            *((say("Paragraf"), one) for one in (told.section,) if one),
            *((say("Diarienummer"), one) for one in (told.registry_number,) if one),
        )

    def _answer(self) -> Message:
        granted = self.told.granted
        if granted is None:
            return say("Ansökan avslås.")
        amount, applied = self.w.money(granted.ore), self.w.money(self.told.applied.ore)
        if self.told.outcome == "granted_in_part":
            return say(
                "Ansökan beviljas till en del: upp till {amount}. Ni sökte {applied}.", amount=amount, applied=applied
            )
        return say("Ansökan beviljas: upp till {amount}.", amount=amount)

    def parts(self) -> Iterator[Part]:
        yield self._application()
        yield self._decision()
        yield Part(self.w.t(say("Skäl")), [Text(self.w.t(self.told.reasons))])
        yield self._savings()
        if self.told.granted is not None:
            yield self._claiming()
        if self.told.granted is not None and self.told.reporting:
            yield self._reporting()
        yield self._again()
        yield self._contact()

    def _application(self) -> Part:
        told, w = self.told, self.w
        if told.indication:
            about = (say("Indikation"), told.indication)
        else:
            about = (say("Varför det inte finns något ärende"), told.no_case_reason)
        rows = w.pairs(
            about,
            (say("Sökt belopp"), w.money(told.applied.ore)),
            (say("Sökt period"), w.period(told.applied.first, told.applied.last)),
        )
        return Part(w.t(say("Ansökan")), [Pairs(rows)])

    def _decision(self) -> Part:
        granted, w = self.told.granted, self.w
        title = w.t(say("Beslut"))
        if granted is None:
            said = say("{body} avslår ansökan.", body=self.told.body)
            return Part(title, [Text(w.t(said)), *self._conditions()])
        rows = w.pairs(
            (say("Beviljat belopp"), say("upp till {amount}", amount=w.money(granted.ore))),
            (say("Gäller"), w.period(granted.first, granted.last)),
        )
        return Part(title, [Pairs(rows), *self._conditions()])

    def _conditions(self) -> list[Block]:
        if self.told.conditions:
            return [Points(self.told.conditions, over=self.w.t(say("Villkor:")))]
        return [Text(self.w.t(say("Beslutet är inte förenat med några villkor.")))] if self.told.granted else []

    def _savings(self) -> Part:
        w, savings = self.w, self.told.savings
        title = w.t(say("Egna besparingar"))
        if not savings:
            return Part(title, [Text(w.t(say("Inga egna besparingar är prövade.")))])
        amounts = [one.ore for one in savings]
        columns = [
            w.words(say("Besparing"), 3.4),
            w.words(say("Hos"), 2.2),
            w.words(say("Uppnås senast"), 1.6),
            w.figures(say("Belopp"), 1.4),
        ]
        rows = [(one.title, one.owner, w.day(one.by)) for one in savings]
        rows.append((w.t(say("Summa")), "", ""))
        lines = w.summed((*row, amount) for row, amount in zip(rows, w.column(amounts), strict=True))
        said = say("De här besparingarna är prövade före beslutet.")
        return Part(title, [Text(w.t(said)), Grid(w.caption(say("Prövade besparingar")), columns, lines)])

    def _claiming(self) -> Part:
        said = self.told.claiming or say("Hur pengarna begärs är inte angivet. Fråga kontaktpersonen.")
        return Part(self.w.t(say("Så får ni pengarna")), [Text(self.w.t(said))])

    def _reporting(self) -> Part:
        w = self.w
        title = w.t(say("Det ni ska redovisa"))
        due = [say("{what}, senast {day}", what=one.what, day=w.day(one.due_on)) for one in self.told.reporting]
        return Part(title, [Points([w.t(one) for one in due])])

    def _again(self) -> Part:
        told, w = self.told, self.w
        ask = say("Ni kan begära att {body} omprövar beslutet.", body=told.body)
        if told.reconsider_until is not None:
            ask = say(
                "Ni kan begära att {body} omprövar beslutet så länge budgetårets pengar kan rekvireras, till och med "
                "{day}.",
                body=told.body, day=w.day(told.reconsider_until),
            )  # fmt: skip
        how = say("Skriv vad som är fel eller vad som har ändrats.")
        if told.reconsider_step:
            how = say(
                "Välj ”{step}” på sidan för {number} och skriv vad som är fel eller vad som har ändrats.",
                step=told.reconsider_step, number=told.letterhead.number,
            )  # fmt: skip
        said = (say("Beslutet är fattat inom regionen och kan inte överklagas."), ask, how)
        new = say("Har behovet ändrats kan ni också lämna in en ny ansökan. Den kopplas ihop med den här.")
        return Part(w.t(say("Omprövning och ny ansökan")), [Text(f"{w.all(*said)}\n{w.t(new)}")])

    def _contact(self) -> Part:
        contact = self.told.contact
        known = [part for part in (contact.name, contact.role, contact.address) if part]
        return Part(self.w.t(say("Frågor")), [Text(", ".join(known))], follows=True)
