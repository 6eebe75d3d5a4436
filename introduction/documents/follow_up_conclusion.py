"""What the council concludes from a follow-up, and what that rests on: the goals, and the units side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from introduction.documents import layout
from introduction.documents.amounts import percent, whole_unit
from introduction.documents.layout import Block, Grid, Head, Line, Pairs, Part, Picture, Points, Text
from introduction.documents.printing import Letterhead, Writer
from introduction.domain.messages import Message, say

#: What a council may conclude, as sentences. The codes are those of domain.fields.choices.FOLLOW_UP_OUTCOMES.
CONCLUSIONS: dict[str, Message] = {
    "continue": say("Införandet fortsätter som hittills."),
    "adjust": say("Införandet justeras."),
    "stop": say("Införandet avslutas i förtid."),
    "hand_over_early": say("Kostnadsansvaret lämnas över i förtid."),
}


@dataclass(frozen=True)
class Counts:
    """Patients as they may be shown ("12", "1–4"), and how many of them stand in the register ("92 %")."""

    started: str
    continuing: str
    stopped: str
    coverage: str | None = None


@dataclass(frozen=True)
class UnitFigures:
    """A unit's figures: None for what has not been reported. Amounts in öre, for the whole period."""

    unit: str
    counts: Counts | None = None
    cost_ore: int | None = None
    forecast_ore: int | None = None


@dataclass(frozen=True)
class Goal:
    """What was to be reached, how it is measured, and how each unit did (None: not reported)."""

    title: str
    indicator: str
    source: str
    goal: str
    outcomes: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Missing:
    """A unit whose report has not come, and when it was due."""

    unit: str
    due_on: date


@dataclass(frozen=True)
class Obstacle:
    """What a unit says stands in the way."""

    unit: str
    text: str


