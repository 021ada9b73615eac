from __future__ import annotations

import importlib
import inspect
import re

import pytest
from typer import BadParameter

import desk.errors
from config.errors import ConfigError
from config.wording import Wording
from consolidate.errors import ConsolidateError
from desk.errors import DeskError, exit_code
from intake.errors import IntakeError
from ledger.errors import LedgerError

MODULES = (
    "config.errors",
    "consolidate.errors",
    "desk.errors",
    "intake.errors",
    "intake.mailbox.interface",
    "ledger.errors",
)
BASES = (ConfigError, ConsolidateError, DeskError, IntakeError, LedgerError)
NAMED_NOTHING = {"UnknownArchiveIdError", "AmbiguousArchiveIdError"}


def kinds() -> list[type[Exception]]:
    """Every error of ours that can reach the command line."""
    found = {
        member
        for name in MODULES
        for member in vars(importlib.import_module(name)).values()
        if inspect.isclass(member) and issubclass(member, BASES)
    }
    return sorted(found, key=lambda kind: kind.__name__)


def code_of(kind: type[Exception]) -> int:
    return exit_code(kind.__new__(kind))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_error_of_ours_has_the_code_of_its_package(kind: type[Exception]) -> None:
    expected = {"config": 3, "intake": 4, "ledger": 5, "consolidate": 7}
    package = kind.__module__.partition(".")[0]
    if kind.__name__ in NAMED_NOTHING:
        assert code_of(kind) == 6
    elif package == "desk":
        assert code_of(kind) in range(2, 8)
    else:
        assert code_of(kind) == expected[package]


def test_a_file_in_trouble_has_a_code_and_a_fault_of_the_program_has_none_of_its_own() -> None:
    assert exit_code(PermissionError(13, "Permission denied")) == 7
    assert exit_code(ZeroDivisionError()) == 1


def test_every_code_is_explained_at_the_top_of_the_module() -> None:
    explained = {int(number) for number in re.findall(r"^(\d)  \w", desk.errors.__doc__ or "", re.MULTILINE)}
    used = {value for name, value in vars(desk.errors).items() if name.isupper() and isinstance(value, int)}
    assert explained == used | {BadParameter.exit_code} == set(range(8))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_error_that_names_a_sentence_has_it_in_both_languages(
    kind: type[Exception], language: str
) -> None:
    key = getattr(kind, "key", "")
    if isinstance(key, str) and key:
        assert Wording(language).has(key)
