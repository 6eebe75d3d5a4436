"""The page for a form that was drawn before somebody else changed the same thing."""

from __future__ import annotations

from typing import Any

from flask import render_template

from introduction.services.desk import Desk
from introduction.services.files import InstanceFile
from introduction.web.errors import typed_in_words
from introduction.web.events import describe


def page(desk: Desk, file: InstanceFile, drawn_from: int, back: str) -> tuple[str, int]:
    """409: what the other person did, and what was typed here, which is not saved."""
    since = file.subject.instance.revision - max(drawn_from, 1)
    newest = file.history[: max(1, min(since, 10))]
    kept = typed_in_words(desk.session)
    what_happened: list[dict[str, Any]] = [describe(file, entry) for entry in newest]
    return render_template("errors/409.html", what_happened=what_happened, kept=kept, back_href=back), 409
