"""A worker for tests of pages: does what has fallen due, and hands mails to a postman who answers as he is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage

from sqlalchemy.orm import sessionmaker

from introduction.jobs.worker import Worker
from introduction.services.outbox import Answer
from tests.journeys.site import Site


@dataclass
class Postman:
    """Takes mails. ``answer`` is what he says of each."""

    answer: Answer = field(default_factory=lambda: Answer("sent", "250 OK"))
    carried: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def send(self, message: EmailMessage, to: str) -> Answer:
        """Take a mail."""
        self.carried.append((to, message))
        return self.answer


def work(site: Site, postman: Postman | None = None) -> Postman:
    """One round of a worker's work, by the clock of the site."""
    postman = postman or Postman()
    worker = Worker(
        sessions=sessionmaker(site.engine),
        catalogue=site.world.catalogue,
        mailer=postman,
        url="https://inforande.example",
        sender="Ordnat införande <tjanst@region.example>",
        host="inforande.example",
        now=lambda: site.clock.now,
    )
    worker.tick()
    return postman
