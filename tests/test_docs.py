"""What the pages say is so: the tests they name exist, the commands they give are understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from tests.offices import command_line, every_command

ROOT = Path(__file__).resolve().parent.parent


def test_every_test_the_page_on_reliability_names_exists() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    there = {
        name
        for path in (ROOT / "tests").glob("test_*.py")
        for name in re.findall(r"(?m)^def (test_\w+)", path.read_text("utf-8"))
    }
    assert len(named) > 50
    assert named - there == set()


def test_every_row_of_the_page_names_a_test() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    bare = [row for row in rows if "`test_" not in row and "proved by" not in row and "---" not in row]
    assert bare == []


def test_every_control_of_the_desk_names_a_test_of_the_file_it_is_in() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", row)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (ROOT / "tests" / file).read_text("utf-8"), (file, test)


README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = command_line()


def command_lines(text: str) -> Iterator[list[str]]:
    """The command lines in code spans and code blocks, as words without `tonghop`."""
    spans = re.findall(r"`([^`\n]+)`", text) + re.findall(r"(?m)^ {4,}(tonghop .*)", text)
    for span in spans:
        words = re.findall(r"[^\s\[\]|]+", span.partition("#")[0])
        if "->" in words:  # a picture of imports
            continue
        if words[0] == "tonghop":
            yield words[1:]
        elif words[0].rstrip(",") in COMMANDS.commands:
            yield words


def understood(words: list[str]) -> tuple[set[str], list[str]]:
    """The commands a line names, and what in it is unknown. "outbox list, show" names two of one group."""
    named: set[str] = set()
    strange: list[str] = []
    group: TyperGroup = COMMANDS
    command: Any = COMMANDS  # of a type that Typer keeps to itself
    path: list[str] = []
    rest = iter(words)
    for word in rest:
        name = word.strip(",.…")
        if name.startswith("-"):
            options = {spelt: one for one in command.params for spelt in (*one.opts, *one.secondary_opts)}
            if name not in options and name != "--help":
                strange.append(f"{' '.join(path)} {name}")
            elif name in options and not getattr(options[name], "is_flag", False):
                next(rest, None)
        elif isinstance(command, TyperGroup) and name.islower():
            if name not in command.commands:
                strange.append(" ".join([*path, name]))
                break
            group, command = command, command.commands[name]
            path.append(name)
            named.add(" ".join(path))
        if word.endswith(","):
            command = group
            path.pop()
    return named, strange


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "docs/json.md", "docs/reliability.md", "docs/security.md"]
)
def test_every_command_line_a_page_gives_is_understood(page: str) -> None:
    lines = list(command_lines((ROOT / page).read_text("utf-8")))
    assert [strange for words in lines for strange in understood(words)[1]] == []


def test_the_readme_names_every_command() -> None:
    named = {name for words in command_lines(README) for name in understood(words)[0]}
    assert sorted(name for name, _ in every_command() if name not in named) == []


def test_every_target_of_make_that_a_page_names_is_there() -> None:
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8")))
    pages = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = set(re.findall(r"(?m)(?:`|^ {4})make ([a-z-]+)", pages))
    assert len(named) > 3
    assert named - targets == set()
