"""A real SMTP server on loopback for tests, with TLS, login, and faults that a test scripts.

    with running_smtp() as server:
        server.on_data = "451 4.3.0 thử lại sau"
        SmtpSender(server.settings(), Secret(server.password), ...)
        server.mails[0].content

`on_...` answer instead of the server when they are set; LOST breaks the line there without an answer.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from config.settings import Authentication, Encryption, SmtpSettings
from tests.dovecot import free_ports

HOST = "127.0.0.1"
USER = "tonghop@gui-thu.example"
PASSWORD = "mat-khau-gui-thu"
TOKEN = "ya29.the-bai-gia"
LOST = "lost"


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail the server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(slots=True)
class SmtpServer:
    """A running server: what it took, what it was asked, and how it is to answer."""

    port: int
    encryption: Encryption
    ca_file: Path | None
    password: str = PASSWORD
    mails: list[Taken] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    connections: int = 0
    on_mail: str = ""
    on_rcpt: dict[str, str] = field(default_factory=dict)  #: by address
    on_data_command: str = ""
    on_command: dict[str, str] = field(default_factory=dict)  #: by verb: EHLO, STARTTLS, AUTH, RSET, QUIT
    on_data: str = ""
    taken: Callable[[Taken], None] = lambda _mail: None  #: told of each mail before the client is

    def settings(self, **changes: Any) -> SmtpSettings:
        """The settings that reach this server."""
        given: dict[str, Any] = {
            "host": HOST,
            "user": USER,
            "port": self.port,
            "sender": USER,
            "encryption": self.encryption,
            "ca_file": self.ca_file,
            "allow_plain_on_loopback": self.encryption is Encryption.NONE,
            "authentication": Authentication.PASSWORD,
        }
        return SmtpSettings(**given | changes)


@contextmanager
def running_smtp(
    encryption: Encryption = Encryption.TLS, *, name: str = HOST, offer_starttls: bool = True
) -> Iterator[SmtpServer]:
    """A server on a port of its own; `name` is the one its certificate is made out for."""
    with tempfile.TemporaryDirectory(prefix="tonghop-smtp-") as folder:
        authority, ca_file = trustme.CA(), Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        server = SmtpServer(free_ports(1)[0], encryption, None if encryption is Encryption.NONE else ca_file)
        starttls = encryption is Encryption.STARTTLS and offer_starttls
        controller = _Controller(
            _Handler(server),
            hostname=HOST,
            port=server.port,
            ssl_context=context if encryption is Encryption.TLS else None,
            tls_context=context if starttls else None,
            told=server,
        )
        controller.start()
        server.connections = 0  # the library looked whether it answers
        try:
            yield server
        finally:
            controller.stop()


class _Controller(Controller):
    def __init__(
        self, handler: _Handler, *, tls_context: ssl.SSLContext | None, told: SmtpServer, **more: Any
    ) -> None:
        self._tls_context = tls_context
        self._told = told
        super().__init__(handler, **more)

    def factory(self) -> _Server:
        self._told.connections += 1
        private = self._told.encryption is not Encryption.NONE
        return _Server(
            self._told,
            self.handler,
            tls_context=self._tls_context,
            require_starttls=self._tls_context is not None,
            authenticator=self._authenticated,
            auth_required=private,
            # Under implicit TLS the library does not know that the line is private.
            auth_require_tls=self._told.encryption is Encryption.STARTTLS,
            enable_SMTPUTF8=False,
        )

    def _authenticated(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        user, given = data.login.decode(), data.password.decode()
        self._told.logins.append(user)
        good = (user, given) == (USER, self._told.password)
        return AuthResult(success=good, handled=False)


class _Server(SMTP):
    def __init__(self, told: SmtpServer, *given: Any, **more: Any) -> None:
        self._told = told
        super().__init__(*given, **more)
        for verb, method in self._smtp_methods.items():
            self._smtp_methods[verb] = partial(self._scripted_or, verb, method)

    async def _scripted_or(self, verb: str, method: Callable[[str], Awaitable[None]], arg: str) -> None:
        scripted = self._told.on_command.get(verb)
        if scripted:
            await _answer(self, scripted)
        else:
            await method(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the library's name for it
        if self._told.on_data_command:
            await _answer(self, self._told.on_data_command)
            return
        await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, server: SmtpServer) -> None:
        self._told = server

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        spoken = b64decode(args[1]).decode()
        self._told.logins.append(spoken.replace("\x01", "|"))
        if spoken == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01":
            return AuthResult(success=True, auth_data=USER)
        await server.push("334 eyJzdGF0dXMiOiI0MDAifQ==")
        await server._reader.readline()
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._told.on_mail:
            return _scripted(server, self._told.on_mail)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        scripted = self._told.on_rcpt.get(address)
        if scripted:
            return _scripted(server, scripted)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        if not self._told.on_data or self._told.on_data == LOST:
            mail = Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
            self._told.mails.append(mail)
            self._told.taken(mail)
        return _scripted(server, self._told.on_data or "250 2.0.0 da nhan")


def _scripted(server: SMTP, reply: str) -> str:
    """The answer, unless the line is to break: then nothing reaches the client."""
    if reply == LOST:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
    return reply


async def _answer(server: SMTP, reply: str) -> None:
    if _scripted(server, reply) != LOST:
        await server.push(reply)
