"""What an analysis's model says, for its report: the funnel, the treatments with their uptake, and what they cost."""

from __future__ import annotations

from dataclasses import replace

from introduction.documents.amounts import number
from introduction.documents.analysis_words import Words, decimals
from introduction.documents.layout import Block, Column, Grid, Line, Part, Points, Text
from introduction.domain.budget import titles
from introduction.domain.budget.funnel import funnels
from introduction.domain.budget.questions import questions_of
from introduction.domain.budget.spec import Cost, Group, Uptake, figures
from introduction.domain.messages import Message, say

_KINDS: dict[str, Message] = {
    "present": say("Behandlas samtidigt"),
    "new": say("Nya varje år"),
    "pool": say("Väntar vid starten"),
}
_CURVES: dict[str, Message] = {
    "table": say("År för år"),
    "step": say("På en gång"),
    "linear": say("I jämn takt"),
    "logistic": say("Långsamt först, sedan snabbare (S-kurva)"),
    "exponential": say("Snabbast i början"),
}
_WHEN: dict[str, Message] = {
    "dose": say("varje gång den ges"),
    "mg": say("per mg"),
    "month": say("per månad"),
    "year": say("per år"),
    "start": say("när den börjar"),
    "stop": say("när den slutar"),
    "fixed_year": say("fast per år"),
}
_WORLDS: dict[str, Message] = {"without": say("bara utan den nya"), "with": say("bara med den nya")}


