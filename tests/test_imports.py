"""Imports go one way: desk -> {intake, consolidate} -> ledger -> config; templates is data."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "templates": set(),
    "config": {"templates"},
    "ledger": {"config"},
    "intake": {"config", "ledger"},
    "consolidate": {"config", "ledger"},
    "desk": {"config", "ledger", "intake", "consolidate"},
}


@dataclass(frozen=True)
class Import:
    """One import of ours: from where, and what."""

    by: str
    of: str
    line: int


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    found = {}
    for package in MAY_IMPORT:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(name: str, path: Path, known: Mapping[str, Path]) -> Iterator[Import]:
    """The imports of our own modules in one file, also those inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    for node in ast.walk(tree):
        for target in targets(name, path, node):
            of = target if target in known else target.rpartition(".")[0]
            if of in known and of != name:
                yield Import(name, of, getattr(node, "lineno", 0))


def targets(name: str, path: Path, node: ast.AST) -> Iterator[str]:
    """The dotted names a statement imports; of `from a import b` both readings are tried, longest first."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
            kept = package[: len(package) - node.level + 1]
            base = ".".join([*kept, *filter(None, [base])])
        yield from (f"{base}.{alias.name}" for alias in node.names)


def every_import(root: Path = ROOT) -> list[Import]:
    known = modules(root)
    return [found for name, path in known.items() for found in imports_of(name, path, known)]


def wrong_ways(imports: list[Import]) -> list[str]:
    """The imports that go against the direction, as sentences."""
    wrong = []
    for found in imports:
        by, of = found.by.partition(".")[0], found.of.partition(".")[0]
        if by != of and of not in MAY_IMPORT[by]:
            wrong.append(f"{found.by}:{found.line} imports {found.of}")
    return wrong


def cycle(imports: list[Import]) -> list[str]:
    """A ring of modules that know one another, be it only by their types, or nothing."""
    edges: dict[str, set[str]] = {}
    for found in imports:
        # A module inside a package that imports its own package is loaded after it anyway.
        if not found.by.startswith(f"{found.of}."):
            edges.setdefault(found.by, set()).add(found.of)
    state: dict[str, str] = {}
    path: list[str] = []

    def visit(name: str) -> list[str]:
        state[name] = "open"
        path.append(name)
        for of in sorted(edges.get(name, ())):
            if state.get(of) == "open":
                return [*path[path.index(of) :], of]
            if of not in state and (ring := visit(of)):
                return ring
        path.pop()
        state[name] = "done"
        return []

    return next((ring for name in sorted(edges) if name not in state and (ring := visit(name))), [])


def test_imports_go_one_way_and_intake_and_consolidate_never_meet() -> None:
    assert wrong_ways(every_import()) == []


def test_no_module_knows_itself_through_others_not_even_inside_functions_or_by_types() -> None:
    assert cycle(every_import()) == []


def test_packages_hand_nothing_on_from_their_init() -> None:
    for name, path in modules().items():
        if path.name != "__init__.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [target for node in ast.walk(tree) for target in targets(name, path, node)]
        assert not [target for target in named if target.startswith(f"{name}.")], f"{name} re-exports"
        if name in MAY_IMPORT:
            assert all(map(is_docstring, tree.body)), f"{name}/__init__.py holds more than its docstring"


def is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def test_no_package_of_the_program_imports_tests_or_tools() -> None:
    for name, path in modules().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [target for node in ast.walk(tree) for target in targets(name, path, node)]
        assert not [target for target in named if target.partition(".")[0] in {"tests", "tools"}], name


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program of empty packages, to see that a fault would be found."""
    for package in MAY_IMPORT:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text('"""A package."""\n')
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("intake/a.py", "from consolidate import b"),
        ("intake/a.py", "def late():\n    import consolidate.b"),
        ("ledger/a.py", "from intake import messages"),
        ("config/a.py", "import desk"),
    ],
)
def test_an_import_against_the_direction_is_found_wherever_it_stands(
    program: Path, module: str, line: str
) -> None:
    (program / "consolidate/b.py").write_text("")
    (program / "intake/messages.py").write_text("")
    (program / module).write_text(line + "\n")
    assert wrong_ways(every_import(program))


def test_a_ring_of_modules_is_found_even_when_one_import_waits_inside_a_function(program: Path) -> None:
    (program / "ledger/a.py").write_text("from ledger.b import x\n")
    (program / "ledger/b.py").write_text("def x():\n    from . import a\n")
    assert cycle(every_import(program)) == ["ledger.a", "ledger.b", "ledger.a"]


def test_a_ring_that_only_the_type_checker_sees_is_one_too(program: Path) -> None:
    (program / "ledger/a.py").write_text("from ledger.b import x\n")
    (program / "ledger/b.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ledger.a import y\n"
    )
    assert cycle(every_import(program)) == ["ledger.a", "ledger.b", "ledger.a"]
