"""`/suc-khoe`: one word for a program that watches over this one. No sign-in, and nothing told but the word.

Outside the door of the pages: where these answer with a sentence on a broken configuration or ledger,
whoever is not signed in must learn only that something is wrong.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from config.wording import Wording
from desk.upkeep.liveness import is_well

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from desk.web.desk import Desk

PATH = "/suc-khoe"
_log = logging.getLogger("tonghop.web")


def state_of(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint: 200 while the work is done, else 503."""
    say = Wording(desk.settings.language)  # that of the office may be out of reach

    async def state(request: Request) -> Response:
        if not desk.flood.takes(f"@{request.client.host if request.client else ''}"):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, "web.refused_429", {"Retry-After": "10"})
        if await run_in_threadpool(_is_well, desk):
            return PlainTextResponse(say("web.state_well"))
        return PlainTextResponse(say("web.state_fault"), HTTPStatus.SERVICE_UNAVAILABLE)

    return state


def _is_well(desk: Desk) -> bool:
    try:
        return is_well(desk.office())
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is the same
        _log.warning("state: %s", type(error).__name__)
        return False
