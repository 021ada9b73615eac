"""How one installation runs: folders, database, mailbox, sending. Read once from settings.yaml.

A variable TONGHOP_<KEY> or TONGHOP_<SECTION>_<KEY> of the environment wins over the file:
TONGHOP_DATABASE_URL, TONGHOP_MAILBOX_HOST, TONGHOP_SMTP_PORT. Secrets stand elsewhere, see `secrets`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from config.errors import InvalidSettingsError, Problem
from config.schema import Day, Strict, Text
from config.yaml_files import YamlFile, checked, read_yaml

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pydantic.fields import FieldInfo

FILE = "settings.yaml"
PREFIX = "TONGHOP_"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

_LISTS = frozenset({"folders", "proxies", "names"})  #: keys whose variable holds several, by commas
_FOLDER_WORDS = frozenset({"inbox", "junk", "all"})


class Authentication(StrEnum):
    """How the service signs in."""

    PASSWORD = "password"  # noqa: S105 - a way to sign in, not a password
    XOAUTH2 = "xoauth2"


class Encryption(StrEnum):
    """How the connection is kept private."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  #: tests on loopback only


class SecondFactor(StrEnum):
    """Who must give a code after the password; everybody may."""

    OFFERED = "offered"  #: nobody must
    OFFICERS = "officers"  #: whoever may change something
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """The mailbox that is read, never changed."""

    host: str
    user: str
    port: int = 993
    account: str = ""  #: stable name of the mailbox in the archive; the user unless given
    authentication: Authentication = Authentication.PASSWORD
    encryption: Encryption = Encryption.TLS
    folders: tuple[str, ...] = ("inbox", "junk")  #: inbox, junk, all by attribute; "=Name" by name
    start: date | None = None  #: older mail is left alone
    poll_seconds: int = 600
    ca_file: Path | None = None  #: certificates to trust instead of the system's
    allow_plain_on_loopback: bool = False


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The server that takes outgoing mail."""

    host: str
    user: str
    port: int = 465
    sender: str = ""  #: address in From; the user unless given
    sender_name: str = ""
    authentication: Authentication = Authentication.PASSWORD
    encryption: Encryption = Encryption.TLS
    ca_file: Path | None = None
    allow_plain_on_loopback: bool = False


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """Where the desk in the browser is served."""

    host: str = "127.0.0.1"
    port: int = 8765
    behind_proxy: bool = False  #: a proxy on `proxies` speaks TLS to the browsers and plain HTTP to us
    proxies: tuple[str, ...] = ("127.0.0.1",)  #: whose X-Forwarded-For and -Proto are believed
    names: tuple[str, ...] = ()  #: host names browsers may use, beside loopback
    second_factor: SecondFactor = SecondFactor.OFFERED


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long mail is kept that was no report; reports are kept for good."""

    no_report_months: int | None = None  #: None: nothing is ever removed


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one home folder; every path is absolute."""

    home: Path
    regime: Path  #: the regime's folder
    database_url: str
    archive: Path
    outputs: Path
    mailbox: MailboxSettings | None = None
    smtp: SmtpSettings | None = None
    officer: str = ""
    language: str = "vi"
    desk: DeskSettings = DeskSettings()
    retention: RetentionSettings = RetentionSettings()


def load_settings(home: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of that folder; without a file all defaults hold.

    Raises:
        InvalidSettingsError: with every fault found in the file and the environment.

    """
    home = home.absolute()
    environment = os.environ if environment is None else environment
    file, problems = _file(home)
    if file is None:
        raise InvalidSettingsError(problems)
    if not isinstance(file.content, Mapping):
        raise InvalidSettingsError([file.problem("needs_mapping", ())])
    overrides = _overrides(environment)
    model, found = _checked(file, overrides)
    if model is None or found:
        raise InvalidSettingsError(found)
    return _settings(model, home)


def _file(home: Path) -> tuple[YamlFile | None, tuple[Problem, ...]]:
    if not (home / FILE).exists():
        return YamlFile(FILE, {}), ()
    return read_yaml(home / FILE, FILE)


# The file's shape


def _folder_word(text: str) -> str:
    if text.lower() in _FOLDER_WORDS:
        return text.lower()
    if text.startswith("=") and len(text) > 1:
        return text
    raise PydanticCustomError("config_unknown_folder_word", "no such folder", {"text": text})


Port = Annotated[int, Field(ge=1, le=65535)]


class _ConnectionModel(Strict):
    host: Text
    user: Text
    authentication: Authentication = Authentication.PASSWORD
    encryption: Encryption = Encryption.TLS
    ca_file: str = ""
    allow_plain_on_loopback: bool = False

    def plain_where_it_must_not_be(self) -> bool:
        allowed = self.allow_plain_on_loopback and self.host in LOOPBACK
        return self.encryption is Encryption.NONE and not allowed


class _MailboxModel(_ConnectionModel):
    port: Port = 993
    account: str = ""
    folders: tuple[Annotated[str, AfterValidator(_folder_word)], ...] = Field(("inbox", "junk"), min_length=1)
    start: Day | None = None
    poll_seconds: int = Field(default=600, ge=5, le=86400)


class _SmtpModel(_ConnectionModel):
    port: Port | None = None
    encryption: Encryption | None = None  # type: ignore[assignment]  # follows from the port
    sender: str = ""
    sender_name: str = ""


