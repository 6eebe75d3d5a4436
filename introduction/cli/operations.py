"""Looks after the clock's work: how it stands, mail by hand, and dates that are to be derived again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from introduction import clock
from introduction.cli.place import Place, as_json, write_json

if TYPE_CHECKING:
    from introduction.services.workers import Lateness, Queue, Status
    from introduction.store.worker import Worker

_TROUBLES = {
    "silent": "no worker has given a sign of life for five minutes",
    "failed": "mails have failed during the last day",
    "late": "something has waited for more than a quarter of an hour",
}


@click.command()
@as_json
@click.pass_obj
def status(place: Place, as_json: bool) -> None:
    """Say how the clock's work stands. The status is 1 when somebody should look into it.

    That is when no worker has given a sign of life for five minutes, something has waited for more than a quarter of
    an hour, or mails have failed during the last day.
    """
    from introduction.services import workers

    with place.reading() as desk:
        found = workers.status(desk)
        if as_json:
            write_json({"mail": place.settings.mail, **_data(found)})
        else:
            click.echo("\n".join([*_lines(found), f"mail: {_mail(place)}"]))
    if not as_json:
        for trouble in found.troubles:
            click.echo(_TROUBLES[trouble], err=True)
    if found.troubles:
        raise SystemExit(1)


def _mail(place: Place) -> str:
    return f"all to {place.settings.mail_redirect}" if place.settings.mail == "redirect" else place.settings.mail


def _data(found: Status) -> dict[str, Any]:
    return {
        "troubles": list(found.troubles),
        "last_tick": _iso(found.last_tick),
        "workers": [_worker(found, worker) for worker in found.workers],
        "queues": {name: {"number": q.number, "oldest": _iso(q.oldest)} for name, q in _queues(found).items()},
        "lateness_seconds": {name: _percentiles(late) for name, late in _lateness(found).items()},
        "mails_last_day": found.settled,
        "failed_timers": found.failed_timers,
        "possible_duplicates": found.uncertain,
    }


def _lines(found: Status) -> list[str]:
    lines = [f"last tick: {_iso(found.last_tick) or 'never'}"]
    for worker in (_worker(found, one) for one in found.workers):
        lines.append(f"worker {worker['id']} on {worker['host']}, pid {worker['pid']}: {worker['state']}")
    for name, queue in _queues(found).items():
        since = f", the oldest since {_iso(queue.oldest)}" if queue.number else ""
        lines.append(f"{name}: {queue.number} waiting{since}")
    for name, late in _lateness(found).items():
        told = ", ".join(f"{key} {value} s" for key, value in _percentiles(late).items() if key != "number")
        lines.append(f"{name} of the last day: {late.number}{f', late by {told}' if late.number else ''}")
    settled = ", ".join(f"{number} {state}" for state, number in sorted(found.settled.items()))
    lines.append(f"mails settled during the last day: {settled or 'none'}")
    lines.append(f"timers that failed or were refused: {found.failed_timers}")
    lines.append(f"mails that may have gone twice: {found.uncertain}")
    return lines


def _queues(found: Status) -> dict[str, Queue]:
    return {"reminders": found.reminders, "notices": found.notices, "mails": found.mails}


def _lateness(found: Status) -> dict[str, Lateness]:
    return {"reminders": found.reminder_lateness, "mails": found.mail_lateness}


def _percentiles(late: Lateness) -> dict[str, Any]:
    named = {"p50": late.p50, "p95": late.p95, "p99": late.p99}
    return {"number": late.number, **{key: value and round(value.total_seconds(), 1) for key, value in named.items()}}


def _worker(found: Status, worker: Worker) -> dict[str, Any]:
    state = "stopped" if worker.stopped_at else "silent" if found.is_silent(worker) else "works"
    return {
        "id": worker.id,
        "host": worker.host,
        "pid": worker.pid,
        "inside": worker.inside,
        "state": state,
        "started": _iso(worker.started_at),
        "ticked": _iso(worker.ticked_at),
        "stopped": _iso(worker.stopped_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


# ------------------------------------------------------------------------------------- mail


@click.group()
def mail() -> None:
    """Mail, by hand."""


@mail.command("test")
@click.argument("address")
@click.pass_obj
def mail_test(place: Place, address: str) -> None:
    """Send a mail to ADDRESS at once, by the settings, and print what the server answers. Status 1 unless it was sent.

    Nothing is written down. Where all mail is redirected, this one is too.
    """
    from email.message import EmailMessage
    from email.utils import format_datetime, make_msgid

    from introduction.jobs import mailer

    settings = place.settings
    message = EmailMessage()
    try:
        message["From"], message["To"] = settings.mail_sender, address
    except ValueError as error:
        raise click.ClickException(f"{address!r} is no address: {error}") from error
    message["Subject"] = "Ordnat införande: provmejl"
    message["Date"], message["Message-ID"] = format_datetime(clock.now()), make_msgid(domain=settings.host)
    message.set_content(f"Det här är ett prov av att mejl från {settings.url} kommer fram.\n\nThis is a test mail.\n")
    answer = mailer.of_settings(settings).send(message, address)
    click.echo(f"{answer.state}: {answer.said}")
    if answer.state != "sent":
        raise SystemExit(1)


@mail.command("again")
@click.argument("mail_id", metavar="ID", type=int)
@click.pass_obj
def mail_again(place: Place, mail_id: int) -> None:
    """Try the mail of an ID once more, that has failed or waits for its next try. A worker sends it."""
    from introduction.services import outbox

    with place.writing() as desk:
        outbox.send_again(desk, mail_id)
    click.echo(f"mail {mail_id} waits to be sent")


# ------------------------------------------------------------------------------------- dates


_in_region = click.option("--region", help="Only the cases of a region, by its folder's name; otherwise everything.")


@click.group()
def dates() -> None:
    """Due dates and reminders, when the table of days off or the program has changed."""


@dates.command("preview")
@_in_region
@click.pass_obj
def dates_preview(place: Place, region: str | None) -> None:
    """List what would move if all dates were derived again, and who would be reminded when. Changes nothing."""
    from introduction.jobs import long_work

    _do(place, region, long_work.preview_dates)


@dates.command("derive")
@_in_region
@click.confirmation_option(prompt="Dates and reminders may move. Go on?")
@click.pass_obj
def dates_derive(place: Place, region: str | None) -> None:
    """Derive the dates and reminders of all that goes on again, and list what moved."""
    from introduction.jobs import long_work

    _do(place, region, long_work.derive_dates)


def _do(place: Place, slug: str | None, kind: Any) -> None:
    from introduction.jobs.long_work import WorkHere
    from introduction.store.region import by_slug

    with place.reading() as desk:
        region_id = by_slug(desk.session, slug).id if slug else None
    work = WorkHere(region_id, (place.sessions, place.catalogue, clock.now), _tell_progress)
    result = kind(work)
    for move in result["moves"]:
        told = f" to {', '.join(move['people'])}" if move["people"] else ""
        unit = f", {move['unit']}" if move["unit"] else ""
        moved = f"{move['before'] or 'new'} -> {move['after'] or 'gone'}"
        click.echo(f"{move['number']}  {move['kind']}  {move['title']['sv']}{unit}: {moved}{told}")
    if result["moved"] > len(result["moves"]):
        click.echo(f"and {result['moved'] - len(result['moves'])} more")
    for broken in result["broken"]:
        click.echo(f"instance {broken['instance']}: {broken['problem']}", err=True)
    click.echo(f"{result['moved']} moves in {result['instances']} cases and recommendations")
    if result["broken"]:
        raise SystemExit(1)


def _tell_progress(done: int, total: int) -> None:
    click.echo(f"{done} of {total}", err=True)
