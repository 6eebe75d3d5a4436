"""The ledger: each approved claim goes there once and is paid when the receipt says so, never before or twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introduction.documents import ledger_file
from introduction.domain import ledger as rules
from introduction.domain.errors import NotAllowed, Refused
from introduction.domain.outcome import BadFile
from introduction.domain.roles import Role
from introduction.services import claims, grants, ledger
from introduction.services.books import Minutes
from introduction.services.subjects import Subject
from introduction.store import claim as store_claims
from introduction.store import event
from introduction.store import fund as funds
from introduction.store import ledger as store
from introduction.store.instance import Instance
from introduction.store.ledger import LedgerFile
from tests.claiming import YEAR, Clinic, receipt
from tests.world import NORRBOTTEN, World


@pytest.fixture
def clinic(world: World, tmp_path: Path) -> Clinic:
    """A clinic with a million kronor to claim."""
    return Clinic.build(world, tmp_path / "files")


def region(clinic: Clinic) -> int:
    return clinic.world.regions[clinic.region]


def export(clinic: Clinic) -> LedgerFile:
    return ledger.export(clinic.desk(Role.ECONOMIST), region(clinic))


def receive(clinic: Clinic, content: bytes) -> LedgerFile:
    return ledger.receive(clinic.desk(Role.ECONOMIST), region(clinic), content)


def day(number: int) -> tuple[date, date]:
    return (date(YEAR, 2, number), date(YEAR, 2, number))


def approved(clinic: Clinic, *kronor: int) -> list[Subject]:
    """Claims for a day each, approved."""
    return [clinic.approved(amount, day(at)) for at, amount in enumerate(kronor, start=1)]


def stages(clinic: Clinic, claims_: list[Subject]) -> list[str]:
    session = clinic.world.session
    return [session.get_one(Instance, one.instance.id, populate_existing=True).stage for one in claims_]


def faults(clinic: Clinic, content: bytes) -> list[str]:
    """What is wrong with a receipt. Nothing is done."""
    before = clinic.amounts()
    with pytest.raises(BadFile) as refusal:
        receive(clinic, content)
    assert clinic.amounts() == before
    return [f"{fault.row}: {fault.what}".replace("\u00a0", " ") for fault in refusal.value.faults]


def text(clinic: Clinic, file: LedgerFile) -> str:
    lines = store.lines_of(clinic.world.session, file.id)
    return b"".join(ledger_file.stream(file, lines)).decode()


# ------------------------------------------------------------------------------------- the file


def test_all_approved_claims_go_in_one_file_once(clinic: Clinic) -> None:
    first, second = approved(clinic, 10_000, 20_000)
    clinic.submitted(5_000, day(9))
    file = export(clinic)
    assert (file.number, file.lines, file.sum_ore) == (1, 2, 3_000_000)
    told = [(line.number, line.claim_number, line.amount_ore) for line in store.lines_of(clinic.world.session, file.id)]
    assert told == [(1, first.number, 1_000_000), (2, second.number, 2_000_000)]
    with pytest.raises(Refused):
        export(clinic)
    clinic.approved(1_000, day(10))
    assert (export(clinic).number, ledger.waiting(clinic.desk(Role.ECONOMIST), region(clinic))) == (2, [])


def test_a_line_says_all_that_the_ledger_wants_and_stays_as_it_was(clinic: Clinic) -> None:
    (claim,) = approved(clinic, 12_345)
    unit = clinic.world.units[clinic.region]["lung"]
    unit.name, unit.cost_centre = '=HYPERLINK("http://a.example")', "41;7"
    file = export(clinic)
    before = text(clinic, file)
    assert before.splitlines() == [
        ";".join(ledger_file.COLUMNS),
        f'1;1;{claim.number};{clinic.case.number};"\'=HYPERLINK(""http://a.example"")";"41;7";2026;;region;requisition;'
        f"2026-02-01;2026-02-01;12345,00;2026-11-23",
        "SUMMA;1;12345,00",
    ]
    unit.name = "Lungor"
    clinic.world.session.flush()
    assert text(clinic, file) == before


def test_invented_claims_and_real_ones_have_files_of_their_own_and_do_not_wait_for_each_other(
    clinic: Clinic, world: World, tmp_path: Path
) -> None:
    world.fund(YEAR, example=True)
    invented = Clinic.build(world, tmp_path / "invented", example=True)
    invented.approved(3_000, day(20))
    desk, here = clinic.desk(Role.ECONOMIST), region(clinic)
    assert [(one.claims, one.example) for one in ledger.waiting(desk, here)] == [(1, True)]
    played = ledger.export(desk, here, example=True)
    (real,) = approved(clinic, 10_000)
    invented.approved(4_000, day(21))
    assert [(one.sum_ore, one.example) for one in ledger.waiting(desk, here)] == [(1_000_000, False), (400_000, True)]
    file = export(clinic)
    assert [line.claim_number for line in store.lines_of(world.session, file.id)] == [real.number]
    assert (played.number, played.example, file.number, file.example) == (1, True, 2, False)
    receive(clinic, receipt(world, file))  # the first is not answered
    later = ledger.export(desk, here, example=True)
    assert "Läs in kvittensen för fil 1 först" in faults(clinic, receipt(world, later))[0]
    assert clinic.amounts() == (990_000, 0, 0, 10_000) and invented.amounts() == (993_000, 0, 7_000, 0)


def test_files_are_numbered_in_each_region(clinic: Clinic, world: World, tmp_path: Path) -> None:
    north = Clinic.build(world, tmp_path / "north", region=NORRBOTTEN)
    for one in (clinic, north):
        approved(one, 1_000)
        assert export(one).number == 1
    with pytest.raises(NotAllowed):
        ledger.export(clinic.desk(Role.ECONOMIST), region(north))
    with pytest.raises(NotAllowed):
        ledger.export(clinic.desk(Role.COORDINATOR), region(clinic))


def test_a_file_that_has_lost_a_line_is_not_written_to_its_end(clinic: Clinic) -> None:
    approved(clinic, 1_000, 2_000)
    file = export(clinic)
    lines = list(store.lines_of(clinic.world.session, file.id))
    with pytest.raises(ValueError, match="has 1 lines"):
        list(ledger_file.stream(file, lines[:1]))


# ------------------------------------------------------------------------------------- the receipt


def test_the_receipt_pays_every_claim_of_the_file(clinic: Clinic) -> None:
    both = approved(clinic, 10_000, 20_000)
    file = export(clinic)
    assert receive(clinic, receipt(clinic.world, file)).booked_on == clinic.world.clock.today
    assert stages(clinic, both) == ["paid", "paid"]
    assert clinic.amounts() == (970_000, 0, 0, 30_000)
    told = [each.content for each in event.events_of(clinic.world.session, both[0].instance.stream)]
    assert told[-2]["kind"] == "claim_booked" and told[-2]["voucher"] == "V0001"
    rows = store_claims.some(clinic.world.session, [one.instance.id for one in both])
    assert {(row.voucher, row.booked_on) for row in rows.values()} == {
        ("V0001", clinic.world.clock.today), ("V0002", clinic.world.clock.today),
    }  # fmt: skip


def test_a_correction_gives_the_money_back_when_it_is_booked(clinic: Clinic) -> None:
    (claim,) = approved(clinic, 10_000)
    correction = claims.correct(clinic.desk(), claim.instance.id, 400_000, "Återlämnat")
    clinic.take(correction, "submit")
    clinic.approve(correction, -4_000)
    file = export(clinic)
    assert (file.lines, file.sum_ore) == (2, 600_000)
    receive(clinic, receipt(clinic.world, file))
    assert clinic.amounts() == (994_000, 0, 0, 6_000)


def test_what_comes_back_after_the_settlement_is_the_funds_again(clinic: Clinic) -> None:
    (claim,) = approved(clinic, 10_000)
    receive(clinic, receipt(clinic.world, export(clinic)))
    clinic.world.clock.forward(months=3)
    minutes = Minutes(clinic.world.clock.today, "Året är slut")
    grants.settle(clinic.desk(Role.ECONOMIST), clinic.grant.id, minutes)
    correction = claims.correct(clinic.desk(), claim.instance.id, 400_000, "Återlämnat")
    clinic.take(correction, "submit")
    clinic.approve(correction, -4_000)
    receive(clinic, receipt(clinic.world, export(clinic)))
    assert clinic.amounts() == (0, 0, 0, 6_000)
    assert clinic.grant.fund_id is not None
    fund = funds.get(clinic.world.session, clinic.grant.fund_id)
    assert fund.unreserved_ore == fund.appropriated_ore - 600_000


@pytest.mark.parametrize(
    ("changed", "control", "told"),
    [
        ({1: {"belopp": "9999,00"}}, {"total": "29999,00"}, "2: VGR-2026-0002 är 10 000 kr i fil 1, men kvittensen"),
        ({1: {"belopp": "9999,00"}}, {}, "men summan anger 30 000 kr. Beloppet skiljer på rad 2"),
        ({1: {"rekvisition": "VGR-2026-9999"}}, {}, "finns inte i fil 1"),
        ({1: {"bokford": "2026-11-22"}}, {}, "mellan"),
        ({1: {"bokford": "2026-11-24"}}, {}, "mellan"),
        ({1: {"bokford": "igår"}}, {}, "år, månad och dag"),
        ({1: {"verifikation": ""}}, {}, "verifikationens nummer"),
        ({1: {"belopp": "tio"}}, {}, "Skriv beloppet i kronor"),
        ({1: {"fil": "2"}}, {}, "En kvittens gäller en fil"),
        ({}, {"lines": 3}, "3 rader men filen har 2"),
        ({}, {"total": "1,00"}, "Raderna ovanför blir 30 000 kr, men summan anger 1 kr. Summan är fel"),
        ({}, {"lines": "två"}, "SUMMA;antal rader;summa"),
    ],
)
def test_a_receipt_that_does_not_match_is_refused_whole(
    clinic: Clinic, changed: Mapping[int, Mapping[str, Any]], control: dict[str, Any], told: str
) -> None:
    both = approved(clinic, 10_000, 20_000)
    file = export(clinic)
    found = faults(clinic, receipt(clinic.world, file, changed=changed, **control))
    assert any(told in fault for fault in found), found
    assert stages(clinic, both) == ["approved", "approved"]


def test_every_fault_is_told_at_once(clinic: Clinic) -> None:
    approved(clinic, 10_000, 20_000, 30_000)
    file = export(clinic)
    changed = {1: {"belopp": "x", "bokford": "y"}, 2: {"fil": "z"}, 3: {"verifikation": ""}}
    found = faults(clinic, receipt(clinic.world, file, changed=changed))
    assert [fault.split(":")[0] for fault in found] == ["2", "2", "3", "4"]


def test_a_sum_that_does_not_agree_names_the_first_ten_rows_to_blame(clinic: Clinic) -> None:
    made = approved(clinic, *range(1_000, 13_000, 1_000))
    wrong = {line: {"belopp": "1,00"} for line in range(1, 13)}
    found = faults(clinic, receipt(clinic.world, export(clinic), changed=wrong))
    assert found[0] == f"2: {made[0].number} är 1 000 kr i fil 1, men kvittensen anger 1 kr"
    assert len(found) == 13 and found[-1] == (
        "14: Raderna ovanför blir 12 kr, men summan anger 78 000 kr. "
        "Beloppet skiljer på rad 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 och på 2 rader till"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Filen är tom"),
        (b"\x00\x01", "inte en CSV-fil"),
        (b"fil;rekvisition;belopp\r\n", "Kolumnen saknas"),
        (b"fil,rekvisition,belopp,verifikation,bokford\r\n", "Skilj kolumnerna med semikolon"),
        (b"fil;rekvisition;belopp;verifikation;bokford\r\n1;A;1;V;2026-11-23\r\n", "Filen kan vara avkortad"),
        (b"fil;rekvisition;belopp;verifikation;bokford\r\nSUMMA;0;0\r\n", "inga rader"),
        (b"fil;rekvisition;belopp;verifikation;bokford\r\n7;A;1;V;2026-11-23\r\nSUMMA;1;1\r\n", "ingen fil 7"),
    ],
)
def test_what_is_no_receipt_is_told(clinic: Clinic, content: bytes, told: str) -> None:
    assert any(told in fault for fault in faults(clinic, content))


def test_a_receipt_that_lacks_a_claim_is_refused(clinic: Clinic) -> None:
    first, _second = approved(clinic, 10_000, 20_000)
    rows = receipt(clinic.world, export(clinic), lines=1, total="20000,00").decode().splitlines()
    found = faults(clinic, "\r\n".join((rows[0], *rows[2:])).encode())
    assert found == [f"0: {first.number} saknas. Alla rader i filen ska kvitteras på en gång"]


def test_a_receipt_that_comes_twice_is_refused(clinic: Clinic) -> None:
    approved(clinic, 10_000)
    content = receipt(clinic.world, export(clinic))
    receive(clinic, content)
    with pytest.raises(Refused, match="för fil 1"):
        receive(clinic, content)
    assert faults(clinic, content + b"\r\n") == ["0: Fil 1 kvitterades 2026-11-23"]


def test_files_are_answered_in_their_order(clinic: Clinic) -> None:
    approved(clinic, 10_000)
    first = export(clinic)
    clinic.approved(20_000, day(20))
    second = export(clinic)
    assert "Läs in kvittensen för fil 1 först" in faults(clinic, receipt(clinic.world, second))[0]
    receive(clinic, receipt(clinic.world, first))
    receive(clinic, receipt(clinic.world, second))
    assert clinic.amounts() == (970_000, 0, 0, 30_000)


def test_only_the_economist_takes_in_receipts(clinic: Clinic) -> None:
    approved(clinic, 10_000)
    content = receipt(clinic.world, export(clinic))
    for role in (Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            ledger.receive(clinic.desk(role), region(clinic), content)


# ------------------------------------------------------------------------------------- reading


DAY = date(2026, 11, 23)
LINES = st.lists(
    st.tuples(
        st.from_regex(r"[A-Z]{3}-2026-[0-9]{4}", fullmatch=True),
        st.integers(-(10**10), 10**10),
        st.text("ABC0123 ;\"'=+", min_size=1, max_size=20).filter(lambda text: text.strip(" ")),
        st.integers(0, 400),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda line: line[0],
)


@given(LINES, st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]), st.sampled_from(["\r\n", "\n"]))
def test_what_is_written_is_read_back(lines: list[tuple[str, int, str, int]], encoding: str, end: str) -> None:
    rows = [";".join(rules.RECEIPT_COLUMNS)]
    for claim, ore, voucher, days in lines:
        quoted = voucher.strip().replace('"', '""')
        rows.append(f'3;{claim};{ledger_file.amount(ore)};"{quoted}";{DAY - timedelta(days=days)}')
    rows.append(f"SUMMA;{len(lines)};{ledger_file.amount(sum(ore for _claim, ore, *_rest in lines))}")
    found = rules.read((end.join(rows) + end).encode(encoding))
    assert found.file == 3
    assert [(line.claim, line.amount_ore, line.booked_on) for line in found.lines] == [
        (claim, ore, DAY - timedelta(days=days)) for claim, ore, _voucher, days in lines
    ]


@given(st.binary(max_size=300) | st.text(';\r\n"0123456789,-SUMAfilrekvstopdb', max_size=300).map(str.encode))
def test_anything_else_is_refused_in_words(content: bytes) -> None:
    for prefix in (b"", ";".join(rules.RECEIPT_COLUMNS).encode() + b"\r\n"):
        try:
            rules.read(prefix + content)
        except BadFile as refusal:
            assert refusal.faults
