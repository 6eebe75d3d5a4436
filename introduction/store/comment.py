"""Comments on a case. An internal note is not for the nominator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.base import Base, UtcDateTime


class Comment(Base):
    """What somebody wrote, when."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    internal: Mapped[bool]


def comments_of(session: Session, instance_id: int, *, internal: bool) -> list[Comment]:
    """The comments, oldest first; internal notes only when asked for."""
    query = select(Comment).where(Comment.instance_id == instance_id).order_by(Comment.id)
    return list(session.scalars(query if internal else query.where(~Comment.internal)))
