"""Processer: the stages and actions of every process, its versions, and who decides what."""

from __future__ import annotations

from flask import Blueprint, render_template

from introduction.domain.process.guards import GUARDS
from introduction.domain.roles import Right
from introduction.web import process_words
from introduction.web.database import catalogue
from introduction.web.permission import needs

blueprint = Blueprint("processes", __name__)


@blueprint.get("/processes", endpoint="listing")
@needs(Right.VIEW_PROCESS)
def listing_page() -> str:
    """Every process in its newest version."""
    known = catalogue()
    definitions = known.newest()
    having = {definition.region for definition in definitions}
    return render_template(
        "processes/listing.html",
        definitions=definitions,
        catalogue=known,
        without=[region for slug, region in sorted(known.regions.items()) if slug not in having],
        words=process_words,
    )


@blueprint.get("/processes/<definition_id>/<int:version>")
@needs(Right.VIEW_PROCESS)
def show(definition_id: str, version: int) -> str:
    """A version's stages, tasks and actions."""
    known = catalogue()
    definition = known.get(definition_id, version)
    versions = sorted(v for name, v in known.definitions if name == definition_id)
    return render_template(
        "processes/show.html",
        definition=definition,
        region=known.region_of(definition),
        versions=versions,
        checksum=known.checksums.get((definition_id, version), ""),
        guards=GUARDS,
        words=process_words,
    )


@blueprint.get("/processes/<definition_id>/<int:version>/who-decides")
@needs(Right.VIEW_PROCESS)
def who_decides(definition_id: str, version: int) -> str:
    """Per stage and action: which body or role, with what demands."""
    known = catalogue()
    definition = known.get(definition_id, version)
    return render_template(
        "processes/who_decides.html",
        definition=definition,
        region=known.region_of(definition),
        guards=GUARDS,
        words=process_words,
    )
