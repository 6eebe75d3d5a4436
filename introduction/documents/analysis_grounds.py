"""What an analysis's figures rest on, for its report: perspective, method, assumptions, limits and history."""

from __future__ import annotations

import re
from datetime import date, datetime

from introduction.documents.amounts import NBSP, number, percent
from introduction.documents.analysis_view import assumed, financed_until, hits_text
from introduction.documents.analysis_words import Words
from introduction.documents.assumptions import Assumption, assumptions
from introduction.documents.layout import Column, Grid, Line, Pairs, Part, Points, Text
from introduction.documents.wording import plain_day
from introduction.domain.budget import titles
from introduction.domain.budget.freezing import DRAWS
from introduction.domain.budget.hit_rate import Summary
from introduction.domain.budget.questions import questions_of
from introduction.domain.budget.uncertainty import inputs_of
from introduction.domain.calendar import local_date
from introduction.domain.messages import Message, say

_ENTRIES: dict[str, Message] = {
    "yearly": say("Patienter börjar vid årets början."),
    "quarterly": say("Patienter börjar vid varje kvartals början."),
    "monthly": say("Patienter börjar vid varje månads början, hela året om."),
    "weekly": say("Patienter börjar varje vecka, hela året om."),
    "evenly": say("Patienter börjar när som helst under året."),
}
_NO_SOURCE = say("Ingen källa angiven")


