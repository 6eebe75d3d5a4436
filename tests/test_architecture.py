"""The house rules that no linter knows: views ask nothing of the database, edges read the clock, files are small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "introduction"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "translations" not in path.parts)
LONGEST_MODULE = 350
LONGEST_FUNCTION = 60
#: Who may read the wall clock: those who then tell the time to everybody else.
EDGES = ("cli", "cli.py", "jobs", "web/database.py", "examples")
#: Lists of things told one after the other, which have no branches: fields, guards, questions, invented cases.
LISTS = ("domain/fields.py", "domain/process/guards.py", "domain/budget/questions.py", "examples/")


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every import as (module, name); the name is empty for ``import module``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_views_hold_no_queries() -> None:
    asking = {"select", "insert", "update", "delete", "func", "or_", "and_"}
    found = [
        f"{_name(path)}: {module}.{name}"
        for path in MODULES
        if _name(path).startswith("web/")
        for module, name in _imported(_tree(path))
        if module.startswith("sqlalchemy") and name in asking
    ]
    assert not found, "a view calls the store or a service: " + ", ".join(found)


def test_views_do_not_ask_the_session() -> None:
    asking = {"execute", "scalars", "scalar", "query", "add", "delete", "flush"}
    allowed = {("web/once.py", "add"), ("web/once.py", "flush"), ("web/pages.py", "execute")}
    found = []
    for path in MODULES:
        if not _name(path).startswith("web/"):
            continue
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in asking:
                asked = ast.unparse(node.func.value)
                if "session" in asked and (_name(path), node.func.attr) not in allowed:
                    found.append(f"{_name(path)}:{node.lineno} {asked}.{node.func.attr}")
    assert not found


def test_views_do_not_commit() -> None:
    """The edge commits, once: in ``acting``, and for what signing in leaves beside the pages."""
    found = {_name(p) for p in MODULES if _name(p).startswith("web/") and ".commit()" in p.read_text(encoding="utf-8")}
    assert found <= {"web/database.py", "web/identity.py"}


def test_only_edges_read_the_clock() -> None:
    found = []
    for path in MODULES:
        name = _name(path)
        if name == "clock.py" or name.startswith(EDGES):
            continue
        tree = _tree(path)
        found += [name for module, what in _imported(tree) if "introduction.clock" in (module, f"{module}.{what}")]
        calls = (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))
        found += [
            f"{name}: {call}"
            for call in calls
            if call in ("datetime.now", "date.today", "datetime.utcnow", "time.time")
        ]
    assert not found, "services and rules are told the time"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_files_and_functions_are_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    if _name(path).startswith(LISTS):
        return
    assert lines <= LONGEST_MODULE, f"{lines} lines: one subject to a file"
    long = {f.name: f.end_lineno - f.lineno + 1 for f in _functions(_tree(path)) if f.end_lineno}
    assert not {name: size for name, size in long.items() if size > LONGEST_FUNCTION}


def test_every_module_says_what_it_is() -> None:
    silent = [
        _name(path)
        for path in MODULES
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(_tree(path))
    ]
    assert not silent


def test_views_do_not_import_views():
    views = {
        path.stem for path in (PACKAGE / "web").glob("*.py") if "\nblueprint = Blueprint(" in path.read_text("utf-8")
    }
    for path in (PACKAGE / "web").rglob("*.py"):
        if path.stem == "application":  # which puts them together
            continue
        taken = {
            alias.name if node.module == "introduction.web" else node.module.removeprefix("introduction.web.")
            for node in ast.walk(_tree(path))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("introduction.web")
            for alias in node.names
        }
        assert not taken & views - {"language"}, (
            f"{_name(path)} takes {sorted(taken & views)}: give both a module to share"
        )
