"""The handover of a medicine's cost: decision, follow-up, forecasts, what each unit answered, who pays from when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from introduction.documents import layout
from introduction.documents.amounts import percent, whole_unit
from introduction.documents.follow_up_conclusion import CONCLUSIONS
from introduction.documents.layout import Block, Grid, Head, Line, Pairs, Part, Points, Text
from introduction.documents.printing import Letterhead, Writer
from introduction.domain.messages import Message, say

#: What a unit may answer. The codes are those of the record ``handover_confirmation``.
_ANSWERS: dict[str | None, Message] = {
    "confirmed": say("bekräftad"),
    "objection": say("invändning"),
    None: say("inget svar"),
}


@dataclass(frozen=True)
class Forecast:
    """What the first unfunded year is forecast to cost, in öre, and the interval about it."""

    ore: int
    interval: tuple[int, int] | None = None


@dataclass(frozen=True)
class Answer:
    """A unit's answer, "confirmed" or "objection"; a reason where it objects."""

    answer: str
    by: str
    on: date
    reason: str = ""


@dataclass(frozen=True)
class Ruling:
    """What the council decided on objections, in words."""

    decided: str
    body: str
    decided_on: date | None
    reasons: str
    section: str = ""
    registry_number: str = ""


@dataclass(frozen=True)
class UnitTakingOver:
    """A unit that takes over the cost: amounts in öre, its answer, and the change of payer."""

    unit: str
    payer_from: str
    payer_to: str
    changes_on: date
    paid_ore: int
    forecast: Forecast | None = None
    room_ore: int | None = None
    answer: Answer | None = None


@dataclass(frozen=True)
class Remaining:
    """Prescribers who bear no cost themselves, so that theirs stays with the central payer."""

    prescribers: str
    forecast: Forecast | None = None


@dataclass(frozen=True)
class DecisionTold:
    """The decision to introduce: by whom, when, what (in words), and on which conditions."""

    body: str
    decided_on: date | None
    outcome: str
    section: str = ""
    registry_number: str = ""
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class FollowedUp:
    """What the follow-up came to: one of follow_up_conclusion.CONCLUSIONS, by whom, when and why."""

    outcome: str
    body: str
    decided_on: date
    reasons: str


@dataclass(frozen=True)
class HandoverTold:
    """A handover as of a day: when it was ``done``, or before.

    ``level`` is the probability of the forecasts' intervals; ``first_year`` the first unfunded year.
    """

    letterhead: Letterhead
    as_of: date
    medicine: str
    indication: str
    first_year: int
    central_payer: str
    decision: DecisionTold
    done: bool = False
    units: tuple[UnitTakingOver, ...] = ()
    conclusion: FollowedUp | None = None
    rulings: tuple[Ruling, ...] = ()  #: oldest first
    remaining: tuple[Remaining, ...] = ()
    watched_until: date | None = None
    level: float | None = None


def handover(told: HandoverTold, language: str) -> bytes:
    """The handover as a PDF in a language. The same handover gives the same bytes."""
    amounts = [ore for one in told.units for ore in (one.paid_ore, one.room_ore) if ore is not None]
    for forecast in (*(one.forecast for one in told.units), *(one.forecast for one in told.remaining)):
        amounts += [forecast.ore, *(forecast.interval or ())] if forecast else []
    writing = _Handover(told, Writer.of(language, whole_unit(amounts, language), amounts))
    return layout.pdf(writing.head(), list(writing.parts()), language, told.letterhead.made)


