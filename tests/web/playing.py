"""Plays the same script in two worlds that differ in their secrets alone, and gathers everything that they tell."""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select

from introduction.cli import main
from introduction.domain.process import loading
from introduction.domain.roles import Role
from introduction.services import calendar, net_figures, net_prices, passwords
from introduction.settings import bundled
from introduction.store import Base, database, preference
from introduction.store import person as persons
from introduction.store.event import Event
from introduction.store.recommendation import Recommendation
from tests.web import crawl
from tests.web.crawl import Answer, Known
from tests.web.posting import Postman, work
from tests.web.two_worlds import CASES, READER, Rebates, Side, side

#: Tables that differ for other reasons: what is secret itself, and what is drawn at random for sessions and forms. The
#: chain of the region (events, and its head) says when a rebate was recorded, and is read by no page.
_UNCOMPARED = {"net_price", "sign_in_session", "request_key", "event", "region", "worker"}
_RANDOM_COLUMNS = {"message_id"}

# ------------------------------------------------------------------------------------- what a world tells


@dataclass
class Told:
    """Everything that a world told to whom, for comparison with the other."""

    shown: str = ""  #: to the named person
    secrets: list[tuple[list[int], list[int]]] = field(default_factory=list)  #: shares in ppm, amounts in öre
    answers: dict[tuple[str, str, str], Answer] = field(default_factory=dict)  #: by when, who and address
    said: dict[str, str] = field(default_factory=dict)  #: by command
    mails: list[str] = field(default_factory=list)
    tables: dict[str, list[str]] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


