"""The application: routes of all pages behind one door, and the answers when something goes wrong.

Every page goes through `_Door`. There alone it is decided who may pass: nothing but the sign-in page
without a session (beside it the assets, and the one word of `/suc-khoe`), nothing that changes without an
officer, the session's token in the form and a request from our own pages.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as StarletteRoute

from config.errors import ConfigError
from consolidate.errors import ConsolidateError
from desk.errors import DeskError, sentence_of
from desk.web.accounts import Role
from desk.web.assets import assets_of
from desk.web.call import POST, Call, Right, Route, Upload
from desk.web.confirming import TOKEN_FIELD, confirmed
from desk.web.pages import (
    account,
    deciding,
    journal,
    message,
    outbox,
    overview,
    settings,
    settings_department,
    settings_letters,
    settings_mailbox,
    settings_office,
    settings_reports,
    settings_units,
    sign_in,
    task,
    totals,
    totals_actions,
    units,
    worklist,
)
from desk.web.patience import BODY_SECONDS
from desk.web.rendering import ASSETS, NavigationItem
from desk.web.security import BodyTooLargeError, Guarded, is_own_request, limited
from desk.web.state import PATH as STATE
from desk.web.state import state_of
from intake.errors import IntakeError
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from config.wording import Wording
    from desk.web.desk import Desk
    from desk.web.sessions import Session

#: Every page of the desk. A page that stands in the bar at the top has NAVIGATION; their order is this.
PAGES: tuple[ModuleType, ...] = (
    overview,
    worklist,
    task,
    deciding,
    message,
    units,
    totals,
    totals_actions,
    outbox,
    settings,
    settings_department,
    settings_units,
    settings_reports,
    settings_office,
    settings_mailbox,
    settings_letters,
    journal,
    account,
    sign_in,
)
SIGN_IN = "/dang-nhap"
ACCOUNT = "/tai-khoan"
RIGHTS = {
    Role.READER: Right.READER,
    Role.OFFICER: Right.OFFICER,
    Role.ADMINISTRATOR: Right.ADMINISTRATOR,
}
OURS = (ConfigError, ConsolidateError, DeskError, IntakeError, LedgerError)
_log = logging.getLogger("tonghop.web")


def routes() -> tuple[Route, ...]:
    """Every route of the desk."""
    return tuple(route for page in PAGES for route in page.ROUTES)


def create_app(desk: Desk) -> Starlette:
    """The application over an open desk."""
    desk.rendering.navigation = tuple(
        NavigationItem(*page.NAVIGATION) for page in PAGES if hasattr(page, "NAVIGATION")
    )
    doors = [StarletteRoute(route.path, _Door(desk, route), methods=[route.method]) for route in routes()]
    return Starlette(
        routes=[
            StarletteRoute(ASSETS + "/{name}", assets_of(desk.rendering)),
            StarletteRoute(STATE, state_of(desk)),
            *doors,
        ],
        middleware=[Middleware(Guarded, names=desk.settings.desk.names, https=desk.https)],
        exception_handlers={HTTPException: _refusal(desk), Exception: _fault(desk)},
    )


@dataclass(frozen=True, slots=True)
class _Door:
    """One route, guarded (ASGI)."""

    desk: Desk
    route: Route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        request = Request(scope, limited(receive, self.route.most))
        try:
            response = await self._answer(request)
        except ClientDisconnect:  # nobody is there to be answered
            return
        except HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - further out the server would log its words
            response = _fault(self.desk)(request, error)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        token = request.cookies.get(self.desk.cookie, "")
        session = await run_in_threadpool(self.desk.sessions.find, token) if token else None
        if not self.desk.flood.takes(session.account.name if session else f"@{_address(request)}"):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, "web.refused_429", {"Retry-After": "10"})
        turned_away = self._turned_away(request, session)
        if turned_away is not None:
            return turned_away
        form = await self._form(request) if self.route.method == POST else FormData()
        if session is not None and self.route.method == POST and self.route.wanted is not Right.ANYBODY:
            _require_token(session, form, request)
        return await run_in_threadpool(self._viewed, request, session, token, form)

    def _turned_away(self, request: Request, session: Session | None) -> Response | None:
        """Where somebody is sent who may not pass.

        Raises:
            HTTPException: 403, to one who is known and may not, or to a request that is not from our pages.
        """
        if self.route.method == POST and not is_own_request(request.headers):
            raise HTTPException(HTTPStatus.FORBIDDEN, "web.refused_foreign")
        wanted = self.route.wanted
        if wanted is Right.ANYBODY:
            return None
        if session is None:
            return _to_sign_in(request)
        if wanted > Right.NEWCOMER and session.account.must_change:
            return _sent(request, ACCOUNT)
        if wanted > Right.UNPROVEN and self.desk.lacks_factor(session.account):
            return _sent(request, ACCOUNT)
        if wanted > RIGHTS[session.account.role]:
            refused = "web.refused_officer" if wanted is Right.ADMINISTRATOR else "web.refused_reader"
            raise HTTPException(HTTPStatus.FORBIDDEN, refused)
        return None

    async def _form(self, request: Request) -> FormData:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await request.form(max_files=20, max_fields=2000, max_part_size=self.route.most)
        except BodyTooLargeError:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "web.refused_large") from None
        except TimeoutError:
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT, "web.refused_408", {"Connection": "close"}
            ) from None

    def _viewed(self, request: Request, session: Session | None, token: str, form: FormData) -> Response:
        """Call the view, in a thread. An error of ours becomes its sentence."""
        if session is not None and not self.route.by_itself:
            self.desk.sessions.use(session)
        language = _language(request, session)
        try:
            call = self._call(request, session, token, form, language)
        except OURS as error:  # a configuration that cannot be read: there is no office to show
            return _without_office(self.desk, error)
        if self.route.method != POST or not self.route.changes:
            return self._answered(call)
        with self.desk.changes:
            return confirmed(call, self._answered) if self.route.confirm else self._answered(call)

    def _answered(self, call: Call) -> Response:
        """What the view answers; an error of ours is its sentence, and a password just given still counts."""
        try:
            return self.route.view(call)
        except OURS as error:
            sentence = sentence_of(error, call.say)
            return call.page("problem.html", Problem(call.say("web.problem_title"), sentence), _status(error))

    def _call(
        self, request: Request, session: Session | None, token: str, form: FormData, language: str
    ) -> Call:
        who = session.account.shown_name if session else "desk"
        texts, several, files = _fields(form)
        one_file = {name: sent[-1] for name, sent in files.items()}
        return Call(
            desk=self.desk,
            office=self.desk.office(who, language),
            path=request.url.path,
            query=request.query_params,
            places=request.path_params,
            form=texts,
            chosen=several,
            files=one_file,
            uploads=files,
            session=session,
            token=token,
            address=_address(request),
            browser=request.headers.get("user-agent", ""),
            by_htmx="hx-request" in request.headers,
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for the person; the number stands in the log too."""

    title: str
    sentence: str
    number: str = ""


