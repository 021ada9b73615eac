"""Serving the desk: by itself, or in a thread of the daemon. Stops within five seconds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from desk.errors import DeskError
from desk.web.accounts import Role
from desk.web.app import create_app
from desk.web.patience import PatientProtocol

if TYPE_CHECKING:
    from config.settings import DeskSettings
    from desk.web.desk import Desk

#: Seconds an open request may still take when the desk stops.
GRACE = 3
#: Requests at a time; more are told to come again.
MOST_AT_ONCE = 64
BACKLOG = 128
FIRST_ACCOUNT = "canbo"


class AddressInUseError(DeskError):
    """Another program listens where the desk should."""


def serve(desk: Desk, say: Callable[[str], None], port: int | None = None) -> None:
    """Serve the desk until SIGTERM or SIGINT; who starts it is told of a first account.

    Raises:
        AddressInUseError: another program listens there.
    """
    with _listening(desk.settings.desk, port) as listener:
        say(_told(desk, listener))
        introduce(desk, say)
        _server(desk).run(sockets=[listener])


@contextmanager
def served(desk: Desk, say: Callable[[str], None], port: int | None = None) -> Iterator[str]:
    """Serve the desk in a thread while the block runs; its address.

    Raises:
        AddressInUseError: another program listens there.
    """
    with _listening(desk.settings.desk, port) as listener:
        server = _server(desk)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="desk", daemon=True)
        thread.start()
        say(_told(desk, listener))
        try:
            yield _address(listener)
        finally:
            server.should_exit = True
            thread.join(GRACE + 1)


def introduce(desk: Desk, say: Callable[[str], None]) -> None:
    """Make the first account, an administrator's, and tell its password, unless there is an officer."""
    if desk.accounts.has_officer():
        return
    name = FIRST_ACCOUNT
    is_known = desk.accounts.find(name) is not None
    add = desk.accounts.add
    password = desk.accounts.reset(name) if is_known else add(name, desk.settings.officer, Role.ADMINISTRATOR)
    say(desk.office().wording("web.first_account", name=name, password=password))


def _server(desk: Desk) -> uvicorn.Server:
    settings = desk.settings.desk
    return uvicorn.Server(
        uvicorn.Config(
            create_app(desk),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            http=PatientProtocol,
            proxy_headers=settings.behind_proxy,
            forwarded_allow_ips=list(settings.proxies),
            limit_concurrency=MOST_AT_ONCE,
            timeout_graceful_shutdown=GRACE,
            ws="none",
        )
    )


@contextmanager
def _listening(settings: DeskSettings, port: int | None) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        wanted = settings.port if port is None else port
        try:
            listener.bind((settings.host, wanted))
            listener.listen(BACKLOG)  # from here on nobody is refused, though the server is still starting
        except OSError as error:
            detail = error.strerror or str(error)
            raise AddressInUseError(
                "web.address_in_use", host=settings.host, port=str(wanted), detail=detail
            ) from error
        yield listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _told(desk: Desk, listener: socket.socket) -> str:
    return desk.office().wording("web.serving", address=_address(listener))