class _Logbook(logging.Handler):
    """Everything that is logged, but for the database's own echo of rows, which no setting of the product turns on."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("sqlalchemy"):
            self.lines.append(self.format(record))


@dataclass(frozen=True)
class Script:
    """What happens in a world: the rebates at first and later, who looks how, and what commands are asked."""

    first: Rebates
    then: Rebates
    following: tuple[Role, ...]  #: these follow every link and filter
    opening: tuple[Role | None, ...]  #: these open what the routes lead to; None is somebody not signed in
    commands: Mapping[str, tuple[list[str], ...]]


def play(path: Path, folder: Path, script: Script, into: Path) -> None:
    """Serve a copy of a world, let everything happen in it, and write what it told to a file.

    In a process of its own: what a service remembers would else answer for the other world too.
    """
    told = Told()
    logging.getLogger().addHandler(_Logbook(told.log))
    logging.getLogger().setLevel(logging.DEBUG)
    passwords.hasher = passwords.Passwords(time_cost=1, memory_kib=32)
    catalogue = loading.load(bundled("workflows"), demand_published=False)
    with side(path, folder, catalogue) as one:
        one.record(script.first)
        told.shown = one.read()
        told.secrets.append(secrets_of(one))
        for role in script.following:
            _look(one, told, "before", role, follow=True)
        for who in script.opening:
            _look(one, told, "before", who, follow=False)
        one.approve()
        one.end_all()
        one.record(script.then)
        one.read()
        told.secrets.append(secrets_of(one))
        for role in script.following:
            _look(one, told, "after", role, follow=False)
        told.said = _said(one, script.commands)
        told.mails = _mails(one)
        told.tables, told.events = _tables(one), _events(one)
    into.write_bytes(pickle.dumps(told))


def _look(one: Side, told: Told, when: str, who: Role | None, *, follow: bool) -> None:
    """Let somebody open everything: from every address, for all that has a number; or those of one case.

    The second opens one file of each kind, since files take long to make.
    """
    with one.site.looking() as session:
        serials = {row.id: preference.of_person(session, row.id).calendar_serial for row in persons.everybody(session)}
        secrets = [calendar.secret(person, serial, "a key for tests") for person, serial in serials.items()]
        more: dict[str, list[object]] = {"secret": [*secrets]}
        if not follow:
            more["number"] = [CASES[0], *session.scalars(select(Recommendation.__table__.c.public_number))]
        known = Known(session, one.site.world.catalogue, more)
        addresses = crawl.of_routes(one.site, known, each_file=follow)
    for address, answer in crawl.crawl(one.visitor(who), addresses, follow=follow).items():
        told.answers[when, str(who), address] = answer


def secrets_of(one: Side) -> tuple[list[int], list[int]]:
    """Everything that is secret in a world, as the service computes it, but for what is public too: ppm and öre."""
    shares: list[int] = []
    amounts: set[int] = set()
    public: set[int] = set()
    world = one.site.world
    database.begin_writing(world.session)
    desk = world.desk(one.person(READER))
    for number in CASES:
        shares += [line.row.rebate_ppm for line in net_prices.rebates(desk, net_prices.note_reading(desk, number))]
        found = net_figures.of_reading(desk, net_prices.note_reading(desk, number, 2))
        for part in (found.rebate, found.net, found.net_range.low, found.net_range.high, found.all_net_range.low):
            amounts |= {*part, sum(part)}
        for line in found.treatments:
            amounts |= {*line.net, *(line.rebate or ())}
            public |= {*line.gross, *(line.net if line.rebate is None else ())}
        public |= {*found.gross, *found.gross_range.low, *found.gross_range.high}
    world.session.rollback()
    return shares, sorted(amounts - public)


def _said(one: Side, commands: Mapping[str, tuple[list[str], ...]]) -> dict[str, str]:
    """What commands say."""
    workflows = one.folder / "workflows"
    shutil.copytree(bundled("workflows"), workflows)
    (workflows / loading.PUBLISHED).unlink()
    loading.publish(workflows)
    env = {
        "INTRODUCTION_STATE": str(one.folder / "state"),
        "INTRODUCTION_WORKFLOWS": str(workflows),
        "INTRODUCTION_DATABASE_URL": str(one.site.engine.url),
    }
    said = {}
    for name, tries in commands.items():
        for arguments in tries:
            result = CliRunner().invoke(main, [*name.split(), *arguments], env=env)
            assert result.exit_code == 0, (name, result.output)
            said[" ".join([name, *arguments])] = result.output
    return said


def _mails(one: Side) -> list[str]:
    """The mails that a worker sends while two months go by."""
    postman = Postman()
    for _ten_days in range(6):
        one.site.clock.forward(days=10)
        work(one.site, postman)
    return [_words(to, message) for to, message in postman.carried]


def _words(to: str, message: EmailMessage) -> str:
    """A mail without what is drawn at random for it: its number, and the line between its parts."""
    parts = [str(part.get_content()) for part in message.walk() if not part.is_multipart()]
    return "\n".join([to, str(message["Subject"]), *parts])


def _tables(one: Side) -> dict[str, list[str]]:
    """All that the database holds, table by table, but for what is secret or drawn at random."""
    with one.site.looking() as session:
        return {
            table.name: sorted(
                str([value for name, value in row.items() if name not in _RANDOM_COLUMNS])
                for row in session.execute(table.select()).mappings()
            )
            for table in Base.metadata.sorted_tables
            if table.name not in _UNCOMPARED
        }


def _events(one: Side) -> list[str]:
    """Every event as it stands in the database."""
    with one.site.looking() as session:
        return [row.body for row in session.query(Event).order_by(Event.id)]


def both(path: Path, folder: Path, scripts: tuple[Script, Script]) -> tuple[Told, Told]:
    """Play a script in each of two copies of a world, side by side, and return what they told."""
    context = multiprocessing.get_context("spawn")
    files = [folder / name for name in ("one", "two")]
    players = [
        context.Process(target=play, args=(path, file.with_suffix(".world"), script, file))
        for file, script in zip(files, scripts, strict=True)
    ]
    for player in players:
        player.start()
    for player in players:
        player.join()
    assert [player.exitcode for player in players] == [0, 0], "a world came to an end before its time"
    one, two = (pickle.loads(file.read_bytes()) for file in files)
    return one, two