class Grounds(Words):
    """The parts of a report that tell what its figures rest on, beside the model itself."""

    def perspective(self) -> Part:
        """Whose costs, which worlds, and for how long."""
        years = self.view.figures.years
        said = say(
            "Beräkningen jämför två förlopp månad för månad: utan den nya behandlingen och med den. Merkostnaden är "
            "skillnaden. Perspektivet är budgethållarens: regionen och dess verksamheter. Varje betalare redovisas för "
            "sig, och belopp kvittas inte mellan betalare."
        )
        discount = self.model.discount.value
        rate = percent(discount, 1, language=self.language)
        rows = [
            (say("Tidshorisont"), say("{first}–{last}, per kalenderår", first=years[0], last=years[-1])),
            (say("Beräkningen börjar"), self.month(self.view.figures.first_month)),
            (say("Diskontering"), say("{rate} per år", rate=rate) if discount else say("Ingen")),
            (say("Betalare"), ", ".join(self._purses())),
        ]
        ends = financed_until(self.file)
        if ends is not None and self.model.financed is not None:
            pays = tuple(titles.CATEGORIES[one] for one in self.model.financed.pays)
            first = self.month(self.model.financed.first)
            until = plain_day(ends, self.language)
            rows.append(
                (
                    say("Introduktionsmedel"),
                    say("Från {first} till och med {until}; omfattar: {pays}", first=first, until=until, pays=pays),
                )
            )
        pairs = [(self.t(label), self.t(value)) for label, value in rows]
        return Part(self.t(say("Perspektiv och tid")), [Text(self.t(said)), Pairs(pairs)])

    def _purses(self) -> list[str]:
        paying = self.view.figures.by("purse")
        return [self.t(title) for purse, title in titles.PURSES.items() if any(paying.get(purse, ()))]

    # --------------------------------------------------------------------------------- method and assumptions

    def method(self) -> Part:
        """How it was computed, so that it can be computed again."""
        found = self.view.figures
        draws = number(found.draws, language=self.language)
        varying = {one.name or path for path, one in inputs_of(self.model).items() if one.varies}
        said = (
            say("Kostnaden räknas månad för månad för dem som börjar, fortsätter och slutar."),
            _ENTRIES[self.model.entry],
            say(
                "Osäkerheten är beräknad med {draws} dragningar ur antagandenas fördelningar. Spannet rymmer {level} "
                "av dem.",
                draws=draws, level=percent(found.level, language=self.language),
            ),
        )  # fmt: skip
        pairs = [
            (say("Metod"), found.method),
            (say("Dragningar"), draws),
            (say("Slumptalsfrö"), str(found.seed)),
            (say("Antaganden med span"), str(len(varying))),
        ]
        told = Text(" ".join(self.t(one) for one in said))
        return Part(self.t(say("Metod")), [told, Pairs([(self.t(label), value) for label, value in pairs])])

    def assumptions(self) -> Part:
        """Every assumption with value, span, source, day, who set it, and how it was judged."""
        words = (say("Antagande"), say("Värde"), say("Span"), say("Källa"), say("Satt"), say("Läge"))
        widths = (2.2, 1.2, 1.2, 1.9, 1.6, 1.1)
        columns = [
            Column(self.t(one), width, at in (1, 2)) for at, (one, width) in enumerate(zip(words, widths, strict=True))
        ]
        lines = []
        for page, listed in assumed(self.file, self.language):
            lines += [Line([page], "group")] if page else []
            lines += [self._assumption(one) for one in listed]
        title = self.t(say("Antaganden"))
        said = say("Varje antagande med värde, span, källa, dag och vem som satte det. Läget är granskningens.")
        return Part(title, [Text(self.t(said)), Grid("", columns, lines)])

    def _assumption(self, one: Assumption) -> Line:
        source = one.source or self.t(say("Förvalt värde") if one.standing else _NO_SOURCE if self._bare(one) else None)
        mark = self.t(titles.MARKS.get(one.mark, say("inte granskat")))
        set_by = ", ".join(filter(None, (one.on.isoformat() if one.on else "", one.by)))
        return Line([one.title, _joined(one.value), _joined(one.span) or "–", source, set_by, mark])

    def _bare(self, one: Assumption) -> bool:
        """True for a figure without a source. Names and choices need none."""
        question = questions_of(self.file.pages).get(one.key)
        return not one.source and not one.standing and (question is None or question.ranged)

    # --------------------------------------------------------------------------------- limits and history

    def limits(self, hits: Summary | None, today: date | None) -> Part:
        """What the figures do not tell, and how the method and earlier forecasts have held."""
        listed = assumptions(self.file, self.language)
        bare = [one for one in listed if self._bare(one)]
        confirm = [one.title for one in listed if one.mark == "confirm"]
        told = [
            say("Beloppen är listpriser. Nettobelopp efter återbäring visas bara för dem som är utsedda att läsa dem."),
            say(
                "Spannet visar osäkerheten i de antaganden som har ett span. Modellens byggnad prövas bara i scenarier."
            ),
            say("Ingen kostnad räknas för att ställa om vården, om den inte är inlagd bland kostnaderna."),
            say("{some} av {all} antaganden är tal utan angiven källa.", some=len(bare), all=len(listed)),
        ]
        if confirm:
            told.append(say("Ska bekräftas enligt granskningen: {what}.", what=tuple(confirm)))
        if self.file.row.review_note:
            told.append(say("Granskningens anteckning: {note}", note=self.file.row.review_note))
        if self.view.figures.draws < DRAWS:
            draws = number(self.view.figures.draws, language=self.language)
            told.append(say("Siffrorna bygger på {draws} dragningar och kan ändras något.", draws=draws))
        told.append(say("Metoden prövas mot publicerade beräkningar varje gång programmet ändras."))
        if hits is not None and today is not None:
            text, day = hits_text(hits, self.language), plain_day(today, self.language)
            told.append(say("Regionens tidigare prognoser, läget {day}: {text}", day=day, text=text))
        return Part(self.t(say("Begränsningar och prövning")), [Points([self.t(one) for one in told])])

    def history(self) -> Part:
        """Who wrote, handed in, reviewed and approved, and when."""
        row = self.file.row
        steps: tuple[tuple[Message, int | None, datetime | None], ...] = (
            (say("Påbörjad"), row.written_by, row.written_at),
            (say("Lämnad för granskning"), row.submitted_by, row.submitted_at),
            (say("Granskad"), row.reviewed_by, row.reviewed_at),
            (say("Godkänd och fryst"), row.approved_by, row.approved_at),
            (say("Ersatt av en nyare"), None, row.superseded_at),
        )
        lines = [
            Line([self.t(what), plain_day(local_date(at), self.language), self.file.people.get(by or 0, "")])
            for what, by, at in steps
            if at is not None
        ]
        columns = [Column(self.t(one)) for one in (say("Vad"), say("När"), say("Vem"))]
        title = self.t(say("Historik"))
        return Part(title, [Grid("", columns, lines)])


def _joined(text: str) -> str:
    """Figures as they were typed, which no line break may part."""
    return re.sub(r"(?<=\d) (?=\d)", NBSP, text)
