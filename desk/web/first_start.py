"""The first start in the browser: where there is no office yet, it asks for one and for its administrator.

Served on the desk's own port until the home folder is made; then the desk takes its place there. Nobody can
sign in yet, so the address that is told to who started the program ends in a code: without it another
account of the same computer sees nothing here and makes nothing.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from config.errors import ConfigError, InvalidConfigurationError
from config.setup_export import write_setup
from config.shipped import shipped_names
from desk.errors import DeskError, sentence_of
from desk.home import MadeHome, make_home
from desk.web.accounts import SHORTEST, Accounts, Role, is_name, password_fault
from desk.web.assets import assets_of
from desk.web.downloads import saved
from desk.web.patience import BODY_SECONDS
from desk.web.rendering import ASSETS, Rendering
from desk.web.security import BodyTooLargeError, Guarded, is_own_request, limited
from desk.web.store import open_store

if TYPE_CHECKING:
    from config.wording import Wording

PATH = "/bat-dau"
BLANK = f"{PATH}/tep-mau"
CODE = "ma"
LARGE = 4 * 1024 * 1024
WORKBOOK = "tep"  #: the source that is a filled workbook; any other is a shipped regime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says."""

    source: str = WORKBOOK
    workbook: bytes = b""
    name: str = ""
    shown_name: str = ""
    password: str = ""
    again: str = ""


@dataclass(frozen=True, slots=True)
class StartPage:
    """The form, with what was wrong with it."""

    home: str
    code: str
    wanted: Wanted
    shipped: Mapping[str, str]  #: the regimes that come with the program, by id
    faults: tuple[str, ...] = ()
    shortest: int = SHORTEST


@dataclass(frozen=True, slots=True)
class MadePage:
    """What was made, and what is still to be filled in."""

    name: str
    calendar: tuple[str, ...]  #: the days that the deadlines make
    questions: tuple[str, ...]
    missing: tuple[str, ...]


class FirstStart:
    """The application; `done` is called once a home is made."""

    def __init__(self, home: Path, say: Wording, done: Callable[[], None]) -> None:
        """For a home folder that is not there yet."""
        self.code = secrets.token_urlsafe(16)
        self._home, self._say, self._done = home, say, done
        self._rendering = Rendering()

    def app(self) -> Starlette:
        """What is served."""
        return Starlette(
            routes=[
                Route(ASSETS + "/{name}", assets_of(self._rendering)),
                Route(PATH, self._show),
                Route(PATH, self._make, methods=["POST"]),
                Route(BLANK, self._blank),
                Route("/{path:path}", self._elsewhere),
            ],
            middleware=[Middleware(Guarded, names=(), https=False)],
        )

    async def _show(self, request: Request) -> Response:
        if not self._is_asked_for(request.query_params.get(CODE, "")):
            return await self._elsewhere(request)
        return await run_in_threadpool(self._form, Wanted())

    async def _blank(self, request: Request) -> Response:
        if not self._is_asked_for(request.query_params.get(CODE, "")):
            return await self._elsewhere(request)
        return saved(await run_in_threadpool(_blank_workbook), "thiet-lap.xlsx")

    async def _make(self, request: Request) -> Response:
        if not is_own_request(request.headers):
            return await self._elsewhere(request)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                form = await Request(request.scope, limited(request.receive, LARGE)).form(max_part_size=LARGE)
                wanted = await _wanted(form)
        except (BodyTooLargeError, TimeoutError):
            return await run_in_threadpool(self._form, Wanted(), (self._say("web.refused_large"),))
        code = form.get(CODE, "")
        if not isinstance(code, str) or not self._is_asked_for(code):
            return await self._elsewhere(request)
        return await run_in_threadpool(self._made, wanted)

    async def _elsewhere(self, _request: Request) -> Response:
        """Any other address, and everybody without the code."""
        return self._page("first_start_code.html", None, HTTPStatus.FORBIDDEN)

    def _is_asked_for(self, code: str) -> bool:
        return hmac.compare_digest(code.encode(), self.code.encode())

    def _form(self, wanted: Wanted, faults: tuple[str, ...] = ()) -> Response:
        page = StartPage(str(self._home), self.code, wanted, shipped_names(), faults)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
        return self._page("first_start.html", page, status)

    def _made(self, wanted: Wanted) -> Response:
        """Make home and account, or say what is wrong; nothing is made of a form with a fault."""
        faults = self._faults(wanted)
        if faults:
            return self._form(wanted, faults)
        try:
            made = _make_home(self._home, wanted)
            _add_administrator(self._home, wanted)
        except InvalidConfigurationError as error:
            return self._form(wanted, tuple(each.sentence(self._say) for each in error.problems))
        except (ConfigError, DeskError) as error:
            return self._form(wanted, (sentence_of(error, self._say),))
        taken = made.taken
        page = MadePage(
            name=wanted.name,
            calendar=tuple(each.sentence(self._say) for each in taken.calendar) if taken else (),
            questions=tuple(each.sentence(self._say) for each in taken.questions) if taken else (),
            missing=tuple(each.sentence(self._say) for each in made.missing),
        )
        return self._page("first_start_made.html", page, then=BackgroundTask(self._done))

    def _faults(self, wanted: Wanted) -> tuple[str, ...]:
        """What of the form cannot be."""
        say = self._say
        weak = password_fault(wanted.password, (wanted.name, wanted.shown_name))
        found = (
            say("web.start_no_workbook") if wanted.source == WORKBOOK and not wanted.workbook else "",
            "" if is_name(wanted.name) else say("web.account_bad_name", name=wanted.name),
            say(weak, shortest=str(SHORTEST)) if weak else "",
            say("web.password_differs") if wanted.password != wanted.again else "",
        )
        return tuple(filter(None, found))

    def _page(
        self, template: str, view: object, status: int = HTTPStatus.OK, then: BackgroundTask | None = None
    ) -> Response:
        return HTMLResponse(self._rendering.render_bare(template, self._say, view), status, background=then)


async def _wanted(form: FormData) -> Wanted:
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get(WORKBOOK)
    return Wanted(
        source=texts.get("nguon", WORKBOOK),
        workbook=await file.read() if isinstance(file, UploadFile) else b"",
        name=texts.get("name", ""),
        shown_name=texts.get("shown_name", ""),
        password=texts.get("password", ""),
        again=texts.get("again", ""),
    )


def _make_home(home: Path, wanted: Wanted) -> MadeHome:
    if wanted.source != WORKBOOK:
        return make_home(home, wanted.source)
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "thiet-lap.xlsx"
        workbook.write_bytes(wanted.workbook)
        return make_home(home, str(workbook))


def _add_administrator(home: Path, wanted: Wanted) -> None:
    with closing(open_store(home)) as store:
        accounts = Accounts(store, lambda: datetime.now(UTC))
        once = accounts.add(wanted.name, wanted.shown_name, Role.ADMINISTRATOR)
        account = accounts.find(wanted.name)
        assert account is not None
        accounts.change_password(account, once, wanted.password)


def _blank_workbook() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "thiet-lap.xlsx"
        write_setup(None, path)
        return path.read_bytes()
