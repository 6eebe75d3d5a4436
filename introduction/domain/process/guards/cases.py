"""Guards of cases, and of what all subjects have."""

from __future__ import annotations

from datetime import date

from introduction.domain import ranking
from introduction.domain.fields import ROUTINE_USE, SEVERITY
from introduction.domain.messages import Message, say
from introduction.domain.process.guards.registry import guard
from introduction.domain.process.situation import Situation

# ------------------------------------------------------------------------------------- tasks and registry


@guard(say("Stegets uppgifter är klara"))
def tasks_done(now: Situation) -> Message | None:
    """Every task of the stage that is not optional is done."""
    left = tuple(t.title for t in now.tasks if t.of_stage and t.open and not t.optional)
    return say("Kvar att göra: {tasks}", tasks=left) if left else None


@guard(say("Ärendet har ett diarienummer"))
def registered(now: Situation) -> Message | None:
    """A registry number stands on the case."""
    return None if now["registry_number"] else say("Registrera ärendet och skriv diarienumret")


# ------------------------------------------------------------------------------------- scope criteria


@guard(say("Målgrupp, jämförelse och nytta är beskrivna"))
def described(now: Situation) -> Message | None:
    """The nomination tells whom it concerns, what it replaces and what good it does."""
    wanted = {
        "target_population": say("målgrupp"),
        "comparator": say("ersatt behandling"),
        "benefit": say("nytta"),
    }
    missing = tuple(label for key, label in wanted.items() if not now[key])
    return say("Beskriv: {what}", what=missing) if missing else None


@guard(say("Nomineringen är förankrad i berörda verksamheter"))
def anchored(now: Situation) -> Message | None:
    """The operations concerned have been heard."""
    return None if now["anchored_with"] else say("Skriv med vilka verksamheter nomineringen är förankrad")


@guard(say("Jäv hos den som nominerar är redovisat"))
def conflicts_declared(now: Situation) -> Message | None:
    """The nominator has declared conflicts of interest, or that there are none."""
    return None if now["conflicts_of_interest"] else say("Skriv om det finns jäv, eller ”Inget jäv”")


@guard(say("Läkemedlet är godkänt för försäljning"))
def authorised(now: Situation) -> Message | None:
    """The medicine has a marketing authorisation."""
    if now["authorised"] is None:
        return say("Ange om läkemedlet är godkänt för försäljning")
    return None if now["authorised"] else say("Läkemedlet saknar godkännande för försäljning")


@guard(say("Läkemedlet är inte i rutinbruk, eller så finns ojämlikhet och en plan"))
def not_in_routine_use(now: Situation) -> Message | None:
    """Not in routine use, unless there is inequality or under-use with a regional plan to mend it."""
    use = now["routine_use"]
    if use is None:
        return say("Ange om läkemedlet redan används i rutinbruk")
    if use == "routine":
        return say("Läkemedlet är i rutinbruk. Det kräver stor ojämlikhet eller underanvändning och en regional plan")
    assert use in ROUTINE_USE
    return None


@guard(say("Det finns vetenskapligt underlag för nyttan"))
def evidence_exists(now: Situation) -> Message | None:
    """There is scientific evidence of patient benefit."""
    if now["evidence_exists"] is None:
        return say("Ange om det finns vetenskapligt underlag för nyttan")
    return None if now["evidence_exists"] else say("Vetenskapligt underlag för nyttan saknas")


@guard(say("Väsentlighet: merkostnad över gränsen, stor omställning eller svåra etiska frågor"))
def material(now: Situation) -> Message | None:
    """The extra cost in some year reaches the threshold, or the care must be reorganised, or ethics are complex."""
    if now["reorganisation"] or now["complex_ethics"]:
        return None
    costs = [now[f"extra_cost_year{year}_ore"] for year in (1, 2, 3)]
    known = [cost for cost in costs if cost is not None]
    if not known:
        return say("Ange merkostnaden år 1–3, eller att vården måste ställas om eller att etiken är svår")
    levels = now["care_levels"] or ()
    key = "threshold_several_levels_kr" if len(levels) > 1 else "threshold_one_level_kr"
    limit = now.region.value(key, now.today)
    if max(known) >= limit * 100:
        return None
    return say(
        "Merkostnaden är som mest {cost} kr om året. Gränsen är {limit} kr",
        cost=_kronor(max(known)),
        limit=_kronor(limit * 100),
    )


def _kronor(ore: int) -> str:
    sign = "\u2212" if ore < 0 else ""
    return sign + f"{abs(ore) // 100:,}".replace(",", "\u00a0")


# ------------------------------------------------------------------------------------- ranking


@guard(say("Svårighetsgrad, effekt, risk, evidens och kostnadseffektivitet är bedömda"))
def assessed(now: Situation) -> Message | None:
    """All five dimensions of the ranking matrix are filled."""
    wanted = {
        "severity": say("svårighetsgrad"),
        "effect": say("effekt"),
        "risk": say("risk"),
        "evidence_grade": say("evidens"),
        "cost_effectiveness": say("kostnadseffektivitet"),
    }
    missing = tuple(label for key, label in wanted.items() if not now[key])
    return say("Bedöm: {what}", what=missing) if missing else None


@guard(say("Rangordningen är inte bättre än svårighetsgraden medger"))
def rank_not_better_than_severity(now: Situation) -> Message | None:
    """The hard rule of the ranking matrix."""
    rank, severity = now["rank"], now["severity"]
    if severity is None:
        return say("Ange både svårighetsgrad och rangordning")
    if rank is None:
        return say("Rangordningen är inte angiven än")
    if ranking.allowed(rank, severity):
        return None
    return say(
        "Svårighetsgraden är {severity}. Då kan rangordningen inte vara bättre än {best}",
        severity=SEVERITY[severity],
        best=ranking.BEST_RANK_FOR_SEVERITY[severity],
    )


