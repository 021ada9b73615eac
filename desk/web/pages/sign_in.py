"""Signing in and out."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from desk.web.call import POST, Call, Right, Route
from desk.web.security import own_path
from desk.web.session_cookie import drop_session, set_session

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.web.accounts import Account

PATH = "/dang-nhap"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The page: where to go on to, the name typed before, and what was wrong with it."""

    to: str
    name: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SignInCode:
    """The second page: the code of the app, for whom the password was right."""

    to: str
    half: str  #: what stands for the password given
    fault: str = ""


def show(call: Call) -> Response:
    """The page; who is signed in goes on."""
    to = own_path(call.query.get("next", "/"))
    return call.go(to) if call.session else call.page("sign_in.html", SignIn(to))


def sign_in(call: Call) -> Response:
    """Try the password; a new session when it fits."""
    to, name = own_path(call.form.get("next", "/")), call.form.get("name", "")
    attempt = call.desk.accounts.sign_in(name, call.form.get("password", ""), call.address)
    if attempt.account is None:
        fault = call.say("web.sign_in_wait" if attempt.wait else "web.sign_in_wrong")
        status = HTTPStatus.TOO_MANY_REQUESTS if attempt.wait else HTTPStatus.FORBIDDEN
        return call.page("sign_in.html", SignIn(to, name[:64], fault), status)
    if attempt.account.second_factor:
        token = call.desk.half_signed_in.begin(attempt.account.name)
        return call.page("sign_in_code.html", SignInCode(to, token))
    return _begin(call, attempt.account, to)


def give_code(call: Call) -> Response:
    """Try the code of the second factor; a new session when it fits."""
    to, token = own_path(call.form.get("next", "/")), call.form.get("half", "")
    name = call.desk.half_signed_in.name(token)
    if not name:
        return call.go(PATH, next=to if to != "/" else "")
    attempt = call.desk.accounts.give_code(name, call.form.get("code", "")[:64], call.address)
    if attempt.account is None:
        fault = call.say("web.sign_in_wait" if attempt.wait else "web.code_wrong")
        status = HTTPStatus.TOO_MANY_REQUESTS if attempt.wait else HTTPStatus.FORBIDDEN
        return call.page("sign_in_code.html", SignInCode(to, token, fault), status)
    call.desk.half_signed_in.end(token)
    return _begin(call, attempt.account, to)


def _begin(call: Call, account: Account, to: str) -> Response:
    """A new session in the place of the one the browser had."""
    if call.token:
        call.desk.sessions.end(call.token)
    language = call.session.language if call.session else ""
    response = call.go(to)
    set_session(call, response, call.desk.sessions.begin(account, call.address, language, call.browser))
    return response


def sign_out(call: Call) -> Response:
    """End the session."""
    call.desk.sessions.end(call.token)
    call.desk.accounts.note_sign_out(call.account, call.address)
    response = call.go(PATH)
    drop_session(call, response)
    return response


ROUTES = (
    Route(PATH, show, right=Right.ANYBODY),
    Route(PATH, sign_in, method=POST, right=Right.ANYBODY, most=16 * 1024),
    Route(f"{PATH}/ma", give_code, method=POST, right=Right.ANYBODY, most=16 * 1024),
    Route("/dang-xuat", sign_out, method=POST, right=Right.NEWCOMER),
)
