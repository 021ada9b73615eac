"""One's own account: password, language."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from config.wording import LANGUAGES
from desk.web.accounts import SHORTEST
from desk.web.call import POST, Call, Right, Route
from desk.web.security import own_path
from desk.web.session_cookie import set_session

if TYPE_CHECKING:
    from starlette.responses import Response

PATH = "/tai-khoan"


@dataclass(frozen=True, slots=True)
class AccountView:
    """The page."""

    must_change: bool
    shortest: int = SHORTEST
    fault: str = ""


def show(call: Call) -> Response:
    """The page."""
    return call.page("account.html", AccountView(call.account.must_change))


def change_password(call: Call) -> Response:
    """Change the password; every session of the account ends, and this browser gets a new one."""
    new, again = call.form.get("new", ""), call.form.get("again", "")
    department = call.office.regime.department
    fault = "web.password_differs" if new != again else ""
    if not fault:
        about = (department.name, department.area, department.short_name)
        fault = call.desk.accounts.change_password(call.account, call.form.get("old", ""), new, about)
    if fault:
        sentence = call.say(fault, shortest=SHORTEST)
        view = AccountView(call.account.must_change, fault=sentence)
        return call.page("account.html", view, HTTPStatus.UNPROCESSABLE_ENTITY)
    account = call.desk.accounts.find(call.account.name)
    assert account is not None
    response = call.go("/", notice="password_changed")
    language = call.session.language if call.session else ""
    set_session(call, response, call.desk.sessions.begin(account, call.address, language, call.browser))
    return response


def speak(call: Call) -> Response:
    """Choose the language of the interface for this session."""
    assert call.session is not None
    language = call.form.get("language", "")
    if language in LANGUAGES:
        call.desk.sessions.speak(call.session, language)
    return call.go(own_path(call.form.get("next", "/")))


ROUTES = (
    Route(PATH, show, right=Right.NEWCOMER),
    Route(PATH, change_password, method=POST, right=Right.NEWCOMER),
    Route("/ngon-ngu", speak, method=POST, right=Right.NEWCOMER),
)