@guard(say("Avsteg från evidenskravet är motiverat"))
def weak_evidence_explained(now: Situation) -> Message | None:
    """Rank 1 on limited evidence asks for a rare and severe condition, and a written reason."""
    if now["rank"] != 1 or now["evidence_grade"] not in ("1", "2"):
        return None
    if now["rare_and_severe"] and now["rank_reason"]:
        return None
    return say("Rang 1 trots svagt underlag kräver att tillståndet är sällsynt och mycket svårt, och en motivering")


@guard(say("Rangordningen är 1 eller 2"))
def rank_one_or_two(now: Situation) -> Message | None:
    """Only rank 1 and 2 get an in-depth analysis."""
    return None if now["rank"] in (1, 2) else say("Bara ärenden med rang 1 eller 2 får en fördjupad analys")


@guard(say("Rangordningen är 3"))
def rank_three(now: Situation) -> Message | None:
    """Rank 3 goes to the collected proposal without an in-depth analysis."""
    return None if now["rank"] == 3 else say("Ärenden med rang 1 eller 2 ska ha en fördjupad analys först")


@guard(say("Rådets förslag är skrivet"))
def proposal_written(now: Situation) -> Message | None:
    """The council's proposal stands on the case."""
    return None if now["proposal"] else say("Skriv rådets förslag")


@guard(say("Nationell rekommendation finns, eller så krävs den inte här"))
def national_advice_if_demanded(now: Situation) -> Message | None:
    """National advice has come, where the region demands it before its own decision."""
    if not now.region.value("demands_national_advice", now.today):
        return None
    if now.advice_level and now.advice_level not in ("wait",):
        return None
    return say("Regionen fattar beslut först när det finns en nationell rekommendation")


@guard(say("Kostnaden är beräknad och godkänd, eller så krävs det inte här"))
def budget_impact_if_demanded(now: Situation) -> Message | None:
    """An analysis of what a yes costs is approved, where the region demands it before its decision."""
    if not now.region.value("demands_budget_impact", now.today) or now.analysis_approved:
        return None
    return say("Regionen beslutar först när en beräkning av kostnaden är granskad och godkänd")


# ------------------------------------------------------------------------------------- setting up


@guard(say("Behandlande enheter är utsedda"))
def treating_units_named(now: Situation) -> Message | None:
    """At least one unit treats."""
    return None if now.treating_units else say("Utse minst en behandlande enhet")


@guard(say("Kontaktperson är utsedd"))
def contact_person_named(now: Situation) -> Message | None:
    """The case has a contact person."""
    return None if now["contact_person_id"] else say("Utse en kontaktperson")


@guard(say("Mätbara mål är satta"))
def goals_set(now: Situation) -> Message | None:
    """There is at least one goal."""
    return None if now["goals"] else say("Sätt minst ett mätbart mål")


@guard(say("Medel är fördelade för det första budgetåret"))
def money_divided(now: Situation) -> Message | None:
    """A grant stands for the budget year in which the introduction starts."""
    start: date | None = now["introduction_start"]
    year = (start or now.today).year
    if any(grant.budget_year == year and grant.holds for grant in now.grants):
        return None
    return say("Fördela medel per förvaltning för {year}", year=year)


@guard(say("Medel är beviljade för nästa budgetår"))
def next_year_granted(now: Situation) -> Message | None:
    """Some administration has money for the year after this one."""
    year = now.today.year + 1
    if any(grant.budget_year == year and grant.holds for grant in now.grants):
        return None
    return say("Medel för {year} är inte beviljade", year=year)


@guard(say("Startdatum och slutdatum för finansieringen är satta"))
def financed_period_set(now: Situation) -> Message | None:
    """Start and end are known and stand in order."""
    start, end = now["introduction_start"], now["financed_until"]
    if start is None or end is None:
        return say("Ange när införandet börjar och till och med när det finansieras")
    return None if end > start else say("Finansieringens slut ligger före starten. Ändra ett av datumen")


@guard(say("Införandet har börjat"))
def introduction_started(now: Situation) -> Message | None:
    """The day of start has come."""
    start: date | None = now["introduction_start"]
    if start is None:
        return say("Ange när införandet börjar")
    return None if start <= now.today else say("Införandet börjar först {day}", day=start)


# ------------------------------------------------------------------------------------- Norrbotten


@guard(say("Konsekvenser för ekonomi och organisation är beskrivna"))
def consequence_described(now: Situation) -> Message | None:
    """The working committee has a description of the consequences to work from."""
    return None if now["consequence"] else say("Beskriv konsekvenserna för ekonomi och organisation")


@guard(say("Sjukvårdsregionens ställningstagande finns"))
def regional_statement_given(now: Situation) -> Message | None:
    """The northern health care region has answered."""
    return None if now["regional_statement"] else say("Skriv sjukvårdsregionens ställningstagande")


@guard(say("Ansvarig chef i linjen är utsedd"))
def manager_named(now: Situation) -> Message | None:
    """Somebody in the line carries the implementation."""
    return None if now["implementation_manager"] else say("Ange vilken chef i linjen som ansvarar")


@guard(say("Beslutet följs"))
def decision_followed(now: Situation) -> Message | None:
    """The last follow-up says that the decision is followed."""
    if now["adherence"] == "followed":
        return None
    return say("Uppföljningen visar inte att beslutet följs")


@guard(say("Beslutet följs inte fullt ut"))
def decision_not_followed(now: Situation) -> Message | None:
    """The last follow-up says that the decision is not, or only partly, followed."""
    if now["adherence"] in ("partly", "not_followed"):
        return None
    return say("Ange i uppföljningen att beslutet inte följs, eller följs delvis")
