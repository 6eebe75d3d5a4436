"""What every service is told: the transaction, the processes, who acts and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from introduction.domain.calendar import local_date
from introduction.domain.process.loading import Catalogue
from introduction.domain.roles import Person, Right, Scope, demand


@dataclass(frozen=True)
class Desk:
    """The place where somebody acts. ``by`` is None for the clock and the system itself.

    The operator is the one who runs the machine and types commands there: nobody's roles, yet every right of
    administration. The clock takes the actions that a process leaves to it. A page makes neither desk.

    The session is the caller's: it has begun the transaction, and commits it once after the service.
    """

    session: Session
    catalogue: Catalogue
    by: Person | None
    now: datetime
    operator: bool = False
    clock: bool = False  #: the clock acts, as a process says that it may

    @property
    def today(self) -> date:
        """The date in Sweden."""
        return local_date(self.now)

    @property
    def user_id(self) -> int | None:
        """The acting user, for events."""
        return self.by.user_id if self.by else None

    def demand_administration(self, right: Right, scope: Scope) -> None:
        """Raise NotAllowed when neither a right of the person nor being the operator allows it."""
        if not self.operator:
            demand(self.by, right, scope)
