"""What an analysis asks, page by page: so that a clinician fills a first one in ten minutes, with each source.

A kind of analysis (doses at hospital, tablets, a treatment given once, a switch within a class) is a choice of
these questions. ``building.py`` makes a model of the answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from introduction.domain.budget.typed import Measure
from introduction.domain.messages import Message, say

INFUSION, TABLETS, ONE_OFF, SWITCH, OWN = "infusion", "tablets", "one_off", "switch", "own"
#: The kinds, with what they are for. ``own`` is a model in a file, for whoever needs more than the questions ask.
KINDS: dict[str, tuple[Message, Message]] = {
    INFUSION: (
        say("Ges på sjukhus, i doser"),
        say("Infusion eller injektion på rekvisition. Startdoser, intervall, svinn."),
    ),
    TABLETS: (say("Hämtas på recept"), say("Tabletter eller egna injektioner, kostnad per månad.")),
    ONE_OFF: (say("Ges en gång"), say("Genterapi och annat som ges en gång och sedan följs upp.")),
    SWITCH: (say("Byte inom en läkemedelsgrupp"), say("Biosimilar eller annat byte för dem som redan behandlas.")),
    OWN: (say("Egen modell"), say("En modell i TOML-format, för den som behöver mer än frågorna räcker till.")),
}
ASKED_KINDS = (INFUSION, TABLETS, ONE_OFF, SWITCH)
#: So many displaced treatments and scenarios can be told of.
MOST_DISPLACED, MOST_SCENARIOS = 3, 3


@dataclass(frozen=True)
class Question:
    """A question: its key, label, measure and, where it has one, what stands when nobody has answered."""

    key: str
    label: Message
    measure: Measure
    hint: Message | None = None
    required: bool = False
    default: str = ""
    kinds: tuple[str, ...] = ASKED_KINDS
    choices: tuple[tuple[str, Message], ...] = ()
    unit: Message | None = None
    plain: bool = False  #: a figure that is asked without a range

    @property
    def ranged(self) -> bool:
        """True when the answer may have a least and a greatest value, and a source."""
        return self.measure not in _UNRANGED and not self.plain


_UNRANGED = (Measure.TEXT, Measure.CHOICE, Measure.DAYS, Measure.SIZES, Measure.MONTH, Measure.WHOLE)


@dataclass(frozen=True)
class Page:
    """A page of questions on one topic."""

    key: str
    title: Message
    about: Message
    questions: tuple[Question, ...]

    def of(self, kind: str) -> tuple[Question, ...]:
        """The questions that a kind of analysis asks."""
        return tuple(question for question in self.questions if kind in question.kinds)


_TREATED_LONG = (INFUSION, TABLETS)  # those who are treated already stay, in the model
_PATIENTS = (
    Question(
        "population",
        say("Befolkning"),
        Measure.PEOPLE,
        say("De som räkningen börjar med. Regionens folkmängd är ifylld; ändra om upptagningsområdet är ett annat."),
        required=True,
    ),
    Question("growth", say("Befolkningen ökar"), Measure.CHANGE, default="0"),
    Question(
        "prevalence",
        say("Har sjukdomen i dag"),
        Measure.PER_100K,
        say("De som redan väntar på behandling. Lämna tomt om ingen väntar."),
    ),
    Question("incidence", say("Insjuknar varje år"), Measure.PER_100K, kinds=(INFUSION, TABLETS, ONE_OFF)),
    Question("diagnosed", say("Har fått diagnosen"), Measure.SHARE, default="100"),
    Question(
        "subgroup",
        say("Tillhör den aktuella gruppen"),
        Measure.SHARE,
        say("Till exempel rätt genvariant eller svårighetsgrad."),
        default="100",
    ),
    Question(
        "eligible",
        say("Kan behandlas"),
        Measure.SHARE,
        say("De som varken har hinder för behandlingen eller avstår."),
        default="100",
    ),
    Question(
        "mortality",
        say("Avlider eller lämnar gruppen"),
        Measure.SHARE,
        say("Per år, av dem som väntar."),
        default="0",
        kinds=(INFUSION, TABLETS, ONE_OFF),
        unit=say("% per år"),
    ),
)
_CURVES = (
    ("linear", say("I jämn takt")),
    ("s_curve", say("Långsamt först, sedan snabbare (S-kurva)")),
    ("step", say("På en gång")),
)
_UPTAKE = (
    Question(
        "first_patient",
        say("När börjar den första patienten?"),
        Measure.MONTH,
        say("Till exempel april 2027."),
        required=True,
    ),
    Question(
        "delay",
        say("Förväntad försening"),
        Measure.MONTHS,
        say("Till exempel av prisförhandling. Skriv spannet om det är osäkert."),
        default="0",
    ),
    Question(
        "uptake",
        say("Får behandlingen när den är införd"),
        Measure.SHARE,
        say("Andel av de nya patienterna; vid ett byte andel av dem som byter."),
    ),
    Question("curve", say("Hur tas behandlingen upp?"), Measure.CHOICE, default="linear", choices=_CURVES),
    Question("uptake_months", say("Tid tills den är införd"), Measure.MONTHS, default="24"),
    Question(
        "waiting_uptake",
        say("Av dem som väntar får behandlingen"),
        Measure.SHARE,
        default="100",
        kinds=(INFUSION, TABLETS, ONE_OFF),
    ),
    Question(
        "waiting_months",
        say("Tid tills de som väntar har börjat"),
        Measure.MONTHS,
        default="24",
        kinds=(INFUSION, TABLETS, ONE_OFF),
    ),
    Question(
        "capacity",
        say("Högst så många kan börja varje år"),
        Measure.PEOPLE,
        say("Av dem som väntar. Resten väntar till nästa år. Lämna tomt om det inte finns något tak."),
        kinds=(INFUSION, TABLETS, ONE_OFF),
    ),
)
_YES_NO = (("no", say("Nej, resten kasseras")), ("yes", say("Ja, resten används till nästa patient")))
_MEDICINE = (
    Question(
        "loading",
        say("Startdoser på dag"),
        Measure.DAYS,
        say("Räknat från starten, till exempel 0, 14, 28. Lämna tomt om doserna ges i jämn takt från början."),
        kinds=(INFUSION,),
    ),
    Question("interval", say("Tid mellan doserna"), Measure.WEEKS, required=True, kinds=(INFUSION,)),
    Question(
        "price_dose",
        say("Pris per dos"),
        Measure.MONEY,
        say("Listpris (AIP) utan moms. Skriv aldrig ett avtalat pris. Lämna tomt om priset räknas per mg."),
        kinds=(INFUSION,),
    ),
    Question(
        "price_mg",
        say("Pris per mg"),
        Measure.MONEY,
        say("När dosen beror på vikt eller kroppsyta."),
        kinds=(INFUSION,),
    ),
    Question("dose", say("Dos per kg eller m²"), Measure.MG, kinds=(INFUSION,)),
    Question(
        "size", say("Patienternas medelvikt eller medelyta"), Measure.SIZE, unit=say("kg eller m²"), kinds=(INFUSION,)
    ),
    Question("size_sd", say("Standardavvikelse"), Measure.SIZE, unit=say("kg eller m²"), kinds=(INFUSION,)),
    Question(
        "vials",
        say("Förpackningar, mg"),
        Measure.SIZES,
        say("Till exempel 100, 400. Dosen avrundas till hela förpackningar."),
        kinds=(INFUSION,),
    ),
    Question(
        "shared",
        say("Delas förpackningar mellan patienter?"),
        Measure.CHOICE,
        default="no",
        choices=_YES_NO,
        kinds=(INFUSION,),
    ),
    Question(
        "price_once",
        say("Pris för behandlingen"),
        Measure.MONEY,
        say("Listpris utan moms. Skriv aldrig ett avtalat pris."),
        required=True,
        kinds=(ONE_OFF,),
    ),
    Question(
        "price_month",
        say("Kostnad per patient och månad"),
        Measure.MONEY,
        say("Listpris utan moms: förmånskostnad för recept, AIP för rekvisition. Skriv aldrig ett avtalat pris."),
        required=True,
        kinds=(TABLETS, SWITCH),
    ),
    Question("kept", say("Fortsätter efter 12 månader"), Measure.SHARE, default="100", kinds=_TREATED_LONG),
    Question(
        "longest",
        say("Behandlingen ges i högst"),
        Measure.WHOLE,
        say("Lämna tomt om den inte har något slut."),
        kinds=_TREATED_LONG,
    ),
)
_CARE = (
    Question("start_cost", say("Diagnostik och start, per patient"), Measure.MONEY),
    Question(
        "given_cost",
        say("Varje gång läkemedlet ges"),
        Measure.MONEY,
        say("Vårdplats, personal och material."),
        kinds=(INFUSION,),
    ),
    Question(
        "given_once",
        say("När läkemedlet ges"),
        Measure.MONEY,
        say("Operation, vårdtid och material."),
        kinds=(ONE_OFF,),
    ),
    Question("monitoring", say("Kontroller, per patient och år"), Measure.MONEY),
    Question("side_effects", say("Biverkningar, per patient och år"), Measure.MONEY),
    Question("other", say("Annat, per patient och år"), Measure.MONEY),
    Question(
        "fixed",
        say("Fast kostnad per år"),
        Measure.MONEY,
        say("Utrustning eller personal som behövs oavsett hur många som behandlas."),
    ),
    Question(
        "condition",
        say("Annan vård för sjukdomen, per patient och år"),
        Measure.MONEY,
        say("Visas för sig. Skriv minus om behandlingen minskar den."),
    ),
)


_PURSES = (("clinic", say("Verksamheten (rekvisition)")), ("prescription_benefit", say("Läkemedelsförmånen (recept)")))
_PAYERS = (
    Question("purse", say("Vem betalar läkemedlet?"), Measure.CHOICE, choices=_PURSES),
    Question(
        "financed",
        say("Introduktionen finansieras i"),
        Measure.WHOLE,
        say("Skriv 0 om regionen inte ger introduktionsfinansiering."),
    ),
    Question(
        "years",
        say("Antal budgetår"),
        Measure.CHOICE,
        default="5",
        choices=tuple((str(n), say("{number} år", number=n)) for n in (3, 4, 5)),
    ),
    Question(
        "threshold",
        say("Gräns att jämföra med, per år"),
        Measure.MONEY,
        say("Hur troligt är det att ett år kostar mer? Regionens väsentlighetsgräns är ifylld."),
        plain=True,
    ),
)


def displaced(number: int) -> tuple[Question, ...]:
    """The questions on one of the treatments that are displaced, numbered from 1."""
    key = f"old{number}"
    return (
        Question(
            f"{key}_name",
            say("Behandling {number}", number=number),
            Measure.TEXT,
            say("Läkemedlets eller behandlingens namn."),
        ),
        Question(
            f"{key}_share",
            say("Patienter som har den i dag"),
            Measure.SHARE,
            say("De som blir över har ingen behandling."),
        ),
        Question(
            f"{key}_later",
            say("Om tre år, utan det nya läkemedlet"),
            Measure.SHARE,
            say("Lämna tomt om andelen väntas vara densamma."),
        ),
        Question(
            f"{key}_taken",
            say("Av dem som får det nya hade annars haft den"),
            Measure.SHARE,
            say("Lämna tomt för att räkna i proportion till dagens andelar."),
        ),
        Question(f"{key}_month", say("Kostnad per patient och månad"), Measure.MONEY, say("Listpris utan moms.")),
        Question(f"{key}_purse", say("Vem betalar den?"), Measure.CHOICE, choices=_PURSES),
        Question(f"{key}_care", say("Vård runt den, per patient och år"), Measure.MONEY),
        Question(
            f"{key}_kept",
            say("Fortsätter efter 12 månader"),
            Measure.SHARE,
            default="100",
            kinds=(INFUSION, TABLETS, ONE_OFF),
        ),
    )


def area(unit_id: int, name: str) -> Question:
    """The question on an administration's share of the patients."""
    return Question(f"area_{unit_id}", say("{unit}", unit=name), Measure.SHARE, plain=True)


