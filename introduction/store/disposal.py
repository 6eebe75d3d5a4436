"""Disposals (gallring): the only way past the triggers that keep events, decisions and recommendations.

While a disposal of a chain has begun and not ended, the triggers let the rows of that chain be deleted. It begins and
ends in one transaction; a row that was left open would be named by `introduction audit verify`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.analysis import Analysis, DecisionAnalysis
from introduction.store.base import Base, UtcDateTime
from introduction.store.case import Case, CaseLink, TreatingUnit
from introduction.store.comment import Comment
from introduction.store.decision import Decision
from introduction.store.event import Event
from introduction.store.follow_up import FollowUpReport, HandoverConfirmation
from introduction.store.grant import GrantRow
from introduction.store.instance import Instance
from introduction.store.mail import Mail
from introduction.store.medicine import Indication, Medicine
from introduction.store.net_price import NetPrice
from introduction.store.notice import Notice
from introduction.store.outcome import OutcomeMonth
from introduction.store.recommendation import Recommendation, RecommendationVersion
from introduction.store.submission import SubmissionRow
from introduction.store.task import DueDate, TaskRow
from introduction.store.timer import Timer


class Disposal(Base):
    """That a whole chain, with its instance and all its rows, was removed: by whom, why and when."""

    __tablename__ = "disposal"

    stream: Mapped[str] = mapped_column(String(40), primary_key=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


#: Every table whose rows hang on an instance, with the column that says on which, in the order in which they can go.
ROWS = (
    (Comment, Comment.instance_id),
    (CaseLink, CaseLink.case_id),
    (CaseLink, CaseLink.other_id),
    (Timer, Timer.instance_id),
    (Notice, Notice.instance_id),
    (DueDate, DueDate.instance_id),
    (FollowUpReport, FollowUpReport.case_id),
    (HandoverConfirmation, HandoverConfirmation.case_id),
    (TaskRow, TaskRow.instance_id),
    (GrantRow, GrantRow.case_id),
    (TreatingUnit, TreatingUnit.case_id),
    (SubmissionRow, SubmissionRow.case_id),
    (DecisionAnalysis, DecisionAnalysis.case_id),
    (OutcomeMonth, OutcomeMonth.case_id),
    (NetPrice, NetPrice.case_id),
    (Analysis, Analysis.case_id),
    (Decision, Decision.case_id),
    (RecommendationVersion, RecommendationVersion.recommendation_id),
    (Case, Case.__table__.c.id),
    (Recommendation, Recommendation.__table__.c.id),
)


def delete_instance(session: Session, instance: Instance) -> None:
    """Delete an instance, its noun's row, everything that hangs on them, and their chain of events."""
    mails = set(session.scalars(select(Notice.mail_id).where(Notice.instance_id == instance.id)))
    for row, column in ROWS:
        session.execute(delete(row).where(column == instance.id))
    _forget_mails(session, mails - {None})
    session.execute(delete(Event).where(Event.stream == instance.stream))
    session.delete(instance)
    session.flush()


def _forget_mails(session: Session, mail_ids: Collection[int | None]) -> None:
    """Delete mails that spoke of the instance alone; of a collecting mail only the words go."""
    others = set(session.scalars(select(Notice.mail_id).where(Notice.mail_id.in_(mail_ids))))
    session.execute(delete(Mail).where(Mail.id.in_(set(mail_ids) - others)))
    session.execute(update(Mail).where(Mail.id.in_(others)).values(text=None, html=None, calendar=None))


def delete_unused_example_medicines(session: Session) -> None:
    """Delete the invented medicines, with their indications, that no case and no recommendation is about."""
    used = select(Case.medicine_id).union(select(Recommendation.medicine_id))
    unused = select(Medicine.id).where(Medicine.example, Medicine.id.not_in(used))
    session.execute(delete(Indication).where(Indication.medicine_id.in_(unused)))
    session.execute(delete(Medicine).where(Medicine.example, Medicine.id.not_in(used)))


def example_ids(session: Session) -> list[int]:
    """Every invented instance, in the order in which they can be disposed of: cases before recommendations."""
    cases = session.scalars(select(Case.id).where(Case.example).order_by(Case.id))
    recommendations = session.scalars(
        select(Recommendation.id).where(Recommendation.example).order_by(Recommendation.id)
    )
    return [*cases, *recommendations]


def left_open(session: Session) -> list[str]:
    """The chains whose disposal began and never ended."""
    query = select(Disposal.stream).where(Disposal.ended_at.is_(None)).order_by(Disposal.stream)
    return list(session.scalars(query))


def streams(session: Session) -> list[str]:
    """Every chain that was disposed of."""
    return list(session.scalars(select(Disposal.stream).order_by(Disposal.stream)))
