"""The documents say what the program does: every name in them exists, and every name that must be there is."""

from __future__ import annotations

import ast
import re
import tomllib
import typing
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import click
import pytest
from pydantic import BaseModel

from introduction.cli import main
from introduction.domain.fields import RECORD_OUTCOMES, RECORDS
from introduction.domain.notices import TEMPLATES
from introduction.domain.process import definition, region, timing
from introduction.domain.process.definition import Phase
from introduction.domain.process.effects import EFFECTS
from introduction.domain.process.guards import GUARDS
from introduction.domain.process.situation import ANCHORS, OCCASIONS, SERIES
from introduction.domain.roles import Role
from introduction.domain.subjects import SUBJECTS
from introduction.store import Base

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
FORMAT = ROOT / "workflows" / "README.md"
DECISIONS = DOCS / "decisions"
GUIDES = sorted((DOCS / "guide").glob("*.md"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", FORMAT, *sorted(DOCS.rglob("*.md"))]
SETTING = re.compile(r"INTRODUCTION_[A-Z_]+")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def prose(path: Path) -> str:
    """The document without its blocks of code."""
    return re.sub(r"^( *)```.*?^\1```$", "", read(path), flags=re.MULTILINE | re.DOTALL)


def code_spans(path: Path) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", prose(path)))


# ------------------------------------------------------------------------------------- links


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = [target for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)) if not leads_somewhere(path, target)]
    assert not broken


def leads_somewhere(path: Path, target: str) -> bool:
    if target.startswith("https://"):
        return True
    file, _, anchor = target.partition("#")
    found = (path.parent / file).resolve() if file else path
    return found.exists() and (not anchor or anchor in anchors_of(found))


def anchors_of(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# ------------------------------------------------------------------------------------- settings, commands


@cache
def settings_in(folder: Path) -> set[str]:
    """The variables that the code names as a whole string; not the phase of a similar name."""
    return {
        node.value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SETTING.fullmatch(node.value)
    }


def test_every_setting_is_documented_and_no_other() -> None:
    known = settings_in(ROOT / "introduction") | settings_in(ROOT / "tests")
    assert set(SETTING.findall(read(DOCS / "operations.md"))) == known


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_documents_name_only_settings_that_exist(path: Path) -> None:
    known = settings_in(ROOT / "introduction") | settings_in(ROOT / "tests")
    assert set(SETTING.findall(read(path))) <= known


def commands(group: click.Group = main, name: str = "introduction") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    for key, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {key}")
        else:
            yield f"{name} {key}", command


def test_every_command_is_documented() -> None:
    told = "\n".join(read(path) for path in (DOCS / "operations.md", *GUIDES))
    assert not [name for name, _command in commands() if name not in told]


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_commands_in_documents_exist(path: Path) -> None:
    """Each ``introduction …`` names a command, and its options are that command's."""
    known = dict(commands())
    wrong = []
    for line in command_lines(path):
        name = next((name for name in known if f"{line} ".startswith(f"{name} ")), None)
        options = set(re.findall(r"(?<= )--[a-z-]+", line))
        if name is None or not options <= {option for parameter in known[name].params for option in parameter.opts}:
            wrong.append(line)
    assert not wrong


def command_lines(path: Path) -> list[str]:
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", read(path), flags=re.MULTILINE | re.DOTALL)
    lines = [line.strip().partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(path))]
    return [
        line
        for line in (*lines, *spans)
        if line.startswith("introduction ") and not line.startswith(("introduction …", "introduction --"))
    ]


# ------------------------------------------------------------------------------------- the format of processes


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name
        yield from literals(field.annotation)


def literals(annotation: Any) -> Iterator[str]:
    """Every text that a field may hold, however deep in its annotation."""
    if typing.get_origin(annotation) is Literal:
        yield from (value for value in typing.get_args(annotation) if isinstance(value, str))
    for part in typing.get_args(annotation):
        yield from literals(part)


def vocabulary() -> set[str]:
    """Every word that a process file or a region file may use."""
    models = [
        found
        for module in (definition, region, timing)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, BaseModel)
    ]
    words = {word for model in models for word in keys_of(model)}
    words |= {*Phase, *Role, *GUARDS, *EFFECTS, *SUBJECTS, *RECORDS, *outcomes(), *ANCHORS}
    words |= {word for kind in SUBJECTS.values() for word in (*kind.fields, *kind.links)}
    words |= {*SERIES, *OCCASIONS, *TEMPLATES}
    return words | {*region.SETTINGS, definition.RETURN, definition.ANYWHERE}


def outcomes() -> set[str]:
    return {outcome for titles in RECORD_OUTCOMES.values() for outcome in titles}