@dataclass(frozen=True)
class ConclusionTold:
    """A council's conclusion and what it rests on, as it was on the day.

    ``outcome`` is one of CONCLUSIONS; ``together`` is for all units.
    """

    letterhead: Letterhead
    medicine: str
    indication: str
    followed_from: date | None
    followed_to: date | None  #: None where no unit had reported
    body: str
    decided_on: date
    outcome: str
    reasons: str
    section: str = ""
    goals: tuple[Goal, ...] = ()
    units: tuple[UnitFigures, ...] = ()
    together: Counts | None = None
    missing: tuple[Missing, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    chart: Picture | None = None


def conclusion(told: ConclusionTold, language: str) -> bytes:
    """The conclusion as a PDF in a language. The same conclusion gives the same bytes."""
    amounts = [ore for one in told.units for ore in (one.cost_ore, one.forecast_ore) if ore is not None]
    writing = _Conclusion(told, Writer.of(language, whole_unit(amounts, language), amounts))
    return layout.pdf(writing.head(), list(writing.parts()), language, told.letterhead.made)


@dataclass(frozen=True)
class _Conclusion:
    told: ConclusionTold
    w: Writer

    def head(self) -> Head:
        told, w = self.told, self.w
        rows = [
            (say("Läkemedel"), told.medicine),
            (say("Indikation"), told.indication),
            (say("Uppföljd period"), w.period(told.followed_from, told.followed_to)),
            (say("Slutsats av"), told.body),
            (say("Datum"), w.day(told.decided_on)),
        ]
        if told.section:
            rows.append((say("Paragraf"), told.section))
        return w.head(
            told.letterhead,
            say("Uppföljning, {case}", case=told.letterhead.number),
            say("Slutsats av uppföljningen: {medicine}", medicine=told.medicine),
            w.all(CONCLUSIONS[told.outcome], self._reported()),
            *rows,
        )

    def _reported(self) -> Message:
        units = self.told.units
        silent, late = sum(1 for one in units if one.counts is None), len(self.told.missing)
        if silent == len(units):
            return say("Ingen enhet har rapporterat.")
        if silent == 1:
            return say("En enhet har inte rapporterat.")
        if silent:
            return say("{count} enheter har inte rapporterat.", count=silent)
        if late:
            return say("Alla enheter har rapporterat, men den senaste rapporten saknas från {count}.", count=late)
        return say("Alla enheter har rapporterat.")

    def parts(self) -> Iterator[Part]:
        w = self.w
        yield Part(w.t(say("Skäl")), [Text(w.t(self.told.reasons))])
        yield from self._goals()
        yield self._units()
        yield self._missing()
        yield self._obstacles()

    # --------------------------------------------------------------------------------- goals

    def _goals(self) -> Iterator[Part]:
        w = self.w
        if not self.told.goals:
            yield Part(w.t(say("Mål")), [Text(w.t(say("Inga mål är angivna för uppföljningen.")))])
        for at, goal in enumerate(self.told.goals, start=1):
            rows = w.pairs(
                (say("Mål"), goal.title),
                (say("Mäts med"), goal.indicator),
                (say("Källa"), goal.source),
                (say("Ska nå"), goal.goal),
            )
            yield Part(w.t(say("Mål {number}", number=at)), [Pairs(rows), self._outcomes(at, goal)])

    def _outcomes(self, at: int, goal: Goal) -> Block:
        w = self.w
        if not goal.outcomes:
            return Text(w.t(say("Inget utfall är rapporterat.")))
        columns = [w.words(say("Enhet"), 1.0), w.words(say("Utfall"), 1.6)]
        lines = [Line([unit, w.t(outcome)]) for unit, outcome in goal.outcomes]
        return Grid(w.t(say("Utfall för mål {number}", number=at)), columns, lines)

    # --------------------------------------------------------------------------------- units

    def _units(self) -> Part:
        w, units = self.w, self.told.units
        title = w.t(say("Enheterna"))
        if not units:
            return Part(title, [Text(w.t(say("Inga behandlande enheter är utsedda.")))])
        said = say(
            "Patienter och kostnad sedan införandet började, enligt de rapporter som hade kommit den {day}. Kostnaden "
            "är listpris utan moms. Små antal visas inte exakt.",
            day=w.day(self.told.decided_on),
        )
        blocks: list[Block] = [Text(w.all(said, *w.rounding))]
        if self.told.chart is not None:
            blocks.append(self.told.chart)
        return Part(title, [*blocks, self._patients(), self._costs()])

    def _patients(self) -> Grid:
        w, told = self.w, self.told
        columns = [
            w.words(say("Enhet"), 3.2),
            w.figures(say("Har börjat"), 1.0),
            w.figures(say("Fortsätter"), 1.0),
            w.figures(say("Har slutat"), 1.0),
            w.figures(say("Täckning i registret"), 1.2),
        ]
        lines = [Line([one.unit, *self._counts(one.counts)]) for one in told.units]
        if told.together is not None:
            lines.append(Line([w.t(say("Alla enheter")), *self._counts(told.together)], "total"))
        return Grid(w.t(say("Patienter per enhet")), columns, lines)

    def _counts(self, counts: Counts | None) -> list[str]:
        if counts is None:
            return [self.w.t(None)] * 4
        return [self.w.t(one) for one in (counts.started, counts.continuing, counts.stopped, counts.coverage)]

    def _costs(self) -> Grid:
        w, units = self.w, self.told.units
        costs, forecasts = [one.cost_ore for one in units], [one.forecast_ore for one in units]
        columns = [
            w.words(say("Enhet"), 3.2),
            w.figures(say("Utfall"), 1.4),
            w.figures(say("Prognos"), 1.4, estimate=True),
            w.figures(say("Utfall av prognos"), 1.2),
        ]
        shares = [
            self._share(*pair) for pair in (*zip(costs, forecasts, strict=True), (_whole(costs), _whole(forecasts)))
        ]
        names = [*(one.unit for one in units), w.sum_of(costs, forecasts)]
        rows = zip(names, w.column(costs), w.column(forecasts), shares, strict=True)
        return Grid(w.caption(say("Kostnad mot prognos per enhet")), columns, w.summed(rows))

    def _share(self, cost: int | None, forecast: int | None) -> str:
        return self.w.t(None if cost is None or not forecast else percent(cost / forecast, language=self.w.language))

    # --------------------------------------------------------------------------------- what stands in the way

    def _missing(self) -> Part:
        w = self.w
        title = w.t(say("Har inte rapporterat"))
        if not self.told.missing:
            return Part(title, [Text(w.t(say("Ingen rapport saknas.")))])
        told = say("{unit}, skulle ha rapporterat {day}")
        late = [Message(told.text, {"unit": one.unit, "day": w.day(one.due_on)}) for one in self.told.missing]
        return Part(title, [Points([w.t(one) for one in late])])

    def _obstacles(self) -> Part:
        w = self.w
        title = w.t(say("Hinder"))
        if not self.told.obstacles:
            return Part(title, [Text(w.t(say("Inga hinder är rapporterade.")))])
        return Part(title, [Points([f"{one.unit}: {one.text}" for one in self.told.obstacles])])


def _whole(amounts: Sequence[int | None]) -> int | None:
    """The sum, where no amount is missing."""
    known = [ore for ore in amounts if ore is not None]
    return sum(known) if len(known) == len(amounts) else None
