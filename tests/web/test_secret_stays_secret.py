"""A secret price stays secret: whoever lacks the right gets the same bytes whatever the rebates are.

Two copies of one world are served side by side, at the same time and to the same people. In one there are secret
rebates, which a named person has recorded and reads; in the other there are none, and later there are others. Every
page, spreadsheet, PDF, calendar, mail and command that somebody without the right can reach must be the same in both,
byte for byte. Then nothing that can be computed from any number of them tells of a rebate: no difference between
periods, units, scenarios, or before and after an approval. Beside it all is searched for the figures in their
spellings, and so are the log and the events, which the comparison does not reach.

How long an answer takes is not compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Blueprint, Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from introduction.cli import main
from introduction.documents.spreadsheet import MONEY, Column, Sheet, workbook
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Role
from introduction.domain.secrecy import WHOLE, text_of_share
from tests.databases import Databases
from tests.web.crawl import Answer, Known, ask
from tests.web.playing import Script, Told, both
from tests.web.two_worlds import CASES, ELSEWHERE, ENDED, ROLELESS, Rebates, Side, furnished, side
from tests.world import VGR

#: What comes back in one world at first; then in both, but differing.
FIRST: Rebates = {(CASES[0], "medicine"): "23,4567", (CASES[0], "older"): "11,2233", (CASES[1], "medicine"): "37,7711"}
THEN: Rebates = {(CASES[0], "medicine"): "31,7713", (CASES[1], "older"): "12,9181"}
OTHERS: Rebates = {(CASES[0], "medicine"): "46,1939", (CASES[1], "older"): "52,8317"}
#: These two follow every link and filter of what they open; the others open what the routes lead to.
FOLLOWING = (Role.ECONOMIST, Role.HEAD_OF_UNIT)
OPENING = (
    Role.COORDINATOR, Role.COUNCIL_MEMBER, Role.DRAFTING_GROUP, Role.NOMINATOR, Role.READER, Role.AUDITOR,
    Role.ADMINISTRATOR, None,
)  # fmt: skip


# ------------------------------------------------------------------------------------- figures and their spellings

_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_FEWEST_DIGITS = 6


def numbers_in(text: str) -> set[str]:
    """Every number in a text by its digits alone, however it parts thousands and decimals, and in whatever unit."""
    return {_digits(found) for found in _NUMBER.findall(text)}


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text).strip("0")


def spelled(shares_ppm: Iterable[int], amounts_ore: Iterable[int]) -> set[str]:
    """The digits of secret figures: shares and what they leave, and amounts in öre, kr, tkr and mnkr.

    Only what has at least six digits: a shorter number stands somewhere by chance.
    """
    found = {text_of_share(part) for ppm in shares_ppm for part in (ppm, WHOLE - ppm)}
    for ore in map(abs, amounts_ore):
        found |= {f"{ore / unit:.{decimals}f}" for unit in (1, 100, 10**5, 10**8) for decimals in range(5)}
    return {digits for digits in map(_digits, found) if len(digits) >= _FEWEST_DIGITS}


def differing(one: Mapping[Any, Any], two: Mapping[Any, Any]) -> list[Any]:
    """What two worlds answer differently."""
    return sorted((key for key in {*one, *two} if one.get(key) != two.get(key)), key=str)


def holding(answers: Mapping[str, Answer], secrets: set[str]) -> dict[str, set[str]]:
    """The answers in which a secret figure stands, with the figures."""
    found = {address: numbers_in(answer.text) & secrets for address, answer in answers.items()}
    return {address: figures for address, figures in found.items() if figures}


# ------------------------------------------------------------------------------------- the proof


@pytest.fixture(scope="module")
def world_file(databases: Databases, tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    """The database that both worlds are copies of."""
    return furnished(databases, tmp_path_factory.mktemp("furnished"), catalogue)


def test_whoever_lacks_the_right_gets_the_same_bytes(world_file: Path, tmp_path: Path) -> None:
    commands = {**ASKED, **COUNTING}
    one, two = both(
        world_file,
        tmp_path,
        (Script(FIRST, THEN, FOLLOWING, OPENING, commands), Script({}, OTHERS, FOLLOWING, OPENING, commands)),
    )
    first, then, others = (spelled(*found) for found in (*one.secrets, two.secrets[1]))
    assert {"234567", "112233", "377711"} <= numbers_in(one.shown) & first, "they are found where they may stand"
    assert not numbers_in(two.shown) & first, "where nothing is secret there is nothing to find"

    assert [key for key, answer in one.answers.items() if answer.status >= 500] == []
    assert _pages(one, "before") > 500
    assert _pages(one, "after") > 100
    assert differing(one.answers, two.answers) == []
    assert [name for name in differing(one.said, two.said) if not name.startswith(tuple(COUNTING))] == []
    assert one.mails
    assert one.mails == two.mails
    assert differing(one.tables, two.tables) == []
    for told, secrets in ((one, first | then), (two, others)):
        assert holding(told.answers, secrets) == {}
        for written in (told.said.values(), told.mails, told.events, told.log):
            assert written
            assert sorted(numbers_in("\n".join(written)) & secrets) == []
    assert len(json.loads(one.said[f"secret readings --region {VGR} --json"])) == 10, "those of the named person"


def _pages(told: Told, when: str) -> int:
    """How many pages could be read."""
    return sum(answer.status == 200 for (at, _who, _address), answer in told.answers.items() if at == when)


def test_whoever_lacks_the_right_is_refused(world_file: Path, tmp_path: Path, catalogue: Catalogue) -> None:
    """Named no more, named without the role, named in another region, and each role that nobody has named."""
    with side(world_file, tmp_path / "one", catalogue) as one:
        one.record(FIRST)
        for who in (ENDED, ROLELESS, ELSEWHERE, *FOLLOWING, *OPENING):
            assert _refused(one, who) == ({403} if who is not None else {303, 400}), who


def _refused(one: Side, who: Role | str | None) -> set[int]:
    """What somebody is answered at the addresses of what is secret, asking and sending."""
    visitor = one.visitor(who)
    fields = {"treatment": "medicine", "rebate": "5", "first": "2027-01", "source": "RS 1"}
    fields["csrf_token"] = visitor.token() if who is not None else ""
    answers = set()
    for number in CASES:
        for page in ("net", "net/new", "budget/1/net", "budget/2/net"):
            address = f"/cases/{number}/{page}"
            answers |= {ask(visitor, address).status, visitor.client.post(address, data=fields).status_code}
    return answers


# ------------------------------------------------------------------------------------- commands

#: What each command is asked; those that change something are not.
ASKED: Mapping[str, tuple[list[str], ...]] = {
    "status": ([], ["--json"]),
    "dates preview": ([], ["--region", VGR]),
    "unit list": ([VGR], [VGR, "--json"]),
    "process check": ([], ["--json"]),
    "user list": ([], ["--json"]),
    "case list": (["--as", f"economist.{VGR}@region.example"], ["--as", ENDED, "--json"]),
    "case show": ([CASES[0], "--as", ENDED], [CASES[0], "--as", f"coordinator.{VGR}@region.example", "--json"]),
    "secret readers": (["--region", VGR], ["--region", VGR, "--json"]),
    "secret readings": (["--region", VGR], ["--region", VGR, "--json"]),
    "db current": ([],),
}
#: These tell how many events there are, and a recorded rebate is one; they are searched, not compared.
COUNTING: Mapping[str, tuple[list[str], ...]] = {"audit verify": ([], ["--json"])}
CHANGING = {
    "serve", "worker", "demo load", "demo remove", "mail again", "mail test", "dates derive", "db upgrade",
    "db downgrade", "region load", "unit add", "unit load", "process publish", "audit seal", "user add",
    "user password", "user end", "role grant", "role end", "case start", "case take", "budget run", "secret name",
    "secret end",
}  # fmt: skip


def test_every_command_is_asked_or_changes_something() -> None:
    assert set(_commands(main)) == {*ASKED, *COUNTING, *CHANGING}, "a new command is asked too, or is named here"


def _commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


# ------------------------------------------------------------------------------------- would it be noticed?


def test_a_route_with_an_unknown_parameter_is_noticed(sqlite_engine: Engine, catalogue: Catalogue) -> None:
    with Session(sqlite_engine) as session, pytest.raises(AssertionError, match="no values for <invented>"):
        Known(session, catalogue).of(Rule("/invented/<invented>"), "invented", {})


@pytest.mark.parametrize(
    "spelling",
    ["23,4567 %", "23.4567", "234567", "0,234567", "76,5433", "rebate_ppm=234 567", "<td>12 345 678,90</td>",
     "12345678,9 kr", "1234567890", "12 345,68 tkr", "SEK 12,345,678.90", "12,3457 mnkr", "-12\u00a0345\u00a0679 kr"],
)  # fmt: skip
def test_a_figure_is_found_in_its_spellings(spelling: str) -> None:
    assert numbers_in(f"2027: {spelling}; 17") & spelled([234_567], [1_234_567_890])


def test_other_numbers_are_not_taken_for_it() -> None:
    assert not numbers_in("2027-01-01 2 345 678 kr, 23,4568 %, 12 345 679,90") & spelled([234_567], [1_234_567_890])


def test_a_figure_is_found_in_a_spreadsheet_and_a_pdf() -> None:
    sheet = Sheet("Blad", [Column("Belopp", MONEY)], [[1_234_567_890]])
    for body in (workbook([sheet], title="Blad"), _pdf("Netto 12 345 678,90")):
        assert holding({"file": Answer(200, (), body)}, spelled([], [1_234_567_890])), body[:4]


def _pdf(text: str) -> bytes:
    import typst

    made = typst.compile(f'#set page(width: 12cm, height: 4cm)\n#"{text}"'.encode())
    assert isinstance(made, bytes)
    return made


def test_one_digit_that_differs_is_noticed_and_a_token_is_not() -> None:
    app = Flask("two answers")
    leaking = Blueprint("leaking", __name__)
    leaking.add_url_rule(
        "/<int:n>", "page", lambda n: f'<input name="csrf_token" value="{n}"><b>{1 if n < 3 else 2}</b>'
    )
    app.register_blueprint(leaking)
    client = type("Somebody", (), {"client": app.test_client()})()
    one, two, three = (ask(client, f"/{n}") for n in (1, 2, 3))
    assert differing({"page": one}, {"page": two}) == []
    assert differing({"page": one}, {"page": three}) == ["page"]
