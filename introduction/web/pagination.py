"""Pages of a long list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

PAGE = 50


@dataclass(frozen=True)
class Pages:
    """Which page of how many is shown."""

    number: int
    pages: int

    @classmethod
    def of(cls, total: int, args: Mapping[str, str]) -> Pages:
        """The page that the address asks for; the nearest one when there is no such page."""
        pages = max(1, -(-total // PAGE))
        asked = args.get("page", "1")
        number = int(asked) if asked.isdecimal() and len(asked) < 8 else 1
        return cls(min(max(number, 1), pages), pages)

    @property
    def offset(self) -> int:
        """How many rows stand before the page."""
        return (self.number - 1) * PAGE

    def url(self, number: int) -> str:
        """The address of another page with the same filter."""
        args: dict[str, Any] = {**(request.view_args or {}), **request.args.to_dict(), "page": number}
        return url_for(request.endpoint or "", **args)