class _DeskModel(Strict):
    host: Text = "127.0.0.1"
    port: Port = 8765
    behind_proxy: bool = False
    proxies: tuple[Text, ...] = ("127.0.0.1",)
    names: tuple[Text, ...] = ()
    second_factor: SecondFactor = SecondFactor.OFFERED

    def plain_where_it_must_not_be(self) -> bool:
        """Whether passwords would cross the network in the clear."""
        return self.host not in LOOPBACK and not self.behind_proxy


class _RetentionModel(Strict):
    no_report_months: int | None = Field(default=None, ge=12, le=600)


class _SettingsModel(Strict):
    regime: str = "regime"
    database_url: str = ""
    archive: str = "archive"
    outputs: str = "outputs"
    mailbox: _MailboxModel | None = None
    smtp: _SmtpModel | None = None
    desk: _DeskModel | None = None
    retention: _RetentionModel | None = None
    officer: str = ""
    language: Literal["vi", "en"] = "vi"


def _settings(model: _SettingsModel, home: Path) -> Settings:
    return Settings(
        home=home,
        regime=home / model.regime,
        database_url=model.database_url or f"sqlite:///{home / 'tonghop.sqlite3'}",
        archive=home / model.archive,
        outputs=home / model.outputs,
        mailbox=_mailbox(model.mailbox, home) if model.mailbox else None,
        smtp=_smtp(model.smtp, home) if model.smtp else None,
        officer=model.officer.strip(),
        language=model.language,
        desk=DeskSettings(**model.desk.model_dump()) if model.desk else DeskSettings(),
        retention=RetentionSettings(**model.retention.model_dump() if model.retention else {}),
    )


def _mailbox(model: _MailboxModel, home: Path) -> MailboxSettings:
    return MailboxSettings(
        host=model.host,
        user=model.user,
        port=model.port,
        account=model.account or model.user,
        authentication=model.authentication,
        encryption=model.encryption,
        folders=model.folders,
        start=model.start,
        poll_seconds=model.poll_seconds,
        ca_file=home / model.ca_file if model.ca_file else None,
        allow_plain_on_loopback=model.allow_plain_on_loopback,
    )


def _smtp(model: _SmtpModel, home: Path) -> SmtpSettings:
    # Port 465 is TLS from the start, 587 turns it on by STARTTLS (RFC 8314 section 3.3).
    by_port = Encryption.STARTTLS if model.port == 587 else Encryption.TLS  # noqa: PLR2004 - the port's number
    encryption = model.encryption or by_port
    return SmtpSettings(
        host=model.host,
        user=model.user,
        port=model.port or (587 if encryption is Encryption.STARTTLS else 465),
        sender=model.sender or model.user,
        sender_name=model.sender_name,
        authentication=model.authentication,
        encryption=encryption,
        ca_file=home / model.ca_file if model.ca_file else None,
        allow_plain_on_loopback=model.allow_plain_on_loopback,
    )


# The environment


def _checked(
    file: YamlFile, overrides: dict[tuple[str, ...], Any]
) -> tuple[_SettingsModel | None, list[Problem]]:
    merged = YamlFile(file.name, _merged(file.content, overrides))
    model, found = checked(merged, _SettingsModel)
    problems = [_named(problem, file, overrides) for problem in found]
    for section in ("mailbox", "smtp") if model else ():
        part = getattr(model, section)
        if part is not None and part.plain_where_it_must_not_be():
            problems.append(file.problem("plain_not_on_loopback", (section, "encryption")))
    if model is not None and model.desk is not None and model.desk.plain_where_it_must_not_be():
        problems.append(file.problem("desk_needs_proxy", ("desk", "host")))
    return model, problems


def _merged(content: Mapping[str, Any], overrides: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    merged = {key: dict(value) if isinstance(value, Mapping) else value for key, value in content.items()}
    for path, value in overrides.items():
        node = merged
        for step in path[:-1]:
            inner = node.get(step)
            node[step] = node = inner if isinstance(inner, dict) else {}
        node[path[-1]] = value
    return merged


def _named(problem: Problem, file: YamlFile, overrides: dict[tuple[str, ...], Any]) -> Problem:
    path = tuple(problem.key.split("[")[0].split("."))
    if path in overrides:
        places = {"name": PREFIX + "_".join(path).upper(), "text": str(overrides[path])}
        return Problem("bad_environment", "", parameters=places)
    return Problem(problem.code, problem.file, problem.key, file.line(path), parameters=problem.parameters)


def _overrides(environment: Mapping[str, str]) -> dict[tuple[str, ...], Any]:
    found: dict[tuple[str, ...], Any] = {}
    for path, is_list in _paths(_SettingsModel):
        text = environment.get(PREFIX + "_".join(path).upper())
        if text is not None:
            found[path] = [part.strip() for part in text.split(",")] if is_list else text
    return found


def _paths(model: type[BaseModel], before: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], bool]]:
    paths: list[tuple[tuple[str, ...], bool]] = []
    for name, field in model.model_fields.items():
        section = _section(field)
        paths += _paths(section, (*before, name)) if section else [((*before, name), name in _LISTS)]
    return paths


def _section(field: FieldInfo) -> type[BaseModel] | None:
    parts = (field.annotation, *get_args(field.annotation))
    return next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)
