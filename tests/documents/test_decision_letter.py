"""The letter about an application: what the unit is told, whole, in part or refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from introduction.documents.decision_letter import Money, Saving, letter
from introduction.domain.fields.choices import FUNDING_OUTCOMES
from tests.documents.analysis_files import Pdf
from tests.documents.printed_matter import KR, letter_told

GRANTED = Money(1_500_000 * KR, date(2026, 12, 1), date(2027, 11, 30))


def text(language: str = "sv", **changed: Any) -> str:
    return Pdf.of(letter(letter_told(**changed), language)).text


def test_it_tells_what_was_decided_and_what_to_do_now() -> None:
    said = text()
    for told in (
        "Region Norrbotten",
        "Beslut om ansökan NB-A-2026-0003",
        "Ansökan beviljas till en del: upp till 1 200 000 kr. Ni sökte 1 500 000 kr.",
        "Till Lungmedicin, Sunderby sjukhus",
        "Beslutat av Kunskapsstyrningsrådet",
        "Beslutsdag 19 november 2026",
        "Paragraf § 42",
        "Diarienummer RN 2026/0815",
        "Indikation svår eosinofil astma hos vuxna",
        "Sökt period 1 december 2026 – 30 november 2027",
        "Beviljat belopp upp till 1 200 000 kr",
        "Gäller 1 december 2026 – 31 augusti 2027",
        "Villkor: – Alla patienter förs in i kvalitetsregistret",
        "Behandlingen är rekommenderad nationellt",
        "Pengarna för hösten 2027 prövas",
        "Byte till biosimilar av omalizumab Johan Sand 28 februari 2027 240 000",
        "Summa 300 000",
        "Begär pengarna i efterhand",
        "Utfall mot besparingarna, senast 15 september 2027",
        "kan inte överklagas. Ni kan begära att Kunskapsstyrningsrådet omprövar beslutet så länge budgetårets pengar "
        "kan rekvireras, till och med 28 februari 2028. Välj ”Begär omprövning” på sidan för NB-A-2026-0003 och skriv",
        "Har behovet ändrats kan ni också lämna in en ny ansökan.",
        "Karin Ek, samordnare, karin.ek@region.example",
    ):
        assert told in said, told


def test_an_ordinary_one_fits_on_a_page_and_the_contact_never_stands_alone() -> None:
    assert len(Pdf.of(letter(letter_told(reporting=(), conditions=()), "sv")).pages) == 1
    for more in range(30):
        reasons = "\n".join(["Behovet är visat."] * more)
        for page in Pdf.of(letter(letter_told(reasons=reasons), "sv")).pages:
            assert "karin.ek@region.example" not in page or "Ni kan begära" in page, more


def test_what_is_not_known_of_the_minutes_is_left_out() -> None:
    said = text(section="", registry_number="")
    assert "Paragraf" not in said and "Diarienummer" not in said and "saknas" not in said


def test_granted_whole() -> None:
    said = text(outcome="granted", granted=GRANTED, conditions=(), reporting=(), reconsider_until=None)
    assert "Ansökan beviljas: upp till 1 500 000 kr." in said
    assert "till en del" not in said
    assert "Beslutet är inte förenat med några villkor." in said
    assert "Det ni ska redovisa" not in said, "conditions may demand reports, and the letter knows of none"
    assert "Ni kan begära att Kunskapsstyrningsrådet omprövar beslutet." in said


def test_refused_for_a_medicine_without_a_case() -> None:
    said = text(
        outcome="refused", granted=None, conditions=(), savings=(), indication="",
        no_case_reason="Läkemedlet fanns redan när budgeten lades.",
    )  # fmt: skip
    assert "Ansökan avslås." in said and "Kunskapsstyrningsrådet avslår ansökan." in said
    assert "Varför det inte finns något ärende Läkemedlet fanns redan när budgeten lades." in said
    assert "Inga egna besparingar är prövade." in said
    assert "omprövar" in said and "en ny ansökan" in said
    for left_out in ("Så får ni pengarna", "Det ni ska redovisa", "Beviljat belopp", "villkor", "Indikation"):
        assert left_out not in said, left_out


@pytest.mark.parametrize("outcome", FUNDING_OUTCOMES)
def test_every_outcome_has_its_answer(outcome: str) -> None:
    granted = None if outcome == "refused" else GRANTED
    answers = {
        "granted": "Ansökan beviljas: upp till",
        "granted_in_part": "Ansökan beviljas till en del: upp till",
        "refused": "Ansökan avslås.",
    }
    assert answers[outcome] in text(outcome=outcome, granted=granted)


def test_a_decision_with_ore_is_told_to_the_ore() -> None:
    said = text(granted=Money(1_200_000 * KR + 50))
    assert "upp till 1 200 000,50 kr" in said and "Gäller saknas" in said


def test_many_savings_go_on_over_the_pages_and_add_up() -> None:
    savings = tuple(Saving(f"Besparing {at:02}", "Johan Sand", at * 1_001 * KR, None) for at in range(1, 81))
    made = Pdf.of(letter(letter_told(savings=savings), "en"))
    rows = [line.split() for page in made.reader.pages for line in page.extract_text().splitlines()]
    amounts = [int(row[-1].replace(",", "")) for row in rows if row and row[0] == "Besparing" and row[1].isdigit()]
    assert amounts == [at * 1_001 for at in range(1, 81)]
    assert ["Total", f"{sum(amounts):,}"] in rows
    headed = [page for page in made.pages if "Besparing 0" in page or "Besparing 7" in page]
    assert len(headed) > 1 and all("Amount" in page for page in headed)
