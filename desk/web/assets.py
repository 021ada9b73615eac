"""The files pages are made up with, each under a name that changes with its content."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from desk.web.rendering import Rendering

FOREVER = "public, max-age=31536000, immutable"


def assets_of(rendering: Rendering) -> Callable[[Request], Awaitable[Response]]:
    """What answers for them."""
    by_path = {asset.path: asset for asset in rendering.assets.values()}

    async def asset(request: Request) -> Response:
        found = by_path.get(request.url.path)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(found.content, media_type=found.media_type, headers={"Cache-Control": FOREVER})

    return asset