@dataclass(frozen=True)
class _Handover:
    told: HandoverTold
    w: Writer

    def head(self) -> Head:
        told, w = self.told, self.w
        return w.head(
            told.letterhead,
            say("Överlämning, {case}", case=told.letterhead.number),
            say("Överlämning av kostnadsansvar: {medicine}", medicine=told.medicine),
            w.all(*self._lead()),
            (say("Läkemedel"), told.medicine),
            (say("Indikation"), told.indication),
            (say("Överlämnat") if told.done else say("Läget den"), w.day(told.as_of)),
            (say("Första året utan finansiering"), told.first_year),
            (say("Bevakas till och med"), w.day(told.watched_until)),
        )

    def _lead(self) -> list[Message]:
        units = self.told.units
        if not units:
            return [say("Ingen enhet tar över kostnaden.")]
        first = self.w.day(min(one.changes_on for one in units))
        same = len({one.changes_on for one in units}) == 1
        if len(units) == 1:
            over = say("En enhet tar över kostnaden den {day}.", day=first)
        elif same:
            over = say("{count} enheter tar över kostnaden den {day}.", count=len(units), day=first)
        else:
            over = say("{count} enheter tar över kostnaden, den första den {day}.", count=len(units), day=first)
        given = [one.answer.answer if one.answer else None for one in units]
        answers = [_counted(code, given.count(code)) for code in _ANSWERS if code in given]
        return [over, *answers, *([] if self.told.done else [say("Kostnadsansvaret är inte överlämnat än.")])]

    def parts(self) -> Iterator[Part]:
        yield self._decision()
        yield self._conclusion()
        yield self._money()
        yield self._answers()
        if self.told.rulings:
            yield self._rulings()
        yield self._payers()
        yield self._remaining()
        yield self._watch()

    # --------------------------------------------------------------------------------- what came before

    def _decision(self) -> Part:
        decision, w = self.told.decision, self.w
        rows = w.pairs(
            (say("Beslut"), decision.outcome),
            (say("Beslutat av"), decision.body),
            (say("Beslutsdag"), w.day(decision.decided_on)),
            (say("Paragraf"), decision.section),
            (say("Diarienummer"), decision.registry_number),
        )
        if decision.conditions:
            conditions: Block = Points(decision.conditions, over=w.t(say("Villkor:")))
        else:
            conditions = Text(w.t(say("Beslutet är inte förenat med några villkor.")))
        return Part(w.t(say("Beslutet om införande")), [Pairs(rows), conditions])

    def _conclusion(self) -> Part:
        found, w = self.told.conclusion, self.w
        title = w.t(say("Slutsats av uppföljningen"))
        if found is None:
            return Part(title, [Text(w.t(say("Ingen slutsats är dragen.")))])
        said = say(
            "{conclusion} Slutsatsen drogs av {body} den {day}.",
            conclusion=CONCLUSIONS[found.outcome], body=found.body, day=w.day(found.decided_on),
        )  # fmt: skip
        return Part(title, [Text(f"{w.t(said)}\n{found.reasons}")])

    # --------------------------------------------------------------------------------- the units

    def _money(self) -> Part:
        w, told = self.w, self.told
        title = w.t(say("Kostnad per enhet"))
        if not told.units:
            return Part(title, [Text(w.t(say("Inga behandlande enheter är utsedda.")))])
        paid, room = [one.paid_ore for one in told.units], [one.room_ore for one in told.units]
        forecasts = [one.forecast.ore if one.forecast else None for one in told.units]
        columns = [
            w.words(say("Enhet"), 2.6),
            w.figures(say("Utbetalt hittills"), 1.2),
            w.figures(say("Prognos {year}", year=told.first_year), 1.2, estimate=True),
            w.figures(say("Intervall"), 1.5),
            w.figures(say("Föreslaget utrymme"), 1.3),
        ]
        names = [*(one.unit for one in told.units), w.sum_of(paid, forecasts, room)]
        intervals = self._intervals([one.forecast for one in told.units])
        rows = zip(names, w.column(paid), w.column(forecasts), intervals, w.column(room), strict=True)
        table = Grid(w.caption(say("Kostnad per enhet")), columns, w.summed(rows))
        return Part(title, [Text(w.all(*self._basis())), table])

    def _intervals(self, forecasts: list[Forecast | None]) -> list[str]:
        """The interval of each, and nothing beside the sum: intervals are not added up."""
        return [*(self.w.interval(one.interval if one else None) for one in forecasts), ""]

    def _basis(self) -> list[Message]:
        found = [say("Listpris utan moms. Prognosen gäller {year}.", year=self.told.first_year)]
        if self.told.level is not None:
            level = percent(self.told.level, language=self.w.language)
            found.append(say("Intervallet rymmer utfallet med {level} sannolikhet.", level=level))
        return [*found, *self.w.rounding]

    def _answers(self) -> Part:
        w, units = self.w, self.told.units
        title = w.t(say("Enheternas svar"))
        if not units:
            return Part(title, [Text(w.t(say("Ingen enhet har tillfrågats.")))])
        columns = [
            w.words(say("Enhet"), 2.6),
            w.words(say("Svar"), 1.1),
            w.words(say("Svarade"), 1.9),
            w.words(say("Datum"), 1.5),
        ]
        lines = []
        for one in units:
            answer = one.answer
            word = w.t(_ANSWERS[answer.answer if answer else None])
            lines.append(Line([one.unit, word, *([answer.by, w.day(answer.on)] if answer else ["", ""])]))
        blocks: list[Block] = [Grid(w.t(say("Svar per enhet")), columns, lines)]
        return Part(title, [Text(w.t(self._objecting())), *blocks, *self._objections()])

    def _objecting(self) -> Message:
        count = sum(1 for one in self.told.units if one.answer and one.answer.answer == "objection")
        if not count:
            return say("Ingen enhet har en invändning.")
        if self.told.rulings:
            return say("Skälen till invändningarna står under tabellen, och sedan rådets beslut.")
        return say("Skälen till invändningarna står under tabellen. Rådet har inte beslutat om dem än.")

    def _objections(self) -> list[Block]:
        return [
            Points([one.answer.reason or self.w.t(None)], over=self.w.t(say("Skäl från {unit}:", unit=one.unit)))
            for one in self.told.units
            if one.answer is not None and one.answer.answer == "objection"
        ]

    def _rulings(self) -> Part:
        w = self.w
        blocks: list[Block] = []
        for one in self.told.rulings:
            rows = w.pairs(
                (say("Beslut"), one.decided),
                (say("Beslutat av"), one.body),
                (say("Beslutsdag"), w.day(one.decided_on)),
                *([(say("Paragraf"), one.section)] if one.section else []),
                (say("Diarienummer"), one.registry_number),
            )
            blocks += [Pairs(rows), Text(w.t(one.reasons))]
        return Part(w.t(say("Rådets beslut om invändningar")), blocks)

    def _payers(self) -> Part:
        w, units = self.w, self.told.units
        title = w.t(say("Byte av betalare"))
        if not units:
            return Part(title, [Text(w.t(say("Ingen betalare byts.")))])
        columns = [
            w.words(say("Enhet"), 2.4),
            w.words(say("Från betalare"), 1.8),
            w.words(say("Till betalare"), 1.8),
            w.words(say("Från och med"), 1.3),
        ]
        lines = [Line([one.unit, one.payer_from, one.payer_to, w.day(one.changes_on)]) for one in units]
        said = say("Den nya betalaren bär kostnaderna från och med den dagen. Introduktionsmedel betalas inte för dem.")
        return Part(title, [Text(w.t(said)), Grid(w.t(say("Byte av betalare per enhet")), columns, lines)])

    # --------------------------------------------------------------------------------- what stays, and what follows

    def _remaining(self) -> Part:
        w, told = self.w, self.told
        title = w.t(say("Kvar hos central betalare"))
        if not told.remaining:
            said = say("Ingen kostnad stannar hos {payer}.", payer=told.central_payer)
            return Part(title, [Text(w.t(said))])
        said = say(
            "Förskrivare som inte bär någon kostnad själva. Kostnaden stannar hos {payer} och ingår inte i enheternas "
            "belopp ovan.",
            payer=told.central_payer,
        )
        forecasts = [one.forecast.ore if one.forecast else None for one in told.remaining]
        columns = [
            w.words(say("Förskrivare"), 3.4),
            w.figures(say("Prognos {year}", year=told.first_year), 1.4, estimate=True),
            w.figures(say("Intervall"), 1.6),
        ]
        names = [*(one.prescribers for one in told.remaining), w.sum_of(forecasts)]
        intervals = self._intervals([one.forecast for one in told.remaining])
        rows = zip(names, w.column(forecasts), intervals, strict=True)
        table = Grid(w.caption(say("Kvar hos central betalare")), columns, w.summed(rows))
        return Part(title, [Text(w.t(said)), table])

    def _watch(self) -> Part:
        w, until = self.w, self.told.watched_until
        if until is None:
            said = say("Ingen bevakning är bestämd.")
        else:
            said = say("Användningen och kostnaden bevakas till och med {day}.", day=w.day(until))
        return Part(w.t(say("Bevakning efteråt")), [Text(w.t(said))])


def _counted(answer: str | None, count: int) -> Message:
    """How many units gave an answer."""
    if answer is None:
        return say("{count} har inte svarat.", count=count)
    if answer == "objection":
        return say("{count} har en invändning.", count=count)
    return say("{count} har bekräftat.", count=count)
