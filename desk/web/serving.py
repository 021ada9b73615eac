"""Serving the desk: by itself, or in a thread of the daemon. Stops within five seconds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from config.settings import DeskSettings, load_settings
from desk.errors import DeskError
from desk.web.accounts import Role
from desk.web.app import create_app
from desk.web.first_start import CODE, PATH, FirstStart
from desk.web.patience import PatientProtocol

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from config.wording import Wording
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


def serve_first(
    home: Path,
    say: Callable[[str], None],
    wording: Wording,
    open_desk: Callable[[], AbstractContextManager[Desk]],
    port: int | None = None,
    look: Callable[[str], object] = lambda _address: None,
) -> None:
    """Serve the first start until a home is made there, then its desk in its place, on the same port.

    Args:
        home: the folder that is to be made.
        say: tells who started it where to look.
        wording: of the pages.
        open_desk: the desk of the home once it is there.
        port: another than the settings'.
        look: opens a browser at an address.

    Raises:
        AddressInUseError: another program listens there.
    """
    with _listening(load_settings(home).desk, port) as listener:
        # The browser's next request waits in the listener's queue while the desk opens.
        if not _asked_for_a_home(home, say, wording, listener.dup(), look):
            return
        with open_desk() as desk:
            say(_told(desk, listener))
            _server(desk).run(sockets=[listener])


def _asked_for_a_home(
    home: Path,
    say: Callable[[str], None],
    wording: Wording,
    listener: socket.socket,
    look: Callable[[str], object],
) -> bool:
    """Whether one was made; else the program was told to stop."""
    made = threading.Event()

    def done() -> None:
        made.set()
        server.should_exit = True

    first = FirstStart(home, wording, done)
    server = uvicorn.Server(_configured(first.app(), DeskSettings()))
    address = f"{_address(listener)}{PATH}?{CODE}={first.code}"
    say(wording("web.start_told", home=str(home), address=address))
    look(address)
    server.run(sockets=[listener])
    return made.is_set()


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
    return uvicorn.Server(_configured(create_app(desk), desk.settings.desk))


def _configured(app: Starlette, settings: DeskSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
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
