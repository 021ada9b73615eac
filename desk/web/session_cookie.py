"""The cookie that carries a session's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.web.sessions import LONGEST

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.web.call import Call


def set_session(call: Call, response: Response, token: str) -> None:
    """Hand the browser the token of a new session."""
    response.set_cookie(
        call.desk.cookie,
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=call.desk.https,
        httponly=True,
        samesite="strict",
    )


def drop_session(call: Call, response: Response) -> None:
    """Take the token from the browser."""
    response.delete_cookie(
        call.desk.cookie, path="/", secure=call.desk.https, httponly=True, samesite="strict"
    )
