"""Disposals (gallring): the only way past the triggers that keep events, decisions, recommendations and postings.

While a disposal of a chain has begun and not ended, the triggers let the rows of that chain be deleted. It begins and
ends in one transaction; a row that was left open would be named by `introduction audit verify`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, exists, or_, select, union, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from introduction.store.analysis import Analysis, DecisionAnalysis
from introduction.store.application import ApplicationLink, FundingApplication, OwnSaving
from introduction.store.attachment import Attachment
from introduction.store.base import Base, UtcDateTime
from introduction.store.case import Case, CaseLink, TreatingUnit
from introduction.store.claim import Claim
from introduction.store.comment import Comment
from introduction.store.decision import Decision
from introduction.store.event import Event
from introduction.store.follow_up import FollowUpReport, HandoverConfirmation, HandoverProposal
from introduction.store.fund import Fund
from introduction.store.grant import GrantRow
from introduction.store.indicator import Indicator, IndicatorValue
from introduction.store.instance import Instance
from introduction.store.ledger import LedgerFile, LedgerLine
from introduction.store.mail import Mail
from introduction.store.medicine import Indication, Medicine
from introduction.store.net_price import NetPrice
from introduction.store.notice import Notice
from introduction.store.nouns import ROWS as NOUNS
from introduction.store.outcome import OutcomeMonth
from introduction.store.payer_change import PayerChange
from introduction.store.posting import MoneyDecision, Posting
from introduction.store.recommendation import Recommendation, RecommendationVersion
from introduction.store.reservation import Reservation
from introduction.store.submission import SubmissionRow
from introduction.store.task import DueDate, TaskRow
from introduction.store.timer import Timer

_application, _claim = FundingApplication.__table__.c, Claim.__table__.c


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
    (LedgerLine, LedgerLine.claim_id),
    (Posting, Posting.instance_id),
    (Reservation, Reservation.instance_id),
    (MoneyDecision, MoneyDecision.instance_id),
    (OwnSaving, OwnSaving.application_id),
    (ApplicationLink, ApplicationLink.application_id),
    (ApplicationLink, ApplicationLink.other_id),
    (Comment, Comment.instance_id),
    (Attachment, Attachment.instance_id),
    (CaseLink, CaseLink.case_id),
    (CaseLink, CaseLink.other_id),
    (Timer, Timer.instance_id),
    (Notice, Notice.instance_id),
    (DueDate, DueDate.instance_id),
    (IndicatorValue, IndicatorValue.case_id),
    (FollowUpReport, FollowUpReport.case_id),
    (HandoverConfirmation, HandoverConfirmation.case_id),
    (HandoverProposal, HandoverProposal.case_id),
    (PayerChange, PayerChange.case_id),
    (TaskRow, TaskRow.instance_id),
    (Indicator, Indicator.case_id),
    (Claim, _claim.id),
    (GrantRow, GrantRow.case_id),
    (GrantRow, GrantRow.application_id),
    (FundingApplication, _application.id),
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


def group_of(session: Session, instance_id: int) -> list[int]:
    """An instance with all that hangs on it and goes with it, by id.

    With a case its applications, with any of them the claims on its money, with a claim its corrections.
    """
    applications = list(session.scalars(select(_application.id).where(_application.case_id == instance_id)))
    givers = [instance_id, *applications]
    grants = select(GrantRow.id).where(or_(GrantRow.case_id.in_(givers), GrantRow.application_id.in_(givers)))
    claims = select(_claim.id).where(or_(_claim.grant_id.in_(grants), _claim.corrects_id == instance_id))
    return sorted({*givers, *session.scalars(claims)})


def delete_instances(session: Session, instances: Sequence[Instance]) -> None:
    """Delete instances, their nouns' rows, everything that hangs on them, and their chains of events."""
    ids = [instance.id for instance in instances]
    mails = set(session.scalars(select(Notice.mail_id).where(Notice.instance_id.in_(ids))))
    for row, column in ROWS:
        session.execute(delete(row).where(column.in_(ids)))
    _forget_mails(session, mails - {None})
    session.execute(delete(Event).where(Event.stream.in_([instance.stream for instance in instances])))
    for instance in instances:
        session.delete(instance)
    session.flush()


def _forget_mails(session: Session, mail_ids: Collection[int | None]) -> None:
    """Delete mails that spoke of the instance alone; of a collecting mail only the words go."""
    others = set(session.scalars(select(Notice.mail_id).where(Notice.mail_id.in_(mail_ids))))
    session.execute(delete(Mail).where(Mail.id.in_(set(mail_ids) - others)))
    session.execute(update(Mail).where(Mail.id.in_(others)).values(text=None, html=None, calendar=None))


def delete_unused_example_medicines(session: Session) -> None:
    """Delete the invented medicines, with their indications, that nothing is about."""
    first, *others = (select(row.__table__.c.medicine_id) for row in NOUNS.values())
    used = union(first, *others)
    unused = select(Medicine.id).where(Medicine.example, Medicine.id.not_in(used))
    session.execute(delete(Indication).where(Indication.medicine_id.in_(unused)))
    session.execute(delete(Medicine).where(Medicine.example, Medicine.id.not_in(used)))


def example_ids(session: Session) -> list[int]:
    """Every invented instance, in the order in which they can be disposed of: cases before recommendations."""
    order = (Case, FundingApplication, Claim, Recommendation)
    tables = [row.__table__.c for row in order]
    return [
        found for table in tables for found in session.scalars(select(table.id).where(table.example).order_by(table.id))
    ]


def example_funds(session: Session) -> list[Fund]:
    """The invented funds of all regions, locked until the transaction ends."""
    query = select(Fund).where(Fund.example).order_by(Fund.id).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def others_in(session: Session, fund_id: int, instance_ids: Collection[int]) -> bool:
    """True when money of a fund has moved for an instance that is not one of some."""
    query = select(Posting.id).where(Posting.fund_id == fund_id, Posting.instance_id.not_in(instance_ids))
    return session.scalar(query.limit(1)) is not None


def others_use(session: Session, application_id: int) -> bool:
    """True when money moved for something else by a decision on an application."""
    own = select(MoneyDecision.id).where(MoneyDecision.instance_id == application_id)
    query = select(Posting.id).where(Posting.decision_id.in_(own), Posting.instance_id != application_id)
    return session.scalar(query.limit(1)) is not None


def delete_fund(session: Session, fund: Fund) -> None:
    """Delete a fund that nothing is granted out of, with its decisions and postings, while its disposal goes on."""
    session.execute(delete(Posting).where(Posting.fund_id == fund.id))
    session.execute(delete(MoneyDecision).where(MoneyDecision.fund_id == fund.id))
    session.delete(fund)
    session.flush()


def empty_files(session: Session) -> list[LedgerFile]:
    """The files for the ledger whose claims are all gone."""
    return list(session.scalars(select(LedgerFile).where(~exists().where(LedgerLine.file_id == LedgerFile.id))))


def left_open(session: Session) -> list[str]:
    """The chains whose disposal began and never ended."""
    query = select(Disposal.stream).where(Disposal.ended_at.is_(None)).order_by(Disposal.stream)
    return list(session.scalars(query))


def streams(session: Session) -> list[str]:
    """Every chain that was disposed of."""
    return list(session.scalars(select(Disposal.stream).order_by(Disposal.stream)))
