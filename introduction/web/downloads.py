"""Files that are made to be taken home."""

from __future__ import annotations

from werkzeug.wrappers import Response


def download(content: bytes, mime: str, name: str) -> Response:
    """A file with its name; the browser keeps it instead of showing it."""
    return Response(content, mimetype=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'})
