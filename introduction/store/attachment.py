"""Files attached to an instance: the row says whose, and under which name; the content lies in the file store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from introduction.domain.errors import NotFound
from introduction.store.base import Base, UtcDateTime

#: The largest file that is taken, in bytes: 25 MB.
MOST_BYTES = 25 * 1024 * 1024


class Attachment(Base):
    """A file attached to an instance. Taking it away marks the row; row and content stay."""

    __tablename__ = "attachment"
    __table_args__ = (CheckConstraint(f"size BETWEEN 1 AND {MOST_BYTES}", name="size_bounds"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)  #: in bytes
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_OTHER = aliased(Attachment)


def of_instance(session: Session, instance_id: int) -> list[Attachment]:
    """The files that an instance has, in the order in which they came."""
    query = select(Attachment).where(Attachment.instance_id == instance_id, Attachment.removed_at.is_(None))
    return list(session.scalars(query.order_by(Attachment.id)))


def get(session: Session, attachment_id: int) -> Attachment:
    """The attachment as it stands now, also one that was taken away. Raises NotFound."""
    found = session.get(Attachment, attachment_id, populate_existing=True)
    if found is None:
        raise NotFound(f"attachment {attachment_id}")
    return found


def same_elsewhere(session: Session, instance_id: int) -> list[Attachment]:
    """The attachments of other instances with the content of a file that this instance has."""
    own = aliased(Attachment)
    here = select(own.sha256).where(own.instance_id == instance_id, own.removed_at.is_(None))
    query = select(Attachment).where(
        Attachment.sha256.in_(here), Attachment.instance_id != instance_id, Attachment.removed_at.is_(None)
    )
    return list(session.scalars(query.order_by(Attachment.id)))


def counts(session: Session, instance_ids: Iterable[int]) -> dict[int, int]:
    """How many files some instances have; those without any are left out."""
    query = select(Attachment.instance_id, func.count()).where(
        Attachment.instance_id.in_(list(instance_ids)), Attachment.removed_at.is_(None)
    )
    return {instance_id: number for instance_id, number in session.execute(query.group_by(Attachment.instance_id))}


_SHARING = (
    select(Attachment.instance_id, _OTHER.instance_id)
    .join(_OTHER, (_OTHER.sha256 == Attachment.sha256) & (_OTHER.instance_id != Attachment.instance_id))
    .where(Attachment.instance_id.in_(bindparam("instance_ids", expanding=True)))
    .where(Attachment.removed_at.is_(None), _OTHER.removed_at.is_(None))
)


def sharing(session: Session, instance_ids: Iterable[int]) -> dict[int, set[int]]:
    """For each of some instances, the others that have a file with the same content; those without are left out."""
    found: dict[int, set[int]] = {}
    for instance_id, other_id in session.execute(_SHARING, {"instance_ids": list(instance_ids)}):
        found.setdefault(instance_id, set()).add(other_id)
    return found
