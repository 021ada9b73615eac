"""Passwords and tokens: from the environment, a file only its owner can read, or the system keyring.

A secret never stands in settings, ledger, log or command line; `Secret` shows itself as "***".
"""

from __future__ import annotations

import hmac
import os
import re
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from config.errors import (
    SecretFileReadableByOthersError,
    SecretStandsInEnvironmentError,
    UnsafeSecretNameError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSWORD = "password"  # noqa: S105 - the name of a secret, not one
OAUTH_TOKEN = "oauth_token"  # noqa: S105 - as above
SMTP_PASSWORD = "smtp_password"  # noqa: S105 - as above
FILE = "secret"
SERVICE = "tonghop"

_NAME = re.compile(r"[a-z][a-z_]*")
_OTHERS = 0o077


class Keeper(StrEnum):
    """Where a secret is kept; what stands first is asked first."""

    ENVIRONMENT = "environment"
    FILE = "file"
    KEYRING = "keyring"


class Secret:
    """A text that is shown to nobody by accident; `reveal` gives it to the one who needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        """Secrets are not pickled: they never travel to a reading process."""
        raise TypeError(repr(self))


def secret(
    name: str, home: Path | None = None, environment: Mapping[str, str] | None = None
) -> Secret | None:
    """The secret of that name, None where nobody has entered it.

    Looked for in TONGHOP_<NAME>, in the file `secret` of `home` (lines "name: value"), then in the
    keyring of the system under the service "tonghop".

    Raises:
        UnsafeSecretNameError: the name is no plain word.
        SecretFileReadableByOthersError: others than the owner may read the file.

    """
    return _found(name, home, environment)[1]


def keeper_of(
    name: str, home: Path | None = None, environment: Mapping[str, str] | None = None
) -> Keeper | None:
    """Where the secret of that name comes from, None where nobody has entered it.

    Raises:
        UnsafeSecretNameError, SecretFileReadableByOthersError: as `secret`.

    """
    return _found(name, home, environment)[0]


def variable(name: str) -> str:
    """The variable of the environment that a secret may stand in."""
    return f"TONGHOP_{name.upper()}"


def store_secret(
    name: str, value: Secret, home: Path, environment: Mapping[str, str] | None = None
) -> Keeper:
    """Keep the secret where it is kept already: in the keyring of the system, else in the file `secret`.

    The file of `home` is replaced as a whole and readable by its owner only.

    Raises:
        UnsafeSecretNameError: the name is no plain word, or the value has several lines.
        SecretFileReadableByOthersError: others than the owner may read the file there is.
        SecretStandsInEnvironmentError: the environment has it and would go on being believed.

    """
    if "\n" in value.reveal() or "\r" in value.reveal():
        raise UnsafeSecretNameError(name)
    keeper = keeper_of(name, home, environment)
    if keeper is Keeper.ENVIRONMENT:
        raise SecretStandsInEnvironmentError(variable(name))
    if keeper is Keeper.KEYRING and _into_keyring(name, value):
        return keeper
    _into_file(name, value, home / FILE)
    return Keeper.FILE


def _found(
    name: str, home: Path | None, environment: Mapping[str, str] | None
) -> tuple[Keeper | None, Secret | None]:
    _require_plain(name)
    environment = os.environ if environment is None else environment
    if text := environment.get(variable(name)):
        return Keeper.ENVIRONMENT, Secret(text)
    if text := _from_file(name, home) if home else "":
        return Keeper.FILE, Secret(text)
    if text := _from_keyring(name):
        return Keeper.KEYRING, Secret(text)
    return None, None


def _into_file(name: str, value: Secret, path: Path) -> None:
    entries = _entries(path) | {name: value.reveal()}
    # mkstemp makes the file 0600 before anything is in it.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{key}: {text}\n" for key, text in entries.items())
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)


def _require_plain(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UnsafeSecretNameError(name)


def _from_file(name: str, home: Path) -> str:
    return _entries(home / FILE).get(name, "")


def _entries(path: Path) -> dict[str, str]:
    try:
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        return {}
    # Windows keeps no such bits; there the folder's own rights protect the file.
    if os.name != "nt" and mode & _OTHERS:
        raise SecretFileReadableByOthersError(path, mode)
    lines = path.read_text("utf-8").splitlines()
    return {
        key.strip(): text.strip() for key, colon, text in (line.partition(":") for line in lines) if colon
    }


def _from_keyring(name: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, name) or ""
    except KeyringError:  # a server without a desktop session has no keyring
        return ""


def _into_keyring(name: str, value: Secret) -> bool:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, value.reveal())
    except KeyringError:  # a locked one, or one that only reads: the file is asked before it
        return False
    return _from_keyring(name) == value.reveal()