def _require_token(session: Session, form: FormData, request: Request) -> None:
    given = form.get(TOKEN_FIELD) or request.headers.get("x-form-token") or ""
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.form_token.encode()):
        raise HTTPException(HTTPStatus.FORBIDDEN, "web.refused_token")


def _to_sign_in(request: Request) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = SIGN_IN if request.method == POST or asked == "/" else f"{SIGN_IN}?next={quote(asked, safe='')}"
    return _sent(request, target, SIGN_IN)


def _sent(request: Request, to: str, whole: str = "") -> Response:
    """On to a page; a fragment must not get it into its place, and sends the browser as a whole."""
    if request.headers.get("hx-request"):
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": whole or to})
    return RedirectResponse(to, status_code=303)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _language(request: Request, session: Session | None) -> str:
    return session.language if session else request.query_params.get("lang", "")


def _fields(
    form: FormData,
) -> tuple[dict[str, str], dict[str, tuple[str, ...]], Mapping[str, tuple[Upload, ...]]]:
    """Fields as sent last, as sent each time, and files; a field for a file that was left empty is none."""
    texts: dict[str, list[str]] = {}
    files: dict[str, list[Upload]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            upload = Upload(value.filename or "", value.file.read())
            if upload.name or upload.content:
                files.setdefault(name, []).append(upload)
        else:
            texts.setdefault(name, []).append(value)
    one = {name: values[-1] for name, values in texts.items()}
    several = {name: tuple(values) for name, values in texts.items()}
    return one, several, {name: tuple(sent) for name, sent in files.items()}


def _status(error: Exception) -> HTTPStatus:
    if isinstance(error, DeskError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.SERVICE_UNAVAILABLE


# -- when something goes wrong -------------------------------------------------------------------------


def _refusal(desk: Desk) -> Callable[[Request, Exception], Response]:
    """The page of 403, 404, 405, 413."""

    def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        say = desk.wording(request.query_params.get("lang", ""))
        key = error.detail if say.has(error.detail) else f"web.refused_{error.status_code}"
        sentence = say(key) if say.has(key) else str(error.detail)
        answer = _bare(desk, say, Problem(say("web.problem_title"), sentence), error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    return refuse


def _fault(desk: Desk) -> Callable[[Request, Exception], Response]:
    """The page of a fault of the program: a number that finds the traceback in the log."""

    def fail(_request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        _log.error("fault %s: %s", number, _told(error))
        say = desk.wording("")
        problem = Problem(say("web.fault_title"), say("web.fault"), number)
        return _bare(desk, say, problem, HTTPStatus.INTERNAL_SERVER_ERROR)

    return fail


def _told(error: Exception) -> str:
    """The kind of an error and the way to it; not its words, which may repeat a mail."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def _without_office(desk: Desk, error: Exception) -> Response:
    from config.wording import Wording

    say = Wording(desk.settings.language)
    problem = Problem(say("web.problem_title"), sentence_of(error, say))
    return _bare(desk, say, problem, HTTPStatus.SERVICE_UNAVAILABLE)


def _bare(desk: Desk, say: Wording, problem: Problem, status: int) -> Response:
    """A page that needs no office and no session."""
    html = desk.rendering.render_bare("bare.html", say, problem)
    return Response(html, status, media_type="text/html")
