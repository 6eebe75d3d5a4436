"""Uppgifter: do a task, give it to somebody, open it again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from introduction.domain.errors import Conflict, NotFound, Refused
from introduction.domain.roles import Right
from introduction.services import files, nouns, steps
from introduction.services.desk import Desk
from introduction.services.files import InstanceFile, TaskLine
from introduction.store import instance as instances
from introduction.store.task import TaskRow
from introduction.web import asking, beside, conflicts, follow_up_form, once
from introduction.web.database import reading
from introduction.web.forms.builder import Asked
from introduction.web.nouns import address
from introduction.web.permission import needs, signed_in
from introduction.web.words import tell

blueprint = Blueprint("tasks", __name__)
Page = str | Response | tuple[str, int]


def _file(desk: Desk, task_id: int) -> tuple[InstanceFile, TaskLine, str]:
    """The file that a task belongs to, the task, and the address of the file's page."""
    row = desk.session.get(TaskRow, task_id)
    if row is None:
        raise NotFound(f"task {task_id}")
    instance = instances.get(desk.session, row.instance_id)
    file = nouns.file_of(desk, instance)
    line = next((line for line in file.tasks if line.row.id == task_id), None)
    if line is None:
        raise NotFound(f"task {task_id} was cancelled")
    return file, line, address(instance.subject, file.subject.number)


@blueprint.route("/tasks/<int(max=999999999):task_id>", methods=["GET", "POST"])
@signed_in
def show(task_id: int) -> Page:
    """A task with its form; posted, the task is done."""
    desk = reading()
    file, line, back = _file(desk, task_id)
    task = file.subject.task_named(line.row.name)
    asked = asking.for_task(desk, file.subject, line.row)
    if request.method == "GET" or not asked.form.validate():
        return _task_page(desk, file, line, asked, back)

    def change(acting: Desk) -> str:
        steps.do_task(
            acting,
            task_id,
            revision=once.posted_revision(),
            given=asked.values(),
            record=asked.values(asking.RECORD),
            note=asking.posted_note(),
        )
        flash(gettext("Uppgiften är klar: %(task)s.", task=tell(task.title)))
        return back

    return _try(change, task_id, asked)


@blueprint.post("/tasks/<int(max=999999999):task_id>/assign")
@signed_in
def assign(task_id: int) -> Page:
    """Give the task to a person, or back to the role."""
    chosen = request.form.get("assignee", "")

    def change(acting: Desk) -> str:
        person_id = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None
        steps.assign_task(acting, task_id, person_id, revision=once.posted_revision())
        flash(gettext("Det är ändrat vem som har uppgiften."))
        return url_for("tasks.show", task_id=task_id)

    return _try(change, task_id)


@blueprint.post("/tasks/<int(max=999999999):task_id>/reopen")
@needs(Right.ASSIGN)
def reopen(task_id: int) -> Page:
    """Open a task that is done again, with a reason."""

    def change(acting: Desk) -> str:
        steps.reopen_task(acting, task_id, note=asking.posted_note(), revision=once.posted_revision())
        flash(gettext("Uppgiften är öppen igen."))
        return url_for("tasks.show", task_id=task_id)

    return _try(change, task_id)


def _try(change: Any, task_id: int, asked: Asked | None = None) -> Page:
    try:
        return once.act_once(change)
    except Conflict as conflict:
        desk = reading()
        file, _line, _back = _file(desk, task_id)
        return conflicts.page(desk, file, conflict.drawn_from, url_for("tasks.show", task_id=task_id))
    except Refused as refusal:
        desk = reading()
        file, line, back = _file(desk, task_id)
        if asked is None:
            asked = asking.for_task(desk, file.subject, line.row)
        reasons = asked.form.take_problems(refusal, asking.RECORD)
        return _task_page(desk, file, line, asked, back, reasons=reasons)


def _task_page(desk: Desk, file: InstanceFile, line: TaskLine, asked: Asked, back: str, **more: Any) -> Page:
    task = file.subject.task_named(line.row.name)
    page = render_template(
        "tasks/show.html",
        file=file,
        line=line,
        task=task,
        beside=beside.what_to_know(desk, file.subject, line.row, task.record),
        form=asked.form,
        asked=asked,
        groups=follow_up_form.grouped(asked, task.record),
        back=back,
        may_assign=files.may_assign(desk, file.subject),
        may_take=line.may_do and line.row.assignee_id is None and line.row.state == "open",
        people=asking.choices_for(desk, file.subject).people,
        request_key=request.form.get(once.FIELD) or once.new_key(),
        assign_key=once.new_key(),
        example_band=file.subject.row.example,
        today=desk.today,
        **more,
    )
    return (page, 422) if request.method == "POST" else page
