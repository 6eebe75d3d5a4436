"""What the invented applications say and how far each has come, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass

#: Title, tkr, state, and the reason where it is not possible.
Saving = tuple[str, int, str, str]
MEDICINE, NERVES, CANCER = "Medicin, Sunderbyn", "Neurologi, Sunderbyn", "Onkologi, Sunderbyn"
GALLIVARE = "Medicin, Gällivare"


@dataclass(frozen=True)
class Story:
    """An application: who asks for what, and the actions that have been taken, each so many days ago.

    Where the case has an approved analysis, so many per cent of what that comes to is asked for, and for as many of its
    patients; else what is told here.
    """

    medicine: str
    unit: str
    patients: int
    need_tkr: int
    begun: int  #: days ago
    steps: tuple[tuple[int, str], ...] = ()
    savings: tuple[Saving, ...] = ()
    no_savings: str = ""
    no_case: str = ""
    indication: str = ""
    asks: int = 100  #: per cent of what is computed
    proposed: int = 100  #: per cent of what is asked for
    granted: int = 0  #: the same
    months_ago: int = 0  #: how many months ago its period began; else it begins next month
    why: str = "Läkemedlet rekommenderades efter att budgeten lades. Där finns bara den behandling som ersätts."
    without: str = "Patienterna får vänta, och vården blir ojämlik jämfört med övriga regioner."
    review: str = "Behovet stämmer med antalet patienter och listpriset. Budgeten rymmer inte kostnaden."
    reasons: str = "Behandlingen är rekommenderad och behovet är visat. Egna besparingar är prövade."
    conditions: str = ""
    note: str = ""
    delay: str = ""


def _to_economist(submitted: int, passed: int) -> tuple[tuple[int, str], ...]:
    return (submitted, "submit"), (passed, "finish_savings")


def _to_council(submitted: int, passed: int, proposed: int) -> tuple[tuple[int, str], ...]:
    return *_to_economist(submitted, passed), (proposed, "propose")


_BIOSIMILAR: Saving = ("Byte till biosimilar av adalimumab", 110, "started", "")
_SEPARATE: Saving = ("Generiskt pregabalin som förstahandsval", 40, "planned", "")
_NOT_POSSIBLE: Saving = (
    "Byte till biosimilar av rituximab", 80, "not_possible", "Bytet är redan gjort för alla patienter.",
)  # fmt: skip
_REVIEW_LOWER = "Några patienter börjar senare än i ansökan. Beloppet är räknat med start jämnt över perioden."

NORRBOTTEN_STORIES: tuple[Story, ...] = (
    Story(
        "Korvetamig", MEDICINE, 9, 4_350, 32, _to_council(27, 20, 9),
        (("Utmönstring av läkemedel utan påvisad effekt", 100, "achieved", ""),),
    ),
    Story("Celavedotin", CANCER, 6, 4_980, 30, _to_council(26, 19, 8), (_NOT_POSSIBLE,), proposed=90,
          review=_REVIEW_LOWER),
    Story("Sorvelimab", MEDICINE, 22, 2_920, 30, _to_council(25, 18, 7), (_BIOSIMILAR,)),
    Story(
        "Bastenkimab", GALLIVARE, 14, 2_560, 47,
        (*_to_council(43, 30, 16), (6, "explain_delay_decision")), (_SEPARATE, _BIOSIMILAR), asks=110,
        delay="Rådets möte i mitten av månaden ställdes in. Ansökan tas upp på nästa möte.",
    ),
    Story("Dovantrekin", NERVES, 31, 3_700, 28, _to_council(24, 15, 6), (_SEPARATE,), asks=120,
          proposed=85, review=_REVIEW_LOWER),
    Story("Ormelukast", MEDICINE, 40, 1_840, 27, _to_council(23, 14, 5),
          (("Indragning av dubbelbehandling vid astma", 70, "started", ""),)),
    Story("Osmerafen", CANCER, 2, 1_150, 20, _to_economist(16, 8), (_NOT_POSSIBLE,)),
    Story("Granelimod", MEDICINE, 18, 3_480, 19, _to_economist(15, 7), (_BIOSIMILAR,), asks=130),
    Story(
        "Tivorastat", GALLIVARE, 55, 2_900, 17, _to_economist(13, 5),
        no_savings="Alla läkemedelskommitténs råd följs redan, enligt uppföljningen i maj.",
    ),
    Story("Bretozanib", CANCER, 2, 1_600, 9, ((6, "submit"),),
          (("Lägre dos av immunterapi efter vikt", 250, "planned", ""), _NOT_POSSIBLE)),
    Story(
        "Elurizumab", GALLIVARE, 6, 520, 7, ((3, "submit"),), (_SEPARATE,),
        no_case="Läkemedelskommittén tar fram en behandlingsrekommendation i stället för ett ordnat införande.",
        indication="Svårt atopiskt eksem hos barn från sex år",
    ),
    Story(
        "Nordivumab", MEDICINE, 4, 680, 21, ((17, "submit"), (12, "return_for_savings")), (_BIOSIMILAR,),
        note="Bytet till biosimilar av omalizumab saknas bland besparingarna. Lägg till det med belopp och datum.",
    ),
    Story("Lumarisept", NERVES, 1, 900, 4, why="", without=""),
    Story(
        "Ormelukast", MEDICINE, 8, 460, 215, (*_to_council(210, 200, 180), (165, "grant")), (_BIOSIMILAR,),
        granted=100, months_ago=4, reasons="Behovet ryms i årets pengar. Nästa år söks för sig.",
    ),
    Story(
        "Talvexinib", CANCER, 7, 1_900, 75, (*_to_council(70, 62, 55), (44, "grant")), (_NOT_POSSIBLE,),
        asks=40, granted=100,
    ),
    Story(
        "Judrasoran", NERVES, 3, 760, 80, (*_to_council(76, 66, 58), (44, "grant_in_part")), (_SEPARATE,),
        proposed=60, granted=60, review=_REVIEW_LOWER,
        reasons="Rådet räknar med att hälften av patienterna börjar under hösten.",
        conditions="Alla patienter förs in i kvalitetsregistret.\nUtfallet redovisas för rådet efter sex månader.",
    ),
    Story(
        "Palorexant", NERVES, 20, 1_700, 82, (*_to_council(78, 69, 60), (44, "refuse")), (_SEPARATE,),
        proposed=0, reasons="Nyttan är osäker i förhållande till kostnaden. Läkemedlet är inte prioriterat.",
        review="Kostnaden ryms inte i budgeten. Läkemedlet är inte prioriterat av rådet, och inget belopp föreslås.",
    ),
    Story(
        "Zelimastat", MEDICINE, 3, 300, 60, ((55, "submit"), (50, "withdraw")), (_SEPARATE,),
        no_case="Ärendet avslutades när företaget avbröt utvecklingen.", indication="Hypertrofisk kardiomyopati",
        note="Läkemedlet kommer inte ut på marknaden.",
    ),
)  # fmt: skip

#: In Västra Götaland the need has become greater than what was granted, within an introduction that goes on.
_MORE = "Fler patienter än beräknat har kommit på remiss. Det som är beviljat räcker till september."
_STOP = "Nya patienter får vänta till nästa budgetår, fast beslutet säger att de ska behandlas."
VGR_STORIES: tuple[Story, ...] = (
    Story(
        "Granelimod", "Mag- och tarmsjukvård, Östra", 11, 1_400, 41, ((38, "submit"), (20, "propose")),
        asks=30, proposed=85, why=_MORE, without=_STOP,
        review="Beviljade medel är tecknade till 80 procent i juni.",
    ),
    Story("Sorvelimab", "Mag- och tarmsjukvård, Östra", 9, 950, 8, ((5, "submit"),), asks=40, why=_MORE, without=_STOP),
    Story(
        "Rydapersen", "Neurologi, Sahlgrenska", 2, 2_300, 75,
        ((70, "submit"), (55, "propose"), (36, "grant")), asks=40, granted=100, why=_MORE,
        without=_STOP, reasons="Behovet ryms inom det beslutade införandet. Patientantalet är bekräftat av registret.",
    ),
    Story(
        "Obrinitug", "Hematologi, Sahlgrenska", 4, 1_100, 30, ((27, "submit"), (15, "return_from_economist")),
        asks=50, why=_MORE, without=_STOP, note="Ange hur många av patienterna som redan ingår i det som är beviljat.",
    ),
    Story("Kelvaritid", "Barnmedicin, Drottning Silvia", 1, 1_800, 5, asks=60, why=_MORE, without=""),
    Story(
        "Korvetamig", "Hematologi, Sahlgrenska", 6, 1_250, 80, ((74, "submit"), (58, "propose"), (37, "refuse")),
        asks=40, proposed=0, why=_MORE, without=_STOP,
        review="Behovet ryms i det som redan är beviljat. Inget belopp föreslås.",
        reasons="Det som är beviljat är inte tecknat till hälften. Behovet prövas när utfallet är känt.",
    ),
    Story(
        "Leptrisomab", "Neurologi, Kärnsjukhuset", 3, 600, 48, ((44, "submit"), (33, "withdraw")),
        asks=60, why=_MORE, without=_STOP, note="Två av patienterna har flyttat från regionen.",
    ),
)  # fmt: skip