class ModelInWords(Words):
    """The parts of a report that tell what was put into the model."""

    def population(self) -> Part:
        """From the population to those who can be treated, step by step."""
        lines = []
        for funnel in funnels(self.model):
            lines.append(Line([self._group(funnel.group)], "group"))
            lines.append(Line([self.t(say("Befolkning")), "", self.people(funnel.population)]))
            for step in funnel.steps:
                lines.append(Line([self._step(step.name), self.share(step.share), self.people(step.left)]))
        columns = [
            Column(self.t(say("Steg")), 3.0),
            Column(self.t(say("Andel som går vidare")), 1.2, True),
            Column(self.t(say("Antal kvar")), 1.0, True),
        ]
        said = say("Steg för steg från befolkningen till dem som kan behandlas, första året.")
        caption = self.t(say("Från befolkning till patienter som kan behandlas"))
        by_year = Line(
            [
                self.t(say("Kan behandlas: nya under året, och de som väntar")),
                *(self.people(one) for one in self.view.figures.eligible),
            ]
        )
        years = (Column(str(year), figures=True) for year in self.view.figures.years)
        heads = [Column(self.t(say("Post")), 2.4), *years]
        yearly = Grid(self.t(say("Kan behandlas, år för år")), heads, [by_year])
        return Part(self.t(say("Population")), [Text(self.t(said)), Grid(caption, columns, lines), yearly])

    def _group(self, group: Group) -> str:
        kind = self.t(_KINDS[group.kind])
        told = [group.title or (group.id if not self.file.pages else ""), kind]
        told += [self.file.areas.get(group.area, group.area)] if group.area else []
        told += [self.t({"women": say("kvinnor"), "men": say("män")}[group.sex])] if group.sex else []
        told += [group.ages] if group.ages else []
        return ", ".join(filter(None, told))

    def _step(self, name: str) -> str:
        question = questions_of(self.file.pages).get(name)
        return self.t(question.label) if question is not None else name

    def treatments(self) -> Part:
        """What patients have without the new treatment, and how fast it comes."""
        mix = [line for group in self.model.group for line in self._mix(group)]
        heads = (
            say("Behandling"), say("I dag"), say("Senare, utan den nya"), say("Av dem som får den nya"),
            say("Med den nya"),
        )  # fmt: skip
        columns = [Column(self.t(one), 2.2 if at == 0 else 1.2, at > 0) for at, one in enumerate(heads)]
        said = say(
            "Utan den nya behandlingen har patienterna de behandlingar som visas här. Den nya tar från dem i de "
            "andelar som är angivna, annars i proportion till dagens andelar. De som blir över har ingen behandling."
        )
        blocks: list[Block] = [Text(self.t(said))]
        if mix:
            caption = self.t(say("Behandlingar utan och med den nya, andel av patienterna"))
            blocks.append(_without_empty(Grid(caption, columns, mix)))
        uptake = [self._uptake(group, group.uptake) for group in self.model.group if group.uptake is not None]
        if uptake:
            words = (say("Grupp"), say("Hur"), say("Når"), say("Tid"), say("Från"), say("Försening"))
            widths = (1.6, 1.6, 1.2, 1.4, 1.2, 1.0)
            heads_of = [Column(self.t(one), width) for one, width in zip(words, widths, strict=True)]
            blocks.append(Grid(self.t(say("Hur den nya behandlingen tas upp")), heads_of, uptake))
        return Part(self.t(say("Behandlingar")), blocks)

    def _mix(self, group: Group) -> list[Line]:
        treatments = dict.fromkeys([*group.mix, *group.mix_to, *group.takes_from, *group.mix_with])
        if not treatments:
            return []
        lines = [Line([self._group(group)], "group")]
        for one in treatments:
            cells = (group.mix.get(one), group.mix_to.get(one), group.takes_from.get(one), group.mix_with.get(one))
            lines.append(Line([self.file.treatment(one), *(self.shares(cell) for cell in cells)]))
        return lines

    def _uptake(self, group: Group, uptake: Uptake) -> Line:
        reached = self.shares(uptake.to) if uptake.to is not None else self.shares(uptake.shares)
        if group.capacity:
            most = ", ".join(self.people(one.value) for one in group.capacity)
            reached += self.t(say(", högst {most} starter om året", most=most))
        start = uptake.start if uptake.start is not None else self.model.start
        delay = self.t(say("{count} månader", count=self.plain(uptake.delay)))
        curve = self.t(_CURVES[uptake.curve])
        return Line([self._group(group), curve, reached, self._pace(uptake), self.month(start), delay])

    def _pace(self, uptake: Uptake) -> str:
        if uptake.months is not None and uptake.curve == "linear":
            return self.t(say("{count} månader", count=self.plain(uptake.months)))
        if uptake.midpoint is not None and uptake.curve == "logistic":
            return self.t(say("hälften efter {count} månader", count=self.plain(uptake.midpoint)))
        if uptake.rate is not None and uptake.curve == "exponential":
            return self.t(say("{share} av resten varje månad", share=self.share(uptake.rate.value)))
        return ""

    def costs(self) -> Part:
        """What each treatment costs, and what is left out."""
        lines = []
        for treatment in self.model.treatment:
            lines.append(Line([self.file.treatment(treatment.id)], "group"))
            lines += [self._cost(cost) for cost in treatment.cost]
            if not treatment.cost:
                lines.append(Line([self.t(say("Ingen kostnad")), "", "", "", ""]))
        words = (say("Kostnadsslag"), say("Belopp, kr"), say("När"), say("Betalare"), say("Källa"))
        widths = (1.6, 1.2, 1.6, 1.4, 2.2)
        columns = [
            Column(self.t(one), width, at == 1) for at, (one, width) in enumerate(zip(words, widths, strict=True))
        ]
        used = {cost.category for treatment in self.model.treatment for cost in treatment.cost}
        left_out = tuple(title for key, title in titles.CATEGORIES.items() if key not in used and key != "other")
        excluded = [say("Moms ingår inte."), say("Återbäring och avtalade priser ingår inte. Allt är listpris.")]
        if left_out:
            excluded.append(say("Utan belopp i beräkningen: {what}.", what=left_out))
        said = Text(self.t(say("Priser och kostnader som de är inlagda. Merkostnaden är skillnaden mellan förloppen.")))
        caption = self.t(say("Kostnader som ingår"))
        out = Points([self.t(one) for one in excluded], over=self.t(say("Kostnader som inte ingår:")))
        return Part(self.t(say("Kostnader")), [said, Grid(caption, columns, lines), out])

    def _cost(self, cost: Cost) -> Line:
        amounts = [number(one.value, decimals(one.value), language=self.language) for one in figures(cost.amount)]
        sources = dict.fromkeys(filter(None, [cost.source, *(one.source for one in figures(cost.amount))]))
        when = [self.t(_WHEN[cost.per]), *self._limits_of(cost)]
        category, purse = self.t(titles.CATEGORIES[cost.category]), self.t(titles.PURSES[cost.purse])
        return Line([category, "; ".join(amounts), ", ".join(when), purse, "; ".join(sources)])

    def _limits_of(self, cost: Cost) -> list[str]:
        """When a cost does not arise always: months of the calendar, months since the start, one world."""
        told: list[Message] = []
        if cost.valid_from is not None:
            told.append(say("från {month}", month=self.month(cost.valid_from)))
        if cost.valid_to is not None:
            told.append(say("till och med {month}", month=self.month(cost.valid_to)))
        if cost.first_month:
            told.append(say("från behandlingsmånad {number}", number=cost.first_month + 1))
        if cost.last_month is not None:
            told.append(say("till och med behandlingsmånad {number}", number=cost.last_month + 1))
        if cost.world in _WORLDS:
            told.append(_WORLDS[cost.world])
        return [self.t(one) for one in told]


def _without_empty(grid: Grid) -> Grid:
    """The table without columns that hold nothing in any row."""
    kept = [
        at
        for at in range(len(grid.columns))
        if at == 0 or any(line.cells[at] for line in grid.lines if line.look == "")
    ]
    lines = [replace(line, cells=[line.cells[at] for at in kept]) if line.look == "" else line for line in grid.lines]
    return replace(grid, columns=[grid.columns[at] for at in kept], lines=lines)