def test_the_format_names_only_what_exists() -> None:
    """Every guard, fact, record, setting, role, anchor and key that the page mentions."""
    words = {span for span in code_spans(FORMAT) if re.fullmatch(r"[a-z][a-z0-9_]*", span)}
    assert words - vocabulary() - {"true"} == set()


@pytest.mark.parametrize("path", [*GUIDES, FORMAT], ids=named)
def test_examples_of_process_files_are_in_the_format(path: Path) -> None:
    blocks = re.findall(r"^( *)```toml\n(.*?)^\1```$", read(path), flags=re.MULTILINE | re.DOTALL)
    for indent, block in blocks:
        content = tomllib.loads("\n".join(line.removeprefix(indent) for line in block.splitlines()))
        assert set(words_of(content)) - vocabulary() == set()


def words_of(content: dict[str, Any]) -> Iterator[str]:
    """The keys of a piece of a process file, and the guards and settings that it names."""
    for key, value in content.items():
        yield key
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for part in value:
                yield from words_of(part)
        elif key == "needs":
            yield from value
        elif key == "key":
            yield value


def test_the_format_names_all_that_can_be_chosen() -> None:
    chosen = {*Phase, *Role, *SUBJECTS, *RECORDS, *outcomes(), *ANCHORS, *SERIES, *OCCASIONS, *TEMPLATES}
    chosen |= {*region.SETTINGS}
    assert {str(word) for word in chosen} - code_spans(FORMAT) == set()


# ------------------------------------------------------------------------------------- words


def test_the_glossary_has_every_phase_and_role() -> None:
    spans = code_spans(DOCS / "glossary.md")
    assert {str(name) for name in (*Phase, *Role)} <= spans


def test_the_glossary_names_what_stands_in_the_code() -> None:
    code = "\n".join(read(path) for path in (ROOT / "introduction").rglob("*.py"))
    named_there = {span for span in code_spans(DOCS / "glossary.md") if re.fullmatch(r"\w+", span)}
    assert named_there - set(re.findall(r"\w+", code)) == set()


@pytest.fixture(scope="module")
def shown() -> str:
    """Every text that the pages can show in Swedish."""
    texts = [read(path) for path in (ROOT / "templates").rglob("*.html")]
    for path in (ROOT / "introduction").rglob("*.py"):
        texts += (
            node.value
            for node in ast.walk(ast.parse(read(path)))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
    texts += (
        text
        for path in (ROOT / "workflows").rglob("*.toml")
        if path.name != "published.toml"
        for text in swedish(tomllib.loads(read(path)))
    )
    return "\n".join(texts).lower()


def swedish(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        yield from ([value["sv"]] if isinstance(value.get("sv"), str) else [])
        for part in value.values():
            yield from swedish(part)
    elif isinstance(value, list):
        for part in value:
            yield from swedish(part)


@pytest.mark.parametrize("path", GUIDES, ids=named)
def test_guides_name_only_what_the_pages_show(path: Path, shown: str) -> None:
    """Bold in a guide is a word of the interface, letter for letter."""
    bold = {" ".join(text.split()) for text in re.findall(r"\*\*(.+?)\*\*", prose(path), flags=re.DOTALL)}
    assert not [text for text in bold - {"fet stil"} if text.lower() not in shown]


def test_the_changelog_and_package_agree() -> None:
    version = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", read(ROOT / "CHANGELOG.md"), flags=re.MULTILINE)


# ------------------------------------------------------------------------------------- architecture, decisions


def test_the_architecture_names_every_table() -> None:
    assert set(Base.metadata.tables) - code_spans(DOCS / "architecture.md") == set()


def test_the_architecture_draws_every_part() -> None:
    drawn = re.search(r"^```\n(introduction/.*?)^```$", read(DOCS / "architecture.md"), re.MULTILINE | re.DOTALL)
    assert drawn is not None
    parts = [path.name for path in (ROOT / "introduction").iterdir() if path.is_dir() and not path.name.startswith("_")]
    assert [part for part in parts if f"  {part}" not in drawn[1]] == []
    top = re.findall(r"^([a-z]+/) ", drawn[1], re.MULTILINE)
    assert [name for name in top if not (ROOT / name).is_dir()] == []


def test_every_decision_is_in_the_index_under_its_title() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", read(DECISIONS / "README.md"), re.MULTILINE)
    records = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
    assert listed == [(path.name[:4], path.name, title_of(path)) for path in records]
    assert [int(number) for number, _file, _title in listed] == list(range(1, len(records) + 1))


def title_of(path: Path) -> str:
    first = read(path).splitlines()[0]
    return first.removeprefix(f"# {path.name[:4]}. ")


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_documents_are_about_the_project_alone(path: Path) -> None:
    assert not re.findall(r"(?<![\w.])/(?:home|root|work|Users)/\S*", read(path))
