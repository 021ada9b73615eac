"""Asking for the password again before a change of weight (ASVS 7.5.3, 2.3.2).

A form of such a route may carry the field itself (`confirm_field` of parts.html). Where it does not, or the
password was wrong, the form is shown again by a page of its own: what it said in hidden fields, its files to
be chosen once more, and the field for the password. Nothing waits on the server, no script is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from desk.web.session_cookie import set_session

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.web.call import Call

#: The name of the form field that carries the session's token.
TOKEN_FIELD = "form_token"  # noqa: S105 - a field's name
PASSWORD_FIELD = "confirm_password"  # noqa: S105 - a field's name
#: A field that holds somebody's secret: never written into a page, so it is typed once more.
SECRET_FIELD = "bi_mat"  # noqa: S105 - a field's name
_NOT_KEPT = {PASSWORD_FIELD, TOKEN_FIELD, SECRET_FIELD}
Value = TypeVar("Value")
#: What makes htmx put the page in the place of the one that asked.
_WHOLE = {"HX-Retarget": "#noi-dung", "HX-Reselect": "#noi-dung", "HX-Reswap": "outerHTML"}


@dataclass(frozen=True, slots=True)
class Confirming:
    """The page: the form that waits for the password."""

    action: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]  #: names of the fields whose files are chosen once more
    fault: str = ""
    field: str = PASSWORD_FIELD


def confirmed(call: Call, view: Callable[[Call], Response]) -> Response:
    """What the view answers when the password was given in the last ten minutes; else a question for it."""
    password = call.form.get(PASSWORD_FIELD, "")
    if call.is_confirmed and not password:
        return view(_without_password(call))
    if not password:
        return _ask(call)
    assert call.session is not None
    attempt = call.desk.accounts.confirm(call.account, password, call.address)
    if attempt.account is None:
        return _ask(call, "web.sign_in_wait" if attempt.wait else "web.confirm_wrong")
    token = call.desk.sessions.confirm(call.session)
    session = call.desk.sessions.find(token)
    response = view(replace(_without_password(call), token=token, session=session))
    set_session(call, response, token)
    return response


def _without_password(call: Call) -> Call:
    return replace(call, form=_kept(call.form), chosen=_kept(call.chosen))


def _kept(fields: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if name != PASSWORD_FIELD}


def _ask(call: Call, fault: str = "") -> Response:
    fields = [(name, value) for name, values in call.chosen.items() for value in values]
    page = Confirming(
        action=call.path,
        fields=tuple((name, value) for name, value in fields if name not in _NOT_KEPT),
        files=tuple(name for name, file in call.files.items() if file.name or file.content),
        fault=call.say(fault) if fault else "",
    )
    response = call.page("confirm.html", page, HTTPStatus.FORBIDDEN)
    if call.by_htmx:
        response.status_code = HTTPStatus.OK  # htmx shows no other
        response.headers.update(_WHOLE)
    return response
