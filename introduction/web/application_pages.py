"""The pages of an application as it is written, one subject each: what they ask and what helps to answer."""

from __future__ import annotations

from dataclasses import dataclass

from introduction.domain.facts import is_empty
from introduction.domain.messages import Message, say
from introduction.services.application_files import ApplicationFile


@dataclass(frozen=True)
class FormPage:
    """A page: its key in the address, its title and lead, the facts that it asks for, and help beside them."""

    key: str
    title: Message
    about: Message
    fields: tuple[str, ...] = ()
    help: tuple[Message, ...] = ()


CONCERNS = FormPage(
    "concerns",
    say("Vad ansökan gäller"),
    say("Vilket läkemedel behöver verksamheten extra pengar för?"),
    help=(
        say("Har läkemedlet ett ärende om ordnat införande väljer du det. Då följer beslut och kostnadsberäkning med."),
        say("Finns inget ärende skriver du läkemedlet, indikationen och varför ärendet saknas."),
    ),
)
_NEED = FormPage(
    "need",
    say("Patienter och period"),
    say("Hur många patienter gäller det, och för vilken tid?"),
    ("budget_year", "patients", "period_from", "period_to"),
    (
        say("En ansökan gäller ett budgetår. Behöver ni pengar även nästa år söker ni det för sig."),
        say("Räkna de patienter som ska behandlas under perioden, också de som redan har börjat."),
    ),
)
_MONTHS = FormPage(
    "months",
    say("Behov månad för månad"),
    say("Hur mycket mer kostar behandlingen varje månad än den som ersätts?"),
    ("need_by_month",),
    (
        say("Merkostnaden är den nya behandlingens kostnad minus kostnaden för den behandling som ersätts, utan moms."),
        say("Skriv som du brukar: 85 000, 1 234 567,50, 120 tkr eller 1,2 mnkr. Tomma månader räknas som noll."),
        say("Återbäringen räknar regionen själv ut. Ta inte med den."),
    ),
)
_REASONS = FormPage(
    "reasons",
    say("Varför pengarna behövs"),
    say("Vad har ni i budgeten, och vad händer om ni inte får mer?"),
    ("budget_reason", "without_it"),
    (
        say("Skriv vad som var känt när budgeten lades, och vad som har ändrats sedan dess."),
        say("Skriv vad det betyder för patienterna som grupp. Aldrig något om en enskild patient."),
    ),
)
_SAVINGS = FormPage(
    "savings",
    say("Egna besparingar"),
    say("Vad gör verksamheten själv för att sänka sina läkemedelskostnader?"),
    ("no_savings_reason",),
    (
        say("Egna besparingar prövas innan någon tar ställning till pengarna. Börja med läkemedelskommitténs råd."),
        say("En besparing som inte går att genomföra tar du också upp, med skälet. Då behöver ingen fråga."),
        say("Skriv varför, om ni inte har några besparingar att göra."),
    ),
)
_ATTACHMENTS = FormPage(
    "attachments",
    say("Underlag"),
    say("Bifoga det som andra behöver läsa, till exempel en budgetuppföljning."),
    help=(
        say("Underlag är frivilligt. Det kan läggas till tills ansökan är inlämnad."),
        say("Filerna får inte innehålla uppgifter om enskilda patienter."),
    ),
)
_CHECK = FormPage(
    "check",
    say("Granska och lämna in"),
    say("Så här ser ansökan ut. När den är inlämnad kan den inte ändras, om den inte lämnas tillbaka."),
    help=(
        say("När du har lämnat in ser du på ansökans sida var den är, vem som har den och när svaret väntas."),
        say(
            "Om något behöver rättas får du tillbaka ansökan med det som ska ändras. Inget av det du skrev försvinner."
        ),
    ),
)


def pages(*, savings: bool) -> list[FormPage]:
    """The pages in their order; the own savings only where the region examines them."""
    found = [CONCERNS, _NEED, _MONTHS, _REASONS, _SAVINGS, _ATTACHMENTS, _CHECK]
    return [page for page in found if savings or page is not _SAVINGS]


def answered(file: ApplicationFile, page: FormPage) -> bool:
    """Whether a page has been filled in."""
    now = file.subject.situation
    if page.key == "savings":
        return bool(file.savings) or not is_empty(now["no_savings_reason"])
    if page.key == "attachments":
        return bool(file.attachments)
    if page.key == "concerns":
        return file.case is not None or not is_empty(now["no_case_reason"])
    return bool(page.fields) and all(not is_empty(now[key]) for key in page.fields)
