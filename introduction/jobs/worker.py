"""A worker: does what has fallen due. Everything it does is a transaction of its own, so that it may die anywhere.

A round of work, a *tick*, is: a sign of life, the clock's actions, reminders, mails. Any number of workers may tick at
the same time against one database; each takes what no other holds.
"""

from __future__ import annotations

import logging
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from introduction import clock
from introduction.documents import mail as mail_words
from introduction.domain.errors import Refused
from introduction.domain.process.loading import Catalogue
from introduction.jobs.mailer import Mailer, RedirectingMailer
from introduction.services import clockwork, letters, occasions, outbox, reminding, submissions, workers
from introduction.services.desk import Desk
from introduction.services.letters import Letter
from introduction.services.outbox import Answer, Words
from introduction.store import database
from introduction.store import timer as timers

#: How much is taken in one transaction, and how many mails under one lease.
REMINDERS_AT_ONCE, NOTICES_AT_ONCE, MAILS_AT_ONCE, ACTIONS_AT_ONCE = 500, 500, 10, 100
#: The regions' own reminders are looked through this often, and whether a budget submission is to be frozen.
SWEEP_EVERY = timedelta(hours=1)
_log = logging.getLogger(__name__)


@dataclass
class Worker:
    """Who works: with which database, processes and mailer, and by which clock."""

    sessions: sessionmaker[Session]
    catalogue: Catalogue
    mailer: Mailer
    url: str
    sender: str
    host: str
    now: Callable[[], datetime] = clock.now
    inside: bool = False  #: in the same process as the pages
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    _swept_at: datetime | None = None
    _submitted_at: datetime | None = None

    # --------------------------------------------------------------------------------- a round of work

    def tick(self) -> None:
        """Do all that has fallen due. What goes wrong in one part is logged and leaves the others to go on."""
        for part in (self.give_sign_of_life, self.act, self.sweep, self.submit, self.remind, self.pack, self.deliver):
            try:
                part()
            except Exception:
                _log.exception("%s failed", part.__name__)

    def give_sign_of_life(self) -> None:
        """Tell that this worker works."""
        with self._writing() as desk:
            workers.ticked(desk, self.id, socket.gethostname(), os.getpid(), inside=self.inside)

    def stop(self) -> None:
        """Tell that this worker ends in good order."""
        with self._writing() as desk:
            workers.stopped(desk, self.id)

    def act(self) -> int:
        """Take the clock's actions that have fallen due, each in a transaction of its own. Returns how many."""
        taken = 0
        for timer_id in self._due("action", ACTIONS_AT_ONCE):
            try:
                with self._writing(clock=True) as desk:
                    taken += clockwork.act(desk, timer_id) is not None
                    _log.debug("action taken")
                _log.debug("action settled")
            except Refused as refusal:
                with self._writing(clock=True) as desk:
                    clockwork.note_refusal(desk, timer_id, refusal)
            except OperationalError:
                raise  # the database, not the action, is at fault
            except Exception as error:
                _log.exception("the clock's action %s failed", timer_id)
                self._give_up(timer_id, error)
        return taken

    def sweep(self) -> None:
        """Plan the regions' own reminders, once an hour."""
        if self._swept_at is None or self.now() - self._swept_at >= SWEEP_EVERY:
            with self._writing() as desk:
                occasions.sweep(desk)
            self._swept_at = self.now()

    def submit(self) -> int:
        """Freeze the budget submissions whose day has come, each in a transaction of its own. Returns how many.

        One region's that fails stands in no other's way.
        """
        if self._submitted_at is not None and self.now() - self._submitted_at < SWEEP_EVERY:
            return 0
        with self._reading() as desk:
            waiting = submissions.due(desk)
        frozen = 0
        for region_id in waiting:
            try:
                with self._writing() as desk:
                    frozen += submissions.freeze_by_clock(desk, region_id) is not None
            except OperationalError:
                raise  # the database, not the region, is at fault
            except Exception:
                _log.exception("a budget submission failed; it is tried again within an hour")
        self._submitted_at = self.now()
        return frozen

    def remind(self) -> int:
        """Write down what due reminders tell. Returns how many were settled."""
        settled = 0
        while True:
            try:
                with self._writing() as desk:
                    done = reminding.fire(desk, REMINDERS_AT_ONCE)
                    _log.debug("notices written")
                _log.debug("reminders settled")
            except Exception:
                _log.exception("a reminder failed; they are taken one by one")
                done = self._remind_singly()
            settled += done
            if done < REMINDERS_AT_ONCE:
                return settled

    def _remind_singly(self) -> int:
        """The same, each in a transaction of its own, so that one that fails stands in nobody's way."""
        settled = 0
        for timer_id in self._due("reminder", REMINDERS_AT_ONCE):
            try:
                with self._writing() as desk:
                    settled += reminding.fire_one(desk, timer_id)
            except OperationalError:
                raise
            except Exception as error:
                _log.exception("the reminder %s failed", timer_id)
                self._give_up(timer_id, error)
                settled += 1
        return settled

    def pack(self) -> int:
        """Put what waits in mails. Returns how many mails."""
        made = 0
        while True:
            with self._writing() as desk:
                packed = outbox.pack(desk, NOTICES_AT_ONCE)
                _log.debug("mails made")
            made += packed
            if packed < NOTICES_AT_ONCE:
                break
        with self._writing() as desk:
            made += outbox.collect(desk)
            _log.debug("collecting mails made")
        _log.debug("notices packed")
        return made

    def deliver(self) -> int:
        """Send the mails that wait, until none is left. Returns how many were tried."""
        tried = 0
        while True:
            lease = str(uuid.uuid4())
            with self._writing() as desk:
                mail_ids = outbox.claim(desk, lease, MAILS_AT_ONCE)
            _log.debug("mails claimed")
            for mail_id in mail_ids:
                self._deliver_one(mail_id, lease)
            tried += len(mail_ids)
            if len(mail_ids) < MAILS_AT_ONCE:
                return tried

    # --------------------------------------------------------------------------------- one mail

    def _deliver_one(self, mail_id: int, lease: str) -> None:
        answer = self._tried(mail_id, lease)
        if answer is None:
            return
        _log.debug("mail sent")
        with self._writing() as desk:
            if not outbox.settle(desk, mail_id, lease, answer):
                _log.warning("mail %s: the lease was lost while it was sent", mail_id)
        _log.debug("mail settled")

    def _tried(self, mail_id: int, lease: str) -> Answer | None:
        """What came of a try; None when there is nothing to settle. A mail that is broken stands in no other's way."""
        try:
            with self._reading() as desk:
                letter = letters.letter(desk, mail_id)
            words = self._words(letter, lease)
            if words is None:
                return None
            _log.debug("words kept")
            return self._send(letter, words)
        except OperationalError:
            raise  # the database, not the mail, is at fault
        except Exception as error:
            _log.exception("mail %s could not be put in words or handed over", mail_id)
            return Answer("retry", f"{type(error).__name__}: {error}")

    def _words(self, letter: Letter, lease: str) -> Words | None:
        """The mail in words, kept; None when there is nothing to send now, and the mail is settled or let go."""
        if letter.kept is not None:
            words = _kept_words(letter)
            with self._writing() as desk:
                return words if outbox.keep(desk, letter.mail_id, lease, words) else None
        composed = mail_words.compose(letter, self.url, self.now())
        with self._writing() as desk:
            if not outbox.holds(desk, letter.mail_id, lease):
                return None
            outbox.drop(desk, letter.stale)
            if composed.words is not None:
                for notice_id, problem in composed.broken.items():
                    outbox.put_back(desk, notice_id, problem)
                return composed.words if outbox.keep(desk, letter.mail_id, lease, composed.words) else None
            broken = "; ".join(composed.broken.values())
            outbox.settle(desk, letter.mail_id, lease, Answer("retry", broken) if broken else Answer("dropped", ""))
        return None

    def _send(self, letter: Letter, words: Words) -> Answer:
        if not words.address:
            return Answer("failed", "the account has ended")
        if letter.invented and not isinstance(self.mailer, RedirectingMailer):
            return Answer("stopped", "an invented person")
        message = mail_words.message(
            words, message_id=letter.message_id, sender=self.sender, host=self.host, now=self.now()
        )
        return self.mailer.send(message, words.address)

    # --------------------------------------------------------------------------------- transactions

    def _due(self, what: str, limit: int) -> list[int]:
        with self._reading() as desk:
            return timers.due_ids(desk.session, what, self.now(), limit)

    def _give_up(self, timer_id: int, error: Exception) -> None:
        with self._writing() as desk:
            reminding.give_up(desk, timer_id, f"{type(error).__name__}: {error}")

    @contextmanager
    def _writing(self, *, clock: bool = False) -> Iterator[Desk]:
        with self.sessions() as session:
            database.begin_writing(session)
            yield Desk(session, self.catalogue, None, self.now(), clock=clock)
            session.commit()

    @contextmanager
    def _reading(self) -> Iterator[Desk]:
        with self.sessions() as session:
            database.begin_snapshot(session)
            yield Desk(session, self.catalogue, None, self.now())


def _kept_words(letter: Letter) -> Words:
    kept = letter.kept
    assert kept is not None and kept.text is not None, "asked for a mail that was put in words before"
    return Words(letter.address, kept.subject or "", kept.text, kept.html or "", kept.calendar, kept.reply_to)
