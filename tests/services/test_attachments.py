"""Attached files: taken when they are what may be taken, told of in the chain, read by those who see the case."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from introduction.domain.errors import InvalidInput, NotAllowed, NotFound, Refused
from introduction.domain.roles import Role
from introduction.services import attachments
from introduction.services.subjects import Subject
from introduction.store import attachment as store
from introduction.store import event
from introduction.store.attachment import MOST_BYTES, Attachment
from tests import files
from tests.world import NORRBOTTEN, World


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the file store."""
    return tmp_path / "files"


@pytest.fixture
def case(world: World) -> Subject:
    return world.start_case()


def add(
    world: World, case: Subject, folder: Path, content: bytes = files.PDF, name: str = "faktura.pdf", **more: Any
) -> Attachment:
    desk = world.desk(more.pop("by", Role.COORDINATOR))
    return attachments.add(desk, case.instance.id, name, io.BytesIO(content), files=folder, **more)


def held(world: World, case: Subject) -> list[str]:
    return [row.name for row in store.of_instance(world.session, case.instance.id)]


def kept_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def last_event(world: World, case: Subject) -> dict[str, Any]:
    return event.events_of(world.session, case.instance.stream)[-1].content


def test_a_file_is_attached_and_read(world: World, case: Subject, folder: Path) -> None:
    row = add(world, case, folder)
    read, path = attachments.open_for_reading(world.desk(Role.READER), row.id, files=folder)
    assert path.read_bytes() == files.PDF
    assert (read.name, read.media_type, read.size) == ("faktura.pdf", "application/pdf", len(files.PDF))
    assert (read.uploaded_by, read.uploaded_at) == (world.desk(Role.COORDINATOR).user_id, world.clock.now)


def test_adding_and_taking_away_are_told_in_the_chain(world: World, case: Subject, folder: Path) -> None:
    row = add(world, case, folder)
    what = {"attachment": row.id, "name": "faktura.pdf", "sha256": row.sha256, "size": len(files.PDF)}
    told = last_event(world, case)
    assert told["kind"] == "attachment_added" and what.items() <= told.items()
    assert told["sha256"] == hashlib.sha256(files.PDF).hexdigest()
    attachments.remove(world.desk(Role.ECONOMIST), row.id)
    told = last_event(world, case)
    assert told["kind"] == "attachment_removed" and what.items() <= told.items()


def test_what_is_taken_away_is_kept_but_neither_shown_nor_read(world: World, case: Subject, folder: Path) -> None:
    row = add(world, case, folder)
    attachments.remove(world.desk(Role.COORDINATOR), row.id)
    assert held(world, case) == [] and row.removed_at == world.clock.now
    assert [path.read_bytes() for path in kept_files(folder)] == [files.PDF]
    with pytest.raises(NotFound):
        attachments.open_for_reading(world.desk(Role.COORDINATOR), row.id, files=folder)
    with pytest.raises(Refused, match="redan borttagen"):
        attachments.remove(world.desk(Role.COORDINATOR), row.id)
    add(world, case, folder, name="igen.pdf")
    assert held(world, case) == ["igen.pdf"]


def test_the_same_file_twice_is_refused_with_its_name(world: World, case: Subject, folder: Path) -> None:
    add(world, case, folder)
    with pytest.raises(InvalidInput, match=r"redan bifogad, med namnet faktura\.pdf"):
        add(world, case, folder, name="kopia.pdf")
    assert held(world, case) == ["faktura.pdf"]


def test_a_file_attached_in_two_places_is_stored_once_and_found(world: World, case: Subject, folder: Path) -> None:
    other, third = world.start_case("Annatmab"), world.start_case("Tredjemab")
    add(world, case, folder)
    copy = add(world, other, folder, name="samma.pdf")
    add(world, third, folder, files.CSV, "rader.csv")
    assert len(kept_files(folder)) == 2
    assert [one.id for one in attachments.elsewhere(world.session, case.instance.id)] == [other.instance.id]
    assert attachments.elsewhere(world.session, third.instance.id) == []
    attachments.remove(world.desk(Role.COORDINATOR), copy.id)
    assert attachments.elsewhere(world.session, case.instance.id) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Filen är tom"),
        (b"MZ\x90\x00\x03", "Välj PDF, PNG, JPEG"),
        (b"<html><script>alert(1)</script></html>", "Välj PDF, PNG, JPEG"),
        (files.office(files.XLSX_MAIN, "xl/vbaProject.bin"), "utan makron"),
        (files.PDF + bytes(MOST_BYTES), "större än 25 MB"),
    ],
)
def test_what_cannot_be_taken_leaves_nothing(
    world: World, case: Subject, folder: Path, content: bytes, told: str
) -> None:
    before = last_event(world, case)
    with pytest.raises(InvalidInput, match=told) as refusal:
        add(world, case, folder, content)
    assert [field for field, _what in refusal.value.problems] == ["file"]
    assert held(world, case) == [] and last_event(world, case) == before
    assert not folder.exists()


