"""The page of each subject: where an instance is shown."""

from __future__ import annotations

from flask import Flask, url_for

PAGES = {
    "case": "cases.show",
    "recommendation": "recommendations.show",
    "funding_application": "applications.show",
    "claim": "claims.show",
}


def address(subject: str, number: str, anchor: str | None = None) -> str:
    """The address of an instance's page."""
    return url_for(PAGES[subject], number=number, _anchor=anchor)


def register(app: Flask) -> None:
    """Let templates ask for the page of an instance: ``noun_address(subject, number)``."""
    app.add_template_global(address, "noun_address")
