from __future__ import annotations

import logging
import pickle
from typing import TYPE_CHECKING, ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from config.errors import (
    SecretFileReadableByOthersError,
    SecretStandsInEnvironmentError,
    UnsafeSecretNameError,
)
from config.secrets import PASSWORD, Keeper, Secret, keeper_of, secret, store_secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class OneEntryKeyring(KeyringBackend):
    priority = -1  # never the one that keyring chooses by itself, in tests that follow

    def get_password(self, service: str, username: str) -> str | None:
        return "tu-keyring" if (service, username) == ("tonghop", PASSWORD) else None

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring publishes none
    yield
    keyring.set_keyring(before)


def a_file(home: Path, text: str, mode: int = 0o600) -> None:
    (home / "secret").write_text(text, "utf-8")
    (home / "secret").chmod(mode)


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    a_file(tmp_path, "password: trong-tep\n")
    assert secret(PASSWORD, tmp_path, {"TONGHOP_PASSWORD": "moi-truong"}) == Secret("moi-truong")
    assert secret(PASSWORD, tmp_path, {}) == Secret("trong-tep")


def test_the_keyring_comes_last() -> None:
    keyring.set_keyring(OneEntryKeyring())  # type: ignore[no-untyped-call]  # as above
    assert secret(PASSWORD, None, {}) == Secret("tu-keyring")


def test_a_secret_nobody_entered_is_none(tmp_path: Path) -> None:
    assert secret(PASSWORD, tmp_path, {}) is None


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    a_file(tmp_path, "password: trong-tep\n", mode)
    with pytest.raises(SecretFileReadableByOthersError) as caught:
        secret(PASSWORD, tmp_path, {})
    assert "trong-tep" not in str(caught.value)


def test_a_secret_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    hidden = Secret("khong-ai-thay")
    logging.getLogger("thu").warning("%s %r", hidden, {"a": hidden})
    shown = f"{hidden} {hidden!r} {hidden:>20} {[hidden]} {caplog.text}"
    assert "khong-ai-thay" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(hidden)


def test_a_stored_secret_is_found_and_kept_from_others(tmp_path: Path) -> None:
    store_secret("oauth_token", Secret("a: b=c"), tmp_path)
    store_secret(PASSWORD, Secret("x"), tmp_path)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert secret("oauth_token", tmp_path, {}) == Secret("a: b=c")
    assert secret(PASSWORD, tmp_path, {}) == Secret("x")
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize("name", ["", "PASSWORD", "a b", "../x", "a\nb"])
def test_a_name_that_is_no_plain_word_is_refused(name: str) -> None:
    with pytest.raises(UnsafeSecretNameError):
        secret(name)


def test_a_secret_of_two_lines_is_not_stored(tmp_path: Path) -> None:
    with pytest.raises(UnsafeSecretNameError):
        store_secret(PASSWORD, Secret("a\nb: c"), tmp_path)


class WritableKeyring(KeyringBackend):
    """A keyring that holds what it is given."""

    priority = -1.0  # never chosen by itself
    held: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None: ...


def test_what_the_keyring_keeps_is_renewed_there_and_nowhere_else(tmp_path: Path) -> None:
    WritableKeyring.held["tonghop", PASSWORD] = "cu"
    keyring.set_keyring(WritableKeyring())  # type: ignore[no-untyped-call]  # as above
    assert store_secret(PASSWORD, Secret("moi"), tmp_path, {}) is Keeper.KEYRING
    assert secret(PASSWORD, tmp_path, {}) == Secret("moi")
    assert list(tmp_path.iterdir()) == []


def test_a_keyring_that_cannot_be_written_leaves_the_new_secret_to_the_file(tmp_path: Path) -> None:
    keyring.set_keyring(OneEntryKeyring())  # type: ignore[no-untyped-call]  # as above
    assert store_secret(PASSWORD, Secret("moi"), tmp_path, {}) is Keeper.FILE
    assert secret(PASSWORD, tmp_path, {}) == Secret("moi")


def test_a_secret_of_the_environment_is_changed_only_there(tmp_path: Path) -> None:
    environment = {"TONGHOP_PASSWORD": "moi-truong"}
    with pytest.raises(SecretStandsInEnvironmentError) as caught:
        store_secret(PASSWORD, Secret("moi"), tmp_path, environment)
    assert "TONGHOP_PASSWORD" in str(caught.value)
    assert keeper_of(PASSWORD, tmp_path, environment) is Keeper.ENVIRONMENT
    assert list(tmp_path.iterdir()) == []
