"""Any change to sealed events is named, also by somebody who can drop the triggers and compute hashes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from introduction.domain.roles import Role
from introduction.services import audit, cases
from introduction.services.subjects import Subject
from introduction.store import event
from introduction.store.seal import Seal
from tests.world import World

KEY = "a key that is not in the database"


@pytest.fixture
def seals(tmp_path: Path) -> Path:
    """The file of seals."""
    return tmp_path / "var" / "seals.jsonl"


@pytest.fixture
def case(world: World, seals: Path) -> Subject:
    """A case with five events, sealed."""
    started = world.start_case()
    for number in range(4):
        cases.comment(world.desk(Role.COORDINATOR), started.instance.id, f"Kommentar {number}", internal=True)
    seal(world, seals)
    return started


def seal(world: World, path: Path) -> int:
    """Seal at the clock's time."""
    return audit.seal(world.session, path, KEY, world.clock.now)


def verified(world: World, path: Path, key: str = KEY) -> audit.Report:
    """Verify what stands in the database."""
    world.session.flush()
    world.session.expire_all()
    return audit.verify(world.session, path, key)


def named(world: World, path: Path) -> list[str]:
    """The problems, as text."""
    return [str(problem) for problem in verified(world, path).problems]


def tamper(session: Session, *statements: str) -> None:
    """Change rows as somebody does who owns the database: without the triggers."""
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER USER")
    else:
        for name in ("event_no_update", "event_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    for statement in statements:
        connection.exec_driver_sql(statement)


def rewrite(world: World, case: Subject, seq: int, old: str, new: str) -> None:
    """Change an event's body and every hash after it, and the head, so that the chain agrees with itself."""
    stream, previous = case.instance.stream, ""
    for row in event.events_of(world.session, stream):
        body = row.body.replace(old, new) if row.seq == seq else row.body
        linked = previous or row.previous_hash
        previous = event.link(linked, body)
        tamper(
            world.session,
            f"UPDATE event SET body = '{body}', previous_hash = '{linked}', hash = '{previous}' WHERE id = {row.id}",
        )
    tamper(world.session, f"UPDATE process_instance SET head_hash = '{previous}' WHERE id = {case.instance.id}")


# --- what is sound


def test_untouched_chains_have_no_problem(world: World, case: Subject, seals: Path) -> None:
    report = verified(world, seals)
    assert report.problems == ()
    assert (report.seals, report.unsealed) == (1, 0)
    assert report.events == event.count(world.session)


def test_events_after_the_seal_are_called_unsealed(world: World, case: Subject, seals: Path) -> None:
    cases.comment(world.desk(Role.COORDINATOR), case.instance.id, "Efter sigillet", internal=True)
    world.start_case("Nyttumab")
    report = verified(world, seals)
    assert report.problems == ()
    assert report.unsealed == 2


def test_a_seal_holds_only_the_heads_that_have_changed(world: World, case: Subject, seals: Path) -> None:
    world.clock.forward(days=1)
    newer = world.start_case("Nyttumab")
    seal(world, seals)
    first, second = (json.loads(line) for line in seals.read_text().splitlines())
    assert case.instance.stream in first["heads"]
    assert list(second["heads"]) == [newer.instance.stream]
    assert second["previous"] == first["mac"]
    assert second["sealed_at"] == "2026-11-24T08:00:00.000000Z"


def test_a_night_without_events_is_sealed_too(world: World, case: Subject, seals: Path) -> None:
    assert seal(world, seals) == 2
    assert json.loads(seals.read_text().splitlines()[1])["heads"] == {}
    assert named(world, seals) == []


def test_the_file_of_seals_is_for_its_owner_alone(world: World, case: Subject, seals: Path) -> None:
    assert seals.stat().st_mode & 0o777 == 0o600


# --- changed chains


def test_a_changed_byte_is_named(world: World, case: Subject, seals: Path) -> None:
    stream = case.instance.stream
    tamper(world.session, f"UPDATE event SET body = replace(body, ':true', ':1') WHERE stream = '{stream}' AND seq = 3")
    assert named(world, seals) == [f"{stream} 3: the body was changed"]


def test_a_removed_event_is_named(world: World, case: Subject, seals: Path) -> None:
    stream = case.instance.stream
    tamper(world.session, f"DELETE FROM event WHERE stream = '{stream}' AND seq IN (2, 3)")
    assert named(world, seals) == [f"{stream} 2: missing: there is no event 2 to 3"]


def test_events_in_another_order_are_named(world: World, case: Subject, seals: Path) -> None:
    stream = case.instance.stream
    moves = ((2, 99), (3, 2), (99, 3))
    tamper(
        world.session,
        *(f"UPDATE event SET seq = {to} WHERE stream = '{stream}' AND seq = {seq}" for seq, to in moves),
    )
    assert f"{stream} 2: the link to the event before is broken" in named(world, seals)
    assert f"{stream} 3: the link to the event before is broken" in named(world, seals)


def test_a_cut_tail_is_named_though_the_row_was_changed_too(world: World, case: Subject, seals: Path) -> None:
    stream = case.instance.stream
    last = event.events_of(world.session, stream)[2]
    tamper(
        world.session,
        f"DELETE FROM event WHERE stream = '{stream}' AND seq > 3",
        f"UPDATE process_instance SET head_seq = 3, head_hash = '{last.hash}' WHERE id = {case.instance.id}",
    )
    (problem,) = named(world, seals)
    assert problem.startswith(f"{stream} 4: the end of the chain is cut off: seal 1 of 2026-11-23")


def test_a_chain_computed_anew_is_named_by_the_seal(world: World, case: Subject, seals: Path) -> None:
    rewrite(world, case, 2, "true", "false")
    assert named(world, seals) == [f"{case.instance.stream} 5: is not the event that seal 1 was put on"]


def test_a_head_that_does_not_agree_is_named(world: World, case: Subject, seals: Path) -> None:
    tamper(world.session, f"UPDATE process_instance SET head_seq = 4 WHERE id = {case.instance.id}")
    (problem,) = named(world, seals)
    assert problem == f"{case.instance.stream} 4: the row says that this is the last event, the chain ends at 5"


def test_an_unsealed_event_that_was_removed_shows_at_the_head(world: World, case: Subject, seals: Path) -> None:
    cases.comment(world.desk(Role.COORDINATOR), case.instance.id, "Efter sigillet", internal=True)
    tamper(world.session, f"DELETE FROM event WHERE stream = '{case.instance.stream}' AND seq = 6")
    assert named(world, seals) == [
        f"{case.instance.stream} 6: the row says that this is the last event, the chain ends at 5"
    ]


def test_a_chain_deleted_without_tombstone_is_named(world: World, case: Subject, seals: Path) -> None:
    tamper(world.session, f"DELETE FROM event WHERE stream = '{case.instance.stream}'")
    assert any("the whole chain is gone, without a tombstone" in problem for problem in named(world, seals))


def test_a_disposal_left_open_is_named(world: World, case: Subject, seals: Path) -> None:
    tamper(
        world.session, f"INSERT INTO disposal (stream, reason, at) VALUES ('{case.instance.stream}', 'x', '2026-11-23')"
    )
    assert any("never ended" in problem for problem in named(world, seals))
    assert any("disposed of without a tombstone" in problem for problem in named(world, seals))


# --- changed seals


def lines(path: Path) -> list[str]:
    """The lines of the file."""
    return path.read_text().splitlines(keepends=True)


@pytest.fixture
def three(world: World, case: Subject, seals: Path) -> Path:
    """A file of three seals."""
    for _ in range(2):
        world.clock.forward(days=1)
        cases.comment(world.desk(Role.COORDINATOR), case.instance.id, "Ännu en", internal=True)
        seal(world, seals)
    return seals


def test_an_altered_seal_is_named(world: World, three: Path) -> None:
    three.write_text(three.read_text().replace("2026-11-24T", "2026-11-20T"))
    assert named(world, three) == ["seals 2: the seal was altered, or made with another key"]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_removed_seal_is_named_wherever_it_stood(world: World, three: Path, gone: int) -> None:
    kept = lines(three)
    kept.pop(gone)
    three.write_text("".join(kept))
    assert f"seals {gone + 1}: the seal was made and is missing from the file" in named(world, three)


def test_seals_in_another_order_are_named(world: World, three: Path) -> None:
    first, second, third = lines(three)
    three.write_text(first + third + second)
    assert any("a line was removed, added or moved" in problem for problem in named(world, three))


def test_a_line_that_is_no_seal_is_named_by_its_place(world: World, three: Path) -> None:
    three.write_text(three.read_text() + '{"number": 4}\n')
    assert named(world, three) == ["seals: line 4 of the file cannot be read"]


def test_another_key_is_told(world: World, three: Path) -> None:
    problems = [str(problem) for problem in verified(world, three, "another key").problems]
    assert problems == [f"seals {number}: the seal was altered, or made with another key" for number in (1, 2, 3)]


def test_no_file_where_seals_were_made_is_named(world: World, three: Path) -> None:
    three.unlink()
    assert named(world, three)[0] == "seals 1: the seal was made and is missing from the file"


def test_a_half_written_line_is_cut_off_by_the_next_seal(world: World, three: Path) -> None:
    with three.open("a") as file:
        file.write('{"count":12,"he')
    assert any("cannot be read" in problem for problem in named(world, three))
    assert seal(world, three) == 4
    assert named(world, three) == []


def test_a_crash_between_the_file_and_the_commit_is_made_good(world: World, three: Path) -> None:
    world.session.flush()
    world.session.execute(text(disarm(world.session)))
    world.session.query(Seal).filter(Seal.number == 3).delete()
    assert named(world, three) == []
    assert seal(world, three) == 4
    assert named(world, three) == []


def test_a_database_older_than_the_seals_is_named(world: World, case: Subject, seals: Path) -> None:
    kept = world.session.begin_nested()  # what a backup holds
    cases.comment(world.desk(Role.COORDINATOR), case.instance.id, "Efter säkerhetskopian", internal=True)
    world.clock.forward(days=1)
    seal(world, seals)
    kept.rollback()
    problems = named(world, seals)
    assert len(problems) == 2
    assert problems[0].startswith(f"{case.instance.stream} 6: the end of the chain is cut off: seal 2")
    assert problems[1].startswith("seals 2: the database is older than this seal of 2026-11-24")


def disarm(session: Session) -> str:
    """The statement that lets seals be deleted."""
    if session.get_bind().dialect.name == "postgresql":
        return "ALTER TABLE seal DISABLE TRIGGER USER"
    return "DROP TRIGGER seal_no_delete"
