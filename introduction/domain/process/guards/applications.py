"""Guards of applications for extra money."""

from __future__ import annotations

from introduction.domain.applications import ApplicationGround
from introduction.domain.messages import Message, Month, say
from introduction.domain.process.guards.registry import guard
from introduction.domain.process.situation import Situation


def _of(now: Situation) -> ApplicationGround:
    assert isinstance(now.ground, ApplicationGround), "a guard of applications is asked of an application"
    return now.ground


@guard(say("Behovet är beskrivet"))
def need_described(now: Situation) -> Message | None:
    """Patients, year, period, the need by month, why the budget does not suffice and what happens without it."""
    asked = (
        ("budget_year", say("budgetår")),
        ("period_from", say("första dagen")),
        ("period_to", say("sista dagen")),
        ("patients", say("antal patienter")),
        ("need_by_month", say("merkostnaden varje månad")),
        ("budget_reason", say("varför budgeten inte räcker")),
        ("without_it", say("vad som händer utan pengarna")),
    )
    missing = tuple(title for key, title in asked if not now[key] and now[key] != 0)
    if missing:
        return say("Fyll i: {fields}", fields=missing)
    first, last, year = now["period_from"], now["period_to"], now["budget_year"]
    if last < first:
        return say("Periodens sista dag ligger före den första. Ändra en av dem")
    if first.year != year or last.year != year:
        return say("Perioden ska ligga i budgetåret {year}. Nästa år söks för sig", year=year)
    months = set(now["need_by_month"])
    outside = sorted(m for m in months if not first.isoformat()[:7] <= m <= last.isoformat()[:7])
    if outside:
        return say(
            "Behovet har belopp för månader utanför perioden: {months}. Ändra perioden, eller spara månaderna igen",
            months=tuple(Month.of(month) for month in outside),
        )
    return None if _of(now).need_ore > 0 else say("Behovet är noll kronor. Fyll i merkostnaden varje månad")


@guard(say("Ansökan hör till ett ärende, eller så är det sagt varför inte"))
def case_linked_or_explained(now: Situation) -> Message | None:
    """The medicine has a case, or the application says why there is none."""
    if _of(now).case_number or now["no_case_reason"]:
        return None
    return say("Koppla ansökan till läkemedlets ärende, eller skriv varför det inte finns något")


@guard(say("Ansökan hör till ett beslutat införande"))
def case_linked(now: Situation) -> Message | None:
    """Extra need is asked for within an approved introduction."""
    ground = _of(now)
    if ground.case_number is None:
        return say("Koppla ansökan till det införande som pengarna gäller")
    if ground.introduction_decided:
        return None
    return say("{number} är inte ett beslutat införande som pågår. Välj ett annat ärende", number=ground.case_number)


@guard(say("Egna besparingar är redovisade"))
def savings_told(now: Situation) -> Message | None:
    """The applicant's own savings are listed, or it is said why there are none. Impossible ones say why."""
    ground = _of(now)
    unexplained = tuple(s.title for s in ground.savings if s.state == "not_possible" and not s.explained)
    if unexplained:
        return say("Skriv varför besparingen inte går att genomföra: {titles}", titles=unexplained)
    if ground.savings or now["no_savings_reason"]:
        return None
    return say("Lägg in verksamhetens egna besparingar, eller skriv varför det inte finns några")


@guard(say("Egna besparingar är prövade"))
def savings_examined(now: Situation) -> Message | None:
    """Every own saving has been confirmed by the role that the region names; where none is told, it is said why."""
    ground = _of(now)
    if not ground.demands_savings:
        return None
    waiting = tuple(saving.title for saving in ground.savings if not saving.confirmed)
    if waiting:
        return say("Pröva besparingarna först. Det återstår: {titles}", titles=waiting)
    if ground.savings or now["no_savings_reason"]:
        return None
    return say("Inga egna besparingar är redovisade. Lämna tillbaka ansökan, eller be om skälet")


@guard(say("Ansökan är granskad"))
def review_written(now: Situation) -> Message | None:
    """The economist's review and proposal stand on the application."""
    if now["review"] and now["proposed_ore"] is not None:
        return None
    return say("Skriv granskningen och vilket belopp som föreslås")


@guard(say("Budgetårets fond är upplagd"))
def fund_opened(now: Situation) -> Message | None:
    """There is a fund to propose money from. Whether it reaches is for those who put the applications in order."""
    if _of(now).unreserved_ore is not None:
        return None
    return say("Det finns ingen fond för {year}. Lägg upp den först", year=now["budget_year"])


@guard(say("Skälet till dröjsmålet är skrivet, om svaret är försenat"))
def delay_explained(now: Situation) -> Message | None:
    """A late answer says why it is late."""
    due = now["answer_by"]
    if due is None or due >= now.today or now["delay_reason"]:
        return None
    return say("Svaret skulle ha kommit {day}. Skriv varför det dröjer", day=due)
