"""Files attached to what follows a process: added, taken away and read, each change an event of its chain."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from introduction.domain.errors import InvalidInput, NotFound, Refused
from introduction.domain.file_types import NOT_TAKEN, FileType, named, program_ending, sniff
from introduction.domain.messages import Message, say
from introduction.domain.roles import Right, can, demand
from introduction.domain.subjects import SUBJECTS
from introduction.services import changes, log, subjects
from introduction.services.desk import Desk
from introduction.services.subjects import Subject
from introduction.store import attachment as store
from introduction.store import file_store, instance
from introduction.store.attachment import MOST_BYTES, Attachment
from introduction.store.instance import Instance


def why_fixed(subject: Subject) -> Message | None:
    """Why the files of a subject do not change now; None: they may.

    They change until the process has ended, but for stages in which what was handed in stays as it is.
    """
    if subject.instance.closed_on is not None:
        return say("Handläggningen är avslutad. Filerna ändras inte")
    if subject.definition.stage_named(subject.instance.stage).fixed:
        return say("Handlingarna är inlämnade. Filerna ändras inte, om de inte lämnas tillbaka")
    return None


def may_change(desk: Desk, subject: Subject) -> bool:
    """True when the person may add and take away files now."""
    return can(desk.by, _changing(subject), subject.scope) is None and why_fixed(subject) is None


def add(desk: Desk, instance_id: int, name: str, stream: BinaryIO, *, files: Path) -> Attachment:
    """Attach a file of at most 25 MB. ``files`` is the folder of the file store; ``stream`` can be wound back.

    The content is on the disk before the row is written. Raises NotFound, NotAllowed, Refused, InvalidInput (``file``).
    """
    subject = _to_change(desk, instance_id)
    size, kind = _looked_at(name, stream)
    sha256 = file_store.put(files, stream)
    for other in store.of_instance(desk.session, instance_id):
        if other.sha256 == sha256:
            raise InvalidInput(("file", say("Filen är redan bifogad, med namnet {name}", name=other.name)))
    row = Attachment(
        instance_id=instance_id,
        sha256=sha256,
        name=named(name, kind),
        media_type=kind.media_type,
        size=size,
        uploaded_by=desk.user_id,
        uploaded_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    _record(desk, subject, "attachment_added", row)
    return row


def remove(desk: Desk, attachment_id: int) -> Attachment:
    """Take a file away: it is no longer shown or read, and stays in the store. Raises NotFound, NotAllowed, Refused."""
    subject = _to_change(desk, store.get(desk.session, attachment_id).instance_id)
    row = store.get(desk.session, attachment_id)
    if row.removed_at is not None:
        raise Refused(say("Filen {name} är redan borttagen", name=row.name))
    row.removed_at = desk.now
    desk.session.flush()
    _record(desk, subject, "attachment_removed", row)
    return row


def open_for_reading(desk: Desk, attachment_id: int, *, files: Path) -> tuple[Attachment, Path]:
    """A file, and where its content lies. Raises NotFound (also when it was taken away), NotAllowed, Refused."""
    row = store.get(desk.session, attachment_id)
    read_subject(desk, row.instance_id)
    if row.removed_at is not None:
        raise NotFound(f"attachment {attachment_id} was taken away")
    path = file_store.path_of(files, row.sha256)
    if not path.is_file():
        raise Refused(say("Filen {name} saknas på servern. Säg till den som driver tjänsten", name=row.name))
    return row, path


def read_subject(desk: Desk, instance_id: int) -> Subject:
    """What the files are attached to, for somebody who may see it. Raises NotFound, NotAllowed."""
    subject = subjects.read(desk, instance.get(desk.session, instance_id))
    demand(desk.by, _seeing(subject), subject.scope)
    return subject


def elsewhere(session: Session, instance_id: int) -> list[Instance]:
    """The other instances that a file of this one is attached to as well, by id. Asks for no right."""
    others = {row.instance_id for row in store.same_elsewhere(session, instance_id)}
    found = instance.some(session, others)
    return [found[other] for other in sorted(found)]


# ------------------------------------------------------------------------------------- the parts


def _seeing(subject: Subject) -> Right:
    """The right that reading a file asks for."""
    return SUBJECTS[subject.instance.subject].view


def _changing(subject: Subject) -> Right:
    """The right that adding a file and taking it away ask for."""
    return SUBJECTS[subject.instance.subject].attach


def _to_change(desk: Desk, instance_id: int) -> Subject:
    """The subject, locked, when the person may change its files."""
    subject = changes.load(desk, instance_id, None)
    demand(desk.by, _changing(subject), subject.scope)
    reason = why_fixed(subject)
    if reason is not None:
        raise Refused(reason)
    return subject


def _looked_at(name: str, stream: BinaryIO) -> tuple[int, FileType]:
    """The file's size in bytes, and what it is. Raises InvalidInput."""
    ending = program_ending(name)
    if ending is not None:
        what = say(
            "En fil som slutar på {ending} är ett program för datorn och tas inte emot. Spara underlaget som PDF, "
            "xlsx, CSV eller text, och bifoga den filen",
            ending=ending,
        )
        raise InvalidInput(("file", what))
    size = stream.seek(0, os.SEEK_END)
    if size == 0:
        raise InvalidInput(("file", say("Filen är tom. Välj en annan")))
    if size > MOST_BYTES:
        raise InvalidInput(("file", say("Filen är större än 25 MB. Välj en mindre, eller dela den i flera")))
    kind = sniff(stream, name)
    if kind is None:
        raise InvalidInput(("file", NOT_TAKEN))
    return size, kind


def _record(desk: Desk, subject: Subject, kind: str, row: Attachment) -> None:
    log.record(desk, subject.instance, kind, attachment=row.id, name=row.name, sha256=row.sha256, size=row.size)
