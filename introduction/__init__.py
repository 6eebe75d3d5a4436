"""Ordnat införande: the ordered introduction of new medicines, as a workflow over years."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from introduction.domain.process.loading import Catalogue
    from introduction.settings import Settings


def create_app(settings: Settings | None = None, catalogue: Catalogue | None = None) -> Flask:
    """Read the settings, load the processes and wire the parts.

    Raises BadSetting or BadDefinition: a broken setting or process stops the start and says why.
    """
    from introduction.domain.process import loading
    from introduction.settings import read
    from introduction.web import application

    settings = settings or read()
    return application.build(settings, catalogue or loading.load(settings.workflows))
