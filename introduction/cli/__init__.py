"""The `introduction` command: starts the service, and does on the machine what an operator does there.

Only what a command needs is imported, inside it, so that the service is ready quickly.
"""

from __future__ import annotations

from typing import Any

import click

from introduction import settings
from introduction.cli import budget, cases, operations, people, secret, service, units, upkeep
from introduction.cli.place import Place
from introduction.domain.errors import Conflict, IntroductionError, NotFound, Refused
from introduction.settings import BadSetting


class _Told(click.Group):
    """A group of commands that tells errors in words: status 1, no traceback. Status 2 is a wrong command line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        from sqlalchemy.exc import OperationalError

        try:
            return super().invoke(ctx)
        except (IntroductionError, BadSetting) as error:
            raise click.ClickException(_told(error)) from error
        except OperationalError as error:
            raise click.ClickException(f"the database does not answer: {error.orig}") from error


def _told(error: Exception) -> str:
    match error:
        case Refused():
            return "\n".join(str(reason) for reason in error.reasons)
        case Conflict():
            return f"somebody else changed it meanwhile (revision {error.revision}, not {error.drawn_from})"
        case NotFound():
            return f"there is no {error}"
    return str(error)


@click.group(cls=_Told, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(ctx: click.Context) -> None:
    """Ordnat införande: the ordered introduction of new medicines in Swedish regions."""
    place = ctx.obj = Place(settings.read())
    ctx.call_on_close(place.close)


for command in (
    service.serve,
    service.worker,
    service.demo,
    operations.status,
    operations.mail,
    operations.dates,
    upkeep.db,
    upkeep.region,
    units.unit,
    upkeep.process,
    upkeep.audit,
    people.user,
    people.role,
    secret.secret,
    cases.case,
    budget.budget,
):
    main.add_command(command)