def scenario(number: int) -> tuple[Question, ...]:
    """The questions on one scenario, numbered from 1. An empty lever leaves the value as it is."""
    key = f"scenario{number}"
    return (
        Question(
            f"{key}_name",
            say("Scenario {number}", number=number),
            Measure.TEXT,
            say("Till exempel ”Långsammare start”."),
        ),
        Question(f"{key}_reason", say("Varför är det tänkbart?"), Measure.TEXT),
        Question(f"{key}_uptake", say("Får behandlingen när den är införd"), Measure.SHARE, plain=True),
        Question(
            f"{key}_patients",
            say("Antal patienter, jämfört med beräkningen"),
            Measure.CHANGE,
            say("Till exempel 20 eller −20."),
            unit=say("%"),
            plain=True,
        ),
        Question(
            f"{key}_price",
            say("Läkemedlets pris, jämfört med beräkningen"),
            Measure.CHANGE,
            say("Till exempel −30."),
            unit=say("%"),
            plain=True,
        ),
        Question(f"{key}_delay", say("Försening"), Measure.MONTHS, plain=True),
    )


PAGES: tuple[Page, ...] = (
    Page(
        "patients",
        say("Vilka patienter?"),
        say("Från hela befolkningen till dem som kan behandlas, steg för steg."),
        _PATIENTS,
    ),
    Page(
        "uptake",
        say("Hur snabbt?"),
        say("När den första patienten börjar, och hur många som får behandlingen."),
        _UPTAKE,
    ),
    Page(
        "medicine",
        say("Läkemedlet"),
        say("Hur det ges, hur länge, och vad det kostar enligt listpris utan moms."),
        _MEDICINE,
    ),
    Page(
        "care",
        say("Vården runt omkring"),
        say("Det som behandlingen kostar utöver läkemedlet. Lämna tomt det som är oförändrat."),
        _CARE,
    ),
    Page(
        "displaced",
        say("Vad ersätts?"),
        say("De behandlingar som patienterna annars hade haft. Skillnaden är merkostnaden."),
        tuple(q for n in range(1, MOST_DISPLACED + 1) for q in displaced(n)),
    ),
    Page(
        "payers",
        say("Vem betalar?"),
        say("Regionens medel först, sedan verksamheterna. Fördela patienterna på förvaltningar."),
        _PAYERS,
    ),
    Page(
        "scenarios",
        say("Scenarier"),
        say("Andra tänkbara utvecklingar, var och en med sitt skäl."),
        tuple(q for n in range(1, MOST_SCENARIOS + 1) for q in scenario(n)),
    ),
)


def pages_of(kind: str, areas: Sequence[tuple[int, str]] = ()) -> tuple[Page, ...]:
    """The pages of a kind, with a question for each administration (id and name) on the page of payers."""
    found = []
    for page in PAGES:
        asked = page.of(kind)
        if page.key == "payers":
            asked += tuple(area(unit_id, name) for unit_id, name in areas)
        found.append(Page(page.key, page.title, page.about, asked))
    return tuple(found)


def questions_of(pages: Iterable[Page]) -> dict[str, Question]:
    """Every question of some pages by its key."""
    return {question.key: question for page in pages for question in page.questions}