def test_a_file_of_25_mb_is_taken(world: World, case: Subject, folder: Path) -> None:
    assert add(world, case, folder, files.PDF.ljust(MOST_BYTES, b"\n")).size == MOST_BYTES


def test_the_database_takes_no_row_beyond_the_bounds(world: World, case: Subject) -> None:
    for size in (0, MOST_BYTES + 1):
        row = Attachment(
            instance_id=case.instance.id, sha256="a" * 64, name="a", media_type="b", size=size,
            uploaded_at=world.clock.now,
        )  # fmt: skip
        with pytest.raises(IntegrityError), world.session.begin_nested():
            world.session.add(row)
            world.session.flush()


def test_a_name_comes_without_folders_and_fits_the_content(world: World, case: Subject, folder: Path) -> None:
    add(world, case, folder, name=r"C:\Users\anna\..\faktura.docx")
    add(world, case, folder, files.CSV, "../rader")
    assert held(world, case) == ["faktura.pdf", "rader.txt"]


def test_a_crash_between_file_and_row_leaves_no_row_and_does_no_harm(world: World, case: Subject, folder: Path) -> None:
    before = last_event(world, case)
    with pytest.raises(RuntimeError), world.session.begin_nested():
        add(world, case, folder)
        raise RuntimeError("the power went")
    assert held(world, case) == [] and last_event(world, case) == before
    assert len(kept_files(folder)) == 1
    row = add(world, case, folder)
    assert len(kept_files(folder)) == 1 and held(world, case) == [row.name]


def test_a_file_that_a_restored_backup_lacks_is_told_of(world: World, case: Subject, folder: Path) -> None:
    row = add(world, case, folder)
    kept_files(folder)[0].unlink()
    with pytest.raises(Refused, match="saknas på servern"):
        attachments.open_for_reading(world.desk(Role.COORDINATOR), row.id, files=folder)


# --- who, and when


def test_another_region_neither_reads_nor_changes(world: World, case: Subject, folder: Path) -> None:
    row = add(world, case, folder)
    stranger = world.desk(Role.COORDINATOR, NORRBOTTEN)
    for attempt in (
        lambda: attachments.open_for_reading(stranger, row.id, files=folder),
        lambda: attachments.add(stranger, case.instance.id, "b.pdf", io.BytesIO(files.PDF), files=folder),
        lambda: attachments.remove(stranger, row.id),
    ):
        with pytest.raises(NotAllowed, match="annan region"):
            attempt()
    assert held(world, case) == ["faktura.pdf"]


@pytest.mark.parametrize("who", [Role.READER, Role.AUDITOR])
def test_those_who_only_read_change_nothing(world: World, case: Subject, folder: Path, who: Role) -> None:
    row = add(world, case, folder)
    assert not attachments.may_change(world.desk(who), case)
    with pytest.raises(NotAllowed):
        add(world, case, folder, files.PNG, by=who)
    with pytest.raises(NotAllowed):
        attachments.remove(world.desk(who), row.id)


def test_the_files_of_what_has_ended_do_not_change(world: World, case: Subject, folder: Path) -> None:
    row = add(world, case, folder)
    assert attachments.may_change(world.desk(Role.COORDINATOR), case)
    case.instance.closed_on = world.clock.today
    world.session.flush()
    assert not attachments.may_change(world.desk(Role.COORDINATOR), case)
    for attempt in (
        lambda: add(world, case, folder, files.PNG),
        lambda: attachments.remove(world.desk(Role.COORDINATOR), row.id),
    ):
        with pytest.raises(Refused, match="avslutad"):
            attempt()
    attachments.open_for_reading(world.desk(Role.COORDINATOR), row.id, files=folder)


def test_no_file_changes_while_what_was_handed_in_is_fixed(world: World, case: Subject, folder: Path) -> None:
    stage = case.definition.stage_named(case.instance.stage)
    assert attachments.may_change(world.desk(Role.COORDINATOR), case)
    stages = (stage.model_copy(update={"fixed": True}),)
    fixed = replace(case, definition=case.definition.model_copy(update={"stage": stages}))
    assert not attachments.may_change(world.desk(Role.COORDINATOR), fixed)
    assert "inlämnade" in str(attachments.why_fixed(fixed))


def test_a_file_that_is_not_there_is_not_found(world: World, folder: Path) -> None:
    with pytest.raises(NotFound):
        attachments.open_for_reading(world.desk(Role.COORDINATOR), 99, files=folder)
    assert world.session.scalar(select(func.count()).select_from(Attachment)) == 0
