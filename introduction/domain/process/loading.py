"""Reads the folder of processes: every region's settings and every version of every process."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from introduction.domain.errors import BadDefinition, NotFound, Problem
from introduction.domain.process import checks
from introduction.domain.process.definition import Definition
from introduction.domain.process.region import Region

PUBLISHED = "published.toml"
_Shape = TypeVar("_Shape", bound=BaseModel)


@dataclass(frozen=True)
class Catalogue:
    """All regions and definitions in use. Built once at start-up and never changed."""

    regions: Mapping[str, Region]
    definitions: Mapping[tuple[str, int], Definition]
    checksums: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def get(self, definition_id: str, version: int) -> Definition:
        """One version of a process. Raises NotFound."""
        try:
            return self.definitions[definition_id, version]
        except KeyError:
            raise NotFound(f"process {definition_id} version {version}") from None

    def latest(self, definition_id: str) -> Definition:
        """The newest version of a process. Raises NotFound."""
        versions = [version for name, version in self.definitions if name == definition_id]
        if not versions:
            raise NotFound(f"process {definition_id}")
        return self.definitions[definition_id, max(versions)]

    def newest(self) -> list[Definition]:
        """The newest version of every process, by id."""
        return [self.latest(name) for name in sorted({name for name, _version in self.definitions})]

    def region_of(self, definition: Definition) -> Region:
        """The settings that the process runs under."""
        return self.regions[definition.region]


def checksum(content: bytes) -> str:
    """SHA-256 of a definition file, whatever its line ends."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def load(folder: Path, *, demand_published: bool = True) -> Catalogue:
    """Read and check every file under ``folder``.

    Raises BadDefinition with all problems of all files at once: text that is no TOML, unknown keys, wrong
    values, everything in checks.py, and (unless ``demand_published`` is off) a definition that is not
    published or has changed since it was.
    """
    problems: list[Problem] = []
    regions = _regions(folder, problems)
    definitions: dict[tuple[str, int], Definition] = {}
    checksums: dict[tuple[str, int], str] = {}
    files: dict[tuple[str, int], str] = {}
    for path in sorted(folder.glob("*/*/*.toml")):
        name = path.relative_to(folder).as_posix()
        definition = _read(path, name, Definition, problems)
        if definition is None:
            continue
        key = (definition.id, definition.version)
        expected = f"{definition.id.replace('.', '/')}/{definition.version}.toml"
        if name != expected:
            problems.append(Problem(name, "id", f"a file with this id and version must be {expected}"))
        definitions[key], checksums[key], files[key] = definition, checksum(path.read_bytes()), name
        problems += checks.check_definition(definition, regions.get(definition.region), name)
    if demand_published:
        problems += _unpublished(folder, checksums, files)
    if not definitions and not problems:
        problems.append(Problem(str(folder), "", "no process definitions here"))
    if problems:
        raise BadDefinition(problems)
    return Catalogue(regions, definitions, checksums)


def _regions(folder: Path, problems: list[Problem]) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for path in sorted(folder.glob("*/region.toml")):
        name = path.relative_to(folder).as_posix()
        region = _read(path, name, Region, problems)
        if region is not None:
            regions[region.id] = region
            problems += checks.check_region(region, name)
            if region.id != path.parent.name:
                problems.append(Problem(name, "id", f"must be the name of its folder, {path.parent.name}"))
    return regions


def _read(path: Path, name: str, shape: type[_Shape], problems: list[Problem]) -> _Shape | None:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(name, "", f"not readable as TOML: {error}"))
        return None
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            problems.append(Problem(name, ".".join(map(str, fault["loc"])), str(fault["msg"])))
        return None


def published(folder: Path) -> dict[str, str]:
    """The checksums of the published versions, by ``id@version``; empty when nothing is published."""
    path = folder / PUBLISHED
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {str(name): str(value) for name, value in content.get("published", {}).items()}


def _unpublished(
    folder: Path, checksums: Mapping[tuple[str, int], str], files: Mapping[tuple[str, int], str]
) -> Iterable[Problem]:
    stamped = published(folder)
    for (name, version), value in checksums.items():
        known = stamped.get(f"{name}@{version}")
        if known is None:
            yield Problem(files[name, version], "", "not published: run introduction process publish")
        elif known != value:
            yield Problem(files[name, version], "", "changed after it was published: make a new version instead")


def publish(folder: Path, *, again: bool = False) -> list[str]:
    """Check everything and write the checksum of every version that is not yet published.

    Returns the names (``id@version``) that were written. ``again`` also replaces the checksum of a
    version 1 that has changed, which is allowed until the product's release 1.0. Raises BadDefinition
    when a file does not pass, or when a published version has changed.
    """
    catalogue = load(folder, demand_published=False)
    stamped = published(folder)
    written: list[str] = []
    problems: list[Problem] = []
    for (name, version), value in sorted(catalogue.checksums.items()):
        key = f"{name}@{version}"
        if stamped.get(key) == value:
            continue
        if key in stamped and not (again and version == 1):
            problems.append(Problem(key, "", "published and frozen: make a new version instead"))
            continue
        stamped[key] = value
        written.append(key)
    if problems:
        raise BadDefinition(problems)
    lines = [
        "# Checksums of the published process versions. Written by: introduction process publish",
        "",
        "[published]",
    ]
    lines += [f'"{key}" = "{value}"' for key, value in sorted(stamped.items())]
    (folder / PUBLISHED).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return written
