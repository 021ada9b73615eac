"""One's own account: password, second factor, sessions, language.

Where the settings make the second factor compulsory, whoever lacks it is led here and reaches nothing else.
Accounts themselves are made and ended on the machine only, by `tonghop desk account`.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from config.wording import LANGUAGES
from desk.web.accounts import SHORTEST
from desk.web.call import POST, Call, Right, Route
from desk.web.second_factor import QrCode, new_secret, qr_code
from desk.web.security import own_path
from desk.web.session_cookie import set_session
from desk.web.sessions import OwnSession

if TYPE_CHECKING:
    from starlette.responses import Response

PATH = "/tai-khoan"
FACTOR_PLACE = f"{PATH}#ma"


@dataclass(frozen=True, slots=True)
class AccountView:
    """The page."""

    must_change: bool
    must_set_up: bool = False  #: the second factor, before anything else
    is_asked_for: bool = False  #: the second factor is compulsory: it is not turned off
    sessions: tuple[OwnSession, ...] = ()
    codes_left: int = 0
    secret: str = ""  #: offered, to be confirmed by a code
    qr: QrCode | None = None
    shortest: int = SHORTEST
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """The page that shows recovery codes, once."""

    codes: tuple[str, ...]


def show(call: Call) -> Response:
    """The page."""
    return call.page("account.html", _view(call))


def _view(call: Call, fault: str = "") -> AccountView:
    assert call.session is not None
    if call.account.must_change:
        return AccountView(must_change=True, fault=fault)
    secret = call.session.totp_offered
    office = call.office.regime.department.short_name
    return AccountView(
        must_change=False,
        must_set_up=call.desk.lacks_factor(call.account),
        is_asked_for=call.desk.asks_for_factor(call.account),
        sessions=call.desk.sessions.all_of(call.session),
        codes_left=call.desk.accounts.codes_left(call.account),
        secret=secret,
        qr=qr_code(secret, call.account.name, office) if secret else None,
        fault=fault,
    )


def _refused(call: Call, fault: str) -> Response:
    return call.page("account.html", _view(call, fault), HTTPStatus.UNPROCESSABLE_ENTITY)


def change_password(call: Call) -> Response:
    """Change the password; every session of the account ends, and this browser gets a new one."""
    new, again = call.form.get("new", ""), call.form.get("again", "")
    department = call.office.regime.department
    fault = "web.password_differs" if new != again else ""
    if not fault:
        about = (department.name, department.area, department.short_name)
        fault = call.desk.accounts.change_password(call.account, call.form.get("old", ""), new, about)
    if fault:
        return _refused(call, call.say(fault, shortest=SHORTEST))
    account = call.desk.accounts.find(call.account.name)
    assert account is not None
    response = call.go("/", notice="password_changed")
    language = call.session.language if call.session else ""
    set_session(call, response, call.desk.sessions.begin(account, call.address, language, call.browser))
    return response


def offer_factor(call: Call) -> Response:
    """Show the secret of a second factor; it counts once a code shows that the app has it."""
    assert call.session is not None
    if not call.account.second_factor:
        call.desk.sessions.offer(call.session, new_secret())
    return call.go(FACTOR_PLACE)


def turn_factor_on(call: Call) -> Response:
    """Turn the second factor on; the recovery codes are shown once."""
    assert call.session is not None
    secret = call.session.totp_offered
    if not secret:
        return call.go(PATH)
    code = call.form.get("code", "")[:64]
    codes = call.desk.accounts.turn_factor_on(call.account, secret, code, call.session.key)
    if not codes:
        return _refused(call, call.say("web.code_wrong"))
    call.desk.sessions.offer(call.session, None)
    return call.page("recovery_codes.html", RecoveryCodes(codes))


def turn_factor_off(call: Call) -> Response:
    """Turn the second factor off, where it is not compulsory."""
    if call.desk.asks_for_factor(call.account):
        return _refused(call, call.say("web.factor_compulsory"))
    call.desk.accounts.turn_factor_off(call.account)
    return call.go(PATH, notice="factor_off")


def renew_codes(call: Call) -> Response:
    """New recovery codes, shown once."""
    if not call.account.second_factor:
        return call.go(PATH)
    return call.page("recovery_codes.html", RecoveryCodes(call.desk.accounts.renew_codes(call.account)))


def end_sessions(call: Call) -> Response:
    """End one other session of one's own, or all others."""
    assert call.session is not None
    if call.desk.sessions.end_other(call.session, call.form.get("id", "")):
        call.desk.accounts.note_ended(call.account, call.address)
    return call.go(PATH, notice="sessions_ended")


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
    Route(f"{PATH}/ma", offer_factor, method=POST, right=Right.UNPROVEN, confirm=True),
    Route(f"{PATH}/ma/bat", turn_factor_on, method=POST, right=Right.UNPROVEN, confirm=True),
    Route(f"{PATH}/ma/tat", turn_factor_off, method=POST, right=Right.READER, confirm=True),
    Route(f"{PATH}/ma/du-phong", renew_codes, method=POST, right=Right.READER, confirm=True),
    Route(f"{PATH}/phien", end_sessions, method=POST, right=Right.READER),
    Route("/ngon-ngu", speak, method=POST, right=Right.NEWCOMER),
)
